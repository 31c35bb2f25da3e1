//! The journal of erasures: a file outside the database that says which identities were taken away, so that a restored
//! backup can't bring them back. A line is durable before the erasure is committed; it holds no personal data.
//!
//! Each line is chained to the one before by a keyed hash, and the database keeps how far the journal has come: lines can
//! neither be changed, taken out nor cut off unnoticed by somebody without the master key.
//!
//! **Never here:** erasing ([`super::append`]), and making up for what a database lacks
//! ([`registrations::erasing`](crate::registrations::erasing)).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{cases, erasure_journal, erasures, registrations};
use super::vault::Vault;

/// What a chain of lines is made for; another one has another key.
const CHAIN: &str = "erasures";

/// One erasure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Erasure {
    /// The case's public id.
    pub case: Uuid,
    /// The person's random id, where the case had one.
    pub person: Option<Uuid>,
    /// `protection`, `removal`, `coarsening` or `deletion`.
    pub reason: String,
    /// The agency that registered it.
    pub agency: String,
    /// From when it is known.
    pub at: DateTime<Utc>,
}

/// A line as it was read.
struct Line {
    erasure: Erasure,
    mac: Vec<u8>,
}

/// How far the journal has come, as the database knows.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Reached {
    /// How many lines.
    pub lines: i64,
    /// What the last one is chained by.
    pub mac: Vec<u8>,
}

/// The journal.
#[derive(Clone)]
pub struct Journal {
    path: PathBuf,
    vault: Arc<Vault>,
}

impl Journal {
    /// The journal in this file, which need not be there yet.
    #[must_use]
    pub fn new(path: PathBuf, vault: Arc<Vault>) -> Self {
        Self { path, vault }
    }

    fn failed(&self, what: &str, error: &std::io::Error) -> StorageError {
        StorageError::Setup(format!("the journal of erasures {} can't be {what}: {error}", self.path.display()))
    }

    fn refused(&self, why: &str) -> StorageError {
        StorageError::Setup(format!(
            "the journal of erasures {} {why}; put the newest whole copy of it back, for without it identities that were \
             taken away could come back",
            self.path.display()
        ))
    }

    /// Every erasure in the journal, in their order, held against what the database knows of it; `None` where there is
    /// no file, and none was ever begun.
    ///
    /// # Errors
    /// [`StorageError::Setup`] when the file is missing, was altered, or ends before the database says it does.
    pub fn read(&self, link: &mut Link<'_>) -> Result<Option<Vec<Erasure>>, StorageError> {
        let reached = reached(link)?;
        let mut text = Vec::new();
        match File::open(&self.path) {
            Ok(mut file) => file.read_to_end(&mut text).map(|_| ()).map_err(|e| self.failed("read", &e))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return match reached {
                    Some(Reached { lines: 1.., .. }) => Err(self.refused("is missing")),
                    _ => Ok(None),
                };
            }
            Err(error) => return Err(self.failed("read", &error)),
        }
        let lines = self.lines(&text)?;
        if let Some(Reached { lines: count, mac }) = reached.filter(|r| r.lines > 0) {
            let last = usize::try_from(count - 1).ok().and_then(|place| lines.get(place));
            match last {
                None => return Err(self.refused("was cut off")),
                Some(line) if line.mac != mac => return Err(self.refused("is not the one of this database")),
                Some(_) => {}
            }
        }
        Ok(Some(lines.into_iter().map(|line| line.erasure).collect()))
    }

    /// Whether the journal has come as far as was known once.
    ///
    /// # Errors
    /// [`StorageError::Setup`] when it has not, or is another one.
    pub fn reaches(&self, known: &Reached) -> Result<(), StorageError> {
        if known.lines == 0 {
            return Ok(());
        }
        let text = std::fs::read(&self.path).map_err(|e| self.failed("read", &e))?;
        let lines = self.lines(&text)?;
        let last = usize::try_from(known.lines - 1).ok().and_then(|place| lines.get(place));
        if last.is_some_and(|line| line.mac == known.mac) { Ok(()) } else { Err(self.refused("was cut off")) }
    }

    /// The lines of a text, each checked against the one before. What follows the last end of a line was never committed.
    fn lines(&self, text: &[u8]) -> Result<Vec<Line>, StorageError> {
        let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
        let mut before = Vec::new();
        let mut all = Vec::new();
        for (place, line) in text[..whole].split(|b| *b == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            let read = split(line).filter(|(mac, json)| self.vault.chain(CHAIN, &before, json)[..] == mac[..]);
            let erasure = read.as_ref().and_then(|(_, json)| serde_json::from_slice(json).ok());
            let (Some((mac, _)), Some(erasure)) = (read, erasure) else {
                return Err(self.refused(&format!("was altered at line {}", place + 1)));
            };
            before.clone_from(&mac);
            all.push(Line { erasure, mac });
        }
        Ok(all)
    }

    /// Adds erasures, durably, and has the database know of it. To be called inside the transaction that erases; when that
    /// isn't committed, the journal says more than the database, and the next start makes up for it.
    ///
    /// # Errors
    /// When the file can't be written; then nothing may be committed.
    pub fn append(&self, link: &mut Link<'_>, new: &[Erasure]) -> Result<(), StorageError> {
        // One at a time: from here until commit no other process adds to it.
        hold(link)?;
        let mut file = self.open().map_err(|e| self.failed("written", &e))?;
        file.lock().map_err(|e| self.failed("written", &e))?;
        let (end, count, mut mac) = self.last(&mut file)?;
        let mut text = Vec::new();
        for erasure in new {
            let json = serde_json::to_vec(erasure).map_err(|_| StorageError::Corrupt("erasures"))?;
            mac = self.vault.chain(CHAIN, &mac, &json).to_vec();
            text.extend(hex(&mac).bytes());
            text.push(b' ');
            text.extend(json);
            text.push(b'\n');
        }
        let written =
            file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).and_then(|_| file.write_all(&text));
        written.and_then(|()| file.sync_all()).map_err(|e| self.failed("written", &e))?;
        keep(link, &Reached { lines: count + new.len() as i64, mac })
    }

    fn open(&self) -> std::io::Result<File> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let there = self.path.exists();
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path)?;
        if !there {
            // The name is as durable as what stands under it.
            File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
        }
        Ok(file)
    }

    /// Where the last whole line ends, how many there are and what the last is chained by.
    fn last(&self, file: &mut File) -> Result<(u64, i64, Vec<u8>), StorageError> {
        let mut text = Vec::new();
        let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut text));
        read.map_err(|e| self.failed("read", &e))?;
        let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
        let count = text[..whole].iter().filter(|b| **b == b'\n').count();
        let begins = text[..whole.saturating_sub(1)].iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
        let mac = if whole == 0 { Some(Vec::new()) } else { split(&text[begins..whole - 1]).map(|(mac, _)| mac) };
        let mac = mac.ok_or_else(|| self.refused("was altered at its last line"))?;
        Ok((whole as u64, count as i64, mac))
    }
}

