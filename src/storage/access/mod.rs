//! The access log: whoever reads a case, searches for a person or changes anything passes a [`Scope`], and what was
//! shown or changed is written down before the answer leaves.
//!
//! **Lives here:** what a row says ([`Entry`]), how rows are sealed to each other ([`seal`]) in one chain a process
//! ([`chain`]), how processes sign each other's chains ([`heads`]), the proof that nothing was removed, altered or moved
//! ([`verify`]), looking rows up ([`lookup`]), and forgetting who was searched for ([`forget`]). **Never here:** who may
//! read the log, or who waits for whom: rows are written by the registrations' writer, many at a time.

use std::cell::RefCell;

use diesel::prelude::*;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::access_log;
use crate::domain::code::CaseId;

pub mod chain;
pub mod forget;
pub mod heads;
pub mod lookup;
pub mod seal;
pub mod unchained;
pub mod verify;

pub use chain::{Added, Chain};
pub use forget::forget_query;

/// Who reads, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The client.
    pub client: String,
    /// Its agency.
    pub agency: Option<String>,
    /// The person at the client.
    pub handler: Option<String>,
    /// The operation, such as `get_case`.
    pub action: &'static str,
    /// The trace id of the request.
    pub trace: Option<String>,
    /// The instant, in microseconds.
    pub at: i64,
}

impl Scope {
    /// The program itself, where no request asked: the command line, or what it does by itself.
    #[must_use]
    pub fn of_program(client: &str, action: &'static str, at: i64) -> Self {
        Self { client: client.to_owned(), agency: None, handler: None, action, trace: None, at }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $code:literal;)*) => {
        /// What kind of access a row tells of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $variant),* }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code, in the table and on the wire.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }
        }
    };
}

kinds! {
    /// One case was read.
    Read "read";
    /// A list showed cases.
    List "list";
    /// A person or a reference was searched for.
    Search "search";
    /// Something was registered, corrected, answered or changed.
    Change "change";
    /// A change was tried without storing it.
    Trial "trial";
    /// A change was refused, with findings that may tell of a person.
    Refused "refused";
    /// All cases were exported.
    Export "export";
    /// Somebody asked who has read.
    Extract "extract";
    /// A manager looked at what handläggare have read.
    SpotCheck "spot_check";
    /// Queries were forgotten, as many as are counted.
    Forgetting "forgetting";
    /// The newest rows of all chains were signed.
    Heads "heads";
    /// What was written before there were chains was sealed.
    Seal "seal";
}

impl Kind {
    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// A row of the log that waits to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    scope: Scope,
    kind: Kind,
    query: Option<Vec<u8>>,
    cases: Vec<u8>,
    counted: i64,
    /// Hashes of a person to be forgotten, where that is what is to be done.
    forget: Vec<Vec<u8>>,
}

/// Bytes of a case's public id.
const ID_BYTES: usize = 16;

impl Entry {
    /// What was shown or changed: each case once. `counted` is how many.
    #[must_use]
    pub fn of(scope: &Scope, kind: Kind, cases: &[CaseId]) -> Self {
        let ids: Vec<u8> = cases.iter().flat_map(|case| *case.0.as_bytes()).collect();
        Self { scope: scope.clone(), kind, query: None, cases: ids, counted: count(cases.len()), forget: Vec::new() }
    }

    /// Searches for persons with these hashes are to be forgotten.
    #[must_use]
    pub fn forgetting(scope: &Scope, hashes: Vec<Vec<u8>>) -> Self {
        Self { forget: hashes, ..Self::of(scope, Kind::Forgetting, &[]) }
    }

    /// A person was asked for, by the keyed hash of the number.
    #[must_use]
    pub fn asked(self, query: Option<Vec<u8>>) -> Self {
        Self { query, ..self }
    }

    /// What was done concerned so many, without naming each.
    #[must_use]
    pub fn counting(self, counted: i64) -> Self {
        Self { counted, ..self }
    }

    /// A row of the log's own, about what the digest stands for.
    pub(super) fn own(at: i64, kind: Kind, digest: Vec<u8>, counted: i64) -> Self {
        let scope = Scope::of_program("access log", kind.code(), at);
        Self { scope, kind, query: None, cases: digest, counted, forget: Vec::new() }
    }
}

