//! Columns kept in a file between two runs, so that a start reads what changed and not every journal.
//!
//! The file holds what reports count: nobody's number, but places and days of every case. So it is sealed under a key of its
//! own, which stands in the database, sealed by the master key, and which the database takes away together with anything
//! that is taken away of a case ([`saved_columns`]). A file without its key – of another database, of one that was put
//! back, from before an erasure – is not read, and neither is one that another version of the program made, or other keys
//! or lead times: then the columns are made anew from the journals, as they are without any file.
//!
//! **Lives here:** when a file is good, and writing it whole or not at all; its bytes are in `form`. **Never here:** when
//! it is written ([`keeper`]).

mod form;
pub mod keeper;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use crate::chance::Chance;
use crate::domain::transition::Settings;
use crate::storage::saved_columns::{self, SavedColumns};
use crate::storage::vault::{Vault, decrypt, encrypt};
use crate::storage::{Db, Link, StorageError};

use super::disclosure::RecordKeys;
use super::facts::Facts;
use super::follow::Reports;

/// How many bytes the id of a file has, with which it begins.
const ID_BYTES: usize = 16;
/// Keys of files that were not saved anew for so long are forgotten: their process is gone.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(90);

/// Where columns are kept.
pub struct Shelf {
    path: PathBuf,
    vault: Arc<Vault>,
    /// The file that this process read or wrote last: its id, and up to where it counts.
    last: Mutex<Option<(Vec<u8>, i64)>>,
}

/// Why columns were not saved, or not read.
#[derive(Debug)]
pub enum NotSaved {
    /// The file could not be written or read.
    File(io::Error),
    /// The database failed.
    Storage(StorageError),
    /// The columns could not be written or read.
    Columns(polars::prelude::PolarsError),
    /// Something was taken away of a case meanwhile, which the file still held.
    Overtaken,
    /// There is no file.
    NoFile,
    /// Its key is gone.
    NoKey,
    /// It is not as it was written.
    Altered,
    /// Another version of the program made it, or other keys or lead times.
    Other,
}

impl std::fmt::Display for NotSaved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Storage(error) => error.fmt(f),
            Self::Columns(error) => error.fmt(f),
            Self::Overtaken => f.write_str("something was taken away of a case meanwhile"),
            Self::NoFile => f.write_str("there is no file"),
            Self::NoKey => f.write_str("its key is gone, as after anything was taken away of a case"),
            Self::Altered => f.write_str("it is not as it was written"),
            Self::Other => f.write_str("another version, other keys or other lead times made it"),
        }
    }
}

impl std::error::Error for NotSaved {}

impl From<io::Error> for NotSaved {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<StorageError> for NotSaved {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<polars::prelude::PolarsError> for NotSaved {
    fn from(error: polars::prelude::PolarsError) -> Self {
        Self::Columns(error)
    }
}

impl Shelf {
    /// A place for one file.
    #[must_use]
    pub fn new(path: PathBuf, vault: Arc<Vault>) -> Self {
        Self { path, vault, last: Mutex::default() }
    }

    /// Whether there is a file, which may be good or not.
    #[must_use]
    pub fn has_file(&self) -> bool {
        self.path.exists()
    }

    /// Whether the columns stand in the file as they are, and can be read.
    ///
    /// # Errors
    /// When the database fails.
    pub fn holds(&self, link: &mut Link<'_>, counted_to: i64) -> Result<bool, StorageError> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some((id, _)) = last.filter(|(_, position)| *position == counted_to) else { return Ok(false) };
        Ok(saved_columns::find(link, &id)?.is_some())
    }

    /// Writes columns in place of what is there.
    ///
    /// # Errors
    /// When the file can't be written or the database fails; then columns are made from the journals at the next start.
    pub fn write(&self, db: &Db, facts: &Facts, chance: &mut dyn Chance, now: DateTime<Utc>) -> Result<(), NotSaved> {
        let whole = if facts.changed.count == 0 { None } else { Some(facts.compacted()?) };
        let beside = self.path.with_extension("new");
        let row = match self.write_to(&beside, whole.as_ref().unwrap_or(facts), chance, now) {
            Ok(row) => row,
            Err(error) => {
                // What is half written is of no use, and takes room that may be what was lacking.
                let _ = fs::remove_file(&beside);
                return Err(error);
            }
        };
        // The key comes last: without it the file is nothing, and there is none without a file.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last.take().map(|(id, _)| id);
        let oldest = (now - FORGOTTEN_AFTER).timestamp_micros();
        let mut connection = db.connect()?;
        if !connection.link().written(|link| saved_columns::keep(link, &row, before.as_deref(), oldest))? {
            fs::remove_file(&self.path)?;
            return Err(NotSaved::Overtaken);
        }
        *last = Some((row.id, row.position));
        Ok(())
    }

