//! `/cases/{id}/accesses`, `/access-searches` and `/accesses`: who has read what, told to the person by those who may read
//! the case, and to managers without anything of a person.
//!
//! Never here: what is told ([`accesses`](crate::registrations::accesses), [`spot_checks`]).

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::answer::{list, private, reading, scope};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::{Page, Query, body, json};
use super::openapi::{LIMIT, PAGE, accesses as told};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::code::{HandlerId, OfficeCode};
use crate::domain::dates::{earlier, later};
use crate::domain::finding::{Allowed, Findings};
use crate::domain::person::IdentityNumber;
use crate::domain::shape;
use crate::registrations::accesses::{Access, span};
use crate::registrations::fields::Fields;
use crate::registrations::spot_checks::{self, LONGEST_DAYS, Question, Spot, spots};
use crate::registrations::wire;
use crate::storage::access::Kind as Accessed;

const fn parameter(name: &'static str, about: &'static str, kind: &'static str, example: &'static str) -> Parameter {
    Parameter { name, about, kind, example }
}

const FROM: Parameter = parameter("from", "Första dagen. / The first day.", "date", "2016-10-01");
const TO: Parameter = parameter("to", "Sista dagen. / The last day.", "date", "2016-10-31");

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "list_case_accesses",
        verb: Verb::Get,
        path: "/cases/{id}/accesses",
        action: Action::ListCaseAccesses,
        tag: "accesses",
        summary: "Vem har tagit del av ärendet / Who has read the case",
        about: "Loggutdrag för den registrerade: när, vilken myndighet, vem och vilket slags åtkomst, i tidsordning. För \
                den som får läsa ärendet och svarar personen; utdraget loggas självt. / An extract of the access log for \
                the person: when, which agency, who and what kind of access, in the order of time. For those who may \
                read the case and answer the person; the extract is itself logged.",
        query: &[FROM, TO, PAGE, LIMIT],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "En sida av utdraget. / One page of the extract.",
            content: &[Content { media: "application/json", schema: "AccessList", example: told::case_accesses }],
            headers: &[],
        }],
        problems: &[400, 404, 406, 503],
        route: |route| route.to(list_case_accesses),
    },
    Endpoint {
        id: "create_access_search",
        verb: Verb::Post,
        path: "/access-searches",
        action: Action::SearchAccesses,
        tag: "accesses",
        summary: "Vem har tagit del av personens uppgifter / Who has read about the person",
        about: "Loggutdrag för alla personens ärenden inom räckhåll, med sökningar på personen, även de som inte gav träff. \
                En POST med innehåll, eftersom ett personnummer aldrig får stå i en adress (MOG.03, RES.02). Finns ärenden \
                utom räckhåll sägs bara det: deras utdrag lämnas av dem som når dem. / An extract for all the person's \
                cases within reach, with searches for the person, also those that found nothing. A POST with a body, \
                since a personnummer may never stand in an address (MOG.03, RES.02). Of cases out of reach only their \
                existence is told: their extract is given by those who reach them.",
        query: &[FROM, TO, PAGE, LIMIT],
        headers: &[],
        takes: &[Content { media: "application/json", schema: "AccessSearch", example: told::search }],
        gives: &[Answer {
            status: 200,
            about: "En sida av utdraget. / One page of the extract.",
            content: &[Content {
                media: "application/json",
                schema: "PersonAccessList",
                example: told::person_accesses,
            }],
            headers: &[],
        }],
        problems: &[400, 406, 413, 415, 422, 503],
        route: |route| route.to(create_access_search),
    },
    Endpoint {
        id: "list_accesses",
        verb: Verb::Get,
        path: "/accesses",
        action: Action::ListAccesses,
        tag: "accesses",
        summary: "Stickprov för chefer / Managers' spot checks",
        about: "Vad handläggare med uppdrag vid den egna chefens kontor har tagit del av, utan något om personerna: \
                ärendets id, vem, vad och när, med anmärkningar som kan vara värda en fråga. sample drar så många rader \
                med lottning; samma fråga och seed ger samma rader. / What handläggare with assignments at the manager's \
                own offices have read, with nothing of the persons: the case's id, who, what and when, with flags that \
                may be worth a question. sample draws so many rows by lot; the same question and seed give the same rows.",
        query: &[
            FROM,
            TO,
            parameter("office", "Ett av chefens kontor. / One of the manager's offices.", "string", "FK-GAVLE"),
            parameter("handler", "En handläggare. / One handläggare.", "string", "fk-h-017"),
            parameter("flagged", "Bara rader med anmärkning. / Only rows with a flag.", "boolean", "true"),
            parameter("sample", "Så många rader dras. / So many rows are drawn.", "integer", "20"),
            parameter("seed", "Vad lottningen följer av. / What the draw follows from.", "string", "oktober"),
            PAGE,
            LIMIT,
        ],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "En sida av stickprovet. / One page of the spot check.",
            content: &[Content { media: "application/json", schema: "SpotCheckList", example: told::spot_checks }],
            headers: &[],
        }],
        problems: &[400, 406, 503],
        route: |route| route.to(list_accesses),
    },
];

