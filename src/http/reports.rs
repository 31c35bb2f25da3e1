//! `/reports`: which reports there are, and the baspaket. Counting is the reports' room; here the question is read
//! and the answer gets its form.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use super::answer::{list, revalidated};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::Query;
use super::openapi::{AS_OF, COUNTED_TO, PAGED, PAGING, examples};
use super::problem::{Kind, Problem};
use super::report_answer::{CONTENT, FILE, known, made};
use super::report_catalogue;
use super::report_question::{
    AT_LEAST, BOM, DECIMAL, EVERY, FORMAT, FROM, GEOGRAPHY, LANG, PACKAGE, PART, Parts, Rest, SEPARATOR, TO, VERSION,
    every, finish, form, lang, parts, question, refused, version,
};
use super::report_variables::{self, VARIABLES_AND_SPLIT, with_variables};
use crate::app::App;
use crate::app::reporting::{granted_now, in_turn, only, package, pulled};
use crate::auth::policy::Action;
use crate::domain::shape;
use crate::reports::catalogue::catalogue;
use crate::reports::follow::Counted;
use crate::reports::render::{Form, Options};
use crate::reports::{Geography, Lang, Period, Request};

const JSON: &str = "application/json";

/// What a report is asked for by.
const QUERY: [Parameter; 15 + VARIABLES_AND_SPLIT] = with_variables([
    FROM, TO, EVERY, VERSION, GEOGRAPHY, AS_OF, COUNTED_TO, AT_LEAST, PART, PACKAGE, FORMAT, SEPARATOR, DECIMAL, BOM,
    LANG,
]);

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "list_reports",
        verb: Verb::Get,
        path: "/reports",
        action: Action::ListReports,
        tag: "reports",
        summary: "Rapporter / Reports",
        about: "Vilka rapporter som finns, med sina definitioner, vad de väljer och delas på, och hur de frågas efter: nog för \
                att bygga ett formulär för vilken som helst. / Which reports there are, with their definitions, what they \
                select and split by, and how they are asked for: enough to build a form for any of them.",
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
        query: &QUERY,
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer { status: 200, about: "Rapporten. / The report.", content: CONTENT, headers: FILE }],
        problems: &[400, 404, 406, 503],
        route: |route| route.to(get_report),
    },
];

async fn list_reports(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    query.finish()?;
    let all: Vec<Value> = catalogue().reports().iter().map(report_catalogue::told).collect();
    let total = all.len() as i64;
    let mut body = list("/v1/reports", &query, page, total, page.cut(all));
    body.insert("question".to_owned(), report_catalogue::question(&QUERY));
    bytes(&body).map(|b| revalidated(&request, JSON, b))
}

fn bytes(body: &impl serde::Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(body).map_err(|_| Problem::new(Kind::InterntFel))
}

/// The question, read and checked.
struct Asked {
    request: Request,
    rest: Rest,
    counted: Counted,
    lang: Lang,
    parts: Parts,
    form: (Form, Options),
}

/// Reads the question.
async fn read(app: &web::Data<App>, request: &HttpRequest, report: &str) -> Result<Asked, Problem> {
    let mut query = Query::of(request);
    let (period, geography) = question(&mut query);
    let every = every(&mut query);
    // Both may be given: together they are what an earlier report says of itself.
    let (as_of, counted_to) = (query.as_of(), query.counted_to());
    let at_least = query.number("atLeast", 0, i64::MAX, shape::POSITION);
    let lang = lang(&mut query);
    let form = form(&mut query, request);
    let version = version(&mut query, report);
    let parts = parts(&mut query, (report, version), form.0);
    let mut request = Request { version, ..readable(report, period, geography) };
    report_variables::read(&mut query, &mut request);
    let positions = vec![("countedTo", counted_to), ("atLeast", at_least)];
    let rest = Rest { wanted: request.clone(), positions, package: parts.package(), unit: None };
    finish(app, &mut query, &rest).await?;
    request.every = every;
    let counted = Counted { as_of, counted_to, at_least };
    Ok(Asked { request, rest, counted, lang: lang.unwrap_or_default(), parts, form })
}

/// A question as far as it can be read, so that the rest of one whose period or geography is wrong is looked at, too.
pub(super) fn readable(report: &str, period: Option<Period>, geography: Option<Geography>) -> Request {
    let day = || Period::day(chrono::NaiveDate::MIN);
    Request::plain(report, period.unwrap_or_else(day), geography.unwrap_or(Geography::Riket))
}

/// The parts of a package, or those that are named.
pub(super) fn named(app: &App, parts: Parts, rest: &Rest) -> Result<Vec<String>, Problem> {
    let id = match parts {
        Parts::Named(parts) => return Ok(parts),
        Parts::Package(id) => id,
    };
    match package(app, id, &rest.wanted)? {
        Some(parts) => Ok(parts),
        None => rest.check(app).map(|()| Vec::new()),
    }
}

async fn get_report(app: web::Data<App>, request: HttpRequest, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    if catalogue().report(&id).is_none() {
        return Err(Problem::new(Kind::FinnsInte));
    }
    let caller = caller(&request)?;
    let asked = read(&app, &request, &id).await?;
    let known = known(&request);
    let made = in_turn(&app, move |app| {
        let Asked { request: wanted, rest, counted, lang, parts, form } = asked;
        let parts = named(app, parts, &rest)?;
        // How far it counts at least selects nothing.
        let grant = granted_now(app, &caller, &wanted, Counted { at_least: None, ..counted })?;
        // The others needn't be counted. The limit of different questions is about what is selected, whatever the part.
        let wanted = only(wanted, &parts);
        let report = pulled(app, &wanted, counted, (lang, grant)).map_err(|e| refused(app, e, &rest))?;
        Ok::<_, Problem>(made(report, &parts, form, known.as_deref(), None)?)
    });
    Ok(made.await?.answer())
}
