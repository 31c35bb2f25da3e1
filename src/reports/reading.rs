//! Reading the journals of many cases piece by piece, so that never all of them are in memory.
//!
//! Never here: which cases, and when.

use chrono::{DateTime, Utc};

use super::deleted::deleted;
use super::facts::Facts;
use super::follow::FollowError;
use crate::domain::case::Case;
use crate::domain::code::Position;
use crate::storage::journal::{Loaded, Selection, load};
use crate::storage::{Db, Link, StorageError, cases};

/// Cases read at a time.
pub(super) const PIECE: i64 = 4000;

/// Reads all cases piece by piece, until `take` wants no more.
pub(super) fn each_piece(link: &mut Link<'_>, mut take: impl FnMut(Vec<Loaded>) -> bool) -> Result<(), StorageError> {
    let mut last = 0;
    loop {
        let numbers = cases::numbers_after(link, last, PIECE)?;
        let (Some(first), Some(end)) = (numbers.first(), numbers.last()) else { return Ok(()) };
        if !take(load(link, Selection::Range(*first, *end))?) {
            return Ok(());
        }
        last = *end;
    }
}

/// How many of a case's entries were known on an instant, up to a position.
pub(super) fn known_entries(loaded: &Loaded, as_of: Option<DateTime<Utc>>, to: i64) -> usize {
    loaded.entries.iter().take_while(|e| as_of.is_none_or(|at| e.known_from <= at) && e.position.0 <= to).count()
}

/// A case as it was after some entries, to take the place of what it is now; what was not there yet is what no figure
/// counts.
pub(super) fn put_back(loaded: &Loaded, entries: usize) -> Result<Case, StorageError> {
    if entries > 0 {
        return loaded.case_after(entries);
    }
    Ok(Case { felregistrering: true, ..loaded.case_after(1)? })
}

/// Puts into columns what some cases are, or were. They are read piece by piece, by several connections at once.
pub(super) fn apply_read(
    db: &Db,
    before: &Facts,
    numbers: &[i64],
    counted_to: Position,
    state: impl Fn(&Loaded) -> Result<Case, StorageError> + Sync,
) -> Result<Facts, FollowError> {
    before.apply_shares(numbers, PIECE as usize, counted_to, |at, see| {
        let piece = &numbers[at.clone()];
        let loaded = db.read()?.link().snapshot(|link| load(link, Selection::Numbers(piece)))?;
        let mut loaded = loaded.into_iter().peekable();
        for (at, number) in at.zip(piece) {
            match loaded.next_if(|loaded| loaded.row.number == *number) {
                Some(loaded) => see(at, &state(&loaded)?),
                // A case that was deleted takes the place of what it was, and counts in nothing.
                None => deleted().iter().for_each(|gone| see(at, gone)),
            }
        }
        Ok(())
    })
}
