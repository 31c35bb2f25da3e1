//! What is handed to the writer, and what comes back.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::wire::{Item, Target};
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::domain::case::Case;
use crate::domain::code::{CaseId, ClientId, ClientReference, Position, RegistrationId};
use crate::domain::command::{Command, Participant};
use crate::domain::finding::Findings;
use crate::storage::StorageError;
use crate::storage::access::Scope;
use crate::storage::vault::{Lookups, Vault};

/// Who writes.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A caller of the API: role, assignment and ownership decide.
    Caller(Arc<Caller>),
    /// History imported by the systemförvaltare: both agencies' lines, each with its own registrar.
    Import(ClientId),
}

impl Actor {
    /// The client's name.
    #[must_use]
    pub fn client(&self) -> &ClientId {
        match self {
            Self::Caller(caller) => &caller.client,
            Self::Import(client) => client,
        }
    }
}

/// One thing to do with the keyed hash of how it was sent.
#[derive(Debug, Clone)]
pub struct Post {
    /// What was read, or all that was wrong with it.
    pub item: Result<Item, Findings>,
    /// Keyed hash of the sent body, kept with a client reference.
    pub fingerprint: Vec<u8>,
    /// What it can be found by; made when it is handed in, so that the writer need not.
    pub marks: Marks,
}

impl Post {
    /// A post that was not handed in yet.
    #[must_use]
    pub fn new(item: Result<Item, Findings>, fingerprint: Vec<u8>) -> Self {
        Self { item, fingerprint, marks: Marks::default() }
    }
}

/// Keyed hashes of what a post names.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// Of its own client reference.
    pub own: Option<Vec<u8>>,
    /// Of the client reference of the registration whose case it is about.
    pub of: Option<Vec<u8>>,
    /// Of the participant's number, by the newest look-up key.
    pub person: Option<Vec<u8>>,
    /// The same by every live look-up key, with the key's id.
    pub lookups: Lookups,
    /// By which state of the keys.
    pub generation: i64,
}

impl Marks {
    /// Those of an item that this client sends.
    #[must_use]
    pub fn of(item: &Item, client: &str, vault: &Vault) -> Self {
        let reference = |r: &ClientReference| vault.fingerprint(format!("{client} reference {r}").as_bytes());
        let of = match &item.target {
            Target::Of(of) => Some(reference(of)),
            _ => None,
        };
        let secrets = vault.secrets();
        let lookups = match &item.request.command {
            Command::Register(new) => new.opening.as_ref().and_then(|opening| match &opening.participant {
                Participant::Named(number) => Some(secrets.lookups_of(number)),
                Participant::Anonymous(_) => None,
            }),
            _ => None,
        };
        let lookups = lookups.unwrap_or_default();
        let person = lookups.first().map(|(_, hash)| hash.clone());
        Self { own: item.client_reference.as_ref().map(reference), of, person, lookups, generation: secrets.generation }
    }

    /// Those of client references.
    pub fn references(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.own.iter().chain(&self.of)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.references().chain(self.lookups.iter().map(|(_, hash)| hash))
    }
}

/// What an answer to a POST looks like, kept for repeated requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Status code.
    pub status: u16,
    /// Location, `ETag` and so on.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// A request that may be repeated.
#[derive(Clone)]
pub struct Idempotency {
    /// The Idempotency-Key.
    pub key: String,
    /// Keyed hash of the operation and its body.
    pub fingerprint: Vec<u8>,
    /// How the outcome is told: called inside the transaction, so that the answer that is kept is the one given.
    pub render: Render,
}

/// How an outcome is told to the client.
pub type Render = Arc<dyn Fn(&Outcome) -> Rendered + Send + Sync>;

/// Work for the writer: items that are decided together.
pub struct Job {
    /// Who.
    pub actor: Actor,
    /// By which right, beside opening and registering, which the items tell.
    pub action: Action,
    /// What.
    pub posts: Vec<Post>,
    /// All or nothing.
    pub atomic: bool,
    /// Decide only.
    pub dry_run: bool,
    /// The version that If-Match named.
    pub if_match: Option<i64>,
    /// For repeated requests.
    pub idempotency: Option<Idempotency>,
    /// For the access log: a dry run is no way to look somebody up.
    pub scope: Scope,
}

/// A registration that was made, or would be.
#[derive(Debug, Clone)]
pub struct Done {
    /// Its id.
    pub registration: RegistrationId,
    /// Its position; 0 for a dry run.
    pub position: Position,
    /// From when it is known.
    pub known_from: DateTime<Utc>,
    /// The case as it then is.
    pub case: Arc<Case>,
    /// What is worth saying.
    pub notices: Findings,
    /// Made earlier under the same client reference.
    pub repeated: bool,
}

impl Done {
    /// The case's id.
    #[must_use]
    pub fn case_id(&self) -> CaseId {
        self.case.id
    }
}

/// What became of the items, in their order.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Each item's registration, or all findings.
    pub results: Vec<Result<Done, Findings>>,
    /// The position that a report or list must have reached to include all of it; 0 where nothing is registered.
    pub position: Position,
    /// All or nothing.
    pub atomic: bool,
    /// Nothing was stored.
    pub dry_run: bool,
}

/// Why a job was not carried out at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Too much waits already; try again soon.
    Busy,
    /// The service is stopping.
    Stopping,
    /// The Idempotency-Key was used with another body.
    KeyReused,
    /// What the kept answer told of has been erased.
    Erased,
    /// The case isn't there, or isn't the caller's to know of.
    NotFound,
    /// The caller's role doesn't allow it.
    Forbidden,
    /// The case has changed: its present version.
    Stale(i64),
    /// Storage failed.
    Storage(StorageError),
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// How a job that was carried out is answered.
#[derive(Debug, Clone)]
pub enum Answered {
    /// What became of it, to be told by whoever asked: the writer has enough to do.
    Outcome(Outcome),
    /// With an Idempotency-Key: the answer as it is kept.
    Kept(Rendered),
}

/// What the writer answers.
pub type Answer = Result<Answered, Refusal>;
