//! `/frozen-reports`: a report kept under an id for ever, as it was told, in every form that a report has.

use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::answer::{list, private};
use super::endpoint::{Answer, Content, Endpoint, Verb, caller};
use super::extract::{Query, body, idempotency_key, json as read_json};
use super::keeping::answer;
use super::openapi::{PAGING, kept as bodies};
use super::problem::{Kind, Problem};
use super::report_answer::{CONTENT, FILE, known, made};
use super::report_question::{BOM, DECIMAL, FORMAT, PART, SEPARATOR, alone, form, named_parts};
use crate::app::App;
use crate::app::freezing::{NotFrozen, freeze, frozen, read, told};
use crate::app::reporting::in_turn;
use crate::auth::policy::Action;
use crate::storage::kept;

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
            headers: &["Location", "Sus-Disclosure"],
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

async fn create_frozen_report(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let key = idempotency_key(&request, app.service.today())?;
    let value = read_json(&body(payload, app.config.limits.body_bytes).await?)?;
    let wanted = read(&app, &value).await?;
    Ok(answer(freeze(&app, &caller, key, (wanted, &value)).await?))
}

impl From<NotFrozen> for Problem {
    fn from(error: NotFrozen) -> Self {
        match error {
            NotFrozen::NoTurn(error) => error.into(),
            NotFrozen::NotGranted(error) => error.into(),
            NotFrozen::Wrong(findings) => Self::new(Kind::Regelbrott).errors(&findings),
            NotFrozen::Follow(error) => alone(error, &[]),
            NotFrozen::Refused(refusal) => refusal.into(),
            NotFrozen::Failed => Self::new(Kind::InterntFel),
        }
    }
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
        move || frozen(&app, id)
    });
    let found = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let (head, report) = found.ok_or_else(|| Problem::new(Kind::FinnsInte))?;
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
