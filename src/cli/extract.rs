//! `sus extract`: everything that is kept about a person, whatever office has it.

use std::io::{Read, Write};

use serde_json::Value;
use zeroize::Zeroizing;

use super::{ExtractArgs, Failure, reading_service};
use crate::config::Config;
use crate::domain::case::Case;
use crate::domain::code::CaseId;
use crate::domain::journal::Entry;
use crate::domain::person::IdentityNumber;
use crate::http::register_extracts::told;
use crate::storage::access::{self, Kind, Scope};
use crate::storage::journal::{Selection, load};
use crate::storage::{cases, persons};
use crate::web::register_extract;
use crate::web::texts::Language;

pub fn extract(config: &Config, args: &ExtractArgs) -> Result<(), Failure> {
    let mut given = Zeroizing::new(String::new());
    match &args.number_file {
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|e| format!("{} can't be read: {e}", file.display()))?;
            given.push_str(&text);
        }
        None => drop(std::io::stdin().read_to_string(&mut given)?),
    }
    let service = reading_service(config)?;
    let today = service.today();
    let number = IdentityNumber::parse(given.trim(), today)
        .map_err(|_| "what was given is no personnummer or samordningsnummer")?;
    let mut reader = service.db.read()?;
    let mut link = reader.link();
    let people = persons::by_number(&mut link, &service.vault, &number)?;
    let numbers: Vec<i64> = cases::of_persons(&mut link, &people)?.iter().map(|row| row.number).collect();
    let all = link.snapshot(|link| load(link, Selection::Numbers(&numbers)))?;
    let all: Vec<(Case, Vec<Entry>)> =
        all.into_iter().map(|loaded| Ok((loaded.case()?, loaded.entries))).collect::<Result<_, Failure>>()?;
    let scope = Scope::of_program("command line", "extract", service.clock.now().timestamp_micros());
    drop(reader);
    let ids: Vec<CaseId> = all.iter().map(|(case, _)| case.id).collect();
    let entry = access::Entry::of(&scope, Kind::Extract, &ids).asked(Some(service.vault.lookup(&number).1));
    // Written down before anything is shown.
    let logged = service.log_and_wait(vec![entry]);
    logged.map_err(|refusal| format!("it can't be written in the access log, so it is not shown: {refusal:?}"))?;
    let mut out = std::io::stdout().lock();
    if args.format == "html" {
        let language = Language::from_code(&args.lang).unwrap_or(Language::Swedish);
        let organisation = service.registers.current(&mut service.db.read()?.link())?;
        let page = register_extract(&number, &all, &organisation, service.clock.now(), today, language);
        out.write_all(page.ok_or("the page could not be made")?.as_bytes())?;
        return Ok(());
    }
    let mut extract = told(&all, false, service.clock.now(), &service.settings, today);
    if let Value::Object(fields) = &mut extract {
        fields.shift_remove("openCaseElsewhere");
        fields.insert("personnummer".to_owned(), Value::String(number.as_digits().to_owned()));
    }
    if args.format == "json" {
        writeln!(out, "{extract:#}")?;
    } else {
        let mut text = String::from("REGISTERUTDRAG\n\n");
        lines(&extract, 0, &mut text);
        write!(out, "{text}")?;
    }
    Ok(())
}

/// A value as lines to be read and printed, names before values.
fn lines(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                if inner.is_object() || inner.is_array() {
                    out.push_str(&format!("{indent}{name}:\n"));
                    lines(inner, depth + 1, out);
                } else {
                    out.push_str(&format!("{indent}{name}: {}\n", plain(inner)));
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                if item.is_object() || item.is_array() {
                    lines(item, depth, out);
                    out.push('\n');
                } else {
                    out.push_str(&format!("{indent}{}\n", plain(item)));
                }
            }
        }
        other => out.push_str(&format!("{indent}{}\n", plain(other))),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        Value::Bool(yes) => if *yes { "ja" } else { "nej" }.to_owned(),
        other => other.to_string(),
    }
}
