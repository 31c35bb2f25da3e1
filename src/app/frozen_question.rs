//! What is to be frozen, read from a body: the same question as for a report, and a name.

use chrono::NaiveDate;
use serde_json::Value;

use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::organisation::Organisation;
use crate::domain::person::contains_identity_number;
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::registrations::fields::{Fields, parse_known, shown, wrong_type, wrong_value};
use crate::reports::catalogue::{catalogue, part_ids};
use crate::reports::disclosure::{self, Grant, Published};
use crate::reports::follow::Counted;
use crate::reports::request::{GEOGRAPHY_FORMS, RequestError};
use crate::reports::times::Every;
use crate::reports::variables::Variable;
use crate::reports::{Geography, Lang, Period, Request};

/// What is to be frozen.
pub struct Wanted {
    /// What it is to be called.
    pub name: String,
    /// The question.
    pub request: Request,
    /// Up to what is counted.
    pub counted: Counted,
    /// In which language.
    pub lang: Lang,
    /// Which parts, in this order; all when there are none.
    pub parts: Vec<String>,
}

impl Wanted {
    /// How it is protected beside what is frozen `already` of its days.
    #[must_use]
    pub fn protected_beside(&self, already: &[Published], organisation: &Organisation) -> Grant {
        disclosure::frozen(&self.request, self.counted, already, organisation)
    }
}

/// A name for people on one line, never somebody's number.
pub fn name(fields: &mut Fields<'_>, today: NaiveDate, findings: &mut Findings) -> Option<String> {
    fields.required("name", shape::LINE_200, findings)?;
    let text = fields.text("name", findings)?;
    let fits = (1..=200).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
    if !fits {
        wrong_value("/name", shape::LINE_200, findings);
    } else if contains_identity_number(text, today) {
        findings.add(Rule::FritextPersonnummer, "/name");
    }
    Some(text.to_owned())
}