/// A length as the tables count.
pub(super) fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// What one request has been shown, collected until its rows are written: only then may its answer leave.
#[derive(Debug)]
pub struct Seen {
    scope: Scope,
    entries: RefCell<Vec<Entry>>,
}

impl Seen {
    /// Nothing yet.
    #[must_use]
    pub fn by(scope: Scope) -> Self {
        Self { scope, entries: RefCell::default() }
    }

    /// Notes which cases the answer shows.
    pub fn note(&self, kind: Kind, cases: &[CaseId]) {
        self.entries.borrow_mut().push(Entry::of(&self.scope, kind, cases));
    }

    /// Notes for whom was asked, by a keyed hash, and which cases the answer shows.
    pub fn note_query(&self, kind: Kind, query: Option<Vec<u8>>, cases: &[CaseId]) {
        self.entries.borrow_mut().push(Entry::of(&self.scope, kind, cases).asked(query));
    }

    /// Notes how many rows the answer shows, where it shows no case by itself.
    pub fn note_count(&self, kind: Kind, counted: i64) {
        self.entries.borrow_mut().push(Entry::of(&self.scope, kind, &[]).counting(counted));
    }

    /// What is to be written before the answer leaves.
    #[must_use]
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries.into_inner()
    }
}

/// A row as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = access_log, treat_none_as_default_value = false)]
pub struct Row {
    /// The chain's number times 2^40, and the sequence in it from 1.
    pub entry: i64,
    /// When, in microseconds.
    pub at: i64,
    /// A [`Kind`].
    pub kind: String,
    /// By which client.
    pub client: String,
    /// For which agency.
    pub agency: Option<String>,
    /// By whom there.
    pub handler: Option<String>,
    /// The operation.
    pub action: String,
    /// The keyed hash of whom was asked for.
    pub query: Option<Vec<u8>>,
    /// The ids of the cases shown or changed, 16 bytes each; the digest in a row of the log's own.
    pub cases: Vec<u8>,
    /// How many cases, rows or queries it concerned.
    pub counted: i64,
    /// The trace id of the request.
    pub trace: Option<String>,
    /// One salt of 16 bytes for each field; zeros where the field was forgotten.
    pub salts: Vec<u8>,
    /// Place and salted hash of each field that was forgotten.
    pub erased: Option<Vec<u8>>,
    /// What seals the row to the one before it.
    pub hash: Vec<u8>,
}

columns!(Row of access_log: entry, at, kind, client, agency, handler, action, query, cases, counted, trace, salts, erased,
    hash);

impl Row {
    /// Its chain's number.
    #[must_use]
    pub const fn chain(&self) -> i64 {
        chain_of(self.entry)
    }

    /// Its place in its chain, from 1.
    #[must_use]
    pub const fn sequence(&self) -> i64 {
        sequence_of(self.entry)
    }

    /// The cases it names; none for a row of the log's own.
    pub fn cases(&self) -> impl Iterator<Item = CaseId> {
        let ids = if matches!(self.kind.as_str(), "heads" | "seal") { &[][..] } else { &self.cases[..] };
        ids.chunks_exact(ID_BYTES).filter_map(|id| uuid::Uuid::from_slice(id).ok()).map(CaseId)
    }
}

/// So many rows a chain can have.
const CHAIN: i64 = 1 << 40;
/// This many entries share a piece of the log in the look-up table.
const PIECE: i64 = 1 << 10;

/// The number of the chain that an entry is in.
#[must_use]
pub const fn chain_of(entry: i64) -> i64 {
    entry.div_euclid(CHAIN)
}

/// The place of an entry in its chain.
#[must_use]
pub const fn sequence_of(entry: i64) -> i64 {
    entry.rem_euclid(CHAIN)
}

/// The entry at a place of a chain.
#[must_use]
pub const fn entry_at(chain: i64, sequence: i64) -> i64 {
    chain * CHAIN + sequence
}

/// The piece of the log that an entry is in.
const fn piece_of(entry: i64) -> i64 {
    entry.div_euclid(PIECE)
}

/// The day (from 1970, UTC) of an instant in microseconds.
fn day_of_micros(at: i64) -> i32 {
    i32::try_from(at.div_euclid(86_400_000_000)).unwrap_or(0)
}

/// How many rows there are.
///
/// # Errors
/// When the database fails.
pub fn count_rows(link: &mut Link<'_>) -> Result<i64, StorageError> {
    Ok(each!(link, c => access_log::table.count().get_result(c))?)
}
