//! `/reports/datakvalitet/cases`: the cases behind a figure of data quality, for those who may see them.
//!
//! Lives here: reading which figure is meant, and the list's form. Never here: what the figure counts
//! ([`quality`]), and who is within whose reach ([`find`](crate::registrations::find)).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::answer::{list, private, reading, scope};
use super::cases::listed;
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::{Page, Query};
use super::openapi::{AS_OF, COUNTED_TO, LIMIT, PAGE, examples};
use super::problem::{Kind, Problem};
use super::report_question::{AT_LEAST, FROM, GEOGRAPHY, Rest, TO, finish, question, refused};
use super::report_variables::{self, SELECTIONS};
use super::reports::readable;
use crate::app::App;
use crate::app::reporting::{granted_now, in_turn};
use crate::auth::policy::Action;
use crate::domain::finding::Allowed;
use crate::domain::shape;
use crate::reports::cube::SAMTLIGA;
use crate::reports::follow::{Counted, FollowError, State};
use crate::reports::quality::{self, BehindError, Cell, ENHET, Part};
use crate::reports::report::instant;

const fn parameter(name: &'static str, about: &'static str, kind: &'static str, example: &'static str) -> Parameter {
    Parameter { name, about, kind, example }
}

/// A code of a part's own dimension.
const fn code(name: &'static str, example: &'static str) -> Parameter {
    let about = "Raden: en kod i delens egen dimension, samtliga när ingen anges. / The row: a code of the part's own \
                 dimension, samtliga when none is given.";
    parameter(name, about, "string", example)
}

const OWN: [Parameter; 18] = [
    parameter(
        "part",
        "Delen, med id eller nummer; krävs. / The part, by id or number; required.",
        "string",
        "aktualitet",
    ),
    FROM,
    TO,
    GEOGRAPHY,
    AS_OF,
    COUNTED_TO,
    AT_LEAST,
    parameter(
        ENHET,
        "Raden: FK, AF, ett kontor som rapporten visar, eller samtliga, som gäller när inget anges. / The row: FK, AF, an \
         office that the report shows, or samtliga, which holds when none is given.",
        "string",
        "FK-GAVLE",
    ),
    code("drojsmal", "11_"),
    code("svar", "saknas"),
    code("forsenad", "ja"),
    code("forfallet", "over_30"),
    code("rakning", "annans"),
    code("rattelse", "move"),
    code("identitet", "anonymt"),
    code("uppgift", "kommun"),
    PAGE,
    LIMIT,
];

/// What the list takes: rows, and selections as in the report. A row of a split is a selection of its code.
const QUERY: [Parameter; OWN.len() + SELECTIONS.len()] = {
    let mut all = [PAGE; OWN.len() + SELECTIONS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < OWN.len() { OWN[at] } else { SELECTIONS[at - OWN.len()] };
        at += 1;
    }
    all
};

/// The operation.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "list_report_cases",
    verb: Verb::Get,
    path: "/reports/datakvalitet/cases",
    action: Action::ListReportCases,
    tag: "reports",
    summary: "Ärendena bakom en siffra / The cases behind a figure",
    about: "Vad en siffra i rapporten datakvalitet räknar, det äldsta först, med samma frågeparametrar som rapporten. En rad \
            för varje registrering, rättelse eller ärende som räknats, så ett ärende kan stå flera gånger. Bara ärenden \
            inom räckhåll visas; figure är siffran som rapporten visar den för den som frågar. Visar inget \
            personnummer. / What a figure of the report datakvalitet counts, the oldest first, with the same query \
            parameters as the report. A row for each registration, correction or case counted, so a case may be there \
            several times. Only cases within reach are shown; figure is the figure as the report shows it to whoever \
            asks. Shows no personnummer.",
    query: &QUERY,
    headers: &[],
    takes: &[],
    gives: &[Answer {
        status: 200,
        about: "En sida av listan. / One page of the list.",
        content: &[Content {
            media: "application/json",
            schema: "ReportCaseList",
            example: examples::report_case_list,
        }],
        headers: &[],
    }],
    problems: &[400, 406, 503],
    route: |route| route.to(list_report_cases),
}];

/// The question, read and checked.
struct Asked {
    rest: Rest,
    cell: Cell,
    counted: Counted,
    page: Page,
}

