//! Reading requests: bodies against their announced limit, queries, pages, and the headers that mean something.
//!
//! Never here: what the body says ([`wire`](crate::registrations::wire)).

use actix_web::error::PayloadError;
use actix_web::http::header::CONNECTION;
use actix_web::web::{self, Payload};
use actix_web::{HttpMessage, HttpRequest};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::StreamExt;
use serde_json::Value;

use super::guard::too_slow;
use super::problem::{Kind, Problem};
use crate::domain::code::Position;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::person::contains_identity_number;
use crate::domain::rule::Rule;
use crate::domain::shape::{self, Shape};
use crate::registrations::fields::{parse_date, parse_known};
use crate::registrations::find::Known;

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// 413 with the limit, and 408 when it has not come in time.
pub async fn body(mut payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut whole = Vec::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|error| broken_off(&error))?;
        if whole.len() + piece.len() > limit {
            return Err(too_large(limit, "byte", "bytes"));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

fn broken_off(error: &PayloadError) -> Problem {
    if too_slow(error) {
        // What may still come belongs to nothing.
        return Problem::new(Kind::ForLangsamt).header(CONNECTION.as_str(), "close");
    }
    Problem::new(Kind::JsonFel)
}

/// Too much, and how much would be right.
#[must_use]
pub fn too_large(limit: usize, unit_sv: &str, unit_en: &str) -> Problem {
    Problem::new(Kind::ForStort).detail(format!("Högst {limit} {unit_sv}."), format!("At most {limit} {unit_en}."))
}

/// Reads one JSON value.
///
/// # Errors
/// 400 with the place of the mistake, never with the text itself.
pub fn json(bytes: &[u8]) -> Result<Value, Problem> {
    crate::registrations::json::read(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let (mut sv, mut en) = (format!("Rad {line}, tecken {column}."), format!("Line {line}, column {column}."));
        if error.is_data() {
            sv.push_str(" Ett namn står två gånger i samma objekt.");
            en.push_str(" A name stands twice in the same object.");
        }
        Problem::new(Kind::JsonFel).detail(sv, en)
    })
}

/// Whether the body is one JSON value a line.
#[must_use]
pub fn is_ndjson(request: &HttpRequest) -> bool {
    request.content_type().eq_ignore_ascii_case("application/x-ndjson")
}

/// What the door found of names in a query, to be told together with what is wrong with values.
#[derive(Debug, Clone)]
pub struct Unfit(pub Findings);

/// The query of a request. Unknown and repeated names were found at the door, which refuses whatever isn't refused for them.
#[derive(Debug, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
    findings: Findings,
    /// Why something is not allowed, where that isn't plain from what is.
    reasons: Vec<(String, String)>,
}