/// What a line is chained by, and what it says.
fn split(line: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let space = line.iter().position(|b| *b == b' ')?;
    let mac = std::str::from_utf8(&line[..space]).ok().and_then(unhex)?;
    Some((mac, &line[space + 1..]))
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The bytes of hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.as_bytes().chunks(2).map(pair).collect()
}

/// How far the journal has come, as the database knows; `None` where none was begun.
///
/// # Errors
/// When the database fails.
pub fn reached(link: &mut Link<'_>) -> Result<Option<Reached>, StorageError> {
    Ok(each!(link, c => erasure_journal::table
        .select((erasure_journal::lines, erasure_journal::mac))
        .first(c)
        .optional())?)
}

fn hold(link: &mut Link<'_>) -> Result<(), StorageError> {
    // Where there is no row yet, the head of all changes serves.
    link.take_positions(0)?;
    each!(link, c => diesel::update(erasure_journal::table)
        .set(erasure_journal::lines.eq(erasure_journal::lines))
        .execute(c))?;
    Ok(())
}

/// Keeps how far the journal has come.
///
/// # Errors
/// When the database fails.
pub fn keep(link: &mut Link<'_>, reached: &Reached) -> Result<(), StorageError> {
    each!(link, c => diesel::delete(erasure_journal::table).execute(c))?;
    each!(link, c => diesel::insert_into(erasure_journal::table)
        .values((
            erasure_journal::one.eq(1_i16),
            erasure_journal::lines.eq(reached.lines),
            erasure_journal::mac.eq(&reached.mac),
        ))
        .execute(c))?;
    Ok(())
}

type Row = (Vec<u8>, Option<Vec<u8>>, String, String, i64);

/// The erasures that the database holds, in their order.
///
/// # Errors
/// When the database fails.
pub fn all(link: &mut Link<'_>) -> Result<Vec<Erasure>, StorageError> {
    let rows: Vec<Row> = each!(link, c => erasures::table
        .inner_join(cases::table.on(cases::number.eq(erasures::case_number)))
        .inner_join(registrations::table.on(registrations::case_number.eq(erasures::case_number)
            .and(registrations::position.eq(erasures::position))))
        .order(erasures::position)
        .select((cases::id, erasures::person, erasures::reason, registrations::agency, erasures::erased_at))
        .load(c))?;
    let corrupt = || StorageError::Corrupt("erasures");
    let erasure = |(case, person, reason, agency, at): Row| {
        Ok(Erasure {
            case: Uuid::from_slice(&case).map_err(|_| corrupt())?,
            person: person.map(|id| Uuid::from_slice(&id)).transpose().map_err(|_| corrupt())?,
            reason,
            agency,
            at: super::journal::instant(at),
        })
    };
    rows.into_iter().map(erasure).collect()
}
