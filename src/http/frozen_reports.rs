//! `/frozen-reports`: a report kept under an id for ever, as it was told, in every form that a report has.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{list, private};
use super::endpoint::{Answer, Content, Endpoint, Verb, caller};
use super::extract::{Query, body, idempotency_key, json as read_json};
use super::frozen_question::{Wanted, refused, wanted};
use super::keeping::{Once, keep};
use super::openapi::{PAGING, kept as bodies};
use super::problem::{Kind, Problem};
use super::report_answer::{CONTENT, FILE, known, made};
use super::report_question::{BOM, DECIMAL, FORMAT, PART, SEPARATOR, form, named_parts};
use crate::app::App;
use crate::app::reporting::{granted_now, in_turn, pulled};
use crate::auth::policy::Action;
use crate::registrations::Rendered;
use crate::reports::disclosure::{self, Published};
use crate::reports::{Geography, Period, render, stored};
use crate::storage::cases::{day_number, day_of};
use crate::storage::kept::{self, FrozenHead, FrozenRow};
use crate::storage::{Link, StorageError};

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
        query: &[PART, FORMAT, SEPARATOR, DECIMAL, BOM],
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Rapporten, och i JSON vem som fryste den och när (frozen). / The report, and in JSON who froze it and \
                    when (frozen).",
            content: CONTENT,
            headers: FILE,
        }],
        problems: &[400, 404, 406, 503],
        route: |route| route.to(get_frozen_report),
    },
];

/// What is locked while a report is frozen, so that each sees those before it.
const LOCK: &[u8] = b"frozen_reports";

/// What is frozen of these days.
fn published(link: &mut Link<'_>, period: Period) -> Result<Vec<Published>, Problem> {
    let heads = kept::frozen_overlapping(link, day_number(period.from()), day_number(period.to()))?;
    let read = |head: FrozenHead| {
        let period = Period::new(day_of(head.first_day), day_of(head.last_day)).ok()?;
        let geography = Geography::parse(&head.geography).ok()?;
        let as_of = DateTime::from_timestamp_micros(head.as_of)?;
        let version = u32::try_from(head.version).ok()?;
        Some(Published { report: head.report, version, period, geography, as_of, counted_to: head.counted_to })
    };
    heads.into_iter().map(read).collect::<Option<_>>().ok_or_else(|| StorageError::Corrupt("frozen_reports").into())
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
    let Wanted { name, request: wanted, counted, lang, parts } = wanted;
    let period = wanted.period;
    let asking = Arc::clone(&caller);
    let pulling = in_turn(&app, move |app| {
        granted_now(app, &asking, &wanted, counted)?;
        let beside = published(&mut app.service.db.read()?.link(), wanted.period)?;
        let shown = (lang, disclosure::frozen(&wanted, counted, &beside));
        let mut report = pulled(app, &wanted, counted, shown).map_err(|e| refused(e, counted))?;
        // The parts are there: they were read against the catalogue.
        let _ = render::form::keep(&mut report, &parts, None);
        Ok::<_, Problem>((report, beside))
    });
    let (report, beside) = pulling.await?;
    let head = FrozenHead {
        id: app.new_id().as_bytes().to_vec(),
        frozen_at: app.now().timestamp_micros(),
        client: caller.client.to_string(),
        agency: caller.agency.map(|a| a.code().to_owned()),
        handler: caller.handler.as_ref().map(ToString::to_string),
        name,
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
    let once =
        Once { client: caller.client.to_string(), key: key.map(|key| (key, fingerprint)), lock: Some(LOCK.to_vec()) };
    keep(&app, once, move |link, _| {
        // How it is protected depends on what is frozen beside it.
        if published(link, period)? != beside {
            return Err(Problem::new(Kind::Upptagen));
        }
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
    let id = Uuid::parse_str(&id).map_err(|_| Problem::new(Kind::FinnsInte))?;
    let read = web::block({
        let app = app.clone();
        move || kept::frozen(&mut app.service.db.read()?.link(), id.as_bytes())
    });
    let found = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let (head, body) = found.ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let report = stored::read(&body).ok_or(StorageError::Corrupt("frozen_reports"))?;
    let mut query = Query::of(&request);
    let form = form(&mut query, &request);
    let all: Vec<(u32, &str)> = report.parts.iter().map(|p| (p.number, p.id)).collect();
    let parts = named_parts(&mut query, &all, form.0);
    query.finish()?;
    let known = known(&request);
    let making = in_turn(&app, move |_| {
        Ok::<_, Problem>(made(report, &parts, form, known.as_deref(), Some(("frozen", &told(&head))))?)
    });
    Ok(making.await?.answer())
}