/// The kinds of access, each with its Swedish and English label.
pub(super) const KINDS: &[(&str, &str, &str)] = &[
    ("read", "Ett ärende lästes", "A case was read"),
    ("list", "En lista visade ärendet", "A list showed the case"),
    ("search", "Sökning", "Search"),
    ("change", "Registrering eller ändring", "Registration or change"),
    ("trial", "Prövning utan att något sparades", "A trial, nothing was stored"),
    ("refused", "Registrering som avvisades", "A registration that was refused"),
    ("export", "Uttag av alla ärenden utan identitet", "Export of all cases without identity"),
    ("extract", "Loggutdrag", "Extract of the access log"),
    ("spot_check", "Stickprov", "Spot check"),
    ("forgetting", "Sökningar gallrades ur loggen", "Searches were erased from the log"),
    ("heads", "Loggens kedjor signerades", "The chains of the log were signed"),
    ("seal", "Äldre rader förseglades", "Older rows were sealed"),
];

/// The days asked for: `to` is not before `from`.
fn days(query: &mut Query) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let (from, to) = (query.date("from"), query.date("to"));
    if let (Some(first), Some(last)) = (from, to)
        && last < first
    {
        query.refuse("to", Allowed::DateFrom(first));
    }
    (from, to)
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn access(access: &Access) -> Value {
    let mut item = json!({
        "at": written(access.at), "kind": access.kind, "action": access.action, "agency": access.agency,
        "client": access.client, "handler": access.handler,
        "cases": access.cases.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "askedForPerson": access.asked_for_person,
    });
    if access.every_case {
        item["everyCase"] = json!(true);
    }
    item
}

fn extract(path: &str, query: &Query, page: Page, all: Vec<Access>) -> serde_json::Map<String, Value> {
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let items = page.cut(all).iter().map(access).collect();
    list(path, query, page, total, items)
}

async fn list_case_accesses(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let mut query = Query::of(&request);
    let page = query.page();
    let (from, to) = days(&mut query);
    query.finish()?;
    let id = wire::case_id(&id).ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let scope = scope(&app, &request, &caller, Action::ListCaseAccesses);
    let span = span(from, to);
    let found = reading(&app, scope, caller, move |reader, link, _| reader.accesses_of_case(link, id, &span)).await?;
    let all = found.ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    private(&extract(&format!("/v1/cases/{id}/accesses"), &query, page, all))
}

