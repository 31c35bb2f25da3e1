//! `/reports`: which reports there are, and the baspaket. Counting is the reports' room; here the question is read
//! and the answer gets its form.

use std::sync::Arc;

use actix_web::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::DateTime;
use serde_json::{Value, json};

use super::answer::{if_none_match, is_known, list, revalidated, weak_tag};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller, preferred};
use super::extract::Query;
use super::openapi::{AS_OF, COUNTED_TO, PAGED, PAGING, examples};
use super::problem::{Kind, Problem};
use super::report_variables::{self, with_variables};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::dates::swedish_day;
use crate::domain::finding::Allowed;
use crate::domain::shape;
use crate::reports::catalogue::{Definition, catalogue};
use crate::reports::disclosure::grant;
use crate::reports::follow::{Counted, FollowError};
use crate::reports::forms;
use crate::reports::render::{self, Form, Options, RenderError, csv, form};
use crate::reports::report::instant;
use crate::reports::{Geography, Lang, Period, PullError, Report, Request};

const JSON: &str = "application/json";

/// Headers of a report: its version, what it is about, and what its file is called.
const FILE: &[&str] =
    &["ETag", "Cache-Control", "Content-Disposition", "Sus-As-Of", "Sus-Counted-To", "Sus-Disclosure", "Vary"];

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
        id: "get_report",
        verb: Verb::Get,
        path: "/reports/{report}",
        action: Action::GetReport,
        tag: "reports",
        summary: "Rapport / Report",
        about: "En rapport för en period och en geografi, bredvid länet och riket. Alltid färsk; asOf och countedTo \
                säger vad som räknats, och samma två värden ger samma rapport igen; disclosure säger hur siffrorna \
                är skyddade för den som frågar. Vilka variabler rapporten väljer \
                och delas på står i rapportlistan; andra avvisas med namn. / A report for a period and a geography, \
                beside the county and the country. Always fresh; asOf and countedTo say what was counted, and the same \
                two give the same report again; disclosure says how the figures are protected for whoever asks. Which variables the report selects and splits by stands in the list of \
                reports; others are refused by name.",
        query: &with_variables([
            Parameter {
                name: "from",
                about: "Periodens första dag; krävs. / First day of the period; required.",
                kind: "date",
                example: "2016-10-01",
            },
            Parameter {
                name: "to",
                about: "Periodens sista dag; krävs. / Last day of the period; required.",
                kind: "date",
                example: "2016-12-31",
            },
            Parameter {
                name: "geography",
                about: "riket (förval), lan:21, kommun:2180, fk-omrade:KOD, af-omrade:KOD, fk-kontor:KOD, af-kontor:KOD, \
                        styrgrupp:KOD. / riket is the default.",
                kind: "string",
                example: "styrgrupp:gavleborg",
            },
            AS_OF,
            COUNTED_TO,
            Parameter {
                name: "atLeast",
                about: "Minst till och med positionen, som en registrering svarade. / At least up to the position that a registration answered.",
                kind: "integer",
                example: "186",
            },
            Parameter {
                name: "part",
                about: "Delar, med id eller nummer, åtskilda av komma; alla när ingen nämns. px, svg och png rymmer en \
                        del. / Parts, by id or number, separated by commas; all when none is named. px, svg and png \
                        hold one.",
                kind: "string",
                example: "utfall_gk",
            },
            Parameter {
                name: "format",
                about: "json, csv, xlsx, html, json-stat2, px, parquet, svg eller png; går före Accept. / json, csv, \
                        xlsx, html, json-stat2, px, parquet, svg or png; goes before Accept.",
                kind: "string",
                example: "xlsx",
            },
            Parameter {
                name: "separator",
                about: "Mellan kolumnerna i csv: comma (förval) eller semicolon. / Between the columns of csv: comma \
                        (default) or semicolon.",
                kind: "string",
                example: "semicolon",
            },
            Parameter {
                name: "decimal",
                about: "Decimaltecken i csv: point (förval) eller comma. / Decimal sign of csv: point (default) or comma.",
                kind: "string",
                example: "comma",
            },
            Parameter {
                name: "bom",
                about: "Om csv börjar med ett byte order mark. / Whether csv begins with a byte order mark.",
                kind: "boolean",
                example: "true",
            },
            Parameter {
                name: "lang",
                about: "sv (förval) eller en. / sv (default) or en.",
                kind: "string",
                example: "sv",
            },
        ]),
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Rapporten. / The report.",
            content: &[
                Content { media: Form::Json.media(), schema: "Report", example: examples::report },
                Content { media: Form::Csv.media(), schema: "Csv", example: examples::report_csv },
                Content { media: Form::Xlsx.media(), schema: "File", example: examples::report_file },
                Content { media: Form::Html.media(), schema: "Page", example: examples::report_html },
                Content { media: Form::JsonStat.media(), schema: "JsonStat", example: examples::report_json_stat },
                Content { media: Form::Px.media(), schema: "Px", example: examples::report_px },
                Content { media: Form::Parquet.media(), schema: "File", example: examples::report_file },
                Content { media: Form::Svg.media(), schema: "Page", example: examples::report_svg },
                Content { media: Form::Png.media(), schema: "File", example: examples::report_file },
            ],
            headers: FILE,
        }],
        problems: &[400, 404, 406, 503],
        route: |route| route.to(get_report),
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
    told["variables"] = forms::report(&definition.id).map_or(Value::Null, report_variables::told);
    told
}

