//! `/rapporter/frysta/ny`: a report that is seen is frozen under a name, by the body that the API takes.
//!
//! Never here: how a report is protected and kept ([`app::freezing`](crate::app::freezing)).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::frozen::{PATH, place};
use super::question::{Asked, address, lang, without_numbers};
use super::refused::Refused;
use super::show::{asked, sent};
use crate::app::App;
use crate::app::freezing::{NotFrozen, freeze, read};
use crate::auth::policy::Action;
use crate::domain::finding::{Finding, Findings};
use crate::domain::person::contains_identity_number;
use crate::registrations::Refusal;
use crate::reports::Request;
use crate::reports::catalogue::{Definition, catalogue, variable_labels};
use crate::reports::render::words::selection;
use crate::reports::report::instant as exact;
use crate::reports::variables::Variable;
use crate::storage::StorageError;
use crate::web::door::{Visit, enter, enter_with, to};
use crate::web::form::{Field, Fields, Kind, Mistake, Sent, mistakes, says};
use crate::web::page::{Frame, Message};
use crate::web::texts::frozen::FrozenTexts;
use crate::web::texts::reports::ReportTexts;
use crate::web::texts::{Language, instant};

#[derive(Template)]
#[template(path = "reports/freeze.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static FrozenTexts,
    r: &'static ReportTexts,
    notice: &'static str,
    mistakes: Vec<Mistake>,
    report: String,
    place: String,
    period: String,
    selection: String,
    known: String,
    fields: Vec<Field>,
    back: String,
}

/// Where a report is frozen that is asked for so.
pub fn freeze_address(report: &str, question: &[(String, String)], parts: &[String]) -> String {
    let mut all = vec![("rapport".to_owned(), report.to_owned())];
    all.extend(question.iter().cloned());
    if !parts.is_empty() {
        all.push(("delar".to_owned(), parts.join(",")));
    }
    address(&format!("{PATH}/ny"), &all)
}

/// What is to be frozen.
struct Chosen {
    definition: &'static Definition,
    asked: Asked,
    request: Request,
    parts: Vec<String>,
}

/// Why nothing can be frozen.
enum Unread {
    /// There is no such report.
    NoReport,
    /// The page of the report says what is wrong with the question.
    Wrong(String),
}

impl Unread {
    fn answer(self, visit: &Visit) -> HttpResponse {
        match self {
            Self::NoReport => visit.not_found(),
            Self::Wrong(address) => to(&address),
        }
    }
}

/// The question of an address or a form.
fn chosen(visit: &Visit, mut pairs: Vec<(String, String)>) -> Result<Chosen, Unread> {
    let mut take = |name: &str| {
        let at = pairs.iter().position(|(of, _)| of == name)?;
        Some(pairs.remove(at).1)
    };
    let (report, parts) = (take("rapport"), take("delar"));
    for name in ["namn", "nyckel", "token", "lang"] {
        take(name);
    }
    let definition = report.and_then(|id| catalogue().report(&id)).ok_or(Unread::NoReport)?;
    let back = address(&format!("/rapporter/{}", definition.id), &pairs);
    let asked = asked(visit, &definition.id, pairs);
    // Somebody's number is no part, and goes no further.
    let today = visit.app.service.today();
    let no_number = parts.as_ref().is_none_or(|parts| !contains_identity_number(parts, today));
    let request = asked.request.clone().filter(|_| no_number).ok_or(Unread::Wrong(back))?;
    let parts = parts.iter().flat_map(|all| all.split(',')).map(str::to_owned).collect();
    Ok(Chosen { definition, asked, request, parts })
}

impl Chosen {
    /// The question with the state that is meant.
    fn question(&self) -> Vec<(String, String)> {
        let counted = self.asked.counted;
        let as_of = counted.as_of.map(|at| ("asOf".to_owned(), exact(at)));
        let counted_to = counted.counted_to.map(|position| ("countedTo".to_owned(), position.to_string()));
        self.request.pairs().into_iter().chain(as_of).chain(counted_to).collect()
    }

    /// As the API takes it.
    fn body(&self, name: Option<&str>, language: Language) -> Value {
        let request = &self.request;
        let mut body = json!({
            "report": request.report, "from": request.period.from().to_string(), "to": request.period.to().to_string(),
            "geography": request.geography.to_string(), "lang": language.code(),
        });
        if let Some(name) = name {
            body["name"] = json!(name);
        }
        if let Some(every) = request.every {
            body["every"] = json!(every.code());
        }
        if let Some(version) = request.version {
            body["version"] = json!(version);
        }
        if !request.choices.is_empty() {
            let selections = request.choices.iter().map(|c| (c.variable.row().name.to_owned(), json!(c.codes)));
            body["selections"] = Value::Object(selections.collect::<Map<_, _>>());
        }
        if !request.splits.is_empty() {
            body["split"] = request.splits.iter().map(|variable| variable.row().name).collect();
        }
        if let Some(at) = self.asked.counted.as_of {
            body["asOf"] = json!(exact(at));
        }
        if let Some(position) = self.asked.counted.counted_to {
            body["countedTo"] = json!(position);
        }
        if !self.parts.is_empty() {
            body["parts"] = json!(self.parts);
        }
        body
    }
}

/// `GET /rapporter/frysta/ny?rapport=…`
pub async fn new(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::CreateFrozenReport).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match chosen(&visit, sent(&request)) {
        Ok(chosen) => page(&visit, &chosen, None, (Vec::new(), Vec::new()), ("", StatusCode::OK)),
        Err(unread) => unread.answer(&visit),
    }
}

