//! Retention (gallring): rules that say when what is taken away, and carrying them out piece by piece while others register.
//!
//! **Lives here:** the rules and their file ([`Rules`]), when a run is due ([`is_due`]), and the run ([`run`]). Without a file
//! nothing is ever taken away.
//!
//! **How far.** A case may become anybody's by degrees. *Stripped*, it is nobody's by name: number, references, handläggare,
//! stadsdel and free text are gone, and the birth date says no more than the age bands in which a figure counted it – the
//! exact day is needed by none, since age is counted in bands and on the day of the request alone. *Coarsened*, it holds
//! nothing but what figures are counted from: gone are the employer, the local definition of an insats, who registered,
//! and what clients called their registrations. The days of the chain and of meetings stay, since stocks, lengths and due
//! days are counted by the day; so do kommun, offices and the answers that reports split by; and the consent, which is why
//! the case could be registered, and corrections of which are counted. *Deleted*, it
//! is gone from figures, too. Every report is the same after the first two.
//!
//! **Never here:** SQL, reading the file, or what an erasure takes away
//! ([`storage::erase`](crate::storage::erase)).

mod rules;
mod schedule;

use std::collections::BTreeMap;

pub use rules::{Action, Rule, Rules, Trigger};
pub use schedule::{daily, is_due, run_when_due};

use super::erasing;
use super::service::Service;
use crate::domain::case::IdentityState;
use crate::domain::code::CaseId;
use crate::domain::command::Command;
use crate::domain::step::Agency;
use crate::storage::erasures::Journal;
use crate::storage::retention::{self as rows, Aged};
use crate::storage::{StorageError, receipts};

/// Cases looked at in one go, and taken away in one transaction.
const PIECE: i64 = 500;

/// How many cases each rule takes away, by its id; receipts stand under `receipts`.
pub type Counts = BTreeMap<String, usize>;

/// How far a run has come: the cases looked at so far.
pub type Told<'a> = &'a mut dyn FnMut(usize) -> bool;

/// What is done with the cases that a rule applies to: how many were taken away.
type Take<'a> = &'a mut dyn FnMut(&Rule, &[Aged]) -> Result<usize, StorageError>;

/// What the rules would take away now.
///
/// # Errors
/// When the database fails.
pub fn dry_run(service: &Service, rules: &Rules, told: Told<'_>) -> Result<Counts, StorageError> {
    each_piece(service, rules, told, &mut |_, cases| Ok(cases.len()))
}

/// Takes away what the rules say, and keeps what was done in the log of runs. Broken off, it is simply started anew.
///
/// # Errors
/// When the database fails; what was done before stays.
pub fn run(
    service: &Service,
    rules: &Rules,
    journal: Option<&Journal>,
    told: Told<'_>,
) -> Result<Counts, StorageError> {
    let now = service.clock.now();
    let mut counts = each_piece(service, rules, told, &mut |rule, cases| match rule.action {
        Action::StripIdentity => strip(service, cases),
        Action::Coarsen => coarsen(service, cases),
        Action::Delete => delete(service, rule, cases, journal),
    })?;
    let mut connection = service.db.connect()?;
    let mut link = connection.link();
    if let Some(days) = rules.receipts_days {
        let before = (now - chrono::TimeDelta::days(days.into())).timestamp_micros();
        let gone = link.written(|link| receipts::forget_before(link, before))?;
        counts.insert("receipts".to_owned(), gone);
    }
    let told = serde_json::to_string(&counts).map_err(|_| StorageError::Corrupt("retention_runs"))?;
    let at = service.clock.now().timestamp_micros();
    link.written(|link| rows::keep_run(link, &service.vault, at, &rules.digest, &told))?;
    Ok(counts)
}

fn each_piece(service: &Service, rules: &Rules, told: Told<'_>, take: Take<'_>) -> Result<Counts, StorageError> {
    let today = service.today();
    let mut counts: Counts = rules.rules.iter().map(|rule| (rule.id.clone(), 0)).collect();
    let (mut last, mut seen) = (0, 0);
    loop {
        let cases = rows::after(&mut service.db.read()?.link(), last, PIECE)?;
        let Some(end) = cases.last() else { return Ok(counts) };
        last = end.number;
        seen += cases.len();
        let mut of: BTreeMap<usize, Vec<Aged>> = BTreeMap::new();
        for case in cases {
            // The first rule that applies decides.
            if let Some(place) = rules.rules.iter().position(|rule| rule.applies(&case, today)) {
                of.entry(place).or_default().push(case);
            }
        }
        for (place, cases) in of {
            let rule = &rules.rules[place];
            *counts.entry(rule.id.clone()).or_default() += take(rule, &cases)?;
        }
        if !told(seen) {
            return Ok(counts);
        }
    }
}

fn strip(service: &Service, cases: &[Aged]) -> Result<usize, StorageError> {
    let date = service.today();
    let commands = cases.iter().map(|case| (CaseId(case.id), Agency::Fk, Command::RemoveIdentity { date }));
    let results = erasing::carry_out(service, commands.collect())?;
    Ok(results.iter().filter(|result| result.is_ok()).count())
}

/// Identity first, where it is still there; both are written in one transaction.
fn coarsen(service: &Service, cases: &[Aged]) -> Result<usize, StorageError> {
    let date = service.today();
    let mut commands = Vec::with_capacity(2 * cases.len());
    for case in cases {
        if case.identity == IdentityState::Named.code() {
            commands.push((CaseId(case.id), Agency::Fk, Command::RemoveIdentity { date }));
        }
        commands.push((CaseId(case.id), Agency::Fk, Command::Coarsen { date }));
    }
    let coarsens: Vec<bool> =
        commands.iter().map(|(_, _, command)| matches!(command, Command::Coarsen { .. })).collect();
    let results = erasing::carry_out(service, commands)?;
    Ok(results.iter().zip(coarsens).filter(|(result, coarsens)| *coarsens && result.is_ok()).count())
}

fn delete(service: &Service, rule: &Rule, cases: &[Aged], journal: Option<&Journal>) -> Result<usize, StorageError> {
    let numbers: Vec<i64> = cases.iter().map(|case| case.number).collect();
    let (today, now) = (service.today(), service.clock.now().timestamp_micros());
    let mut connection = service.db.connect()?;
    let mut link = connection.link();
    // What was registered meanwhile makes a case younger.
    let (gone, hashes) =
        link.written(|link| rows::delete(link, &numbers, &|case| rule.applies(case, today), journal, now))?;
    service.db.overwrite(&mut link);
    erasing::forget_searches(service, hashes)?;
    Ok(gone)
}
