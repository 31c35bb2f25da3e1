//! `/report-packages`: which parts of a report a steering group follows, in its order. Every version is kept.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate, SecondsFormat};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{list, private, private_with};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::{Query, body, idempotency_key, if_match, json as read_json};
use super::frozen_question::{name, report, some_parts};
use super::keeping::{Once, keep};
use super::openapi::{LIMIT, PAGE, kept as bodies};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::Caller;
use crate::auth::policy::{Action, steers};
use crate::domain::code::SteeringGroupCode;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::registrations::Rendered;
use crate::registrations::fields::Fields;
use crate::storage::Link;
use crate::storage::kept::{self, PackageRow};

const JSON: &str = "application/json";
const ONE: &[Content] = &[Content { media: JSON, schema: "ReportPackage", example: bodies::package }];
const NEW: &[Content] = &[Content { media: JSON, schema: "NewReportPackage", example: bodies::new_package }];

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "create_report_package",
        verb: Verb::Post,
        path: "/report-packages",
        action: Action::CreateReportPackage,
        tag: "reports",
        summary: "Skapa ett rapportpaket / Make a report package",
        about: "De delar av en rapport som en styrgrupp följer, i den ordning den vill ha dem. En styrgrupps paket görs av \
                den som är samverkansansvarig för den. / The parts of a report that a steering group follows, in the order \
                it wants. A steering group's package is made by those responsible for its cooperation.",
        query: &[],
        headers: &["Idempotency-Key"],
        takes: NEW,
        gives: &[Answer {
            status: 201,
            about: "Paketet finns. / The package is there.",
            content: ONE,
            headers: &["Location", "ETag"],
        }],
        problems: &[400, 406, 410, 413, 415, 422, 503],
        route: |route| route.to(create_report_package),
    },
    Endpoint {
        id: "list_report_packages",
        verb: Verb::Get,
        path: "/report-packages",
        action: Action::ListReportPackages,
        tag: "reports",
        summary: "Rapportpaket / Report packages",
        about: "Rapportpaketen i den ordning de gjordes. / The report packages in the order in which they were made.",
        query: &[
            Parameter {
                name: "steeringGroup",
                about: "Bara styrgruppens. / Only the steering group's.",
                kind: "string",
                example: "gavleborg",
            },
            PAGE,
            LIMIT,
        ],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "En sida av listan. / One page of the list.",
            content: &[Content { media: JSON, schema: "ReportPackageList", example: bodies::packages }],
            headers: &[],
        }],
        problems: &[400, 406, 503],
        route: |route| route.to(list_report_packages),
    },
    Endpoint {
        id: "get_report_package",
        verb: Verb::Get,
        path: "/report-packages/{id}",
        action: Action::GetReportPackage,
        tag: "reports",
        summary: "Ett rapportpaket / A report package",
        about: "Paketet som det står. / The package as it stands.",
        query: &[],
        headers: &[],
        takes: &[],
        gives: &[Answer { status: 200, about: "Paketet. / The package.", content: ONE, headers: &["ETag"] }],
        problems: &[404, 406, 503],
        route: |route| route.to(get_report_package),
    },
    Endpoint {
        id: "replace_report_package",
        verb: Verb::Put,
        path: "/report-packages/{id}",
        action: Action::ReplaceReportPackage,
        tag: "reports",
        summary: "Ändra ett rapportpaket / Change a report package",
        about: "Hela paketet på nytt; det tidigare finns kvar i historiken. / The whole package anew; the earlier one stays in \
                the history.",
        query: &[],
        headers: &["If-Match"],
        takes: NEW,
        gives: &[Answer { status: 200, about: "Paketet. / The package.", content: ONE, headers: &["ETag"] }],
        problems: &[400, 404, 406, 412, 413, 415, 422, 428, 503],
        route: |route| route.to(replace_report_package),
    },
    Endpoint {
        id: "delete_report_package",
        verb: Verb::Delete,
        path: "/report-packages/{id}",
        action: Action::DeleteReportPackage,
        tag: "reports",
        summary: "Ta bort ett rapportpaket / Take a report package away",
        about: "Paketet finns inte längre att välja; det finns kvar i historiken. / The package can't be chosen any more; it \
                stays in the history.",
        query: &[],
        headers: &["If-Match"],
        takes: &[],
        gives: &[Answer { status: 204, about: "Borttaget. / Taken away.", content: &[], headers: &[] }],
        problems: &[400, 404, 412, 428, 503],
        route: |route| route.to(delete_report_package),
    },
];

