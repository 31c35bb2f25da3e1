//! Logging in to practise: whoever comes chooses whom to be among the people of the register. Only where the program issues
//! its own tokens, which is on the own machine; elsewhere the address isn't there.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};

use super::door::to;
use super::form::Fields;
use super::page::{Frame, Message};
use super::texts::Language;
use super::visitor::{cookie, in_database, session_cookie_name};
use crate::app::App;
use crate::auth::Caller;
use crate::auth::sessions::{self, Limits, Secret};
use crate::domain::code::{ClientId, HandlerId};
use crate::domain::organisation::{Handler, Organisation, Role};
use crate::domain::step::Agency;
use crate::storage::{StorageError, lists};

/// People with cases that are looked for of each agency.
const BUSY: i64 = 20;

/// The people with the most open cases, of both agencies.
///
/// # Errors
/// When the database fails.
pub fn busiest(app: &App) -> Result<Vec<String>, StorageError> {
    let mut connection = app.service.db.read()?;
    let mut link = connection.link();
    let of = Agency::ALL.map(|agency| lists::busiest(&mut link, agency, BUSY));
    Ok(of.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
}

/// Whom somebody may be.
pub struct Part {
    /// Somebody of the register; empty for nobody in particular.
    pub handler: String,
    /// As what; empty for what the register says of them.
    pub role: &'static str,
    /// What it is called.
    pub text: String,
}

/// A few of each kind, of both agencies: enough to try everything.
pub fn parts(
    organisation: &Organisation,
    busiest: &[String],
    language: Language,
    today: chrono::NaiveDate,
) -> Vec<Part> {
    // Whoever has cases comes first, so that there is something to do.
    let place = |id: &HandlerId| busiest.iter().position(|busy| busy == id.as_str()).unwrap_or(busiest.len());
    let with = |agency: Agency, role: Role| {
        let people = organisation.handlers.iter().filter(|(_, handler)| handler.agency == agency);
        let mut people: Vec<(&HandlerId, &Handler)> =
            people.filter(|(_, handler)| roles(handler, today).contains(&role)).collect();
        people.sort_by_key(|(id, _)| place(id));
        people.truncate(3);
        people
    };
    let mut parts = Vec::new();
    let mut seen = BTreeSet::new();
    for role in [Role::Deltagaransvarig, Role::Insatsansvarig, Role::Samverkansansvarig] {
        for agency in Agency::ALL {
            for (id, handler) in with(agency, role) {
                if !seen.insert(id.clone()) {
                    continue;
                }
                let all: Vec<&str> = roles(handler, today).into_iter().map(|role| language.role(role)).collect();
                let text = format!("{}, {}: {}", handler.name, agency.name(), all.join(", "));
                parts.push(Part { handler: id.to_string(), role: "", text });
            }
        }
    }
    for role in [Role::Rapportlasare, Role::Samverkansadministrator, Role::Systemforvaltare] {
        let text = format!("{}, {}", language.role(role), Agency::Fk.name());
        parts.push(Part { handler: String::new(), role: role.code(), text });
    }
    parts
}

fn roles(handler: &Handler, today: chrono::NaiveDate) -> BTreeSet<Role> {
    handler.assignments.iter().filter(|given| given.validity.contains(today)).map(|given| given.role).collect()
}

/// `POST /login/practice`: begins a session as whoever was chosen.
pub async fn log_in(app: web::Data<App>, request: HttpRequest, form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let frame = Frame::of(&app, &request);
    if !app.practice {
        return Message::not_found(&app, frame);
    }
    let fields = Fields::new(form.into_inner());
    let mut random = [0; 32];
    app.fill(&mut random);
    let secret = Secret::new(random);
    let value = secret.text();
    let (asking, handler, role) = (
        app.clone(),
        fields.one("handler").and_then(|id| HandlerId::parse(id).ok()),
        fields.one("role").and_then(Role::from_code),
    );
    let begun = in_database(move || {
        let mut connection = asking.service.db.read()?;
        let mut link = connection.link();
        let organisation = asking.service.registers.current(&mut link)?;
        let Some(caller) = chosen(&organisation, handler, role, asking.service.today()) else { return Ok(false) };
        sessions::begin(&mut link, &secret, "practice", &caller, Limits::default(), asking.now())?;
        Ok(true)
    });
    match begun.await {
        Ok(true) => {
            let mut told = to("/");
            if told.add_cookie(&cookie(&app, session_cookie_name(&app), value)).is_err() {
                log::warn!("a cookie could not be given");
            }
            told
        }
        Ok(false) => Message::not_found(&app, frame),
        Err(_) => Message::busy(&app, frame),
    }
}

fn chosen(
    organisation: &Organisation,
    id: Option<HandlerId>,
    role: Option<Role>,
    today: chrono::NaiveDate,
) -> Option<Caller> {
    let client = ClientId::parse("practice").ok()?;
    if let Some(id) = id {
        let handler = organisation.handlers.get(&id)?;
        return Some(Caller { client, agency: Some(handler.agency), roles: roles(handler, today), handler: Some(id) });
    }
    let alone = [Role::Rapportlasare, Role::Samverkansadministrator, Role::Systemforvaltare];
    let role = role.filter(|role| alone.contains(role))?;
    Some(Caller { client, agency: Some(Agency::Fk), roles: BTreeSet::from([role]), handler: None })
}
