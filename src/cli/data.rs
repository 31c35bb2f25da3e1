//! `sus organisation`, `sus import`, `sus generate` and `sus migrate`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::{Failure, GenerateArgs, ImportArgs, chance, reading_service, service};
use crate::app::reports_at;
use crate::clock::{Clock, Stopwatch, SystemClock};
use crate::config::Config;
use crate::demo::{national, pilot, targets};
use crate::domain::code::ClientId;
use crate::domain::person::contains_identity_number_ever;
use crate::organisation::to_json;
use crate::registrations::Service;
use crate::registrations::import::{Summary, import as import_lines};
use crate::registrations::registers::ImportError;
use crate::registrations::service::Taken;
use crate::registrations::successors::Moves;
use crate::reports::saved::keeper as columns;
use crate::storage::{Db, changes};

pub fn migrate(config: &Config) -> Result<(), Failure> {
    let db = Db::open(config.database_url.expose(), 1)?;
    let head = changes::head(&mut db.read()?.link())?;
    println!("The schema ({}) is up to date; the log stands at position {head}.", db.backend());
    Ok(())
}

pub fn import_organisation(config: &Config, file: &Path) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{} can't be read: {e}", file.display()))?;
    let value: Value = serde_json::from_str(&text).map_err(|e| format!("{} is no JSON: {e}", file.display()))?;
    load_organisation(&*service(config)?, &value)
}

/// Loads a file and says what changed, or all that is wrong.
pub fn load_organisation(service: &Service, value: &Value) -> Result<(), Failure> {
    match service.import_organisation(value) {
        Ok(Taken { changes, position, moves }) => {
            let kinds = [
                ("areas", changes.areas),
                ("offices", changes.offices),
                ("steering groups", changes.steering_groups),
                ("handläggare", changes.handlers),
                ("local agreements", changes.local_agreements),
                ("definitions of insatser", changes.insats_definitions),
            ];
            for (kind, counts) in kinds {
                println!(
                    "{kind:<24} {:>6} added {:>6} changed {:>6} unchanged",
                    counts.added, counts.changed, counts.unchanged
                );
            }
            println!("The registers stand at position {position}.");
            say_moves(moves.as_ref());
            Ok(())
        }
        Err(ImportError::Storage(error)) => Err(error.into()),
        Err(ImportError::Findings(findings)) => {
            for finding in &findings {
                eprintln!("{:<40} {}: {}", finding.pointer, finding.code, finding.en);
            }
            Err(format!("{} findings; nothing was loaded", findings.len()).into())
        }
    }
}

/// What became of the open cases of offices that have closed.
fn say_moves(moves: Option<&Moves>) {
    let Some(moves) = moves else {
        println!("Open cases of closed offices could not be moved now; the next start of the service tries again.");
        return;
    };
    if moves.moved > 0 {
        println!("Open cases moved from closed offices to their successors: {}.", moves.moved);
    }
    if moves.kept > 0 {
        println!("Open cases that rules keep at closed offices: {}.", moves.kept);
    }
    for kept in &moves.named {
        for finding in kept.findings.0.iter().filter(|finding| finding.is_error()) {
            println!("  {} at {}: {} {}", kept.case, kept.office, finding.rule.code(), finding.en());
        }
    }
    if moves.kept > moves.named.len() {
        println!("  and {} more", moves.kept - moves.named.len());
    }
}

pub fn export_organisation(config: &Config) -> Result<(), Failure> {
    let (_, organisation) = reading_service(config)?.organisation()?;
    println!("{}", serde_json::to_string_pretty(&to_json(&organisation))?);
    Ok(())
}

/// The import went to its end, but some lines were refused: neither done nor failed.
const SOME_REFUSED: u8 = 3;

