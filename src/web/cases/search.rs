//! `GET /sok` and `POST /sok`: a person by number, or a case by an agency's own number, in one field.
//!
//! What is searched for never stands in an address, and a personnummer that was found is not shown again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;

use super::rows::{self, Row};
use super::words::{Words, filled};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::code::CaseReference;
use crate::domain::person::{IdentityNumber, IdentityNumberError, contains_identity_number};
use crate::domain::step::Agency;
use crate::registrations::find::{Found, Reader};
use crate::storage::cases::CaseRow;
use crate::storage::{Link, StorageError};
use crate::web::door::{Visit, enter, enter_with};
use crate::web::form::{Field, Kind, Mistake, Sent, mistakes};
use crate::web::page::Frame;
use crate::web::texts::cases::CaseTexts;

const FIELD: &str = "number";

#[derive(Template)]
#[template(path = "cases/search.html", config = "src/web/askama.toml")]
struct SearchPage {
    frame: Frame,
    t: &'static CaseTexts,
    field: Field,
    mistakes: Vec<Mistake>,
    result: Option<Shown>,
}

/// What was found.
struct Shown {
    heading: String,
    rows: Vec<Row>,
    /// The person has an open case out of reach.
    elsewhere: bool,
    nothing: Option<&'static str>,
    nothing_why: Option<&'static str>,
    /// Why a new request can be registered, where it can.
    may_request: Option<&'static str>,
}

/// What is searched for.
enum Wanted {
    Person(IdentityNumber),
    Reference(CaseReference),
    /// A number that may be an agency's, and is no personnummer for this reason.
    Either(CaseReference, IdentityNumberError),
}

/// Why nothing can be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unsearchable {
    Nothing,
    NumberWithin,
    Reference,
}

/// `GET /sok`
pub async fn form(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    match enter(&app, &request, Action::SearchCases).await {
        Ok(visit) => page(&visit, StatusCode::OK, None, None, None),
        Err(answer) => answer,
    }
}

/// `POST /sok`
pub async fn find(app: web::Data<App>, request: HttpRequest, sent: Sent) -> HttpResponse {
    let (visit, fields) = match enter_with(&app, &request, Action::SearchCases, sent).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let t = CaseTexts::of(visit.frame.language);
    let typed = fields.one(FIELD).unwrap_or_default();
    let bad = StatusCode::UNPROCESSABLE_ENTITY;
    let wanted = match wanted(typed, app.service.today()) {
        Ok(wanted) => wanted,
        Err(why) => return page(&visit, bad, Some(typed), Some(why.says(&visit, t)), None),
    };
    let kept = matches!(wanted, Wanted::Reference(_)).then_some(typed);
    let language = visit.frame.language;
    let read = visit.reading(Action::SearchCases, move |reader, link, app| {
        let words = Words::of(language, &reader.organisation, reader.today);
        found(reader, link, app, &wanted, &words)
    });
    match read.await {
        Ok(Ok(shown)) => page(&visit, StatusCode::OK, kept, None, Some(shown)),
        Ok(Err(error)) => page(&visit, bad, Some(typed), Some(number_says(error, t).to_owned()), None),
        Err(answer) => answer,
    }
}

/// What was found, or what is wrong with the number.
fn found(
    reader: &Reader<'_>,
    link: &mut Link<'_>,
    app: &App,
    wanted: &Wanted,
    words: &Words<'_>,
) -> Result<Result<Shown, IdentityNumberError>, StorageError> {
    let t = words.t;
    let (heading, found, elsewhere) = match wanted {
        Wanted::Person(number) => {
            let (found, elsewhere) = reader.by_identity(link, &app.service.vault, number)?;
            (t.results_person.to_owned(), found, elsewhere)
        }
        Wanted::Reference(reference) | Wanted::Either(reference, _) => {
            let heading = filled(t.results_reference, &[("number", reference.as_str())]);
            (heading, reader.by_reference(link, reference)?, false)
        }
    };
    if let (Wanted::Either(_, error), true) = (wanted, found.is_empty()) {
        return Ok(Err(*error));
    }
    let agency = reader.caller.agency.unwrap_or(Agency::Fk);
    let row = |found: &Found| {
        let row = CaseRow::of(&found.case, 0, None, &app.service.settings);
        let mut own = found.case.references.iter().filter(|(of, _)| *of == agency);
        rows::row(&row, own.next().map(|(_, reference)| reference.as_str()), agency, words)
    };
    let by_person = matches!(wanted, Wanted::Person(_));
    let any_open = elsewhere || found.iter().any(|found| found.case.is_open());
    let (nothing, nothing_why) = match (found.is_empty(), by_person) {
        (true, true) if elsewhere => (None, None),
        (true, true) => (Some(t.nothing_person), None),
        (true, false) => (Some(t.nothing_reference), Some(t.nothing_reference_why)),
        (false, _) => (None, None),
    };
    let may_request = match (by_person, any_open, found.is_empty()) {
        (true, false, _) => Some(t.may_request),
        (false, false, true) => Some(t.may_request_anyway),
        _ => None,
    };
    let rows = found.iter().map(row).collect();
    Ok(Ok(Shown { heading, rows, elsewhere, nothing, nothing_why, may_request }))
}

