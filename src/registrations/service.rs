//! The service as use cases see it: the database, the keys, the registers, and the writer's door.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;

use super::due_days;
use super::erasing;
use super::job::{Answer, Job, Refusal};
use super::load::Load;
use super::registers::{ImportError, Registers};
use super::successors::{self, Moves};
use super::wire::Reading;
use super::writer::{Parts, Writer, checkpointer};
use crate::background::Background;
use crate::clock::Clock;
use crate::domain::organisation::Organisation;
use crate::domain::transition::Settings;
use crate::organisation::Changes;
use crate::storage::access::Entry;
use crate::storage::erasures::Journal;
use crate::storage::vault::Vault;
use crate::storage::{Db, StorageError, keys};

/// What taking in an organisation file came to.
#[derive(Debug)]
pub struct Taken {
    /// What changed in the registers.
    pub changes: Changes,
    /// The position of the registers.
    pub position: i64,
    /// What became of the open cases of closed offices; `None` when moving them failed, and is left to the next start.
    pub moves: Option<Moves>,
}

/// Everything that registering and finding need.
pub struct Service {
    /// The database.
    pub db: Db,
    /// Keys.
    pub vault: Arc<Vault>,
    /// Lead times and limits.
    pub settings: Settings,
    /// The registers.
    pub registers: Arc<Registers>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    writer: Writer,
    checkpointer: std::sync::Mutex<Option<Background>>,
}

