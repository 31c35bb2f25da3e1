//! Backups without the persons' keys, and the keys in a file of their own: whoever has an older backup has no key of anybody
//! who was erased since.
//!
//! The tables of keys – [`KEY_TABLES`] – stand in no backup. Their rows are lines of the keys' file: sealed as they are in
//! the database, they are of no use without a master key.
//!
//! Never here: which files, and what is said about them (`cli`).

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::connection::Db;
use super::dialect::Link;
use super::erasures::{self, Reached, hex, unhex};
use super::error::StorageError;
use super::keys::{self, MasterRow, SecretRow};
use super::persons::{KeyRow, LookupRow};
use super::schema::{cases, key_head, master_keys, person_keys, person_lookups, persons, secrets};
use super::slack;
use crate::domain::case::IdentityState;

/// What is left out of every backup. The keys of saved columns stand in no keys' file either: columns are made anew.
pub const KEY_TABLES: [&str; 6] =
    ["person_keys", "person_lookups", "secrets", "master_keys", "key_head", "saved_columns"];

/// Persons read at a time.
const PIECE: i64 = 2000;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// The first line.
    Keys {
        made: String,
        generation: i64,
        erasures: i64,
        chained: String,
    },
    Master {
        id: String,
        since: i64,
        retired: Option<i64>,
    },
    Secret {
        name: String,
        master_key: String,
        sealed: String,
        since: i64,
    },
    Person {
        id: String,
        master_key: String,
        key: String,
        lookups: Vec<(String, String)>,
    },
    /// The last line: how many persons there are.
    End {
        persons: u64,
    },
}

fn corrupt() -> StorageError {
    StorageError::Setup("the file of person keys is no such file, or was altered or cut off".to_owned())
}

fn io(what: &'static str) -> impl Fn(std::io::Error) -> StorageError {
    move |error| StorageError::Setup(format!("{what}: {error}"))
}

/// Copies an embedded database as it is at this moment into a new file, writes its keys to `keys`, and takes them out of
/// the copy. Returns how many persons' keys there are; none for PostgreSQL, whose own tools make the copy.
///
/// # Errors
/// When a file can't be written or the database fails; then the copy is not to be kept.
pub fn copy(db: &Db, to: &Path, keys: &mut dyn Write, made: &str) -> Result<Option<u64>, StorageError> {
    if db.backend() != "sqlite" {
        return Ok(None);
    }
    let path = to.to_str().ok_or_else(|| StorageError::Setup("the folder's name is no Unicode".to_owned()))?;
    db.read()?.link().run(&format!("VACUUM INTO '{}'", path.replace('\'', "''")))?;
    let mut copy = SqliteConnection::establish(path).map_err(|e| StorageError::Unavailable(e.to_string()))?;
    // What is taken out is overwritten in the file, and never stands in another.
    copy.batch_execute("PRAGMA journal_mode = DELETE; PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON")?;
    let written = write_keys(&mut Link::Sqlite(&mut copy), keys, made)?;
    copy.batch_execute("PRAGMA foreign_keys = OFF; BEGIN")?;
    for table in KEY_TABLES {
        copy.batch_execute(&format!("DELETE FROM {table}"))?;
    }
    copy.batch_execute("COMMIT")?;
    slack::overwrite(&mut Link::Sqlite(&mut copy))?;
    Ok(Some(written))
}

/// Writes the keys of everybody as they are at this moment; returns how many persons there are.
///
/// # Errors
/// When the file can't be written or the database fails.
pub fn write_keys(link: &mut Link<'_>, out: &mut dyn Write, made: &str) -> Result<u64, StorageError> {
    link.snapshot(|link| write_keys_in(link, out, made))
}

fn write_keys_in(link: &mut Link<'_>, out: &mut dyn Write, made: &str) -> Result<u64, StorageError> {
    let mut put = |line: &Line| -> Result<(), StorageError> {
        let text = serde_json::to_string(line).map_err(|_| corrupt())?;
        writeln!(out, "{text}").map_err(io("the person keys can't be written"))
    };
    let Reached { lines, mac } = erasures::reached(link)?.unwrap_or(Reached { lines: 0, mac: Vec::new() });
    let generation = keys::generation(link)?;
    put(&Line::Keys { made: made.to_owned(), generation, erasures: lines, chained: hex(&mac) })?;
    for MasterRow { id, since, retired } in keys::masters(link)? {
        put(&Line::Master { id, since, retired })?;
    }
    for SecretRow { name, master_key, sealed, since } in keys::secrets(link)? {
        put(&Line::Secret { name, master_key, sealed: hex(&sealed), since })?;
    }
    let (mut after, mut count) = (Vec::new(), 0);
    loop {
        let rows: Vec<KeyRow> = each!(link, c => person_keys::table
            .filter(person_keys::person.gt(&after))
            .order(person_keys::person)
            .limit(PIECE)
            .select(KeyRow::as_select())
            .load(c))?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.person);
        let people: Vec<&Vec<u8>> = rows.iter().map(|row| &row.person).collect();
        let hashes: Vec<LookupRow> = each!(link, c => person_lookups::table
            .filter(person_lookups::person.eq_any(people))
            .select(LookupRow::as_select())
            .load(c))?;
        let mut of: HashMap<Vec<u8>, Vec<(String, String)>> = HashMap::new();
        for LookupRow { key_id, hash, person } in hashes {
            of.entry(person).or_default().push((key_id, hex(&hash)));
        }
        for KeyRow { person, master_key, sealed_key } in rows {
            let lookups = of.remove(&person).unwrap_or_default();
            put(&Line::Person { id: hex(&person), master_key, key: hex(&sealed_key), lookups })?;
            count += 1;
        }
    }
    put(&Line::End { persons: count })?;
    Ok(count)
}

