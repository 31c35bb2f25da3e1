//! The writer's desk: a connection, what was decided on lately, the chain of the access log; and how a unit is carried
//! out, rolled back and tried anew.
//!
//! Never here: the queue, or who waits ([`writer`](super::writer)).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::cache::Cache;
use super::job::{Answer, Job, Marks, Refusal};
use super::unit::{Surroundings, carry_out};
use super::writer::Parts;
use crate::clock::Stopwatch;
use crate::storage::access::{Chain, Entry};
use crate::storage::connection::Owned;
use crate::storage::erasures::Journal;
use crate::storage::vault::Vault;
use crate::storage::{Link, StorageError, keys, receipts, slack};

/// How long answers are kept for clients that ask again with the same Idempotency-Key.
const RECEIPTS_KEPT: TimeDelta = TimeDelta::days(7);
/// How often older ones are forgotten.
const FORGET_EVERY: TimeDelta = TimeDelta::hours(1);
/// What lost against another process is tried anew this many times.
const TRIES: usize = 5;
/// How often it is looked whether others erased something that is to be overwritten.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How long overwriting may hold up the end of the service.
const AT_THE_END: Duration = Duration::from_secs(5);

pub(super) struct Desk {
    parts: Parts,
    journal: Option<Journal>,
    connection: Owned,
    cache: Cache,
    chain: Chain,
    committed: Arc<AtomicI64>,
    /// Whether a case was left at an office that has closed.
    left_behind: Arc<AtomicBool>,
    /// When old receipts were last forgotten.
    forgot: Option<DateTime<Utc>>,
    /// What is being overwritten, after something was erased.
    overwriting: Option<slack::Pass>,
    /// When it was last looked whether there is anything.
    looked: Option<Stopwatch>,
}

impl Desk {
    pub(super) fn new(
        mut parts: Parts,
        committed: Arc<AtomicI64>,
        left_behind: Arc<AtomicBool>,
    ) -> Result<Self, StorageError> {
        let connection = parts.db.connect()?;
        let now = parts.clock.now().timestamp_micros();
        let chain = Chain::new(&parts.vault, &mut *parts.chance, now)?;
        let journal = parts.erasures.clone().map(|path| Journal::new(path, Arc::clone(&parts.vault)));
        Ok(Self {
            parts,
            journal,
            connection,
            cache: Cache::default(),
            chain,
            committed,
            left_behind,
            forgot: None,
            overwriting: None,
            looked: None,
        })
    }

    /// All together; if something unexpected was in the way, each by itself, so that none harms the others.
    pub(super) fn carry_out(&mut self, jobs: &mut [Job], entries: &[Entry]) -> (Vec<Answer>, Result<(), Refusal>) {
        match self.unit(jobs, entries, false) {
            Ok(results) => (results, Ok(())),
            Err(first) => {
                log::warn!("a unit of {} jobs was rolled back and is replayed: {first}", jobs.len());
                // Those who read first: they wait for nobody else's decision.
                let logged = if entries.is_empty() { Ok(()) } else { self.alone(&mut [], entries, false).map(|_| ()) };
                let alone = |job| {
                    let result = self.alone(std::slice::from_mut(job), &[], false);
                    result.and_then(|mut results| results.pop().unwrap_or(Err(Refusal::Busy)))
                };
                (jobs.iter_mut().map(alone).collect(), logged)
            }
        }
    }

    /// Signs the newest rows of all chains of the access log.
    pub(super) fn sign(&mut self) -> Result<(), Refusal> {
        self.alone(&mut [], &[], true).map(|_| ())
    }

    /// What is to be done between two transactions, while nobody waits for an answer.
    pub(super) fn tidy_up(&mut self) {
        let mut link = self.connection.link();
        self.parts.db.restart_large_log(&mut link);
        // Others may have erased something, too.
        let due = self.looked.as_ref().is_none_or(|looked| looked.elapsed() >= LOOK_EVERY);
        if due && self.overwriting.is_none() {
            self.looked = Some(Stopwatch::start());
            match slack::Pass::pending(&mut link) {
                Ok(pending) => self.overwriting = pending,
                Err(error) => log::warn!("it could not be told whether something was erased: {error}"),
            }
        }
        let Some(pass) = &mut self.overwriting else { return };
        match pass.go_on(&mut link) {
            Ok(true) => return,
            Ok(false) => self.parts.db.overwrite(&mut link),
            Err(error) => log::warn!("what was erased could not be overwritten and is tried again: {error}"),
        }
        self.overwriting = None;
    }

    /// Whether something that was erased is being overwritten, a piece at a time.
    pub(super) const fn is_overwriting(&self) -> bool {
        self.overwriting.is_some()
    }