/// What a package is to be.
struct Wanted {
    name: String,
    steering_group: Option<SteeringGroupCode>,
    report: String,
    parts: Vec<String>,
}

fn wanted(value: &Value, today: NaiveDate) -> Result<Wanted, Findings> {
    let mut findings = Findings::default();
    let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
    let name = name(&mut fields, today, &mut findings);
    let steering_group = fields.code("steeringGroup", SteeringGroupCode::parse, &mut findings);
    let report = report(&mut fields, &mut findings);
    let parts = fields.required("parts", shape::PARTS, &mut findings);
    let parts = parts.zip(report.as_deref()).map(|(value, report)| some_parts(value, (report, None), &mut findings));
    fields.finish(&mut findings);
    match (name, report, parts) {
        (Some(name), Some(report), Some(parts)) if !findings.has_errors() => {
            Ok(Wanted { name, steering_group, report, parts })
        }
        _ => Err(findings),
    }
}

/// A steering group's package is the business of those who are responsible for its cooperation.
fn may_keep(app: &App, link: &mut Link<'_>, caller: &Caller, group: Option<&SteeringGroupCode>) -> Result<(), Problem> {
    let Some(group) = group else { return Ok(()) };
    let organisation = app.service.registers.current(link)?;
    let Some(found) = organisation.steering_groups.get(group) else {
        let known = organisation.steering_groups.keys().map(ToString::to_string).collect();
        let finding = Finding::new(Rule::FaltOgiltigtVarde, "/steeringGroup").allowed(Allowed::Values(known));
        return Err(Problem::new(Kind::Regelbrott).errors(&finding.into()));
    };
    if steers(caller, found, &organisation, app.service.today()) {
        return Ok(());
    }
    Err(Problem::new(Kind::EjBehorig).detail(
        "En styrgrupps paket görs av den som har uppdrag som samverkansansvarig vid ett av dess kontor.",
        "A steering group's package is made by whoever has an assignment as samverkansansvarig at one of its offices.",
    ))
}

fn row(app: &App, caller: &Caller, id: Uuid, version: i64, wanted: Wanted) -> PackageRow {
    PackageRow {
        id: id.as_bytes().to_vec(),
        version,
        changed_at: app.now().timestamp_micros(),
        client: caller.client.to_string(),
        agency: caller.agency.map(|a| a.code().to_owned()),
        handler: caller.handler.as_ref().map(ToString::to_string),
        removed: 0,
        name: wanted.name,
        steering_group: wanted.steering_group.map(|g| g.to_string()),
        report: wanted.report,
        parts: wanted.parts.join(","),
    }
}

fn told(row: &PackageRow) -> Value {
    let id = Uuid::from_slice(&row.id).map(|id| id.to_string()).unwrap_or_default();
    let at = DateTime::from_timestamp_micros(row.changed_at).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    json!({
        "id": id, "version": row.version, "name": row.name, "steeringGroup": row.steering_group, "report": row.report,
        "parts": row.parts.split(',').collect::<Vec<_>>(), "changedAt": at,
        "changedBy": {"client": row.client, "agency": row.agency, "handler": row.handler},
        "link": format!("/v1/report-packages/{id}"),
    })
}

fn rendered(status: u16, row: &PackageRow) -> Rendered {
    let told = told(row);
    let mut headers = vec![
        ("content-type".to_owned(), JSON.to_owned()),
        ("cache-control".to_owned(), "no-store".to_owned()),
        ("etag".to_owned(), format!("\"{}\"", row.version)),
    ];
    if status == 201 {
        headers.push(("location".to_owned(), told["link"].as_str().unwrap_or_default().to_owned()));
    }
    Rendered { status, headers, body: told.to_string() }
}

async fn read(app: &App, payload: web::Payload) -> Result<(Wanted, Value), Problem> {
    let value = read_json(&body(payload, app.config.limits.body_bytes).await?)?;
    let wanted = wanted(&value, app.service.today()).map_err(|f| Problem::new(Kind::Regelbrott).errors(&f))?;
    Ok((wanted, value))
}

