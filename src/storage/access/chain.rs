//! The chain of one process: where it stands, and adding rows to it inside an open transaction.
//!
//! Never here: which transaction, or when it is committed. Whoever rolls one back says so ([`Chain::undo`]), for what
//! was not committed is not in the chain.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::seal::{self, HASH, Sealer};
use super::{Entry, Kind, Row, day_of_micros, entry_at, forget_query, lookup, piece_of, unchained};
use crate::chance::Chance;
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::{access_chains, access_queries, access_subjects};
use crate::storage::vault::Vault;

/// A case or a handläggare in a piece of the log, on a day.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = access_subjects, treat_none_as_default_value = false)]
pub(in crate::storage) struct SubjectRow {
    subject: Vec<u8>,
    day: i32,
    piece: i64,
}

/// Where somebody was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = access_queries, treat_none_as_default_value = false)]
pub(in crate::storage) struct QueryRow {
    query: Vec<u8>,
    entry: i64,
}

columns!(SubjectRow of access_subjects: subject, day, piece);
columns!(QueryRow of access_queries: query, entry);

#[derive(Insertable)]
#[diesel(table_name = access_chains)]
struct NewChain<'a> {
    id: &'a [u8],
    key_id: &'a str,
    began: i64,
}

/// Rows that stand in the chain once they are written.
#[derive(Debug, Default)]
pub struct Added {
    pub(in crate::storage) rows: Vec<Row>,
    pub(in crate::storage) subjects: Vec<SubjectRow>,
    pub(in crate::storage) queries: Vec<QueryRow>,
}

/// Subjects, each with a day.
type Subjects = HashSet<([u8; 16], i32)>;

/// Where a chain stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// `None` until the first row.
    pub number: Option<i64>,
    pub sequence: i64,
    pub hash: [u8; HASH],
    /// When heads were last signed, in microseconds.
    pub signed_at: i64,
    /// Whether rows that aren't heads were added since.
    pub unsigned: bool,
}

/// What of the look-up table is there already, for the piece that is being filled.
#[derive(Debug, Default)]
struct Noted {
    piece: i64,
    subjects: Subjects,
    added: Vec<([u8; 16], i32)>,
    /// What the transaction had found before it came to another piece.
    before: Option<(i64, Subjects)>,
}

/// The chain of this process.
#[derive(Debug)]
pub struct Chain {
    pub(super) sealer: Sealer,
    key_id: String,
    id: [u8; 16],
    pub(super) place: Place,
    marked: Place,
    noted: Noted,
    /// Up to where this process knows other chains to be signed.
    pub(super) signed: HashMap<i64, i64>,
}

impl Chain {
    /// A chain for this process. It is in the database from its first row on.
    ///
    /// # Errors
    /// [`StorageError::Setup`] when the vault has no key, which it always has.
    pub fn new(vault: &Vault, chance: &mut dyn Chance, now: i64) -> Result<Self, StorageError> {
        let key_id = vault.audit_id();
        let sealer = vault.audit_secret(&key_id).as_ref().and_then(Sealer::new);
        let sealer = sealer.ok_or_else(|| StorageError::Setup("the access log has no key".to_owned()))?;
        let mut id = [0; 16];
        chance.fill(&mut id);
        let place = Place { number: None, sequence: 0, hash: [0; HASH], signed_at: now, unsigned: false };
        Ok(Self { sealer, key_id, id, marked: place.clone(), place, noted: Noted::default(), signed: HashMap::new() })
    }

    /// A transaction begins.
    pub fn mark(&mut self) {
        self.marked = self.place.clone();
        self.noted.added.clear();
        self.noted.before = None;
    }

