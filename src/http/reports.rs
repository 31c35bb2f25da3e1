//! `/reports`: which reports there are, and the baspaket. Counting is the reports' room; here the question is read
//! and the answer gets its form.

use std::sync::Arc;

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{list, revalidated, revalidated_as};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, accepts};
use super::extract::Query;
use super::openapi::{AS_OF, COUNTED_TO, PAGED, PAGING, examples};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::finding::Allowed;
use crate::domain::shape;
use crate::reports::catalogue::{Definition, catalogue};
use crate::reports::follow::{Counted, FollowError};
use crate::reports::{Geography, Lang, Period, PullError, Report, Request, parts, render};
use crate::storage::kept;

const CSV: &str = "text/csv";
const JSON: &str = "application/json";

/// `from`.
pub(super) const FROM: Parameter = Parameter {
    name: "from",
    about: "Periodens första dag; krävs. / First day of the period; required.",
    kind: "date",
    example: "2016-10-01",
};
/// `to`.
pub(super) const TO: Parameter = Parameter {
    name: "to",
    about: "Periodens sista dag; krävs. / Last day of the period; required.",
    kind: "date",
    example: "2016-12-31",
};
/// `geography`.
pub(super) const GEOGRAPHY: Parameter = Parameter {
    name: "geography",
    about: "riket (förval), lan:21, kommun:2180, fk-omrade:KOD, af-omrade:KOD, fk-kontor:KOD, af-kontor:KOD, \
            styrgrupp:KOD. / riket is the default.",
    kind: "string",
    example: "styrgrupp:gavleborg",
};
/// `lang`.
pub(super) const LANG: Parameter =
    Parameter { name: "lang", about: "sv (förval) eller en. / sv (default) or en.", kind: "string", example: "sv" };

/// `format`.
pub(super) const FORMAT: Parameter = Parameter {
    name: "format",
    about: "json eller csv; går före Accept. / json or csv; goes before Accept.",
    kind: "string",
    example: "csv",
};
const PARTS: Parameter = Parameter {
    name: "parts",
    about: "Bara dessa delar, i den ordningen, med komman emellan. / Only these parts, in that order, with commas between.",
    kind: "string",
    example: "nya_gk,utfall_gk",
};

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "list_reports",
        verb: Verb::Get,
        path: "/reports",
        action: Action::ListReports,
        tag: "reports",
        summary: "Rapporter / Reports",
        about: "Vilka rapporter som finns, med sina definitioner. / Which reports there are, with their definitions.",
        query: PAGING,
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Rapporterna. / The reports.",
            content: &[Content { media: JSON, schema: "ReportList", example: examples::reports }],
            headers: PAGED,
        }],
        problems: &[400, 406],
        route: |route| route.to(list_reports),
    },
    Endpoint {
        id: "get_report_baspaket",
        verb: Verb::Get,
        path: "/reports/baspaket",
        action: Action::GetReport,
        tag: "reports",
        summary: "Baspaket / Baspaket",
        about: "Baspaketets tio delar för en period och en geografi, bredvid länet och riket. Alltid färskt; asOf och \
                countedTo säger vad som räknats, och samma två värden ger samma rapport igen. / The ten parts of the \
                baspaket for a period and a geography, beside the county and the country. Always fresh; asOf and \
                countedTo say what was counted, and the same two give the same report again.",
        query: &[
            FROM,
            TO,
            GEOGRAPHY,
            AS_OF,
            COUNTED_TO,
            Parameter {
                name: "atLeast",
                about: "Minst till och med positionen, som en registrering svarade. / At least up to the position that a registration answered.",
                kind: "integer",
                example: "186",
            },
            PARTS,
            Parameter {
                name: "package",
                about: "Bara delarna i ett rapportpaket, i dess ordning. / Only the parts of a report package, in its order.",
                kind: "string",
                example: "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b13",
            },
            FORMAT,
            LANG,
        ],
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Rapporten. / The report.",
            content: &[
                Content { media: JSON, schema: "Report", example: examples::report },
                Content { media: CSV, schema: "Csv", example: examples::report_csv },
            ],
            headers: PAGED,
        }],
        problems: &[400, 406, 503],
        route: |route| route.to(get_report_baspaket),
    },
];

