//! The look-up tables that extracts go by hold what the log says, and nothing is missing from them: compared by sums over
//! hashes of their rows, so that neither has to be held in memory.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Integer};
use sha2::{Digest, Sha256};

use super::Verified;
use super::finding::{Fault, Finding};
use crate::storage::access::{Row, day_of_micros, lookup, piece_of};
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::access_subjects;

/// This many rows are read at a time.
const PAGE: usize = 5000;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
struct Subject {
    #[diesel(sql_type = Binary)]
    subject: Vec<u8>,
    #[diesel(sql_type = Integer)]
    day: i32,
    #[diesel(sql_type = BigInt)]
    piece: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
struct Query {
    #[diesel(sql_type = Binary)]
    query: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    entry: i64,
}

/// Rows as a sum: the same rows in any order give the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    rows: i64,
    hash: u128,
}

impl Sum {
    fn add(&mut self, parts: &[&[u8]]) {
        let mut hash = Sha256::new();
        parts.iter().for_each(|part| hash.update(part));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        self.rows += 1;
        self.hash = self.hash.wrapping_add(u128::from_be_bytes(bytes));
    }

    fn subject(&mut self, row: &Subject) {
        self.add(&[&row.subject, &row.day.to_be_bytes(), &row.piece.to_be_bytes()]);
    }

    fn query(&mut self, query: &[u8], entry: i64) {
        self.add(&[query, &entry.to_be_bytes()]);
    }
}

/// What the look-up tables should hold, by the log.
pub(super) struct Tally {
    /// Pieces that are being filled still: what they hold now is looked up one by one.
    open: BTreeSet<i64>,
    in_open: BTreeSet<Subject>,
    piece: i64,
    in_piece: BTreeSet<Subject>,
    subjects: Sum,
    queries: Sum,
}

impl Tally {
    pub(super) fn new(newest: &BTreeMap<i64, Option<i64>>) -> Self {
        let open = newest.values().flatten().map(|entry| piece_of(*entry)).collect();
        Self {
            open,
            in_open: BTreeSet::new(),
            piece: 0,
            in_piece: BTreeSet::new(),
            subjects: Sum::default(),
            queries: Sum::default(),
        }
    }

    pub(super) fn note(&mut self, row: &Row) {
        let (piece, day) = (piece_of(row.entry), day_of_micros(row.at));
        if piece != self.piece {
            self.close();
            self.piece = piece;
        }
        let all = if self.open.contains(&piece) { &mut self.in_open } else { &mut self.in_piece };
        all.extend(lookup::subjects(row).map(|subject| Subject { subject: subject.to_vec(), day, piece }));
        if let Some(query) = &row.query {
            self.queries.query(query, row.entry);
        }
    }

    fn close(&mut self) {
        for subject in std::mem::take(&mut self.in_piece) {
            self.subjects.subject(&subject);
        }
    }

    /// Holds what should be there against what is.
    pub(super) fn compare(
        mut self,
        link: &mut Link<'_>,
        newest: &BTreeMap<i64, Option<i64>>,
        told: &mut Verified,
    ) -> Result<(), StorageError> {
        self.close();
        let missing = missing(link, &self.in_open)?;
        let subjects = self.kept_subjects(link)?;
        if missing > 0 || subjects != self.subjects {
            let text = format!(
                "access_subjects: {} rows of {} that the log asks for, {missing} more are missing",
                subjects.rows, self.subjects.rows
            );
            told.add(Finding::log(Fault::Lookup, text));
        }
        let queries = kept_queries(link, newest)?;
        if queries != self.queries {
            let text = format!("access_queries: {} rows, the log asks for {}", queries.rows, self.queries.rows);
            told.add(Finding::log(Fault::Lookup, text));
        }
        Ok(())
    }

    /// What the table holds for pieces that are full.
    fn kept_subjects(&self, link: &mut Link<'_>) -> Result<Sum, StorageError> {
        let sql = format!(
            "SELECT subject, day, piece FROM access_subjects WHERE (subject, day, piece) > ($1, $2, $3) \
             ORDER BY subject, day, piece LIMIT {PAGE}"
        );
        let mut sum = Sum::default();
        let mut after = Subject { subject: Vec::new(), day: 0, piece: 0 };
        loop {
            let page: Vec<Subject> = each!(link, c => sql_query(&sql)
                .bind::<Binary, _>(&after.subject)
                .bind::<Integer, _>(after.day)
                .bind::<BigInt, _>(after.piece)
                .load(c))?;
            page.iter().filter(|row| !self.open.contains(&row.piece)).for_each(|row| sum.subject(row));
            match page.into_iter().next_back() {
                Some(last) => after = last,
                None => return Ok(sum),
            }
        }
    }
}

/// How many of these the table lacks.
fn missing(link: &mut Link<'_>, wanted: &BTreeSet<Subject>) -> Result<usize, StorageError> {
    let mut lacking = 0;
    for row in wanted {
        let found: i64 = each!(link, c => access_subjects::table
            .filter(access_subjects::subject.eq(&row.subject))
            .filter(access_subjects::day.eq(row.day))
            .filter(access_subjects::piece.eq(row.piece))
            .count()
            .get_result(c))?;
        lacking += usize::from(found == 0);
    }
    Ok(lacking)
}

fn kept_queries(link: &mut Link<'_>, newest: &BTreeMap<i64, Option<i64>>) -> Result<Sum, StorageError> {
    let sql = format!(
        "SELECT query, entry FROM access_queries WHERE (query, entry) > ($1, $2) ORDER BY query, entry LIMIT {PAGE}"
    );
    let mut sum = Sum::default();
    let mut after = Query { query: Vec::new(), entry: 0 };
    loop {
        let page: Vec<Query> = each!(link, c => sql_query(&sql)
            .bind::<Binary, _>(&after.query)
            .bind::<BigInt, _>(after.entry)
            .load(c))?;
        for row in &page {
            // What was written since the proof began is left to the next time.
            let last = newest.get(&crate::storage::access::chain_of(row.entry)).copied().flatten();
            if last.is_none_or(|last| row.entry <= last) {
                sum.query(&row.query, row.entry);
            }
        }
        match page.into_iter().next_back() {
            Some(last) => after = last,
            None => return Ok(sum),
        }
    }
}
