//! The forms of a case: shown, sent, shown again with what is wrong, and registered.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::confirm;
use super::context::Context;
use super::forms::{self, Stop};
use super::page::{self, Notice, Shown};
use super::posting::{Handed, Handing, hand_over, new_key};
use super::sheet::Sheet;
use super::typed::Typed;
use super::which::Which;
use crate::app::App;
use crate::domain::code::CaseId;
use crate::domain::finding::Findings;
use crate::registrations::wire;
use crate::web::door::{Visit, enter, enter_with, to};
use crate::web::form::Sent;
use crate::web::page::Message;

/// The fields that every form has unseen.
pub const VERSION: &str = "version";
/// The form's own key.
pub const KEY: &str = "nyckel";
/// The button that only makes lists anew.
pub const AGAIN: &str = "uppdatera";

/// The case and the form of an address.
pub fn asked(request: &HttpRequest) -> Option<(CaseId, Which)> {
    let (id, rest) = request.path().strip_prefix("/arenden/")?.split_once('/')?;
    Some((wire::case_id(id)?, Which::of(rest)?))
}

/// `GET` of a form.
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    shown(&app, &request).await.unwrap_or_else(|told| told)
}

async fn shown(app: &web::Data<App>, request: &HttpRequest) -> Result<HttpResponse, HttpResponse> {
    let form = asked(request);
    let action = form.map_or(crate::auth::policy::Action::GetCase, |(_, which)| which.action());
    let visit = enter(app, request, action).await?;
    let (id, which) = form.ok_or_else(|| visit.not_found())?;
    let context = read(&visit, id, &which).await?;
    let sheet = match forms::sheet(&which, &context, None) {
        Ok(sheet) => sheet,
        Err(stop) => return Ok(page::stop_in(&visit, &context, &stop)),
    };
    Ok(drawn(&visit, &context, &which, sheet, Vec::new(), None, StatusCode::OK))
}

async fn read(visit: &Visit, id: CaseId, which: &Which) -> Result<Context, HttpResponse> {
    Context::read(visit, which.action(), id).await?.ok_or_else(|| visit.not_found())
}

/// A form of the case as it stands now, under a key of its own.
pub fn drawn(
    visit: &Visit,
    context: &Context,
    which: &Which,
    mut sheet: Sheet,
    whole: Vec<String>,
    notice: Option<Notice>,
    status: StatusCode,
) -> HttpResponse {
    sheet.hidden.push((VERSION, context.case.version.to_string()));
    if !sheet.hidden.iter().any(|(name, _)| *name == KEY) {
        sheet.hidden.push((KEY, new_key(visit)));
    }
    let (action, back) = (context.address(&which.path()), context.address(""));
    let about = Some(context.line());
    page::form(visit, Shown { sheet, whole, about, action: &action, back: &back, notice, status })
}

/// `POST` of a form.
pub async fn send(app: web::Data<App>, request: HttpRequest, form: Sent) -> HttpResponse {
    sent(&app, &request, form).await.unwrap_or_else(|told| told)
}

async fn sent(app: &web::Data<App>, request: &HttpRequest, form: Sent) -> Result<HttpResponse, HttpResponse> {
    let asked = asked(request);
    let action = asked.map_or(crate::auth::policy::Action::GetCase, |(_, which)| which.action());
    let (visit, fields) = enter_with(app, request, action, form).await?;
    let (id, which) = asked.ok_or_else(|| visit.not_found())?;
    let typed = Typed::of(fields.iter());
    if typed.one(AGAIN).is_some() {
        return again(&visit, id, &which, &typed).await;
    }
    let body = which.body(id, &typed);
    let item = match which.read(&body, id, visit.app.service.reading()) {
        Ok(item) => item,
        Err(findings) => return refused(&visit, id, &which, &typed, &findings).await,
    };
    let version = typed.one(VERSION).and_then(|text| text.parse().ok()).unwrap_or(0);
    if which.is_confirmed() && typed.one(confirm::CONFIRMED).is_none() {
        return confirm::ask(&visit, id, &which, &typed, item, version).await;
    }
    let handing = Handing {
        action,
        item,
        body: json!([id.to_string(), which.path(), body]),
        version: Some(version),
        // A form without a key is one that this service didn't make: it registers like any other, once.
        key: typed.one(KEY).map_or_else(|| new_key(&visit), ToOwned::to_owned),
    };
    outcome(&visit, id, &which, &typed, version, hand_over(&visit, handing).await).await
}

