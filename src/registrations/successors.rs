//! Closing an office moves its open cases to the successor: each gets an office change dated the day after the last
//! day, as if the case's own agency had made it. Done after the registers change, and when the service starts, so
//! that a closing planned ahead takes effect too.

use std::sync::{Arc, Mutex};

use super::job::{Actor, Job, Outcome, Post, Refusal, Rendered};
use super::service::Service;
use super::wire::{Item, Target};
use crate::auth::policy::Action;
use crate::domain::code::{ClientId, NotACode, OfficeCode};
use crate::domain::command::{Command, HandlerChange, Request};
use crate::domain::dates::later;
use crate::domain::organisation::{Office, OfficePair, Organisation};
use crate::domain::step::Agency;
use crate::storage::cases::day_of;
use crate::storage::lists;
use crate::storage::{StorageError, access::Scope};

/// The client under which such changes are registered.
const CLIENT: &str = "registers";
/// Cases moved in one transaction.
const PIECE: i64 = 500;

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

/// Moves the open cases of offices that have closed; returns how many. A case that a rule keeps where it is, is logged
/// and left for its handläggare.
///
/// # Errors
/// When the database fails or the writer stops.
pub fn move_cases(service: &Service) -> Result<usize, MoveError> {
    let (_, organisation) = service.organisation()?;
    let today = service.today();
    let mut moved = 0;
    for office in organisation.offices.values() {
        let closed = office.validity.to.filter(|last| *last < today);
        if let (Some(last), Some(_)) = (closed, &office.successor) {
            moved += move_from(service, &organisation, office, later(last, 1))?;
        }
    }
    Ok(moved)
}

/// Where the cases of a closed office belong on a day: the successor, or its successor where that has closed too.
fn heir<'a>(organisation: &'a Organisation, office: &'a Office, day: chrono::NaiveDate) -> Option<&'a OfficeCode> {
    let mut at = office;
    // As many steps as there are offices: a circle of successors ends too.
    for _ in 0..organisation.offices.len() {
        let code = at.successor.as_ref()?;
        at = organisation.offices.get(code)?;
        if at.validity.contains(day) {
            return Some(code);
        }
    }
    None
}

fn move_from(
    service: &Service,
    organisation: &Organisation,
    office: &Office,
    day: chrono::NaiveDate,
) -> Result<usize, MoveError> {
    let Some(heir) = heir(organisation, office, day) else { return Ok(0) };
    let mut moved = 0;
    loop {
        let mut reader = service.db.read()?;
        let rows = lists::open_at(&mut reader.link(), office.agency, office.code.as_str(), PIECE)?;
        drop(reader);
        let posts: Vec<Post> = rows
            .iter()
            .filter_map(|row| {
                let mut offices = OfficePair {
                    fk: OfficeCode::parse(&row.fk_office).ok()?,
                    af: OfficeCode::parse(&row.af_office).ok()?,
                };
                match office.agency {
                    Agency::Fk => offices.fk = heir.clone(),
                    Agency::Af => offices.af = heir.clone(),
                }
                // A request registered for the closed office after its last day moves on its own day.
                let date = day.max(day_of(row.step_date).min(service.today()));
                let date = if row.step == "begaran" { date } else { day };
                let command = Command::ChangeOffices { date, offices, handlers: HandlerChange::default() };
                let item = Item {
                    target: Target::Id(row.case_id()),
                    request: Request { command, agreement: None },
                    client_reference: None,
                    case_version: None,
                    agency: Some(office.agency),
                    registered_by: None,
                    recorded_at: None,
                };
                Some(Post { item: Ok(item), fingerprint: Vec::new() })
            })
            .collect();
        if posts.is_empty() {
            return Ok(moved);
        }
        let done = carry_out(service, posts)?;
        moved += done;
        // What is left is refused by a rule; it would only be refused again.
        if done < rows.len() {
            log::warn!("{} open cases could not be moved from the closed office {}", rows.len() - done, office.code);
            return Ok(moved);
        }
    }
}

fn carry_out(service: &Service, posts: Vec<Post>) -> Result<usize, MoveError> {
    let told: Arc<Mutex<usize>> = Arc::default();
    let teller = Arc::clone(&told);
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
        render: Arc::new(move |outcome: &Outcome| {
            if let Ok(mut told) = teller.lock() {
                *told = outcome.results.iter().filter(|r| r.is_ok()).count();
            }
            Rendered { status: 200, headers: Vec::new(), body: String::new() }
        }),
        scope,
    };
    service.submit_and_wait(job).map_err(MoveError::Refused)?;
    Ok(told.lock().map(|told| *told).unwrap_or_default())
}
