//! `sus access` and `sus verify-audit`: who has read what, and the proof that the log of it is whole.
//!
//! Never here: what is told or found ([`accesses`](crate::registrations::accesses),
//! [`verify`](crate::storage::access::verify)).

use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use zeroize::Zeroizing;

use super::{Failure, reading_service, texts};
use crate::clock::Stopwatch;
use crate::config::Config;
use crate::domain::code::{CaseId, OfficeCode};
use crate::domain::dates::earlier;
use crate::registrations::accesses::{self, Access, span};
use crate::registrations::spot_checks::{self, Question, spots};
use crate::registrations::{Service, wire};
use crate::storage::access::verify::{Kept, Verified, verify};
use crate::storage::access::{Entry, Kind, Scope};

#[derive(Subcommand)]
pub enum AccessCommand {
    /// Who has read about a person or searched for the person; the personnummer is read from standard input
    #[command(after_help = texts::ACCESS)]
    Person(Days),
    /// Who has read a case
    #[command(after_help = texts::ACCESS)]
    Case {
        /// The case's id
        id: String,
        #[command(flatten)]
        days: Days,
    },
    /// What handläggare with assignments at an office have read, without identity: a spot check
    #[command(after_help = texts::ACCESS)]
    Office(OfficeArgs),
}

#[derive(Args)]
pub struct Days {
    /// First day
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Last day
    #[arg(long)]
    to: Option<NaiveDate>,
}

#[derive(Args)]
pub struct OfficeArgs {
    /// The office's code
    office: String,
    #[command(flatten)]
    days: Days,
    /// Draw so many rows by lot
    #[arg(long)]
    sample: Option<usize>,
    /// What the draw follows from: the same question and seed draw the same rows
    #[arg(long)]
    seed: Option<String>,
    /// Only rows with a flag
    #[arg(long)]
    flagged: bool,
}

#[derive(Args)]
pub struct VerifyArgs {
    /// A head that was kept elsewhere and must still be there: CHAIN:SEQUENCE:HASH; may be given several times
    #[arg(long)]
    head: Vec<String>,
    /// Say what was checked and found as JSON
    #[arg(long)]
    json: bool,
}

/// The newest rows of so many chains are named, of the youngest.
const HEADS: usize = 10;

/// Everything of a small answer at once; beyond that the API has pages.
const ROWS: usize = 100_000;

pub fn access(config: &Config, command: &AccessCommand) -> Result<(), Failure> {
    let service = reading_service(config)?;
    let scope = Scope::of_program("command line", "access", service.clock.now().timestamp_micros());
    match command {
        AccessCommand::Person(days) => person(&service, &scope, days),
        AccessCommand::Case { id, days } => case(&service, &scope, id, days),
        AccessCommand::Office(args) => office(&service, &scope, args),
    }
}

/// What was asked for is in the log before it is shown.
fn log(service: &Service, entry: Entry) -> Result<(), Failure> {
    let logged = service.log_and_wait(vec![entry]);
    logged.map_err(|refusal| format!("it can't be written in the access log, so it is not shown: {refusal:?}").into())
}

fn person(service: &Service, scope: &Scope, days: &Days) -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        eprintln!("The personnummer, then Enter:");
    }
    // Not an argument: those stand in the list of processes and in the shell's history.
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line)?;
    let mut findings = crate::domain::finding::Findings::default();
    let number = wire::identity_number(line.trim(), "", service.reading(), &mut findings);
    let number = number.ok_or("standard input holds no personnummer or samordningsnummer")?;
    let mut reader = service.db.read()?;
    let mut link = reader.link();
    let (rows, hashes) = accesses::of_person(&mut link, &service.vault, &number)?;
    let cases: Vec<CaseId> = rows.iter().map(crate::storage::cases::CaseRow::case_id).collect();
    let found = accesses::accesses(&mut link, &cases, &hashes, &span(days.from, days.to))?;
    drop(reader);
    log(service, Entry::of(scope, Kind::Extract, &cases).asked(hashes.into_iter().next()))?;
    show(&found);
    Ok(())
}

