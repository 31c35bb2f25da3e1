//! Assignments: who is what at which office; given, ended and confirmed by those who may.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{Days, NaiveDate};
use serde_json::{Map, Value};

use super::door::{Visit, enter, enter_with, to};
use super::form::{Choice, Field, Fields, Group, Kind, Mistake, Sent, mistakes, offices, place};
use super::page::{Frame, Message, query};
use super::paging::Paging;
use super::texts::Texts;
use super::texts::assignments::AssignmentTexts;
use super::visitor::in_database;
use crate::auth::policy::{self, Action, Decision, Object};
use crate::domain::assignments::{ASSIGNABLE, review_due};
use crate::domain::code::OfficeCode;
use crate::domain::organisation::{Assignment, Handler, Role};
use crate::registrations::assigning::{self, Refused, Wanted};
use crate::storage::access::{self, Entry};

/// Rows a page.
const ROWS: usize = 50;
/// So many days ahead a confirmation is asked for.
const AHEAD: Days = Days::new(30);

/// The addresses of this part.
pub fn configure(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/uppdrag").route(web::get().to(list)).route(web::post().to(give)))
        .service(web::resource("/uppdrag/avsluta").route(web::post().to(end)))
        .service(web::resource("/uppdrag/intyga").route(web::post().to(confirm)));
}

#[derive(Template)]
#[template(path = "assignments.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static AssignmentTexts,
    done: Option<&'static str>,
    mistakes: Vec<Mistake>,
    filters: Vec<Field>,
    rows: Vec<Row>,
    paging: Paging,
    /// How an assignment is given; nothing for who gives none.
    fields: Vec<Field>,
    today: NaiveDate,
}

/// An assignment as the list shows it.
struct Row {
    id: String,
    name: String,
    office: String,
    office_name: String,
    role: &'static str,
    role_name: &'static str,
    from: NaiveDate,
    to: Option<NaiveDate>,
    confirmed: Option<(NaiveDate, String)>,
    review: NaiveDate,
    review_soon: bool,
    /// Whether the visitor may end and confirm it.
    yours: bool,
}

async fn list(app: web::Data<crate::app::App>, request: HttpRequest) -> HttpResponse {
    match enter(&app, &request, Action::ListAssignments).await {
        Ok(visit) => shown(&visit, StatusCode::OK, None, Vec::new()),
        Err(answer) => answer,
    }
}

async fn give(app: web::Data<crate::app::App>, request: HttpRequest, form: Sent) -> HttpResponse {
    changed(app, request, form, Wanted::Given, "given").await
}

async fn end(app: web::Data<crate::app::App>, request: HttpRequest, form: Sent) -> HttpResponse {
    changed(app, request, form, Wanted::Ended, "ended").await
}

async fn confirm(app: web::Data<crate::app::App>, request: HttpRequest, form: Sent) -> HttpResponse {
    changed(app, request, form, Wanted::Confirmed, "confirmed").await
}

/// The same way for all three: read as the API reads it, written down in the access log, decided in one transaction.
async fn changed(
    app: web::Data<crate::app::App>,
    request: HttpRequest,
    form: Sent,
    wanted: Wanted,
    done: &'static str,
) -> HttpResponse {
    let (visit, fields) = match enter_with(&app, &request, wanted.action(), form).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let sent: Map<String, Value> = fields
        .iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value.trim())))
        .filter(|(_, value)| value.as_str() != Some(""))
        .collect();
    let change = match assigning::read(&Value::Object(sent), app.service.today(), wanted) {
        Ok(change) => change,
        Err(findings) => return refused(&visit, wanted, &fields, &Refused::Findings(findings)),
    };
    let scope = crate::app::asking::scope(&app, &request, &visit.caller, wanted.action());
    if app.service.log(vec![Entry::of(&scope, access::Kind::Change, &[])]).await.is_err() {
        return Message::busy(&app, visit.frame.clone());
    }
    let (asking, caller) = (app.clone(), visit.caller.clone());
    let made = in_database(move || {
        let mut connection = asking.service.db.connect()?;
        let made = connection
            .link()
            .written(|link| assigning::assign(link, &asking.service.registers, &caller, wanted, &change, asking.now()));
        Ok(made.map(|_| ()))
    });
    match made.await {
        Ok(Ok(())) => to(&format!("/uppdrag?done={done}")),
        Ok(Err(why)) => refused(&visit, wanted, &fields, &why),
        Err(_) => Message::busy(&app, visit.frame.clone()),
    }
}

fn refused(visit: &Visit, wanted: Wanted, fields: &Fields, why: &Refused) -> HttpResponse {
    let t = AssignmentTexts::of(visit.frame.language);
    let mut form = if wanted == Wanted::Given { giving(visit, Some(fields)) } else { Vec::new() };
    let whole = match why {
        Refused::NotYours(_) => vec![t.not_yours.to_owned()],
        Refused::Findings(findings) => place(&mut form, findings, visit.frame.language),
        Refused::Storage(error) => {
            log::error!("storage: {error}");
            return Message::busy(&visit.app, visit.frame.clone());
        }
    };
    let told = mistakes(whole, &form);
    shown(visit, StatusCode::UNPROCESSABLE_ENTITY, (wanted == Wanted::Given).then_some(form), told)
}

fn shown(visit: &Visit, status: StatusCode, form: Option<Vec<Field>>, mistakes: Vec<Mistake>) -> HttpResponse {
    let t = AssignmentTexts::of(visit.frame.language);
    let asked = query(&visit.request);
    let done = match asked.get("done").map(String::as_str) {
        Some("given") => Some(t.given),
        Some("ended") => Some(t.ended),
        Some("confirmed") => Some(t.confirmed_now),
        _ => None,
    };
    let today = visit.app.service.today();
    let all = rows(visit, &asked, today);
    let paging = Paging::of("/uppdrag", &asked, all.len(), ROWS);
    let page = Page {
        frame: visit.frame.clone(),
        t,
        done: done.filter(|_| mistakes.is_empty()),
        mistakes,
        filters: filters(visit, t, &asked, today),
        rows: paging.cut(all),
        paging,
        fields: form.unwrap_or_else(|| giving(visit, None)),
        today,
    };
    visit.answer(status, &page)
}

