//! What every POST that registers has in common: from what was read to a job for the writer, and from its outcome
//! to an answer. No answer to a POST holds identity, kommun or answers to questions.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::answer::scope;
use super::problem::{MEDIA_TYPE, Problem, kind_of};
use super::trace::Trace;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::domain::code::Position;
use crate::domain::finding::Findings;
use crate::domain::transition::Settings;
use crate::registrations::job::Post;
use crate::registrations::job::Render;
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
    pub idempotency: Option<Idempotency>,
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
    let job = Job {
        scope: scope(app, request, &asked.caller, asked.action),
        actor: Actor::Caller(asked.caller),
        action: asked.action,
        posts,
        atomic: asked.atomic,
        dry_run: asked.dry_run,
        if_match: asked.if_match,
        idempotency: asked.idempotency,
        render,
    };
    Ok(answer(app.service.submit(job).await?))
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
            let mut body = told(done, outcome.dry_run, &settings, today);
            body.insert("dryRun".to_owned(), json!(outcome.dry_run));
            Rendered { status: if fresh { 201 } else { 200 }, headers, body: Value::Object(body).to_string() }
        }
        Some(Err(findings)) => problem(&Problem::of_findings(findings), trace.as_deref()),
        None => problem(&Problem::of_findings(&Findings::default()), trace.as_deref()),
    })
}

/// Tells a batch: one result an item, in their order; an atomic one that failed is 422.
#[must_use]
pub fn render_batch(app: &App, references: Vec<Option<String>>) -> Render {
    let (settings, today) = (app.service.settings.clone(), app.service.today());
    Arc::new(move |outcome: &Outcome| {
        let items: Vec<Value> = outcome
            .results
            .iter()
            .enumerate()
            .map(|(index, result)| item(index, result, references.get(index), outcome.dry_run, &settings, today))
            .collect();
        let failed = outcome.atomic && outcome.results.iter().any(Result::is_err);
        let mut body = json!({
            "items": items, "atomic": outcome.atomic, "dryRun": outcome.dry_run,
            "_meta": {"totalItems": outcome.results.len(),
                      "refused": outcome.results.iter().filter(|r| r.is_err()).count()},
        });
        // Where nothing is registered, no position includes it: the member is left out, as in a single answer.
        if !outcome.dry_run && outcome.position > Position(0) {
            body["position"] = json!(outcome.position.0);
        }
        let headers = plain_headers("application/json");
        Rendered { status: if failed { 422 } else { 200 }, headers, body: body.to_string() }
    })
}

fn item(
    index: usize,
    result: &Result<Done, Findings>,
    reference: Option<&Option<String>>,
    dry_run: bool,
    settings: &Settings,
    today: chrono::NaiveDate,
) -> Value {
    let mut item = Map::new();
    item.insert("index".to_owned(), json!(index));
    let status = match result {
        Ok(done) if dry_run || done.repeated => 200,
        Ok(_) => 201,
        Err(findings) => kind_of(findings),
    };
    item.insert("status".to_owned(), json!(status));
    if let Some(Some(reference)) = reference {
        item.insert("clientReference".to_owned(), json!(reference));
    }
    match result {
        Ok(done) => item.extend(told(done, dry_run, settings, today)),
        Err(findings) => {
            item.insert("findings".to_owned(), json!(view::findings(findings)));
        }
    }
    Value::Object(item)
}

/// A registration and the new state of its case, without anything about the person.
fn told(done: &Done, dry_run: bool, settings: &Settings, today: chrono::NaiveDate) -> Map<String, Value> {
    let case = &done.case;
    let mut told = Map::new();
    // A dry run has made no registration and opened no case: ids that lead nowhere are not given.
    if !dry_run {
        told.insert("registration".to_owned(), json!(done.registration.to_string()));
        told.insert("position".to_owned(), json!(done.position.0));
        told.insert("repeated".to_owned(), json!(done.repeated));
    }
    told.insert("knownFrom".to_owned(), json!(done.known_from));
    let mut state = json!({
        "version": case.version, "status": view::status(case), "identity": case.identity.code(),
        "step": case.current().kind.code(), "stepDate": case.current().date,
        "offices": OfficesView::from(case.present_offices()),
        "handlers": HandlersView {
            fk: case.present_handler(crate::domain::step::Agency::Fk).map(ToString::to_string),
            af: case.present_handler(crate::domain::step::Agency::Af).map(ToString::to_string),
        },
        "next": view::next(case, settings, today),
    });
    if !dry_run {
        state["id"] = json!(case.id.to_string());
        state["link"] = json!(format!("/v1/cases/{}", case.id));
    }
    told.insert("case".to_owned(), state);
    told.insert("notices".to_owned(), json!(view::findings(&done.notices)));
    told
}

fn problem(problem: &Problem, trace: Option<&str>) -> Rendered {
    let mut headers = plain_headers(MEDIA_TYPE);
    headers.extend(problem.headers().iter().map(|(n, v)| ((*n).to_owned(), v.clone())));
    Rendered { status: problem.status(), headers, body: problem.body(trace) }
}

fn plain_headers(media: &str) -> Vec<(String, String)> {
    vec![("content-type".to_owned(), media.to_owned()), ("cache-control".to_owned(), "no-store".to_owned())]
}
