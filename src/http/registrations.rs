//! `/registrations`: one, or many at once.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::answer::{private_with, reading, scope};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::{Query, body, idempotency_key, is_ndjson, json, too_large};
use super::openapi::examples;
use super::posting::{Asked, render_batch, render_one, submit};
use super::problem::{Kind, MEDIA_TYPE, Problem};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::code::{ClientReference, RegistrationId};
use crate::domain::finding::Findings;
use crate::domain::journal::{Entry, Event};
use crate::domain::person::contains_identity_number;
use crate::domain::shape;
use crate::registrations::import::BYTE_ORDER_MARK;
use crate::registrations::job::Post;
use crate::registrations::json::read as read_json;
use crate::registrations::{fields, view, wire};

/// `dryRun`, which every POST that registers takes.
pub const DRY_RUN: Parameter = Parameter {
    name: "dryRun",
    about: "Pröva alla regler utan att registrera något. / Try every rule without registering anything.",
    kind: "boolean",
    example: "true",
};

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "create_registrations",
        verb: Verb::Post,
        path: "/registrations",
        action: Action::CreateRegistrations,
        tag: "registrations",
        summary: "Registrera / Register",
        about: "Registrerar ett steg, eller många på en gång (en JSON-lista eller NDJSON). En lista svarar 200 med ett \
                resultat per rad i inlämnad ordning; med atomic=true registreras allt eller inget. Inget svar \
                innehåller identitet. / Registers one step, or many at once (a JSON array or NDJSON). A batch answers \
                200 with one result an item in input order; with atomic=true all or nothing is registered. No answer \
                holds identity.",
        query: &[
            DRY_RUN,
            Parameter {
                name: "atomic",
                about: "Allt eller inget av en lista. / All or nothing of a batch.",
                kind: "boolean",
                example: "true",
            },
        ],
        headers: &["Idempotency-Key"],
        takes: &[
            Content { media: "application/json", schema: "RegistrationBody", example: examples::registration },
            Content { media: "application/x-ndjson", schema: "Registration", example: examples::step },
        ],
        gives: &[
            Answer {
                status: 201,
                about: "Registrerat, med ärendets nya läge och nästa väntade registreringar. / \
                        Registered, with the new state of the case and the next expected registrations.",
                content: &[Content { media: "application/json", schema: "Registered", example: examples::registered }],
                headers: &["Location", "ETag"],
            },
            Answer {
                status: 200,
                about: "En lista med ett resultat per rad; en prövning (dryRun); eller en registrering som redan fanns \
                        under samma clientReference. / A batch with one result an item; a dry run; or a registration \
                        that was there already under the same clientReference.",
                content: &[Content { media: "application/json", schema: "BatchResult", example: examples::batch }],
                headers: &[],
            },
            Answer {
                status: 422,
                about: "En lista med atomic=true där något avvisats: inget är registrerat, med alla fel och ett resultat per \
                        rad; eller ett avvisat innehåll. / A batch with atomic=true of which something was refused: nothing is \
                        registered, with all errors and one result an item; or a refused body.",
                content: &[Content { media: MEDIA_TYPE, schema: "RefusedBatch", example: examples::refused_batch }],
                headers: &[],
            },
        ],
        problems: &[400, 404, 406, 410, 412, 413, 415, 422, 503],
        route: |route| route.to(create_registrations),
    },
    Endpoint {
        id: "get_registration",
        verb: Verb::Get,
        path: "/registrations/{id}",
        action: Action::GetRegistration,
        tag: "registrations",
        summary: "En registrering / One registration",
        about: "En registrering som den gjordes. Hur ärendet står efter senare rättelser visar /cases/{id}. / \
                One registration as it was made. /cases/{id} shows how the case stands after later corrections.",
        query: &[],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Registreringen. / The registration.",
            content: &[Content { media: "application/json", schema: "Entry", example: examples::entry }],
            headers: &["ETag"],
        }],
        problems: &[404, 406, 503],
        route: |route| route.to(get_registration),
    },
];

