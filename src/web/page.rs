//! What every page has: its language, its layout, and the headers it leaves with.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::texts::{Language, Texts};
use crate::app::App;
use crate::auth::fetch::origin;

/// What the layout shows around every page.
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// Its texts.
    pub t: &'static Texts,
}

impl Frame {
    /// In the language that the request asks for.
    pub fn of(request: &HttpRequest) -> Self {
        let accept = request.headers().get(ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
        let language = Language::wanted(query(request).get("lang").map(String::as_str), accept);
        Self { language, t: language.texts() }
    }
}

/// The query; the last of a name counts, and what can't be read is nothing.
pub fn query(request: &HttpRequest) -> BTreeMap<String, String> {
    web::Query::<BTreeMap<String, String>>::from_query(request.query_string())
        .map(web::Query::into_inner)
        .unwrap_or_default()
}

/// A page as it leaves: nobody keeps it, and nothing but the service's own files is loaded by it.
pub fn answer(app: &App, status: StatusCode, page: &impl Template) -> HttpResponse {
    let Ok(body) = page.render() else {
        log::error!("a page could not be made");
        return HttpResponse::InternalServerError().finish();
    };
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, policy(app)))
        .insert_header((REFERRER_POLICY, "same-origin"))
        .insert_header(("x-content-type-options", "nosniff"))
        .body(body)
}

/// Logging out is a form that ends at the provider, and browsers hold a form's redirects against the policy too.
fn policy(app: &App) -> String {
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
    pub fn answer(
        app: &App,
        request: &HttpRequest,
        status: StatusCode,
        says: impl Fn(&'static Texts) -> (&'static str, &'static str),
    ) -> HttpResponse {
        let frame = Frame::of(request);
        let (title, text) = says(frame.t);
        answer(app, status, &Self { frame, title, text })
    }

    /// The database can't be asked just now.
    pub fn busy(app: &App, request: &HttpRequest) -> HttpResponse {
        Self::answer(app, request, StatusCode::SERVICE_UNAVAILABLE, |t| (t.busy, t.provider_why))
    }
}
