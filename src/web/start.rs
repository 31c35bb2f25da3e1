//! The start page: how to log in, or who is logged in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::page::{Frame, Message, login_address, query};
use super::practice::{self, Part};
use super::texts::instant;
use super::visitor::{Person, Visitor, in_database, no_cookie, session_cookie_name};
use crate::app::App;
use crate::domain::step::Agency;

#[derive(Template)]
#[template(path = "start.html", config = "src/web/askama.toml")]
struct StartPage {
    frame: Frame,
    notice: Option<&'static str>,
    person: Option<Shown>,
    logins: Vec<LogIn>,
    practice: Vec<Part>,
    tasks: Vec<Task>,
}

/// What somebody can do here.
struct Task {
    address: &'static str,
    text: &'static str,
    about: &'static str,
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
}

/// `GET /`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let frame = Frame::of(&app, &request);
    let Ok(visitor) = Visitor::of(&app, &request).await else { return Message::busy(&app, frame) };
    let ended = matches!(visitor, Visitor::Ended);
    let (frame, person) = match &visitor {
        Visitor::Person(person) => {
            let frame = Frame::for_person(&app, &request, person);
            let shown = Shown::of(&app, &frame, person);
            (frame, Some(shown))
        }
        Visitor::Nobody | Visitor::Ended => (frame, None),
    };
    let notice = match query(&request).get("message").map(String::as_str) {
        _ if person.is_some() => None,
        Some("logged-out") => Some(frame.t.logged_out),
        Some("expired") => Some(frame.t.expired),
        Some("log-in") => Some(frame.t.log_in_first),
        _ => ended.then_some(frame.t.expired),
    };
    let practice = if app.practice && person.is_none() {
        let asking = app.clone();
        match in_database(move || Ok((asking.service.organisation()?.1, practice::busiest(&asking)?))).await {
            Ok((organisation, busiest)) => {
                practice::parts(&organisation, &busiest, frame.language, app.service.today())
            }
            Err(_) => return Message::busy(&app, frame),
        }
    } else {
        Vec::new()
    };
    let page = StartPage { logins: logins(&app, &frame), tasks: tasks(&frame), frame, notice, person, practice };
    let mut told = page.frame.answer(&app, StatusCode::OK, &page);
    if ended && told.add_cookie(&no_cookie(&app, session_cookie_name(&app))).is_err() {
        log::warn!("a cookie could not be taken away");
    }
    told
}

/// What the menu leads to, with a word of what it is for.
fn tasks(frame: &Frame) -> Vec<Task> {
    let t = frame.t;
    let about = |address: &str| match address {
        "/arenden" => t.about_cases,
        "/arenden/ny" => t.about_new,
        "/sok" => t.about_search,
        "/rapporter/baspaket" => t.about_baspaket,
        "/rapporter" => t.about_reports,
        "/paket" => t.about_packages,
        "/uppdrag" => t.about_assignments,
        _ => t.about_guide,
    };
    frame.menu.iter().map(|way| Task { address: way.address, text: way.text, about: about(way.address) }).collect()
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

impl Shown {
    fn of(app: &App, frame: &Frame, person: &Person) -> Self {
        let (t, session) = (frame.t, &person.session);
        let caller = &session.caller;
        let known = person.known();
        let today = app.service.today();
        let assignments = known.iter().flat_map(|handler| &handler.assignments);
        let assignments = assignments.filter(|assignment| assignment.validity.contains(today)).map(|assignment| {
            let office = person.organisation.offices.get(&assignment.office);
            let name = office.map_or(assignment.office.as_str(), |office| office.name.as_str());
            format!("{name}: {}", frame.language.role(assignment.role))
        });
        Self {
            handler: match (&caller.handler, known) {
                (Some(id), Some(known)) => format!("{} ({id})", known.name),
                (Some(id), None) => id.to_string(),
                (None, _) => t.no_handler.to_owned(),
            },
            agency: caller.agency.map_or(t.no_agency, Agency::name),
            roles: caller.roles.iter().map(|role| frame.language.role(*role)).collect(),
            assignments: assignments.collect(),
            idle_ends: instant(session.idle_ends),
            idle_ends_iso: session.idle_ends.to_rfc3339(),
            ends: instant(session.ends),
            ends_iso: session.ends.to_rfc3339(),
        }
    }
}
