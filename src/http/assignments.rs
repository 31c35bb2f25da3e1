//! `/assignments`: who is what at which office; giving, ending and confirming it.
//!
//! Never here: who may give what ([`policy`]), and what may become of an assignment
//! ([`domain::assignments`](crate::domain::assignments)).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::answer::{list, private, scope};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::{Query, body, idempotency_key, json as read_json};
use super::keeping::{Once, keep};
use super::openapi::{LIMIT, PAGE, PAGED, rights};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::Caller;
use crate::auth::policy::{self, Action, Decision, Object};
use crate::domain::assignments::{ASSIGNABLE, Change, Giver, What, decide, review_due};
use crate::domain::code::{HandlerId, OfficeCode};
use crate::domain::finding::Findings;
use crate::domain::organisation::{Assignment, Handler, Role, Validity};
use crate::domain::person::contains_identity_number;
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::registrations::Rendered;
use crate::registrations::fields::{Fields, wrong_value};
use crate::storage::access::{self, Entry};

const JSON: &str = "application/json";
const ONE: &[Content] = &[Content { media: JSON, schema: "Assignment", example: rights::assignment }];

const fn parameter(name: &'static str, about: &'static str, kind: &'static str, example: &'static str) -> Parameter {
    Parameter { name, about, kind, example }
}

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "list_assignments",
        verb: Verb::Get,
        path: "/assignments",
        action: Action::ListAssignments,
        tag: "rights",
        summary: "Uppdrag / Assignments",
        about: "Vem som har vilket uppdrag var; den vars uppdrag först ska intygas står först. / Who has which assignment \
                where; the one to be confirmed first comes first.",
        query: &[
            parameter("agency", "FK eller AF. / FK or AF.", "string", "FK"),
            parameter("office", "Vid ett kontor. / At an office.", "string", "FK-GAVLE"),
            parameter("handler", "En persons. / One person's.", "string", "fk-h-017"),
            parameter("role", "Som en roll. / As a role.", "string", "deltagaransvarig"),
            parameter(
                "validOn",
                "Bara det som gäller den dagen. / Only what is valid on that day.",
                "date",
                "2016-10-12",
            ),
            parameter(
                "reviewBy",
                "Bara gällande uppdrag som ska intygas senast den dagen: listan för årlig genomgång. / Only valid \
                 assignments to be confirmed by that day: the list for the yearly review.",
                "date",
                "2017-01-01",
            ),
            PAGE,
            LIMIT,
        ],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Uppdragen. / The assignments.",
            content: &[Content { media: JSON, schema: "AssignmentList", example: rights::assignments }],
            headers: PAGED,
        }],
        problems: &[400, 406, 503],
        route: |route| route.to(list_assignments),
    },
    Endpoint {
        summary: "Ge ett uppdrag / Give an assignment",
        about: "Insatsansvarig ger vid sitt kontor uppdrag som deltagaransvarig och rapportläsare; samverkansadministratör \
                vid sin myndighets kontor som insatsansvarig, samverkansansvarig och rapportläsare; systemförvaltaren som \
                samverkansadministratör och systemförvaltare. Ingen ger sig själv ett uppdrag. En person som inte finns i \
                registret läggs till med sitt namn i tjänsten. / An insatsansvarig gives assignments as deltagaransvarig and \
                rapportlasare at the own office; a samverkansadministrator as insatsansvarig, samverkansansvarig and \
                rapportlasare at the agency's offices; the systemforvaltare as samverkansadministrator and \
                systemforvaltare. Nobody gives one to themselves. A person who is not in the register is added by the name \
                at work.",
        takes: &[Content { media: JSON, schema: "NewAssignment", example: rights::new_assignment }],
        gives: &[Answer { status: 201, about: "Uppdraget. / The assignment.", content: ONE, headers: &[] }],
        route: |route| route.to(create_assignment),
        ..change("create_assignment", "/assignments", Action::CreateAssignment)
    },
    Endpoint {
        summary: "Avsluta ett uppdrag / End an assignment",
        about: "Det som gäller, eller nästa som ska gälla, slutar efter lastDay; i går tar bort det genast. / The one that is \
                valid, or the next to be, ends after lastDay; yesterday takes it away at once.",
        takes: &[Content { media: JSON, schema: "NewAssignmentEnding", example: rights::new_ending }],
        gives: &[Answer { status: 201, about: "Uppdraget. / The assignment.", content: ONE, headers: &[] }],
        route: |route| route.to(create_assignment_ending),
        ..change("create_assignment_ending", "/assignment-endings", Action::CreateAssignmentEnding)
    },
    Endpoint {
        summary: "Intyga ett uppdrag / Confirm an assignment",
        about: "Att det ännu behövs; varje uppdrag intygas en gång om året. / That it is still needed; each assignment is \
                confirmed once a year.",
        takes: &[Content { media: JSON, schema: "NewAssignmentReview", example: rights::new_review }],
        gives: &[Answer { status: 201, about: "Uppdraget. / The assignment.", content: ONE, headers: &[] }],
        route: |route| route.to(create_assignment_review),
        ..change("create_assignment_review", "/assignment-reviews", Action::CreateAssignmentReview)
    },
];

