//! The one writer: a bounded queue and a thread. It takes what waits, decides it in one transaction, commits, and
//! answers. There is no timer: the queue forms while the last commit runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::oneshot;

use super::cache::Cache;
use super::job::{Answer, Job, Marks, Refusal};
use super::load::Load;
use super::registers::Registers;
use super::unit::{Surroundings, carry_out};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::domain::transition::Settings;
use crate::storage::connection::Owned;
use crate::storage::erasures::Journal;
use crate::storage::vault::Vault;
use crate::storage::{Db, Link, StorageError, keys, receipts};

/// How long answers are kept for clients that ask again with the same Idempotency-Key.
const RECEIPTS_KEPT: TimeDelta = TimeDelta::days(7);
/// How often older ones are forgotten.
const FORGET_EVERY: TimeDelta = TimeDelta::hours(1);
/// This many items at most are decided in one transaction, unless one job has more.
const ITEMS: usize = 512;
/// A job that lost against another process is tried anew this many times.
const TRIES: usize = 5;

struct Work {
    job: Job,
    answer: oneshot::Sender<Answer>,
}

/// The writer's door.
pub struct Writer {
    queue: Mutex<Option<SyncSender<Work>>>,
    vault: Arc<Vault>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// The newest position this process has committed.
    committed: Arc<AtomicI64>,
    load: Load,
}

/// What the writer is built from.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Keys.
    pub vault: Arc<Vault>,
    /// Lead times and limits.
    pub settings: Settings,
    /// This many jobs may wait; more are told to come back.
    pub queue: usize,
    /// The registers, as they are known.
    pub registers: Arc<Registers>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub chance: Box<dyn Chance>,
    /// Where the journal of erasures is; none is kept where nothing is said.
    pub erasures: Option<PathBuf>,
}

impl Writer {
    /// Opens a connection and starts the thread.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub fn start(parts: Parts) -> Result<Self, StorageError> {
        let connection = parts.db.connect()?;
        let (queue, waiting) = sync_channel(parts.queue);
        let committed = Arc::new(AtomicI64::new(0));
        let vault = Arc::clone(&parts.vault);
        let load = Load::default();
        let journal = parts.erasures.clone().map(|path| Journal::new(path, Arc::clone(&parts.vault)));
        let mut desk = Desk {
            parts,
            journal,
            connection,
            cache: Cache::default(),
            committed: Arc::clone(&committed),
            load: load.clone(),
            forgot: None,
        };
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || desk.work(&waiting))
            .map_err(|e| StorageError::Setup(format!("the writer's thread can't start: {e}")))?;
        Ok(Self { queue: Mutex::new(Some(queue)), vault, thread: Mutex::new(Some(thread)), committed, load })
    }

    /// Puts a job in the queue. The answer comes once it is durable.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the queue is full, [`Refusal::Stopping`] when the service stops.
    pub fn submit(&self, mut job: Job) -> Result<oneshot::Receiver<Answer>, Refusal> {
        // Hashes are made on the caller's thread: the writer's has enough to do.
        mark(&mut job, &self.vault);
        let (answer, receiver) = oneshot::channel();
        let queue = self.queue.lock().map_err(|_| Refusal::Stopping)?.clone().ok_or(Refusal::Stopping)?;
        // Before it is there: it may be taken at once.
        self.load.joined();
        queue.try_send(Work { job, answer }).map(|()| receiver).map_err(|refused| {
            self.load.left();
            match refused {
                TrySendError::Full(_) => Refusal::Busy,
                TrySendError::Disconnected(_) => Refusal::Stopping,
            }
        })
    }

    /// How busy the writer is.
    #[must_use]
    pub fn load(&self) -> &Load {
        &self.load
    }

    /// Whether the thread is there.
    #[must_use]
    pub fn is_working(&self) -> bool {
        self.thread.lock().is_ok_and(|thread| thread.as_ref().is_some_and(|t| !t.is_finished()))
    }

    /// The newest position that this process has committed.
    #[must_use]
    pub fn committed(&self) -> i64 {
        self.committed.load(Ordering::Acquire)
    }

    /// Takes no more, carries out what waits, and ends. Nothing accepted is lost.
    pub fn stop(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            queue.take();
        }
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            log::error!("the writer ended abnormally");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Desk {
    parts: Parts,
    journal: Option<Journal>,
    connection: Owned,
    cache: Cache,
    committed: Arc<AtomicI64>,
    load: Load,
    /// When old receipts were last forgotten.
    forgot: Option<DateTime<Utc>>,
}

impl Desk {
    fn work(&mut self, waiting: &Receiver<Work>) {
        while let Ok(first) = waiting.recv() {
            let mut items = first.job.posts.len();
            let mut taken = vec![first];
            while items < ITEMS {
                match waiting.try_recv() {
                    Ok(work) => {
                        items += work.job.posts.len();
                        taken.push(work);
                    }
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                }
            }
            self.load.taken(taken.len(), items);
            self.carry_out(taken);
        }
    }

    /// All together; if something unexpected was in the way, each by itself, so that none harms the others.
    fn carry_out(&mut self, taken: Vec<Work>) {
        let (mut jobs, answers): (Vec<Job>, Vec<oneshot::Sender<Answer>>) =
            taken.into_iter().map(|w| (w.job, w.answer)).unzip();
        match self.unit(&mut jobs) {
            Ok(results) => send(answers, results),
            Err(first) => {
                log::warn!("a unit of {} jobs was rolled back and is replayed: {first}", jobs.len());
                for (mut job, answer) in jobs.into_iter().zip(answers) {
                    let result = self.alone(&mut job);
                    // The caller may have gone away; what was committed stays.
                    let _ = answer.send(result);
                }
            }
        }
    }

