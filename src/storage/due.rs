//! With which lead times the due days in `cases` were computed, and the open cases in pieces, for computing them anew.
//!
//! Never here: how a due day is computed ([`due`](crate::domain::due)).

use diesel::prelude::*;

use super::cases::OPEN;
use super::dialect::Link;
use super::error::StorageError;
use super::schema::{cases, due_basis};

/// What the due days rest on.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Basis {
    /// The lead times, in the words of [`due::basis`](crate::domain::due::basis).
    pub lead_times: String,
    /// Computed anew are the open cases up to this number; `None` when all are.
    pub reached: Option<i64>,
}

/// What the due days rest on.
///
/// # Errors
/// When the database fails.
pub fn basis(link: &mut Link<'_>) -> Result<Basis, StorageError> {
    Ok(each!(link, c => due_basis::table.select((due_basis::lead_times, due_basis::reached)).get_result(c))?)
}

/// The same, locked until the transaction ends: one process at a time goes on.
///
/// # Errors
/// When the database fails.
pub fn lock(link: &mut Link<'_>) -> Result<Basis, StorageError> {
    Ok(each!(link, c => diesel::update(due_basis::table)
        .set(due_basis::one.eq(due_basis::one))
        .returning((due_basis::lead_times, due_basis::reached))
        .get_result(c))?)
}

/// Keeps what the due days rest on from now on.
///
/// # Errors
/// When the database fails.
pub fn keep(link: &mut Link<'_>, basis: &Basis) -> Result<(), StorageError> {
    each!(link, c => diesel::update(due_basis::table)
        .set((due_basis::lead_times.eq(&basis.lead_times), due_basis::reached.eq(basis.reached)))
        .execute(c))?;
    Ok(())
}

/// The next open cases after a number, ascending, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn open_after(link: &mut Link<'_>, after: i64, limit: i64) -> Result<Vec<i64>, StorageError> {
    Ok(each!(link, c => cases::table
        .filter(cases::number.gt(after))
        .filter(cases::state.eq(OPEN))
        .order(cases::number)
        .limit(limit)
        .select(cases::number)
        .load(c))?)
}

/// Gives a case another due day. Its version stays: nothing was registered.
///
/// # Errors
/// When the database fails.
pub fn set(link: &mut Link<'_>, number: i64, due: Option<i32>) -> Result<(), StorageError> {
    each!(link, c => diesel::update(cases::table.filter(cases::number.eq(number))).set(cases::due.eq(due)).execute(c))?;
    Ok(())
}
