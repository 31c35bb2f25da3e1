//! `/frozen-reports`: a report kept under an id for ever, as it was told, in every form that a report has.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate, SecondsFormat};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{list, private, revalidated};
use super::endpoint::{Answer, Content, Endpoint, Verb, caller};
use super::extract::{Query, body, idempotency_key, json as read_json, parse_as_of};
use super::keeping::{Once, keep};
use super::openapi::{PAGED, PAGING, kept as bodies};
use super::problem::{Kind, Problem};
use super::reports::{FORMAT, as_csv, as_json, counting, wants_csv};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::person::contains_identity_number;
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::registrations::Rendered;
use crate::registrations::fields::{Fields, wrong_type, wrong_value};
use crate::reports::catalogue::catalogue;
use crate::reports::follow::{Counted, FollowError};
use crate::reports::request::GEOGRAPHY_FORMS;
use crate::reports::{Geography, Lang, Period, PullError, Request, parts, stored};
use crate::storage::StorageError;
use crate::storage::cases::{day_number, day_of};
use crate::storage::kept::{self, FrozenHead, FrozenRow};

const JSON: &str = "application/json";

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "create_frozen_report",
        verb: Verb::Post,
        path: "/frozen-reports",
        action: Action::CreateFrozenReport,
        tag: "reports",
        summary: "Frys en rapport / Freeze a report",
        about: "Samma fråga som för en rapport, och ett namn. Rapporten behålls för alltid som den var: senare \
                registreringar, definitioner och register ändrar den inte. / The same question as for a report, and a \
                name. The report is kept for ever as it was: no later registration, definition or register changes it.",
        query: &[],
        headers: &["Idempotency-Key"],
        takes: &[Content { media: JSON, schema: "NewFrozenReport", example: bodies::new_frozen_report }],
        gives: &[Answer {
            status: 201,
            about: "Rapporten är fryst. / The report is frozen.",
            content: &[Content { media: JSON, schema: "FrozenReport", example: bodies::frozen_report }],
            headers: &["Location"],
        }],
        problems: &[400, 406, 410, 413, 415, 422, 503],
        route: |route| route.to(create_frozen_report),
    },
    Endpoint {
        id: "list_frozen_reports",
        verb: Verb::Get,
        path: "/frozen-reports",
        action: Action::ListFrozenReports,
        tag: "reports",
        summary: "Frysta rapporter / Frozen reports",
        about: "De frysta rapporterna, de senaste först. / The frozen reports, the latest first.",
        query: PAGING,
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "En sida av listan. / One page of the list.",
            content: &[Content { media: JSON, schema: "FrozenReportList", example: bodies::frozen_reports }],
            headers: &[],
        }],
        problems: &[400, 406, 503],
        route: |route| route.to(list_frozen_reports),
    },
    Endpoint {
        id: "get_frozen_report",
        verb: Verb::Get,
        path: "/frozen-reports/{id}",
        action: Action::GetFrozenReport,
        tag: "reports",
        summary: "En fryst rapport / A frozen report",
        about: "Rapporten som den frystes, i samma former som en rapport. / The report as it was frozen, in the same \
                forms as a report.",
        query: &[FORMAT],
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Rapporten, och i JSON vem som fryste den och när (frozen). / The report, and in JSON who froze it and \
                    when (frozen).",
            content: &[
                Content { media: JSON, schema: "Report", example: super::openapi::examples::report },
                Content { media: "text/csv", schema: "Csv", example: super::openapi::examples::report_csv },
            ],
            headers: PAGED,
        }],
        problems: &[400, 404, 406, 503],
        route: |route| route.to(get_frozen_report),
    },
];

/// What is to be frozen.
struct Wanted {
    name: String,
    request: Request,
    counted: Counted,
    lang: Lang,
    parts: Vec<String>,
}

/// A name for people on one line, never somebody's number.
pub(super) fn name(fields: &mut Fields<'_>, today: NaiveDate, findings: &mut Findings) -> Option<String> {
    fields.required("name", shape::LINE_200, findings)?;
    let text = fields.text("name", findings)?;
    let fits = (1..=200).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
    if !fits {
        wrong_value("/name", shape::LINE_200, findings);
    } else if contains_identity_number(text, today) {
        findings.add(Rule::FritextPersonnummer, "/name");
    }
    Some(text.to_owned())
}

