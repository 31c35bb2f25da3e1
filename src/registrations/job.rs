//! What is handed to the writer, and what comes back.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::wire::Item;
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::domain::case::Case;
use crate::domain::code::{CaseId, ClientId, Position, RegistrationId};
use crate::domain::finding::Findings;
use crate::storage::StorageError;
use crate::storage::access::Scope;

/// Who writes.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A caller of the API: role, assignment and ownership decide.
    Caller(Arc<Caller>),
    /// History imported by the systemförvaltare: both agencies' lines, each with its own registrar.
    Import(ClientId),
}

/// One thing to do with the keyed hash of how it was sent.
#[derive(Debug, Clone)]
pub struct Post {
    /// What was read, or all that was wrong with it.
    pub item: Result<Item, Findings>,
    /// Keyed hash of the sent body, kept with a client reference.
    pub fingerprint: Vec<u8>,
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
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// The Idempotency-Key.
    pub key: String,
    /// Keyed hash of the operation and its body.
    pub fingerprint: Vec<u8>,
}

/// How an outcome is told to the client; called inside the transaction so that the kept answer is the given one.
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
    /// How the outcome is told.
    pub render: Render,
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

/// What the writer answers.
pub type Answer = Result<Rendered, Refusal>;
