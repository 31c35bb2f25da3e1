//! What every page has: its language, its layout with the way to other pages, and the headers it leaves with.

use std::collections::BTreeMap;

use actix_web::cookie::time::Duration;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::texts::{Language, Texts, instant};
use super::visitor::{Person, cookie};
use crate::app::App;
use crate::auth::fetch::origin;
use crate::auth::policy::{self, Action};
use crate::domain::organisation::Role;
use crate::domain::person::contains_identity_number;
use crate::domain::step::Agency;

/// The cookie that keeps which language somebody chose.
const LANGUAGE: &str = "sus-lang";

/// What the layout shows around every page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// Its texts.
    pub t: &'static Texts,
    /// Chosen by this request, to be kept.
    chosen: bool,
    /// The same page in the other language.
    pub other_language: String,
    /// Whether there are no real people here.
    pub practice: bool,
    /// Who is logged in.
    pub who: Option<Who>,
    /// The way to other pages.
    pub menu: Vec<Way>,
}

/// Somebody who is logged in, as the layout shows them.
#[derive(Debug, Clone)]
pub struct Who {
    /// The name, or what else there is.
    pub name: String,
    /// The agency's name; empty for nobody's.
    pub agency: &'static str,
    /// The token that every form carries.
    pub form_token: String,
    /// When the login ends, where that is soon, and where to log in again.
    pub ends_soon: Option<(String, String)>,
}

/// A way to another page.
#[derive(Debug, Clone)]
pub struct Way {
    /// Its address.
    pub address: &'static str,
    /// What it is called.
    pub text: &'static str,
    /// Whether this is where somebody is.
    pub here: bool,
}

