//! Closing an office moves its open cases to the successor: each gets an office change dated the day after the last
//! day, as if the case's own agency had made it. Done after the registers change, and when the service starts, so
//! that a closing planned ahead takes effect too.
//!
//! A case that a rule keeps where it is stays there as it was, and whoever changed the registers is told which, and why.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::job::{Actor, Answered, Job, Post, Refusal};
use super::service::Service;
use super::wire::{Item, Target};
use crate::auth::policy::Action;
use crate::domain::case::Case;
use crate::domain::code::{CaseId, ClientId, NotACode, OfficeCode};
use crate::domain::command::{Command, HandlerChange, Request};
use crate::domain::dates::later;
use crate::domain::finding::Findings;
use crate::domain::organisation::{Office, OfficePair, Organisation};
use crate::domain::step::Agency;
use crate::storage::journal::{Selection, load};
use crate::storage::lists;
use crate::storage::{StorageError, access::Scope};

/// The client under which such changes are registered.
const CLIENT: &str = "registers";
/// Cases moved in one transaction.
const PIECE: i64 = 500;

/// Of the cases that stay, this many are named.
const NAMED: usize = 20;

/// What became of the open cases of closed offices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moves {
    /// So many were moved.
    pub moved: usize,
    /// So many stay where they were, since a rule refuses the move.
    pub kept: usize,
    /// The first of those that stay.
    pub named: Vec<Kept>,
}

/// A case that stays at a closed office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Which.
    pub case: CaseId,
    /// At which office.
    pub office: OfficeCode,
    /// What was wrong with moving it.
    pub findings: Findings,
}

/// Why cases could not be moved.
#[derive(Debug)]
pub enum MoveError {
    /// Storage failed.
    Storage(StorageError),
    /// The writer could not go on.
    Refused(Refusal),
}

impl From<StorageError> for MoveError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Moves the open cases of offices that have closed to those that took over.
///
/// # Errors
/// When the database fails or the writer stops; what was moved before stays moved.
pub fn move_cases(service: &Service) -> Result<Moves, MoveError> {
    let (_, organisation) = service.organisation()?;
    let today = service.today();
    let closed = |office: &&Office| office.successor.is_some() && office.validity.to.is_some_and(|last| last < today);
    let closed: Vec<&Office> = organisation.offices.values().filter(closed).collect();
    let mut all = Moves::default();
    // A case may come to an office that has closed since, and so on: no further than there are offices.
    for _ in 0..closed.len() {
        let mut round = Moves::default();
        for office in &closed {
            move_from(service, &organisation, office, &mut round)?;
        }
        let done = round.moved == 0;
        all = Moves { moved: all.moved + round.moved, ..round };
        if done {
            break;
        }
    }
    Ok(all)
}

/// The office that is open on a day: this one, its successor, or that one's where it has closed too.
fn open_on(organisation: &Organisation, code: &OfficeCode, day: NaiveDate) -> Option<OfficeCode> {
    let mut at = organisation.offices.get(code)?;
    // As many steps as there are offices: a circle of successors ends too.
    for _ in 0..organisation.offices.len() {
        if at.validity.contains(day) {
            return Some(at.code.clone());
        }
        at = organisation.offices.get(at.successor.as_ref()?)?;
    }
    None
}

fn move_from(
    service: &Service,
    organisation: &Organisation,
    office: &Office,
    all: &mut Moves,
) -> Result<(), MoveError> {
    let mut after = 0;
    loop {
        let mut reader = service.db.read()?;
        let mut link = reader.link();
        let numbers = lists::open_at(&mut link, office.agency, office.code.as_str(), after, PIECE)?;
        let Some(last) = numbers.last() else { return Ok(()) };
        // Past those that stay, so that they don't stand in the way of the others.
        after = *last;
        let cases: Vec<Case> =
            load(&mut link, Selection::Numbers(&numbers))?.iter().map(|l| l.case()).collect::<Result<_, _>>()?;
        drop(reader);
        let (ids, posts): (Vec<CaseId>, Vec<Post>) =
            cases.iter().flat_map(|case| changes(organisation, office, case).map(|post| (case.id, post))).unzip();
        if posts.is_empty() {
            continue;
        }
        let results = carry_out(service, posts)?;
        let moved: BTreeSet<CaseId> = ids.iter().zip(&results).filter(|(_, r)| r.is_ok()).map(|(id, _)| *id).collect();
        let mut kept = BTreeSet::new();
        all.moved += moved.len();
        for (case, result) in ids.into_iter().zip(results) {
            let Err(findings) = result else { continue };
            if !kept.insert(case) {
                continue;
            }
            all.kept += 1;
            if all.named.len() < NAMED {
                all.named.push(Kept { case, office: office.code.clone(), findings });
            }
        }
    }
}

