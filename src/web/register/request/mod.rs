//! A new request: first that there is a consent, and whether the number is one and free; then all the rest. Nothing is
//! stored before the last step.

mod sheets;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::body::{answers, consent, object, put};
use super::cases::{AGAIN, KEY};
use super::forms::Stop;
use super::page::{self, Notice, Shown};
use super::posting::{Handed, Handing, hand_over, new_key, try_out};
use super::sheet::Sheet;
use super::typed::Typed;
use super::words::Words;
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::code::OfficeCode;
use crate::domain::finding::Findings;
use crate::domain::organisation::OfficePair;
use crate::domain::rule::Rule;
use crate::domain::step::{Agency, StepKind};
use crate::registrations::fields::parse_date;
use crate::registrations::job::Post;
use crate::registrations::wire;
use crate::web::door::{Visit, enter, enter_with, to};
use crate::web::form::Sent;
use crate::web::page::Message;

pub use sheets::consent_fields;
use sheets::{ANONYMOUS, Desk, NAMED, WHO};

/// Where a request begins.
pub const BEGIN: &str = "/arenden/ny";
/// Where the rest of it is sent.
pub const REST: &str = "/arenden/ny/uppgifter";

/// `GET /arenden/ny`
pub async fn begin(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::CreateRegistrations).await {
        Ok(visit) => visit,
        Err(told) => return told,
    };
    match Desk::of(&visit) {
        Ok(desk) => first(&visit, desk.first(), Vec::new(), None, StatusCode::OK),
        Err(stop) => stopped(&visit, &stop),
    }
}

/// `GET /arenden/ny/uppgifter`: there is nothing to show without the first step.
pub async fn anew() -> HttpResponse {
    to(BEGIN)
}

fn stopped(visit: &Visit, stop: &Stop) -> HttpResponse {
    let t = Words::of_language(visit.frame.language).t;
    page::stop_with(visit, None, stop, vec![("/arenden".to_owned(), t.to_cases), ("/sok".to_owned(), t.to_search)])
}

fn first(visit: &Visit, sheet: Sheet, whole: Vec<String>, notice: Option<Notice>, status: StatusCode) -> HttpResponse {
    page::form(visit, Shown { sheet, whole, about: None, action: BEGIN, back: "/arenden", notice, status })
}

fn rest(
    visit: &Visit,
    mut sheet: Sheet,
    whole: Vec<String>,
    notice: Option<Notice>,
    status: StatusCode,
) -> HttpResponse {
    if !sheet.hidden.iter().any(|(name, _)| *name == KEY) {
        sheet.hidden.push((KEY, new_key(visit)));
    }
    page::form(visit, Shown { sheet, whole, about: None, action: REST, back: BEGIN, notice, status })
}

/// `POST /arenden/ny`: tells what a search by the number would, and so counts as one.
pub async fn check(app: web::Data<App>, request: HttpRequest, form: Sent) -> HttpResponse {
    checked(&app, &request, form).await.unwrap_or_else(|told| told)
}

async fn checked(app: &web::Data<App>, request: &HttpRequest, form: Sent) -> Result<HttpResponse, HttpResponse> {
    let (visit, fields) = enter_with(app, request, Action::SearchCases, form).await?;
    let desk = Desk::of(&visit).map_err(|stop| stopped(&visit, &stop))?;
    let typed = Typed::of(fields.iter());
    let mut sheet = desk.first().filled(&typed);
    let refuse = |sheet: Sheet, whole, notice| first(&visit, sheet, whole, notice, StatusCode::UNPROCESSABLE_ENTITY);
    if ![NAMED, ANONYMOUS].iter().any(|who| typed.one(WHO) == Some(who)) {
        let whole = sheet.marked(&missing(WHO), &desk.words);
        return Ok(refuse(sheet, whole, None));
    }
    let body = desk.offered(&typed);
    let read = wire::registration(&body, visit.app.service.reading());
    let tried = match read {
        Ok(item) => {
            let post = Post::new(Ok(item), Vec::new());
            match try_out(&visit, Action::CreateRegistrations, post, None).await {
                Ok(_) => Ok(()),
                Err(Handed::Refused(findings)) => Err(findings),
                Err(_) => return Err(Message::busy(&visit.app, visit.frame.clone())),
            }
        }
        Err(findings) => Err(findings),
    };
    let found = tried.err().map(|findings| about_the_person(&findings)).unwrap_or_default();
    if !found.has_errors() {
        return Ok(rest(&visit, desk.rest(&typed, true), Vec::new(), None, StatusCode::OK));
    }
    let notice = open_case(&visit, &desk, &typed, &found).await?;
    let whole = sheet.marked(&found, &desk.words);
    Ok(refuse(sheet, whole, notice))
}

fn missing(name: &str) -> Findings {
    crate::domain::finding::Finding::new(Rule::FaltSaknas, format!("/{name}")).into()
}

/// What the first step asks about; the rest is not filled in yet.
fn about_the_person(findings: &Findings) -> Findings {
    let is_asked = |pointer: &str| pointer.starts_with("/participant") || pointer == "/consent/obtainedOn";
    let those = findings.0.iter().filter(|f| is_asked(&f.pointer) || f.rule == Rule::KontoretInteDitt);
    Findings(those.cloned().collect())
}

