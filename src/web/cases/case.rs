//! `GET /arenden/{id}`: a case as it stands, or as it was known on a day, with what is to be done next.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::chain::{self, Expected, Stage};
use super::doors::{self, Asker, Door};
use super::facts::{self, Fact, Staffed};
use super::process::{self, Shown};
use super::told::{self, Line};
use super::words::{Words, filled};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::case::Case;
use crate::domain::code::{CaseId, RegistrationId};
use crate::domain::dates::end_of_swedish_day;
use crate::domain::due;
use crate::domain::step::Agency;
use crate::registrations::find::{Found, Known, Reader};
use crate::registrations::wire;
use crate::storage::{Link, StorageError, persons};
use crate::web::door::enter;
use crate::web::form::{Field, Kind, Mistake, mistakes};
use crate::web::page::{Frame, query};
use crate::web::texts::Language;
use crate::web::texts::cases::CaseTexts;

#[derive(Template)]
#[template(path = "cases/case.html", config = "src/web/askama.toml")]
struct CasePage {
    frame: Frame,
    t: &'static CaseTexts,
    case: CaseShown,
    day: Field,
    mistakes: Vec<Mistake>,
}

/// What the page shows.
struct CaseShown {
    address: String,
    heading: &'static str,
    offices: String,
    status: &'static str,
    /// The class that the status is drawn by.
    status_class: &'static str,
    /// What has just been registered.
    done: Option<String>,
    /// The day as on which it was known, where that is another than today.
    as_known: Option<String>,
    next: Next,
    notices: Vec<String>,
    process: Vec<Shown>,
    stages: Vec<Stage>,
    expected: Option<Expected>,
    participant: Vec<Fact>,
    staffed: Vec<Staffed>,
    consent: Vec<Fact>,
    history: Vec<Line>,
    doors: Vec<Door>,
    /// The case that stands instead.
    instead: Option<String>,
}

/// What is to be done next.
struct Next {
    /// What is awaited; nothing where nothing is.
    awaited: Option<Expected>,
    /// Whose turn it is, or why there is nothing to do.
    turn: String,
    may_register: bool,
}

/// As on which day a case is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Now,
    On(NaiveDate),
    Unreadable,
}

/// `GET /arenden/{id}`
pub async fn show(app: web::Data<App>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let mut query = query(&request);
    let registered = query.remove("registered").and_then(|text| Uuid::parse_str(&text).ok()).map(RegistrationId);
    let asked = query.remove("asOf").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let day = asked.as_deref().map_or(Day::Now, |text| text.parse().map_or(Day::Unreadable, Day::On));
    let action = if day == Day::Now { Action::GetCase } else { Action::GetHistory };
    let visit = match enter(&app, &request, action).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let Some(id) = wire::case_id(&id) else { return visit.not_found() };
    let language = visit.frame.language;
    let read = visit.reading(action, move |reader, link, app| read(reader, link, app, id, day, language));
    match read.await {
        Ok(Some((mut case, error))) => {
            let t = CaseTexts::of(language);
            let done = case.history.iter().find(|line| Some(line.id) == registered);
            case.done = done.map(|line| filled(t.was_registered, &[("what", &line.what)]));
            let today = app.service.today();
            let day = day_field(t, asked, error, today);
            let mistakes = mistakes([], [&day]);
            let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
            visit.answer(status, &CasePage { t, frame: visit.frame.clone(), case, day, mistakes })
        }
        Ok(None) => visit.not_found(),
        Err(answer) => answer,
    }
}