/// The answer to what came of a form.
///
/// # Errors
/// The answer to give when the case can't be read now.
pub async fn outcome(
    visit: &Visit,
    id: CaseId,
    which: &Which,
    typed: &Typed,
    version: i64,
    handed: Handed,
) -> Result<HttpResponse, HttpResponse> {
    match handed {
        Handed::Registered(address) => Ok(to(&address)),
        Handed::Refused(findings) => refused(visit, id, which, typed, &findings).await,
        Handed::Stale | Handed::SentBefore => stale(visit, id, which, typed, version).await,
        Handed::NotFound => Err(visit.not_found()),
        Handed::Forbidden => Err(Message::forbidden(&visit.app, visit.frame.clone())),
        Handed::Busy => busy(visit, id, which, typed).await,
    }
}

/// The same form with its lists made anew, and what was typed.
async fn again(visit: &Visit, id: CaseId, which: &Which, typed: &Typed) -> Result<HttpResponse, HttpResponse> {
    let context = read(visit, id, which).await?;
    match forms::sheet(which, &context, Some(typed)) {
        Ok(sheet) => Ok(drawn(visit, &context, which, sheet.filled(typed), Vec::new(), None, StatusCode::OK)),
        Err(stop) => Ok(page::stop_in(visit, &context, &stop)),
    }
}

async fn refused(
    visit: &Visit,
    id: CaseId,
    which: &Which,
    typed: &Typed,
    findings: &Findings,
) -> Result<HttpResponse, HttpResponse> {
    let context = read(visit, id, which).await?;
    let mut sheet = match forms::sheet(which, &context, Some(typed)) {
        Ok(sheet) => sheet.filled(typed),
        Err(stop) => return Ok(page::stop_in(visit, &context, &stop)),
    };
    let whole = sheet.marked(findings, &context.words);
    Ok(drawn(visit, &context, which, sheet, whole, None, StatusCode::UNPROCESSABLE_ENTITY))
}

/// What was registered meanwhile and by whom, and the form again with what was typed, where it still can be registered.
async fn stale(
    visit: &Visit,
    id: CaseId,
    which: &Which,
    typed: &Typed,
    version: i64,
) -> Result<HttpResponse, HttpResponse> {
    let context = read(visit, id, which).await?;
    let t = context.words.t;
    let ways = vec![(context.address(""), t.to_case.to_owned())];
    let notice = |text: &str| Notice {
        title: t.stale_title,
        text: text.to_owned(),
        meanwhile: page::meanwhile(&context, version),
        ways: ways.clone(),
    };
    let status = StatusCode::PRECONDITION_FAILED;
    Ok(match forms::sheet(which, &context, Some(typed)) {
        Ok(sheet) => drawn(visit, &context, which, sheet.filled(typed), Vec::new(), Some(notice(t.stale_why)), status),
        Err(Stop { title, text }) => {
            let said = format!("{} {title}. {text}", t.stale_no_more);
            let sheet = Sheet { title: t.stale_title.to_owned(), ..Sheet::default() };
            drawn(visit, &context, which, sheet, Vec::new(), Some(notice(&said)), status)
        }
    })
}

/// Nothing was registered, and nothing that was typed is lost.
async fn busy(visit: &Visit, id: CaseId, which: &Which, typed: &Typed) -> Result<HttpResponse, HttpResponse> {
    let context = read(visit, id, which).await?;
    let Ok(mut sheet) = forms::sheet(which, &context, Some(typed)) else {
        return Err(Message::busy(&visit.app, visit.frame.clone()));
    };
    // The same key: should it have been registered all the same, sending it again changes nothing.
    sheet.hidden.extend(typed.one(KEY).map(|key| (KEY, key.to_owned())));
    let whole = vec![context.words.t.busy_try_again.to_owned()];
    Ok(drawn(visit, &context, which, sheet.filled(typed), whole, None, StatusCode::SERVICE_UNAVAILABLE))
}
