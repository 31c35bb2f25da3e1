//! Reading the journals of many cases piece by piece, so that never all of them are in memory.
//!
//! Never here: which cases, and when.

use chrono::{DateTime, Utc};

use super::deleted::deleted;
use super::facts::Facts;
use super::follow::FollowError;
use crate::domain::code::Position;
use crate::storage::Db;
use crate::storage::journal::{Selection, load_counted, micros};

/// Cases read at a time.
pub(super) const PIECE: usize = 4000;

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
        let state = (as_of.map(micros), to.0);
        let loaded = db.read()?.link().snapshot(|link| load_counted(link, selection(&wanted), state))?;
        let mut loaded = loaded.into_iter().peekable();
        for (at, number) in at.zip(piece) {
            while loaded.next_if(|loaded| loaded.row.number < *number).is_some() {}
            let here = loaded.next_if(|loaded| loaded.row.number == *number);
            match here.filter(|loaded| !loaded.entries.is_empty()) {
                Some(loaded) => see(at, &loaded.case()?),
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
