//! `/cases`: the own ones and what is due, one as it stands, one as it was known; and `/case-searches`.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::answer::{list, private, private_with, reading, scope};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::{Query, body, json};
use super::openapi::{AS_OF, COUNTED_TO, LIMIT, PAGE, examples};
use super::problem::{Kind, Problem};
use super::registrations::entry;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::domain::code::{CaseReference, HandlerId, OfficeCode};
use crate::domain::finding::{Allowed, Findings};
use crate::domain::shape;
use crate::domain::step::{Agency, StepKind};
use crate::registrations::fields::{Fields, wrong_type};
use crate::registrations::find::{Found, Known, Reader};
use crate::registrations::view::CaseView;
use crate::registrations::wire;
use crate::storage::cases::{CaseRow, day_number, day_of};
use crate::storage::changes;
use crate::storage::lists::{Filter, state_code, state_of};
use crate::storage::{Link, StorageError, persons};

const STATES: [&str; 3] = ["open", "ended", "felregistrering"];

const fn parameter(name: &'static str, about: &'static str, kind: &'static str, example: &'static str) -> Parameter {
    Parameter { name, about, kind, example }
}

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "list_cases",
        verb: Verb::Get,
        path: "/cases",
        action: Action::ListCases,
        tag: "cases",
        summary: "Ärenden / Cases",
        about: "Ärenden inom räckhåll, de mest brådskande först: egna, ett kontors, försenade, de som väntar på den \
                andra myndigheten. Avslutade kommer i den ordning de begärdes. Visar inget personnummer. / Cases within \
                reach, the most urgent first: the own ones, an office's, overdue, those waiting for the other agency. \
                Ended ones come in the order of their requests. Shows no personnummer.",
        query: &[
            parameter("handler", "me eller ett handläggar-id. / me or a handläggare id.", "string", "me"),
            parameter("office", "Kontor. / Office.", "string", "FK-GAVLE"),
            parameter(
                "status",
                "open (förval), ended, felregistrering. / open (default), ended, felregistrering.",
                "string",
                "open",
            ),
            parameter("step", "Steg som ärendet står i. / Step the case stands at.", "string", "gk"),
            parameter(
                "dueBefore",
                "Nästa registrering ska göras före dagen. / Next registration is due before the day.",
                "date",
                "2016-11-01",
            ),
            parameter(
                "waiting",
                "true: väntar på den andra myndigheten; false: på den egna. / true: waits for the other agency; false: for the own.",
                "boolean",
                "true",
            ),
            parameter(
                "missing",
                "Bara ärenden med obesvarade frågor. / Only cases with unanswered questions.",
                "boolean",
                "true",
            ),
            parameter(
                "atLeast",
                "Minst till och med positionen, som en registrering svarade. / At least up to the position that a registration answered.",
                "integer",
                "186",
            ),
            PAGE,
            LIMIT,
        ],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "En sida av listan. / One page of the list.",
            content: &[Content { media: "application/json", schema: "CaseList", example: examples::case_list }],
            headers: &[],
        }],
        problems: &[400, 406, 503],
        route: |route| route.to(list_cases),
    },
    Endpoint {
        id: "get_case",
        verb: Verb::Get,
        path: "/cases/{id}",
        action: Action::GetCase,
        tag: "cases",
        summary: "Ett ärende / One case",
        about: "Ärendet som det står, med vad som ska registreras härnäst, av vem och när. ETag är versionen som \
                If-Match frågar efter. / The case as it stands, with what is to be registered next, by whom and by \
                when. The ETag is the version that If-Match asks for.",
        query: &[],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Ärendet. / The case.",
            content: &[Content { media: "application/json", schema: "Case", example: examples::case }],
            headers: &["ETag"],
        }],
        problems: &[404, 406, 503],
        route: |route| route.to(get_case),
    },
    Endpoint {
        id: "get_case_history",
        verb: Verb::Get,
        path: "/cases/{id}/histories",
        action: Action::GetHistory,
        tag: "cases",
        summary: "Ett ärende som det var känt / A case as it was known",
        about: "Ärendet som det var känt vid en tidpunkt (asOf) eller till och med en position (countedTo), och alla \
                registreringar dit. Svaret säger tidpunkten som frågan gällde, annars nu, och ärendets sista räknade \
                position; samma två ger samma kedja igen. / The case as it was known on an instant (asOf) or up \
                to a position (countedTo), and every registration up to there. The answer says the instant that was \
                asked for, else now, and the last position of the case that is counted; the same two give the same \
                chain again.",
        query: &[AS_OF, COUNTED_TO],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Ärendet då, och dess registreringar. / The case then, and its registrations.",
            content: &[Content { media: "application/json", schema: "History", example: examples::history }],
            headers: &[],
        }],
        problems: &[400, 404, 406, 503],
        route: |route| route.to(get_case_history),
    },
    Endpoint {
        id: "create_case_search",
        verb: Verb::Post,
        path: "/case-searches",
        action: Action::SearchCases,
        tag: "cases",
        summary: "Sök ärenden / Search cases",
        about: "Söker på personnummer eller ärendereferens. Sökningen är en POST med innehåll, eftersom ett \
                personnummer aldrig får stå i en adress: adresser hamnar i loggar, historik och mellanlager (MOG.03, \
                RES.02). Finns ett öppet ärende utom räckhåll sägs bara det. / Searches by personnummer or case \
                reference. It is a POST with a body, since a personnummer may never stand in an address: addresses \
                end up in logs, histories and caches (MOG.03, RES.02). Of an open case out of reach only its \
                existence is told.",
        query: &[],
        headers: &[],
        takes: &[Content { media: "application/json", schema: "CaseSearch", example: examples::search }],
        gives: &[Answer {
            status: 200,
            about: "Det som hittades. / What was found.",
            content: &[Content { media: "application/json", schema: "SearchResult", example: examples::search_result }],
            headers: &[],
        }],
        problems: &[400, 406, 413, 415, 422, 503],
        route: |route| route.to(create_case_search),
    },
];

