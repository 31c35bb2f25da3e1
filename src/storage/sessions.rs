//! Sessions of people who are logged in, and attempts to log in that were used.
//!
//! Never here: the cookie's secret – only a hash of it comes this far – and when a session has ended.

use diesel::prelude::*;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{sessions, used_logins};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    /// SHA-256 of what the cookie holds.
    pub hash: Vec<u8>,
    /// By which login.
    pub login: String,
    /// The client that the login was made as.
    pub client: String,
    /// The person's agency.
    pub agency: Option<String>,
    /// Codes of the roles, with spaces between.
    pub roles: String,
    /// The person.
    pub handler: Option<String>,
    /// When it began, in microseconds.
    pub began: i64,
    /// When it was last used, more or less.
    pub seen: i64,
    /// When it ends at the latest.
    pub ends: i64,
}

/// Begins a session.
///
/// # Errors
/// When the database fails.
pub fn insert(link: &mut Link<'_>, row: &SessionRow) -> Result<(), StorageError> {
    each!(link, c => diesel::insert_into(sessions::table).values(row).execute(c))?;
    Ok(())
}

/// The session of a hash.
///
/// # Errors
/// When the database fails.
pub fn find(link: &mut Link<'_>, hash: &[u8]) -> Result<Option<SessionRow>, StorageError> {
    Ok(each!(link, c => sessions::table.find(hash).select(SessionRow::as_select()).get_result(c).optional())?)
}

/// Notes that a session was used.
///
/// # Errors
/// When the database fails.
pub fn touch(link: &mut Link<'_>, hash: &[u8], micros: i64) -> Result<(), StorageError> {
    each!(link, c => diesel::update(sessions::table.find(hash)).set(sessions::seen.eq(micros)).execute(c))?;
    Ok(())
}

/// Ends a session; whether there was one.
///
/// # Errors
/// When the database fails.
pub fn delete(link: &mut Link<'_>, hash: &[u8]) -> Result<bool, StorageError> {
    Ok(each!(link, c => diesel::delete(sessions::table.find(hash)).execute(c))? > 0)
}

/// Forgets sessions that ended before an instant, and attempts to log in that were used before another.
///
/// # Errors
/// When the database fails.
pub fn forget(link: &mut Link<'_>, ended: i64, used: i64) -> Result<(), StorageError> {
    each!(link, c => diesel::delete(sessions::table.filter(sessions::ends.lt(ended))).execute(c))?;
    each!(link, c => diesel::delete(used_logins::table.filter(used_logins::used.lt(used))).execute(c))?;
    Ok(())
}

/// Uses an attempt to log in.
///
/// # Errors
/// [`StorageError::Conflict`] when it was used before.
pub fn use_login(link: &mut Link<'_>, hash: &[u8], micros: i64) -> Result<(), StorageError> {
    let row = (used_logins::hash.eq(hash), used_logins::used.eq(micros));
    each!(link, c => diesel::insert_into(used_logins::table).values(row).execute(c))?;
    Ok(())
}