impl Service {
    /// Starts the writer, and sees to what is to be seen to at a start: due days by other lead times than before, and
    /// offices that have closed.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub fn start(parts: Parts) -> Result<Self, StorageError> {
        let service = Self::open(parts)?;
        due_days::refresh(&service);
        service.follow_successors();
        Ok(service)
    }

    /// The same for what only reads, and so leaves everything as it is.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub fn open(mut parts: Parts) -> Result<Self, StorageError> {
        let (db, vault, settings) = (parts.db.clone(), Arc::clone(&parts.vault), parts.settings.clone());
        let (registers, clock) = (Arc::clone(&parts.registers), Arc::clone(&parts.clock));
        let mut connection = parts.db.connect()?;
        keys::unlock(&mut connection.link(), &vault, &mut *parts.chance, clock.now().timestamp_micros())?;
        drop(connection);
        let journal = parts.erasures.clone().map(|path| Journal::new(path, Arc::clone(&vault)));
        let writer = Writer::start(parts)?;
        let checkpointer = std::sync::Mutex::new(checkpointer(db.clone()));
        let service = Self { db, vault, settings, registers, clock, writer, checkpointer };
        if let Some(journal) = journal {
            erasing::catch_up(&service, &journal)?;
        }
        Ok(service)
    }

    /// Hands a job to the writer and waits until its answer is durable.
    ///
    /// # Errors
    /// Why it was not carried out.
    pub async fn submit(&self, job: Job) -> Answer {
        self.writer.submit(job)?.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// Hands a job to the writer; the answer comes when it is durable.
    ///
    /// # Errors
    /// Why it was not taken.
    pub fn begin(&self, job: Job) -> Result<tokio::sync::oneshot::Receiver<Answer>, Refusal> {
        self.writer.submit(job)
    }

    /// The same for a thread that may wait.
    ///
    /// # Errors
    /// Why it was not carried out.
    pub fn submit_and_wait(&self, job: Job) -> Answer {
        self.begin(job)?.blocking_recv().unwrap_or(Err(Refusal::Stopping))
    }

    /// Writes down what was shown and waits until it is durable: only then may the answer leave.
    ///
    /// # Errors
    /// Why it was not written; then nothing may be shown.
    pub async fn log(&self, entries: Vec<Entry>) -> Result<(), Refusal> {
        if entries.is_empty() {
            return Ok(());
        }
        self.writer.log(entries)?.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// The same for a thread that may wait.
    ///
    /// # Errors
    /// Why it was not written; then nothing may be shown.
    pub fn log_and_wait(&self, entries: Vec<Entry>) -> Result<(), Refusal> {
        if entries.is_empty() {
            return Ok(());
        }
        self.writer.log(entries)?.blocking_recv().unwrap_or(Err(Refusal::Stopping))
    }

    /// Has the newest rows of the access log signed now, and waits for it.
    ///
    /// # Errors
    /// Why it was not done.
    pub fn sign_log(&self) -> Result<(), Refusal> {
        self.writer.sign()?.blocking_recv().unwrap_or(Err(Refusal::Stopping))
    }

    /// The registers as they are now, with their version.
    ///
    /// # Errors
    /// When the database fails.
    pub fn organisation(&self) -> Result<(i64, Arc<Organisation>), StorageError> {
        let mut reader = self.db.read()?;
        self.registers.with_version(&mut reader.link())
    }

    /// Takes in an organisation file, and moves the open cases of offices that have closed.
    ///
    /// # Errors
    /// All that is wrong with it, or a failure of storage.
    pub fn import_organisation(&self, value: &Value) -> Result<Taken, ImportError> {
        let (changes, position) = self.registers.import(&self.db, value, self.clock.now())?;
        Ok(Taken { changes, position, moves: self.follow_successors() })
    }

    /// Moves the open cases of offices that have closed, each day when it begins, until dropped: a closing may be planned
    /// long before. One that can't be moved is tried again the next day.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn follow_successors_daily(self: &Arc<Self>, look: Duration) -> std::io::Result<Background> {
        let service = Arc::clone(self);
        Background::start("successors", move |stopped| {
            let mut seen = service.today();
            while !stopped.within(look) {
                seen = service.begin_day(seen);
            }
        })
    }

    /// What a day begins with, where the last one that began was `seen`: open cases of offices that have closed are moved; so
    /// are, on the same day, those that were registered back there since. Gives the day that has begun.
    #[must_use]
    pub fn begin_day(&self, seen: NaiveDate) -> NaiveDate {
        let today = self.today();
        let left_behind = self.writer.takes_left_behind();
        if (left_behind || today != seen) && self.follow_successors().is_some() { today } else { seen }
    }

    /// Moves the open cases of offices that have closed to their successors; `None` when it could not be done.
    fn follow_successors(&self) -> Option<Moves> {
        let moves = match successors::move_cases(self) {
            Ok(moves) => moves,
            Err(error) => {
                // Nothing is lost: they are moved at the next start or change of the registers.
                log::error!("open cases of closed offices could not be moved: {error:?}");
                return None;
            }
        };
        if moves.moved > 0 {
            log::info!("{} open cases were moved from closed offices to their successors", moves.moved);
        }
        if moves.kept > 0 {
            log::warn!("{} open cases stay at closed offices, since rules refuse the move", moves.kept);
        }
        Some(moves)
    }

    /// The Swedish day now.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// What reading a body needs to know.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading { today: self.today() }
    }

    /// A keyed hash of what was sent, the same however its fields are ordered.
    #[must_use]
    pub fn fingerprint(&self, value: &Value) -> Vec<u8> {
        let mut text = String::new();
        canonical(value, &mut text);
        self.vault.fingerprint(text.as_bytes())
    }

    /// Whether the writer still works; without it nothing can be registered.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.writer.is_working()
    }

    /// The newest position this process has committed.
    #[must_use]
    pub fn committed(&self) -> i64 {
        self.writer.committed()
    }

    /// How busy the writer is.
    #[must_use]
    pub fn load(&self) -> &Load {
        self.writer.load()
    }

    /// Takes no more jobs, carries out what waits, and moves everything into the file.
    pub fn stop(&self) {
        self.writer.stop();
        if let Ok(mut checkpointer) = self.checkpointer.lock() {
            checkpointer.take();
        }
        if let Err(error) = self.db.checkpoint() {
            log::warn!("the last checkpoint failed: {error}");
        }
    }
}

fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (name, value) in sorted {
                out.push_str(&Value::String(name.clone()).to_string());
                out.push(':');
                canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for value in values {
                canonical(value, out);
                out.push(',');
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
