//! The door at which reading personal data is written down: whoever reads a case or searches for a person passes
//! a [`Scope`], and what the answer showed is logged before it leaves.

use diesel::prelude::*;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::access_log;

/// Who reads, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The client.
    pub client: String,
    /// Its agency.
    pub agency: Option<String>,
    /// The person at the client.
    pub handler: Option<String>,
    /// The operation, such as `get_case`.
    pub action: &'static str,
    /// The trace id of the request.
    pub trace: Option<String>,
    /// The instant, in microseconds.
    pub at: i64,
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = access_log, treat_none_as_default_value = false)]
pub struct AccessRow {
    at: i64,
    client: String,
    agency: Option<String>,
    handler: Option<String>,
    action: String,
    query: Option<Vec<u8>>,
    cases: String,
    trace: Option<String>,
}

/// Written instead of cases where an answer showed all of them.
pub const EVERYTHING: &str = "*";

/// Writes down which cases an answer showed, or which query (a keyed hash) was put.
///
/// # Errors
/// When the database fails: then the answer may not leave.
pub fn log(link: &mut Link<'_>, scope: &Scope, query: Option<Vec<u8>>, cases: &[String]) -> Result<(), StorageError> {
    append(link, &[row(scope, query, cases)])
}

/// A row to be written with others.
#[must_use]
pub fn row(scope: &Scope, query: Option<Vec<u8>>, cases: &[String]) -> AccessRow {
    AccessRow {
        at: scope.at,
        client: scope.client.clone(),
        agency: scope.agency.clone(),
        handler: scope.handler.clone(),
        action: scope.action.to_owned(),
        query,
        cases: cases.join(","),
        trace: scope.trace.clone(),
    }
}

/// Writes rows down.
///
/// # Errors
/// When the database fails.
pub fn append(link: &mut Link<'_>, rows: &[AccessRow]) -> Result<(), StorageError> {
    insert_rows!(link, access_log::table, rows);
    Ok(())
}

/// How many rows there are: for tests and for the managers' list.
///
/// # Errors
/// When the database fails.
pub fn count(link: &mut Link<'_>) -> Result<i64, StorageError> {
    Ok(each!(link, c => access_log::table.count().get_result(c))?)
}
