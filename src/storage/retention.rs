//! What retention needs of the cases: which there are, how old, and taking a whole one out. And the log of its runs.
//!
//! Never here: which cases are old enough ([`registrations::retention`](crate::registrations::retention)).

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use uuid::Uuid;

use super::cases::Stand;
use super::dialect::Link;
use super::erase;
use super::erasures::{Erasure, Journal};
use super::error::StorageError;
use super::journal::instant;
use super::persons;
use super::schema::{
    answers, case_handlers, case_offices, case_references, case_subjects, cases, changes, client_references, consents,
    erasures, fingerprints, meetings, reason_texts, registrations, retention_runs,
};
use super::vault::Vault;

/// A case as retention sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aged {
    /// Its number.
    pub number: i64,
    /// Its public id.
    pub id: Uuid,
    /// Open, ended or felregistrering.
    pub state: i16,
    /// Code of its identity state.
    pub identity: String,
    /// Whether what no figure needs is gone already.
    pub coarsened: bool,
    /// The day of its latest step: of the ending where it has ended.
    pub step_date: i32,
    /// When its latest registration became known, in microseconds; what retention does is none.
    pub last: i64,
}

/// The next cases after a number, ascending, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn after(link: &mut Link<'_>, number: i64, limit: i64) -> Result<Vec<Aged>, StorageError> {
    let numbers = super::cases::numbers_after(link, number, limit)?;
    aged(link, &numbers)
}

fn aged(link: &mut Link<'_>, numbers: &[i64]) -> Result<Vec<Aged>, StorageError> {
    let last: Vec<(i64, Option<i64>)> = each!(link, c => registrations::table
        .filter(registrations::case_number.eq_any(numbers))
        .filter(registrations::kind.ne_all([erase::REMOVAL, erase::COARSENING]))
        .group_by(registrations::case_number)
        .select((registrations::case_number, diesel::dsl::max(registrations::known_from)))
        .load(c))?;
    let last: HashMap<i64, i64> = last.into_iter().filter_map(|(number, at)| Some((number, at?))).collect();
    let coarsened: Vec<i64> = each!(link, c => erasures::table
        .filter(erasures::case_number.eq_any(numbers))
        .filter(erasures::reason.eq(erase::COARSENING))
        .select(erasures::case_number)
        .load(c))?;
    let mut rows = super::cases::by_numbers(link, numbers)?;
    rows.sort_unstable_by_key(|row| row.number);
    let aged = rows.into_iter().map(|row| Aged {
        number: row.number,
        id: Uuid::from_slice(&row.id).unwrap_or_default(),
        state: row.state,
        last: last.get(&row.number).copied().unwrap_or(i64::MAX),
        step_date: row.step_date,
        identity: row.identity,
        coarsened: coarsened.contains(&row.number),
    });
    Ok(aged.collect())
}