    fn alone(&mut self, job: &mut Job) -> Answer {
        let jobs = std::slice::from_mut(job);
        let mut last = StorageError::Failed("not tried".to_owned());
        for _ in 0..TRIES {
            match self.unit(jobs) {
                Ok(mut results) => return results.pop().unwrap_or(Err(Refusal::Busy)),
                Err(error @ StorageError::Conflict(_)) => last = error,
                Err(error @ StorageError::Unavailable(_)) => {
                    last = error;
                    self.reconnect();
                }
                Err(error) => return Err(Refusal::Storage(error)),
            }
        }
        Err(Refusal::Storage(last))
    }

    fn reconnect(&mut self) {
        if let Ok(connection) = self.parts.db.connect() {
            self.connection = connection;
        }
    }

    fn unit(&mut self, jobs: &mut [Job]) -> Result<Vec<Answer>, StorageError> {
        if let Err(error) = self.connection.link().begin_write() {
            // Nothing was begun: the server may have been restarted since the last unit.
            log::warn!("the writer's connection is made anew: {error}");
            self.connection = self.parts.db.connect()?;
            self.connection.link().begin_write()?;
        }
        let mut link = self.connection.link();
        let now = self.parts.clock.now();
        let mut erased = Vec::new();
        let result = forget(&mut link, &mut self.forgot, now).and_then(|()| {
            let keys = hold_keys(&mut link, jobs, &self.parts.vault)?;
            let organisation = self.parts.registers.current(&mut link)?;
            let mut around = Surroundings {
                organisation,
                settings: &self.parts.settings,
                vault: &self.parts.vault,
                keys,
                clock: &*self.parts.clock,
                now,
                chance: &mut *self.parts.chance,
                cache: &mut self.cache,
                erased: &mut erased,
            };
            carry_out(&mut link, jobs, &mut around)
        });
        // Durable outside the database before it is in it: a restored backup learns of it there.
        let result = result.and_then(|done| match &self.journal {
            Some(journal) if !erased.is_empty() => journal.append(&mut link, &erased).map(|()| done),
            _ => Ok(done),
        });
        let committed = result.and_then(|(answers, last)| link.run("COMMIT").map(|()| (answers, last)));
        match committed {
            Ok((answers, last)) => {
                self.committed.fetch_max(last, Ordering::AcqRel);
                if !erased.is_empty() {
                    self.parts.db.overwrite(&mut link);
                }
                Ok(answers)
            }
            Err(error) => {
                // The cache may hold what was not committed.
                self.cache.clear();
                if let Err(failed) = link.run("ROLLBACK") {
                    log::warn!("rollback failed: {failed}");
                    self.reconnect();
                }
                Err(error)
            }
        }
    }
}

fn mark(job: &mut Job, vault: &Vault) {
    let client = job.actor.client().to_string();
    for post in &mut job.posts {
        if let Ok(item) = &post.item {
            post.marks = Marks::of(item, &client, vault);
        }
    }
}

/// Where persons are registered: sees to it that they are looked up by the keys that are in use until commit, whatever
/// they were when the jobs were handed in. Says whether this process knows them all.
fn hold_keys(link: &mut Link<'_>, jobs: &mut [Job], vault: &Vault) -> Result<Result<(), StorageError>, StorageError> {
    let person = |job: &Job| job.posts.iter().any(|post| post.marks.person.is_some());
    if !jobs.iter().any(person) {
        return Ok(Ok(()));
    }
    let generation = link.hold_keys()?;
    keys::follow(link, vault, generation)?;
    for job in jobs {
        if person(job) && job.posts.iter().any(|post| post.marks.generation != generation) {
            mark(job, vault);
        }
    }
    Ok(keys::complete(vault))
}

/// Forgets old receipts, now and then.
fn forget(link: &mut Link<'_>, last: &mut Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), StorageError> {
    if last.is_none_or(|last| now - last >= FORGET_EVERY) {
        receipts::forget_before(link, (now - RECEIPTS_KEPT).timestamp_micros())?;
        *last = Some(now);
    }
    Ok(())
}

fn send(answers: Vec<oneshot::Sender<Answer>>, results: Vec<Answer>) {
    for (answer, result) in answers.into_iter().zip(results) {
        // The caller may have gone away; what was committed stays.
        let _ = answer.send(result);
    }
}

/// Moves SQLite's log into its file every now and then, beside the writer, until dropped.
pub struct Checkpointer {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts; on PostgreSQL there is nothing to do.
    #[must_use]
    pub fn start(db: Db) -> Self {
        if db.backend() != "sqlite" {
            return Self { stop: None, thread: None };
        }
        let (stop, stopped) = sync_channel::<()>(1);
        let thread = std::thread::Builder::new()
            .name("checkpointer".to_owned())
            .spawn(move || {
                while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_millis(50)) {
                    if let Err(error) = db.checkpoint() {
                        log::warn!("checkpoint failed: {error}");
                    }
                }
            })
            .ok();
        Self { stop: Some(stop), thread }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic in it lost nothing: what was committed is in the log.
            let _ = thread.join();
        }
    }
}
