//! `/report-packages`: which parts of a report a steering group follows, in its order. Every version is kept.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{list, private, private_with};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::{Query, body, idempotency_key, if_match, json as read_json};
use super::keeping::answer;
use super::openapi::{LIMIT, PAGE, kept as bodies};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::app::packages::{NotKept, Wanted, create, read as wanted, remove, replace, told};
use crate::auth::policy::Action;
use crate::storage::kept;

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

async fn read(app: &web::Data<App>, payload: web::Payload) -> Result<(Wanted, Value), Problem> {
    let value = read_json(&body(payload, app.config.limits.body_bytes).await?)?;
    Ok((wanted(app, &value).await?, value))
}

async fn create_report_package(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let key = idempotency_key(&request, app.service.today())?;
    let (wanted, value) = read(&app, payload).await?;
    Ok(answer(create(&app, &caller, key, (wanted, &value)).await?))
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
    Ok(answer(replace(&app, &caller, (id, version), wanted).await?))
}

async fn delete_report_package(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let id = Uuid::parse_str(&id).map_err(|_| Problem::new(Kind::FinnsInte))?;
    let version = seen(&request)?;
    Ok(answer(remove(&app, &caller, (id, version)).await?))
}

impl From<NotKept> for Problem {
    fn from(refused: NotKept) -> Self {
        match refused {
            NotKept::Wrong(findings) => Self::new(Kind::Regelbrott).errors(&findings),
            NotKept::NotTheirs => Self::new(Kind::EjBehorig).detail(
                "En styrgrupps paket görs av den som har uppdrag som samverkansansvarig vid ett av dess kontor.",
                "A steering group's package is made by whoever has an assignment as samverkansansvarig at one of its offices.",
            ),
            NotKept::Stale(version) => {
                let (sv, en) = (format!("Nuvarande version: {version}."), format!("Present version: {version}."));
                Self::new(Kind::InaktuelltPaket).detail(sv, en).header("etag", format!("\"{version}\""))
            }
            NotKept::Gone => Self::new(Kind::FinnsInte),
            NotKept::Refused(refusal) => refusal.into(),
        }
    }
}
