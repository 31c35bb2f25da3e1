//! The organisation file: how the register of offices, handläggare and agreements comes in and goes out.
//!
//! Lives here: reading the file with *all* findings at once, what must hold between its entries, merging it into the
//! register, writing it, and the registers as this process knows them. Never here: the register's own types
//! (`domain::organisation`), and SQL.
//!
//! Reading order: [`mod@file`] (the shape), [`checks`] (what must hold), [`mod@merge`] (old and new together),
//! [`mod@write`], [`registers`] (kept as rows, and read as they were known).

pub mod checks;
pub mod file;
pub mod finding;
pub mod merge;
mod reader;
pub mod registers;
pub mod write;

use chrono::NaiveDate;
use serde_json::Value;

pub use finding::OrganisationFinding;
pub use merge::{Changes, Counts, merge};
pub use write::to_json;

use crate::domain::organisation::Organisation;

/// Reads a whole register: every reference must be met inside the file.
///
/// `today` decides which texts hold an identity number; nothing else.
///
/// # Errors
/// Every finding, in the order of the file as far as one can be given.
pub fn read(value: &Value, today: NaiveDate) -> Result<Organisation, Vec<OrganisationFinding>> {
    import(&Organisation::default(), value, today).map(|(organisation, _)| organisation)
}

/// Merges a file into the register: entries with a known code are replaced, others added, none removed. References
/// may be met by the file or by what is there already.
///
/// # Errors
/// Every finding; then nothing is merged.
pub fn import(
    current: &Organisation,
    value: &Value,
    today: NaiveDate,
) -> Result<(Organisation, Changes), Vec<OrganisationFinding>> {
    let file::Parsed { organisation, places, beside, mut findings } = file::parse(value, today);
    let (merged, changes) = merge(current, &organisation);
    findings.extend(checks::check(&merged, &places, &beside));
    if findings.is_empty() { Ok((merged, changes)) } else { Err(findings) }
}

#[cfg(test)]
mod tests;
