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
use crate::auth::policy::{self, Action};
use crate::domain::assignments::{ASSIGNABLE, review_due};
use crate::domain::code::{HandlerId, OfficeCode};
use crate::domain::organisation::{Assignment, Handler, Role};
use crate::domain::shape;
use crate::registrations::Rendered;
use crate::registrations::assigning::{self, Refused, Wanted};
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
    changed(app, request, payload, Wanted::Given).await
}

async fn create_assignment_ending(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    changed(app, request, payload, Wanted::Ended).await
}

async fn create_assignment_review(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    changed(app, request, payload, Wanted::Confirmed).await
}

/// Reads a change, decides it, keeps it, and answers with the assignment as it then is.
async fn changed(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
    wanted: Wanted,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let today = app.service.today();
    let key = idempotency_key(&request, today)?;
    let value = read_json(&body(payload, app.config.limits.body_bytes).await?)?;
    let change = assigning::read(&value, today, wanted).map_err(|f| Problem::new(Kind::Regelbrott).errors(&f))?;
    let fingerprint = app.service.fingerprint(&json!([wanted.action().code(), value]));
    let once = Once::of(&app, &caller, key.map(|key| (key, fingerprint)));
    let scope = scope(&app, &request, &caller, wanted.action());
    // Written down before it is tried, so that nothing is changed that the log doesn't tell of.
    app.service.log(vec![Entry::of(&scope, access::Kind::Change, &[])]).await?;
    keep(&app, once, move |link, app| {
        let person = assigning::assign(link, &app.service.registers, &caller, wanted, &change, app.now());
        let person = person.map_err(|refused| match refused {
            Refused::NotYours(role) => not_yours(role),
            Refused::Findings(findings) => Problem::new(Kind::Regelbrott).errors(&findings),
            Refused::Storage(error) => error.into(),
        })?;
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
