//! Rows put together into an entry. What was erased is simply not there.

use serde_json::Value;
use uuid::Uuid;

use super::instant;
use super::rows::RegistrationRow;
use crate::domain::answers::{Answer, AnswerKind, Answers, Choice, Question};
use crate::domain::code::{
    AgreementId, CaseId, CaseReference, ClientId, ConsentForm, District, HandlerId, InsatsCode, MunicipalityCode,
    OfficeCode, Position, RegistrationId,
};
use crate::domain::command::{Consent, Correction, CorrectionKind, HandlerChange, Handlers, Reason, Registrar};
use crate::domain::journal::{Entry, Event, Opened};
use crate::domain::organisation::OfficePair;
use crate::domain::person::Sex;
use crate::domain::step::{Agency, StepKind};
use crate::storage::cases::day_of;
use crate::storage::error::StorageError;

/// What stands beside one registration's row.
#[derive(Debug, Default)]
pub struct Beside {
    pub answers: Answers,
    pub subject: Option<(Option<i32>, Option<String>, Option<String>)>,
    pub consent: Option<Consent>,
    pub offices: Vec<(Agency, OfficeCode)>,
    pub handlers: Vec<(Agency, Option<HandlerId>)>,
    pub reference: Option<(Agency, CaseReference)>,
    pub text: Option<String>,
}

fn corrupt<T>(_: T) -> StorageError {
    StorageError::Corrupt("registrations")
}

fn missing() -> StorageError {
    StorageError::Corrupt("registrations")
}

pub fn agency(code: &str) -> Result<Agency, StorageError> {
    Agency::from_code(code).ok_or_else(missing)
}

pub fn office(code: &str) -> Result<OfficeCode, StorageError> {
    OfficeCode::parse(code).map_err(corrupt)
}

pub fn handler(code: &str) -> Result<HandlerId, StorageError> {
    HandlerId::parse(code).map_err(corrupt)
}

pub fn consent(on: i32, by: &str, at: &str, form: &str) -> Result<Consent, StorageError> {
    Ok(Consent {
        obtained_on: day_of(on),
        obtained_by: agency(by)?,
        office: office(at)?,
        form: ConsentForm::parse(form).map_err(corrupt)?,
    })
}

