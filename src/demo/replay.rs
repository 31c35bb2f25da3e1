//! Made-up import lines put to the service's own door, `domain::transition::decide`.
//!
//! Lives here: for the tests of this room, just enough reading of lines to ask the question. Never here: the
//! reading of import files, which says what is wrong with a line; here a wrong one is a failed test.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::answers::{Answer, AnswerKind, Answers, Choice, Question};
use crate::domain::case::Case;
use crate::domain::code::{
    AgreementId, CaseId, CaseReference, ClientId, ConsentForm, HandlerId, InsatsCode, MunicipalityCode, OfficeCode,
};
use crate::domain::command::{
    Command, Consent, HandlerChange, Handlers, NewStep, Opening, Participant, Registrar, Request,
};
use crate::domain::organisation::{OfficePair, Organisation};
use crate::domain::person::{IdentityNumber, Sex};
use crate::domain::step::{Agency, StepKind};
use crate::domain::transition::{Facts, Settings, decide};

/// What the door refuses, with its findings; each case's lines stand together.
pub(super) fn replay(lines: &[Value], organisation: &Organisation) -> Vec<String> {
    let settings = Settings::default();
    let mut refused = Vec::new();
    let mut case: Option<Case> = None;
    for line in lines {
        if line["step"] == "begaran" {
            case = None;
        }
        let known_from: DateTime<Utc> = text(&line["recordedAt"]).parse().unwrap();
        let by = Registrar {
            agency: Agency::from_code(text(&line["agency"])).unwrap(),
            client: ClientId::parse("import").unwrap(),
            handler: line["registeredBy"].as_str().map(|h| HandlerId::parse(h).unwrap()),
        };
        let facts = Facts {
            organisation,
            settings: &settings,
            by: &by,
            known_from,
            // The lines are made in office hours, when the Swedish day is the day in UTC.
            today: known_from.date_naive(),
            other_open_case: false,
            reference_taken: false,
            replacement_unknown: false,
        };
        let id = CaseId(Uuid::from_u128(1));
        match decide(case.as_ref().map(|c| (c, id)), &request(line, facts.today), &facts) {
            Ok(decision) => case = Some(decision.case),
            Err(findings) if refused.len() < 10 => refused.push(format!("{line} {findings:?}")),
            Err(_) => {}
        }
    }
    refused
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn date(value: &Value) -> NaiveDate {
    text(value).parse().unwrap()
}

fn pair(value: &Value) -> OfficePair {
    OfficePair {
        fk: OfficeCode::parse(text(&value["fk"])).unwrap(),
        af: OfficeCode::parse(text(&value["af"])).unwrap(),
    }
}

fn handler(value: &Value) -> Option<HandlerId> {
    value.as_str().map(|h| HandlerId::parse(h).unwrap())
}

fn request(line: &Value, today: NaiveDate) -> Request {
    let day = date(&line["date"]);
    let command = match line["kind"].as_str() {
        Some("consent_withdrawal") => Command::WithdrawConsent { date: day },
        Some("office_change") => Command::ChangeOffices {
            date: day,
            offices: pair(&line["offices"]),
            handlers: HandlerChange {
                fk: handler(&line["handlers"]["fk"]).map(Some),
                af: handler(&line["handlers"]["af"]).map(Some),
            },
        },
        kind => {
            assert_eq!(kind, None);
            Command::Register(Box::new(NewStep {
                step: StepKind::from_code(text(&line["step"])).unwrap(),
                date: day,
                answers: answers(&line["answers"]),
                opening: (line["step"] == "begaran").then(|| opening(line, today)),
            }))
        }
    };
    Request { command, agreement: line["onBehalfOf"].as_str().map(|a| AgreementId::parse(a).unwrap()) }
}

fn opening(line: &Value, today: NaiveDate) -> Opening {
    let participant = match line["participant"]["personnummer"].as_str() {
        Some(number) => Participant::Named(IdentityNumber::parse(number, today).unwrap()),
        None => Participant::Anonymous(Sex::from_code(text(&line["participant"]["anonymous"]["sex"])).unwrap()),
    };
    let consent = line.get("consent").map(|c| Consent {
        obtained_on: date(&c["obtainedOn"]),
        obtained_by: Agency::from_code(text(&c["obtainedBy"])).unwrap(),
        office: OfficeCode::parse(text(&c["office"])).unwrap(),
        form: ConsentForm::parse(text(&c["form"])).unwrap(),
    });
    Opening {
        participant,
        offices: pair(&line["offices"]),
        handlers: Handlers { fk: handler(&line["handlers"]["fk"]), af: handler(&line["handlers"]["af"]) },
        consent,
        municipality: line["municipality"].as_str().map(|m| MunicipalityCode::parse(m).unwrap()),
        district: None,
        reference: line["caseReference"].as_str().map(|r| CaseReference::parse(r).unwrap()),
    }
}

fn choice(choices: &'static [Choice], value: &Value) -> &'static str {
    choices.iter().find(|c| value == c.code).unwrap_or_else(|| panic!("{value} is no choice")).code
}

fn answers(value: &Value) -> Answers {
    let mut answers = Answers::default();
    for (name, value) in value.as_object().into_iter().flatten() {
        let question = Question::from_code(name).unwrap();
        let answer = match question.row().kind {
            AnswerKind::Bool => Answer::Bool(value.as_bool().unwrap()),
            AnswerKind::Code(choices) => Answer::Code(choice(choices, value)),
            AnswerKind::Codes(choices) => {
                Answer::Codes(value.as_array().unwrap().iter().map(|v| choice(choices, v)).collect())
            }
            AnswerKind::Percent => Answer::Percent(u8::try_from(value.as_u64().unwrap()).unwrap()),
            AnswerKind::OrganisationNumber => Answer::OrganisationNumber(Arc::from(text(value))),
            AnswerKind::InsatsCode => Answer::Insats(InsatsCode::parse(text(value)).unwrap(), None),
            AnswerKind::Dates => Answer::Dates(value.as_array().unwrap().iter().map(date).collect()),
        };
        answers.0.insert(question, answer);
    }
    answers
}
