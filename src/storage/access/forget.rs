//! Forgetting who was searched for: the keyed hash of a person goes from the log with its salt, and the chains still
//! verify, since the salted hash stays. How many were forgotten is a row of the log itself.

use diesel::prelude::*;

use super::{Chain, Entry, Kind, Row, Scope, count, seal};
use crate::chance::Chance;
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::{access_log, access_queries};
use crate::storage::slack;

/// Forgets every query for one person, by the hashes that all look-up keys make of the number, inside the open
/// transaction; returns how many there were. That it was done is logged, so that a query which merely vanished is found.
///
/// # Errors
/// When the database fails; then the transaction is to be rolled back.
pub fn forget_query(
    link: &mut Link<'_>,
    chain: &mut Chain,
    scope: &Scope,
    hashes: &[Vec<u8>],
    chance: &mut dyn Chance,
) -> Result<i64, StorageError> {
    let entries: Vec<i64> = each!(link, c => access_queries::table
        .filter(access_queries::query.eq_any(hashes))
        .select(access_queries::entry)
        .load(c))?;
    if entries.is_empty() {
        return Ok(0);
    }
    for entry in &entries {
        let row: Option<Row> =
            each!(link, c => access_log::table.find(entry).select(Row::as_select()).first(c).optional())?;
        let Some(mut row) = row.filter(|row| row.query.is_some()) else { continue };
        seal::forget(&mut row);
        each!(link, c => diesel::update(access_log::table.find(entry))
            .set((
                access_log::query.eq(None::<Vec<u8>>),
                access_log::salts.eq(&row.salts),
                access_log::erased.eq(&row.erased),
            ))
            .execute(c))?;
    }
    each!(link, c => diesel::delete(access_queries::table.filter(access_queries::query.eq_any(hashes))).execute(c))?;
    slack::erased(link)?;
    let forgotten = count(entries.len());
    let entry = Entry::of(scope, Kind::Forgetting, &[]).counting(forgotten);
    chain.append(link, vec![entry], scope.at, chance)?;
    Ok(forgotten)
}
