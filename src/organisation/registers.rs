//! The registers of offices, handläggare, agreements and definitions as this process knows them: read from their
//! rows, and read again when another process has changed them. They can also be read as they were known.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{self as file, Changes, OrganisationFinding};
use crate::domain::assignments::{Change, Giver, decide};
use crate::domain::dates::swedish_day;
use crate::domain::finding::Findings;
use crate::domain::organisation::{Handler, Organisation};
use crate::storage::organisation::{self as rows, Entry, Known};
use crate::storage::{Db, Link, StorageError};

/// The kinds of entries with the field that is their code.
const KINDS: [(&str, &str); 6] = [
    ("areas", "code"),
    ("offices", "code"),
    ("steeringGroups", "code"),
    ("handlers", "id"),
    ("localAgreements", "id"),
    ("insatsDefinitions", "code"),
];

/// Earlier versions kept: those of a meeting's figures, which are pulled several times.
const KEPT: usize = 4;

/// The registers with their version: the position of the latest change to them.
#[derive(Default)]
pub struct Registers {
    known: Mutex<(i64, Arc<Organisation>)>,
    /// Earlier versions, the one asked for last at the end. A version never changes.
    earlier: Mutex<Vec<(Known, Arc<Organisation>)>>,
}

/// Why an organisation file was not taken in.
#[derive(Debug)]
pub enum ImportError {
    /// All that is wrong with it.
    Findings(Vec<OrganisationFinding>),
    /// Storage failed.
    Storage(StorageError),
}

/// Why an assignment was not changed.
#[derive(Debug)]
pub enum AssignError {
    /// All that is wrong with the change.
    Findings(Findings),
    /// Storage failed.
    Storage(StorageError),
}

impl From<StorageError> for AssignError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<StorageError> for ImportError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl Registers {
    /// The registers as they are in the database of this link.
    ///
    /// # Errors
    /// When the database fails or its rows can't be understood.
    pub fn current(&self, link: &mut Link<'_>) -> Result<Arc<Organisation>, StorageError> {
        Ok(self.with_version(link)?.1)
    }

    /// The registers and their version.
    ///
    /// # Errors
    /// When the database fails or its rows can't be understood.
    pub fn with_version(&self, link: &mut Link<'_>) -> Result<(i64, Arc<Organisation>), StorageError> {
        let version = rows::version(link)?;
        let mut known =
            self.known.lock().map_err(|_| StorageError::Failed("the registers are in disorder".to_owned()))?;
        if known.0 != version {
            *known = (version, Arc::new(read(&rows::current(link)?)?));
        }
        Ok((known.0, Arc::clone(&known.1)))
    }

    /// The registers as they were known up to a position and on an instant. Before they were first loaded each entry is as
    /// it was when it was first loaded, whenever that was: history that is moved from an older system was known before its
    /// registers came, which may come piece by piece.
    ///
    /// # Errors
    /// When the database fails or its rows can't be understood.
    pub fn as_known(
        &self,
        link: &mut Link<'_>,
        position: i64,
        at: Option<DateTime<Utc>>,
    ) -> Result<Arc<Organisation>, StorageError> {
        let wanted = rows::known(link, position, at.map(|at| at.timestamp_micros()))?;
        let (newest, organisation) = self.with_version(link)?;
        if wanted == Known::After(newest) {
            return Ok(organisation);
        }
        let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = earlier.iter().position(|(kept, _)| *kept == wanted).map(|place| earlier.remove(place));
        let found = match (kept, wanted) {
            (Some(found), _) => found,
            (None, Known::After(version)) => (wanted, Arc::new(read(&rows::at_version(link, version)?)?)),
            (None, Known::AsFirstLoaded(upto)) => (wanted, Arc::new(read(&rows::as_first_loaded(link, upto)?)?)),
        };
        if earlier.len() >= KEPT {
            earlier.remove(0);
        }
        earlier.push((found.0, Arc::clone(&found.1)));
        Ok(found.1)
    }

