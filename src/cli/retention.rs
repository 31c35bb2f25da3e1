//! `sus retention`, and the rules that `sus serve` runs by schedule.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, RetentionArgs, reading_service};
use crate::background::Background;
use crate::config::Config;
use crate::registrations::Service;
use crate::registrations::retention::{self, Rules};
use crate::storage::cases;
use crate::storage::erasures::Journal;
use crate::storage::journal::instant;
use crate::storage::retention::{first_altered, runs};

pub fn retention(config: &Config, args: &RetentionArgs) -> Result<(), Failure> {
    if args.log {
        return log(&reading_service(config)?);
    }
    let rules = rules(config)?.ok_or("SUS_RETENTION_FILE is not set: there are no rules, and nothing is taken away")?;
    let service = reading_service(config)?;
    let bar = progress_bar(cases::count(&mut service.db.read()?.link())?);
    let told: retention::Told<'_> = &mut |seen| {
        bar.set_position(seen as u64);
        true
    };
    let counts = if args.dry_run {
        retention::dry_run(&service, &rules, told)?
    } else {
        retention::run(&service, &rules, journal(config, &service).as_ref(), told)?
    };
    bar.finish_and_clear();
    for (rule, count) in &counts {
        println!("{rule:<32} {count:>9}");
    }
    let said = if args.dry_run { "would be taken away; nothing was" } else { "taken away" };
    println!("Cases by rule (receipts apart) {said}. Rules {}.", &rules.digest[..16]);
    Ok(())
}

fn log(service: &Service) -> Result<(), Failure> {
    let runs = runs(&mut service.db.read()?.link())?;
    for run in &runs {
        println!("{:>5} {} rules {} {}", run.run, instant(run.at).to_rfc3339(), &run.rules[..16], run.counts);
    }
    match first_altered(&service.vault, &runs) {
        None => {
            println!("{} runs; the chain is whole.", runs.len());
            Ok(())
        }
        Some(run) => Err(format!("run {run} is not as it was written, or one before it is missing").into()),
    }
}

fn journal(config: &Config, service: &Service) -> Option<Journal> {
    config.erasure_journal().map(|path| Journal::new(path, Arc::clone(&service.vault)))
}

fn rules(config: &Config) -> Result<Option<Rules>, Failure> {
    let Some(file) = &config.privacy.retention_file else { return Ok(None) };
    let text = std::fs::read_to_string(file).map_err(|e| format!("{} can't be read: {e}", file.display()))?;
    Ok(Some(Rules::parse(&text).map_err(|wrong| format!("{}: {}", file.display(), wrong.join("; ")))?))
}

/// Starts the schedule of a service, and says what holds; nothing where there are no rules, or no time.
pub fn scheduled(config: &Config, service: &Arc<Service>) -> Result<Option<Background>, Failure> {
    match (rules(config)?, config.privacy.retention_at) {
        (None, _) => {
            log::info!("retention: no rules (SUS_RETENTION_FILE), so nothing is taken away");
            Ok(None)
        }
        (Some(rules), None) => {
            log::info!("retention: {} rules, which run by `sus retention` only", rules.rules.len());
            Ok(None)
        }
        (Some(rules), Some(at)) => {
            log::info!("retention: {} rules, each day at {}", rules.rules.len(), at.format("%H:%M"));
            Ok(Some(retention::daily(Arc::clone(service), rules, journal(config, service), at)?))
        }
    }
}

fn progress_bar(cases: i64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(cases.unsigned_abs());
    match ProgressStyle::with_template("{wide_bar} {pos}/{len} cases {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