/// `POST /rapporter/frysta`
pub async fn create(app: web::Data<App>, request: HttpRequest, form: Sent) -> HttpResponse {
    let (visit, fields) = match enter_with(&app, &request, Action::CreateFrozenReport, form).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let pairs = fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let chosen = match chosen(&visit, pairs) {
        Ok(chosen) => chosen,
        Err(unread) => return unread.answer(&visit),
    };
    let (language, t) = (visit.frame.language, FrozenTexts::of(visit.frame.language));
    let value = chosen.body(fields.one("namn"), language);
    let key = fields.one("nyckel").and_then(|key| Uuid::parse_str(key).ok()).map(|key| key.to_string());
    let again = |notice| page(&visit, &chosen, Some(&fields), Default::default(), (notice, StatusCode::CONFLICT));
    let frozen = match read(&app, &value).await {
        Ok(wanted) => freeze(&app, &visit.caller, key, (wanted, &value)).await,
        Err(error) => Err(error),
    };
    match frozen {
        Ok(rendered) => {
            let body: Value = serde_json::from_str(&rendered.body).unwrap_or_default();
            to(&format!("{PATH}/{}?klart=fryst", body["id"].as_str().unwrap_or_default()))
        }
        Err(NotFrozen::Refused(Refusal::KeyReused)) => again(t.key_used),
        Err(NotFrozen::Refused(Refusal::Storage(error))) => Refused::Storage(error).answer(&visit),
        Err(NotFrozen::Refused(_)) => Message::busy(&visit.app, visit.frame.clone()),
        Err(NotFrozen::NoTurn(error)) => Refused::from(error).answer(&visit),
        Err(NotFrozen::NotGranted(error)) => Refused::from(error).answer(&visit),
        Err(NotFrozen::Failed) => Refused::Storage(StorageError::Corrupt("frozen_reports")).answer(&visit),
        Err(NotFrozen::Wrong(findings)) => {
            let status = ("", StatusCode::UNPROCESSABLE_ENTITY);
            page(&visit, &chosen, Some(&fields), told(language, &findings), status)
        }
        Err(NotFrozen::Follow(error)) => Refused::from(error).answer(&visit),
    }
}

/// What of a question stands at a place of the body, in words.
fn asked_by(pointer: &str, language: Language) -> Option<String> {
    let t = ReportTexts::of(language);
    let known = match pointer {
        "/geography" => t.place,
        "/from" | "/to" => t.period,
        "/asOf" => t.known,
        "/countedTo" => t.counted_to,
        "/split" => t.split,
        "/every" => t.every,
        "/parts" => t.contents,
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    let variable = Variable::from_name(pointer.strip_prefix("/selections/")?)?;
    Some(variable_labels(variable, lang(language)).label)
}

/// What is wrong: with the whole, and with the name.
fn told(language: Language, findings: &Findings) -> (Vec<String>, Vec<String>) {
    let (name, whole): (Vec<_>, Vec<_>) = findings.0.iter().partition(|finding| finding.pointer == "/name");
    // What is asked stands in no field of the form, so it is named.
    let of_question = |finding: &&Finding| match asked_by(&finding.pointer, language) {
        Some(what) => format!("{what}: {}", says(finding, language)),
        None => says(finding, language),
    };
    (whole.iter().map(of_question).collect(), name.into_iter().map(|finding| says(finding, language)).collect())
}

fn page(
    visit: &Visit,
    chosen: &Chosen,
    typed: Option<&Fields>,
    (whole, of_name): (Vec<String>, Vec<String>),
    (notice, status): (&'static str, StatusCode),
) -> HttpResponse {
    let language = visit.frame.language;
    let t = FrozenTexts::of(language);
    let name = Field::new("namn", t.name, Kind::Line("text"))
        .hint(t.name_hint)
        .required()
        .attribute("maxlength", "200")
        .filled(typed);
    let mut name = without_numbers(name, visit.app.service.today());
    name.errors = of_name;
    let mistakes = mistakes(whole, [&name]);
    // A form that was answered with "once more" is another one.
    let fresh = visit.app.new_id().to_string();
    let key = typed.and_then(|fields| fields.one("nyckel")).filter(|key| Uuid::parse_str(key).is_ok());
    let key = key.filter(|_| notice.is_empty()).map_or(fresh, str::to_owned);
    let question = chosen.question();
    let parts = (!chosen.parts.is_empty()).then(|| ("delar".to_owned(), chosen.parts.join(",")));
    let hidden = [("rapport".to_owned(), chosen.definition.id.clone()), ("nyckel".to_owned(), key)];
    let hidden = hidden.into_iter().chain(parts).chain(question.iter().cloned());
    let fields =
        [name].into_iter().chain(hidden.map(|(name, value)| Field::new(name, "", Kind::Hidden).holding(value)));
    let page = Page {
        frame: visit.frame.clone(),
        t,
        r: ReportTexts::of(language),
        notice,
        mistakes,
        report: chosen.definition.title.get(lang(language)).to_owned(),
        place: place(visit, &chosen.request.geography.to_string()),
        period: format!("{} – {}", chosen.request.period.from(), chosen.request.period.to()),
        selection: selection(&chosen.request.selections(&visit.organisation, lang(language))),
        known: chosen.asked.counted.as_of.map(instant).unwrap_or_default(),
        fields: fields.collect(),
        back: address(&format!("/rapporter/{}", chosen.definition.id), &question),
    };
    visit.answer(status, &page)
}