    /// Writes the file by way of another one; says what its key is kept as.
    fn write_to(
        &self,
        beside: &Path,
        facts: &Facts,
        chance: &mut dyn Chance,
        now: DateTime<Utc>,
    ) -> Result<SavedColumns, NotSaved> {
        let (mut id, mut key) = (vec![0; ID_BYTES], Zeroizing::new([0; 32]));
        chance.fill(&mut id);
        chance.fill(&mut *key);
        let mut file = private(beside)?;
        file.write_all(&id)?;
        for (place, piece) in form::write(facts)?.into_iter().enumerate() {
            let sealed = encrypt(&key, &name(&id, place), &piece, chance)?;
            file.write_all(&(sealed.len() as u64).to_le_bytes())?;
            file.write_all(&sealed)?;
        }
        file.sync_all()?;
        fs::rename(beside, &self.path)?;
        Ok(SavedColumns {
            master_key: self.vault.key_id().to_owned(),
            sealed_key: self.vault.wrap(&id, &*key, chance)?,
            position: facts.counted_to.0,
            saved_at: now.timestamp_micros(),
            id,
        })
    }

    /// The columns of the file.
    ///
    /// # Errors
    /// Why they can't be read, or are not to be.
    pub fn read(
        &self,
        link: &mut Link<'_>,
        keys: &Arc<RecordKeys>,
        settings: &Arc<Settings>,
    ) -> Result<Facts, NotSaved> {
        let mut file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(NotSaved::NoFile),
            other => other?,
        };
        let mut id = vec![0; ID_BYTES];
        file.read_exact(&mut id).map_err(|_| NotSaved::Altered)?;
        let row = saved_columns::find(link, &id)?.ok_or(NotSaved::NoKey)?;
        let key = self.vault.unwrap_key(&id, &row.master_key, &row.sealed_key)?;
        let mut pieces = Vec::new();
        while let Some(sealed) = piece(&mut file)? {
            let opened = decrypt(&*key, &name(&id, pieces.len()), &sealed);
            pieces.push(opened.map_err(|_| NotSaved::Altered)?);
        }
        let facts = form::read(pieces, keys, settings)?.ok_or(NotSaved::Other)?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, facts.counted_to.0));
        Ok(facts)
    }
}

impl Reports {
    /// The same columns, kept in a file between two runs.
    #[must_use]
    pub fn on_shelf(mut self, shelf: Shelf) -> Self {
        self.shelf = Some(shelf);
        self
    }

    /// Saves the columns as they are, if there are as many cases; says up to which position. `None` where there is nothing
    /// to save, or it is saved already.
    ///
    /// # Errors
    /// When the file can't be written or the database fails.
    pub fn save(
        &self,
        db: &Db,
        fewest: usize,
        chance: &mut dyn Chance,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, NotSaved> {
        let Some((shelf, facts)) = self.shelf.as_ref().zip(self.newest().filter(|f| f.cases() >= fewest)) else {
            return Ok(None);
        };
        let counted_to = facts.counted_to().0;
        if shelf.holds(&mut db.read()?.link(), counted_to)? {
            return Ok(None);
        }
        shelf.write(db, &facts, chance, now)?;
        Ok(Some(counted_to))
    }

    /// The columns as they were saved, where they were and still are to be read.
    pub(super) fn saved(&self, link: &mut Link<'_>) -> Option<Arc<Facts>> {
        match self.shelf.as_ref()?.read(link, &self.keys, &self.settings) {
            Ok(facts) => {
                log::info!("reports: {} cases were read as saved, up to {}", facts.cases(), facts.counted_to().0);
                Some(Arc::new(facts))
            }
            Err(NotSaved::NoFile) => None,
            Err(why) => {
                log::info!("reports: the saved columns are not used: {why}");
                None
            }
        }
    }
}

/// What a piece is sealed for: its file, and its place in it.
fn name(id: &[u8], place: usize) -> Vec<u8> {
    [id, format!(" columns {place}").as_bytes()].concat()
}

/// The next piece of a file, sealed; `None` at its end.
fn piece(file: &mut File) -> Result<Option<Vec<u8>>, NotSaved> {
    let mut length = [0; 8];
    match file.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u64::from_le_bytes(length);
    // Not more than there is: what stands there may be anything.
    let mut sealed = Vec::new();
    file.take(length).read_to_end(&mut sealed)?;
    if sealed.len() as u64 != length {
        return Err(NotSaved::Altered);
    }
    Ok(Some(sealed))
}

/// A new file, its owner's only. With another database nothing else may have made its folder.
fn private(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
