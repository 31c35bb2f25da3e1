//! Reports that are kept: frozen ones, and the packages of parts that steering groups follow. Rows are added only; a
//! package is the newest of its rows.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{frozen_reports, report_packages};

/// A frozen report without its content.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = frozen_reports, treat_none_as_default_value = false)]
pub struct FrozenHead {
    /// Its id.
    pub id: Vec<u8>,
    /// When, in microseconds.
    pub frozen_at: i64,
    /// By which client.
    pub client: String,
    /// For which agency.
    pub agency: Option<String>,
    /// By whom there.
    pub handler: Option<String>,
    /// What it is called.
    pub name: String,
    /// Which report.
    pub report: String,
    /// The version of its definitions.
    pub version: i32,
    /// `sv` or `en`.
    pub lang: String,
    /// As asked for.
    pub geography: String,
    /// First day of the period.
    pub first_day: i32,
    /// Last day of the period.
    pub last_day: i32,
    /// As known on, in microseconds.
    pub as_of: i64,
    /// Up to which position.
    pub counted_to: i64,
    /// By what it was asked, as in an address; not known of those frozen before this was kept.
    pub question: Option<String>,
}

/// A frozen report to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = frozen_reports, treat_none_as_default_value = false)]
pub struct FrozenRow {
    /// All but the content.
    #[diesel(embed)]
    pub head: FrozenHead,
    /// The content.
    pub body: String,
}

/// Keeps a frozen report.
///
/// # Errors
/// When the database fails.
pub fn freeze(link: &mut Link<'_>, row: &FrozenRow) -> Result<(), StorageError> {
    each!(link, c => diesel::insert_into(frozen_reports::table).values(row).execute(c))?;
    Ok(())
}

/// One page of the frozen reports, the newest first, and how many there are.
///
/// # Errors
/// When the database fails.
pub fn frozen_page(link: &mut Link<'_>, skip: i64, limit: i64) -> Result<(Vec<FrozenHead>, i64), StorageError> {
    let total = each!(link, c => frozen_reports::table.count().get_result(c))?;
    let page = each!(link, c => frozen_reports::table
        .order((frozen_reports::frozen_at.desc(), frozen_reports::id.desc()))
        .offset(skip)
        .limit(limit)
        .select(FrozenHead::as_select())
        .load(c))?;
    Ok((page, total))
}

/// The frozen reports whose periods have a day in common with this one.
///
/// # Errors
/// When the database fails.
pub fn frozen_overlapping(link: &mut Link<'_>, first: i32, last: i32) -> Result<Vec<FrozenHead>, StorageError> {
    Ok(each!(link, c => frozen_reports::table
        .filter(frozen_reports::first_day.le(last).and(frozen_reports::last_day.ge(first)))
        .order((frozen_reports::frozen_at, frozen_reports::id))
        .select(FrozenHead::as_select())
        .load(c))?)
}

/// A frozen report with its content.
///
/// # Errors
/// When the database fails.
pub fn frozen(link: &mut Link<'_>, id: &[u8]) -> Result<Option<(FrozenHead, String)>, StorageError> {
    Ok(each!(link, c => frozen_reports::table
        .find(id)
        .select((FrozenHead::as_select(), frozen_reports::body))
        .first(c)
        .optional())?)
}

/// A version of a package.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report_packages, treat_none_as_default_value = false)]
pub struct PackageRow {
    /// Its id.
    pub id: Vec<u8>,
    /// From 1.
    pub version: i64,
    /// When, in microseconds.
    pub changed_at: i64,
    /// By which client.
    pub client: String,
    /// For which agency.
    pub agency: Option<String>,
    /// By whom there.
    pub handler: Option<String>,
    /// 1 when this version takes it away.
    pub removed: i16,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub steering_group: Option<String>,
    /// Which report.
    pub report: String,
    /// The ids of its parts in their order, with commas.
    pub parts: String,
}

/// Adds a version of a package.
///
/// # Errors
/// When the database fails.
pub fn add_package(link: &mut Link<'_>, row: &PackageRow) -> Result<(), StorageError> {
    each!(link, c => diesel::insert_into(report_packages::table).values(row).execute(c))?;
    Ok(())
}

/// A package as it stands; `None` when there is none, or it was taken away.
///
/// # Errors
/// When the database fails.
pub fn package(link: &mut Link<'_>, id: &[u8]) -> Result<Option<PackageRow>, StorageError> {
    let newest: Option<PackageRow> = each!(link, c => report_packages::table
        .filter(report_packages::id.eq(id))
        .order(report_packages::version.desc())
        .select(PackageRow::as_select())
        .first(c)
        .optional())?;
    Ok(newest.filter(|row| row.removed == 0))
}

/// All packages as they stand, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn packages(link: &mut Link<'_>) -> Result<Vec<PackageRow>, StorageError> {
    let rows: Vec<PackageRow> = each!(link, c => report_packages::table
        .order(report_packages::version)
        .select(PackageRow::as_select())
        .load(c))?;
    let newest: BTreeMap<Vec<u8>, PackageRow> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    Ok(newest.into_values().filter(|row| row.removed == 0).collect())
}