async fn create_report_package(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let key = idempotency_key(&request, app.service.today())?;
    let (wanted, value) = read(&app, payload).await?;
    let fingerprint = app.service.fingerprint(&json!([Action::CreateReportPackage.code(), value]));
    let once = Once { client: caller.client.to_string(), key: key.map(|key| (key, fingerprint)), lock: None };
    keep(&app, once, move |link, app| {
        may_keep(app, link, &caller, wanted.steering_group.as_ref())?;
        let row = row(app, &caller, app.new_id(), 1, wanted);
        kept::add_package(link, &row)?;
        Ok(rendered(201, &row))
    })
    .await
}

async fn list_report_packages(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    let group = query.text("steeringGroup").map(str::to_owned);
    query.finish()?;
    let read = web::block(move || kept::packages(&mut app.service.db.read()?.link()));
    let mut rows = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    rows.retain(|row| group.is_none() || row.steering_group == group);
    let total = rows.len() as i64;
    private(&list("/v1/report-packages", &query, page, total, page.cut(rows).iter().map(told).collect()))
}

async fn get_report_package(
    app: web::Data<App>,
    _request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = Uuid::parse_str(&id).map_err(|_| Problem::new(Kind::FinnsInte))?;
    let read = web::block(move || kept::package(&mut app.service.db.read()?.link(), id.as_bytes()));
    let found = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let row = found.ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    private_with(&told(&row), |answer| {
        answer.insert_header(("etag", format!("\"{}\"", row.version)));
    })
}

/// The version that was seen.
fn seen(request: &HttpRequest) -> Result<i64, Problem> {
    if_match(request).map_err(|problem| match problem.status() {
        428 => Problem::new(Kind::VersionSaknas).detail(
            "Ange If-Match med paketets ETag, så att ingen ändring skrivs över.",
            "Give If-Match with the ETag of the package, so that no change is overlooked.",
        ),
        _ => problem,
    })
}

/// The package as the caller saw it, which the caller may change.
fn present(app: &App, link: &mut Link<'_>, caller: &Caller, id: Uuid, version: i64) -> Result<PackageRow, Problem> {
    let row = kept::package(link, id.as_bytes())?.ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let group = row.steering_group.as_deref().and_then(|code| SteeringGroupCode::parse(code).ok());
    may_keep(app, link, caller, group.as_ref())?;
    if row.version != version {
        let (sv, en) = (format!("Nuvarande version: {}.", row.version), format!("Present version: {}.", row.version));
        return Err(Problem::new(Kind::InaktuelltPaket).detail(sv, en).header("etag", format!("\"{}\"", row.version)));
    }
    Ok(row)
}

async fn replace_report_package(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let id = Uuid::parse_str(&id).map_err(|_| Problem::new(Kind::FinnsInte))?;
    let version = seen(&request)?;
    let (wanted, _) = read(&app, payload).await?;
    let once = Once { client: caller.client.to_string(), key: None, lock: Some(id.as_bytes().to_vec()) };
    keep(&app, once, move |link, app| {
        let before = present(app, link, &caller, id, version)?;
        may_keep(app, link, &caller, wanted.steering_group.as_ref())?;
        let row = row(app, &caller, id, before.version + 1, wanted);
        kept::add_package(link, &row)?;
        Ok(rendered(200, &row))
    })
    .await
}

async fn delete_report_package(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let id = Uuid::parse_str(&id).map_err(|_| Problem::new(Kind::FinnsInte))?;
    let version = seen(&request)?;
    let once = Once { client: caller.client.to_string(), key: None, lock: Some(id.as_bytes().to_vec()) };
    keep(&app, once, move |link, app| {
        let before = present(app, link, &caller, id, version)?;
        let by = Wanted { name: String::new(), steering_group: None, report: String::new(), parts: Vec::new() };
        let PackageRow { version, changed_at, client, agency, handler, .. } = row(app, &caller, id, version + 1, by);
        let gone = PackageRow { version, changed_at, client, agency, handler, removed: 1, ..before };
        kept::add_package(link, &gone)?;
        Ok(Rendered { status: 204, headers: Vec::new(), body: String::new() })
    })
    .await
}
