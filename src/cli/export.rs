//! `sus export`: the files of an export, their names, and that they come to be all at once or not at all.
//!
//! Everything is written in `FOLDER.part`, which takes the name `FOLDER` when it is whole. Never here: what is exported.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::{ExportArgs, Failure, chance, reading_service, report};
use crate::chance::Chance;
use crate::clock::Stopwatch;
use crate::config::Config;
use crate::reports::export::schema::TableId;
use crate::reports::export::{CaseNumbers, Export, Progress, Sink};
use crate::reports::follow::Counted;
use crate::storage::access::{Entry, Kind, Scope};
use crate::storage::cases;

/// What says that a folder holds an export.
const SCHEMA: &str = "schema.json";
/// Held while an export is written, so that no other clears its files away.
const LOCK: &str = "lock";

pub fn export(config: &Config, args: &ExportArgs) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let as_of = args.as_of.as_deref().and_then(|text| report::instant(text, &mut wrong));
    if let Some(wrong) = wrong.pop() {
        return Err(wrong.into());
    }
    may_be_written(&args.folder, args.replace)?;
    let service = reading_service(config)?;
    let mut secret = zeroize::Zeroizing::new([0; 32]);
    chance()?.fill(&mut *secret);
    let counted = Counted { as_of, counted_to: args.counted_to, at_least: None };
    let numbers = |_, _| CaseNumbers::new(&secret);
    let export = Export::begin(&service.db, &service.registers, counted, &*service.clock, numbers)?;
    let scope = Scope::of_program("command line", "export", service.clock.now().timestamp_micros());
    let all = cases::count(&mut service.db.read()?.link())?;
    let logged = service.log_and_wait(vec![Entry::of(&scope, Kind::Export, &[]).counting(all)]);
    logged.map_err(|refusal| format!("the export can't be written in the access log: {refusal:?}"))?;
    let part = Part::new(&args.folder)?;
    let watch = Stopwatch::start();
    let tables: Result<Vec<(TableId, Sink)>, Failure> =
        TableId::ALL.into_iter().map(|table| Ok((table, part.file(&table.file())? as Sink))).collect();
    let bar = progress_bar();
    let rows = export.write(&service.db, tables?, &mut |progress: Progress| {
        bar.set_length(progress.of.max(progress.cases) as u64);
        bar.set_position(progress.cases as u64);
    })?;
    bar.finish_and_clear();
    let mut schema = part.file(SCHEMA)?;
    writeln!(schema, "{:#}", export.described(&rows))?;
    schema.flush()?;
    let bytes = part.settle(&args.folder)?;
    let all: u64 = rows.iter().map(|(_, rows)| rows).sum();
    let seconds = watch.elapsed().as_secs_f64();
    for (table, rows) in &rows {
        println!("{:<20} {rows:>12} rows", table.file());
    }
    println!(
        "{}: {bytes} bytes, {:.0} rows/s, counted to position {}.",
        args.folder.display(),
        all as f64 / seconds.max(0.001),
        export.counted_to
    );
    Ok(())
}

/// A folder that isn't there, is empty, or holds an export and nothing else and may be replaced.
fn may_be_written(folder: &Path, replace: bool) -> Result<(), Failure> {
    let shown = folder.display();
    if folder.file_name().is_none() {
        return Err(format!("{shown}: a folder with a name of its own is wanted, such as follow-up").into());
    }
    let mut names = Vec::new();
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                names.push(entry?.file_name());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("{shown}: {error}").into()),
    }
    let own = |name: &OsString| files().any(|own| name.as_os_str() == own.as_str());
    if let Some(other) = names.iter().find(|name| !own(name)) {
        let other = other.display();
        return Err(format!("{shown} holds {other}, which is not of an export; name a folder that isn't there").into());
    }
    if !names.is_empty() && !replace {
        return Err(format!("{shown} holds an export already; --replace puts the new one in its place").into());
    }
    Ok(())
}

/// What the files of an export are called.
fn files() -> impl Iterator<Item = String> {
    TableId::ALL.into_iter().map(TableId::file).chain([SCHEMA.to_owned()])
}

fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    match ProgressStyle::with_template("{wide_bar} {pos}/{len} cases {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The folder in which an export comes to be. It goes away with what is in it unless it settles.
struct Part {
    folder: PathBuf,
    // Held while it is open; the system lets go of it however the process ends.
    lock: File,
    settled: bool,
}

/// A path beside another, with more at the end of its name.
fn beside(folder: &Path, more: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(more);
    folder.with_file_name(name)
}

fn told(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| format!("{}: {error}", path.display()).into()
}

impl Part {
    fn new(wanted: &Path) -> Result<Self, Failure> {
        let folder = beside(wanted, ".part");
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(told(&folder)(error)),
            _ => {}
        }
        let lock = private(&folder.join(LOCK)).map_err(told(&folder))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!("an export to {} is under way already", wanted.display()).into());
            }
            Err(TryLockError::Error(error)) => return Err(told(&folder)(error)),
        }
        // What a run that was broken off has left. Nothing but files of an export is taken away.
        for name in files() {
            match fs::remove_file(folder.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(told(&folder)(error)),
                _ => {}
            }
        }
        let mut left = fs::read_dir(&folder).map_err(told(&folder))?.flatten().map(|entry| entry.file_name());
        if let Some(other) = left.find(|name| name != LOCK) {
            let (shown, other) = (folder.display(), other.display());
            return Err(format!("{shown} holds {other}, which is not of an export; take it away first").into());
        }
        Ok(Self { folder, lock, settled: false })
    }

    fn file(&self, name: &str) -> Result<Box<BufWriter<File>>, Failure> {
        let path = self.folder.join(name);
        let file = private(&path).map_err(told(&path))?;
        Ok(Box::new(BufWriter::with_capacity(1 << 18, file)))
    }

    /// Gives the folder its name, in the place of what is there, and tells how many bytes it holds.
    fn settle(mut self, wanted: &Path) -> Result<u64, Failure> {
        let mut bytes = 0;
        for entry in fs::read_dir(&self.folder).map_err(told(&self.folder))? {
            let path = entry?.path();
            let file = File::open(&path).map_err(told(&path))?;
            file.sync_all().map_err(told(&path))?;
            bytes += file.metadata()?.len();
        }
        fs::remove_file(self.folder.join(LOCK)).map_err(told(&self.folder))?;
        let old = beside(wanted, ".replaced");
        let replaced = wanted.exists();
        if replaced {
            // Left by a run that was broken off between the two renamings.
            if old.exists() {
                may_be_written(&old, true)?;
                fs::remove_dir_all(&old).map_err(told(&old))?;
            }
            fs::rename(wanted, &old).map_err(told(wanted))?;
        }
        if let Err(error) = fs::rename(&self.folder, wanted) {
            if replaced {
                // What was there before is better than nothing.
                let _ = fs::rename(&old, wanted);
            }
            return Err(told(wanted)(error));
        }
        self.settled = true;
        if replaced {
            fs::remove_dir_all(&old).map_err(told(&old))?;
        }
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.settled {
            // Best effort: the next run clears away what is left.
            let _ = fs::remove_dir_all(&self.folder);
        }
        let _ = self.lock.unlock();
    }
}

/// A file that only its owner can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