fn bytes(body: &impl serde::Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(body).map_err(|_| Problem::new(Kind::InterntFel))
}

/// The question, read and checked.
struct Asked {
    request: Request,
    counted: Counted,
    lang: Lang,
    parts: Vec<String>,
    form: Form,
    options: Options,
}

fn read(request: &HttpRequest, report: &str) -> Result<Asked, Problem> {
    let mut query = Query::of(request);
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
    // Both may be given: together they are what an earlier report says of itself.
    let (as_of, counted_to) = (query.as_of(), query.counted_to());
    let at_least = query.number("atLeast", 0, i64::MAX, shape::POSITION);
    let named = query.choice("format", &Form::ALL.map(Form::code), Form::named);
    let lang = query.choice("lang", &["sv", "en"], |t| match t {
        "sv" => Some(Lang::Sv),
        "en" => Some(Lang::En),
        _ => None,
    });
    let one_of = |query: &mut Query, name: &str, all: [&str; 2]| {
        query.choice(name, &all, |t| all.contains(&t).then(|| t == all[1])).unwrap_or(false)
    };
    let csv = csv::Options {
        semicolon: one_of(&mut query, "separator", ["comma", "semicolon"]),
        decimal_comma: one_of(&mut query, "decimal", ["point", "comma"]),
        byte_order_mark: one_of(&mut query, "bom", ["false", "true"]),
    };
    let form = named.unwrap_or_else(|| by_accept(request));
    let parts: Vec<String> = query.text("part").into_iter().flat_map(|t| t.split(',')).map(str::to_owned).collect();
    let definition = catalogue().report(report);
    let all = definition.map_or(Vec::new(), |d| d.parts.iter().map(|p| (p.number, p.id.as_str())).collect());
    if let Err(error) = form::chosen(&all, &parts, Some(form)) {
        refuse_parts(&mut query, error);
    }
    let mut wanted = period.zip(geography).map(|(period, geography)| Request::plain(report, period, geography));
    match &mut wanted {
        Some(wanted) => report_variables::read(&mut query, wanted),
        None => report_variables::read(&mut query, &mut nobody(report)),
    }
    query.finish()?;
    let Some(wanted) = wanted else { return Err(Problem::new(Kind::FrageparameterFel)) };
    Ok(Asked {
        request: wanted,
        counted: Counted { as_of, counted_to, at_least },
        lang: lang.unwrap_or_default(),
        parts,
        form,
        options: Options { csv },
    })
}

/// A request of no meaning, to check the rest of a query whose period or geography is wrong.
fn nobody(report: &str) -> Request {
    Request::plain(report, Period::day(chrono::NaiveDate::MIN), Geography::Riket)
}

/// What the client wants most; the door has refused those who want nothing that there is.
fn by_accept(request: &HttpRequest) -> Form {
    let accept = request.headers().get(ACCEPT).and_then(|h| h.to_str().ok());
    let wanted = preferred(accept, &Form::ALL.map(Form::media));
    Form::ALL.into_iter().find(|form| Some(form.media()) == wanted).unwrap_or(Form::Json)
}

/// Which parts there are, to a client who named others or not the one that a form holds.
fn refuse_parts(query: &mut Query, error: RenderError) {
    let ids = |parts: Vec<(u32, String)>| parts.into_iter().map(|(_, id)| id).collect();
    match error {
        RenderError::OnePart(parts) if query.text("part").is_none() => query.missing_one_of("part", ids(parts)),
        RenderError::OnePart(parts) | RenderError::NoPart(parts) => query.refuse("part", Allowed::Values(ids(parts))),
        RenderError::Failed(_) => {}
    }
}

