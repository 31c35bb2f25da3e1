//! The registers as rows: one a version of an entry, so that they too can be read as they were at a position.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{changes, organisation_rows};

/// An entry of a register: its kind, its code, and itself as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which register, such as `offices`.
    pub kind: String,
    /// Its code there.
    pub code: String,
    /// As in the organisation file.
    pub body: String,
}

#[derive(Insertable)]
#[diesel(table_name = organisation_rows, treat_none_as_default_value = false)]
struct Row {
    kind: String,
    code: String,
    position: i64,
    known_from: i64,
    body: String,
}

/// Adds new versions of entries under one position, which it returns.
///
/// # Errors
/// When the database fails.
pub fn append(link: &mut Link<'_>, entries: &[Entry], known_from: i64) -> Result<i64, StorageError> {
    let position = link.take_positions(1)? + 1;
    let row = |Entry { kind, code, body }: Entry| Row { kind, code, position, known_from, body };
    let rows: Vec<Row> = entries.iter().cloned().map(row).collect();
    each!(link, c => diesel::insert_into(changes::table)
        .values((changes::position.eq(position), changes::subject.eq("organisation")))
        .execute(c))?;
    insert_rows!(link, organisation_rows::table, &rows);
    Ok(position)
}

/// The newest version of every entry.
///
/// # Errors
/// When the database fails.
pub fn current(link: &mut Link<'_>) -> Result<Vec<Entry>, StorageError> {
    at_version(link, i64::MAX)
}

/// Every entry as it stood after the change at a position.
///
/// # Errors
/// When the database fails.
pub fn at_version(link: &mut Link<'_>, position: i64) -> Result<Vec<Entry>, StorageError> {
    Ok(each_once(versions(link, position)?))
}

/// Every entry as it was when it was first loaded, of those that were there up to a position.
///
/// # Errors
/// When the database fails.
pub fn as_first_loaded(link: &mut Link<'_>, position: i64) -> Result<Vec<Entry>, StorageError> {
    Ok(each_once(versions(link, position)?.into_iter().rev()))
}

/// Kind, code and body of every version up to a position, the oldest first.
fn versions(link: &mut Link<'_>, position: i64) -> Result<Vec<(String, String, String)>, StorageError> {
    Ok(each!(link, c => organisation_rows::table
        .filter(organisation_rows::position.le(position))
        .order(organisation_rows::position)
        .select((organisation_rows::kind, organisation_rows::code, organisation_rows::body))
        .load(c))?)
}

/// Each entry in the last of its versions.
fn each_once(versions: impl IntoIterator<Item = (String, String, String)>) -> Vec<Entry> {
    let last: BTreeMap<(String, String), String> =
        versions.into_iter().map(|(kind, code, body)| ((kind, code), body)).collect();
    last.into_iter().map(|((kind, code), body)| Entry { kind, code, body }).collect()
}

/// The position of the newest version; 0 when there is none.
///
/// # Errors
/// When the database fails.
pub fn version(link: &mut Link<'_>) -> Result<i64, StorageError> {
    let newest: Option<i64> = each!(link, c => organisation_rows::table
        .select(diesel::dsl::max(organisation_rows::position))
        .get_result(c))?;
    Ok(newest.unwrap_or(0))
}

/// How the registers were known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// As they stood after the change at this position; 0 when there is none at all.
    After(i64),
    /// Not at all yet: each entry counts as it was first loaded, of those that were there up to this position. They may have
    /// been loaded piece by piece.
    AsFirstLoaded(i64),
}

/// How the registers were known up to a position and on an instant (microseconds).
///
/// # Errors
/// When the database fails.
pub fn known(link: &mut Link<'_>, position: i64, at: Option<i64>) -> Result<Known, StorageError> {
    let mut versions: Vec<(i64, i64)> = each!(link, c => organisation_rows::table
        .select((organisation_rows::position, organisation_rows::known_from))
        .distinct()
        .load(c))?;
    versions.sort_unstable();
    let there: Vec<&(i64, i64)> = versions.iter().take_while(|(p, _)| *p <= position).collect();
    // A version stands on those before it, so what follows one that was not known yet was not known either.
    let known = there.iter().take_while(|(_, since)| at.is_none_or(|at| *since <= at)).last();
    Ok(match (known, there.last(), versions.first()) {
        (Some((position, _)), ..) => Known::After(*position),
        (None, Some((position, _)), _) => Known::AsFirstLoaded(*position),
        (None, None, first) => Known::After(first.map_or(0, |(position, _)| *position)),
    })
}