fn case(service: &Service, scope: &Scope, id: &str, days: &Days) -> Result<(), Failure> {
    let id = wire::case_id(id).ok_or("a case's id is a UUID")?;
    let found = accesses::accesses(&mut service.db.read()?.link(), &[id], &[], &span(days.from, days.to))?;
    log(service, Entry::of(scope, Kind::Extract, &[id]))?;
    show(&found);
    Ok(())
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn show(found: &[Access]) {
    for access in found {
        let who = access.handler.as_deref().unwrap_or("-");
        let what = match (access.every_case, access.asked_for_person) {
            (true, _) => "every case, without identity".to_owned(),
            (_, true) if access.cases.is_empty() => "searched for the person".to_owned(),
            _ => access.cases.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        };
        let agency = access.agency.as_deref().unwrap_or("-");
        println!(
            "{}  {agency:<2}  {:<20} {who:<16} {:<10} {:<26} {what}",
            written(access.at),
            access.client,
            access.kind,
            access.action
        );
    }
    println!("{} accesses.", found.len());
}

fn office(service: &Service, scope: &Scope, args: &OfficeArgs) -> Result<(), Failure> {
    let office = OfficeCode::parse(&args.office).map_err(|e| format!("the office: {}", e.expected.en()))?;
    let to = args.days.to.unwrap_or_else(|| service.today());
    let from = args.days.from.unwrap_or_else(|| earlier(to, 30));
    let question = Question {
        from,
        to,
        office: None,
        handler: None,
        flagged: args.flagged,
        sample: args.sample,
        seed: args.seed.clone().unwrap_or_else(|| format!("{from} {to}")),
    };
    let (_, organisation) = service.organisation()?;
    if !organisation.offices.contains_key(&office) {
        return Err(format!("no office has the code {office}").into());
    }
    let handlers = spot_checks::at_offices(&organisation, &[&office].into(), &question);
    let (found, total, of) = spots(&mut service.db.read()?.link(), &handlers, &question, 0, ROWS)?;
    let counted = i64::try_from(found.len()).unwrap_or(i64::MAX);
    log(service, Entry::of(scope, Kind::SpotCheck, &[]).counting(counted))?;
    for spot in &found {
        let cases = spot.cases.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let flags = spot.flags.iter().map(|flag| flag.code()).collect::<Vec<_>>().join(",");
        println!(
            "{}  {:<16} {:<10} {:<26} {:>4} {flags:<28} {cases}",
            written(spot.at),
            spot.handler,
            spot.kind,
            spot.action,
            spot.counted
        );
    }
    println!("{total} rows of {of}, by {} handläggare.", handlers.len());
    Ok(())
}

pub fn verify_audit(config: &Config, args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let kept = args.head.iter().map(|head| kept(head)).collect::<Result<Vec<Kept>, Failure>>()?;
    let service = reading_service(config)?;
    let bar = progress_bar();
    let watch = Stopwatch::start();
    let verified = verify(&mut service.db.read()?.link(), &service.vault, &kept, &mut |done, of| {
        bar.set_length(u64::try_from(of).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    })?;
    bar.finish_and_clear();
    if args.json {
        println!("{:#}", as_json(&verified));
    } else {
        tell(&verified, watch.elapsed().as_secs_f64());
    }
    Ok(if verified.found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn kept(text: &str) -> Result<Kept, Failure> {
    let parts: Vec<&str> = text.split(':').collect();
    let number = |text: &str| text.parse::<i64>().ok();
    match parts[..] {
        [chain, sequence, hash] if hash.len() >= 8 => number(chain)
            .zip(number(sequence))
            .map(|(chain, sequence)| Kept { chain, sequence, hash: hash.to_ascii_lowercase() }),
        _ => None,
    }
    .ok_or_else(|| format!("{text} is no head; one looks like 1:4711:9f86d081884c7d65").into())
}

fn instant(micros: Option<i64>) -> String {
    micros.and_then(DateTime::from_timestamp_micros).map_or_else(|| "-".to_owned(), written)
}

fn tell(verified: &Verified, seconds: f64) {
    for finding in &verified.findings {
        println!("{finding}");
    }
    if verified.found > verified.findings.len() {
        println!("and {} more", verified.found - verified.findings.len());
    }
    println!(
        "{} rows in {} chains, {} to {}; {} signatures of heads; {} queries forgotten; {} rows from before there were chains; {:.0} rows/s.",
        verified.rows,
        verified.chains,
        instant(verified.from),
        instant(verified.to),
        verified.signatures,
        verified.forgotten,
        verified.unchained,
        verified.rows as f64 / seconds.max(0.001)
    );
    let older = verified.heads.len().saturating_sub(HEADS);
    if older > 0 {
        println!("the newest rows of {older} older chains: --json");
    }
    for (chain, sequence, hash) in verified.heads.iter().skip(older) {
        println!("head {chain}:{sequence}:{}", hash.get(..32).unwrap_or(hash));
    }
    if verified.found == 0 {
        println!("All is as it was written.");
    } else {
        println!("{} findings: the access log is not as it was written.", verified.found);
    }
}

fn as_json(verified: &Verified) -> serde_json::Value {
    json!({
        "rows": verified.rows, "chains": verified.chains, "from": instant(verified.from), "to": instant(verified.to),
        "signatures": verified.signatures, "forgotten": verified.forgotten, "unchained": verified.unchained,
        "heads": verified.heads.iter().map(|(chain, sequence, hash)| format!("{chain}:{sequence}:{hash}")).collect::<Vec<_>>(),
        "found": verified.found,
        "findings": verified.findings.iter().map(|f| json!({
            "code": f.fault.code(), "chain": f.chain, "row": f.sequence, "text": f.text,
        })).collect::<Vec<_>>(),
    })
}

fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    match ProgressStyle::with_template("{wide_bar} {pos}/{len} rows {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
