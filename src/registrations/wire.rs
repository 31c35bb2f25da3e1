//! From JSON to commands: the bodies of the API and the lines of an import file, by the names of the wire format.
//!
//! Never here: whether what was sent may happen. Everything that can be told from the text alone is.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::answers_wire::read_answers;
use super::fields::{Fields, shown, wrong_value};
use crate::domain::code::{
    AgreementId, CaseId, CaseReference, ClientReference, ConsentForm, District, HandlerId, MunicipalityCode,
    OfficeCode, ReasonCode, RegistrationId,
};
use crate::domain::command::{
    Command, Consent, Correction, CorrectionKind, HandlerChange, Handlers, NewStep, Opening, Participant, Reason,
    Request,
};
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::organisation::OfficePair;
use crate::domain::person::{IdentityNumber, Sex, contains_identity_number};
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::domain::step::{Agency, StepKind};

/// Which case a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The service's own id.
    Id(CaseId),
    /// An agency's own number; with a request it is the new case's number.
    Reference(CaseReference),
    /// The case of the registration that the client made under this reference: the way to follow up an anonymous case,
    /// which carries no number, in the batch or file that opens it.
    Of(ClientReference),
    /// A new case without a number.
    New,
}

/// One thing to do, as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// About which case.
    pub target: Target,
    /// What.
    pub request: Request,
    /// The client's own reference.
    pub client_reference: Option<ClientReference>,
    /// The version of the case that the client has seen.
    pub case_version: Option<i64>,
    /// Who registers, in an import file.
    pub agency: Option<Agency>,
    /// By whom, in an import file.
    pub registered_by: Option<HandlerId>,
    /// From when it was known, in an import file.
    pub recorded_at: Option<DateTime<Utc>>,
}

/// What kind of body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// `POST /registrations`.
    Registration,
    /// A POST under `/cases/{id}`, by its kind in an import file.
    OnCase(Kind),
}

/// The kinds of lines beside registrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A correction.
    Correction,
    /// Late answers.
    Answers,
    /// A change of office.
    OfficeChange,
    /// A change of handläggare.
    Handlers,
    /// A withdrawn consent.
    ConsentWithdrawal,
    /// A protected identity.
    Protection,
    /// An agency's own number.
    Reference,
}

impl Kind {
    /// All codes, as in an import file's `kind`.
    pub const CODES: [&'static str; 7] =
        ["correction", "answers", "office_change", "handlers", "consent_withdrawal", "protection", "reference"];

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "correction" => Self::Correction,
            "answers" => Self::Answers,
            "office_change" => Self::OfficeChange,
            "handlers" => Self::Handlers,
            "consent_withdrawal" => Self::ConsentWithdrawal,
            "protection" => Self::Protection,
            "reference" => Self::Reference,
            _ => return None,
        })
    }
}

/// What reading needs to know beside the text.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The day by which two-digit years and births are understood.
    pub today: NaiveDate,
}

/// Reads the body of `POST /registrations`.
///
/// # Errors
/// Every wrong, missing and unknown field.
pub fn registration(value: &Value, reading: Reading) -> Result<Item, Findings> {
    read(value, reading, |fields, findings| registration_fields(fields, reading, findings))
}

/// Reads the body of a POST under `/cases/{id}`.
///
/// # Errors
/// Every wrong, missing and unknown field.
pub fn on_case(value: &Value, kind: Kind, case: CaseId, reading: Reading) -> Result<Item, Findings> {
    read(value, reading, |fields, findings| {
        let command = kind_fields(kind, fields, findings);
        let agreement = fields.code("onBehalfOf", AgreementId::parse, findings);
        let client_reference = fields.code("clientReference", ClientReference::parse, findings);
        Some(Item { client_reference, ..item(Target::Id(case), Request { command: command?, agreement }) })
    })
}

/// Reads a line of an import file.
///
/// # Errors
/// Every wrong, missing and unknown field.
pub fn line(value: &Value, reading: Reading) -> Result<Item, Findings> {
    read(value, reading, |fields, findings| {
        let agency = fields.required("agency", shape::AGENCY, findings);
        let agency = agency.and_then(|_| fields.choice("agency", Agency::from_code, &["FK", "AF"], findings));
        let registered_by = fields.code("registeredBy", HandlerId::parse, findings);
        let recorded_at = fields.instant("recordedAt", findings);
        let item = if fields.given("kind") {
            let kind = fields.choice("kind", line_kind, &line_kinds(), findings);
            line_on_case(kind, fields, findings)
        } else {
            registration_fields(fields, reading, findings)
        };
        Some(Item { agency, registered_by, recorded_at, ..item? })
    })
}

