//! Reading the journals of many cases piece by piece, so that never all of them are in memory.
//!
//! Never here: which cases, and when.

use chrono::{DateTime, Utc};

use super::deleted::deleted;
use super::facts::Facts;
use super::follow::FollowError;
use crate::domain::case::Case;
use crate::domain::code::Position;
use crate::storage::journal::{Loaded, Selection, load_counted};
use crate::storage::{Db, StorageError};

/// Cases read at a time.
pub(super) const PIECE: usize = 4000;

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

/// Puts into columns what some cases were after those of their entries that were known on an instant, up to a position. They
/// are read piece by piece, by several connections at once; `begun` since then, and so not read, are some of them.
pub(super) fn apply_read(
    db: &Db,
    before: &Facts,
    (numbers, begun): (&[i64], &[i64]),
    as_of: Option<DateTime<Utc>>,
    to: Position,
) -> Result<Facts, FollowError> {
    before.apply_shares(numbers, PIECE, to, |at, see| {
        let piece = &numbers[at.clone()];
        let wanted: Vec<i64> = piece.iter().copied().filter(|number| begun.binary_search(number).is_err()).collect();
        let loaded = db.read()?.link().snapshot(|link| load_counted(link, selection(&wanted)))?;
        let mut loaded = loaded.into_iter().peekable();
        for (at, number) in at.zip(piece) {
            while loaded.next_if(|loaded| loaded.row.number < *number).is_some() {}
            match loaded.next_if(|loaded| loaded.row.number == *number) {
                Some(loaded) => see(at, &put_back(&loaded, known_entries(&loaded, as_of, to.0))?),
                // A case that was deleted, or not there yet, takes the place of what it is, and counts in nothing.
                None => deleted().iter().for_each(|gone| see(at, gone)),
            }
        }
        Ok(())
    })
}

/// Ascending numbers that leave few out are read as all between the first and the last, which is quicker.
fn selection(numbers: &[i64]) -> Selection<'_> {
    match (numbers.first(), numbers.last()) {
        (Some(first), Some(last)) if last - first < numbers.len() as i64 * 5 / 4 => Selection::Range(*first, *last),
        _ => Selection::Numbers(numbers),
    }
}