impl Query {
    /// The query of a request.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        Self {
            pairs: pairs(request.query_string()).unwrap_or_default(),
            findings: request.extensions().get::<Unfit>().map(|unfit| unfit.0.clone()).unwrap_or_default(),
            reasons: Vec::new(),
        }
    }

    /// A value as it is; empty counts as not given.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// A value by its own parser.
    pub fn parsed<T>(&mut self, name: &str, expected: Shape, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = parse(self.text(name)?);
        if value.is_none() {
            self.refuse(name, Allowed::Shape(expected));
        }
        value
    }

    /// One of some codes.
    pub fn choice<T>(&mut self, name: &str, all: &[&str], parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = parse(self.text(name)?);
        if value.is_none() {
            self.refuse(name, Allowed::Values(all.iter().map(ToString::to_string).collect()));
        }
        value
    }

    /// A date.
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        self.parsed(name, shape::DATE, parse_date)
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &str) -> bool {
        self.choice(name, &["true", "false"], |t| t.parse().ok()).unwrap_or(false)
    }

    /// A whole number from `low` to `high`.
    pub fn number(&mut self, name: &str, low: i64, high: i64, expected: Shape) -> Option<i64> {
        self.parsed(name, expected, |t| t.parse().ok().filter(|n| (low..=high).contains(n)))
    }

    /// `page` and `limit`.
    pub fn page(&mut self) -> Page {
        Page {
            number: self.number("page", 1, 1_000_000, shape::WHOLE_NUMBER_FROM_1).unwrap_or(1),
            limit: self.number("limit", 1, 100, shape::WHOLE_NUMBER_1_TO_100).unwrap_or(20),
        }
    }

    /// `asOf`: an instant, or a date, which means the end of that day.
    pub fn as_of(&mut self) -> Option<DateTime<Utc>> {
        self.instant("asOf")
    }

    /// An instant, or a date, which means the end of that day.
    pub fn instant(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.parsed(name, shape::INSTANT_OR_DATE, parse_known)
    }

    /// `countedTo`.
    pub fn counted_to(&mut self) -> Option<i64> {
        self.number("countedTo", 0, i64::MAX, shape::POSITION)
    }

    /// `asOf` and `countedTo`; together they are what an earlier answer says of itself.
    pub fn known(&mut self) -> Known {
        Known { as_of: self.as_of(), counted_to: self.counted_to().map(Position) }
    }

    /// Notes that a value is not allowed, once.
    pub fn refuse(&mut self, name: &str, allowed: Allowed) {
        let finding = Finding::new(Rule::FaltOgiltigtVarde, format!("/query/{name}")).allowed(allowed);
        if !self.findings.0.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// The same with the reason, in Swedish and English.
    pub fn refuse_because(&mut self, name: &str, allowed: Allowed, sv: String, en: String) {
        self.refuse(name, allowed);
        self.reasons.push((sv, en));
    }

    /// Notes that a parameter must be there.
    pub fn missing(&mut self, name: &str, expected: Shape) {
        let finding = Finding::new(Rule::FaltSaknas, format!("/query/{name}"));
        self.findings.push(finding.allowed(Allowed::Shape(expected)));
    }

    /// Notes that a parameter must be there, with one of these values.
    pub fn missing_one_of(&mut self, name: &str, values: Vec<String>) {
        let finding = Finding::new(Rule::FaltSaknas, format!("/query/{name}"));
        self.findings.push(finding.allowed(Allowed::Values(values)));
    }

    /// Ends reading.
    ///
    /// # Errors
    /// 400 with everything that was wrong.
    pub fn finish(&self) -> Result<(), Problem> {
        if self.findings.has_errors() { Err(self.problem()) } else { Ok(()) }
    }

    /// Everything that was wrong.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let problem = Problem::new(Kind::FrageparameterFel).errors(&self.findings);
        if self.reasons.is_empty() {
            return problem;
        }
        let (sv, en): (Vec<&str>, Vec<&str>) = self.reasons.iter().map(|(sv, en)| (sv.as_str(), en.as_str())).unzip();
        problem.detail(sv.join(" "), en.join(" "))
    }

    /// What was given beside `page`, for links to other pages.
    pub fn others(&self) -> impl Iterator<Item = &(String, String)> {
        self.pairs.iter().filter(|(name, _)| name != "page" && name != "limit")
    }
}

/// Names and values of a query; `None` when it can't be decoded.
#[must_use]
pub fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    web::Query::<Vec<(String, String)>>::from_query(query).ok().map(web::Query::into_inner)
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: i64,
    /// How many on each.
    pub limit: i64,
}

impl Page {
    /// The items of this page.
    pub fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        let skip = usize::try_from((self.number - 1).saturating_mul(self.limit)).unwrap_or(usize::MAX);
        items.into_iter().skip(skip).take(usize::try_from(self.limit).unwrap_or(0)).collect()
    }
}

/// The Idempotency-Key, when one is given.
///
/// # Errors
/// 400 when it is no key, or holds an identity number.
pub fn idempotency_key(request: &HttpRequest, today: NaiveDate) -> Result<Option<String>, Problem> {
    let Some(header) = request.headers().get("idempotency-key") else { return Ok(None) };
    let text = header.to_str().unwrap_or_default().trim();
    let key = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
    let fits = (1..=200).contains(&key.len()) && key.chars().all(|c| c.is_ascii_graphic() && c != '"');
    if !fits || contains_identity_number(key, today) {
        return Err(header_problem("Idempotency-Key", shape::IDEMPOTENCY_KEY));
    }
    Ok(Some(key.to_owned()))
}

/// The version that If-Match names.
///
/// # Errors
/// 428 when it is missing, 400 when it is no version.
pub fn if_match(request: &HttpRequest) -> Result<i64, Problem> {
    let header = request.headers().get("if-match").ok_or_else(|| {
        Problem::new(Kind::VersionSaknas).detail(
            "Ange If-Match med ärendets ETag, så att ingen ändring skrivs över.",
            "Give If-Match with the ETag of the case, so that no change is overlooked.",
        )
    })?;
    let tag = header.to_str().unwrap_or_default().trim();
    let version = tag.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
    version.ok_or_else(|| header_problem("If-Match", shape::CASE_ETAG))
}

fn header_problem(name: &str, expected: Shape) -> Problem {
    let finding = Finding::new(Rule::FaltOgiltigtVarde, format!("/headers/{name}")).allowed(Allowed::Shape(expected));
    Problem::new(Kind::FrageparameterFel).errors(&finding.into())
}
