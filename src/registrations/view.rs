//! How a case is told: the JSON of a case and of its history. Nothing here holds a personnummer; only
//! [`CaseView::participant`] may be given one, masked, and only for reading.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::answers::{Answer, Answers, Question};
use crate::domain::case::Case;
use crate::domain::command::{Consent, Handlers};
use crate::domain::due;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::organisation::OfficePair;
use crate::domain::step::Agency;
use crate::domain::transition::Settings;

/// A pair of offices.
#[derive(Debug, Clone, Serialize)]
pub struct OfficesView {
    /// FK's.
    pub fk: String,
    /// AF's.
    pub af: String,
}

impl From<&OfficePair> for OfficesView {
    fn from(pair: &OfficePair) -> Self {
        Self { fk: pair.fk.to_string(), af: pair.af.to_string() }
    }
}

/// The responsible handläggare.
#[derive(Debug, Clone, Serialize)]
pub struct HandlersView {
    /// FK's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fk: Option<String>,
    /// AF's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub af: Option<String>,
}

impl From<&Handlers> for HandlersView {
    fn from(handlers: &Handlers) -> Self {
        Self { fk: handlers.fk.as_ref().map(ToString::to_string), af: handlers.af.as_ref().map(ToString::to_string) }
    }
}

/// A step that may be registered next.
#[derive(Debug, Clone, Serialize)]
pub struct NextStep {
    /// Its code.
    pub step: &'static str,
    /// Who owns its registration.
    pub owner: &'static str,
}

/// What is to be registered next.
#[derive(Debug, Clone, Serialize)]
pub struct NextView {
    /// By which agency.
    pub owner: &'static str,
    /// By when.
    pub due: NaiveDate,
    /// Whether that day has passed.
    pub overdue: bool,
    /// What it may be.
    pub steps: Vec<NextStep>,
}

/// One step as it stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// The registration that made it.
    pub registration: String,
    /// Its code.
    pub step: &'static str,
    /// Its date.
    pub date: NaiveDate,
    /// Days until the next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// Who registered it.
    pub agency: &'static str,
    /// By which local agreement, when on the other's behalf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// From when it was known.
    pub known_from: DateTime<Utc>,
    /// Its answers.
    pub answers: Map<String, Value>,
    /// Which version of the insats' definition was shown when it was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insats_version: Option<i32>,
    /// Questions without an answer.
    pub missing: Vec<&'static str>,
}

/// A case as it stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
    /// Its id.
    pub id: String,
    /// Its version, also the `ETag`.
    pub version: i64,
    /// `open`, `ended` or `felregistrering`.
    pub status: &'static str,
    /// `named`, `anonymous` or `removed`.
    pub identity: &'static str,
    /// Who it is about; masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<Value>,
    /// `kvinna` or `man`.
    pub sex: &'static str,
    /// Kommun at the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// Stadsdel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// The latest step.
    pub step: &'static str,
    /// Its date.
    pub step_date: NaiveDate,
    /// Present offices.
    pub offices: OfficesView,
    /// Present handläggare.
    pub handlers: HandlersView,
    /// What is to be registered next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextView>,
    /// The chain.
    pub steps: Vec<StepView>,
    /// Offices in time.
    pub office_changes: Vec<Value>,
    /// The consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Value>,
    /// When it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_withdrawn: Option<NaiveDate>,
    /// The agencies' own numbers.
    pub references: Vec<Value>,
    /// Corrections made.
    pub corrections: u32,
    /// The case that stands instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The position that a report must have reached to include it.
    pub position: i64,
}

/// `open`, `ended` or `felregistrering`.
#[must_use]
pub fn status(case: &Case) -> &'static str {
    if case.felregistrering {
        "felregistrering"
    } else if case.is_open() {
        "open"
    } else {
        "ended"
    }
}

/// What is to be registered next in a case.
#[must_use]
pub fn next(case: &Case, settings: &Settings, today: NaiveDate) -> Option<NextView> {
    due::next(case, settings).map(|due| NextView {
        owner: due.owner.code(),
        due: due.on,
        overdue: due.is_overdue(today),
        steps: due.steps.iter().map(|(step, owner)| NextStep { step: step.code(), owner: owner.code() }).collect(),
    })
}

/// An answer as it was sent.
#[must_use]
pub fn answer(answer: &Answer) -> Value {
    match answer {
        Answer::Bool(value) => json!(value),
        Answer::Code(code) => json!(code),
        Answer::Codes(codes) => json!(codes),
        Answer::Percent(value) => json!(value),
        Answer::OrganisationNumber(number) => json!(&**number),
        Answer::Insats(code, _) => json!(code.as_str()),
        Answer::Dates(dates) => json!(dates),
    }
}

