//! Persons: found by keyed hash, kept encrypted. Nothing here returns a number but [`number_of`].

use std::collections::HashSet;

use diesel::prelude::*;

use super::cases::CaseRow;
use super::columns::{Statement, column};
use super::dialect::Link;
use super::error::StorageError;
use super::keys;
use super::prepared::{Among, CHUNK};
use super::schema::{person_keys, person_lookups, persons};
use super::vault::{Lookups, Sealed, Vault};
use crate::domain::person::IdentityNumber;

/// A new person's rows.
pub struct NewPerson {
    /// Random id.
    pub id: Vec<u8>,
    /// Look-up hashes by every live key.
    pub lookups: Lookups,
    /// The sealed number.
    pub sealed: Sealed,
}

/// A look-up that was found.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName)]
#[diesel(table_name = person_lookups)]
pub struct Lookup {
    /// The hash.
    pub hash: Vec<u8>,
    /// The person's id.
    pub person: Vec<u8>,
}

/// Where [`Statement::looking_up`] finds persons by key and hash.
pub(super) const BY_HASH: &str = "person_lookups WHERE key_id = wanted.first AND hash = wanted.second";

/// The persons of look-up hashes.
///
/// # Errors
/// When the database fails.
pub fn by_hashes(link: &mut Link<'_>, key_id: &str, hashes: &[Vec<u8>]) -> Result<Vec<Lookup>, StorageError> {
    let mut rows = Vec::new();
    for chunk in hashes.chunks(CHUNK) {
        let Some(those) = Among::new(person_lookups::hash, chunk.iter().map(Vec::as_slice)) else { continue };
        let found: Vec<Lookup> = match link {
            Link::Sqlite(c) => person_lookups::table
                .filter(person_lookups::key_id.eq(key_id))
                .filter(those)
                .select((person_lookups::hash, person_lookups::person))
                .load(*c)?,
            Link::Postgres(c) => {
                let keys = [column(chunk, |_| &key_id), column(chunk, |hash| hash)];
                Statement::default().looking_up("hash, person", BY_HASH, keys).load(*c)?
            }
        };
        rows.extend(found);
    }
    Ok(rows)
}

#[derive(Insertable)]
#[diesel(table_name = persons, treat_none_as_default_value = false)]
pub(super) struct PersonRow {
    id: Vec<u8>,
    sealed_number: Vec<u8>,
}

columns!(PersonRow of persons: id, sealed_number);
columns!(KeyRow of person_keys: person, master_key, sealed_key);
columns!(LookupRow of person_lookups: key_id, hash, person);

/// A person's key, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_keys, treat_none_as_default_value = false)]
pub struct KeyRow {
    /// Whose.
    pub person: Vec<u8>,
    /// Which master key sealed it.
    pub master_key: String,
    /// Nonce and sealed key.
    pub sealed_key: Vec<u8>,
}

/// What a person is found by.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_lookups, treat_none_as_default_value = false)]
pub struct LookupRow {
    /// Id of the key that made the hash.
    pub key_id: String,
    /// Look-up hash.
    pub hash: Vec<u8>,
    /// Whose.
    pub person: Vec<u8>,
}

/// The rows of new persons.
#[derive(Default)]
pub(super) struct Rows {
    pub people: Vec<PersonRow>,
    pub keys: Vec<KeyRow>,
    pub lookups: Vec<LookupRow>,
}

impl FromIterator<NewPerson> for Rows {
    fn from_iter<I: IntoIterator<Item = NewPerson>>(new: I) -> Self {
        let mut rows = Self::default();
        for NewPerson { id, lookups, sealed } in new {
            let of = |(key_id, hash)| LookupRow { key_id, hash, person: id.clone() };
            rows.lookups.extend(lookups.into_iter().map(of));
            rows.keys.push(KeyRow { person: id.clone(), master_key: sealed.master_key, sealed_key: sealed.key });
            rows.people.push(PersonRow { id, sealed_number: sealed.number });
        }
        rows
    }
}

/// The persons of a number, by whichever live key they were hashed.
///
/// # Errors
/// When the database fails, or keys are in use that the vault was not given: then somebody might be overlooked.
pub fn by_number(link: &mut Link<'_>, vault: &Vault, number: &IdentityNumber) -> Result<Vec<Vec<u8>>, StorageError> {
    let generation = keys::generation(link)?;
    keys::follow(link, vault, generation)?;
    keys::complete(vault)?;
    let mut people = Vec::new();
    for (key_id, hash) in vault.lookups(number) {
        people.extend(by_hashes(link, &key_id, &[hash])?.into_iter().map(|found| found.person));
    }
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

/// The look-up hashes of a person.
///
/// # Errors
/// When the database fails.
pub fn hashes_of(link: &mut Link<'_>, person: &[u8]) -> Result<Vec<Vec<u8>>, StorageError> {
    Ok(each!(link, c => person_lookups::table
        .filter(person_lookups::person.eq(person))
        .select(person_lookups::hash)
        .load(c))?)
}

/// The look-up hashes of the persons of some cases.
///
/// # Errors
/// When the database fails.
pub fn hashes_of_cases(link: &mut Link<'_>, cases: Vec<CaseRow>) -> Result<Vec<Vec<u8>>, StorageError> {
    let mut hashes = Vec::new();
    for person in cases.into_iter().filter_map(|case| case.person).collect::<HashSet<_>>() {
        hashes.extend(hashes_of(link, &person)?);
    }
    Ok(hashes)
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
        .inner_join(person_keys::table.on(person_keys::person.eq(persons::id)))
        .filter(persons::id.eq(person))
        .select((person_keys::master_key, person_keys::sealed_key, persons::sealed_number))
        .get_result(c)
        .optional())?;
    row.map(|(master_key, key, number)| vault.open(person, &Sealed { master_key, key, number }, today)).transpose()
}

/// Erases a person with its key: nothing can read the number again, nor in a backup, where the key is not.
///
/// # Errors
/// When the database fails.
pub fn erase(link: &mut Link<'_>, person: &[u8]) -> Result<(), StorageError> {
    each!(link, c => diesel::delete(person_lookups::table.filter(person_lookups::person.eq(person))).execute(c))?;
    each!(link, c => diesel::delete(person_keys::table.find(person)).execute(c))?;
    each!(link, c => diesel::delete(persons::table.find(person)).execute(c))?;
    Ok(())
}