/// What putting keys back came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// When the keys were written down.
    pub made: String,
    /// Persons who have their key again.
    pub persons: u64,
    /// Persons of the file whom the backup doesn't know: registered after it.
    pub unknown: u64,
    /// How far the journal of erasures had come by then.
    pub erasures: Reached,
}

/// Puts keys beside a backup that was made without them.
///
/// # Errors
/// [`StorageError::Setup`] when there are keys already or the file is not whole; then nothing is put back.
pub fn put_back(link: &mut Link<'_>, lines: &mut dyn BufRead) -> Result<PutBack, StorageError> {
    link.written(|link| put_back_in(link, lines))
}

fn put_back_in(link: &mut Link<'_>, lines: &mut dyn BufRead) -> Result<PutBack, StorageError> {
    let already: i64 = each!(link, c => person_keys::table.count().get_result(c))?;
    if already > 0 {
        return Err(StorageError::Setup("it holds keys already; keys are put back beside a backup only".to_owned()));
    }
    // What a fresh start may have made of its own.
    each!(link, c => diesel::delete(secrets::table).execute(c))?;
    each!(link, c => diesel::delete(master_keys::table).execute(c))?;
    each!(link, c => diesel::delete(key_head::table).execute(c))?;
    let mut back: Option<PutBack> = None;
    let (mut people, mut ended) = (Vec::new(), None);
    for line in lines.lines() {
        let line = line.map_err(io("the person keys can't be read"))?;
        let line: Line = serde_json::from_str(&line).map_err(|_| corrupt())?;
        match (line, &mut back) {
            (Line::Keys { made, generation, erasures, chained }, None) => {
                each!(link, c => diesel::insert_into(key_head::table)
                    .values((key_head::one.eq(1_i16), key_head::generation.eq(generation + 1)))
                    .execute(c))?;
                let mac = unhex(&chained).ok_or_else(corrupt)?;
                back = Some(PutBack { made, persons: 0, unknown: 0, erasures: Reached { lines: erasures, mac } });
            }
            (Line::Master { id, since, retired }, Some(_)) => {
                let rows = [MasterRow { id, since, retired }];
                insert_rows!(link, master_keys::table, &rows);
            }
            (Line::Secret { name, master_key, sealed, since }, Some(_)) => {
                let sealed = unhex(&sealed).ok_or_else(corrupt)?;
                keys::insert(link, &[SecretRow { name, master_key, sealed, since }])?;
            }
            (Line::Person { id, master_key, key, lookups }, Some(back)) => {
                people.push((id, master_key, key, lookups));
                if people.len() as i64 >= PIECE {
                    put_people(link, std::mem::take(&mut people), back)?;
                }
            }
            (Line::End { persons }, Some(back)) => {
                put_people(link, std::mem::take(&mut people), back)?;
                ended = Some(persons);
            }
            _ => return Err(corrupt()),
        }
    }
    back.filter(|back| ended == Some(back.persons + back.unknown)).ok_or_else(corrupt)
}

type Person = (String, String, String, Vec<(String, String)>);

fn put_people(link: &mut Link<'_>, people: Vec<Person>, back: &mut PutBack) -> Result<(), StorageError> {
    let ids: Vec<Vec<u8>> = people.iter().map(|(id, ..)| unhex(id).ok_or_else(corrupt)).collect::<Result<_, _>>()?;
    let there: Vec<Vec<u8>> =
        each!(link, c => persons::table.filter(persons::id.eq_any(&ids)).select(persons::id).load(c))?;
    let there: std::collections::HashSet<Vec<u8>> = there.into_iter().collect();
    let (mut keys, mut hashes) = (Vec::new(), Vec::new());
    for (id, (_, master_key, key, lookups)) in ids.into_iter().zip(people) {
        if !there.contains(&id) {
            back.unknown += 1;
            continue;
        }
        back.persons += 1;
        for (key_id, hash) in lookups {
            hashes.push(LookupRow { key_id, hash: unhex(&hash).ok_or_else(corrupt)?, person: id.clone() });
        }
        keys.push(KeyRow { person: id, master_key, sealed_key: unhex(&key).ok_or_else(corrupt)? });
    }
    insert_rows!(link, person_keys::table, &keys);
    insert_rows!(link, person_lookups::table, &hashes);
    Ok(())
}

/// How many cases stand under an identity that has no key: none but where the keys' file is older than the backup.
///
/// # Errors
/// When the database fails.
pub fn without_key(link: &mut Link<'_>) -> Result<i64, StorageError> {
    Ok(each!(link, c => cases::table
        .left_join(person_keys::table.on(cases::person.eq(person_keys::person.nullable())))
        .filter(cases::identity.eq(IdentityState::Named.code()))
        .filter(person_keys::person.is_null())
        .count()
        .get_result(c))?)
}