async fn read(app: &web::Data<App>, query: &mut Query) -> Result<Asked, Problem> {
    let page = query.page();
    let (period, geography) = question(query);
    let counted = Counted {
        as_of: query.as_of(),
        counted_to: query.counted_to(),
        at_least: query.number("atLeast", 0, i64::MAX, shape::POSITION),
    };
    let cell = cell(query);
    let mut request = readable(quality::ID, period, geography);
    report_variables::read(query, &mut request);
    let positions = vec![("countedTo", counted.counted_to), ("atLeast", counted.at_least)];
    let unit = query.text(ENHET).map(ToOwned::to_owned);
    let rest = Rest { wanted: request, positions, package: None, unit };
    finish(app, query, &rest).await?;
    match cell {
        Some(cell) => Ok(Asked { rest, cell, counted, page }),
        None => Err(Problem::new(Kind::FrageparameterFel)),
    }
}

/// Which row of which part.
fn cell(query: &mut Query) -> Option<Cell> {
    let ids = Part::ALL.map(|part| part.form().id);
    if query.text("part").is_none() {
        query.missing_one_of("part", ids.iter().map(ToString::to_string).collect());
    }
    let Some(part) = query.choice("part", &ids, Part::named) else {
        for axis in Part::ALL.map(Part::axis) {
            let codes: Vec<&str> = axis.values().collect();
            query.choice(axis.name, &codes, |text| codes.contains(&text).then_some(()));
        }
        return None;
    };
    let axis = part.axis();
    for other in Part::ALL.into_iter().filter(|other| *other != part) {
        let name = other.axis().name;
        if query.text(name).is_some() {
            let (sv, en) = ("Dimensionen hör till en annan del.", "The dimension belongs to another part.");
            query.refuse_because(name, Allowed::Values(vec![axis.name.to_owned()]), sv.to_owned(), en.to_owned());
        }
    }
    let codes: Vec<&str> = axis.values().collect();
    let code = query.choice(axis.name, &codes, |text| codes.contains(&text).then(|| text.to_owned()));
    let given = |text: Option<&str>| text.unwrap_or(SAMTLIGA).to_owned();
    Some(Cell { part, code: given(code.as_deref()), unit: given(query.text(ENHET)) })
}

async fn list_report_cases(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let mut query = Query::of(&request);
    let Asked { rest, cell, counted, page } = read(&app, &mut query).await?;
    let asking = Arc::clone(&caller);
    let finding = in_turn(&app, move |app| {
        let service = &app.service;
        let wanted = &rest.wanted;
        let policy = granted_now(app, &asking, wanted, Counted { at_least: None, ..counted })?.own;
        let state = app.reports.state(&service.db, &service.registers, counted, &*service.clock);
        let State { facts, organisation, as_of } = state.map_err(|e| refused(app, e, &rest))?;
        let behind = quality::behind(&facts, &organisation, wanted, &cell, as_of, policy);
        behind.map(|behind| (behind, as_of, policy)).map_err(|error| no_such(app, error, (&cell, &rest)))
    });
    let (behind, as_of, policy) = finding.await?;
    let scope = scope(&app, &request, &caller, Action::ListReportCases);
    let numbers: Vec<i64> = behind.counted.iter().map(|counted| counted.case).collect();
    let shown =
        reading(&app, scope, caller, move |reader, link, _| reader.of_these(link, &numbers, page.number, page.limit));
    let (rows, total) = shown.await?;
    let today = app.service.today();
    let item = |(at, row): &(usize, _)| {
        let counted = behind.counted.get(*at)?;
        let mut item = listed(row, today);
        item["counted"] = json!({"what": counted.what, "date": counted.date, "since": counted.since});
        Some(item)
    };
    let items: Vec<Value> = rows.iter().filter_map(item).collect();
    let mut body = list("/v1/reports/datakvalitet/cases", &query, page, total, items);
    body.insert("figure".to_owned(), json!(behind.figure));
    body.insert("disclosure".to_owned(), json!(policy.code()));
    if let Some(version) = policy.version() {
        body.insert("disclosureVersion".to_owned(), json!(version));
    }
    body.insert("asOf".to_owned(), json!(instant(as_of)));
    body.insert("countedTo".to_owned(), json!(behind.counted_to));
    private(&body)
}

/// There is no such figure; which there are.
fn no_such(app: &App, error: BehindError, (cell, rest): (&Cell, &Rest)) -> Problem {
    let mut query = Query::default();
    match error {
        BehindError::Pull(error) => return refused(app, FollowError::Pull(error), rest),
        BehindError::Code(codes) => query.refuse(cell.part.axis().name, Allowed::Values(codes)),
        BehindError::Unit(units) => query.refuse(ENHET, Allowed::Values(units)),
    }
    query.problem()
}