type Asked = std::collections::BTreeMap<String, String>;

fn rows(visit: &Visit, asked: &Asked, today: NaiveDate) -> Vec<Row> {
    let wanted = |name: &str| asked.get(name).filter(|value| !value.is_empty());
    let soon = today + AHEAD;
    let agency = visit.caller.agency.filter(|_| !visit.caller.has(Role::Systemforvaltare));
    let people = visit.organisation.handlers.values().filter(|person| agency.is_none_or(|own| person.agency == own));
    let all = people.flat_map(|person| person.assignments.iter().map(move |assignment| (person, assignment)));
    let mut rows: Vec<Row> = all
        .filter(|(_, assignment)| assignment.validity.to.is_none_or(|last| last >= today))
        .filter(|(_, assignment)| wanted("office").is_none_or(|office| assignment.office.as_str() == office))
        .filter(|(_, assignment)| wanted("role").is_none_or(|role| assignment.role.code() == role))
        .filter(|(_, assignment)| wanted("due").is_none() || review_due(assignment) <= soon)
        .map(|(person, assignment)| row(visit, person, assignment, today))
        .collect();
    rows.sort_by(|a, b| (a.review, &a.name, &a.office, a.role).cmp(&(b.review, &b.name, &b.office, b.role)));
    rows
}

fn row(visit: &Visit, person: &Handler, assignment: &Assignment, today: NaiveDate) -> Row {
    let language = visit.frame.language;
    let (register, review) = (&visit.organisation, review_due(assignment));
    let office = register.offices.get(&assignment.office);
    let own = visit.caller.handler.as_ref() == Some(&person.id);
    Row {
        id: person.id.to_string(),
        name: person.name.clone(),
        office: assignment.office.to_string(),
        office_name: office.map_or_else(|| assignment.office.to_string(), |office| office.name.clone()),
        role: assignment.role.code(),
        role_name: language.role(assignment.role),
        from: assignment.validity.from,
        to: assignment.validity.to,
        confirmed: assignment.confirmed.as_ref().map(|confirmed| (confirmed.on, confirmed.by.clone())),
        review,
        review_soon: review <= today + AHEAD,
        yours: !own && may_give(visit, &assignment.office, assignment.role, today),
    }
}

fn may_give(visit: &Visit, office: &OfficeCode, role: Role, today: NaiveDate) -> bool {
    let object = Object::Assignment(office, role);
    policy::may(&visit.caller, Action::CreateAssignment, &object, &visit.organisation, today) == Decision::Allow
}

fn role_choices(visit: &Visit, roles: impl Iterator<Item = Role>) -> Vec<Choice> {
    roles.map(|role| Choice::new(role.code(), visit.frame.language.role(role))).collect()
}

fn with_all(t: &AssignmentTexts, mut groups: Vec<Group>) -> Kind {
    groups.insert(0, Group { label: String::new(), choices: vec![Choice::new("", t.all)] });
    Kind::Select(groups)
}

fn filters(visit: &Visit, t: &'static AssignmentTexts, asked: &Asked, today: NaiveDate) -> Vec<Field> {
    let agency = visit.caller.agency;
    let of_agency = offices(&visit.organisation, |office| agency.is_none_or(|own| office.agency == own), today);
    let roles = vec![Group { label: String::new(), choices: role_choices(visit, ASSIGNABLE.into_iter()) }];
    let held = |name: &str| asked.get(name).cloned().unwrap_or_default();
    vec![
        Field::new("office", t.office, with_all(t, of_agency)).holding(held("office")),
        Field::new("role", t.role, with_all(t, roles)).holding(held("role")),
        Field::new("due", t.review, Kind::Checks(vec![Choice::new("1", t.only_due)])).holding(held("due")),
    ]
}

/// The form by which an assignment is given; empty for who gives none.
fn giving(visit: &Visit, sent: Option<&Fields>) -> Vec<Field> {
    let (t, today) = (AssignmentTexts::of(visit.frame.language), visit.app.service.today());
    let given: Vec<Role> = ASSIGNABLE
        .into_iter()
        .filter(|role| policy::givers(*role).iter().any(|giver| visit.caller.has(*giver)))
        .collect();
    if given.is_empty() {
        return Vec::new();
    }
    let here = |office: &crate::domain::organisation::Office| {
        given.iter().any(|role| may_give(visit, &office.code, *role, today))
    };
    let first = [Group { label: String::new(), choices: vec![Choice::new("", visit.frame.t.choose)] }];
    let at = first.iter().cloned().chain(offices(&visit.organisation, here, today)).collect();
    let fields = [
        Field::new("handler", t.handler, Kind::Line("text")).hint(t.handler_hint).required(),
        Field::new("name", t.name, Kind::Line("text")).hint(t.name_hint),
        Field::new("office", t.office, Kind::Select(at)).required(),
        Field::new("role", t.role, Kind::Radios(role_choices(visit, given.into_iter()))).required(),
        Field::new("validFrom", t.from, Kind::Line("date")).required().holding(today.to_string()),
        Field::new("validTo", t.to, Kind::Line("date")).hint(t.to_hint),
    ];
    fields.into_iter().map(|field| field.filled(sent)).collect()
}

impl Page {
    fn common(&self) -> &'static Texts {
        self.frame.t
    }
}