/// In a file the kind of a correction stands under `kind` too: `{"kind":"undo", …}` is a correction.
enum LineKind {
    Plain(Kind),
    Correction(&'static str),
}

fn line_kind(code: &str) -> Option<LineKind> {
    Kind::from_code(code)
        .map(LineKind::Plain)
        .or_else(|| CorrectionKind::CODES.into_iter().find(|c| *c == code).map(LineKind::Correction))
}

fn line_kinds() -> Vec<&'static str> {
    let mut all: Vec<&str> = Kind::CODES.into_iter().chain(CorrectionKind::CODES).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn line_on_case(kind: Option<LineKind>, fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Item> {
    let target = match &kind {
        // The reference of a `reference` line is the new number, so its case is named by id, or as the one that another line
        // of the file opened.
        Some(LineKind::Plain(Kind::Reference)) if fields.given("caseOf") && !fields.given("case") => {
            fields.code("caseOf", ClientReference::parse, findings).map(Target::Of)
        }
        _ => target(fields, findings),
    };
    let agreement = fields.code("onBehalfOf", AgreementId::parse, findings);
    let client_reference = fields.code("clientReference", ClientReference::parse, findings);
    let case_version = fields.number("caseVersion", findings);
    let Some(kind) = kind else {
        // Which of its fields there are isn't known.
        fields.raw("reason");
        for name in OF_SOME_KIND.into_iter().chain(["correction", "handlers", "fk", "af", "reference", "caseOf"]) {
            fields.raw(name);
        }
        return None;
    };
    let command = match kind {
        // `answers` and `office_change` are both a kind of line and a kind of correction: with a reason given it
        // is a correction.
        LineKind::Plain(kind @ (Kind::Answers | Kind::OfficeChange)) if fields.given("reason") => {
            let code = if kind == Kind::Answers { "answers" } else { "office_change" };
            correction_of(code, fields, findings)
        }
        LineKind::Plain(Kind::Correction) => {
            let kinds = CorrectionKind::CODES;
            fields.required("correction", shape::CORRECTION_KIND, findings);
            match fields.choice("correction", |c| kinds.into_iter().find(|k| *k == c), &kinds, findings) {
                Some(code) => correction_of(code, fields, findings),
                None => correction_of_some_kind(fields, findings),
            }
        }
        LineKind::Plain(kind) => kind_fields(kind, fields, findings),
        LineKind::Correction(code) => correction_of(code, fields, findings),
    };
    Some(Item { client_reference, case_version, ..item(target?, Request { command: command?, agreement }) })
}

fn item(target: Target, request: Request) -> Item {
    Item {
        target,
        request,
        client_reference: None,
        case_version: None,
        agency: None,
        registered_by: None,
        recorded_at: None,
    }
}

fn read(
    value: &Value,
    reading: Reading,
    with: impl FnOnce(&mut Fields<'_>, &mut Findings) -> Option<Item>,
) -> Result<Item, Findings> {
    let mut findings = Findings::default();
    let item = Fields::of(value, "", &mut findings).and_then(|mut fields| {
        let item = with(&mut fields, &mut findings);
        fields.finish(&mut findings);
        item
    });
    no_identity_elsewhere(value, &mut Vec::new(), reading, &mut findings);
    match item {
        Some(item) if !findings.has_errors() => Ok(item),
        _ => Err(findings),
    }
}

/// A step on the way to a value inside a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Name(&'a str),
    Place(usize),
}

/// The one place of a body where a number may stand.
const PARTICIPANT: [Step<'static>; 2] = [Step::Name("participant"), Step::Name("personnummer")];

/// Everything else is shown in lists, kept in the open or written in logs, so no value in it may be somebody's number.
fn no_identity_elsewhere<'a>(value: &'a Value, way: &mut Vec<Step<'a>>, reading: Reading, findings: &mut Findings) {
    let mut within = |step, value, findings: &mut Findings| {
        way.push(step);
        no_identity_elsewhere(value, way, reading, findings);
        way.pop();
    };
    let is_number = match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| within(Step::Name(name), value, findings));
            false
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, value)| within(Step::Place(place), value, findings));
            false
        }
        // A public id may end in any twelve digits.
        Value::String(text) => contains_identity_number(text, reading.today) && Uuid::parse_str(text).is_err(),
        Value::Number(number) => {
            number.as_u64().is_some_and(|n| n > 99_999_999 && contains_identity_number(&n.to_string(), reading.today))
        }
        _ => false,
    };
    if is_number && *way != PARTICIPANT {
        let pointer: String = way
            .iter()
            .map(|step| match step {
                Step::Name(name) => format!("/{}", shown(name)),
                Step::Place(place) => format!("/{place}"),
            })
            .collect();
        findings.add(Rule::FritextPersonnummer, pointer);
    }
}

