//! What was written before there were chains: it stays as it was, and the first chain begins with a seal over it.

use diesel::prelude::*;

use super::lookup::Span;
use super::seal::Sealer;
use super::{Kind, Row};
use crate::domain::code::CaseId;
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::access_log_unchained;

#[derive(Queryable, Selectable)]
#[diesel(table_name = access_log_unchained)]
struct Unchained {
    sequence: i64,
    at: i64,
    client: String,
    agency: Option<String>,
    handler: Option<String>,
    action: String,
    query: Option<Vec<u8>>,
    cases: String,
    trace: Option<String>,
}

impl Unchained {
    /// As rows are today: its kind follows from the operation, and nothing seals it by itself.
    fn into_row(self) -> Row {
        let kind = match self.action.as_str() {
            _ if self.cases == "*" => Kind::Export,
            "create_case_search" => Kind::Search,
            action if action.starts_with("list_") || action == "get_report_difference" => Kind::List,
            action if action.starts_with("get_") => Kind::Read,
            _ => Kind::Trial,
        };
        let ids: Vec<uuid::Uuid> = self.cases.split(',').filter_map(|id| uuid::Uuid::parse_str(id).ok()).collect();
        Row {
            entry: self.sequence,
            at: self.at,
            kind: kind.code().to_owned(),
            client: self.client,
            agency: self.agency,
            handler: self.handler,
            action: self.action,
            query: self.query,
            counted: super::count(ids.len()),
            cases: ids.iter().flat_map(|id| *id.as_bytes()).collect(),
            trace: self.trace,
            salts: Vec::new(),
            erased: None,
            hash: Vec::new(),
        }
    }
}

/// Those that concern any of these cases in that time, or asked for a person by any of these hashes. There is no look-up
/// table for them: all of that time are read.
///
/// # Errors
/// When the database fails.
pub(super) fn about(
    link: &mut Link<'_>,
    cases: &[CaseId],
    hashes: &[Vec<u8>],
    span: &Span,
) -> Result<Vec<Row>, StorageError> {
    let mut found = Vec::new();
    in_time(link, span, &mut |row| {
        let asked = row.query.as_ref().is_some_and(|query| hashes.contains(query));
        let everything = !cases.is_empty() && row.kind == Kind::Export.code();
        if asked || everything || row.cases().any(|case| cases.contains(&case)) {
            found.push(row);
        }
    })?;
    Ok(found)
}

/// Visits all of that time.
///
/// # Errors
/// When the database fails.
pub(super) fn in_time(link: &mut Link<'_>, span: &Span, visit: &mut dyn FnMut(Row)) -> Result<(), StorageError> {
    let mut after = i64::MIN;
    loop {
        let page: Vec<Unchained> = each!(link, c => access_log_unchained::table
            .filter(access_log_unchained::sequence.gt(after))
            .filter(access_log_unchained::at.ge(span.start))
            .filter(access_log_unchained::at.lt(span.end))
            .order(access_log_unchained::sequence)
            .limit(PAGE)
            .select(Unchained::as_select())
            .load(c))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.sequence;
        page.into_iter().map(Unchained::into_row).for_each(&mut *visit);
    }
}

/// Those of these entries, which are their sequences; entries of chains are larger.
///
/// # Errors
/// When the database fails.
pub(super) fn by_entries(link: &mut Link<'_>, entries: &[i64]) -> Result<Vec<Row>, StorageError> {
    let mut rows = Vec::new();
    let own: Vec<i64> = entries.iter().copied().filter(|entry| super::chain_of(*entry) == 0).collect();
    for some in own.chunks(500) {
        let page: Vec<Unchained> = each!(link, c => access_log_unchained::table
            .filter(access_log_unchained::sequence.eq_any(some))
            .select(Unchained::as_select())
            .load(c))?;
        rows.extend(page.into_iter().map(Unchained::into_row));
    }
    Ok(rows)
}

/// This many are read at a time.
const PAGE: i64 = 1000;

/// How many rows there are, and the keyed hash over all of them.
///
/// # Errors
/// When the database fails.
pub fn digest(link: &mut Link<'_>, sealer: &Sealer) -> Result<(i64, Vec<u8>), StorageError> {
    let mut stream = sealer.stream(b"before");
    let (mut rows, mut after) = (0, i64::MIN);
    loop {
        let page: Vec<Unchained> = each!(link, c => access_log_unchained::table
            .filter(access_log_unchained::sequence.gt(after))
            .order(access_log_unchained::sequence)
            .limit(PAGE)
            .select(Unchained::as_select())
            .load(c))?;
        let Some(last) = page.last() else { return Ok((rows, stream.end())) };
        after = last.sequence;
        for row in page {
            rows += 1;
            stream.add(Some(&row.sequence.to_be_bytes()));
            stream.add(Some(&row.at.to_be_bytes()));
            stream.add(Some(row.client.as_bytes()));
            stream.add(row.agency.as_deref().map(str::as_bytes));
            stream.add(row.handler.as_deref().map(str::as_bytes));
            stream.add(Some(row.action.as_bytes()));
            stream.add(row.query.as_deref());
            stream.add(Some(row.cases.as_bytes()));
            stream.add(row.trace.as_deref().map(str::as_bytes));
        }
    }
}