    /// Overwrites what was erased, as far as it can be done in a moment; what is left is taken up at the next start.
    pub(super) fn tidy_up_at_the_end(&mut self) {
        let watch = Stopwatch::start();
        self.looked = None;
        self.tidy_up();
        while self.is_overwriting() && watch.elapsed() < AT_THE_END {
            self.tidy_up();
        }
    }

    /// Whether rows of this process stand that nobody has signed.
    pub(super) fn is_unsigned(&self) -> bool {
        self.chain.is_unsigned()
    }

    fn alone(&mut self, jobs: &mut [Job], entries: &[Entry], sign: bool) -> Result<Vec<Answer>, Refusal> {
        let mut last = StorageError::Failed("not tried".to_owned());
        for _ in 0..TRIES {
            match self.unit(jobs, entries, sign) {
                Ok(results) => return Ok(results),
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

    /// One transaction. `sign` signs heads now; they are signed once a minute anyway.
    fn unit(&mut self, jobs: &mut [Job], entries: &[Entry], sign: bool) -> Result<Vec<Answer>, StorageError> {
        if jobs.is_empty() && entries.is_empty() && !sign {
            return Ok(Vec::new());
        }
        if let Err(error) = self.connection.link().begin_write() {
            // Nothing was begun: the server may have been restarted since the last unit.
            log::warn!("the writer's connection is made anew: {error}");
            self.connection = self.parts.db.connect()?;
            self.connection.link().begin_write()?;
        }
        self.chain.mark();
        let mut link = self.connection.link();
        let now = self.parts.clock.now();
        let (mut erased, mut left_behind) = (Vec::new(), false);
        let mut around = Surroundings {
            organisation: Arc::default(),
            settings: &self.parts.settings,
            vault: &self.parts.vault,
            keys: Ok(()),
            clock: &*self.parts.clock,
            now,
            chance: &mut *self.parts.chance,
            cache: &mut self.cache,
            chain: &mut self.chain,
            erased: &mut erased,
            left_behind: &mut left_behind,
        };
        let forgot = &mut self.forgot;
        let decided = if jobs.is_empty() {
            Ok((Vec::new(), 0))
        } else {
            forget(&mut link, forgot, now).and_then(|()| {
                around.keys = hold_keys(&mut link, jobs, &self.parts.vault)?;
                around.organisation = self.parts.registers.current(&mut link)?;
                carry_out(&mut link, jobs, &mut around)
            })
        };
        let mut signed = false;
        let result = decided.and_then(|decided| {
            let now = around.now.timestamp_micros();
            around.chain.append(&mut link, entries.to_vec(), now, around.chance)?;
            if sign || around.chain.is_due(now) {
                signed = around.chain.sign(&mut link, now, around.chance)?;
            }
            Ok(decided)
        });
        // Durable outside the database before it is in it: a restored backup learns of it there.
        let result = result.and_then(|decided| match &self.journal {
            Some(journal) if !erased.is_empty() => journal.append(&mut link, &erased).map(|()| decided),
            _ => Ok(decided),
        });
        let mut in_doubt = false;
        let committed = result.and_then(|(answers, last)| {
            let committed = link.run("COMMIT");
            in_doubt = committed.is_err();
            committed.map(|()| (answers, last))
        });
        match committed {
            Ok((answers, last)) => {
                self.committed.fetch_max(last, Ordering::AcqRel);
                self.left_behind.fetch_or(left_behind, Ordering::AcqRel);
                if !erased.is_empty() {
                    self.parts.db.overwrite(&mut link);
                    self.looked = None;
                }
                if let Some(head) = self.chain.head().filter(|_| signed) {
                    // Where logs are kept elsewhere, this proves later that the database was not put back.
                    log::info!("access log: head {head}");
                }
                Ok(answers)
            }
            Err(error) => {
                // What they hold may not have been committed.
                self.cache.clear();
                self.chain.undo();
                if in_doubt {
                    // It may have been committed all the same; a chain of its own can't come into its way.
                    let now = now.timestamp_micros();
                    self.chain = Chain::new(&self.parts.vault, &mut *self.parts.chance, now)?;
                }
                if let Err(failed) = link.run("ROLLBACK") {
                    log::warn!("rollback failed: {failed}");
                    self.reconnect();
                }
                Err(error)
            }
        }
    }
}

/// Forgets old receipts, now and then.
fn forget(link: &mut Link<'_>, last: &mut Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), StorageError> {
    if last.is_none_or(|last| now - last >= FORGET_EVERY) {
        receipts::forget_before(link, (now - RECEIPTS_KEPT).timestamp_micros())?;
        *last = Some(now);
    }
    Ok(())
}

/// Hashes of what was handed in. Made on the caller's thread: the writer's has enough to do.
pub(super) fn mark(job: &mut Job, vault: &Vault) {
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
