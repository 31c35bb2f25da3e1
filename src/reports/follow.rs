//! How the columns come from the journals and stay fresh: before each report, every registration committed since the
//! last one is folded in. Figures "as known on" an earlier instant are built from the journals up to there.
//!
//! Lives here: reading the log, and deciding when. Never here: figures.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use polars::prelude::PolarsError;

use super::disclosure::{Grant, RecordKeys};
use super::facts::{Facts, FactsBuilder};
use super::pull::{PullError, pull};
use super::report::Report;
use super::request::{Lang, Request};
use crate::clock::Clock;
use crate::domain::case::Case;
use crate::domain::code::Position;
use crate::domain::organisation::Organisation;
use crate::storage::journal::{Loaded, Selection, load};
use crate::storage::{Db, Link, StorageError, cases, changes};

/// Cases read at a time: their journals are in memory only while they are folded in.
pub(super) const PIECE: i64 = 4000;
/// Beyond this many changed cases the columns are built anew, piece by piece, rather than held all at once.
const MANY: usize = 100_000;
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
    /// The log has not come so far: the newest position there is.
    Ahead(i64),
}

impl fmt::Display for FollowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(error) => error.fmt(f),
            Self::Pull(error) => error.fmt(f),
            Self::Ahead(head) => write!(f, "the log has only come to position {head}"),
        }
    }
}

impl std::error::Error for FollowError {}

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
    keys: Arc<RecordKeys>,
    newest: RwLock<Option<Arc<Facts>>>,
    /// One refresh at a time; the others wait and find it done.
    refreshing: Mutex<()>,
    /// One earlier state is built at a time.
    building: Mutex<()>,
    earlier: Mutex<Vec<Earlier>>,
}

impl Reports {
    /// Columns that are still to be built, with these record keys.
    #[must_use]
    pub fn new(keys: RecordKeys) -> Self {
        Self { keys: Arc::new(keys), ..Self::default() }
    }

    /// Pulls a report that counts everything committed so far, or what was known then, as `grant` lets it be shown.
    ///
    /// # Errors
    /// When the request is wrong, the log has not come so far, or the database fails.
    pub fn pull(
        &self,
        db: &Db,
        organisation: &Organisation,
        request: &Request,
        counted: Counted,
        clock: &dyn Clock,
        (lang, grant): (Lang, Grant),
    ) -> Result<Report, FollowError> {
        let facts = if counted.as_of.is_none() && counted.counted_to.is_none() {
            self.fresh(db, counted.at_least.unwrap_or(0))?
        } else {
            self.known(db, counted)?
        };
        // Asked after reading: everything counted was known by then.
        let now = clock.now();
        let as_of = counted.as_of.map_or(now, |at| at.min(now));
        Ok(pull(&facts, organisation, request, as_of, lang, grant)?)
    }

    /// The columns with everything committed so far in them.
    ///
    /// # Errors
    /// When the log has not come as far as `at_least`, or the database fails.
    pub fn fresh(&self, db: &Db, at_least: i64) -> Result<Arc<Facts>, FollowError> {
        let mut reader = db.read()?;
        let head = changes::head(&mut reader.link())?;
        if head < at_least {
            return Err(FollowError::Ahead(head));
        }
        if let Some(facts) = self.newest().filter(|f| f.counted_to().0 >= head) {
            return Ok(facts);
        }
        let _one = self.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = self.newest().filter(|f| f.counted_to().0 >= head) {
            return Ok(facts);
        }
        let facts = Arc::new(reader.link().snapshot(|link| self.refreshed(link))?);
        *self.newest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&facts));
        Ok(facts)
    }

    fn newest(&self) -> Option<Arc<Facts>> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn refreshed(&self, link: &mut Link<'_>) -> Result<Facts, FollowError> {
        let head = changes::head(link)?;
        let Some(before) = self.newest() else { return self.build(link, head, |_, entries| entries) };
        let numbers = changes::cases_between(link, before.counted_to().0, head)?;
        if numbers.len() > MANY {
            return self.build(link, head, |_, entries| entries);
        }
        let mut changed: Vec<(i64, Case)> = Vec::with_capacity(numbers.len());
        for piece in numbers.chunks(PIECE as usize) {
            for loaded in load(link, Selection::Numbers(piece))? {
                changed.push((loaded.row.number, loaded.case()?));
            }
        }
        Ok(before.apply(&changed, Position(head))?)
    }

    /// The columns as known on an instant and committed up to a position. Identity that has been taken away since
    /// can't be known again: such a case is anonymous then too.
    fn known(&self, db: &Db, counted: Counted) -> Result<Arc<Facts>, FollowError> {
        let mut reader = db.read()?;
        let head = changes::head(&mut reader.link())?;
        let wanted = counted.counted_to.unwrap_or(head);
        if wanted > head || counted.at_least.is_some_and(|p| p > head) {
            return Err(FollowError::Ahead(head));
        }
        let key = (counted.as_of, wanted);
        if let Some(facts) = self.kept(&mut reader.link(), key, head)? {
            return Ok(facts);
        }
        let _one = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = self.kept(&mut reader.link(), key, head)? {
            return Ok(facts);
        }
        let facts = reader.link().snapshot(|link| {
            self.build(link, wanted, |loaded, all| {
                let known = loaded.entries.iter().take(all);
                known
                    .take_while(|e| counted.as_of.is_none_or(|at| e.known_from <= at) && e.position.0 <= wanted)
                    .count()
            })
        })?;
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

    /// All cases, folded in piece by piece. `count` says how many of a case's entries are counted.
    fn build(
        &self,
        link: &mut Link<'_>,
        counted_to: i64,
        count: impl Fn(&Loaded, usize) -> usize,
    ) -> Result<Facts, FollowError> {
        let mut builder = FactsBuilder::new(Arc::clone(&self.keys));
        let mut last = 0;
        loop {
            let numbers = cases::numbers_after(link, last, PIECE)?;
            let (Some(first), Some(end)) = (numbers.first(), numbers.last()) else { break };
            for loaded in load(link, Selection::Range(*first, *end))? {
                let counted = count(&loaded, loaded.entries.len());
                if counted > 0 {
                    builder.add(loaded.row.number, &loaded.case_after(counted)?);
                }
            }
            last = *end;
        }
        Ok(builder.finish(Position(counted_to))?)
    }
}