/// Where the person's open case is within reach: the way to it.
async fn open_case(
    visit: &Visit,
    desk: &Desk<'_>,
    typed: &Typed,
    found: &Findings,
) -> Result<Option<Notice>, HttpResponse> {
    if !found.contains(Rule::OppetArendeFinns) {
        return Ok(None);
    }
    let (text, t) = (typed.one(sheets::NUMBER).unwrap_or_default().to_owned(), desk.words.t);
    let reading = visit.app.service.reading();
    let Some(number) = wire::identity_number(&text, "", reading, &mut Findings::default()) else { return Ok(None) };
    let search = visit.reading(Action::SearchCases, move |reader, link, app| {
        let (found, _) = reader.by_identity(link, &app.service.vault, &number)?;
        let open = found.into_iter().filter(|found| found.case.is_open());
        Ok(open.map(|found| (found.case.id, found.case.current().kind, found.case.current().date)).collect::<Vec<_>>())
    });
    let within: Vec<_> = search.await?;
    let ways: Vec<(String, String)> = within
        .into_iter()
        .map(|(id, kind, date)| {
            (format!("/arenden/{id}"), format!("{}: {} {date}", t.open_the_case, desk.words.step(kind)))
        })
        .collect();
    let text = if ways.is_empty() { t.open_elsewhere } else { t.open_here };
    Ok(Some(Notice { title: t.open_title, text: text.to_owned(), meanwhile: Vec::new(), ways }))
}

/// `POST /arenden/ny/uppgifter`
pub async fn register(app: web::Data<App>, request: HttpRequest, form: Sent) -> HttpResponse {
    registered(&app, &request, form).await.unwrap_or_else(|told| told)
}

async fn registered(app: &web::Data<App>, request: &HttpRequest, form: Sent) -> Result<HttpResponse, HttpResponse> {
    let (visit, fields) = enter_with(app, request, Action::CreateRegistrations, form).await?;
    let desk = Desk::of(&visit).map_err(|stop| stopped(&visit, &stop))?;
    let typed = Typed::of(fields.iter());
    if typed.one(AGAIN).is_some() {
        return Ok(rest(&visit, desk.rest(&typed, false), Vec::new(), None, StatusCode::OK));
    }
    let body = body(&visit, &typed);
    let refused = |findings: &Findings| {
        let mut sheet = desk.rest(&typed, false);
        let whole = sheet.marked(findings, &desk.words);
        rest(&visit, sheet, whole, None, StatusCode::UNPROCESSABLE_ENTITY)
    };
    let item = match wire::registration(&body, visit.app.service.reading()) {
        Ok(item) => item,
        Err(findings) => return Ok(refused(&findings)),
    };
    let key = typed.one(KEY).map_or_else(|| new_key(&visit), ToOwned::to_owned);
    let handing = Handing {
        action: Action::CreateRegistrations,
        item,
        body: json!([REST, body]),
        version: None,
        key: key.clone(),
    };
    let t = desk.words.t;
    Ok(match hand_over(&visit, handing).await {
        Handed::Registered(address) => to(&address),
        Handed::Refused(findings) => refused(&findings),
        Handed::Stale | Handed::SentBefore => {
            let ways = vec![("/arenden".to_owned(), t.to_cases.to_owned())];
            let text = t.sent_before_why.to_owned();
            let notice = Notice { title: t.sent_before, text, meanwhile: Vec::new(), ways };
            rest(&visit, desk.rest(&typed, false), Vec::new(), Some(notice), StatusCode::CONFLICT)
        }
        Handed::NotFound => visit.not_found(),
        Handed::Forbidden => Message::forbidden(&visit.app, visit.frame.clone()),
        Handed::Busy => {
            let mut sheet = desk.rest(&typed, false);
            sheet.hidden.push((KEY, key));
            rest(&visit, sheet, vec![t.busy_try_again.to_owned()], None, StatusCode::SERVICE_UNAVAILABLE)
        }
    })
}

/// What a client of the API would send.
fn body(visit: &Visit, typed: &Typed) -> Value {
    let mut names = vec!["date", "offices.fk", "offices.af", "handlers.fk", "handlers.af"];
    let anonymous = typed.one(WHO) == Some(ANONYMOUS);
    if anonymous {
        names.push(sheets::SEX);
    } else {
        names.extend(["caseReference", "municipality", "district", sheets::NUMBER]);
    }
    let mut body = object(typed, &names);
    put(&mut body, "step", json!(StepKind::Begaran.code()));
    // Without any field of it the whole of it would be missing, and nothing would stand at its fields.
    for whole in ["participant", "offices"] {
        if body.get(whole).is_none() {
            put(&mut body, whole, json!({}));
        }
    }
    if anonymous {
        if body["participant"].get("anonymous").is_none() {
            put(&mut body, "participant.anonymous", json!({}));
        }
    } else {
        put(&mut body, "consent", consent(typed));
        put(&mut body, "answers", Value::Object(answers(typed)));
    }
    if let Some(agreement) = agreement(visit, typed) {
        put(&mut body, "onBehalfOf", json!(agreement));
    }
    body
}

/// The agreement by which AF registers the request for FK at the chosen offices.
fn agreement(visit: &Visit, typed: &Typed) -> Option<String> {
    let agency = visit.caller.agency.filter(|agency| *agency != Agency::Fk)?;
    let office = |name: &str| typed.one(name).and_then(|code| OfficeCode::parse(code).ok());
    let pair = OfficePair { fk: office("offices.fk")?, af: office("offices.af")? };
    let day = typed.one("date").and_then(parse_date)?;
    let mut valid = visit.organisation.agreements_for(agency, StepKind::Begaran, &pair, day);
    valid.next().map(|agreement| agreement.id.to_string())
}
