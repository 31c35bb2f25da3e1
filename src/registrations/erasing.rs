//! Before anything is answered: what the journal of erasures says and the database doesn't is made up for. So a restored
//! backup, or an erasure whose commit was lost, never shows an identity again that was taken away.

use std::collections::HashSet;

use uuid::Uuid;

use super::job::{Actor, Answered, Job, Post, Refusal};
use super::service::Service;
use super::wire::{Item, Target};
use crate::auth::policy::Action;
use crate::domain::case::IdentityState;
use crate::domain::code::{CaseId, ClientId, NotACode};
use crate::domain::command::{Command, Request};
use crate::domain::dates::swedish_day;
use crate::domain::finding::Findings;
use crate::domain::step::Agency;
use crate::storage::access::{self, Scope};
use crate::storage::erasures::{self, Erasure, Journal};
use crate::storage::{StorageError, cases, erase, retention};

/// The client under which the service itself takes identity away.
pub const CLIENT: &str = "gallring";

/// What was done at a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaughtUp {
    /// Identities that were taken away anew.
    pub erased: usize,
    /// Erasures that the journal didn't have yet.
    pub written: usize,
}

/// Holds the journal against the database and makes up for what either lacks.
///
/// # Errors
/// [`StorageError::Setup`] when the journal is missing, was altered or cut off; or when the database fails.
pub fn catch_up(service: &Service, journal: &Journal) -> Result<CaughtUp, StorageError> {
    let mut connection = service.db.connect()?;
    let mut link = connection.link();
    let written = journal.read(&mut link)?.unwrap_or_default();
    let held = erasures::all(&mut link)?;
    let key = |erasure: &Erasure| (erasure.case, erasure.reason.clone());
    let known: HashSet<(Uuid, String)> = written.iter().map(key).collect();
    let lacking: Vec<Erasure> = held.iter().filter(|erasure| !known.contains(&key(erasure))).cloned().collect();
    if !lacking.is_empty() {
        link.written(|link| journal.append(link, &lacking))?;
    }
    let done: HashSet<(Uuid, String)> = held.iter().map(key).collect();
    let mut caught_up = CaughtUp { erased: 0, written: lacking.len() };
    for erasure in written.iter().filter(|erasure| !done.contains(&key(erasure))) {
        let rows = cases::by_ids(&mut link, &[erasure.case.as_bytes().to_vec()])?;
        // A case that is gone, or was registered after the backup, has nothing left to take away.
        let Some(row) = rows.first() else { continue };
        let back = if erasure.reason == erase::DELETION {
            let (number, now) = ([row.number], service.clock.now().timestamp_micros());
            let (gone, hashes) =
                link.written(|link| retention::delete(link, &number, &|_| true, Some(journal), now))?;
            forget_searches(service, hashes)?;
            gone > 0
        } else {
            // What figures need no more is there whether the case has an identity or not.
            let is_there = erasure.reason == erase::COARSENING || row.identity == IdentityState::Named.code();
            is_there && again(service, erasure)?
        };
        caught_up.erased += usize::from(back);
    }
    if caught_up.erased > 0 {
        log::warn!("{} identities that had been taken away were back, and are taken away anew", caught_up.erased);
    }
    Ok(caught_up)
}

/// Whom searches were for goes from the access log with the person.
///
/// # Errors
/// When it can't be written.
pub fn forget_searches(service: &Service, hashes: Vec<Vec<u8>>) -> Result<(), StorageError> {
    if hashes.is_empty() {
        return Ok(());
    }
    let logged = service.log_and_wait(vec![access::Entry::forgetting(&own_scope(service), hashes)]);
    logged.map_err(|refusal| StorageError::Unavailable(format!("the access log can't be written: {refusal:?}")))
}

/// The service itself, as the access log names it.
fn own_scope(service: &Service) -> Scope {
    Scope::of_program(CLIENT, Action::ProtectIdentity.code(), service.clock.now().timestamp_micros())
}

fn again(service: &Service, erasure: &Erasure) -> Result<bool, StorageError> {
    let date = swedish_day(erasure.at);
    let command = match erasure.reason.as_str() {
        erase::PROTECTION => Command::Protect { date },
        erase::COARSENING => Command::Coarsen { date },
        _ => Command::RemoveIdentity { date },
    };
    let agency = Agency::from_code(&erasure.agency).unwrap_or(Agency::Fk);
    let results = carry_out(service, vec![(CaseId(erasure.case), agency, command)])?;
    // A rule may refuse it only where the identity has gone meanwhile, with another case of the same person.
    Ok(results.iter().all(Result::is_ok))
}

/// Has the writer carry out what the service itself decides about cases; what became of each, in their order.
///
/// # Errors
/// When the writer can't go on.
pub fn carry_out(
    service: &Service,
    commands: Vec<(CaseId, Agency, Command)>,
) -> Result<Vec<Result<(), Findings>>, StorageError> {
    let client =
        ClientId::parse(CLIENT).map_err(|NotACode { expected }| StorageError::Setup(expected.en().to_owned()))?;
    let posts = commands.into_iter().map(|(case, agency, command)| {
        let item = Item {
            target: Target::Id(case),
            request: Request { command, agreement: None },
            client_reference: None,
            case_version: None,
            agency: Some(agency),
            registered_by: None,
            recorded_at: None,
        };
        Post::new(Ok(item), Vec::new())
    });
    let job = Job {
        actor: Actor::Import(client),
        action: Action::ProtectIdentity,
        posts: posts.collect(),
        atomic: false,
        dry_run: false,
        if_match: None,
        idempotency: None,
        scope: own_scope(service),
    };
    match service.submit_and_wait(job) {
        Ok(Answered::Outcome(outcome)) => Ok(outcome.results.into_iter().map(|result| result.map(|_| ())).collect()),
        // Only a request with an Idempotency-Key has a kept answer.
        Ok(Answered::Kept(_)) => Ok(Vec::new()),
        Err(Refusal::Storage(error)) => Err(error),
        Err(other) => Err(StorageError::Unavailable(format!("the writer could not go on: {other:?}"))),
    }
}
