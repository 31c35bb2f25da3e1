//! Exchanging keys in pieces, each in a transaction of its own, while others register. What is left to do is read from what
//! is kept, so a rotation that was broken off goes on where it was.
//!
//! Never here: how many pieces, and what is told meanwhile
//! ([`registrations::rotation`](crate::registrations::rotation)).

use chrono::NaiveDate;
use diesel::prelude::*;
use zeroize::Zeroizing;

use super::dialect::Link;
use super::error::StorageError;
use super::keys::{self, LOOKUP, MasterRow, SecretRow};
use super::persons::{KeyRow, LookupRow};
use super::schema::{master_keys, person_keys, person_lookups, persons, secrets};
use super::slack;
use super::vault::{Sealed, Vault, id_of};
use crate::chance::Chance;

/// How many persons a key seals or finds.
pub type Counted = (String, i64);

/// How far a change of keys has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Master keys, the oldest first.
    pub masters: Vec<MasterRow>,
    /// How many persons' keys each seals.
    pub sealed: Vec<Counted>,
    /// Ids of the live look-up keys, the newest first.
    pub lookups: Vec<String>,
    /// How many persons each look-up key finds.
    pub found: Vec<Counted>,
    /// Persons in all.
    pub persons: i64,
}

/// How far a change of keys has come.
///
/// # Errors
/// When the database fails.
pub fn status(link: &mut Link<'_>) -> Result<Status, StorageError> {
    let masters = keys::masters(link)?;
    let sealed = each!(link, c => person_keys::table
        .group_by(person_keys::master_key)
        .select((person_keys::master_key, diesel::dsl::count_star()))
        .load::<Counted>(c))?;
    let found = each!(link, c => person_lookups::table
        .group_by(person_lookups::key_id)
        .select((person_lookups::key_id, diesel::dsl::count_star()))
        .load::<Counted>(c))?;
    let persons = count(link)?;
    Ok(Status { masters, sealed, lookups: live(link)?, found, persons })
}

fn count(link: &mut Link<'_>) -> Result<i64, StorageError> {
    Ok(each!(link, c => persons::table.count().get_result(c))?)
}

fn live(link: &mut Link<'_>) -> Result<Vec<String>, StorageError> {
    let all = keys::secrets(link)?;
    Ok(all.iter().filter_map(|row| row.name.strip_prefix(LOOKUP)).map(ToOwned::to_owned).collect())
}

/// Seals the secrets by the current master key, where another does, and tells other processes.
///
/// # Errors
/// When the database fails, or a key was not given.
pub fn reseal_secrets(link: &mut Link<'_>, vault: &Vault, chance: &mut dyn Chance) -> Result<(), StorageError> {
    keys::raise(link)?;
    for row in keys::secrets(link)?.into_iter().filter(|row| row.master_key != vault.key_id()) {
        let key = vault.unwrap_key(row.name.as_bytes(), &row.master_key, &row.sealed)?;
        let SecretRow { name, master_key, sealed, .. } = keys::sealed(vault, row.name, &key, chance, row.since)?;
        each!(link, c => diesel::update(secrets::table.find(&name))
            .set((secrets::master_key.eq(&master_key), secrets::sealed.eq(&sealed)))
            .execute(c))?;
    }
    keys::load(link, vault)
}

/// Seals the next persons' keys by the current master key: those after a person in the order of their ids that another
/// seals. Returns how many, and the last of them.
///
/// # Errors
/// When the database fails, or a key was not given.
pub fn reseal_piece(
    link: &mut Link<'_>,
    vault: &Vault,
    chance: &mut dyn Chance,
    other: &str,
    piece: i64,
) -> Result<usize, StorageError> {
    let rows: Vec<KeyRow> = each!(link, c => person_keys::table
        .filter(person_keys::master_key.eq(other))
        .order(person_keys::person)
        .limit(piece)
        .select(KeyRow::as_select())
        .load(c))?;
    for row in &rows {
        let key = vault.unwrap_key(&row.person, &row.master_key, &row.sealed_key)?;
        let sealed = vault.wrap(&row.person, &*key, chance)?;
        // A person erased meanwhile stays erased.
        each!(link, c => diesel::update(person_keys::table.find(&row.person))
            .set((person_keys::master_key.eq(vault.key_id()), person_keys::sealed_key.eq(&sealed)))
            .execute(c))?;
    }
    Ok(rows.len())
}