impl Frame {
    /// For somebody who isn't logged in, in the language that the request asks for.
    #[must_use]
    pub fn of(app: &App, request: &HttpRequest) -> Self {
        let asked = query(request);
        let named = asked.get("lang").map(String::as_str).and_then(Language::from_code);
        let kept = request.cookie(LANGUAGE).and_then(|cookie| Language::from_code(cookie.value()));
        let accept = request.headers().get(ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
        let language = named.or(kept).unwrap_or_else(|| Language::wanted(None, accept));
        // A number that somebody put into an address is not repeated.
        let today = app.service.today();
        let others: Vec<(&str, &str)> = asked
            .iter()
            .filter(|(name, value)| *name != "lang" && !contains_identity_number(value, today))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain([("lang", language.other().code())])
            .collect();
        let others = serde_urlencoded::to_string(others).unwrap_or_default();
        // Nor one in its path, however it is spelled; no page is found there.
        let path: Vec<(String, String)> = serde_urlencoded::from_str(request.path()).unwrap_or_default();
        let mut pieces = path.iter().flat_map(|(name, value)| [name, value]);
        let numbered = pieces.any(|piece| contains_identity_number(piece, today));
        Self {
            language,
            t: language.texts(),
            chosen: named.is_some(),
            other_language: format!("{}?{others}", if numbered { "/" } else { request.path() }),
            practice: app.practice,
            who: None,
            menu: Vec::new(),
        }
    }

    /// For somebody who is logged in.
    #[must_use]
    pub fn for_person(app: &App, request: &HttpRequest, person: &Person) -> Self {
        let mut frame = Self::of(app, request);
        let session = &person.session;
        let limits = app.logins.as_ref().map(|logins| logins.limits).unwrap_or_default();
        let soon = session.ends - app.now() <= limits.warn;
        frame.who = Some(Who {
            name: person.name(),
            agency: session.caller.agency.map_or("", Agency::name),
            form_token: person.secret.form_token(),
            ends_soon: soon.then(|| (instant(session.ends), login_address(&session.login, frame.language))),
        });
        frame.menu = menu(frame.t, person, request.path());
        frame
    }

    /// A page as it leaves: nobody keeps it, and nothing but the service's own files is loaded by it.
    #[must_use]
    pub fn answer(&self, app: &App, status: StatusCode, page: &impl Template) -> HttpResponse {
        let Ok(body) = page.render() else {
            log::error!("a page could not be made");
            return HttpResponse::InternalServerError().finish();
        };
        let mut answer = HttpResponse::build(status);
        answer
            .content_type("text/html; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((CONTENT_SECURITY_POLICY, security_policy(app)))
            .insert_header((REFERRER_POLICY, "same-origin"))
            .insert_header(("x-content-type-options", "nosniff"));
        if self.chosen {
            let mut kept = cookie(app, LANGUAGE, self.language.code().to_owned());
            kept.set_max_age(Duration::days(365));
            answer.cookie(kept);
        }
        answer.body(body)
    }
}

/// Where to log in by a login of this name.
#[must_use]
pub fn login_address(name: &str, language: Language) -> String {
    format!("/login?with={name}&lang={}", language.code())
}

/// What somebody with these roles has to do here.
fn menu(t: &'static Texts, person: &Person, path: &str) -> Vec<Way> {
    let caller = &person.session.caller;
    let all = [
        ("/arenden", t.menu_cases, policy::role_allows(caller, Action::ListCases)),
        ("/arenden/ny", t.menu_new, policy::role_allows(caller, Action::CreateRegistrations)),
        ("/sok", t.menu_search, policy::role_allows(caller, Action::SearchCases)),
        ("/rapporter/baspaket", t.menu_baspaket, policy::role_allows(caller, Action::GetReport)),
        ("/rapporter", t.menu_reports, policy::role_allows(caller, Action::GetReport)),
        ("/paket", t.menu_packages, caller.has(Role::Samverkansansvarig)),
        ("/uppdrag", t.menu_assignments, policy::role_allows(caller, Action::ListAssignments)),
        ("/guide", t.menu_guide, true),
    ];
    let allowed = all.into_iter().filter(|(_, _, allowed)| *allowed);
    let mut ways: Vec<Way> = allowed.map(|(address, text, _)| Way { address, text, here: false }).collect();
    // The longest address that the path begins with is where somebody is.
    let within = |way: &Way| path == way.address || path.starts_with(&format!("{}/", way.address));
    let nearest = ways.iter().enumerate().filter(|(_, way)| within(way)).max_by_key(|(_, way)| way.address.len());
    if let Some(at) = nearest.map(|(at, _)| at) {
        ways[at].here = true;
    }
    ways
}

/// The query; the last of a name counts, and what can't be read is nothing.
#[must_use]
pub fn query(request: &HttpRequest) -> BTreeMap<String, String> {
    web::Query::<BTreeMap<String, String>>::from_query(request.query_string())
        .map(web::Query::into_inner)
        .unwrap_or_default()
}

/// Logging out is a form that ends at the provider, and browsers hold a form's redirects against the policy too.
fn security_policy(app: &App) -> String {
    let mut forms = String::new();
    for login in app.logins.iter().flat_map(|logins| &logins.all) {
        let endpoints = app.verifier.issuer(login.issuer).and_then(|issuer| issuer.keys.endpoints());
        if let Some(origin) = endpoints.and_then(|e| e.end_session).as_deref().and_then(origin) {
            forms.push(' ');
            forms.push_str(&origin);
        }
    }
    format!("default-src 'self'; form-action 'self'{forms}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'")
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "message.html", config = "src/web/askama.toml")]
pub struct Message {
    frame: Frame,
    title: &'static str,
    text: &'static str,
}

impl Message {
    /// What happened, and what to do about it.
    #[must_use]
    pub fn answer(
        app: &App,
        frame: Frame,
        status: StatusCode,
        says: impl Fn(&'static Texts) -> (&'static str, &'static str),
    ) -> HttpResponse {
        let (title, text) = says(frame.t);
        let page = Self { frame, title, text };
        page.frame.answer(app, status, &page)
    }

    /// The database can't be asked just now.
    #[must_use]
    pub fn busy(app: &App, frame: Frame) -> HttpResponse {
        Self::answer(app, frame, StatusCode::SERVICE_UNAVAILABLE, |t| (t.busy, t.provider_why))
    }

    /// It isn't there, or isn't for them to know of.
    #[must_use]
    pub fn not_found(app: &App, frame: Frame) -> HttpResponse {
        Self::answer(app, frame, StatusCode::NOT_FOUND, |t| (t.not_found, t.not_found_why))
    }

    /// The role isn't enough.
    #[must_use]
    pub fn forbidden(app: &App, frame: Frame) -> HttpResponse {
        Self::answer(app, frame, StatusCode::FORBIDDEN, |t| (t.forbidden, t.forbidden_why))
    }

    /// The form isn't one that was made for this session.
    #[must_use]
    pub fn bad_form(app: &App, frame: Frame) -> HttpResponse {
        Self::answer(app, frame, StatusCode::FORBIDDEN, |t| (t.bad_form, t.bad_form_why))
    }
}
