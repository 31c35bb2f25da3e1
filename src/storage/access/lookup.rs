//! Finding rows of the log: those that concern a case, those of a handläggare, those that asked for a person.
//!
//! The look-up table says in which pieces of the log a subject stands on a day; the pieces are then read. So a page of a
//! hundred cases that is read again and again costs the log one row each time, and the table nothing.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::{PIECE, Row, day_of_micros, unchained};
use crate::domain::code::CaseId;
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::{access_log, access_queries, access_subjects};

/// What rows that concern every case are looked up by.
pub const EVERY_CASE: [u8; 16] = [0; 16];

/// What the rows of a handläggare are looked up by.
#[must_use]
pub fn handler_subject(agency: &str, handler: &str) -> [u8; 16] {
    let hash = Sha256::digest(format!("handler {agency} {handler}"));
    let mut subject = [0; 16];
    subject.copy_from_slice(&hash[..16]);
    subject
}

/// Everything that a row is looked up by, but for its query.
pub(super) fn subjects(row: &Row) -> impl Iterator<Item = [u8; 16]> {
    let handler = row.handler.as_deref().map(|id| handler_subject(row.agency.as_deref().unwrap_or_default(), id));
    let every = (row.kind == super::Kind::Export.code()).then_some(EVERY_CASE);
    row.cases().map(|case| *case.0.as_bytes()).chain(handler).chain(every)
}

/// From when to when, in microseconds; the end not included.
pub type Span = std::ops::Range<i64>;

/// The pieces of the log in which any of the subjects stands in that time.
fn pieces(link: &mut Link<'_>, subjects: &[[u8; 16]], span: &Span) -> Result<BTreeSet<i64>, StorageError> {
    let (first, last) = (day_of_micros(span.start), day_of_micros(span.end - 1));
    let mut all = BTreeSet::new();
    for subject in subjects {
        let found: Vec<i64> = each!(link, c => access_subjects::table
            .filter(access_subjects::subject.eq(&subject[..]))
            .filter(access_subjects::day.ge(first))
            .filter(access_subjects::day.le(last))
            .select(access_subjects::piece)
            .load(c))?;
        all.extend(found);
    }
    Ok(all)
}

fn in_pieces(
    link: &mut Link<'_>,
    pieces: &BTreeSet<i64>,
    span: &Span,
    visit: &mut dyn FnMut(Row),
) -> Result<(), StorageError> {
    for piece in pieces {
        let rows: Vec<Row> = each!(link, c => access_log::table
            .filter(access_log::entry.ge(piece * PIECE))
            .filter(access_log::entry.lt((piece + 1) * PIECE))
            .order(access_log::entry)
            .select(Row::as_select())
            .load(c))?;
        rows.into_iter().filter(|row| span.contains(&row.at)).for_each(&mut *visit);
    }
    Ok(())
}

/// The rows that concern any of these cases in that time – exports concern every case – and those that asked for a person
/// by any of these hashes; each once, in the order of time. Those from before there were chains are among them.
///
/// # Errors
/// When the database fails.
pub fn about(link: &mut Link<'_>, cases: &[CaseId], hashes: &[Vec<u8>], span: &Span) -> Result<Vec<Row>, StorageError> {
    let wanted: BTreeSet<CaseId> = cases.iter().copied().collect();
    let mut subjects: Vec<[u8; 16]> = cases.iter().map(|case| *case.0.as_bytes()).collect();
    if !cases.is_empty() {
        subjects.push(EVERY_CASE);
    }
    let pieces = pieces(link, &subjects, span)?;
    let mut found: BTreeMap<(i64, i64), Row> = BTreeMap::new();
    in_pieces(link, &pieces, span, &mut |row| {
        let everything = row.kind == super::Kind::Export.code();
        if everything || row.cases().any(|case| wanted.contains(&case)) {
            found.insert((row.at, row.entry), row);
        }
    })?;
    let older = unchained::about(link, cases, hashes, span)?;
    found.extend(older.into_iter().map(|row| ((row.at, row.entry), row)));
    for row in asked(link, hashes)? {
        if span.contains(&row.at) {
            found.insert((row.at, row.entry), row);
        }
    }
    Ok(found.into_values().collect())
}

/// The rows that asked for a person by any of these hashes.
fn asked(link: &mut Link<'_>, hashes: &[Vec<u8>]) -> Result<Vec<Row>, StorageError> {
    let entries: Vec<i64> = each!(link, c => access_queries::table
        .filter(access_queries::query.eq_any(hashes))
        .select(access_queries::entry)
        .load(c))?;
    by_entries(link, &entries)
}

/// Rows by where they stand; those that aren't there are left out.
///
/// # Errors
/// When the database fails.
pub fn by_entries(link: &mut Link<'_>, entries: &[i64]) -> Result<Vec<Row>, StorageError> {
    let mut rows = unchained::by_entries(link, entries)?;
    for some in entries.chunks(500) {
        rows.extend(each!(link, c => access_log::table
            .filter(access_log::entry.eq_any(some))
            .order(access_log::entry)
            .select(Row::as_select())
            .load::<Row>(c))?);
    }
    Ok(rows)
}

/// Visits the rows of these handläggare (agency and id) in that time, in the order of the log.
///
/// # Errors
/// When the database fails.
pub fn of_handlers(
    link: &mut Link<'_>,
    handlers: &BTreeSet<(String, String)>,
    span: &Span,
    visit: &mut dyn FnMut(Row),
) -> Result<(), StorageError> {
    let subjects: Vec<[u8; 16]> = handlers.iter().map(|(agency, id)| handler_subject(agency, id)).collect();
    let pieces = pieces(link, &subjects, span)?;
    let mut theirs = |row: Row| {
        let key = row.agency.clone().zip(row.handler.clone());
        if key.is_some_and(|key| handlers.contains(&key)) {
            visit(row);
        }
    };
    unchained::in_time(link, span, &mut theirs)?;
    in_pieces(link, &pieces, span, &mut theirs)
}
