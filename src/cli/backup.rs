//! `sus backup` and `sus restore`: which files, and that each comes to be whole or not at all.

use std::fs::{self, DirBuilder, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{BackupArgs, Failure, RestoreArgs, reading_service};
use crate::config::Config;
use crate::registrations::Service;
use crate::storage::Db;
use crate::storage::backup::{self, KEY_TABLES, PutBack};
use crate::storage::erasures::Journal;

/// What the copy of an embedded database is called in its folder.
const COPY: &str = "sus.db";

pub fn backup(config: &Config, args: &BackupArgs) -> Result<(), Failure> {
    let service = reading_service(config)?;
    let keys = keys_file(args.folder.as_deref(), args.keys.as_deref())?;
    let made = service.clock.now().to_rfc3339();
    let part = beside(&keys, "part");
    make_folder(keys.parent())?;
    let mut out = BufWriter::new(private(&part)?);
    let persons = match &args.folder {
        None => backup::write_keys(&mut service.db.read()?.link(), &mut out, &made)?,
        Some(folder) => copy(&service, folder, &mut out, &made)?,
    };
    out.flush()?;
    out.get_ref().sync_all()?;
    // The former file is gone with this: only the newest keys are kept.
    fs::rename(&part, &keys).map_err(|e| format!("{} can't be written: {e}", keys.display()))?;
    println!("{}: the keys of {persons} persons. Keep only this newest file, apart from the backups.", keys.display());
    if let Some(journal) = config.erasure_journal().filter(|journal| journal.exists()) {
        let to = beside(&keys, "erasures");
        let part = beside(&keys, "erasures.part");
        private(&part)?.write_all(&fs::read(&journal)?)?;
        File::open(&part)?.sync_all()?;
        fs::rename(&part, &to)?;
        println!("{}: the journal of erasures as it is now.", to.display());
    }
    Ok(())
}

fn copy(service: &Service, folder: &Path, keys: &mut dyn Write, made: &str) -> Result<u64, Failure> {
    if service.db.backend() != "sqlite" {
        let tables: Vec<String> = KEY_TABLES.iter().map(|table| format!("--exclude-table-data={table}")).collect();
        return Err(format!(
            "PostgreSQL makes the copy itself: pg_dump -Fc {} …, and after it `sus backup --keys-only --keys FILE`",
            tables.join(" ")
        )
        .into());
    }
    make_folder(Some(folder))?;
    let (whole, part) = (folder.join(COPY), folder.join(format!("{COPY}.part")));
    if whole.exists() {
        return Err(format!("{} holds a backup already; name another folder", folder.display()).into());
    }
    drop(private(&part)?);
    let persons = backup::copy(&service.db, &part, keys, made).inspect_err(|_| {
        // Half a copy may hold keys; it is not to stay.
        let _ = fs::remove_file(&part);
    })?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, &whole)?;
    println!("{}: everything but the keys of persons.", whole.display());
    Ok(persons.unwrap_or(0))
}

/// A folder that only its owner can look into, unless it is there already.
fn make_folder(folder: Option<&Path>) -> Result<(), Failure> {
    let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| format!("{}: {e}", folder.display()).into())
}

/// As named, else `person-keys` beside the folder: the same file for all backups made beside each other.
fn keys_file(folder: Option<&Path>, named: Option<&Path>) -> Result<PathBuf, Failure> {
    match (named, folder) {
        (Some(named), _) => Ok(named.to_owned()),
        (None, Some(folder)) => Ok(folder.parent().unwrap_or_else(|| Path::new("")).join("person-keys")),
        (None, None) => Err("--keys names the file of the person keys".into()),
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// A file that only its owner can read.
fn private(path: &Path) -> Result<File, Failure> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| format!("{} can't be written: {e}", path.display()).into())
}

pub fn restore(config: &Config, args: &RestoreArgs) -> Result<(), Failure> {
    let keys = keys_file(args.folder.as_deref(), args.keys.as_deref())?;
    let file = File::open(&keys).map_err(|e| format!("{} can't be read: {e}", keys.display()))?;
    let url = config.database_url.expose();
    let mut made = None;
    if let Some(folder) = &args.folder {
        let path = url
            .strip_prefix("sqlite://")
            .ok_or("pg_restore puts the copy back; after it `sus restore --keys FILE` puts the keys beside it")?;
        made = Some(put_copy(folder, Path::new(path))?);
    }
    let done = put_keys(config, file, &keys);
    if let (Err(_), Some(made)) = (&done, &made) {
        // Nothing half restored stays where the service would find it.
        for file in [
            made.clone(),
            PathBuf::from(format!("{}-wal", made.display())),
            PathBuf::from(format!("{}-shm", made.display())),
        ] {
            let _ = fs::remove_file(file);
        }
    }
    done
}

fn put_copy(folder: &Path, to: &Path) -> Result<PathBuf, Failure> {
    if to.exists() {
        return Err(format!("{} is there already; move it away first", to.display()).into());
    }
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let from = folder.join(COPY);
    let mut copy = File::open(&from).map_err(|e| format!("{} can't be read: {e}", from.display()))?;
    let mut out = private(to)?;
    std::io::copy(&mut copy, &mut out)?;
    out.sync_all()?;
    Ok(to.to_owned())
}

fn put_keys(config: &Config, file: File, keys: &Path) -> Result<(), Failure> {
    let db = Db::open(config.database_url.expose(), 1)?;
    let back = backup::put_back(&mut db.connect()?.link(), &mut BufReader::new(file))?;
    drop(db);
    bring_journal(config, keys, &back)?;
    // Opening it makes up for what the journal of erasures says.
    let service = reading_service(config)?;
    let mut reader = service.db.read()?;
    if let Some(path) = config.erasure_journal() {
        let journal = Journal::new(path, std::sync::Arc::clone(&service.vault));
        journal.reaches(&back.erasures)?;
    }
    let without = backup::without_key(&mut reader.link())?;
    if without > 0 {
        return Err(format!(
            "{without} cases stand under an identity whose key is not in {}, and no erasure says why: the file is older \
             than the backup; take the newest",
            keys.display()
        )
        .into());
    }
    println!(
        "The keys of {} persons, as of {}, are beside the backup; {} persons were registered after it.",
        back.persons, back.made, back.unknown
    );
    println!("What the journal of erasures says is taken away again. The service may be started.");
    Ok(())
}

/// Where the journal is gone, its copy beside the keys takes its place.
fn bring_journal(config: &Config, keys: &Path, back: &PutBack) -> Result<(), Failure> {
    let Some(journal) = config.erasure_journal() else { return Ok(()) };
    let copy = beside(keys, "erasures");
    if !journal.exists() && copy.exists() {
        private(&journal)?.write_all(&fs::read(&copy)?)?;
    }
    if !journal.exists() && back.erasures.lines > 0 {
        return Err(format!(
            "the journal of erasures {} is missing; put the newest copy of it there",
            journal.display()
        )
        .into());
    }
    Ok(())
}
