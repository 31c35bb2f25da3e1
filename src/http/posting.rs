//! What every POST that registers has in common: from what was read to a job for the writer, and from its outcome
//! to an answer. No answer to a POST holds identity, kommun or answers to questions.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::answer::scope;
use super::problem::{Kind, MEDIA_TYPE, Problem, kind_of};
use super::trace::Trace;
use crate::app::App;
use crate::app::keeping::of_person;
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::domain::code::Position;
use crate::domain::finding::Findings;
use crate::domain::step::Agency;
use crate::domain::transition::Settings;
use crate::registrations::job::{Answered, Post, Render};
use crate::registrations::view::{self, HandlersView, OfficesView};
use crate::registrations::{Actor, Done, Idempotency, Job, Outcome, Rendered};

/// What was asked for, beside the items.
pub struct Asked {
    /// Who.
    pub caller: Arc<Caller>,
    /// By which right.
    pub action: Action,
    /// All or nothing.
    pub atomic: bool,
    /// Decide only.
    pub dry_run: bool,
    /// The version that was seen.
    pub if_match: Option<i64>,
    /// The key and the fingerprint of the body.
    pub idempotency: Option<(String, Vec<u8>)>,
}

/// Hands the items to the writer and answers with what it says.
///
/// # Errors
/// Why nothing was carried out.
pub async fn submit(
    app: &App,
    request: &HttpRequest,
    asked: Asked,
    posts: Vec<Post>,
    render: Render,
) -> Result<HttpResponse, Problem> {
    let keyed = |(key, fingerprint)| {
        let fingerprint = of_person(&app.service, &asked.caller, fingerprint);
        Idempotency { key, fingerprint, render: Arc::clone(&render) }
    };
    let idempotency = asked.idempotency.map(keyed);
    let job = Job {
        scope: scope(app, request, &asked.caller, asked.action),
        actor: Actor::Caller(asked.caller),
        action: asked.action,
        posts,
        atomic: asked.atomic,
        dry_run: asked.dry_run,
        if_match: asked.if_match,
        idempotency,
    };
    Ok(match app.service.submit(job).await? {
        Answered::Kept(rendered) => answer(rendered),
        Answered::Outcome(outcome) => answer(render(&outcome)),
    })
}

fn answer(rendered: Rendered) -> HttpResponse {
    let status = StatusCode::from_u16(rendered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    for (name, value) in &rendered.headers {
        answer.insert_header((name.as_str(), value.as_str()));
    }
    answer.body(rendered.body)
}

/// Tells one registration: 201 with Location and `ETag`, or the problem.
#[must_use]
pub fn render_one(app: &App, request: &HttpRequest) -> Render {
    let (settings, today, trace) = (app.service.settings.clone(), app.service.today(), Trace::of(request));
    Arc::new(move |outcome: &Outcome| match outcome.results.first() {
        Some(Ok(done)) => {
            let fresh = !outcome.dry_run && !done.repeated;
            let mut headers = plain_headers("application/json");
            if !outcome.dry_run {
                headers.push(("location".to_owned(), format!("/v1/registrations/{}", done.registration)));
                headers.push(("etag".to_owned(), format!("\"{}\"", done.case.version)));
            }
            let told = told(done, outcome.dry_run, &settings, today);
            let body = text(&OneView { told, dry_run: outcome.dry_run });
            Rendered { status: if fresh { 201 } else { 200 }, headers, body }
        }
        Some(Err(findings)) => problem(&Problem::of_findings(findings), trace.as_deref()),
        None => problem(&Problem::of_findings(&Findings::default()), trace.as_deref()),
    })
}

/// Tells a batch: one result an item, in their order. An atomic one that failed is a problem, with the same results beside.
#[must_use]
pub fn render_batch(app: &App, request: &HttpRequest, references: Vec<Option<String>>) -> Render {
    let (settings, today, trace) = (app.service.settings.clone(), app.service.today(), Trace::of(request));
    Arc::new(move |outcome: &Outcome| {
        let items = outcome.results.iter().enumerate();
        let body = BatchView {
            items: items
                .map(|(index, result)| item(index, result, references.get(index), outcome.dry_run, &settings, today))
                .collect(),
            atomic: outcome.atomic,
            dry_run: outcome.dry_run,
            // Where nothing is registered, no position includes it: the member is left out, as in a single answer.
            position: (!outcome.dry_run && outcome.position > Position(0)).then_some(outcome.position.0),
            meta: MetaView {
                total_items: outcome.results.len(),
                refused: outcome.results.iter().filter(|r| r.is_err()).count(),
            },
        };
        if outcome.atomic && body.meta.refused > 0 {
            return refused_batch(outcome, &body, trace.as_deref());
        }
        Rendered { status: 200, headers: plain_headers("application/json"), body: text(&body) }
    })
}

/// All that is wrong with a batch, each finding with the index of its item, and the members of the batch.
fn refused_batch(outcome: &Outcome, batch: &BatchView<'_>, trace: Option<&str>) -> Rendered {
    let mut all = Findings::default();
    let refused =
        outcome.results.iter().enumerate().filter_map(|(index, result)| Some((index, result.as_ref().err()?)));
    refused.for_each(|(index, findings)| all.append(findings.clone().at_index(index)));
    let told = problem(&Problem::new(Kind::Regelbrott).errors(&all), trace);
    let members = |body: &str| serde_json::from_str::<Map<String, Value>>(body).unwrap_or_default();
    let mut whole = members(&told.body);
    whole.extend(members(&text(batch)));
    Rendered { body: text(&whole), ..told }
}

/// Plain structs of texts and numbers: writing them can't fail.
fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

/// The answer to one registration.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OneView {
    #[serde(flatten)]
    told: ToldView,
    dry_run: bool,
}