/// What changes of assignments have in common.
const fn change(id: &'static str, path: &'static str, action: Action) -> Endpoint {
    Endpoint {
        id,
        verb: Verb::Post,
        path,
        action,
        tag: "rights",
        summary: "",
        about: "",
        query: &[],
        headers: &["Idempotency-Key"],
        takes: &[],
        gives: &[],
        problems: &[400, 406, 413, 415, 422, 503],
        route: |route| route,
    }
}

fn told(person: &Handler, assignment: &Assignment) -> Value {
    let mut told = json!({
        "handler": person.id.as_str(), "name": person.name, "agency": person.agency.code(),
        "office": assignment.office.as_str(), "role": assignment.role.code(), "validFrom": assignment.validity.from,
        "reviewDue": review_due(assignment),
    });
    if let Some(to) = assignment.validity.to {
        told["validTo"] = json!(to);
    }
    if let Some(confirmed) = &assignment.confirmed {
        told["confirmedOn"] = json!(confirmed.on);
        told["confirmedBy"] = json!(confirmed.by);
    }
    told
}

async fn list_assignments(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    let agency = query.choice("agency", &["FK", "AF"], crate::domain::step::Agency::from_code);
    let office = query.parsed("office", shape::PLAIN_40, |text| OfficeCode::parse(text).ok());
    let handler = query.parsed("handler", shape::PLAIN_40, |text| HandlerId::parse(text).ok());
    let role = query.choice("role", &ASSIGNABLE.map(Role::code), Role::from_code);
    let (valid_on, review_by) = (query.date("validOn"), query.date("reviewBy"));
    query.finish()?;
    let today = app.service.today();
    let read = web::block(move || app.service.organisation());
    let (_, organisation) = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let mut found: Vec<(&Handler, &Assignment)> = organisation
        .handlers
        .values()
        .filter(|person| agency.is_none_or(|a| person.agency == a))
        .filter(|person| handler.as_ref().is_none_or(|id| &person.id == id))
        .flat_map(|person| person.assignments.iter().map(move |assignment| (person, assignment)))
        .filter(|(_, a)| office.as_ref().is_none_or(|code| &a.office == code))
        .filter(|(_, a)| role.is_none_or(|role| a.role == role))
        .filter(|(_, a)| valid_on.is_none_or(|day| a.validity.contains(day)))
        .filter(|(_, a)| review_by.is_none_or(|day| a.validity.contains(today) && review_due(a) <= day))
        .collect();
    found.sort_by_key(|(person, a)| (review_due(a), &person.id, &a.office, a.role));
    let total = found.len() as i64;
    let items = page.cut(found).into_iter().map(|(person, assignment)| told(person, assignment)).collect();
    private(&list("/v1/assignments", &query, page, total, items))
}

async fn create_assignment(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    changed(app, request, payload, Action::CreateAssignment, |fields, today, findings| {
        let name = fields.text("name", findings).map(str::to_owned);
        if let Some(name) = &name {
            let fits = (1..=200).contains(&name.chars().count()) && name.trim() == name;
            if !fits || name.chars().any(char::is_control) {
                wrong_value("/name", shape::LINE_200, findings);
            } else if contains_identity_number(name, today) {
                findings.add(Rule::FritextPersonnummer, "/name");
            }
        }
        let from = fields.required_date("validFrom", findings);
        let to = fields.date("validTo", findings);
        Some(What::Given { name, validity: Validity { from: from?, to } })
    })
    .await
}

async fn create_assignment_ending(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    changed(app, request, payload, Action::CreateAssignmentEnding, |fields, _, findings| {
        Some(What::Ended { last_day: fields.required_date("lastDay", findings)? })
    })
    .await
}

