//! `sus report`.

use std::io::Write;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Failure, ReportArgs, reading_service};
use crate::config::Config;
use crate::domain::dates::end_of_swedish_day;
use crate::registrations::Service;
use crate::registrations::fields::parse_date;
use crate::reports::catalogue::catalogue;
use crate::reports::follow::{Counted, FollowError, Reports};
use crate::reports::render;
use crate::reports::report::Part;
use crate::reports::request::RequestError;
use crate::reports::{Geography, Lang, Period, PullError, Report, Request};

pub fn report(config: &Config, args: &ReportArgs) -> Result<(), Failure> {
    let service = reading_service(config)?;
    print(&service, args)
}

/// Pulls and prints a report; everything that is wrong with the request is told at once.
pub fn print(service: &Service, args: &ReportArgs) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let from = day(&args.from, "--from", &mut wrong);
    let to = day(&args.to, "--to", &mut wrong);
    let period = from.zip(to).and_then(|(from, to)| Period::new(from, to).map_err(|e| wrong.push(e.en())).ok());
    let as_of = args.as_of.as_deref().and_then(|text| instant(text, &mut wrong));
    let (_, organisation) = service.organisation()?;
    let geography = Geography::parse(&args.geography).and_then(|g| g.resolve(&organisation).map(|_| g));
    let geography = geography.map_err(|e| wrong.push(e.en())).ok();
    if catalogue().report(&args.report).is_none() {
        wrong.push(RequestError::ReportUnknown { given: args.report.clone() }.en());
    }
    let (Some(period), Some(geography), true) = (period, geography, wrong.is_empty()) else {
        return Err(wrong.join("\n     ").into());
    };
    let request = Request { report: args.report.clone(), period, geography };
    let lang = if args.lang == "en" { Lang::En } else { Lang::Sv };
    let counted = Counted { as_of, counted_to: args.counted_to, at_least: None };
    let reports = Reports::default();
    let mut report =
        reports.pull(&service.db, &service.registers, &request, counted, &*service.clock, lang).map_err(|error| {
            match error {
                FollowError::Pull(PullError::Request(errors)) => {
                    errors.iter().map(|e| e.en()).collect::<Vec<_>>().join("\n     ")
                }
                other => other.to_string(),
            }
        })?;
    only(&mut report, &args.part)?;
    match args.format.as_str() {
        "json" => println!("{}", render::json::render(&report)?),
        "csv" => std::io::stdout().write_all(&render::csv::render(&report, render::csv::Options::default())?)?,
        _ => print!("{}", render::table::render(&report)),
    }
    Ok(())
}

/// Keeps the parts that are named by number or id; all when none is.
fn only(report: &mut Report, wanted: &[String]) -> Result<(), Failure> {
    let named = |part: &Part, name: &String| part.id == name || part.number.to_string() == *name;
    let unknown = wanted.iter().find(|name| !report.parts.iter().any(|part| named(part, name)));
    if let Some(name) = unknown {
        let all: Vec<String> = report.parts.iter().map(|p| format!("{} {}", p.number, p.id)).collect();
        return Err(format!("no part is called {name}; the parts are {}", all.join(", ")).into());
    }
    report.parts.retain(|part| wanted.is_empty() || wanted.iter().any(|name| named(part, name)));
    Ok(())
}

fn day(text: &str, name: &str, wrong: &mut Vec<String>) -> Option<NaiveDate> {
    let day = parse_date(text);
    if day.is_none() {
        wrong.push(format!("{name}: a date such as 2016-10-01 is wanted"));
    }
    day
}

/// An instant, or a day: then its end in Sweden.
fn instant(text: &str, wrong: &mut Vec<String>) -> Option<DateTime<Utc>> {
    if let Some(day) = parse_date(text) {
        return Some(end_of_swedish_day(day));
    }
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|i| i.with_timezone(&Utc));
    if instant.is_none() {
        wrong.push("--as-of: a date or an instant such as 2017-01-15T10:00:00Z is wanted".to_owned());
    }
    instant
}