fn known(choices: &'static [Choice], code: &str) -> Option<&'static str> {
    choices.iter().find(|c| c.code == code).map(|c| c.code)
}

/// Adds one row of `answers`.
pub fn add_answer(answers: &mut Answers, question: &str, place: i16, value: &str) -> Result<(), StorageError> {
    let question = Question::from_code(question).ok_or_else(missing)?;
    let answer = match question.row().kind {
        AnswerKind::Bool => Answer::Bool(value == "true"),
        AnswerKind::Code(choices) => Answer::Code(known(choices, value).ok_or_else(missing)?),
        AnswerKind::Codes(choices) => {
            let mut codes = answers.codes(question).map(<[_]>::to_vec).unwrap_or_default();
            if place >= 0 {
                codes.push(known(choices, value).ok_or_else(missing)?);
            }
            Answer::Codes(codes)
        }
        AnswerKind::Percent => Answer::Percent(value.parse().map_err(corrupt)?),
        AnswerKind::OrganisationNumber => Answer::OrganisationNumber(value.into()),
        AnswerKind::InsatsCode if place == 1 => match answers.0.remove(&question) {
            Some(Answer::Insats(code, _)) => Answer::Insats(code, value.parse().ok()),
            _ => return Err(missing()),
        },
        AnswerKind::InsatsCode => Answer::Insats(InsatsCode::parse(value).map_err(corrupt)?, None),
        AnswerKind::Dates => Answer::Dates(answers.dates(question).to_vec()),
    };
    answers.0.insert(question, answer);
    Ok(())
}

/// Adds the rows of `meetings` of one entry, which come in order of date.
pub fn add_meetings(answers: &mut Answers, rows: impl Iterator<Item = i32>) {
    let dates: Vec<_> = rows.map(day_of).collect();
    if !dates.is_empty() {
        answers.0.insert(Question::Moten, Answer::Dates(dates));
    }
}

/// The entry of a row.
pub fn entry(row: RegistrationRow, beside: Beside, sex: Sex) -> Result<Entry, StorageError> {
    let by = Registrar {
        agency: agency(&row.agency)?,
        client: ClientId::parse(&row.client).map_err(corrupt)?,
        handler: row.handler.as_deref().map(handler).transpose()?,
    };
    Ok(Entry {
        id: registration(&row.id)?,
        position: Position(row.position),
        known_from: instant(row.known_from),
        by,
        agreement: row.agreement.as_deref().map(|a| AgreementId::parse(a).map_err(corrupt)).transpose()?,
        event: event(&row, beside, sex)?,
    })
}

fn registration(bytes: &[u8]) -> Result<RegistrationId, StorageError> {
    Uuid::from_slice(bytes).map(RegistrationId).map_err(corrupt)
}

fn event(row: &RegistrationRow, beside: Beside, sex: Sex) -> Result<Event, StorageError> {
    let date = || row.date.map(day_of).ok_or_else(missing);
    let target = || registration(row.supersedes.as_deref().ok_or_else(missing)?);
    let detail: Value = match &row.detail {
        Some(text) => serde_json::from_str(text).map_err(corrupt)?,
        None => Value::Null,
    };
    Ok(match row.kind.as_str() {
        "step" => {
            let kind = row.step.as_deref().and_then(StepKind::from_code).ok_or_else(missing)?;
            let (answers, opened) = if kind == StepKind::Begaran {
                let (answers, opened) = opened(beside, sex)?;
                (answers, Some(Box::new(opened)))
            } else {
                (beside.answers, None)
            };
            Event::Step { kind, date: date()?, answers, opened }
        }
        "consent_withdrawal" => {
            let ending = detail["ending"].as_str().and_then(|d| d.parse().ok()).ok_or_else(missing)?;
            Event::Withdrawal { date: date()?, ending }
        }
        "answers" => Event::Answers { registration: target()?, answers: beside.answers },
        "office_change" => Event::Offices {
            date: date()?,
            offices: pair(&beside.offices)?.ok_or_else(missing)?,
            handlers: change(beside.handlers),
        },
        "handlers" => Event::Handlers { date: date()?, handlers: change(beside.handlers) },
        "protection" => Event::Protection { date: date()? },
        "removal" => Event::Removal { date: date()? },
        "coarsening" => Event::Coarsening { date: date()? },
        "reference" => Event::Reference {
            agency: agency(&row.agency)?,
            reference: beside.reference.map(|(_, reference)| reference),
        },
        "correction" => Event::Correction(Box::new(correction(row, &detail, beside)?)),
        _ => return Err(missing()),
    })
}

fn opened(beside: Beside, sex: Sex) -> Result<(Answers, Opened), StorageError> {
    let (birth, municipality, district) = beside.subject.unwrap_or_default();
    let mut handlers = Handlers::default();
    for (agency, handler) in beside.handlers {
        handlers.set(agency, handler);
    }
    let opened = Opened {
        anonymous: birth.is_none() && municipality.is_none(),
        sex,
        birth: birth.map(day_of),
        offices: pair(&beside.offices)?.ok_or_else(missing)?,
        handlers,
        consent: beside.consent,
        municipality: municipality.as_deref().map(MunicipalityCode::parse).transpose().map_err(corrupt)?,
        district: district.as_deref().map(District::parse).transpose().map_err(corrupt)?,
    };
    Ok((beside.answers, opened))
}

fn pair(offices: &[(Agency, OfficeCode)]) -> Result<Option<OfficePair>, StorageError> {
    let of = |agency| offices.iter().find(|(a, _)| *a == agency).map(|(_, code)| code.clone());
    match (of(Agency::Fk), of(Agency::Af)) {
        (Some(fk), Some(af)) => Ok(Some(OfficePair { fk, af })),
        (None, None) => Ok(None),
        _ => Err(missing()),
    }
}

fn change(handlers: Vec<(Agency, Option<HandlerId>)>) -> HandlerChange {
    let mut change = HandlerChange::default();
    for (agency, handler) in handlers {
        match agency {
            Agency::Fk => change.fk = Some(handler),
            Agency::Af => change.af = Some(handler),
        }
    }
    change
}

fn correction(row: &RegistrationRow, detail: &Value, beside: Beside) -> Result<Correction, StorageError> {
    let target = || registration(row.supersedes.as_deref().ok_or_else(missing)?);
    let kind = match detail["kind"].as_str().unwrap_or_default() {
        "undo" => CorrectionKind::Undo { registration: target()? },
        "move" => CorrectionKind::Move { registration: target()?, date: row.date.map(day_of).ok_or_else(missing)? },
        "replace" => CorrectionKind::Replace {
            registration: target()?,
            step: row.step.as_deref().and_then(StepKind::from_code).ok_or_else(missing)?,
            answers: (detail["answersGiven"] == Value::Bool(true)).then_some(beside.answers),
        },
        "answers" => CorrectionKind::Answers {
            registration: target()?,
            answers: beside.answers,
            withdrawn: detail["withdrawn"]
                .as_array()
                .map(|codes| codes.iter().filter_map(|c| Question::from_code(c.as_str()?)).collect())
                .unwrap_or_default(),
        },
        // A correction of something since erased changes nothing any more.
        "municipality" => match beside.subject {
            Some((_, Some(municipality), district)) => CorrectionKind::Municipality {
                municipality: MunicipalityCode::parse(&municipality).map_err(corrupt)?,
                district: district.as_deref().map(District::parse).transpose().map_err(corrupt)?,
            },
            _ => erased(),
        },
        "consent" => beside.consent.map_or_else(erased, CorrectionKind::Consent),
        "office_change" => CorrectionKind::OfficeChange {
            registration: target()?,
            date: row.date.map(day_of),
            offices: pair(&beside.offices)?,
        },
        "felregistrering" => CorrectionKind::Felregistrering {
            replaced_by: detail["replacedBy"].as_str().and_then(|id| id.parse().ok()).map(CaseId),
        },
        "undo_felregistrering" => CorrectionKind::UndoFelregistrering,
        _ => return Err(missing()),
    };
    let code = detail["reason"].as_str().unwrap_or_default().to_owned();
    Ok(Correction { kind, reason: Reason { code, text: beside.text } })
}

/// What a correction of erased data has become: one that concerns nothing.
fn erased() -> CorrectionKind {
    CorrectionKind::Answers {
        registration: RegistrationId(Uuid::nil()),
        answers: Answers::default(),
        withdrawn: Vec::new(),
    }
}