/// The answer when it is made: its tag, what stands beside it, and the bytes where the client hasn't got them.
struct Made {
    tag: String,
    headers: Vec<(&'static str, String)>,
    bytes: Option<Vec<u8>>,
}

async fn get_report(app: web::Data<App>, request: HttpRequest, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    if catalogue().report(&id).is_none() {
        return Err(Problem::new(Kind::FinnsInte));
    }
    let caller = caller(&request)?;
    let Asked { request: wanted, counted, lang, parts, form, options } = read(&request, &id)?;
    let turn = Arc::clone(&app.report_turns).acquire_owned().await.map_err(|_| Problem::new(Kind::Upptagen))?;
    let worker = app.clone();
    let known = if_none_match(&request).map(str::to_owned);
    let making = web::block(move || {
        // Held until the counting and the drawing end, also where the client has gone away.
        let _turn = turn;
        let (_, organisation) = worker.service.organisation()?;
        let service = &worker.service;
        // Nothing is frozen yet.
        let grant = grant(&caller, &wanted, false, &organisation, swedish_day(worker.now()));
        let shown = (lang, grant);
        let pulled = worker.reports.pull(&service.db, &organisation, &wanted, counted, &*service.clock, shown);
        let mut report = pulled.map_err(|e| refused(e, counted))?;
        form::keep(&mut report, &parts, Some(form)).map_err(not_rendered)?;
        made(report, form, options, known.as_deref())
    });
    let made = making.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let mut answer = if made.bytes.is_some() { HttpResponse::Ok() } else { HttpResponse::NotModified() };
    answer.insert_header((ETAG, made.tag)).insert_header((CACHE_CONTROL, "private, no-cache"));
    answer.insert_header((VARY, "Accept"));
    let Some(bytes) = made.bytes else { return Ok(answer.finish()) };
    for header in made.headers {
        answer.insert_header(header);
    }
    answer.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    let media = form.media();
    let media = match form {
        Form::Csv | Form::Html | Form::Px => format!("{media}; charset=utf-8"),
        _ => media.to_owned(),
    };
    Ok(answer.content_type(media).body(bytes))
}

fn made(mut report: Report, form: Form, options: Options, known: Option<&str>) -> Result<Made, Problem> {
    // Asked for "now", the same figures a second later tell another instant, and nothing else.
    let as_of = std::mem::replace(&mut report.as_of, DateTime::UNIX_EPOCH);
    let tag = weak_tag(&(form, options, &report));
    report.as_of = as_of;
    let shown = if form.shown_in_browsers() { "inline" } else { "attachment" };
    let mut headers = vec![
        (CONTENT_DISPOSITION.as_str(), format!("{shown}; filename=\"{}\"", form::file_name(&report, form))),
        ("sus-as-of", instant(report.as_of)),
        ("sus-counted-to", report.counted_to.to_string()),
        ("sus-disclosure", report.disclosure.to_owned()),
    ];
    match form {
        Form::Html => {
            headers.push((CONTENT_SECURITY_POLICY.as_str(), render::html::content_security_policy().to_owned()));
        }
        Form::Svg => headers.push((CONTENT_SECURITY_POLICY.as_str(), "default-src 'none'".to_owned())),
        _ => {}
    }
    let bytes =
        if is_known(known, &tag) { None } else { Some(render::render(&report, form, options).map_err(not_rendered)?) };
    Ok(Made { tag, headers, bytes })
}

fn not_rendered(error: RenderError) -> Problem {
    if let RenderError::Failed(why) = &error {
        log::error!("reports: {why}");
        return Problem::new(Kind::InterntFel);
    }
    let mut query = Query::default();
    refuse_parts(&mut query, error);
    query.problem()
}

/// What was wrong with the question; the words of the question are not repeated.
pub(super) fn refused(error: FollowError, counted: Counted) -> Problem {
    match error {
        FollowError::Storage(error) => error.into(),
        FollowError::Ahead(head) => {
            let mut query = Query::default();
            for (name, given) in [("countedTo", counted.counted_to), ("atLeast", counted.at_least)] {
                if given.is_some_and(|position| position > head) {
                    query.refuse(name, Allowed::Values(vec![format!("0–{head}")]));
                }
            }
            query.problem()
        }
        FollowError::Pull(PullError::Request(errors)) => {
            let mut query = Query::default();
            errors.iter().for_each(|error| report_variables::refuse(&mut query, error));
            query.problem()
        }
        FollowError::Pull(PullError::Columns(error)) => {
            log::error!("reports: {error}");
            Problem::new(Kind::InterntFel)
        }
    }
}