async fn list_reports(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    query.finish()?;
    let all: Vec<Value> = catalogue().reports().iter().map(told).collect();
    let total = all.len() as i64;
    bytes(&list("/v1/reports", &query, page, total, page.cut(all))).map(|b| revalidated(&request, JSON, b))
}

fn told(definition: &Definition) -> Value {
    let mut told = json!(definition);
    told["link"] = json!(format!("/v1/reports/{}", definition.id));
    told
}

fn bytes(body: &impl serde::Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(body).map_err(|_| Problem::new(Kind::InterntFel))
}

/// The question, read and checked.
struct Asked {
    request: Request,
    counted: Counted,
    limit: Limit,
    lang: Lang,
    csv: bool,
}

/// Which parts.
enum Limit {
    All,
    Parts(Vec<String>),
    Package(Uuid),
}

fn limit(query: &mut Query, report: &str) -> Limit {
    let known = parts::ids(report);
    let list = query.choice("parts", &known, |text| {
        let all: Vec<String> = text.split(',').map(|id| id.trim().to_owned()).collect();
        all.iter().all(|id| known.contains(&id.as_str())).then_some(all)
    });
    let package = query.parsed("package", shape::UUID, |text| Uuid::parse_str(text).ok());
    if query.text("parts").is_some() && query.text("package").is_some() {
        query.refuse("package", Allowed::Shape(shape::PARTS_OR_PACKAGE));
    }
    list.map(Limit::Parts).or(package.map(Limit::Package)).unwrap_or(Limit::All)
}

/// Whether CSV is wanted: by `format`, else by `Accept`.
pub(super) fn wants_csv(query: &mut Query, request: &HttpRequest) -> bool {
    let csv = query.choice("format", &["json", "csv"], |t| ["json", "csv"].contains(&t).then(|| t == "csv"));
    let accept = request.headers().get(ACCEPT).and_then(|h| h.to_str().ok());
    csv.unwrap_or_else(|| !accepts(accept, JSON))
}

/// What every question for figures has: period and geography.
pub(super) fn question(query: &mut Query) -> (Option<Period>, Option<Geography>) {
    let (from, to) = (query.date("from"), query.date("to"));
    for name in ["from", "to"] {
        if query.text(name).is_none() {
            query.missing(name, shape::DATE);
        }
    }
    let geography = match query.text("geography") {
        None => Some(Geography::Riket),
        Some(_) => query.choice("geography", &crate::reports::request::GEOGRAPHY_FORMS, |t| Geography::parse(t).ok()),
    };
    let period = from.zip(to).and_then(|(from, to)| {
        let period = Period::new(from, to).ok();
        if period.is_none() {
            query.refuse("to", Allowed::DateFrom(from));
        }
        period
    });
    (period, geography)
}

/// `lang`.
pub(super) fn lang(query: &mut Query) -> Option<Lang> {
    query.choice("lang", &["sv", "en"], |t| match t {
        "sv" => Some(Lang::Sv),
        "en" => Some(Lang::En),
        _ => None,
    })
}

fn read(request: &HttpRequest) -> Result<Asked, Problem> {
    let mut query = Query::of(request);
    let (period, geography) = question(&mut query);
    // Both may be given: together they are what an earlier report says of itself.
    let (as_of, counted_to) = (query.as_of(), query.counted_to());
    let at_least = query.number("atLeast", 0, i64::MAX, shape::POSITION);
    let limit = limit(&mut query, "baspaket");
    let csv = wants_csv(&mut query, request);
    let lang = lang(&mut query);
    query.finish()?;
    let (Some(period), Some(geography)) = (period, geography) else {
        return Err(Problem::new(Kind::FrageparameterFel));
    };
    Ok(Asked {
        request: Request { report: "baspaket".to_owned(), period, geography },
        counted: Counted { as_of, counted_to, at_least },
        limit,
        lang: lang.unwrap_or_default(),
        csv,
    })
}

