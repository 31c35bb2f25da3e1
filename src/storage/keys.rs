//! Where keys are kept: which master keys are in use, the secrets they seal, and which state of all that holds.
//!
//! A change of the keys raises the generation. A writer that is about to register persons holds the generation until it
//! commits, and takes on the keys of that generation first; a change waits for such writers. So there is never one writer
//! that looks persons up by one set of keys beside another that stores them by another.
//!
//! **Never here:** what a key does ([`super::vault`]), and changing them ([`super::rotation`]).

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{key_head, master_keys, persons, secrets};
use super::vault::{Secrets, Vault};
use crate::chance::Chance;

/// A row of `secrets`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = secrets, treat_none_as_default_value = false)]
pub struct SecretRow {
    /// What it is.
    pub name: String,
    /// Which master key sealed it.
    pub master_key: String,
    /// Nonce and sealed key.
    pub sealed: Vec<u8>,
    /// Since when, in microseconds.
    pub since: i64,
}

/// A master key that sealed something once.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = master_keys, treat_none_as_default_value = false)]
pub struct MasterRow {
    /// Its id.
    pub id: String,
    /// Since when, in microseconds.
    pub since: i64,
    /// From when nothing was sealed by it any more.
    pub retired: Option<i64>,
}

pub(super) const LOOKUP: &str = "look-up ";
const FINGERPRINT: &str = "fingerprint";
const FIRST_NOISE: &str = "noise 1";
const NOISE: &str = "noise";
const EXPORTS: &str = "exports";
const JOURNAL: &str = "journal";
const ACCESS_LOG: &str = "access log";

/// Reads which state of the keys holds.
///
/// # Errors
/// When the database fails.
pub fn generation(link: &mut Link<'_>) -> Result<i64, StorageError> {
    let found: Option<i64> = each!(link, c => key_head::table.select(key_head::generation).get_result(c).optional())?;
    found.ok_or_else(without_keys)
}

/// The master keys that ever sealed something, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn masters(link: &mut Link<'_>) -> Result<Vec<MasterRow>, StorageError> {
    Ok(each!(link, c => master_keys::table
        .order((master_keys::since, master_keys::id))
        .select(MasterRow::as_select())
        .load(c))?)
}

/// The secrets, the newest first.
///
/// # Errors
/// When the database fails.
pub fn secrets(link: &mut Link<'_>) -> Result<Vec<SecretRow>, StorageError> {
    Ok(each!(link, c => secrets::table
        .order((secrets::since.desc(), secrets::name))
        .select(SecretRow::as_select())
        .load(c))?)
}

pub(super) fn without_keys() -> StorageError {
    StorageError::Setup(
        "it holds persons but not their keys; `sus restore` puts the newest person keys beside them".to_owned(),
    )
}

/// Opens what the database keeps sealed, and notes the current master key at its first use. A database from before
/// secrets were kept gets those that it has counted and hashed with so far.
///
/// # Errors
/// [`StorageError::Setup`] when a key is needed that was not given: under another one the persons that are there would
/// not be found, and could get a second open case; or when the database fails.
pub fn unlock(link: &mut Link<'_>, vault: &Vault, chance: &mut dyn Chance, now: i64) -> Result<(), StorageError> {
    link.written(|link| {
        // Two processes may start at once.
        link.take_positions(0)?;
        unlock_in(link, vault, chance, now)
    })
}

fn unlock_in(link: &mut Link<'_>, vault: &Vault, chance: &mut dyn Chance, now: i64) -> Result<(), StorageError> {
    let known = masters(link)?;
    let kept = secrets(link)?;
    generation(link)?;
    let mut needed: Vec<String> = known.iter().filter(|m| m.retired.is_none()).map(|m| m.id.clone()).collect();
    needed.extend(kept.iter().map(|s| s.master_key.clone()));
    needed.sort_unstable();
    needed.dedup();
    if needed.iter().any(|id| !vault.has(id)) {
        let (needed, given) = (needed.join(", "), vault.key_id());
        return Err(StorageError::Setup(format!(
            "its identities are sealed by master key {needed}, and {given} is configured"
        )));
    }
    let current = known.iter().find(|m| m.id == vault.key_id());
    if current.is_some_and(|m| m.retired.is_some()) {
        let id = vault.key_id();
        return Err(StorageError::Setup(format!(
            "master key {id} was taken out of use, and is configured as the current"
        )));
    }
    if kept.is_empty() {
        let first = match known.first() {
            Some(first) => first.id.clone(),
            None if has_persons(link)? => return Err(without_keys()),
            None => vault.key_id().to_owned(),
        };
        let derived = vault.derived(&first)?;
        insert(link, &rows_of(&derived, vault, chance, now)?)?;
    }
    if current.is_none() {
        let row = [MasterRow { id: vault.key_id().to_owned(), since: now, retired: None }];
        insert_rows!(link, master_keys::table, &row);
        raise(link)?;
    }
    load(link, vault)
}

