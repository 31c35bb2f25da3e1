//! `/paket/nytt` and `/paket/{package}`: the form by which somebody who is responsible for a cooperation chooses the parts
//! that a group follows, in its order. The rules are those of the API, and so is the history.
//!
//! Never here: who may keep what ([`app::packages`](crate::app::packages)).

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::{Value, json};
use uuid::Uuid;

use super::packages::{group_name, id, may_change};
use super::question::{lang, without_numbers};
use super::refused::Refused;
use crate::app::App;
use crate::app::packages::{self, NotKept, Wanted};
use crate::auth::policy::{Action, steers};
use crate::domain::finding::Findings;
use crate::registrations::Refusal;
use crate::reports::catalogue::{Definition, catalogue};
use crate::storage::kept::{self, PackageRow};
use crate::web::door::{Visit, enter, enter_with, to};
use crate::web::form::{Choice, Field, Fields, Group, Kind, Mistake, Sent, mistakes, says};
use crate::web::page::{Frame, Message, query};
use crate::web::texts::Language;
use crate::web::texts::reports::ReportTexts;
use crate::web::visitor::in_database;

#[derive(Template)]
#[template(path = "reports/package.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static ReportTexts,
    title: &'static str,
    report: String,
    action: String,
    notice: &'static str,
    mistakes: Vec<Mistake>,
    hidden: Vec<Field>,
    about: Vec<Field>,
    parts: Vec<Field>,
    /// Where the package is taken away, and the version that is; empty for a new one.
    remove: String,
    version: String,
}

/// What was wrong with what was sent, by the field it stands in.
#[derive(Default)]
struct Refusals {
    notice: &'static str,
    whole: Vec<String>,
    fields: Vec<(String, String)>,
}

const PLACE: &str = "plats-";

/// `GET /paket/nytt?rapport=…`
pub async fn new(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::CreateReportPackage).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let asked = query(&request).remove("rapport").unwrap_or_else(|| "baspaket".to_owned());
    let Some(definition) = catalogue().report(&asked) else { return visit.not_found() };
    form(&visit, definition, None, None, Refusals::default(), StatusCode::OK)
}

/// `GET /paket/{package}`
pub async fn show(app: web::Data<App>, request: HttpRequest, package: web::Path<String>) -> HttpResponse {
    let visit = match enter(&app, &request, Action::ReplaceReportPackage).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match found(&visit, &package).await {
        Ok((row, definition)) => form(&visit, definition, Some(&row), None, Refusals::default(), StatusCode::OK),
        Err(answer) => answer,
    }
}

/// The package of an address, when the visitor may change it.
async fn found(visit: &Visit, package: &str) -> Result<(PackageRow, &'static Definition), HttpResponse> {
    let Ok(id) = Uuid::parse_str(package) else { return Err(visit.not_found()) };
    let app = visit.app.clone();
    let read = in_database(move || kept::package(&mut app.service.db.read()?.link(), id.as_bytes())).await;
    let row = read.map_err(|error| Refused::Storage(error).answer(visit))?.ok_or_else(|| visit.not_found())?;
    let definition = catalogue().report(&row.report).ok_or_else(|| visit.not_found())?;
    if may_change(&row, &visit.caller, &visit.organisation, visit.app.service.today()) {
        return Ok((row, definition));
    }
    Err(theirs(visit))
}

fn theirs(visit: &Visit) -> HttpResponse {
    let t = ReportTexts::of(visit.frame.language);
    Message::answer(&visit.app, visit.frame.clone(), StatusCode::FORBIDDEN, |all| (all.forbidden, t.package_theirs))
}

/// `POST /paket`
pub async fn create(app: web::Data<App>, request: HttpRequest, sent: Sent) -> HttpResponse {
    let (visit, fields) = match enter_with(&app, &request, Action::CreateReportPackage, sent).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Some(definition) = fields.one("rapport").and_then(|report| catalogue().report(report)) else {
        return visit.not_found();
    };
    let (value, wanted) = match read(&visit, definition, &fields) {
        Ok(read) => read,
        Err(refusals) => return wrong(&visit, definition, None, &fields, refusals),
    };
    let key = fields.one("nyckel").and_then(|key| Uuid::parse_str(key).ok()).map(|key| key.to_string());
    match packages::create(&app, &visit.caller, key, (wanted, &value)).await {
        Ok(_) => to("/paket?klart=sparat"),
        Err(refused) => not_kept(&visit, definition, None, &fields, refused),
    }
}