/// Which report.
pub fn report(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<String> {
    let all: Vec<&str> = catalogue().reports().iter().map(|r| r.id.as_str()).collect();
    fields.required("report", shape::CODE, findings)?;
    fields.choice("report", |id| catalogue().report(id).map(|r| r.id.clone()), &all, findings)
}

/// By which version of the report's definitions; one that it has.
fn version(fields: &mut Fields<'_>, report: Option<&str>, findings: &mut Findings) -> Option<u32> {
    let given = fields.number("version", findings)?;
    let versions = catalogue().versions(report?);
    let found = versions.iter().copied().find(|version| i64::from(*version) == given);
    if found.is_none() {
        let allowed = Allowed::Values(versions.iter().map(u32::to_string).collect());
        findings.push(Finding::new(Rule::FaltOgiltigtVarde, "/version").allowed(allowed));
    }
    found
}

/// Parts of a report, each at most once; every one that it doesn't have is told by its place, with those that there are.
pub fn some_parts(value: &Value, (report, version): (&str, Option<u32>), findings: &mut Findings) -> Vec<String> {
    let known = part_ids(report, version);
    let Some(list) = value.as_array() else {
        wrong_type("/parts", shape::PARTS, findings);
        return Vec::new();
    };
    let mut all: Vec<String> = Vec::new();
    for (place, part) in list.iter().enumerate() {
        match part.as_str() {
            Some(id) if known.contains(&id) && !all.iter().any(|earlier| earlier == id) => all.push(id.to_owned()),
            Some(id) if known.contains(&id) => wrong_value(&format!("/parts/{place}"), shape::PARTS, findings),
            _ => {
                let known = Allowed::Values(known.iter().map(ToString::to_string).collect());
                findings.push(Finding::new(Rule::FaltOgiltigtVarde, format!("/parts/{place}")).allowed(known));
            }
        }
    }
    if list.is_empty() {
        wrong_value("/parts", shape::PARTS, findings);
    }
    all
}

/// Reads what is to be frozen.
///
/// # Errors
/// Everything that is wrong; with the registers and the newest position, places that they don't know and positions ahead, too,
/// beside what else is.
pub fn wanted(value: &Value, today: NaiveDate, known: Option<(&Organisation, i64)>) -> Result<Wanted, Findings> {
    let mut findings = Findings::default();
    let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
    let name = name(&mut fields, today, &mut findings);
    let report = report(&mut fields, &mut findings);
    let from = fields.required_date("from", &mut findings);
    let to = fields.required_date("to", &mut findings);
    let period = from.zip(to).and_then(|(from, to)| {
        let period = Period::new(from, to).ok();
        if period.is_none() {
            findings.push(Finding::new(Rule::FaltOgiltigtVarde, "/to").allowed(Allowed::DateFrom(from)));
        }
        period
    });
    let geography = match fields.raw("geography") {
        None => Some(Geography::Riket),
        Some(_) => fields.choice("geography", |t| Geography::parse(t).ok(), &GEOGRAPHY_FORMS, &mut findings),
    };
    let as_of = fields.text("asOf", &mut findings).and_then(|text| {
        let instant = parse_known(text);
        if instant.is_none() {
            wrong_value("/asOf", shape::INSTANT_OR_DATE, &mut findings);
        }
        instant
    });
    let position = |name: &'static str, fields: &mut Fields<'_>, findings: &mut Findings| {
        let position = fields.number(name, findings);
        if position.is_some_and(|p| p < 0) {
            wrong_value(&format!("/{name}"), shape::POSITION, findings);
        }
        position
    };
    let counted_to = position("countedTo", &mut fields, &mut findings);
    let at_least = position("atLeast", &mut fields, &mut findings);
    let language = |code: &str| match code {
        "sv" => Some(Lang::Sv),
        "en" => Some(Lang::En),
        _ => None,
    };
    let lang = fields.choice("lang", language, &["sv", "en"], &mut findings).unwrap_or_default();
    let version = version(&mut fields, report.as_deref(), &mut findings);
    let of = (report.as_deref().unwrap_or(""), version);
    let parts = fields.raw("parts").map(|value| some_parts(value, of, &mut findings));
    // As far as it can be read, so that the rest is looked at, too.
    let is_whole = period.is_some() && geography.is_some();
    let (day, place) = (Period::day(NaiveDate::MIN), geography.unwrap_or(Geography::Riket));
    let mut request = report.map(|report| Request::plain(&report, period.unwrap_or(day), place));
    variables(&mut fields, request.as_mut(), &mut findings);
    let every = fields.choice("every", Every::from_code, &Every::ALL.map(Every::code), &mut findings);
    if let Some(request) = &mut request {
        (request.every, request.version) = (every, version);
    }
    fields.finish(&mut findings);
    let counted = Counted { as_of, counted_to, at_least };
    if let (true, Some(known)) = (findings.has_errors(), known) {
        beyond(request.as_ref(), counted, known, &mut findings);
    }
    match (name, request.filter(|_| is_whole)) {
        (Some(name), Some(request)) if !findings.has_errors() => {
            Ok(Wanted { name, request, counted, lang, parts: parts.unwrap_or_default() })
        }
        _ => Err(findings),
    }
}

/// What only the registers and the newest position can tell: positions that the log has not come to, and places that aren't
/// known.
pub fn beyond(
    request: Option<&Request>,
    counted: Counted,
    (registers, head): (&Organisation, i64),
    findings: &mut Findings,
) {
    let positions = [("countedTo", counted.counted_to), ("atLeast", counted.at_least)];
    for (name, _) in positions.into_iter().filter(|(_, given)| given.is_some_and(|position| position > head)) {
        let allowed = Allowed::Values(vec![format!("0–{head}")]);
        findings.push(Finding::new(Rule::FaltOgiltigtVarde, format!("/{name}")).allowed(allowed));
    }
    let unknown = request.map_or(Vec::new(), |request| request.unknown(registers));
    unknown.iter().for_each(|error| findings.push(finding(error)));
}

/// `selections`, an object of variables with codes, and `split`, a list of variables.
fn variables(fields: &mut Fields<'_>, request: Option<&mut Request>, findings: &mut Findings) {
    let codes = |value: &Value| {
        let list = value.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
        (!list.is_empty()).then(|| list.join(","))
    };
    let mut selections = Vec::new();
    match fields.raw("selections") {
        Some(Value::Object(all)) => {
            for (name, value) in all {
                match codes(value) {
                    Some(codes) => selections.push((name.as_str(), codes)),
                    None => wrong_type(&format!("/selections/{}", shown(name)), shape::CODES, findings),
                }
            }
        }
        Some(_) => wrong_type("/selections", shape::OBJECT, findings),
        None => {}
    }
    let split = fields.raw("split").and_then(|value| {
        let split = codes(value);
        if split.is_none() {
            wrong_type("/split", shape::CODES, findings);
        }
        split
    });
    let Some(request) = request else { return };
    let selections = selections.iter().map(|(name, codes)| (*name, codes.as_str()));
    if let Err(errors) = request.choose(selections, split.as_deref()) {
        errors.iter().for_each(|error| findings.push(finding(error)));
    }
}

/// What is wrong with a question, at its place in the body.
#[must_use]
pub fn finding(error: &RequestError) -> Finding {
    let pointer = match error.parameter() {
        "variable" => "/selections".to_owned(),
        "part" => "/parts".to_owned(),
        name if Variable::from_name(name).is_some() => format!("/selections/{name}"),
        name => format!("/{name}"),
    };
    let missing = matches!(error, RequestError::SelectionMissing { .. });
    let rule = if missing { Rule::FaltSaknas } else { Rule::FaltOgiltigtVarde };
    Finding::new(rule, pointer).allowed(Allowed::Values(error.allowed()))
}
