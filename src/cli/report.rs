//! `sus report`.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Failure, ReportArgs, reading_service};
use crate::app::reports_at;
use crate::config::Config;
use crate::registrations::Service;
use crate::registrations::fields::{parse_date, parse_known};
use crate::reports::catalogue::Definition;
use crate::reports::disclosure::{Grant, Policy};
use crate::reports::follow::{Counted, FollowError};
use crate::reports::render::{self, Form, Options, csv, form};
use crate::reports::request::RequestError;
use crate::reports::times::Every;
use crate::reports::{Geography, Lang, Period, PullError, Request};
use crate::storage::changes;

/// A failure whose reason is in the arguments, all that is wrong with them.
#[derive(Debug)]
pub struct WrongArguments(String);

impl std::fmt::Display for WrongArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongArguments {}

pub fn report(config: &Config, args: &ReportArgs) -> Result<(), Failure> {
    let service = reading_service(config)?;
    print(&service, config.columns_file(), args)
}

/// Pulls a report and prints it or writes it to a file; everything that is wrong with the request is told at once. `columns`
/// is where they may have been saved.
pub fn print(service: &Service, columns: Option<PathBuf>, args: &ReportArgs) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let from = day(&args.from, "--from", &mut wrong);
    let to = day(&args.to, "--to", &mut wrong);
    let period = from.zip(to).and_then(|(from, to)| Period::new(from, to).map_err(|e| wrong.push(e.en())).ok());
    let as_of = args.as_of.as_deref().and_then(|text| instant(text, &mut wrong));
    let geography = Geography::parse(&args.geography).map_err(|e| wrong.push(with_allowed(&e))).ok();
    let definition = defined(args).map_err(|e| wrong.push(with_allowed(&e)));
    let wanted: Vec<String> = args.part.iter().flat_map(|names| names.split(',')).map(str::to_owned).collect();
    let form = Form::named(&args.format);
    let mut counted_parts = Vec::new();
    if let Ok(definition) = definition {
        counted_parts = definition.ids(&wanted);
        let parts: Vec<(u32, &str)> = definition.parts.iter().map(|p| (p.number, p.id.as_str())).collect();
        if let Err(error) = form::chosen(&parts, &wanted, form) {
            wrong.push(format!("--part: {error}"));
        }
    }
    let to_terminal = args.output.is_none() && std::io::stdout().is_terminal();
    if form.is_some_and(Form::binary) && to_terminal {
        wrong.push(format!("--format {}: not for a terminal; name a file by --output, or send it on", args.format));
    }
    // What is chosen is checked also where the period or the geography is wrong.
    let (period, geography) = (period.unwrap_or(Period::day(NaiveDate::MIN)), geography.unwrap_or(Geography::Riket));
    let mut request = Request::plain(&args.report, period, geography);
    request.version = args.report_version;
    request.parts = counted_parts;
    request.every = args.every.as_deref().and_then(Every::from_code);
    choose(&mut request, args, &mut wrong);
    let head = changes::head(&mut service.db.read()?.link())?;
    if args.counted_to.is_some_and(|position| position > head) {
        wrong.push(format!("--counted-to: the log has only come to position {head}. Allowed: 0–{head}."));
    }
    let (_, organisation) = service.organisation()?;
    wrong.extend(request.unknown(&organisation).iter().map(with_allowed));
    if !wrong.is_empty() {
        return Err(WrongArguments(wrong.join("\n     ")).into());
    }
    let lang = if args.lang == "en" { Lang::En } else { Lang::Sv };
    // Who has the database may see what is in it; the others are there to see what others see.
    let grant = Grant::all(Policy::from_code(&args.disclosure).unwrap_or(Policy::CellKey));
    let counted = Counted { as_of, counted_to: args.counted_to, at_least: None };
    let reports = reports_at(service, columns);
    let mut report = reports
        .pull(&service.db, &service.registers, &request, counted, &*service.clock, (lang, grant))
        .map_err(|error| match error {
        FollowError::Pull(PullError::Request(errors)) => {
            WrongArguments(errors.iter().map(with_allowed).collect::<Vec<_>>().join("\n     ")).into()
        }
        other => Failure::from(other.to_string()),
    })?;
    form::keep(&mut report, &wanted, form)?;
    let csv = csv::Options {
        semicolon: args.separator == "semicolon",
        byte_order_mark: args.bom,
        decimal_comma: args.decimal == "comma",
    };
    let mut bytes = match form {
        None => render::table::render(&report).into_bytes(),
        Some(form) => render::render(&report, form, Options { csv })?,
    };
    let Some(file) = &args.output else {
        if form == Some(Form::Json) || form == Some(Form::JsonStat) {
            bytes.push(b'\n');
        }
        return match std::io::stdout().write_all(&bytes) {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        };
    };
    std::fs::write(file, &bytes).map_err(|e| format!("{}: {e}", file.display()))?;
    eprintln!("{}: {} bytes", file.display(), bytes.len());
    Ok(())
}

/// What the report says, in the version that is asked for.
fn defined(args: &ReportArgs) -> Result<&'static Definition, RequestError> {
    let request = Request {
        version: args.report_version,
        ..Request::plain(&args.report, Period::day(NaiveDate::MIN), Geography::Riket)
    };
    request.definition()
}

/// So many of what is allowed are named; a register of offices would fill screens.
const NAMED: usize = 24;

/// What is wrong, and what would be right.
fn with_allowed(error: &RequestError) -> String {
    let allowed = error.allowed();
    let named = allowed.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match allowed.len().checked_sub(NAMED) {
        _ if allowed.is_empty() => error.en(),
        None | Some(0) => format!("{} Allowed: {named}.", error.en()),
        Some(more) => format!("{} Allowed: {named} and {more} more.", error.en()),
    }
}

/// Reads selections and splits.
fn choose(request: &mut Request, args: &ReportArgs, wrong: &mut Vec<String>) {
    let mut selections: Vec<(&str, &str)> = Vec::with_capacity(args.select.len());
    for text in &args.select {
        match text.split_once('=') {
            None => wrong.push(format!("--select {text}: NAME=CODES is wanted")),
            Some((name, _)) if selections.iter().any(|(before, _)| *before == name) => {
                wrong
                    .push(format!("--select {name}: given more than once; several codes are written {name}=ONE,OTHER"));
            }
            Some(pair) => selections.push(pair),
        }
    }
    if let Err(errors) = request.choose(selections, args.split.as_deref()) {
        wrong.extend(errors.iter().map(with_allowed));
    }
}

fn day(text: &str, name: &str, wrong: &mut Vec<String>) -> Option<NaiveDate> {
    let day = parse_date(text);
    if day.is_none() {
        wrong.push(format!("{name}: a date such as 2016-10-01 is wanted"));
    }
    day
}

/// An instant, or a day: then its end in Sweden.
pub(super) fn instant(text: &str, wrong: &mut Vec<String>) -> Option<DateTime<Utc>> {
    let instant = parse_known(text);
    if instant.is_none() {
        wrong.push("--as-of: a date or an instant such as 2017-01-15T10:00:00Z is wanted".to_owned());
    }
    instant
}
