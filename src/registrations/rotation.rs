//! Exchanging keys while the service runs and registers: the master key, and on request the look-up key.
//!
//! Every process must have been given the current and the former master keys before; one that was not registers no
//! persons from the moment on when the new key is first used, and says so. Broken off at any point, a rotation is simply
//! started anew.

use std::time::Duration;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::storage::rotation::{self, Status};
use crate::storage::vault::Vault;
use crate::storage::{Db, Link, StorageError, keys};

/// Persons in one transaction.
pub const PIECE: i64 = 500;
/// Between two pieces, so that whoever registers gets a turn.
const PAUSE: Duration = Duration::from_millis(2);

/// What is done at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Persons' keys are sealed by the current master key.
    Sealing,
    /// Persons are hashed by the new look-up key.
    Hashing,
    /// Hashes by the former one are taken away.
    Sweeping,
}

/// Told after each piece; when it says no, the rotation ends there as if it were killed.
pub type Told<'a> = &'a mut dyn FnMut(Phase, usize) -> bool;

/// What a rotation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rotated {
    /// Persons whose keys were sealed anew.
    pub sealed: usize,
    /// Persons who were looked at for the new look-up key.
    pub hashed: usize,
    /// Hashes taken away.
    pub swept: usize,
    /// It was broken off.
    pub broken_off: bool,
}

/// What a rotation works with.
pub struct Rotation<'a> {
    /// The database.
    pub db: &'a Db,
    /// The keys: the current one and those that it replaces.
    pub vault: &'a Vault,
    /// Nonces and keys.
    pub chance: &'a mut dyn Chance,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Persons in one transaction.
    pub piece: i64,
}

impl Rotation<'_> {
    /// Seals everything by the current master key and takes the others out of use; with `lookup`, also makes a new look-up
    /// key, hashes everybody by it, and takes the former out of use.
    ///
    /// # Errors
    /// When the database fails or a key was not given; what was done before stays.
    pub fn run(&mut self, lookup: bool, told: Told<'_>) -> Result<Rotated, StorageError> {
        let mut done = Rotated::default();
        let mut connection = self.db.connect()?;
        let mut link = connection.link();
        if !self.seal(&mut link, &mut done, told)? || lookup && !self.hash(&mut link, &mut done, told)? {
            done.broken_off = true;
            return Ok(done);
        }
        // Also what an earlier rotation left.
        loop {
            let swept = link.written(|link| rotation::sweep_piece(link, self.piece))?;
            done.swept += swept;
            if swept == 0 {
                return Ok(done);
            }
            if !told(Phase::Sweeping, done.swept) {
                done.broken_off = true;
                return Ok(done);
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn seal(&mut self, link: &mut Link<'_>, done: &mut Rotated, told: Told<'_>) -> Result<bool, StorageError> {
        link.written(|link| rotation::reseal_secrets(link, self.vault, self.chance))?;
        loop {
            for other in others(link, self.vault)? {
                loop {
                    let count =
                        link.written(|link| rotation::reseal_piece(link, self.vault, self.chance, &other, self.piece))?;
                    done.sealed += count;
                    if count == 0 {
                        break;
                    }
                    if !told(Phase::Sealing, done.sealed) {
                        return Ok(false);
                    }
                    std::thread::sleep(PAUSE);
                }
            }
            // Writers that had begun before the key was known to them may have left some.
            let now = self.clock.now().timestamp_micros();
            if link.written(|link| rotation::retire(link, self.vault, now))? {
                return Ok(true);
            }
        }
    }

    fn hash(&mut self, link: &mut Link<'_>, done: &mut Rotated, told: Told<'_>) -> Result<bool, StorageError> {
        let now = self.clock.now().timestamp_micros();
        let key = link.written(|link| rotation::new_lookup(link, self.vault, self.chance, now))?;
        loop {
            let mut after = Vec::new();
            loop {
                let today = self.clock.today();
                let (count, last) =
                    link.written(|link| rotation::hash_piece(link, self.vault, &key, &after, self.piece, today))?;
                let Some(last) = last else { break };
                after = last;
                done.hashed += count;
                if !told(Phase::Hashing, done.hashed) {
                    return Ok(false);
                }
                std::thread::sleep(PAUSE);
            }
            if link.written(|link| rotation::retire_lookups(link, self.vault))? {
                return Ok(true);
            }
        }
    }
}

/// The master keys in use beside the current one.
fn others(link: &mut Link<'_>, vault: &Vault) -> Result<Vec<String>, StorageError> {
    let all = keys::masters(link)?;
    Ok(all.into_iter().filter(|m| m.retired.is_none() && m.id != vault.key_id()).map(|m| m.id).collect())
}

/// How far a rotation has come.
///
/// # Errors
/// When the database fails.
pub fn status(db: &Db) -> Result<Status, StorageError> {
    rotation::status(&mut db.read()?.link())
}