async fn list_cases(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let mut query = Query::of(&request);
    let page = query.page();
    let filter = filter(&mut query, &caller);
    let at_least = query.number("atLeast", 0, i64::MAX, shape::POSITION);
    let office = query.parsed("office", OfficeCode::EXPECTED, |text| OfficeCode::parse(text).ok());
    query.finish()?;
    let scope = scope(&app, &request, &caller, Action::ListCases);
    let read = reading(&app, scope, caller, move |reader, link, _| {
        // A list is read from the database as it stands, so it includes everything there; it can only be asked too soon.
        let head = changes::head(link)?;
        if at_least.is_some_and(|position| position > head) {
            return Ok(Err(head));
        }
        let mut filter = filter;
        // Which agency's the office is stands in the register; an unknown one finds nothing.
        if let Some(code) = office {
            let known = reader.organisation.offices.get(&code);
            filter.offices = Some((known.map_or(Agency::Fk, |o| o.agency), vec![code.to_string()]));
        }
        reader.list(link, filter, page.number, page.limit).map(Ok)
    });
    let (rows, total) = read.await?.map_err(|head| {
        query.refuse("atLeast", Allowed::Values(vec![format!("0–{head}")]));
        query.problem()
    })?;
    let today = app.service.today();
    let items = rows.iter().map(|row| listed(row, today)).collect();
    private(&list("/v1/cases", &query, page, total, items))
}

fn filter(query: &mut Query, caller: &Caller) -> Filter {
    let agency = caller.agency.unwrap_or(Agency::Fk);
    let handler = match query.text("handler") {
        Some("me") => caller.handler.as_ref().map(ToString::to_string).or_else(|| {
            query.refuse("handler", Allowed::Shape(shape::HANDLER_ID));
            None
        }),
        _ => query.parsed("handler", HandlerId::EXPECTED, |t| HandlerId::parse(t).ok()).map(|h| h.to_string()),
    };
    let steps: Vec<&str> = StepKind::ALL.iter().map(|s| s.code()).collect();
    let waiting = query.choice("waiting", &["true", "false"], |t| t.parse::<bool>().ok());
    Filter {
        handler: handler.map(|id| (agency, id)),
        offices: None,
        state: query.choice("status", &STATES, state_of),
        step: query.choice("step", &steps, StepKind::from_code).map(|s| s.code().to_owned()),
        due_from: None,
        due_before: query.date("dueBefore").map(day_number),
        next_owner: waiting.map(|other| if other { agency.other() } else { agency }),
        missing: query.flag("missing"),
    }
}