/// The answer to a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchView<'a> {
    items: Vec<ItemView<'a>>,
    atomic: bool,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<i64>,
    #[serde(rename = "_meta")]
    meta: MetaView,
}

/// How many items there were.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MetaView {
    total_items: usize,
    refused: usize,
}

/// The result of one item of a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemView<'a> {
    index: usize,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_reference: Option<&'a str>,
    #[serde(flatten)]
    told: Option<ToldView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<view::FindingView>>,
}

fn item<'a>(
    index: usize,
    result: &Result<Done, Findings>,
    reference: Option<&'a Option<String>>,
    dry_run: bool,
    settings: &Settings,
    today: NaiveDate,
) -> ItemView<'a> {
    let status = match result {
        Ok(done) if dry_run || done.repeated => 200,
        Ok(_) => 201,
        Err(findings) => kind_of(findings),
    };
    ItemView {
        index,
        status,
        client_reference: reference.and_then(|r| r.as_deref()),
        told: result.as_ref().ok().map(|done| told(done, dry_run, settings, today)),
        findings: result.as_ref().err().map(view::findings),
    }
}

/// A registration and the new state of its case, without anything about the person. A dry run has made no
/// registration and opened no case: ids that lead nowhere are not given.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldView {
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeated: Option<bool>,
    known_from: DateTime<Utc>,
    case: StateView,
    notices: Vec<view::FindingView>,
}

/// The new state of a case.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StateView {
    version: i64,
    status: &'static str,
    identity: &'static str,
    step: &'static str,
    step_date: NaiveDate,
    offices: OfficesView,
    handlers: HandlersView,
    next: Option<view::NextView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

fn told(done: &Done, dry_run: bool, settings: &Settings, today: NaiveDate) -> ToldView {
    let case = &done.case;
    let stored = !dry_run;
    let handler = |agency| case.present_handler(agency).map(ToString::to_string);
    ToldView {
        registration: stored.then(|| done.registration.to_string()),
        position: stored.then_some(done.position.0),
        repeated: stored.then_some(done.repeated),
        known_from: done.known_from,
        case: StateView {
            version: case.version,
            status: view::status(case),
            identity: case.identity.code(),
            step: case.current().kind.code(),
            step_date: case.current().date,
            offices: OfficesView::from(case.present_offices()),
            handlers: HandlersView { fk: handler(Agency::Fk), af: handler(Agency::Af) },
            next: view::next(case, settings, today),
            id: stored.then(|| case.id.to_string()),
            link: stored.then(|| format!("/v1/cases/{}", case.id)),
        },
        notices: view::findings(&done.notices),
    }
}

fn problem(problem: &Problem, trace: Option<&str>) -> Rendered {
    let mut headers = plain_headers(MEDIA_TYPE);
    headers.extend(problem.headers().iter().map(|(n, v)| ((*n).to_owned(), v.clone())));
    Rendered { status: problem.status(), headers, body: problem.body(trace) }
}

fn plain_headers(media: &str) -> Vec<(String, String)> {
    vec![("content-type".to_owned(), media.to_owned()), ("cache-control".to_owned(), "no-store".to_owned())]
}