async fn create_registrations(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let mut query = Query::of(&request);
    let (atomic, dry_run) = (query.flag("atomic"), query.flag("dryRun"));
    query.finish()?;
    let key = idempotency_key(&request, app.service.today())?;
    let bytes = body(payload, app.config.limits.body_bytes).await?;
    let (values, is_batch) = read(&request, &bytes, app.config.limits.batch)?;
    let idempotency = key.map(|key| {
        let op =
            json!(["create_registrations", atomic, dry_run, is_batch, values.iter().map(shown).collect::<Vec<_>>()]);
        (key, app.service.fingerprint(&op))
    });
    let references = values.iter().map(|v| reference(v.as_ref().ok()?, app.service.today())).collect();
    let posts = values.into_iter().map(|value| post(&app, value)).collect();
    let asked = Asked { caller, action: Action::CreateRegistrations, atomic, dry_run, if_match: None, idempotency };
    let render = if is_batch { render_batch(&app, &request, references) } else { render_one(&app, &request) };
    submit(&app, &request, asked, posts, render).await
}

/// One value a registration: a line that is no JSON is told at its place among the others.
type Line = Result<Value, Findings>;

fn read(request: &HttpRequest, bytes: &[u8], most: usize) -> Result<(Vec<Line>, bool), Problem> {
    let (values, is_batch) = if is_ndjson(request) {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let lines = bytes.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty());
        (lines.take(most + 1).map(line).collect(), true)
    } else {
        match json(bytes)? {
            Value::Array(items) => (items.into_iter().map(Ok).collect::<Vec<Line>>(), true),
            one => (vec![Ok(one)], false),
        }
    };
    if values.len() > most {
        return Err(too_large(most, "registreringar", "registrations"));
    }
    Ok((values, is_batch))
}

fn line(bytes: &[u8]) -> Line {
    read_json(bytes).map_err(|_| {
        let mut findings = Findings::default();
        fields::wrong_type("", shape::ONE_OBJECT_A_LINE, &mut findings);
        findings
    })
}

fn shown(line: &Line) -> Value {
    line.as_ref().cloned().unwrap_or(Value::Null)
}

/// The item's own reference, to be shown with its result: never one that is somebody's number.
fn reference(value: &Value, today: NaiveDate) -> Option<String> {
    let text = value.get("clientReference")?.as_str()?;
    let reference = ClientReference::parse(text).ok()?;
    (!contains_identity_number(text, today)).then(|| reference.to_string())
}

fn post(app: &App, line: Line) -> Post {
    match line {
        Ok(value) => Post::new(wire::registration(&value, app.service.reading()), app.service.fingerprint(&value)),
        Err(findings) => Post::new(Err(findings), Vec::new()),
    }
}

async fn get_registration(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let id = wire::case_id(&id).map(|c| RegistrationId(c.0)).ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let scope = scope(&app, &request, &caller, Action::GetRegistration);
    let found = reading(&app, scope, caller, move |reader, link, _| reader.registration(link, id)).await?;
    let (found, made) = found.ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let mut body = entry(&made);
    body["case"] = json!({"id": found.case.id.to_string(), "link": format!("/v1/cases/{}", found.case.id)});
    let version = found.case.version;
    private_with(&body, |answer| {
        answer.insert_header(("etag", format!("\"{version}\"")));
    })
}

/// One entry of a case's journal.
#[must_use]
pub fn entry(made: &Entry) -> Value {
    let mut body = json!({
        "registration": made.id.to_string(), "kind": made.event.code(), "position": made.position.0,
        "knownFrom": made.known_from, "agency": made.by.agency.code(), "client": made.by.client.as_str(),
    });
    if let Some(handler) = &made.by.handler {
        body["registeredBy"] = json!(handler.as_str());
    }
    if let Some(agreement) = &made.agreement {
        body["onBehalfOf"] = json!(agreement.as_str());
    }
    event(&made.event, &mut body);
    body
}

fn event(event: &Event, body: &mut Value) {
    match event {
        Event::Step { kind, date, answers, .. } => {
            body["step"] = json!(kind.code());
            body["date"] = json!(date);
            body["answers"] = Value::Object(view::answers(answers));
        }
        Event::Withdrawal { date, ending } => {
            body["date"] = json!(date);
            body["ending"] = json!(ending);
        }
        Event::Answers { registration, answers } => {
            body["corrects"] = json!(registration.to_string());
            body["answers"] = Value::Object(view::answers(answers));
        }
        Event::Offices { date, offices, .. } => {
            body["date"] = json!(date);
            body["offices"] = json!(view::OfficesView::from(offices));
        }
        Event::Handlers { date, .. }
        | Event::Protection { date }
        | Event::Removal { date }
        | Event::Coarsening { date } => {
            body["date"] = json!(date);
        }
        Event::Reference { agency, .. } => body["agency"] = json!(agency.code()),
        Event::Correction(correction) => {
            body["correction"] = json!(correction.kind.code());
            body["reason"] = json!({"code": correction.reason.code, "text": correction.reason.text});
        }
    }
}
