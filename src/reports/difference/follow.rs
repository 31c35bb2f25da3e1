//! How the two states of a difference are had: the later as for any report; the earlier from it, by putting back the
//! cases that changed in between. Nothing but their journals is read.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::explain::{Behind, Explained, Key, Scene};
use super::{Difference, Stages, compare};
use crate::background::giving_way;
use crate::clock::Clock;
use crate::domain::case::Case;
use crate::domain::code::Position;
use crate::domain::dates::swedish_day;
use crate::organisation::registers::Registers;
use crate::reports::disclosure::Grant;
use crate::reports::follow::{Counted, FollowError, Reports};
use crate::reports::plain::Asked;
use crate::reports::pull::{PullError, Shown, pull_shown};
use crate::reports::reading::PIECE;
use crate::reports::request::{Lang, Request};
use crate::reports::times;
use crate::storage::journal::{Loaded, Selection, load_counted};
use crate::storage::{Db, StorageError, changes};

/// Beyond this many changed cases they are not held all at once.
const MANY: usize = 100_000;
/// How often all is read anew when an identity is taken away meanwhile.
const TRIES: usize = 3;

/// The two states, as asked for. What the earlier leaves open is as in the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Between {
    /// The earlier.
    pub earlier: Counted,
    /// The later.
    pub later: Counted,
}

impl Reports {
    /// What changed in a report between two states, as `grant` lets it be shown, and the entries behind the changes of the selection, in the order
    /// in which they became known.
    ///
    /// # Errors
    /// When the request is wrong, the log has not come so far, or the database fails.
    pub fn difference(
        &self,
        db: &Db,
        registers: &Registers,
        request: &Request,
        between: Between,
        clock: &dyn Clock,
        (lang, grant): (Lang, Grant),
    ) -> Result<(Difference, Vec<Behind>), FollowError> {
        let mut tries = 0;
        loop {
            let head = changes::head(&mut db.read()?.link())?;
            let found = giving_way(|| self.difference_once(db, registers, request, between, clock, (lang, grant)))?;
            tries += 1;
            // An identity that was taken away meanwhile may be known in one state and not in the other.
            let mut reader = db.read()?;
            let newest = changes::head(&mut reader.link())?;
            if tries == TRIES || !changes::any_protection(&mut reader.link(), head, newest)? {
                return Ok(found);
            }
        }
    }

