//! Persons: found by keyed hash, kept encrypted. Nothing here returns a number but [`number_of`].

use diesel::prelude::*;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{master_keys, person_lookups, persons};
use super::vault::{Sealed, Vault};
use crate::domain::person::IdentityNumber;

/// A new person's rows.
pub struct NewPerson {
    /// Random id.
    pub id: Vec<u8>,
    /// Id of the key that made the hash.
    pub key_id: String,
    /// Look-up hash.
    pub hash: Vec<u8>,
    /// The sealed number.
    pub sealed: Sealed,
}

/// A look-up that was found: the hash and the person's id.
pub type Lookup = (Vec<u8>, Vec<u8>);

/// The persons of look-up hashes.
///
/// # Errors
/// When the database fails.
pub fn by_hashes(link: &mut Link<'_>, key_id: &str, hashes: &[Vec<u8>]) -> Result<Vec<Lookup>, StorageError> {
    let mut rows = Vec::new();
    for chunk in hashes.chunks(1000) {
        rows.extend(each!(link, c => person_lookups::table
            .filter(person_lookups::key_id.eq(key_id))
            .filter(person_lookups::hash.eq_any(chunk))
            .select((person_lookups::hash, person_lookups::person))
            .load::<Lookup>(c))?);
    }
    Ok(rows)
}

#[derive(Insertable)]
#[diesel(table_name = persons, treat_none_as_default_value = false)]
struct PersonRow {
    id: Vec<u8>,
    master_key: String,
    sealed_key: Vec<u8>,
    sealed_number: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = person_lookups, treat_none_as_default_value = false)]
struct LookupRow {
    key_id: String,
    hash: Vec<u8>,
    person: Vec<u8>,
}

/// Notes the master key at its first use, and refuses another one: under it the persons that are there would not be
/// found, and could get a second open case.
///
/// # Errors
/// [`StorageError::Setup`] when the database belongs to another key; or when it fails.
pub fn register_key(link: &mut Link<'_>, vault: &Vault, now: i64) -> Result<(), StorageError> {
    link.begin_write()?;
    // Two processes may start at once.
    link.take_positions(0)?;
    let result = register_key_in(link, vault, now);
    link.run(if result.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    result
}

fn register_key_in(link: &mut Link<'_>, vault: &Vault, now: i64) -> Result<(), StorageError> {
    let known: Vec<String> = each!(link, c => master_keys::table.select(master_keys::id).load(c))?;
    if known.iter().any(|id| id == vault.key_id()) {
        return Ok(());
    }
    if let Some(other) = known.first() {
        return Err(StorageError::Setup(format!(
            "its identities are sealed by master key {other}, and {} is configured",
            vault.key_id()
        )));
    }
    each!(link, c => diesel::insert_into(master_keys::table)
        .values((master_keys::id.eq(vault.key_id()), master_keys::since.eq(now)))
        .execute(c))?;
    Ok(())
}

/// Stores new persons.
///
/// # Errors
/// When the database fails, or one of them is there already.
pub fn insert(link: &mut Link<'_>, new: Vec<NewPerson>) -> Result<(), StorageError> {
    let lookups: Vec<LookupRow> = new
        .iter()
        .map(|p| LookupRow { key_id: p.key_id.clone(), hash: p.hash.clone(), person: p.id.clone() })
        .collect();
    let people: Vec<PersonRow> = new
        .into_iter()
        .map(|NewPerson { id, sealed, .. }| PersonRow {
            id,
            master_key: sealed.master_key,
            sealed_key: sealed.key,
            sealed_number: sealed.number,
        })
        .collect();
    insert_rows!(link, persons::table, &people);
    insert_rows!(link, person_lookups::table, &lookups);
    Ok(())
}

/// The number of a person; `None` when it was erased.
///
/// # Errors
/// When the database fails or the key does not fit.
pub fn number_of(
    link: &mut Link<'_>,
    vault: &Vault,
    person: &[u8],
    today: chrono::NaiveDate,
) -> Result<Option<IdentityNumber>, StorageError> {
    let row: Option<(String, Vec<u8>, Vec<u8>)> = each!(link, c => persons::table
        .find(person)
        .select((persons::master_key, persons::sealed_key, persons::sealed_number))
        .first(c)
        .optional())?;
    row.map(|(master_key, key, number)| vault.open(person, &Sealed { master_key, key, number }, today)).transpose()
}

/// Erases a person with its key: nothing can read the number again, in a backup either.
///
/// # Errors
/// When the database fails.
pub fn erase(link: &mut Link<'_>, person: &[u8]) -> Result<(), StorageError> {
    each!(link, c => diesel::delete(person_lookups::table.filter(person_lookups::person.eq(person))).execute(c))?;
    each!(link, c => diesel::delete(persons::table.find(person)).execute(c))?;
    Ok(())
}