fn page(
    visit: &Visit,
    status: StatusCode,
    typed: Option<&str>,
    error: Option<String>,
    result: Option<Shown>,
) -> HttpResponse {
    let t = CaseTexts::of(visit.frame.language);
    let field = Field::new(FIELD, t.search_field, Kind::Line("text")).hint(t.search_hint).required();
    let mut field = field.attribute("autocomplete", "off").attribute("spellcheck", "false");
    field.values.extend(typed.map(str::to_owned));
    field.errors.extend(error);
    let mistakes = mistakes([], [&field]);
    visit.answer(status, &SearchPage { frame: visit.frame.clone(), t, field, mistakes, result })
}

impl Unsearchable {
    fn says(self, visit: &Visit, t: &'static CaseTexts) -> String {
        match self {
            Self::Nothing => t.error_empty.to_owned(),
            Self::NumberWithin => t.error_within.to_owned(),
            Self::Reference => {
                let shape = CaseReference::EXPECTED;
                filled(t.error_reference, &[("allowed", visit.frame.language.pick(shape.sv(), shape.en()))])
            }
        }
    }
}

const fn number_says(error: IdentityNumberError, t: &'static CaseTexts) -> &'static str {
    match error {
        IdentityNumberError::Shape => t.error_shape,
        IdentityNumberError::Date => t.error_date,
        IdentityNumberError::Checksum => t.error_check,
        IdentityNumberError::FutureBirth => t.error_future,
    }
}

/// Which of the two was typed. What is made of digits as a personnummer is, and is none, may be an agency's number: that
/// is tried before anything is said to be wrong.
fn wanted(typed: &str, today: NaiveDate) -> Result<Wanted, Unsearchable> {
    if typed.is_empty() {
        return Err(Unsearchable::Nothing);
    }
    // People write numbers with spaces in them, and with the dash that a word processor makes of a hyphen.
    let close: String = typed.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '–' { '-' } else { c }).collect();
    let error = match IdentityNumber::parse(&close, today) {
        Ok(number) => return Ok(Wanted::Person(number)),
        Err(error) => error,
    };
    let digits = close.chars().filter(char::is_ascii_digit).count();
    let looks_like_one =
        close.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+')) && (8..=13).contains(&digits);
    if !looks_like_one && contains_identity_number(typed, today) {
        return Err(Unsearchable::NumberWithin);
    }
    let reference = CaseReference::parse(typed).map_err(|_| Unsearchable::Reference)?;
    Ok(if looks_like_one { Wanted::Either(reference, error) } else { Wanted::Reference(reference) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(typed: &str) -> String {
        match wanted(typed, "2016-10-12".parse().unwrap()) {
            Ok(Wanted::Person(number)) => format!("person {}", number.as_digits()),
            Ok(Wanted::Reference(reference)) => format!("reference {reference}"),
            Ok(Wanted::Either(reference, error)) => format!("either {reference} {error:?}"),
            Err(why) => format!("{why:?}"),
        }
    }

    #[test]
    fn one_field_takes_both_kinds_of_numbers() {
        for typed in ["198503129804", "19850312-9804", "850312-9804", "8503129804", "19850312 9804", "19850312–9804"]
        {
            assert_eq!(kind(typed), "person 198503129804", "{typed}");
        }
        for typed in ["FK-2016-0001", "4711", "2016/77 A"] {
            assert_eq!(kind(typed), format!("reference {typed}"));
        }
    }

    #[test]
    fn what_is_wrong_with_a_number_is_told_apart() {
        assert_eq!(kind("19850312-9805"), "either 19850312-9805 Checksum");
        assert_eq!(kind("19851312-9804"), "either 19851312-9804 Date");
        assert_eq!(kind("19850312-980"), "either 19850312-980 Shape");
        assert_eq!(kind("Anna 19850312-9804"), "NumberWithin");
        assert_eq!(kind(""), "Nothing");
        assert_eq!(kind(&"x".repeat(101)), "Reference");
    }
}
