//! How the columns come from the journals and stay fresh: before each report, every registration committed since the
//! last one is folded in. For figures "as known on" an earlier instant, the cases that have changed since are put back.
//!
//! Lives here: reading the log, and deciding when. Never here: figures.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use polars::prelude::PolarsError;

use super::disclosure::{Grant, RecordKeys};
use super::facts::{Facts, FactsBuilder};
use super::pull::{PullError, pull};
use super::reading::apply_read;
use super::report::Report;
use super::request::{Lang, Request};
use super::saved::Shelf;
use super::tidying::{Newest, Tidying};
use crate::background::giving_way;
use crate::clock::Clock;
use crate::domain::code::Position;
use crate::domain::organisation::Organisation;
use crate::domain::transition::Settings;
use crate::organisation::registers::Registers;
use crate::storage::changes::{self, Since};
use crate::storage::{Db, Link, StorageError, cases};

/// Earlier states kept, since a meeting's figures are pulled several times.
const KEPT: usize = 3;

/// Up to what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Only what was known on this instant.
    pub as_of: Option<DateTime<Utc>>,
    /// Only what was committed up to this position.
    pub counted_to: Option<i64>,
    /// At least what was committed up to this position: what the caller itself has just written.
    pub at_least: Option<i64>,
}

/// Why there is no report.
#[derive(Debug)]
pub enum FollowError {
    /// Storage failed.
    Storage(StorageError),
    /// The request is wrong, or the columns failed.
    Pull(PullError),
    /// The log has not come so far.
    Ahead {
        /// The newest position there is.
        head: i64,
    },
    /// The earlier of two instants is after the later.
    Reversed,
}

impl fmt::Display for FollowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(error) => error.fmt(f),
            Self::Pull(error) => error.fmt(f),
            Self::Ahead { head } => write!(f, "the log has only come to position {head}"),
            Self::Reversed => f.write_str("the earlier instant is after the later"),
        }
    }
}

impl std::error::Error for FollowError {}

impl FollowError {
    /// Whether it is the question that is wrong.
    #[must_use]
    pub const fn is_of_question(&self) -> bool {
        matches!(self, Self::Ahead { .. } | Self::Reversed | Self::Pull(PullError::Request(_)))
    }
}

impl From<StorageError> for FollowError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<PullError> for FollowError {
    fn from(error: PullError) -> Self {
        Self::Pull(error)
    }
}

impl From<PolarsError> for FollowError {
    fn from(error: PolarsError) -> Self {
        Self::Pull(PullError::Columns(error))
    }
}

/// What figures are counted of.
#[derive(Debug)]
pub struct State {
    /// The columns.
    pub facts: Arc<Facts>,
    /// The registers as they were known with them.
    pub organisation: Arc<Organisation>,
    /// On this instant.
    pub as_of: DateTime<Utc>,
}

/// An earlier state: the instant and position it was known at, and up to where it is known that no identity has been
/// taken away since.
struct Earlier {
    key: (Option<DateTime<Utc>>, i64),
    checked_to: i64,
    facts: Arc<Facts>,
}

/// The columns of one process.
#[derive(Default)]
pub struct Reports {
    pub(super) keys: Arc<RecordKeys>,
    pub(super) settings: Arc<Settings>,
    /// Where they are kept between two runs.
    pub(super) shelf: Option<Shelf>,
    newest: Arc<Newest>,
    tidying: Tidying,
    /// One earlier state is built at a time.
    building: Mutex<()>,
    earlier: Mutex<Vec<Earlier>>,
}

impl Reports {
    /// Columns that are still to be built, with these record keys and lead times.
    #[must_use]
    pub fn new(keys: RecordKeys, settings: &Settings) -> Self {
        Self { keys: Arc::new(keys), settings: Arc::new(settings.clone()), ..Self::default() }
    }

    /// Pulls a report that counts everything committed so far, or what was known then, by the registers as they were
    /// known with it, as `grant` lets it be shown.
    ///
    /// # Errors
    /// When the request is wrong, the log has not come so far, or the database fails.
    pub fn pull(
        &self,
        db: &Db,
        registers: &Registers,
        request: &Request,
        counted: Counted,
        clock: &dyn Clock,
        (lang, grant): (Lang, Grant),
    ) -> Result<Report, FollowError> {
        giving_way(|| {
            let State { facts, organisation, as_of } = self.state_here(db, registers, counted, clock)?;
            Ok(pull(&facts, &organisation, request, as_of, lang, grant)?)
        })
    }

    /// What is to be counted, and by which register.
    ///
    /// # Errors
    /// When the log has not come so far, or the database fails.
    pub fn state(
        &self,
        db: &Db,
        registers: &Registers,
        counted: Counted,
        clock: &dyn Clock,
    ) -> Result<State, FollowError> {
        giving_way(|| self.state_here(db, registers, counted, clock))
    }

    fn state_here(
        &self,
        db: &Db,
        registers: &Registers,
        counted: Counted,
        clock: &dyn Clock,
    ) -> Result<State, FollowError> {
        let facts = self.counted(db, counted)?;
        // Asked after reading: everything counted was known by then.
        let now = clock.now();
        let as_of = counted.as_of.map_or(now, |at| at.min(now));
        let mut reader = db.read()?;
        let organisation = registers.as_known(&mut reader.link(), facts.counted_to().0, counted.as_of)?;
        Ok(State { facts, organisation, as_of })
    }