/// The parts of a package of this report.
async fn package(app: &web::Data<App>, id: Uuid, report: &str) -> Result<Vec<String>, Problem> {
    let app = app.clone();
    let read = web::block(move || kept::package(&mut app.service.db.read()?.link(), id.as_bytes()));
    let found = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let found = found.filter(|package| package.report == report).ok_or_else(|| {
        let mut query = Query::default();
        query.refuse("package", Allowed::Shape(shape::PACKAGE));
        query.problem()
    })?;
    Ok(found.parts.split(',').map(str::to_owned).collect())
}

/// Pulls a report when its turn has come, away from the threads that answer.
pub(super) async fn counting(
    app: &web::Data<App>,
    wanted: Request,
    counted: Counted,
    lang: Lang,
) -> Result<Result<Report, FollowError>, Problem> {
    let turn = Arc::clone(&app.report_turns).acquire_owned().await.map_err(|_| Problem::new(Kind::Upptagen))?;
    let worker = app.clone();
    let counting = web::block(move || {
        // Held until the counting ends, also where the client has gone away.
        let _turn = turn;
        let service = &worker.service;
        worker.reports.pull(&service.db, &service.registers, &wanted, counted, &*service.clock, lang)
    });
    counting.await.map_err(|_| Problem::new(Kind::Upptagen))
}

async fn get_report_baspaket(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Asked { request: wanted, counted, limit, lang, csv } = read(&request)?;
    let only = match limit {
        Limit::All => None,
        Limit::Parts(parts) => Some(parts),
        Limit::Package(id) => Some(package(&app, id, &wanted.report).await?),
    };
    let pulled = counting(&app, wanted, counted, lang)
        .await?
        .map_err(|e| refused(e, &[("countedTo", counted.counted_to), ("atLeast", counted.at_least)]))?;
    let report = match only {
        None => pulled,
        Some(only) => parts::limited(pulled, &only),
    };
    let render = if csv { as_csv } else { as_json };
    let media = if csv { "text/csv; charset=utf-8" } else { JSON };
    let bytes = render(&report)?;
    // Asked for "now", the same figures a second later tell another instant, and nothing else.
    let same = Report { as_of: DateTime::UNIX_EPOCH, ..report };
    Ok(revalidated_as(&request, media, bytes, &render(&same)?))
}

pub(super) fn as_csv(report: &Report) -> Result<Vec<u8>, Problem> {
    render::csv::render(report, render::csv::Options::default()).map_err(|_| Problem::new(Kind::InterntFel))
}

pub(super) fn as_json(report: &Report) -> Result<Vec<u8>, Problem> {
    render::json::render(report).map(String::into_bytes).map_err(|_| Problem::new(Kind::InterntFel))
}

/// What was wrong with the question, which named these positions; the words of the question are not repeated.
pub(super) fn refused(error: FollowError, positions: &[(&str, Option<i64>)]) -> Problem {
    match error {
        FollowError::Storage(error) => error.into(),
        FollowError::Ahead(head) => {
            let mut query = Query::default();
            for (name, given) in positions {
                if given.is_some_and(|position| position > head) {
                    query.refuse(name, Allowed::Values(vec![format!("0–{head}")]));
                }
            }
            query.problem()
        }
        FollowError::Reversed => {
            let mut query = Query::default();
            query.refuse("and", Allowed::Shape(shape::INSTANT_NOT_BEFORE));
            query.problem()
        }
        FollowError::Pull(PullError::Request(errors)) => {
            let mut query = Query::default();
            for error in errors {
                query.refuse(error.parameter(), Allowed::Values(error.allowed()));
            }
            query.problem()
        }
        FollowError::Pull(PullError::Columns(error)) => {
            log::error!("reports: {error}");
            Problem::new(Kind::InterntFel)
        }
    }
}