fn has_persons(link: &mut Link<'_>) -> Result<bool, StorageError> {
    let any: Option<Vec<u8>> = each!(link, c => persons::table.select(persons::id).first(c).optional())?;
    Ok(any.is_some())
}

fn rows_of(held: &Secrets, vault: &Vault, chance: &mut dyn Chance, since: i64) -> Result<Vec<SecretRow>, StorageError> {
    let lookups = held.lookups.iter().map(|(id, key)| (format!("{LOOKUP}{id}"), key));
    let others = [
        (FINGERPRINT, &held.fingerprint),
        (FIRST_NOISE, &held.noise.0),
        (NOISE, &held.noise.1),
        (EXPORTS, &held.exports),
        (JOURNAL, &held.journal),
        (ACCESS_LOG, &held.access_log),
    ];
    let all = lookups.chain(others.map(|(name, key)| (name.to_owned(), key)));
    all.map(|(name, key)| sealed(vault, name, key, chance, since)).collect()
}

/// A secret's row, sealed by the current master key.
pub(super) fn sealed(
    vault: &Vault,
    name: String,
    key: &[u8; 32],
    chance: &mut dyn Chance,
    since: i64,
) -> Result<SecretRow, StorageError> {
    let sealed = vault.wrap(name.as_bytes(), key, chance)?;
    Ok(SecretRow { name, master_key: vault.key_id().to_owned(), sealed, since })
}

/// Stores secrets.
pub(super) fn insert(link: &mut Link<'_>, rows: &[SecretRow]) -> Result<(), StorageError> {
    insert_rows!(link, secrets::table, rows);
    Ok(())
}

/// Says that the keys have changed. Waits for writers that hold the state before, and lets no other begin until commit.
pub(super) fn raise(link: &mut Link<'_>) -> Result<(), StorageError> {
    each!(link, c => diesel::update(key_head::table)
        .set(key_head::generation.eq(key_head::generation + 1))
        .execute(c))?;
    Ok(())
}

/// Takes on the keys as they are where they have changed since the vault last did. Within a transaction that holds the
/// generation they stay so until it ends.
///
/// # Errors
/// When the database fails.
pub fn follow(link: &mut Link<'_>, vault: &Vault, generation: i64) -> Result<(), StorageError> {
    if vault.secrets().generation == generation { Ok(()) } else { load(link, vault) }
}

/// Takes on the keys as the database keeps them. Those that were not given are named, and left out.
///
/// # Errors
/// When the database fails, or a secret is missing that every database has.
pub fn load(link: &mut Link<'_>, vault: &Vault) -> Result<(), StorageError> {
    let generation = generation(link)?;
    let mut lost = Vec::new();
    for master in masters(link)? {
        let current = master.id == vault.key_id();
        if master.retired.is_none() && !vault.has(&master.id) || master.retired.is_some() && current {
            lost.push(master.id);
        }
    }
    let before = vault.secrets();
    let mut held = Secrets { generation, lookups: Vec::new(), unknown: Vec::new(), ..(*before).clone() };
    for row in secrets(link)? {
        if !vault.has(&row.master_key) {
            lost.push(row.master_key);
            continue;
        }
        let key = vault.unwrap_key(row.name.as_bytes(), &row.master_key, &row.sealed)?;
        match row.name.as_str() {
            FINGERPRINT => held.fingerprint = key,
            FIRST_NOISE => held.noise.0 = key,
            NOISE => held.noise.1 = key,
            EXPORTS => held.exports = key,
            JOURNAL => held.journal = key,
            ACCESS_LOG => held.access_log = key,
            name => match name.strip_prefix(LOOKUP) {
                Some(id) => held.lookups.push((id.to_owned(), Zeroizing::new(*key))),
                None => return Err(StorageError::Corrupt("secrets")),
            },
        }
    }
    lost.sort_unstable();
    lost.dedup();
    if held.lookups.is_empty() {
        held.lookups.clone_from(&before.lookups);
    }
    held.unknown = lost;
    vault.adopt(held);
    Ok(())
}

/// Whether persons can be looked up and registered by this process.
///
/// # Errors
/// [`StorageError::Keys`] with the ids of the keys that are missing.
pub fn complete(vault: &Vault) -> Result<(), StorageError> {
    let unknown = &vault.secrets().unknown;
    if unknown.is_empty() {
        return Ok(());
    }
    Err(StorageError::Keys(format!(
        "master key {} is in use, or is in use no more, since after this process was started; give it the keys that are \
         in use and start it anew",
        unknown.join(", ")
    )))
}