/// The changes of offices that take a case from a closed one: on the day after its last, and on the days of later changes that
/// still name it. None where nobody has taken over.
fn changes(organisation: &Organisation, office: &Office, case: &Case) -> impl Iterator<Item = Post> {
    // A case that begins only after the last day is moved from its beginning.
    let first = office.validity.to.map(|last| later(last, 1).max(case.begun()));
    let days: BTreeSet<NaiveDate> = first
        .into_iter()
        .chain(case.offices[1..].iter().map(|period| period.from).filter(|from| first.is_some_and(|day| *from > day)))
        .filter(|day| case.offices_on(*day).of(office.agency) == &office.code)
        .collect();
    days.into_iter().filter_map(|day| change(organisation, office, case, day))
}

/// The offices that a case has from a day on when those that are open take over. Both may have closed: then neither could be
/// moved without the other.
fn taken_over(organisation: &Organisation, case: &Case, day: NaiveDate) -> OfficePair {
    let then = case.offices_on(day);
    let open = |agency| open_on(organisation, then.of(agency), day).unwrap_or_else(|| then.of(agency).clone());
    OfficePair { fk: open(Agency::Fk), af: open(Agency::Af) }
}

/// The day on which a case leaves a closed office: the one it should, unless something was registered there since on the other
/// agency's behalf, by an agreement that the new offices don't have. That stays where it was agreed upon, and the case follows
/// on the day after; `None` where the case comes to other offices by then.
fn leaves_on(organisation: &Organisation, case: &Case, day: NaiveDate) -> Option<NaiveDate> {
    let (then, offices) = (case.offices_on(day), taken_over(organisation, case, day));
    let until = case.offices.iter().map(|period| period.from).find(|from| *from > day).unwrap_or(NaiveDate::MAX);
    let bound = case.steps.iter().filter(|step| {
        let covered = |pair| {
            let mut valid = organisation.agreements_for(step.agency, step.kind, pair, step.date);
            valid.any(|agreement| Some(&agreement.id) == step.agreement.as_ref())
        };
        (day..until).contains(&step.date) && covered(then) && !covered(&offices)
    });
    let after = bound.map(|step| later(step.date, 1)).max();
    Some(after.unwrap_or(day)).filter(|leaves| *leaves < until)
}

fn change(organisation: &Organisation, office: &Office, case: &Case, day: NaiveDate) -> Option<Post> {
    let date = leaves_on(organisation, case, day)?;
    let offices = taken_over(organisation, case, date);
    if offices.of(office.agency) == &office.code {
        return None;
    }
    let command = Command::ChangeOffices { date, offices, handlers: HandlerChange::default() };
    let item = Item {
        target: Target::Id(case.id),
        request: Request { command, agreement: None },
        client_reference: None,
        case_version: None,
        agency: Some(office.agency),
        registered_by: None,
        recorded_at: None,
    };
    Some(Post::new(Ok(item), Vec::new()))
}

/// What became of each, in their order.
fn carry_out(service: &Service, posts: Vec<Post>) -> Result<Vec<Result<(), Findings>>, MoveError> {
    let client =
        ClientId::parse(CLIENT).map_err(|NotACode { expected }| StorageError::Setup(expected.en().to_owned()))?;
    let scope = Scope {
        client: CLIENT.to_owned(),
        agency: None,
        handler: None,
        action: Action::ChangeOffices.code(),
        trace: None,
        at: service.clock.now().timestamp_micros(),
    };
    let job = Job {
        actor: Actor::Import(client),
        action: Action::ChangeOffices,
        posts,
        atomic: false,
        dry_run: false,
        if_match: None,
        idempotency: None,
        scope,
    };
    match service.submit_and_wait(job).map_err(MoveError::Refused)? {
        Answered::Outcome(outcome) => Ok(outcome.results.into_iter().map(|result| result.map(|_| ())).collect()),
        // Only a request with an Idempotency-Key has a kept answer.
        Answered::Kept(_) => Ok(Vec::new()),
    }
}
