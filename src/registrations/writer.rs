//! The one writer: a bounded queue and a thread. It takes what waits, decides it in one transaction, commits, and
//! answers. There is no timer: the queue forms while the last commit runs.
//!
//! What was read waits in the same queue to be written in the access log, so that many readers share a commit, too.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::desk::{Desk, mark};
use super::job::{Answer, Job, Refusal};
use super::load::Load;
use super::registers::Registers;
use crate::background::Background;
use crate::chance::Chance;
use crate::clock::{Clock, Stopwatch};
use crate::domain::transition::Settings;
use crate::storage::access::Entry;
use crate::storage::access::heads::SIGN_EVERY;
use crate::storage::vault::Vault;
use crate::storage::{Db, StorageError};

/// This many items at most are decided in one transaction, unless one job has more.
const ITEMS: usize = 512;

/// How long the writer rests between two pieces of what is overwritten, while it has nothing else to do.
const BETWEEN_PIECES: Duration = Duration::from_millis(5);

/// What waits in the queue.
enum Work {
    /// To be decided.
    Job(Box<Job>, oneshot::Sender<Answer>),
    /// Rows of the access log, whose answer may leave when they are durable.
    Log(Vec<Entry>, oneshot::Sender<Result<(), Refusal>>),
    /// Heads of the access log are to be signed now.
    Sign(oneshot::Sender<Result<(), Refusal>>),
}

impl Work {
    fn items(&self) -> usize {
        match self {
            Self::Job(job, _) => job.posts.len(),
            Self::Log(entries, _) => entries.len(),
            Self::Sign(_) => 1,
        }
    }
}

/// The writer's door.
pub struct Writer {
    queue: Mutex<Option<SyncSender<Work>>>,
    vault: Arc<Vault>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// The newest position this process has committed.
    committed: Arc<AtomicI64>,
    /// Whether a case was left at an office that has closed.
    left_behind: Arc<AtomicBool>,
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
        let (queue, waiting) = sync_channel(parts.queue);
        let committed = Arc::new(AtomicI64::new(0));
        let vault = Arc::clone(&parts.vault);
        let load = Load::default();
        let left_behind = Arc::new(AtomicBool::new(false));
        let mut desk = Desk::new(parts, Arc::clone(&committed), Arc::clone(&left_behind))?;
        let taken = load.clone();
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || work(&mut desk, &waiting, &taken))
            .map_err(|e| StorageError::Setup(format!("the writer's thread can't start: {e}")))?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            vault,
            thread: Mutex::new(Some(thread)),
            committed,
            left_behind,
            load,
        })
    }

    /// Puts a job in the queue. The answer comes once it is durable.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the queue is full, [`Refusal::Stopping`] when the service stops.
    pub fn submit(&self, mut job: Job) -> Result<oneshot::Receiver<Answer>, Refusal> {
        // Hashes are made on the caller's thread: the writer's has enough to do.
        mark(&mut job, &self.vault);
        let (answer, receiver) = oneshot::channel();
        self.put(Work::Job(Box::new(job), answer))?;
        Ok(receiver)
    }

    /// Puts rows of the access log in the queue. The answer comes once they are durable.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the queue is full, [`Refusal::Stopping`] when the service stops.
    pub fn log(&self, entries: Vec<Entry>) -> Result<oneshot::Receiver<Result<(), Refusal>>, Refusal> {
        let (answer, receiver) = oneshot::channel();
        self.put(Work::Log(entries, answer))?;
        Ok(receiver)
    }

    /// Has the newest rows of the access log signed, whenever that was last done.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the queue is full, [`Refusal::Stopping`] when the service stops.
    pub fn sign(&self) -> Result<oneshot::Receiver<Result<(), Refusal>>, Refusal> {
        let (answer, receiver) = oneshot::channel();
        self.put(Work::Sign(answer))?;
        Ok(receiver)
    }

    fn put(&self, work: Work) -> Result<(), Refusal> {
        let queue = self.queue.lock().map_err(|_| Refusal::Stopping)?.clone().ok_or(Refusal::Stopping)?;
        // Before it is there: it may be taken at once.
        self.load.joined();
        queue.try_send(work).map_err(|refused| {
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

    /// Whether, since this was last asked, an open case came to stand at an office that has closed and has a successor.
    #[must_use]
    pub fn takes_left_behind(&self) -> bool {
        self.left_behind.swap(false, Ordering::AcqRel)
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

/// Takes what waits until nobody can put anything in the queue any more.
fn work(desk: &mut Desk, waiting: &Receiver<Work>, load: &Load) {
    let minute = Duration::from_micros(SIGN_EVERY.unsigned_abs());
    // Overwriting may have been broken off.
    desk.tidy_up();
    loop {
        let pause = if desk.is_overwriting() { BETWEEN_PIECES } else { minute };
        match waiting.recv_timeout(pause) {
            Ok(first) => take(desk, first, waiting, load),
            Err(RecvTimeoutError::Timeout) if desk.is_overwriting() => desk.tidy_up(),
            // Others may have written while this process was quiet.
            Err(RecvTimeoutError::Timeout) => {
                say(desk.sign());
                desk.tidy_up();
            }
            Err(RecvTimeoutError::Disconnected) => {
                if desk.is_unsigned() {
                    say(desk.sign());
                }
                desk.tidy_up_at_the_end();
                return;
            }
        }
    }
}

/// Signing that nobody waits for: it is tried again a minute later.
fn say(signed: Result<(), Refusal>) {
    if let Err(refusal) = signed {
        log::warn!("the heads of the access log could not be signed: {refusal:?}");
    }
}

fn take(desk: &mut Desk, first: Work, waiting: &Receiver<Work>, load: &Load) {
    let (mut items, mut works) = (0, 0);
    let (mut jobs, mut answers) = (Vec::new(), Vec::new());
    let (mut entries, mut readers) = (Vec::new(), Vec::new());
    let mut signers = Vec::new();
    let mut next = Some(first);
    while let Some(work) = next {
        items += work.items();
        works += 1;
        match work {
            Work::Job(job, answer) => {
                jobs.push(*job);
                answers.push(answer);
            }
            Work::Log(rows, answer) => {
                entries.extend(rows);
                readers.push(answer);
            }
            Work::Sign(answer) => signers.push(answer),
        }
        next = if items < ITEMS { waiting.try_recv().ok() } else { None };
    }
    load.taken(works, items);
    let watch = Stopwatch::start();
    let (results, logged) = desk.carry_out(&mut jobs, &entries);
    if !jobs.is_empty() {
        load.was_at_work(watch.elapsed());
    }
    // Whoever asked may have gone away; what was committed stays.
    for (answer, result) in answers.into_iter().zip(results) {
        let _ = answer.send(result);
    }
    for reader in readers {
        let _ = reader.send(logged.clone());
    }
    if !signers.is_empty() {
        let signed = desk.sign();
        for signer in signers {
            let _ = signer.send(signed.clone());
        }
    }
    desk.tidy_up();
}

/// Moves SQLite's log into its file every now and then, beside the writer, until dropped. PostgreSQL does so itself.
#[must_use]
pub fn checkpointer(db: Db) -> Option<Background> {
    if db.backend() != "sqlite" {
        return None;
    }
    let moving = Background::start("checkpointer", move |stopped| {
        while !stopped.within(Duration::from_millis(50)) {
            if let Err(error) = db.checkpoint() {
                log::warn!("checkpoint failed: {error}");
            }
        }
    });
    moving.inspect_err(|error| log::error!("the log is moved into its file at the end only: {error}")).ok()
}