    /// Takes in an organisation file: entries with a known code are replaced, others added, none removed.
    ///
    /// # Errors
    /// All that is wrong with the file, or a failure of storage; then nothing was taken in.
    pub fn import(&self, db: &Db, value: &Value, now: DateTime<Utc>) -> Result<(Changes, i64), ImportError> {
        db.connect()?.link().written(|link| {
            // Taking no position locks the head: two imports come one after the other.
            link.take_positions(0)?;
            self.import_in(link, value, now)
        })
    }

    /// Gives, ends or confirms an assignment.
    ///
    /// # Errors
    /// All that is wrong with it, or a failure of storage; then nothing was changed.
    pub fn assign(&self, db: &Db, change: &Change, giver: &Giver, now: DateTime<Utc>) -> Result<Handler, AssignError> {
        db.connect()?.link().written(|link| {
            link.take_positions(0)?;
            self.assign_in(link, change, giver, now)
        })
    }

    fn assign_in(
        &self,
        link: &mut Link<'_>,
        change: &Change,
        giver: &Giver,
        now: DateTime<Utc>,
    ) -> Result<Handler, AssignError> {
        let register = self.current(link)?;
        let person = decide(change, giver, &register, swedish_day(now)).map_err(AssignError::Findings)?;
        self.replace_handler(link, &person, now)?;
        Ok(person)
    }

    /// Replaces one person's entry, or adds it, inside a transaction that has locked the head.
    ///
    /// # Errors
    /// When the database fails.
    pub fn replace_handler(
        &self,
        link: &mut Link<'_>,
        person: &Handler,
        now: DateTime<Utc>,
    ) -> Result<i64, StorageError> {
        let one = Organisation { handlers: [(person.id.clone(), person.clone())].into(), ..Organisation::default() };
        rows::append(link, &entries(&file::to_json(&one)), now.timestamp_micros())
    }

    fn import_in(&self, link: &mut Link<'_>, value: &Value, now: DateTime<Utc>) -> Result<(Changes, i64), ImportError> {
        let before = self.current(link)?;
        let (merged, changes) = file::import(&before, value, swedish_day(now)).map_err(ImportError::Findings)?;
        let old = rows::current(link)?;
        let new: Vec<Entry> = entries(&file::to_json(&merged)).into_iter().filter(|e| !old.contains(e)).collect();
        if new.is_empty() {
            return Ok((changes, rows::version(link)?));
        }
        let position = rows::append(link, &new, now.timestamp_micros())?;
        Ok((changes, position))
    }
}

fn entries(whole: &Value) -> Vec<Entry> {
    let mut all = Vec::new();
    for (kind, key) in KINDS {
        for body in whole[kind].as_array().into_iter().flatten() {
            let code = body[key].as_str().unwrap_or_default();
            // A definition is kept by version, since registrations keep the one that was shown.
            let code = match kind {
                "insatsDefinitions" => format!("{code}#{}", body["version"].as_i64().unwrap_or(1)),
                _ => code.to_owned(),
            };
            all.push(Entry { kind: kind.to_owned(), code, body: body.to_string() });
        }
    }
    all
}

fn read(entries: &[Entry]) -> Result<Organisation, StorageError> {
    // The rows were checked when they came in; a text that looks like a number today did so then.
    file::read(&assemble(entries)?, chrono::NaiveDate::MIN).map_err(|_| StorageError::Corrupt("organisation_rows"))
}

fn assemble(entries: &[Entry]) -> Result<Value, StorageError> {
    let mut whole = Map::new();
    for (kind, _) in KINDS {
        let bodies: Result<Vec<Value>, _> =
            entries.iter().filter(|e| e.kind == kind).map(|e| serde_json::from_str(&e.body)).collect();
        whole.insert(kind.to_owned(), json!(bodies.map_err(|_| StorageError::Corrupt("organisation_rows"))?));
    }
    Ok(Value::Object(whole))
}