/// A case for its page, and what is wrong with the day that was asked for: then it is shown as it is now.
fn read(
    reader: &Reader<'_>,
    link: &mut Link<'_>,
    app: &App,
    id: CaseId,
    day: Day,
    language: Language,
) -> Result<Option<(CaseShown, Option<String>)>, StorageError> {
    let words = Words::of(language, &reader.organisation, reader.today);
    let t = words.t;
    let today = reader.today.to_string();
    let (mut as_known, mut error) = (None, None);
    match day {
        Day::Now => {}
        Day::Unreadable => error = Some(filled(t.bad_day, &[("day", &today)])),
        Day::On(day) if day > reader.today => error = Some(filled(t.future_day, &[("day", &today)])),
        Day::On(day) => as_known = Some(day),
    }
    let known = as_known.map(|day| Known { as_of: Some(end_of_swedish_day(day)), counted_to: None });
    let action = if known.is_some() { Action::GetHistory } else { Action::GetCase };
    let mut found = reader.case(link, action, id, known.unwrap_or_default())?;
    if let (None, Some(day)) = (&found, as_known) {
        found = reader.case(link, Action::GetCase, id, Known::default())?;
        error = Some(filled(t.not_known_then, &[("day", &day.to_string())]));
        as_known = None;
    }
    let Some(found) = found else { return Ok(None) };
    let number = match &found.person {
        Some(person) => persons::number_of(link, &app.service.vault, person, reader.today)?,
        None => None,
    };
    let then = Words { today: as_known.unwrap_or(reader.today), ..words };
    let asker = Asker {
        caller: reader.caller,
        organisation: &reader.organisation,
        settings: &app.service.settings,
        today: reader.today,
    };
    let mut shown = made(&found, &asker, as_known.is_none(), &then);
    shown.participant = facts::participant(&found.case, number.as_ref(), &then);
    shown.as_known = as_known.map(|day| filled(t.was_known, &[("day", &day.to_string())]));
    Ok(Some((shown, error)))
}

/// A page's parts. What is an earlier view leads nowhere.
fn made(found: &Found, asker: &Asker<'_>, is_now: bool, words: &Words<'_>) -> CaseShown {
    let case = &found.case;
    let (status, status_class) = status(case, words);
    let expected = due::next(case, asker.settings).map(|due| chain::expected(case.current().kind, &due, words));
    CaseShown {
        address: format!("/arenden/{}", case.id),
        heading: words.step(case.current().kind),
        offices: words.offices(case.present_offices()),
        status,
        status_class,
        done: None,
        as_known: None,
        next: next(case, asker, expected.clone(), is_now, words),
        notices: facts::notices(case, asker.settings, words),
        process: process::picture(case, words),
        stages: chain::stages(case, &found.entries, words),
        expected,
        participant: Vec::new(),
        staffed: facts::staffed(case, words),
        consent: facts::consent(case, words),
        history: told::history(case, &found.entries, words),
        doors: if is_now { doors::doors(case, asker, words) } else { Vec::new() },
        instead: case.replaced_by.map(|id| format!("/arenden/{id}")),
    }
}

fn status(case: &Case, words: &Words<'_>) -> (&'static str, &'static str) {
    if case.felregistrering {
        (words.t.status_felregistrering, "late")
    } else if case.is_open() {
        (words.t.status_open, "good")
    } else {
        (words.t.status_ended, "")
    }
}

fn next(case: &Case, asker: &Asker<'_>, awaited: Option<Expected>, is_now: bool, words: &Words<'_>) -> Next {
    let t = words.t;
    let may_register = is_now && asker.may_register(case);
    let turn = match due::next(case, asker.settings) {
        Some(due) => {
            let own = asker.caller.agency.unwrap_or(Agency::Fk);
            let text = if due.owner == own {
                t.your_turn
            } else if may_register {
                t.wait_but_agreed
            } else {
                t.wait_for
            };
            filled(text, &[("agency", due.owner.name())])
        }
        None if case.felregistrering => t.error_nothing.to_owned(),
        None => t.ended_nothing.to_owned(),
    };
    Next { awaited, turn, may_register }
}

fn day_field(t: &'static CaseTexts, asked: Option<String>, error: Option<String>, today: NaiveDate) -> Field {
    let hint = filled(t.as_known_hint, &[("day", &today.to_string())]);
    let mut field = Field::new("asOf", t.day, Kind::Line("date")).hint(hint).attribute("max", today.to_string());
    field.values.extend(asked);
    field.errors.extend(error);
    field
}