pub fn import(config: &Config, args: &ImportArgs) -> Result<ExitCode, Failure> {
    let client = ClientId::parse(&args.client).map_err(|e| format!("the client: {}", e.expected.en()))?;
    if contains_identity_number_ever(client.as_str()) {
        return Err("the client: somebody's number is kept nowhere but with the person".into());
    }
    let standard_input = args.file == Path::new("-");
    let refused_file = args.refused.clone().unwrap_or_else(|| {
        let name = if standard_input { "stdin".into() } else { args.file.as_os_str().to_owned() };
        let mut name = name;
        name.push(".refused.ndjson");
        name.into()
    });
    if !standard_input && is_same_file(&args.file, &refused_file) {
        return Err("--refused names the file that is imported; it would be written over".into());
    }
    let service = service(config)?;
    let mut refused = Lazy { path: refused_file.clone(), file: None };
    let watch = Stopwatch::start();
    let summary = if standard_input {
        run(&service, &client, BufReader::new(io::stdin()), None, &mut refused)?
    } else {
        let file = File::open(&args.file).map_err(|e| format!("{} can't be read: {e}", args.file.display()))?;
        let bytes = file.metadata()?.len();
        run(&service, &client, BufReader::with_capacity(1 << 20, file), Some(bytes), &mut refused)?
    };
    service.stop();
    say(&summary, watch.elapsed().as_secs_f64());
    save_columns(config, &service, summary.registered)?;
    if summary.refused > 0 {
        println!("The refused lines stand with their findings in {}.", refused_file.display());
        return Ok(ExitCode::from(SOME_REFUSED));
    }
    forget_refused(&refused_file).map_err(|e| format!("{} can't be removed: {e}", refused_file.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// From so many registrations on, the columns that reports count are saved at the end.
const SAVED_FROM: usize = 10_000;

/// Saves the columns that reports count after so many registrations, so that whoever starts next need not read all from
/// the journals. What was registered stands without them, too, so a failure is only told.
pub fn save_columns(config: &Config, service: &Arc<Service>, registered: usize) -> Result<(), Failure> {
    let Some(file) = config.columns_file().filter(|_| registered >= SAVED_FROM) else { return Ok(()) };
    let watch = Stopwatch::start();
    let parts = columns::Parts {
        reports: Arc::new(reports_at(service, Some(file))),
        db: service.db.clone(),
        clock: Arc::new(SystemClock),
        chance: Box::new(chance()?),
        fewest: columns::FEWEST,
    };
    if parts.save_now() {
        println!("What reports count is saved for the next start ({:.1} s).", watch.elapsed().as_secs_f64());
    }
    Ok(())
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// Takes away the refused lines of an earlier run, which have all gone in by now or aren't in the file any more. Nothing
/// but such a file is removed, whatever `--refused` names.
fn forget_refused(path: &Path) -> io::Result<()> {
    if !std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return Ok(());
    }
    let mut first = String::new();
    let read = BufReader::new(File::open(path)?).read_line(&mut first);
    let line: Value = serde_json::from_str(&first).unwrap_or_default();
    let refused = read.is_ok() && line["line"].is_u64() && line["findings"].is_array();
    if refused { std::fs::remove_file(path) } else { Ok(()) }
}

fn say(summary: &Summary, seconds: f64) {
    let rate = summary.lines as f64 / seconds.max(0.001);
    print!(
        "{} lines: {} registered, {} in already, {} refused; {rate:.0} lines/s.",
        summary.lines, summary.registered, summary.repeated, summary.refused
    );
    // Where nothing is in, there is no position that includes it.
    println!("{}", if summary.position > 0 { format!(" Position {}.", summary.position) } else { String::new() });
}

fn run(
    service: &Arc<Service>,
    client: &ClientId,
    lines: impl io::BufRead + Send + 'static,
    bytes: Option<u64>,
    refused: &mut dyn Write,
) -> Result<Summary, Failure> {
    let bar = progress_bar(bytes);
    let summary = import_lines(service, client, lines, refused, &mut |read, so_far| {
        bar.set_position(read);
        bar.set_message(format!("{} registered, {} refused", so_far.registered, so_far.refused));
    })
    .map_err(|e| format!("{e}; what was registered before stays, and the import can be started anew"))?;
    bar.finish_and_clear();
    Ok(summary)
}

fn progress_bar(bytes: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta} {msg}");
    if let (Ok(style), Some(_)) = (style, bytes) { bar.with_style(style) } else { bar }
}

/// A file that is made when something is written to it. Only its owner can read it: refused lines hold identity.
struct Lazy {
    path: std::path::PathBuf,
    file: Option<BufWriter<File>>,
}

impl Write for Lazy {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.is_none() {
            let mut options = File::options();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            self.file = Some(BufWriter::new(options.open(&self.path)?));
        }
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// The last day of a made history: what is registered later today lies in the future, and is refused.
pub fn yesterday() -> NaiveDate {
    let today = SystemClock.today();
    today.pred_opt().unwrap_or(today)
}

pub fn generate(args: &GenerateArgs) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let history = national::National { seed: args.seed, cases: args.cases.into(), until: yesterday() };
    let result = if args.targets {
        write!(out, "{}", targets::table(&targets::compare(history.lines(), history.factor())))
    } else if args.organisation {
        let whole = if args.what == "pilot" { pilot::organisation() } else { national::organisation() };
        writeln!(out, "{whole:#}")
    } else if args.what == "pilot" {
        pilot::registrations().iter().try_for_each(|line| writeln!(out, "{line}"))
    } else {
        history.lines().try_for_each(|line| writeln!(out, "{line}"))
    };
    match result.and_then(|()| out.flush()) {
        // Whoever reads only the first lines of a long history closes the pipe; that is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