/// Answers by the names of their questions.
#[must_use]
pub fn answers(answers: &Answers) -> Map<String, Value> {
    answers.0.iter().map(|(question, given)| (question.code().to_owned(), answer(given))).collect()
}

fn consent(consent: &Consent) -> Value {
    json!({
        "obtainedOn": consent.obtained_on,
        "obtainedBy": consent.obtained_by.code(),
        "office": consent.office.as_str(),
        "form": consent.form.as_str(),
    })
}

impl CaseView {
    /// A case as it stands, without telling who it is about.
    #[must_use]
    pub fn of(case: &Case, settings: &Settings, today: NaiveDate) -> Self {
        let missing = case.missing_answers();
        let steps = case
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| StepView {
                registration: step.registration.to_string(),
                step: step.kind.code(),
                date: step.date,
                days: case.days(index),
                agency: step.agency.code(),
                on_behalf_of: step.agreement.as_ref().map(ToString::to_string),
                known_from: step.known_from,
                answers: answers(&step.answers),
                insats_version: match step.answers.get(Question::Insats) {
                    Some(Answer::Insats(_, version)) => *version,
                    _ => None,
                },
                missing: missing.iter().filter(|(r, _)| *r == step.registration).map(|(_, q)| q.code()).collect(),
            })
            .collect();
        let office_changes = case
            .offices
            .iter()
            .map(|p| json!({"registration": p.registration.to_string(), "from": p.from, "offices": OfficesView::from(&p.offices)}))
            .collect();
        let handlers =
            Handlers { fk: case.present_handler(Agency::Fk).cloned(), af: case.present_handler(Agency::Af).cloned() };
        Self {
            id: case.id.to_string(),
            version: case.version,
            status: status(case),
            identity: case.identity.code(),
            participant: None,
            sex: case.sex.code(),
            municipality: case.municipality.as_ref().map(ToString::to_string),
            district: case.district.as_ref().map(ToString::to_string),
            step: case.current().kind.code(),
            step_date: case.current().date,
            offices: case.present_offices().into(),
            handlers: (&handlers).into(),
            next: next(case, settings, today),
            steps,
            office_changes,
            consent: case.consent.as_ref().map(consent),
            consent_withdrawn: case.withdrawal.as_ref().map(|w| w.date),
            references: case
                .references
                .iter()
                .map(|(agency, reference)| json!({"agency": agency.code(), "caseReference": reference.as_str()}))
                .collect(),
            corrections: case.corrections.len() as u32,
            replaced_by: case.replaced_by.map(|id| id.to_string()),
            position: case.last_position.0,
        }
    }
}

/// A finding as every answer, file and page tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingView {
    /// Stable code.
    pub code: &'static str,
    /// Version of the rule.
    pub rule_version: i32,
    /// `error` or `notice`.
    pub severity: &'static str,
    /// Place among several inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Place in the input.
    pub pointer: String,
    /// In Swedish.
    pub sv: String,
    /// In English.
    pub en: String,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Value>,
    /// Where the rule is described.
    pub link: String,
}

impl From<&Finding> for FindingView {
    fn from(finding: &Finding) -> Self {
        let row = finding.rule.row();
        Self {
            code: row.code,
            rule_version: row.version,
            severity: row.severity.code(),
            index: finding.index,
            pointer: finding.pointer.clone(),
            sv: finding.sv(),
            en: finding.en(),
            allowed: finding.allowed.as_ref().map(allowed),
            link: format!("/v1/rules/{}", row.code),
        }
    }
}

/// All findings as they are told.
#[must_use]
pub fn findings(findings: &Findings) -> Vec<FindingView> {
    findings.0.iter().map(FindingView::from).collect()
}

/// What would be right, for machines: `{from}`, `{to}`, `{from,to}`, `{steps}`, `{agency}`, `{values}`, or `{shape}` in the
/// words of both languages.
fn allowed(allowed: &Allowed) -> Value {
    match allowed {
        Allowed::DateFrom(from) => json!({ "from": from }),
        Allowed::DateTo(to) => json!({ "to": to }),
        Allowed::DateBetween(from, to) => json!({ "from": from, "to": to }),
        Allowed::Steps(steps) => {
            let steps: Vec<Value> =
                steps.iter().map(|(step, owner)| json!({"step": step.code(), "owner": owner.code()})).collect();
            json!({ "steps": steps })
        }
        Allowed::Agency(agency) => json!({ "agency": agency.code() }),
        Allowed::Values(values) => json!({ "values": values }),
        Allowed::Shape(shape) => json!({ "shape": {"sv": shape.sv(), "en": shape.en()} }),
    }
}
