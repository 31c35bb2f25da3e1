//! The pages of forms: a form with its summary of mistakes and what was registered meanwhile, and a page that says why there
//! is no form.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::context::Context;
use super::forms::Stop;
use super::lists;
use super::sheet::{Sheet, mistakes};
use super::words::Words;
use crate::domain::journal::{Entry, Event};
use crate::web::door::Visit;
use crate::web::form::Mistake;
use crate::web::page::Frame;
use crate::web::texts::register::RegisterTexts;
use crate::web::texts::{Texts, instant};

/// A form.
#[derive(Template)]
#[template(path = "register/sheet.html", config = "src/web/askama.toml")]
struct FormPage<'a> {
    frame: Frame,
    t: &'static Texts,
    r: &'static RegisterTexts,
    about: Option<String>,
    back: &'a str,
    action: &'a str,
    sheet: &'a Sheet,
    mistakes: Vec<Mistake>,
    notice: Option<Notice>,
}

/// What is to be known before the form is looked at.
pub struct Notice {
    /// In a few words.
    pub title: &'static str,
    /// What happened.
    pub text: String,
    /// What was registered meanwhile.
    pub meanwhile: Vec<String>,
    /// Ways to go on: address and text.
    pub ways: Vec<(String, String)>,
}

/// A form on its way to be shown.
pub struct Shown<'a> {
    /// The form, filled in.
    pub sheet: Sheet,
    /// What no field is about.
    pub whole: Vec<String>,
    /// Which case it is.
    pub about: Option<String>,
    /// Where it is sent.
    pub action: &'a str,
    /// Where to turn back to.
    pub back: &'a str,
    /// What is to be known first.
    pub notice: Option<Notice>,
    /// With which status.
    pub status: StatusCode,
}

/// The page of a form.
pub fn form(visit: &Visit, shown: Shown<'_>) -> HttpResponse {
    let Shown { sheet, whole, about, action, back, notice, status } = shown;
    let words = Words::of_language(visit.frame.language);
    let page = FormPage {
        frame: visit.frame.clone(),
        t: visit.frame.t,
        r: words.t,
        about,
        back,
        action,
        mistakes: mistakes(whole, &sheet),
        sheet: &sheet,
        notice,
    };
    visit.answer(status, &page)
}

#[derive(Template)]
#[template(path = "register/stop.html", config = "src/web/askama.toml")]
struct StopPage<'a> {
    frame: Frame,
    about: Option<String>,
    title: &'a str,
    text: &'a str,
    ways: Vec<(String, &'static str)>,
}

/// The page that says why there is no form in a case, and where to go on.
pub fn stop_in(visit: &Visit, context: &Context, stop: &Stop) -> HttpResponse {
    let t = context.words.t;
    let ways = vec![(context.address("/registrera"), t.to_next), (context.address(""), t.to_case)];
    stop_with(visit, Some(context.line()), stop, ways)
}

/// The page that says why there is no form.
pub fn stop_with(visit: &Visit, about: Option<String>, stop: &Stop, ways: Vec<(String, &'static str)>) -> HttpResponse {
    let page = StopPage { frame: visit.frame.clone(), about, title: stop.title, text: &stop.text, ways };
    visit.answer(StatusCode::OK, &page)
}

/// What was registered after a version of the case, by whom, in lines.
pub fn meanwhile(context: &Context, version: i64) -> Vec<String> {
    let seen = usize::try_from(version).unwrap_or(0);
    context.entries.iter().skip(seen).map(|entry| told(context, entry)).collect()
}

fn told(context: &Context, entry: &Entry) -> String {
    let (words, t) = (context.words, context.words.t);
    let what = match &entry.event {
        Event::Step { kind, date, .. } => format!("{} {date}", words.step(*kind)),
        Event::Withdrawal { .. } => t.event_withdrawal.to_owned(),
        Event::Answers { .. } => t.event_answers.to_owned(),
        Event::Offices { .. } => t.event_offices.to_owned(),
        Event::Handlers { .. } => t.event_handlers.to_owned(),
        Event::Protection { .. } => t.event_protection.to_owned(),
        Event::Removal { .. } => t.event_removal.to_owned(),
        Event::Coarsening { .. } => t.event_coarsening.to_owned(),
        Event::Reference { .. } => t.event_reference.to_owned(),
        Event::Correction(_) => t.event_correction.to_owned(),
    };
    let who = entry.by.handler.as_ref().map(|id| lists::handler_name(&context.organisation, id));
    let agency = entry.by.agency.name();
    let who = who.map_or_else(|| agency.to_owned(), |name| format!("{name}, {agency}"));
    format!("{} – {what} ({who})", instant(entry.known_from))
}