fn target(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Target> {
    let id = fields.id("case", findings);
    let reference = fields.code("caseReference", CaseReference::parse, findings);
    let of = fields.code("caseOf", ClientReference::parse, findings);
    match (id, reference, of) {
        (Some(id), _, _) => Some(Target::Id(CaseId(id))),
        (None, Some(reference), _) => Some(Target::Reference(reference)),
        (None, None, Some(of)) => Some(Target::Of(of)),
        // One that was given and is wrong has been told of already.
        (None, None, None)
            if ["case", "caseReference", "caseOf"].into_iter().any(|name| fields.raw(name).is_some()) =>
        {
            None
        }
        (None, None, None) => {
            let finding = Finding::new(Rule::FaltSaknas, fields.pointer("case"));
            findings.push(finding.allowed(Allowed::Shape(shape::CASE_NAMED)));
            None
        }
    }
}

fn registration_fields(fields: &mut Fields<'_>, reading: Reading, findings: &mut Findings) -> Option<Item> {
    let codes: Vec<&str> = StepKind::ALL.iter().map(|s| s.code()).collect();
    let step = fields.required("step", shape::STEP, findings);
    let step = step.and_then(|_| fields.choice("step", StepKind::from_code, &codes, findings));
    let date = fields.required_date("date", findings);
    let client_reference = fields.code("clientReference", ClientReference::parse, findings);
    let case_version = fields.number("caseVersion", findings);
    let agreement = fields.code("onBehalfOf", AgreementId::parse, findings);
    let answers = read_answers(fields, findings);
    let (target, opening) = if step == Some(StepKind::Begaran) {
        let reference = fields.code("caseReference", CaseReference::parse, findings);
        let target = reference.clone().map_or(Target::New, Target::Reference);
        (Some(target), opening(fields, reference, reading, findings))
    } else if step.is_none() {
        // What else belongs here depends on the step, so nothing of it is unknown or missing yet.
        if fields.given("participant") {
            opening(fields, None, reading, findings);
        }
        let others = ["case", "caseReference", "caseOf", "offices", "handlers", "consent", "municipality", "district"];
        for name in others {
            fields.given(name);
        }
        return None;
    } else {
        (target(fields, findings), None)
    };
    if step == Some(StepKind::Begaran) && opening.is_none() {
        return None;
    }
    let new = NewStep { step: step?, date: date?, answers, opening };
    let request = Request { command: Command::Register(Box::new(new)), agreement };
    Some(Item { client_reference, case_version, ..item(target?, request) })
}

fn opening(
    fields: &mut Fields<'_>,
    reference: Option<CaseReference>,
    reading: Reading,
    findings: &mut Findings,
) -> Option<Opening> {
    let participant = fields.required("participant", shape::PARTICIPANT, findings);
    let participant = participant.and_then(|value| participant_of(value, reading, findings));
    let offices = fields.required("offices", shape::OFFICES, findings);
    let offices = offices.and_then(|value| offices_of(value, findings));
    let handlers = fields.raw("handlers").map(|value| handlers_of(value, findings)).unwrap_or_default();
    let consent = fields.raw("consent").and_then(|value| consent_of(value, findings));
    let municipality = fields.code("municipality", MunicipalityCode::parse, findings);
    let district = fields.code("district", District::parse, findings);
    Some(Opening { participant: participant?, offices: offices?, handlers, consent, municipality, district, reference })
}

fn participant_of(value: &Value, reading: Reading, findings: &mut Findings) -> Option<Participant> {
    let mut fields = Fields::of(value, "/participant", findings)?;
    let named = fields.raw("personnummer").is_some();
    let number = fields.text("personnummer", findings);
    let anonymous = fields.raw("anonymous");
    let both = named && anonymous.is_some();
    let participant = if let Some(number) = number {
        identity_number(number, "/participant/personnummer", reading, findings).map(Participant::Named)
    } else if let Some(value) = anonymous {
        let mut inner = Fields::of(value, "/participant/anonymous", findings)?;
        let sex = inner.required("sex", shape::SEX, findings);
        let sex = sex.and_then(|_| inner.choice("sex", Sex::from_code, &["kvinna", "man"], findings));
        inner.finish(findings);
        sex.map(Participant::Anonymous)
    } else {
        if !named {
            let finding = Finding::new(Rule::FaltSaknas, "/participant/personnummer");
            findings.push(finding.allowed(Allowed::Shape(shape::NUMBER_OR_ANONYMOUS)));
        }
        None
    };
    if both {
        wrong_value("/participant", shape::EITHER_NUMBER_OR_ANONYMOUS, findings);
    }
    fields.finish(findings);
    participant
}

/// A number, or the finding that it is none; the number itself is never in the finding.
pub fn identity_number(text: &str, pointer: &str, reading: Reading, findings: &mut Findings) -> Option<IdentityNumber> {
    let number = IdentityNumber::parse(text, reading.today).ok();
    if number.is_none() {
        findings
            .push(Finding::new(Rule::PersonnummerOgiltigt, pointer).allowed(Allowed::Shape(shape::IDENTITY_NUMBER)));
    }
    number
}

fn offices_of(value: &Value, findings: &mut Findings) -> Option<OfficePair> {
    let mut fields = Fields::of(value, "/offices", findings)?;
    let mut one = |name| {
        fields.required(name, shape::OFFICE, findings)?;
        fields.code(name, OfficeCode::parse, findings)
    };
    let (fk, af) = (one("fk"), one("af"));
    fields.finish(findings);
    Some(OfficePair { fk: fk?, af: af? })
}

fn handlers_of(value: &Value, findings: &mut Findings) -> Handlers {
    let Some(mut fields) = Fields::of(value, "/handlers", findings) else { return Handlers::default() };
    let handlers = Handlers {
        fk: fields.code("fk", HandlerId::parse, findings),
        af: fields.code("af", HandlerId::parse, findings),
    };
    fields.finish(findings);
    handlers
}

fn change_of(fields: &mut Fields<'_>, findings: &mut Findings) -> HandlerChange {
    let fk_given = fields.given("fk");
    let af_given = fields.given("af");
    HandlerChange {
        fk: fk_given.then(|| fields.code("fk", HandlerId::parse, findings)),
        af: af_given.then(|| fields.code("af", HandlerId::parse, findings)),
    }
}

fn consent_of(value: &Value, findings: &mut Findings) -> Option<Consent> {
    let mut fields = Fields::of(value, "/consent", findings)?;
    let obtained_on = fields.required_date("obtainedOn", findings);
    let obtained_by = fields.required("obtainedBy", shape::AGENCY, findings);
    let obtained_by = obtained_by.and_then(|_| fields.choice("obtainedBy", Agency::from_code, &["FK", "AF"], findings));
    let office = fields.required("office", OfficeCode::EXPECTED, findings);
    let office = office.and_then(|_| fields.code("office", OfficeCode::parse, findings));
    let form = fields.required("form", ConsentForm::EXPECTED, findings);
    let form = form.and_then(|_| fields.code("form", ConsentForm::parse, findings));
    fields.finish(findings);
    Some(Consent { obtained_on: obtained_on?, obtained_by: obtained_by?, office: office?, form: form? })
}

fn kind_fields(kind: Kind, fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Command> {
    match kind {
        Kind::Correction => {
            let kinds = CorrectionKind::CODES;
            fields.required("kind", shape::CORRECTION_KIND, findings);
            match fields.choice("kind", |c| kinds.into_iter().find(|k| *k == c), &kinds, findings) {
                Some(code) => correction_of(code, fields, findings),
                None => correction_of_some_kind(fields, findings),
            }
        }
        Kind::Answers => {
            let registration = registration_id(fields, findings);
            let given = fields.required("answers", shape::ANSWERS, findings);
            if given.and_then(Value::as_object).is_some_and(|given| given.values().all(Value::is_null)) {
                wrong_value(&fields.pointer("answers"), shape::ANSWERS, findings);
            }
            let answers = read_answers(fields, findings);
            Some(Command::Answer { registration: registration?, answers })
        }
        Kind::OfficeChange => {
            let date = fields.required_date("date", findings);
            let offices = fields.required("offices", shape::OFFICES, findings);
            let offices = offices.and_then(|value| offices_of(value, findings));
            let handlers = fields.raw("handlers").and_then(|value| {
                let mut inner = Fields::of(value, "/handlers", findings)?;
                let change = change_of(&mut inner, findings);
                inner.finish(findings);
                Some(change)
            });
            Some(Command::ChangeOffices { date: date?, offices: offices?, handlers: handlers.unwrap_or_default() })
        }
        Kind::Handlers => {
            let date = fields.required_date("date", findings);
            let handlers = change_of(fields, findings);
            if handlers == HandlerChange::default() {
                let finding = Finding::new(Rule::FaltSaknas, fields.pointer("fk"));
                findings.push(finding.allowed(Allowed::Shape(shape::HANDLER_CHANGE)));
            }
            Some(Command::ChangeHandlers { date: date?, handlers })
        }
        Kind::ConsentWithdrawal => fields.required_date("date", findings).map(|date| Command::WithdrawConsent { date }),
        Kind::Protection => fields.required_date("date", findings).map(|date| Command::Protect { date }),
        Kind::Reference => {
            fields.required("caseReference", CaseReference::EXPECTED, findings)?;
            let reference = fields.code("caseReference", CaseReference::parse, findings)?;
            Some(Command::AddReference { reference })
        }
    }
}

fn registration_id(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<RegistrationId> {
    fields.required("registration", shape::REGISTRATION, findings)?;
    fields.id("registration", findings).map(RegistrationId)
}

/// The fields of all kinds of corrections, but for the reason.
const OF_SOME_KIND: [&str; 9] =
    ["registration", "date", "step", "answers", "municipality", "district", "consent", "offices", "replacedBy"];

/// What can be said of a correction whose kind can't be read.
fn correction_of_some_kind(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Command> {
    reason_of(fields, findings);
    OF_SOME_KIND.into_iter().for_each(|name| _ = fields.raw(name));
    None
}

fn correction_of(code: &'static str, fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Command> {
    let reason = reason_of(fields, findings);
    let kind = match code {
        "undo" => registration_id(fields, findings).map(|registration| CorrectionKind::Undo { registration }),
        "move" => {
            let (registration, date) = (registration_id(fields, findings), fields.required_date("date", findings));
            registration.zip(date).map(|(registration, date)| CorrectionKind::Move { registration, date })
        }
        "replace" => {
            let codes: Vec<&str> = StepKind::ALL.iter().map(|s| s.code()).collect();
            let registration = registration_id(fields, findings);
            fields.required("step", shape::STEP, findings);
            let step = fields.choice("step", StepKind::from_code, &codes, findings);
            let given = fields.given("answers");
            let answers = read_answers(fields, findings);
            registration.zip(step).map(|(registration, step)| CorrectionKind::Replace {
                registration,
                step,
                answers: given.then_some(answers),
            })
        }
        "answers" => {
            let registration = registration_id(fields, findings);
            fields.required("answers", shape::CORRECTED_ANSWERS, findings);
            let withdrawn = super::answers_wire::withdrawn(fields);
            let answers = read_answers(fields, findings);
            registration.map(|registration| CorrectionKind::Answers { registration, answers, withdrawn })
        }
        "municipality" => {
            fields.required("municipality", MunicipalityCode::EXPECTED, findings);
            let municipality = fields.code("municipality", MunicipalityCode::parse, findings);
            let district = fields.code("district", District::parse, findings);
            municipality.map(|municipality| CorrectionKind::Municipality { municipality, district })
        }
        "consent" => {
            let consent = fields.required("consent", shape::CORRECTED_CONSENT, findings);
            consent.and_then(|value| consent_of(value, findings)).map(CorrectionKind::Consent)
        }
        "office_change" => {
            let registration = registration_id(fields, findings);
            let date = fields.date("date", findings);
            let offices = fields.raw("offices").and_then(|value| offices_of(value, findings));
            registration.map(|registration| CorrectionKind::OfficeChange { registration, date, offices })
        }
        "felregistrering" => {
            let replaced_by = fields.id("replacedBy", findings).map(CaseId);
            Some(CorrectionKind::Felregistrering { replaced_by })
        }
        _ => Some(CorrectionKind::UndoFelregistrering),
    };
    Some(Command::Correct(Box::new(Correction { kind: kind?, reason: reason? })))
}

fn reason_of(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Reason> {
    let value = fields.required("reason", shape::REASON, findings)?;
    let mut inner = Fields::of(value, "/reason", findings)?;
    inner.required("code", shape::REASON_CODE, findings);
    let code = inner.code("code", ReasonCode::parse, findings).map(|code| code.to_string());
    let text = inner.text("text", findings).map(ToOwned::to_owned);
    let fits = |text: &str| {
        let mut chars = text.chars();
        text.chars().count() <= 1000 && chars.all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
    };
    if text.as_deref().is_some_and(|given| !fits(given)) {
        wrong_value("/reason/text", shape::TEXT_1000, findings);
    }
    inner.finish(findings);
    Some(Reason { code: code?, text })
}

/// The id of a case in a path.
#[must_use]
pub fn case_id(text: &str) -> Option<CaseId> {
    Uuid::parse_str(text).ok().map(CaseId)
}