/// Which report.
pub(super) fn report(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<String> {
    let all: Vec<&str> = catalogue().reports().iter().map(|r| r.id.as_str()).collect();
    fields.required("report", shape::CODE, findings)?;
    fields.choice("report", |id| catalogue().report(id).map(|r| r.id.clone()), &all, findings)
}

/// Parts of a report, each at most once; every one that it doesn't have is told by its place, with those that there are.
pub(super) fn some_parts(value: &Value, report: &str, findings: &mut Findings) -> Vec<String> {
    let known = parts::ids(report);
    let Some(list) = value.as_array() else {
        wrong_type("/parts", shape::PARTS, findings);
        return Vec::new();
    };
    let mut all: Vec<String> = Vec::new();
    for (place, part) in list.iter().enumerate() {
        match part.as_str() {
            Some(id) if known.contains(&id) && !all.iter().any(|earlier| earlier == id) => all.push(id.to_owned()),
            Some(id) if known.contains(&id) => wrong_value(&format!("/parts/{place}"), shape::PARTS, findings),
            _ => {
                let known = Allowed::Values(known.iter().map(ToString::to_string).collect());
                findings.push(Finding::new(Rule::FaltOgiltigtVarde, format!("/parts/{place}")).allowed(known));
            }
        }
    }
    if list.is_empty() {
        wrong_value("/parts", shape::PARTS, findings);
    }
    all
}

fn wanted(value: &Value, today: NaiveDate) -> Result<Wanted, Findings> {
    let mut findings = Findings::default();
    let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
    let name = name(&mut fields, today, &mut findings);
    let report = report(&mut fields, &mut findings);
    let from = fields.required_date("from", &mut findings);
    let to = fields.required_date("to", &mut findings);
    let period = from.zip(to).and_then(|(from, to)| {
        let period = Period::new(from, to).ok();
        if period.is_none() {
            findings.push(Finding::new(Rule::FaltOgiltigtVarde, "/to").allowed(Allowed::DateFrom(from)));
        }
        period
    });
    let geography = match fields.raw("geography") {
        None => Some(Geography::Riket),
        Some(_) => fields.choice("geography", |t| Geography::parse(t).ok(), &GEOGRAPHY_FORMS, &mut findings),
    };
    let as_of = fields.text("asOf", &mut findings).and_then(|text| {
        let instant = parse_as_of(text);
        if instant.is_none() {
            wrong_value("/asOf", shape::INSTANT_OR_DATE, &mut findings);
        }
        instant
    });
    let position = |name: &'static str, fields: &mut Fields<'_>, findings: &mut Findings| {
        let position = fields.number(name, findings);
        if position.is_some_and(|p| p < 0) {
            wrong_value(&format!("/{name}"), shape::POSITION, findings);
        }
        position
    };
    let counted_to = position("countedTo", &mut fields, &mut findings);
    let at_least = position("atLeast", &mut fields, &mut findings);
    let language = |code: &str| match code {
        "sv" => Some(Lang::Sv),
        "en" => Some(Lang::En),
        _ => None,
    };
    let lang = fields.choice("lang", language, &["sv", "en"], &mut findings).unwrap_or_default();
    let parts = fields.raw("parts").map(|value| some_parts(value, report.as_deref().unwrap_or(""), &mut findings));
    fields.finish(&mut findings);
    match (name, report, period, geography) {
        (Some(name), Some(report), Some(period), Some(geography)) if !findings.has_errors() => Ok(Wanted {
            name,
            request: Request { report, period, geography },
            counted: Counted { as_of, counted_to, at_least },
            lang,
            parts: parts.unwrap_or_default(),
        }),
        _ => Err(findings),
    }
}

/// What was wrong with a question in a body.
fn refused(error: FollowError, counted: Counted) -> Problem {
    let mut findings = Findings::default();
    let mut refuse = |name: &str, allowed: Vec<String>| {
        let finding = Finding::new(Rule::FaltOgiltigtVarde, format!("/{name}"));
        findings.push(finding.allowed(Allowed::Values(allowed)));
    };
    match error {
        FollowError::Ahead(head) => {
            for (name, given) in [("countedTo", counted.counted_to), ("atLeast", counted.at_least)] {
                if given.is_some_and(|position| position > head) {
                    refuse(name, vec![format!("0–{head}")]);
                }
            }
        }
        FollowError::Pull(PullError::Request(errors)) => {
            for error in errors {
                refuse(error.parameter(), error.allowed());
            }
        }
        other => return super::reports::refused(other, &[]),
    }
    Problem::new(Kind::Regelbrott).errors(&findings)
}

fn instant(micros: i64) -> Value {
    json!(DateTime::from_timestamp_micros(micros).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)))
}