async fn create_assignment_review(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    changed(app, request, payload, Action::CreateAssignmentReview, |_, _, _| Some(What::Confirmed)).await
}

type ReadWhat = fn(&mut Fields<'_>, chrono::NaiveDate, &mut Findings) -> Option<What>;

/// Reads a change, decides it, keeps it, and answers with the assignment as it then is.
async fn changed(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
    action: Action,
    what: ReadWhat,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let today = app.service.today();
    let key = idempotency_key(&request, today)?;
    let value = read_json(&body(payload, app.config.limits.body_bytes).await?)?;
    let change = read(&value, today, what).map_err(|f| Problem::new(Kind::Regelbrott).errors(&f))?;
    let fingerprint = app.service.fingerprint(&json!([action.code(), value]));
    let once = Once { client: caller.client.to_string(), key: key.map(|key| (key, fingerprint)), lock: None };
    let scope = scope(&app, &request, &caller, action);
    // Written down before it is tried, so that nothing is changed that the log doesn't tell of.
    app.service.log(vec![Entry::of(&scope, access::Kind::Change, &[])]).await?;
    keep(&app, once, move |link, app| {
        // Taking no position locks the head: changes of the registers come one after the other.
        link.take_positions(0)?;
        let register = app.service.registers.current(link)?;
        let today = app.service.today();
        let object = Object::Assignment(&change.office, change.role);
        if policy::may(&caller, action, &object, &register, today) != Decision::Allow {
            return Err(not_yours(change.role));
        }
        let person = decide(&change, &giver(&caller), &register, today)
            .map_err(|findings| Problem::new(Kind::Regelbrott).errors(&findings))?;
        app.service.registers.replace_handler(link, &person, app.now())?;
        let of_change = |a: &&Assignment| a.office == change.office && a.role == change.role;
        let newest = person.assignments.iter().filter(of_change).max_by_key(|a| a.validity.from);
        // An assignment that never became valid is gone.
        let body = newest.map_or_else(|| json!({"handler": person.id.as_str()}), |a| told(&person, a));
        let headers = [("content-type", JSON), ("cache-control", "no-store")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Ok(Rendered { status: 201, headers, body: body.to_string() })
    })
    .await
}

fn read(value: &Value, today: chrono::NaiveDate, what: ReadWhat) -> Result<Change, Findings> {
    let mut findings = Findings::default();
    let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
    fields.required("handler", shape::PLAIN_40, &mut findings);
    let handler = fields.code("handler", HandlerId::parse, &mut findings);
    if handler.as_ref().is_some_and(|id| contains_identity_number(id.as_str(), today)) {
        findings.add(Rule::FritextPersonnummer, "/handler");
    }
    fields.required("office", shape::OFFICE, &mut findings);
    let office = fields.code("office", OfficeCode::parse, &mut findings);
    fields.required("role", shape::ROLE_CODES, &mut findings);
    let role = fields.choice("role", assignable, &ASSIGNABLE.map(Role::code), &mut findings);
    let what = what(&mut fields, today, &mut findings);
    fields.finish(&mut findings);
    match (handler, office, role, what) {
        (Some(handler), Some(office), Some(role), Some(what)) if !findings.has_errors() => {
            Ok(Change { handler, office, role, what })
        }
        _ => Err(findings),
    }
}

fn assignable(code: &str) -> Option<Role> {
    Role::from_code(code).filter(|role| ASSIGNABLE.contains(role))
}

/// Whoever runs the service acts for both agencies, everybody else for the own.
fn giver(caller: &Caller) -> Giver {
    let name = caller.handler.as_ref().map_or_else(|| caller.client.to_string(), ToString::to_string);
    let agency = caller.agency.filter(|_| !caller.has(Role::Systemforvaltare));
    Giver { handler: caller.handler.clone(), agency, name }
}

fn not_yours(role: Role) -> Problem {
    let givers: Vec<&str> = policy::givers(role).iter().map(|role| role.code()).collect();
    let givers = givers.join(", ");
    Problem::new(Kind::EjBehorig).detail(
        format!(
            "Uppdrag som {} ges, intygas och avslutas av: {givers}, var och en där det egna uppdraget gäller.",
            role.code()
        ),
        format!(
            "Assignments as {} are given, confirmed and ended by: {givers}, each where the own assignment holds.",
            role.code()
        ),
    )
}