/// `POST /paket/{package}`
pub async fn replace(
    app: web::Data<App>,
    request: HttpRequest,
    package: web::Path<String>,
    sent: Sent,
) -> HttpResponse {
    let (visit, fields) = match enter_with(&app, &request, Action::ReplaceReportPackage, sent).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let (row, definition) = match found(&visit, &package).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let (value, wanted) = match read(&visit, definition, &fields) {
        Ok(read) => read,
        Err(refusals) => return wrong(&visit, definition, Some(&row), &fields, refusals),
    };
    let Some(version) = version(&fields) else { return visit.not_found() };
    match packages::replace(&app, &visit.caller, (id(&row), version), wanted).await {
        Ok(_) => to("/paket?klart=sparat"),
        // Sent twice: it stands as it was to.
        Err(NotKept::Stale(_)) if stands(&row, &value) => to("/paket?klart=sparat"),
        Err(refused) => not_kept(&visit, definition, Some(&row), &fields, refused),
    }
}

/// `POST /paket/{package}/ta-bort`
pub async fn remove(app: web::Data<App>, request: HttpRequest, package: web::Path<String>, sent: Sent) -> HttpResponse {
    let (visit, fields) = match enter_with(&app, &request, Action::DeleteReportPackage, sent).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let (Ok(id), Some(version)) = (Uuid::parse_str(&package), version(&fields)) else { return visit.not_found() };
    match packages::remove(&app, &visit.caller, (id, version)).await {
        // Sent twice: it is gone, as it was to be.
        Ok(_) | Err(NotKept::Gone) => to("/paket?klart=borttaget"),
        Err(refused) => match found(&visit, &package).await {
            Ok((row, definition)) => not_kept(&visit, definition, Some(&row), &Fields::default(), refused),
            Err(answer) => answer,
        },
    }
}

fn version(fields: &Fields) -> Option<i64> {
    fields.one("version").and_then(|version| version.parse().ok())
}

fn stands(row: &PackageRow, value: &Value) -> bool {
    let parts = row.parts.split(',').collect::<Vec<_>>();
    let told = json!({"name": row.name, "report": row.report, "parts": parts, "steeringGroup": row.steering_group});
    ["name", "report", "parts", "steeringGroup"].iter().all(|name| told[*name] == value[*name])
}

/// What was sent as the API's body, and read as it is; with everything that is wrong.
fn read(visit: &Visit, definition: &Definition, fields: &Fields) -> Result<(Value, Wanted), Refusals> {
    let t = ReportTexts::of(visit.frame.language);
    let mut refusals = Refusals::default();
    let mut places: BTreeMap<usize, &str> = BTreeMap::new();
    for part in &definition.parts {
        let name = format!("{PLACE}{}", part.id);
        let Some(place) = fields.one(&name).and_then(|place| place.parse().ok()) else { continue };
        if places.insert(place, part.id.as_str()).is_some() {
            refusals.fields.push((name, t.package_two.to_owned()));
        }
    }
    if places.is_empty() {
        refusals.whole.push(t.package_no_parts.to_owned());
    }
    let mut value = json!({"report": definition.id});
    for (name, field) in [("name", "namn"), ("steeringGroup", "styrgrupp")] {
        if let Some(text) = fields.one(field) {
            value[name] = json!(text);
        }
    }
    // Without parts the rest is read all the same, so that everything is told at once.
    let parts: Vec<&str> = places.into_values().collect();
    value["parts"] = if parts.is_empty() { json!([definition.parts[0].id]) } else { json!(parts) };
    match Wanted::read(&value, visit.app.service.today(), Some(&visit.organisation)) {
        Ok(wanted) if refusals.whole.is_empty() && refusals.fields.is_empty() => Ok((value, wanted)),
        Ok(_) => Err(refusals),
        Err(findings) => {
            refusals.add(visit.frame.language, &findings);
            Err(refusals)
        }
    }
}

impl Refusals {
    fn add(&mut self, language: Language, findings: &Findings) {
        for finding in &findings.0 {
            let text = says(finding, language);
            match finding.pointer.as_str() {
                "/name" => self.fields.push(("namn".to_owned(), text)),
                "/steeringGroup" => self.fields.push(("styrgrupp".to_owned(), text)),
                _ => self.whole.push(text),
            }
        }
    }
}

fn not_kept(
    visit: &Visit,
    definition: &Definition,
    row: Option<&PackageRow>,
    fields: &Fields,
    refused: NotKept,
) -> HttpResponse {
    let t = ReportTexts::of(visit.frame.language);
    let mut refusals = Refusals::default();
    match refused {
        NotKept::Wrong(findings) => refusals.add(visit.frame.language, &findings),
        NotKept::Stale(_) => refusals.notice = t.package_stale,
        NotKept::Refused(Refusal::KeyReused) => refusals.whole.push(t.package_key_used.to_owned()),
        NotKept::NotTheirs => return theirs(visit),
        NotKept::Gone => return visit.not_found(),
        NotKept::Refused(Refusal::Storage(error)) => return Refused::Storage(error).answer(visit),
        NotKept::Refused(_) => return Message::busy(&visit.app, visit.frame.clone()),
    }
    let status = if refusals.notice.is_empty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    let typed = fields.iter().next().is_some().then_some(fields);
    form(visit, definition, row, typed, refusals, status)
}

