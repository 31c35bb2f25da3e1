//! The keys of the reports' columns that were saved to files. A file can be read as long as its key is here; the database
//! takes all keys away when something is taken away of a case.
//!
//! Never here: the files, and what they hold ([`crate::reports::saved`]).

use diesel::prelude::*;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{erasures, saved_columns};

/// The key of one file.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = saved_columns, treat_none_as_default_value = false)]
pub struct SavedColumns {
    /// Which file.
    pub id: Vec<u8>,
    /// Which master key sealed its key.
    pub master_key: String,
    /// Nonce and sealed key.
    pub sealed_key: Vec<u8>,
    /// Up to which position it counts.
    pub position: i64,
    /// When it was saved, in microseconds.
    pub saved_at: i64,
}

/// The key of a file, as long as it is there.
///
/// # Errors
/// When the database fails.
pub fn find(link: &mut Link<'_>, id: &[u8]) -> Result<Option<SavedColumns>, StorageError> {
    Ok(each!(link, c => saved_columns::table.find(id).select(SavedColumns::as_select()).get_result(c).optional())?)
}

/// Keeps a key in the open transaction, instead of an earlier one and of those older than an instant (microseconds). Says
/// whether it was kept: not where something was taken away of a case since the file's position, which the file still holds.
///
/// # Errors
/// When the database fails.
pub fn keep(
    link: &mut Link<'_>,
    row: &SavedColumns,
    instead_of: Option<&[u8]>,
    oldest: i64,
) -> Result<bool, StorageError> {
    // From here on nothing is taken away until commit: whoever does takes a position first.
    link.take_positions(0)?;
    let taken: i64 = each!(link, c => erasures::table
        .filter(erasures::position.gt(row.position))
        .count()
        .get_result(c))?;
    if taken > 0 {
        return Ok(false);
    }
    each!(link, c => diesel::delete(saved_columns::table.filter(saved_columns::saved_at.lt(oldest))).execute(c))?;
    if let Some(id) = instead_of {
        each!(link, c => diesel::delete(saved_columns::table.find(id)).execute(c))?;
    }
    each!(link, c => diesel::insert_into(saved_columns::table).values(row).execute(c))?;
    Ok(true)
}