/// A case as lists show it.
pub(super) fn listed(row: &CaseRow, today: chrono::NaiveDate) -> Value {
    let due = row.due.map(day_of);
    json!({
        "id": row.case_id().to_string(), "version": row.version, "status": state_code(row.state),
        "identity": row.identity, "sex": row.sex, "step": row.step, "stepDate": day_of(row.step_date),
        "nextOwner": row.next_owner, "due": due, "overdue": due.is_some_and(|d| today > d),
        "missingAnswers": row.missing,
        "offices": {"fk": row.fk_office, "af": row.af_office},
        "handlers": {"fk": row.fk_handler, "af": row.af_handler},
        "link": format!("/v1/cases/{}", row.case_id()),
    })
}

async fn get_case(app: web::Data<App>, request: HttpRequest, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (found, shown) = one(&app, &request, &id, Action::GetCase, Known::default()).await?;
    let version = found.case.version;
    private_with(&shown, |answer| {
        answer.insert_header(("etag", format!("\"{version}\"")));
    })
}

async fn get_case_history(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let known = query.known();
    query.finish()?;
    let (found, shown) = one(&app, &request, &id, Action::GetHistory, known).await?;
    let entries: Vec<Value> = found.entries.iter().map(entry).collect();
    // As in reports: the instant that was asked for, or now, asked after reading. Another process' clock may be a little
    // ahead; what is shown was known by the instant that is told.
    let now = app.now().max(found.case.last_known_from);
    let as_of = known.as_of.map_or(now, |at| at.min(now));
    private(&json!({
        "asOf": as_of, "countedTo": found.case.last_position.0, "case": shown, "entries": entries,
    }))
}

/// A case for a caller, with its participant masked; 404 when it isn't there, or isn't the caller's to know of.
async fn one(
    app: &web::Data<App>,
    request: &HttpRequest,
    id: &str,
    action: Action,
    known: Known,
) -> Result<(Found, CaseView), Problem> {
    let caller = caller(request)?;
    let id = wire::case_id(id).ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let scope = scope(app, request, &caller, action);
    let found = reading(app, scope, caller, move |reader, link, app| {
        reader.case(link, action, id, known)?.map(|found| shown(found, reader, link, app)).transpose()
    });
    found.await?.ok_or_else(|| Problem::new(Kind::FinnsInte))
}

fn shown(found: Found, reader: &Reader<'_>, link: &mut Link<'_>, app: &App) -> Result<(Found, CaseView), StorageError> {
    let mut view = CaseView::of(&found.case, &app.service.settings, reader.today);
    if let Some(person) = &found.person {
        let number = persons::number_of(link, &app.service.vault, person, reader.today)?;
        view.participant = number.map(|n| json!({"personnummer": n.masked()}));
    }
    Ok((found, view))
}

/// What is searched for.
enum Wanted {
    Person(crate::domain::person::IdentityNumber),
    Reference(CaseReference),
}

async fn create_case_search(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let value = json(&body(payload, app.config.limits.body_bytes).await?)?;
    let wanted = wanted(&value, app.service.reading()).map_err(|f| Problem::new(Kind::Regelbrott).errors(&f))?;
    let scope = scope(&app, &request, &caller, Action::SearchCases);
    let (rows, elsewhere) = reading(&app, scope, caller, move |reader, link, app| {
        let (found, elsewhere) = match wanted {
            Wanted::Person(number) => reader.by_identity(link, &app.service.vault, &number)?,
            Wanted::Reference(reference) => (reader.by_reference(link, &reference)?, false),
        };
        let row = |f: &Found| CaseRow::of(&f.case, 0, None, &app.service.settings);
        Ok((found.iter().map(row).collect::<Vec<_>>(), elsewhere))
    })
    .await?;
    let today = app.service.today();
    // The same short form as in lists: no answer to a POST holds identity, not even masked.
    let items: Vec<Value> = rows.iter().map(|row| listed(row, today)).collect();
    private(&json!({"items": items, "openCaseElsewhere": elsewhere}))
}

fn wanted(value: &Value, reading: wire::Reading) -> Result<Wanted, Findings> {
    let mut findings = Findings::default();
    let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
    let number = fields
        .text("personnummer", &mut findings)
        .and_then(|text| wire::identity_number(text, "/personnummer", reading, &mut findings));
    let reference = fields.code("caseReference", CaseReference::parse, &mut findings);
    fields.finish(&mut findings);
    match (number, reference) {
        _ if findings.has_errors() => Err(findings),
        (Some(number), None) => Ok(Wanted::Person(number)),
        (None, Some(reference)) => Ok(Wanted::Reference(reference)),
        _ => {
            wrong_type("", shape::EITHER_NUMBER_OR_REFERENCE, &mut findings);
            Err(findings)
        }
    }
}