#[derive(Insertable)]
#[diesel(table_name = erasures, treat_none_as_default_value = false)]
struct ErasureRow {
    position: i64,
    case_number: i64,
    person: Option<Vec<u8>>,
    reason: &'static str,
    erased_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct ChangeRow {
    position: i64,
    case_number: Option<i64>,
    subject: &'static str,
}

/// Takes whole cases out, of those that `still` says so of now that they are locked; returns how many, and the
/// hashes that searches for their persons were logged under. Inside the caller's transaction.
///
/// # Errors
/// When the database or the journal fails.
pub fn delete(
    link: &mut Link<'_>,
    numbers: &[i64],
    still: &dyn Fn(&Aged) -> bool,
    journal: Option<&Journal>,
    now: i64,
) -> Result<(usize, Vec<Vec<u8>>), StorageError> {
    if !link.has_one_writer() {
        let rows = super::cases::by_numbers(link, numbers)?;
        let hashes = persons::hashes_of_cases(link, rows)?;
        link.lock_keys(&hashes)?;
    }
    let people: HashMap<i64, Option<Vec<u8>>> =
        link.lock_cases(&[], numbers)?.into_iter().map(|Stand { number, person, .. }| (number, person)).collect();
    let gone: Vec<Aged> = aged(link, numbers)?.into_iter().filter(still).collect();
    if gone.is_empty() {
        return Ok((0, Vec::new()));
    }
    let mut kept = HashSet::new();
    for person in gone.iter().filter_map(|case| people.get(&case.number)?.as_ref()) {
        let cases = super::cases::of_persons(link, std::slice::from_ref(person))?;
        if cases.iter().any(|case| gone.iter().all(|gone| gone.number != case.number)) {
            kept.insert(person.clone());
        }
    }
    let goes = |person: &Vec<u8>| !kept.contains(person);
    let mut forgotten = Vec::new();
    let before = link.take_positions(gone.len() as i64)?;
    let mut written = Vec::with_capacity(gone.len());
    let (mut log, mut rows) = (Vec::new(), Vec::new());
    for (position, case) in (before + 1..).zip(&gone) {
        // Of somebody who is there still, nothing may tell whose the case was.
        let person = people.get(&case.number).cloned().flatten().filter(|person| goes(person));
        written.push(Erasure {
            case: case.id,
            person: person.as_ref().and_then(|id| Uuid::from_slice(id).ok()),
            reason: erase::DELETION.to_owned(),
            agency: "FK".to_owned(),
            at: instant(now),
        });
        log.push(ChangeRow { position, case_number: Some(case.number), subject: erase::DELETION });
        let reason = erase::DELETION;
        rows.push(ErasureRow { position, case_number: case.number, person, reason, erased_at: now });
    }
    insert_rows!(link, changes::table, &log);
    insert_rows!(link, erasures::table, &rows);
    for row in &rows {
        delete_rows(link, row.case_number)?;
        if let Some(person) = &row.person {
            forgotten.extend(erase::erase_traces(link, person)?);
        }
    }
    super::receipts::empty_for(link, &rows.iter().map(|row| row.case_number).collect::<Vec<_>>())?;
    if let Some(journal) = journal {
        journal.append(link, &written)?;
    }
    super::slack::erased(link)?;
    Ok((gone.len(), forgotten))
}

fn delete_rows(link: &mut Link<'_>, number: i64) -> Result<(), StorageError> {
    macro_rules! delete_from {
        ($($table:ident)*) => {
            $(each!(link, c => diesel::delete($table::table.filter($table::case_number.eq(number))).execute(c))?;)*
        };
    }
    delete_from!(answers case_subjects consents case_references case_handlers fingerprints reason_texts meetings
        case_offices client_references registrations);
    each!(link, c => diesel::delete(cases::table.find(number)).execute(c))?;
    Ok(())
}

/// A run of retention, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = retention_runs, treat_none_as_default_value = false)]
pub struct Run {
    /// From 1.
    pub run: i64,
    /// When it ended, in microseconds.
    pub at: i64,
    /// Digest of the rules.
    pub rules: String,
    /// How many by each rule, as a JSON object.
    pub counts: String,
    /// What chains it to the run before.
    pub mac: Vec<u8>,
}

const CHAIN: &str = "retention";

fn mac(vault: &Vault, before: &[u8], run: i64, at: i64, rules: &str, counts: &str) -> Vec<u8> {
    vault.chain(CHAIN, before, format!("{run} {at} {rules} {counts}").as_bytes()).to_vec()
}

/// Keeps a run.
///
/// # Errors
/// When the database fails.
pub fn keep_run(link: &mut Link<'_>, vault: &Vault, at: i64, rules: &str, counts: &str) -> Result<(), StorageError> {
    link.take_positions(0)?;
    let last = runs(link)?.pop();
    let run = last.as_ref().map_or(1, |last| last.run + 1);
    let mac = mac(vault, last.as_ref().map_or(&[][..], |last| &last.mac), run, at, rules, counts);
    let rows = [Run { run, at, rules: rules.to_owned(), counts: counts.to_owned(), mac }];
    insert_rows!(link, retention_runs::table, &rows);
    Ok(())
}

/// The runs, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn runs(link: &mut Link<'_>) -> Result<Vec<Run>, StorageError> {
    Ok(each!(link, c => retention_runs::table.order(retention_runs::run).select(Run::as_select()).load(c))?)
}

/// The first run that is not as it was written, or that one before it is missing of.
#[must_use]
pub fn first_altered(vault: &Vault, runs: &[Run]) -> Option<i64> {
    let mut before: &[u8] = &[];
    for (place, row) in (1..).zip(runs) {
        if row.run != place || row.mac != mac(vault, before, row.run, row.at, &row.rules, &row.counts) {
            return Some(row.run);
        }
        before = &row.mac;
    }
    None
}