/// Takes the other master keys out of use, unless something is still sealed by one: then it says no.
///
/// # Errors
/// When the database fails.
pub fn retire(link: &mut Link<'_>, vault: &Vault, now: i64) -> Result<bool, StorageError> {
    // From here on nobody registers a person until commit.
    keys::raise(link)?;
    let left: Option<String> = each!(link, c => person_keys::table
        .filter(person_keys::master_key.ne(vault.key_id()))
        .select(person_keys::master_key)
        .first(c)
        .optional())?;
    let secret = keys::secrets(link)?.iter().any(|row| row.master_key != vault.key_id());
    if left.is_some() || secret {
        return Ok(false);
    }
    each!(link, c => diesel::update(master_keys::table
        .filter(master_keys::id.ne(vault.key_id()).and(master_keys::retired.is_null())))
        .set(master_keys::retired.eq(now))
        .execute(c))?;
    // Keys as the others sealed them.
    slack::erased(link)?;
    keys::load(link, vault)?;
    Ok(true)
}

/// Makes a new look-up key, unless there is one already under which not everybody is hashed. From commit on new persons
/// are found by both.
///
/// # Errors
/// When the database fails.
pub fn new_lookup(
    link: &mut Link<'_>,
    vault: &Vault,
    chance: &mut dyn Chance,
    now: i64,
) -> Result<String, StorageError> {
    keys::raise(link)?;
    let live = live(link)?;
    if live.len() > 1 {
        keys::load(link, vault)?;
        return Ok(live[0].clone());
    }
    let mut key = Zeroizing::new([0; 32]);
    chance.fill(&mut *key);
    let id = id_of(&key);
    // The newest is known by its instant, so no two may have the same.
    let since = keys::secrets(link)?.first().map_or(now, |newest| now.max(newest.since + 1));
    let row = keys::sealed(vault, format!("{LOOKUP}{id}"), &key, chance, since)?;
    keys::insert(link, &[row])?;
    keys::load(link, vault)?;
    Ok(id)
}

/// A person's id, the master key that seals the key, and key and number, sealed.
type SealedPerson = (Vec<u8>, String, Vec<u8>, Vec<u8>);

/// Hashes the next persons by a look-up key: those after one in the order of their ids. Returns how many were looked at,
/// and the last of them.
///
/// # Errors
/// When the database fails, or a key was not given.
pub fn hash_piece(
    link: &mut Link<'_>,
    vault: &Vault,
    key_id: &str,
    after: &[u8],
    piece: i64,
    today: NaiveDate,
) -> Result<(usize, Option<Vec<u8>>), StorageError> {
    let people = link.lock_persons_after(after, piece)?;
    let hashed: Vec<Vec<u8>> = each!(link, c => person_lookups::table
        .filter(person_lookups::person.eq_any(&people))
        .filter(person_lookups::key_id.eq(key_id))
        .select(person_lookups::person)
        .load(c))?;
    let sealed: Vec<SealedPerson> = each!(link, c => persons::table
        .inner_join(person_keys::table.on(person_keys::person.eq(persons::id)))
        .filter(persons::id.eq_any(&people))
        .select((persons::id, person_keys::master_key, person_keys::sealed_key, persons::sealed_number))
        .load(c))?;
    let mut rows = Vec::new();
    for (person, master_key, key, number) in sealed.into_iter().filter(|(person, ..)| !hashed.contains(person)) {
        let number = vault.open(&person, &Sealed { master_key, key, number }, today)?;
        let hash = vault.lookups(&number).into_iter().find(|(id, _)| id == key_id);
        rows.extend(hash.map(|(key_id, hash)| LookupRow { key_id, hash, person }));
    }
    insert_rows!(link, person_lookups::table, &rows);
    Ok((people.len(), people.last().cloned()))
}

/// Takes every look-up key but the newest out of use, unless somebody is not found by it: then it says no.
///
/// # Errors
/// When the database fails.
pub fn retire_lookups(link: &mut Link<'_>, vault: &Vault) -> Result<bool, StorageError> {
    keys::raise(link)?;
    let live = live(link)?;
    let Some(newest) = live.first() else { return Err(StorageError::Corrupt("secrets")) };
    let hashed: i64 = each!(link, c => person_lookups::table
        .filter(person_lookups::key_id.eq(newest))
        .count()
        .get_result(c))?;
    if hashed < count(link)? {
        return Ok(false);
    }
    for id in &live[1..] {
        each!(link, c => diesel::delete(secrets::table.find(format!("{LOOKUP}{id}"))).execute(c))?;
    }
    keys::load(link, vault)?;
    Ok(true)
}

/// Takes away hashes by look-up keys that are out of use. Returns how many.
///
/// # Errors
/// When the database fails.
pub fn sweep_piece(link: &mut Link<'_>, piece: i64) -> Result<usize, StorageError> {
    let live = live(link)?;
    let old: Vec<(String, Vec<u8>)> = each!(link, c => person_lookups::table
        .filter(person_lookups::key_id.ne_all(&live))
        .limit(piece)
        .select((person_lookups::key_id, person_lookups::hash))
        .load(c))?;
    for (key, hash) in &old {
        each!(link, c => diesel::delete(person_lookups::table.find((key, hash))).execute(c))?;
    }
    if !old.is_empty() {
        slack::erased(link)?;
    }
    Ok(old.len())
}
