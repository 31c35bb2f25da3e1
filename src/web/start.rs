//! The start page: how to log in, or who is logged in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Stockholm;

use super::page::{Frame, Message, answer, query};
use super::texts::Language;
use super::visitor::{Person, Visitor, in_database, no_cookie, session_cookie_name};
use crate::app::App;
use crate::domain::organisation::Organisation;

#[derive(Template)]
#[template(path = "start.html", config = "src/web/askama.toml")]
struct StartPage {
    frame: Frame,
    notice: Option<&'static str>,
    person: Option<Shown>,
    logins: Vec<LogIn>,
}

/// A way to log in.
struct LogIn {
    address: String,
    text: String,
}

/// Who is logged in.
struct Shown {
    handler: String,
    agency: &'static str,
    roles: Vec<&'static str>,
    assignments: Vec<String>,
    idle_ends: String,
    idle_ends_iso: String,
    ends: String,
    ends_iso: String,
    /// Where to log in again, when it is time.
    ends_soon: Option<String>,
    form_token: String,
}

/// `GET /`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let frame = Frame::of(&request);
    let Ok(visitor) = Visitor::of(&app, &request).await else { return Message::busy(&app, &request) };
    let ended = matches!(visitor, Visitor::Ended);
    let person = match visitor {
        Visitor::Person(person) => {
            let asking = app.clone();
            match in_database(move || asking.service.organisation()).await {
                Ok((_, organisation)) => Some(Shown::of(&app, &frame, &person, &organisation)),
                Err(_) => return Message::busy(&app, &request),
            }
        }
        Visitor::Nobody | Visitor::Ended => None,
    };
    let notice = match query(&request).get("message").map(String::as_str) {
        _ if person.is_some() => None,
        Some("logged-out") => Some(frame.t.logged_out),
        Some("expired") => Some(frame.t.expired),
        _ => ended.then_some(frame.t.expired),
    };
    let logins = logins(&app, &frame);
    let mut told = answer(&app, StatusCode::OK, &StartPage { frame, notice, person, logins });
    if ended && told.add_cookie(&no_cookie(&app, session_cookie_name(&app))).is_err() {
        log::warn!("a cookie could not be taken away");
    }
    told
}

fn logins(app: &App, frame: &Frame) -> Vec<LogIn> {
    let Some(logins) = &app.logins else { return Vec::new() };
    let one = logins.all.len() == 1;
    let way = |login: &crate::auth::login::Login| LogIn {
        address: login_address(&login.name, frame.language),
        text: if one { frame.t.log_in.to_owned() } else { format!("{} {}", frame.t.log_in_by, login.title) },
    };
    logins.all.iter().map(way).collect()
}

fn login_address(name: &str, language: Language) -> String {
    format!("/login?with={name}&lang={}", language.code())
}

impl Shown {
    fn of(app: &App, frame: &Frame, person: &Person, organisation: &Organisation) -> Self {
        let (t, session) = (frame.t, &person.session);
        let caller = &session.caller;
        let known = caller.handler.as_ref().and_then(|id| organisation.handlers.get(id));
        let known = known.filter(|handler| Some(handler.agency) == caller.agency);
        let today = app.service.today();
        let assignments = known.iter().flat_map(|handler| &handler.assignments);
        let assignments = assignments.filter(|assignment| assignment.validity.contains(today)).map(|assignment| {
            let office = organisation.offices.get(&assignment.office);
            let name = office.map_or(assignment.office.as_str(), |office| office.name.as_str());
            format!("{name}: {}", frame.language.role(assignment.role))
        });
        let limits = app.logins.as_ref().map(|logins| logins.limits).unwrap_or_default();
        let soon = session.ends - app.now() <= limits.warn;
        Self {
            handler: match (&caller.handler, known) {
                (Some(id), Some(known)) => format!("{} ({id})", known.name),
                (Some(id), None) => id.to_string(),
                (None, _) => t.no_handler.to_owned(),
            },
            agency: caller.agency.map_or(t.no_agency, |agency| frame.language.agency(agency)),
            roles: caller.roles.iter().map(|role| frame.language.role(*role)).collect(),
            assignments: assignments.collect(),
            idle_ends: shown(session.idle_ends),
            idle_ends_iso: session.idle_ends.to_rfc3339(),
            ends: shown(session.ends),
            ends_iso: session.ends.to_rfc3339(),
            ends_soon: soon.then(|| login_address(&session.login, frame.language)),
            form_token: person.secret.form_token(),
        }
    }
}

/// Swedish time, as people read it.
fn shown(instant: DateTime<Utc>) -> String {
    instant.with_timezone(&Stockholm).format("%Y-%m-%d %H.%M").to_string()
}
