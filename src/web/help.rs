//! Help and the accessibility statement: for everybody, also without a login.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::page::{Frame, Message};
use super::texts::guide::{AccessibilityTexts, HelpTexts};
use super::visitor::Visitor;
use crate::app::App;

/// Headings, each with what stands below it.
type Parts = Vec<(&'static str, &'static str)>;

#[derive(Template)]
#[template(path = "help.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    title: &'static str,
    lead: &'static str,
    parts: Parts,
    /// Whether the last part is followed by the way to the interface for systems.
    for_systems: bool,
}

/// `GET /hjalp`
pub async fn help(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    shown(&app, &request, |frame| {
        let t = HelpTexts::of(frame.language);
        let parts = vec![
            (t.find, t.find_text),
            (t.missing, t.missing_text),
            (t.turn, t.turn_text),
            (t.wrong, t.wrong_text),
            (t.figures, t.figures_text),
            (t.access, t.access_text),
            (t.ends, t.ends_text),
            (t.systems, t.systems_text),
        ];
        Page { title: t.title, lead: "", parts, for_systems: true, frame }
    })
    .await
}

/// `GET /tillganglighet`
pub async fn accessibility(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    shown(&app, &request, |frame| {
        let t = AccessibilityTexts::of(frame.language);
        let parts = vec![
            (t.how, t.how_text),
            (t.tested, t.tested_text),
            (t.lacking, t.lacking_text),
            (t.tell, t.tell_text),
            (t.supervision, t.supervision_text),
        ];
        Page { title: t.title, lead: t.lead, parts, for_systems: false, frame }
    })
    .await
}

async fn shown(app: &web::Data<App>, request: &HttpRequest, page: impl FnOnce(Frame) -> Page) -> HttpResponse {
    let frame = match Visitor::of(app, request).await {
        Ok(Visitor::Person(person)) => Frame::for_person(app, request, &person),
        Ok(_) => Frame::of(app, request),
        Err(_) => return Message::busy(app, Frame::of(app, request)),
    };
    let page = page(frame);
    page.frame.answer(app, StatusCode::OK, &page)
}