    fn difference_once(
        &self,
        db: &Db,
        registers: &Registers,
        request: &Request,
        Between { earlier, later }: Between,
        clock: &dyn Clock,
        (lang, grant): (Lang, Grant),
    ) -> Result<(Difference, Vec<Behind>), FollowError> {
        let facts = self.counted(db, later)?;
        let (until, to) = (later.as_of, facts.counted_to().0);
        let (since, from) = (earlier.as_of.or(until), earlier.counted_to.unwrap_or(to));
        if from > to {
            return Err(FollowError::Ahead { head: to });
        }
        let now = clock.now();
        let told = |at: Option<DateTime<Utc>>| at.map_or(now, |at| at.min(now));
        if until.is_some_and(|until| since.is_some_and(|since| since > until)) {
            return Err(FollowError::Reversed);
        }
        let mut reader = db.read()?;
        let old = registers.as_known(&mut reader.link(), from, since)?;
        let new = registers.as_known(&mut reader.link(), to, until)?;
        // What was registered later is no reason to refuse: before, there was nothing of it.
        let unknown = request.unknown(&new);
        if !unknown.is_empty() {
            return Err(PullError::Request(unknown).into());
        }
        let by_new = request.geography.resolve(&new).map_err(|error| PullError::Request(vec![error]))?;
        let by_old = request.geography.resolve(&old).unwrap_or_else(|_| by_new.clone().of_nobody());
        // A position alone stands for when it was the newest; where nothing was, all that came since is new.
        let newest = match earlier.as_of {
            None => changes::known_at(&mut reader.link(), from)?.and_then(DateTime::from_timestamp_micros),
            Some(_) => since,
        };
        let day = newest.map_or(NaiveDate::MIN, |newest| swedish_day(newest.min(told(since))));
        let (levels, as_of) = (&by_old.levels[..], told(since));
        let asked = Asked { request, organisation: &old, levels, as_of: told(until), settings: &self.settings };
        let scene = Scene { asked, day, keys: self.keys() };
        let mut explained = Explained::default();
        let mut changed: Vec<(i64, Case)> = Vec::new();
        let many = reader.link().snapshot(|link| {
            let micros = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp_micros());
            let later = (micros(until), to);
            let numbers = changes::cases_known_between(link, (micros(since), from), later)?;
            let many = numbers.len() > MANY;
            for piece in numbers.chunks(PIECE) {
                for loaded in load_counted(link, Selection::Numbers(piece), later)? {
                    let (first, last) = (known_entries(&loaded, since, from), loaded.entries.len());
                    if first >= last {
                        continue;
                    }
                    let before = if first > 0 { Some(loaded.case_after(first)?) } else { None };
                    if !many {
                        changed.push((loaded.row.number, put_back(&loaded, first)?));
                    }
                    explained.add(&scene, before, &loaded.entries[first..last], |_| loaded.case_after(1).ok());
                }
            }
            Ok::<bool, FollowError>(many)
        })?;
        drop(reader);
        let past = if many {
            self.counted(db, Counted { as_of: since, counted_to: Some(from), at_least: None })?
        } else {
            Arc::new(facts.apply(&changed, Position(from))?)
        };
        // Areas are what is chosen and split by, and the registers are compared only where they may matter.
        let chosen = !request.choices.is_empty() || !request.splits.is_empty();
        let other = by_old.levels != by_new.levels || (chosen && *old != *new);
        let (then, now) = ((&*old, &by_old), (&*new, &by_new));
        let states = [(&facts, now), (&facts, then), (&past, then)];
        let [latest, moved, first] = states.map(|(facts, by)| Shown::of(facts, by, request, grant));
        // A place that the cases of one state only have stands with nothing in the other.
        let shown = latest?.and(&moved?).and(&first?);
        let of = |(facts, by), as_of| pull_shown(facts, by, request, as_of, (lang, grant), &shown);
        let stages = Stages {
            before: of((&past, then), as_of)?,
            later: time_counts(request, as_of, told(until)).then(|| of((&past, then), told(until))).transpose()?,
            between: other.then(|| of((&facts, then), told(until))).transpose()?,
            after: of((&facts, now), told(until))?,
        };
        let mut behind = std::mem::take(&mut explained.behind);
        if !request.parts.is_empty() {
            let wanted = |(key, _): &(Key, i64)| *key == Key::anonymous() || request.wants(key.part);
            behind.iter_mut().for_each(|entry| entry.changes.retain(wanted));
            behind.retain(|entry| !entry.changes.is_empty());
        }
        behind.sort_unstable_by_key(|b| b.position);
        Ok((compare(stages, &by_old.levels, (&explained, grant)), behind))
    }
}

/// Whether a report counts otherwise for no other reason than that it is known on another day.
fn time_counts(request: &Request, earlier: DateTime<Utc>, later: DateTime<Utc>) -> bool {
    let on = |at| times::measured_on(request.period, at);
    let measured =
        request.form().is_some_and(|form| form.parts.iter().any(|part| part.known && request.wants(part.id)));
    measured && on(earlier) != on(later)
}

/// How many of a case's entries were known on an instant, up to a position.
fn known_entries(loaded: &Loaded, as_of: Option<DateTime<Utc>>, to: i64) -> usize {
    loaded.entries.iter().take_while(|e| as_of.is_none_or(|at| e.known_from <= at) && e.position.0 <= to).count()
}

/// A case as it was after some entries, to take the place of what it is now; what was not there yet is what no figure
/// counts.
fn put_back(loaded: &Loaded, entries: usize) -> Result<Case, StorageError> {
    if entries > 0 {
        return loaded.case_after(entries);
    }
    Ok(Case { felregistrering: true, ..loaded.case_after(1)? })
}