fn wrong(
    visit: &Visit,
    definition: &Definition,
    row: Option<&PackageRow>,
    fields: &Fields,
    refusals: Refusals,
) -> HttpResponse {
    form(visit, definition, row, Some(fields), refusals, StatusCode::UNPROCESSABLE_ENTITY)
}

/// The form: as the package stands, or as it was filled in.
fn form(
    visit: &Visit,
    definition: &Definition,
    row: Option<&PackageRow>,
    typed: Option<&Fields>,
    refusals: Refusals,
    status: StatusCode,
) -> HttpResponse {
    let (language, t) = (visit.frame.language, ReportTexts::of(visit.frame.language));
    let plain = |choices: Vec<Choice>| Kind::Select(vec![Group { label: String::new(), choices }]);
    let groups = groups(visit, row);
    let usual = groups.first().map_or_else(String::new, |group| group.value.clone());
    let name = Field::new("namn", t.package_name, Kind::Line("text"))
        .hint(t.package_name_hint)
        .required()
        .attribute("maxlength", "200")
        .holding(row.map_or("", |row| row.name.as_str()))
        .filled(typed);
    let mut about = vec![
        without_numbers(name, visit.app.service.today()),
        Field::new("styrgrupp", t.package_group, plain(groups))
            .holding(row.map_or(usual, |row| row.steering_group.clone().unwrap_or_default()))
            .filled(typed),
    ];
    let there: Vec<&str> = row.map_or(Vec::new(), |row| row.parts.split(',').collect());
    let mut parts: Vec<Field> = definition
        .parts
        .iter()
        .map(|part| {
            let places = (1..=definition.parts.len()).map(|place| Choice::new(place.to_string(), place.to_string()));
            let choices = [Choice::new("", t.package_not)].into_iter().chain(places).collect();
            let held = there.iter().position(|id| *id == part.id).map_or(String::new(), |at| (at + 1).to_string());
            let label = format!("{}. {}", part.number, part.title.get(lang(language)));
            Field::new(format!("{PLACE}{}", part.id), label, plain(choices)).holding(held).filled(typed)
        })
        .collect();
    let mut whole = refusals.whole;
    for (name, text) in refusals.fields {
        match about.iter_mut().chain(&mut parts).find(|field| field.name == name) {
            Some(field) => field.errors.push(text),
            None => whole.push(text),
        }
    }
    let version = row.map(|row| row.version.to_string()).unwrap_or_default();
    let mut hidden = vec![Field::new("rapport", "", Kind::Hidden).holding(definition.id.clone())];
    hidden.push(if row.is_some() {
        // The newest, also where somebody else made it: whoever saves has been told of it.
        Field::new("version", "", Kind::Hidden).holding(version.clone())
    } else {
        let fresh = visit.app.new_id().to_string();
        let key = typed.and_then(|fields| fields.one("nyckel")).filter(|key| Uuid::parse_str(key).is_ok());
        let key = key.filter(|_| status != StatusCode::CONFLICT);
        Field::new("nyckel", "", Kind::Hidden).holding(key.map_or(fresh, str::to_owned))
    });
    let page = Page {
        frame: visit.frame.clone(),
        t,
        title: if row.is_some() { t.package_change } else { t.package_new },
        report: definition.title.get(lang(language)).to_owned(),
        action: row.map_or_else(|| "/paket".to_owned(), |row| format!("/paket/{}", id(row))),
        notice: refusals.notice,
        mistakes: mistakes(whole, about.iter().chain(&parts)),
        hidden,
        about,
        parts,
        remove: row.map_or_else(String::new, |row| format!("/paket/{}/ta-bort", id(row))),
        version,
    };
    visit.answer(status, &page)
}

/// The steering groups that the visitor answers for, and the package's.
fn groups(visit: &Visit, row: Option<&PackageRow>) -> Vec<Choice> {
    let t = ReportTexts::of(visit.frame.language);
    let (organisation, today) = (&visit.organisation, visit.app.service.today());
    let all = organisation.steering_groups.values();
    let own = all.filter(|group| steers(&visit.caller, group, organisation, today));
    let mut choices: Vec<Choice> = own.map(|group| Choice::new(group.code.to_string(), group.name.clone())).collect();
    if let Some((row, code)) = row.and_then(|row| Some((row, row.steering_group.clone()?)))
        && choices.iter().all(|choice| choice.value != code)
    {
        choices.push(Choice::new(code, group_name(row, organisation)));
    }
    choices.push(Choice::new("", t.package_no_group));
    choices
}
