//! A unit of work: jobs decided together inside one write transaction.
//!
//! First everything they touch is found and locked, persons before cases, each in ascending order. Then each job
//! is decided in memory, in its turn, seeing what the ones before it did. Last everything is written at once.

mod decide;
mod door;
mod find;
mod logged;
mod taken;
mod write;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cache::{Cache, Slot};
use super::job::{Actor, Answer, Done, Job, Refusal, Rendered};
use super::wire::Item;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::domain::code::{CaseId, CaseReference, RegistrationId};
use crate::domain::command::{Command, CorrectionKind, Participant};
use crate::domain::finding::Findings;
use crate::domain::organisation::Organisation;
use crate::domain::step::Agency;
use crate::domain::transition::Settings;
use crate::storage::access::Chain;
use crate::storage::append::Staged;
use crate::storage::erasures::Erasure;
use crate::storage::persons::NewPerson;
use crate::storage::vault::Vault;
use crate::storage::{Link, StorageError};

/// What a unit works with.
pub struct Surroundings<'a> {
    /// The registers.
    pub organisation: Arc<Organisation>,
    /// Lead times and limits.
    pub settings: &'a Settings,
    /// Keys.
    pub vault: &'a Vault,
    /// Whether all keys in use are known, so that persons can be looked up; else why not.
    pub keys: Result<(), StorageError>,
    /// The time, asked once everything is locked, so that instants follow the order of positions.
    pub clock: &'a dyn Clock,
    /// The instant of the unit.
    pub now: DateTime<Utc>,
    /// Ids, keys and nonces.
    pub chance: &'a mut dyn Chance,
    /// Cases decided on lately.
    pub cache: &'a mut Cache,
    /// Identities that the unit takes away, for the journal outside the database.
    pub erased: &'a mut Vec<Erasure>,
    /// The access log of this process.
    pub chain: &'a mut Chain,
    /// Whether an open case now stands at an office that has closed before today and has a successor.
    pub left_behind: &'a mut bool,
}

/// A person, known by hash.
#[derive(Debug, Clone)]
struct Known {
    id: Vec<u8>,
}

/// What the unit knows of the database and of its own decisions so far. Cloned before what may be undone.
#[derive(Default, Clone)]
struct Overlay {
    slots: HashMap<CaseId, Slot>,
    references: HashMap<(Agency, CaseReference), Owner>,
    persons: HashMap<Vec<u8>, Known>,
    open_cases: HashMap<Vec<u8>, HashSet<CaseId>>,
    client_references: HashMap<Vec<u8>, Earlier>,
    new_persons: Vec<Vec<u8>>,
    staged: usize,
    /// What is written before the rest, since something was taken away in it.
    segments: Vec<Segment>,
    /// Whether something was taken away since the last of them.
    erased: bool,
}

/// Entries up to one that takes something away, and the ones beside that do. They are written by themselves: what comes after
/// them may use anew what was taken away.
#[derive(Clone)]
struct Segment {
    /// How many entries are staged until its end.
    upto: usize,
    /// The cases that it touches, as they stand there.
    slots: Vec<Slot>,
}

/// What an agency's reference stands for.
#[derive(Clone)]
struct Owner {
    /// The case that stands; of cases registered in error the one that got it last. None where that one's was taken away.
    case: Option<CaseId>,
    /// How many had it before the one that got it last.
    turn: i64,
}

/// What a client reference stands for.
#[derive(Clone)]
struct Earlier {
    fingerprint: Option<Vec<u8>>,
    registration: RegistrationId,
    case: CaseId,
    /// The case's number, where it was found in the database.
    number: Option<i64>,
    position: i64,
    /// Its place among what this unit writes, where it was made in it.
    place: Option<usize>,
}

/// How each job ended: its answer, or `None` while its answer waits for positions.
struct Decided {
    outcome: Result<Vec<Result<Pending, Findings>>, Refusal>,
    kept: Option<Rendered>,
    /// The job of this unit whose answer it gets: the same request, sent twice.
    same_as: Option<usize>,
}

impl Decided {
    fn refused(refusal: Refusal) -> Self {
        Self { outcome: Err(refusal), kept: None, same_as: None }
    }
}

/// A registration decided on.
enum Pending {
    /// Staged at this place.
    New { place: usize, done: Done },
    /// Made earlier, or not to be stored.
    Old(Done),
}

/// Carries out jobs in one open write transaction and returns their answers, which hold once it is committed.
///
/// # Errors
/// When the database fails, or another process wrote something that must be unique; then nothing was written.
pub fn carry_out(
    link: &mut Link<'_>,
    jobs: &[Job],
    around: &mut Surroundings<'_>,
) -> Result<(Vec<Answer>, i64), StorageError> {
    let mut unit = Unit { overlay: Overlay::default(), staged: Vec::new(), sealed: HashMap::new(), around };
    unit.prefetch(link, jobs)?;
    let receipts = find::find_receipts(link, jobs)?;
    unit.around.now = unit.around.clock.now();
    let mut keys = HashMap::new();
    let decided: Vec<Decided> = jobs
        .iter()
        .enumerate()
        .map(|(place, job)| match unit.same_key_before(job, place, &receipts, &mut keys) {
            Some(decided) => decided,
            None => unit.decide_job(job, &receipts),
        })
        .collect();
    unit.write(link, jobs, decided)
}

fn client_of(actor: &Actor) -> String {
    actor.client().to_string()
}

struct Unit<'a, 'b> {
    overlay: Overlay,
    staged: Vec<Staged>,
    sealed: HashMap<Vec<u8>, NewPerson>,
    around: &'a mut Surroundings<'b>,
}

fn named(item: &Item) -> Option<&crate::domain::person::IdentityNumber> {
    let Command::Register(new) = &item.request.command else { return None };
    match &new.opening.as_ref()?.participant {
        Participant::Named(number) => Some(number),
        Participant::Anonymous(_) => None,
    }
}

/// Whether an item says that a case was not registered in error: then it takes its references back.
fn undoes_felregistrering(item: &Item) -> bool {
    matches!(&item.request.command, Command::Correct(made) if made.kind == CorrectionKind::UndoFelregistrering)
}

/// The case that an item names as standing instead of its own.
fn replacing(item: &Item) -> Option<CaseId> {
    let Command::Correct(correction) = &item.request.command else { return None };
    match correction.kind {
        CorrectionKind::Felregistrering { replaced_by } => replaced_by,
        _ => None,
    }
}