fn id(bytes: &[u8]) -> String {
    Uuid::from_slice(bytes).map(|id| id.to_string()).unwrap_or_default()
}

fn told(head: &FrozenHead) -> Value {
    json!({
        "id": id(&head.id), "name": head.name, "frozenAt": instant(head.frozen_at),
        "frozenBy": {"client": head.client, "agency": head.agency, "handler": head.handler},
        "report": head.report, "version": head.version, "lang": head.lang, "geography": head.geography,
        "period": {"from": day_of(head.first_day), "to": day_of(head.last_day)},
        "asOf": instant(head.as_of), "countedTo": head.counted_to,
        "link": format!("/v1/frozen-reports/{}", id(&head.id)),
    })
}

async fn create_frozen_report(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let today = app.service.today();
    let key = idempotency_key(&request, today)?;
    let value = read_json(&body(payload, app.config.limits.body_bytes).await?)?;
    let wanted = wanted(&value, today).map_err(|f| Problem::new(Kind::Regelbrott).errors(&f))?;
    let counted = wanted.counted;
    let pulled = counting(&app, wanted.request, counted, wanted.lang).await?.map_err(|e| refused(e, counted))?;
    let report = if wanted.parts.is_empty() { pulled } else { parts::limited(pulled, &wanted.parts) };
    let head = FrozenHead {
        id: app.new_id().as_bytes().to_vec(),
        frozen_at: app.now().timestamp_micros(),
        client: caller.client.to_string(),
        agency: caller.agency.map(|a| a.code().to_owned()),
        handler: caller.handler.as_ref().map(ToString::to_string),
        name: wanted.name,
        report: report.report.clone(),
        version: i32::try_from(report.version).unwrap_or(i32::MAX),
        lang: report.lang.to_owned(),
        geography: report.geography.0.clone(),
        first_day: day_number(report.period.0),
        last_day: day_number(report.period.1),
        as_of: report.as_of.timestamp_micros(),
        counted_to: report.counted_to,
    };
    let row = FrozenRow { body: stored::write(&report).map_err(|_| Problem::new(Kind::InterntFel))?, head };
    let fingerprint = app.service.fingerprint(&json!([Action::CreateFrozenReport.code(), value]));
    let once = Once { client: caller.client.to_string(), key: key.map(|key| (key, fingerprint)), lock: None };
    keep(&app, once, move |link, _| {
        kept::freeze(link, &row)?;
        let headers = [
            ("content-type", JSON.to_owned()),
            ("cache-control", "no-store".to_owned()),
            ("location", format!("/v1/frozen-reports/{}", id(&row.head.id))),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(Rendered { status: 201, headers, body: told(&row.head).to_string() })
    })
    .await
}

async fn list_frozen_reports(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    query.finish()?;
    let skip = (page.number - 1).saturating_mul(page.limit);
    let read = web::block(move || kept::frozen_page(&mut app.service.db.read()?.link(), skip, page.limit));
    let (rows, total) = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    private(&list("/v1/frozen-reports", &query, page, total, rows.iter().map(told).collect()))
}

async fn get_frozen_report(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let csv = wants_csv(&mut query, &request);
    query.finish()?;
    let id = Uuid::parse_str(&id).map_err(|_| Problem::new(Kind::FinnsInte))?;
    let read = web::block(move || kept::frozen(&mut app.service.db.read()?.link(), id.as_bytes()));
    let found = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let (head, body) = found.ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let report = stored::read(&body).ok_or(StorageError::Corrupt("frozen_reports"))?;
    if csv {
        return Ok(revalidated(&request, "text/csv; charset=utf-8", as_csv(&report)?));
    }
    // The report's own members in their order, after who froze it.
    let mut whole = format!("{{\"frozen\":{},", told(&head)).into_bytes();
    whole.extend_from_slice(as_json(&report)?.get(1..).unwrap_or_default());
    Ok(revalidated(&request, JSON, whole))
}