    /// Up to which position the columns count; `None` before the first report.
    #[must_use]
    pub fn counted_to(&self) -> Option<i64> {
        self.newest().map(|facts| facts.counted_to().0)
    }

    /// The columns with what is to be counted.
    pub(super) fn counted(&self, db: &Db, counted: Counted) -> Result<Arc<Facts>, FollowError> {
        if counted.as_of.is_none() && counted.counted_to.is_none() {
            self.fresh(db, counted.at_least.unwrap_or(0))
        } else {
            self.known(db, counted)
        }
    }

    /// The columns with everything committed so far in them.
    ///
    /// # Errors
    /// When the log has not come as far as `at_least`, or the database fails.
    pub fn fresh(&self, db: &Db, at_least: i64) -> Result<Arc<Facts>, FollowError> {
        let mut reader = db.read()?;
        let head = changes::head(&mut reader.link())?;
        if head < at_least {
            return Err(FollowError::Ahead { head });
        }
        if let Some(facts) = self.newest().filter(|f| f.counted_to().0 >= head) {
            return Ok(facts);
        }
        let refreshing = self.newest.refreshing();
        if let Some(facts) = self.newest().filter(|f| f.counted_to().0 >= head) {
            return Ok(facts);
        }
        // One connection at a time: others wait for them too.
        drop(reader);
        let facts = Arc::new(self.refreshed(db)?);
        refreshing.set(Arc::clone(&facts));
        self.tidying.begin(&self.newest, &facts);
        Ok(facts)
    }

    /// What the noise of figures follows from.
    pub(super) fn keys(&self) -> &RecordKeys {
        &self.keys
    }

    pub(super) fn newest(&self) -> Option<Arc<Facts>> {
        self.newest.get()
    }

    fn refreshed(&self, db: &Db) -> Result<Facts, FollowError> {
        let before = self.newest();
        let (before, head, numbers) = db.read()?.link().snapshot(|link| {
            let head = changes::head(link)?;
            let before = before.or_else(|| self.saved(link));
            let since = before.as_ref().map_or(head, |before| before.counted_to().0);
            Ok::<_, StorageError>((before, head, changes::cases_between(link, since, head)?))
        })?;
        match before {
            Some(before) => Ok(apply_read(db, &before, (&numbers, &[]), None, Position(head))?.relieved()?),
            None => self.built(db, None, head),
        }
    }

    /// The columns as known on an instant and committed up to a position. Identity that has been taken away since
    /// can't be known again: such a case is anonymous then too.
    fn known(&self, db: &Db, counted: Counted) -> Result<Arc<Facts>, FollowError> {
        let mut reader = db.read()?;
        let head = changes::head(&mut reader.link())?;
        let wanted = counted.counted_to.unwrap_or(head);
        if wanted > head || counted.at_least.is_some_and(|p| p > head) {
            return Err(FollowError::Ahead { head });
        }
        let key = (counted.as_of, wanted);
        if let Some(facts) = self.kept(&mut reader.link(), key, head)? {
            return Ok(facts);
        }
        let _one = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = self.kept(&mut reader.link(), key, head)? {
            return Ok(facts);
        }
        // One connection at a time: others wait for them too.
        drop(reader);
        // Where the newest are in memory, or in a file, only the cases that changed since are read, and put back as they were.
        let at_hand = self.newest().is_some() || self.shelf.as_ref().is_some_and(Shelf::has_file);
        let newest = if at_hand { Some(self.fresh(db, wanted)?) } else { None };
        let facts = match newest {
            Some(newest) => earlier_of(db, &newest, counted.as_of, wanted)?,
            None => self.built(db, counted.as_of, wanted)?,
        };
        let facts = Arc::new(facts);
        let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        if earlier.len() >= KEPT {
            earlier.remove(0);
        }
        earlier.push(Earlier { key, checked_to: head, facts: Arc::clone(&facts) });
        Ok(facts)
    }

    /// An earlier state that was built before, unless an identity in it may have been taken away since.
    fn kept(
        &self,
        link: &mut Link<'_>,
        key: (Option<DateTime<Utc>>, i64),
        head: i64,
    ) -> Result<Option<Arc<Facts>>, StorageError> {
        let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = earlier.iter().position(|e| e.key == key) else { return Ok(None) };
        if changes::any_protection(link, earlier[place].checked_to, head)? {
            earlier.remove(place);
            return Ok(None);
        }
        earlier[place].checked_to = head;
        Ok(Some(Arc::clone(&earlier[place].facts)))
    }

    /// The columns from the journals alone.
    fn built(&self, db: &Db, as_of: Option<DateTime<Utc>>, to: i64) -> Result<Facts, FollowError> {
        let nothing = FactsBuilder::new(Arc::clone(&self.keys), Arc::clone(&self.settings)).finish(Position(0))?;
        let numbers = cases::numbers(&mut db.read()?.link())?;
        apply_read(db, &nothing, (&numbers, &[]), as_of, Position(to))
    }
}

/// An earlier state of the newest columns, whose base it shares however much is put back: nothing more will be folded in.
fn earlier_of(db: &Db, newest: &Facts, as_of: Option<DateTime<Utc>>, to: i64) -> Result<Facts, FollowError> {
    let earlier = (as_of.map(|at| at.timestamp_micros()), to);
    let Since { changed, begun } =
        db.read()?.link().snapshot(|link| changes::since(link, earlier, newest.counted_to().0))?;
    apply_read(db, newest, (&changed, &begun), as_of, Position(to))
}