    /// The transaction that began with [`Chain::mark`] was rolled back: nothing of it is in the chain.
    pub fn undo(&mut self) {
        self.place = self.marked.clone();
        match self.noted.before.take() {
            Some((piece, subjects)) => (self.noted.piece, self.noted.subjects) = (piece, subjects),
            None => {
                for added in self.noted.added.drain(..) {
                    self.noted.subjects.remove(&added);
                }
            }
        }
        self.noted.added.clear();
        self.signed.clear();
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When the database fails; then the transaction is to be rolled back.
    pub fn append(
        &mut self,
        link: &mut Link<'_>,
        entries: Vec<Entry>,
        now: i64,
        chance: &mut dyn Chance,
    ) -> Result<(), StorageError> {
        let Added { rows, subjects, queries } = self.add(link, entries, now, chance)?;
        if !rows.is_empty() {
            insert_together!(link, [rows, subjects, queries]);
        }
        Ok(())
    }

    /// Rows that follow on those there are. Whoever asks for them writes them in the same transaction, before any others.
    ///
    /// # Errors
    /// When the database fails; then the transaction is to be rolled back.
    pub fn add(
        &mut self,
        link: &mut Link<'_>,
        entries: Vec<Entry>,
        now: i64,
        chance: &mut dyn Chance,
    ) -> Result<Added, StorageError> {
        let (forgetting, entries): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| !entry.forget.is_empty());
        for Entry { scope, forget, .. } in forgetting {
            forget_query(link, self, &scope, &forget, chance)?;
        }
        let mut added = Added::default();
        if entries.is_empty() {
            return Ok(added);
        }
        let mut wanted = Vec::new();
        let number = match self.place.number {
            Some(number) => number,
            None => self.open(link, now, &mut wanted)?,
        };
        wanted.extend(entries);
        for entry in wanted {
            self.place.sequence += 1;
            self.place.unsigned |= entry.kind != Kind::Heads;
            let mut row = row_of(entry, entry_at(number, self.place.sequence), chance);
            self.place.hash = self.sealer.row(&self.place.hash, &row);
            row.hash = self.place.hash.to_vec();
            self.note(&row, &mut added.subjects);
            if let Some(query) = &row.query {
                added.queries.push(QueryRow { query: query.clone(), entry: row.entry });
            }
            added.rows.push(row);
        }
        Ok(added)
    }

    /// Makes the chain known; the first one there is begins with a seal over what was written before.
    fn open(&mut self, link: &mut Link<'_>, now: i64, first: &mut Vec<Entry>) -> Result<i64, StorageError> {
        let new = NewChain { id: &self.id, key_id: &self.key_id, began: now };
        let number: i64 = each!(link, c => diesel::insert_into(access_chains::table)
            .values(&new)
            .returning(access_chains::number)
            .get_result(c))?;
        let chains: i64 = each!(link, c => access_chains::table.count().get_result(c))?;
        if chains == 1 {
            let (rows, digest) = unchained::digest(link, &self.sealer)?;
            if rows > 0 {
                first.push(Entry::own(now, Kind::Seal, digest, rows));
            }
        }
        self.place.number = Some(number);
        self.place.hash = self.sealer.genesis(number, &self.id, now);
        Ok(number)
    }

    /// Notes where a row can be found; what is noted for the piece already costs nothing.
    fn note(&mut self, row: &Row, new: &mut Vec<SubjectRow>) {
        let (piece, day) = (piece_of(row.entry), day_of_micros(row.at));
        let noted = &mut self.noted;
        if piece != noted.piece {
            let mut old = std::mem::take(&mut noted.subjects);
            for added in noted.added.drain(..) {
                old.remove(&added);
            }
            noted.before.get_or_insert((noted.piece, old));
            noted.piece = piece;
        }
        for subject in lookup::subjects(row) {
            if noted.subjects.insert((subject, day)) {
                noted.added.push((subject, day));
                new.push(SubjectRow { subject: subject.to_vec(), day, piece });
            }
        }
    }

    /// The chain's number; `None` until its first row.
    #[must_use]
    pub const fn number(&self) -> Option<i64> {
        self.place.number
    }
}

fn row_of(entry: Entry, at_entry: i64, chance: &mut dyn Chance) -> Row {
    let Entry { scope, kind, query, cases, counted, .. } = entry;
    Row {
        entry: at_entry,
        at: scope.at,
        kind: kind.code().to_owned(),
        client: scope.client,
        agency: scope.agency,
        handler: scope.handler,
        action: scope.action.to_owned(),
        query,
        cases,
        counted,
        trace: scope.trace,
        salts: seal::salts(chance),
        erased: None,
        hash: Vec::new(),
    }
}