async fn create_access_search(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let mut query = Query::of(&request);
    let page = query.page();
    let (from, to) = days(&mut query);
    query.finish()?;
    let span = span(from, to);
    let value = json(&body(payload, app.config.limits.body_bytes).await?)?;
    let number = wanted(&value, app.service.reading()).map_err(|f| Problem::new(Kind::Regelbrott).errors(&f))?;
    let scope = scope(&app, &request, &caller, Action::SearchAccesses);
    let (all, elsewhere) = reading(&app, scope, caller, move |reader, link, app| {
        reader.accesses_of_person(link, &app.service.vault, &number, &span)
    })
    .await?;
    let mut told = extract("/v1/access-searches", &query, page, all);
    told.insert("casesElsewhere".to_owned(), json!(elsewhere));
    private(&told)
}

fn wanted(value: &Value, reading: wire::Reading) -> Result<IdentityNumber, Findings> {
    let mut findings = Findings::default();
    let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
    fields.required("personnummer", shape::TEXT, &mut findings);
    let number = fields
        .text("personnummer", &mut findings)
        .and_then(|text| wire::identity_number(text, "/personnummer", reading, &mut findings));
    fields.finish(&mut findings);
    match number {
        Some(number) if !findings.has_errors() => Ok(number),
        _ => Err(findings),
    }
}

/// The question of a spot check: a month back where nothing is said.
fn question(query: &mut Query, today: NaiveDate) -> Question {
    let (from, to) = days(query);
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| earlier(to, 30));
    if (to - from).num_days() >= LONGEST_DAYS {
        query.refuse("to", Allowed::DateTo(later(from, LONGEST_DAYS.unsigned_abs() - 1)));
    }
    let office = query.parsed("office", OfficeCode::EXPECTED, |text| OfficeCode::parse(text).ok());
    let handler = query.parsed("handler", HandlerId::EXPECTED, |text| HandlerId::parse(text).ok());
    let sample = query.number("sample", 1, 1000, shape::WHOLE_NUMBER_FROM_1);
    let seed = query.text("seed").map_or_else(|| format!("{from} {to}"), str::to_owned);
    Question {
        from,
        to,
        office,
        handler: handler.map(|id| id.to_string()),
        flagged: query.flag("flagged"),
        sample: sample.and_then(|n| usize::try_from(n).ok()),
        seed,
    }
}

async fn list_accesses(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let mut query = Query::of(&request);
    let page = query.page();
    let question = question(&mut query, app.service.today());
    query.finish()?;
    let scope = scope(&app, &request, &caller, Action::ListAccesses);
    let asked = question.clone();
    let found = reading(&app, scope, caller, move |reader, link, _| {
        let handlers = spot_checks::under(reader.caller, &reader.organisation, reader.today, &asked);
        let size = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
        let skip = size((page.number - 1).saturating_mul(page.limit));
        let (spots, total, of) = spots(link, &handlers, &asked, skip, size(page.limit))?;
        reader.seen.note_count(Accessed::SpotCheck, i64::try_from(spots.len()).unwrap_or(i64::MAX));
        Ok((spots, total, of, handlers.len()))
    });
    let (spots, total, of, handlers) = found.await?;
    let items = spots.iter().map(spot).collect();
    let mut told = list("/v1/accesses", &query, page, i64::try_from(total).unwrap_or(i64::MAX), items);
    told.insert("from".to_owned(), json!(question.from));
    told.insert("to".to_owned(), json!(question.to));
    told.insert("handlers".to_owned(), json!(handlers));
    told.insert("drawnFrom".to_owned(), json!(of));
    private(&told)
}

fn spot(spot: &Spot) -> Value {
    json!({
        "id": format!("{}-{}", spot.entry.0, spot.entry.1), "at": written(spot.at), "handler": spot.handler,
        "client": spot.client, "kind": spot.kind, "action": spot.action,
        "cases": spot.cases.iter().map(ToString::to_string).collect::<Vec<_>>(), "counted": spot.counted,
        "flags": spot.flags.iter().map(|flag| {
            let (sv, en) = flag.labels();
            json!({"code": flag.code(), "sv": sv, "en": en})
        }).collect::<Vec<_>>(),
    })
}
