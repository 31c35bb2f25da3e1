//! What random cases of tests are told of their registrations: when, by whom, for whom, corrected how.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::domain::answers::{Answer, AnswerKind, QUESTIONS, Question};
use crate::domain::case::{Case, IdentityState, Made, Step};
use crate::domain::code::{AgreementId, HandlerId, InsatsCode};
use crate::domain::command::CorrectionKind;
use crate::domain::step::{Agency, StepKind};

/// Noon in Sweden, or thereabouts.
pub(super) fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(11, 0, 0).unwrap().and_utc()
}

fn agency(random: u8) -> Agency {
    Agency::ALL[usize::from(random % 2)]
}

/// Whether a question is missing at a step. The steps of random cases all have the same registration.
fn asks(case: &Case, step: &Step, question: Question) -> bool {
    let before = case.steps.iter().rev().find(|s| s.date < step.date);
    step.answers.missing(before.map(|s| s.kind), step.kind).any(|q| q == question)
}

/// Some answer that a question may have.
fn any_answer(question: Question, day: NaiveDate) -> Answer {
    match QUESTIONS.iter().find(|row| row.question == question).unwrap().kind {
        AnswerKind::Bool => Answer::Bool(false),
        AnswerKind::Code(choices) => Answer::Code(choices[0].code),
        AnswerKind::Codes(choices) => Answer::Codes(vec![choices[0].code]),
        AnswerKind::Percent => Answer::Percent(50),
        AnswerKind::Dates => Answer::Dates(vec![day]),
        AnswerKind::OrganisationNumber => Answer::OrganisationNumber("2021000000".into()),
        AnswerKind::InsatsCode => Answer::Insats(InsatsCode::parse("21-afi-01").unwrap(), None),
    }
}

/// Varies a case by at least twenty random numbers.
pub(in crate::reports) fn vary(case: &mut Case, random: &[u8]) {
    for (step, random) in case.steps.iter_mut().zip(random.iter().cycle()) {
        step.agency = agency(*random);
        step.agreement = random.is_multiple_of(7).then(|| AgreementId::parse("lok-1").unwrap());
        // From three days ahead to twelve days late, and seldom far beyond.
        let late = u64::from(random % 16) + if random.is_multiple_of(31) { 400 } else { 0 };
        step.known_from = noon(step.date - Days::new(3) + Days::new(late));
        if step.kind == StepKind::Gk {
            let dates = (0..u64::from(random / 8 % 3)).map(|i| step.date + Days::new(i * u64::from(random % 50 + 1)));
            let dates: Vec<NaiveDate> = dates.collect();
            if !dates.is_empty() {
                step.answers.0.insert(Question::Moten, Answer::Dates(dates));
            }
        }
    }
    if case.identity != IdentityState::Anonymous && random[3].is_multiple_of(3) {
        // All that is asked is answered.
        while let Some((registration, question)) = case.missing_answers().pop() {
            let step = case.steps.iter().position(|s| {
                s.registration == registration && !s.answers.0.contains_key(&question) && asks(case, s, question)
            });
            let step = &mut case.steps[step.unwrap()];
            let answer = any_answer(question, step.date);
            step.answers.0.insert(question, answer);
        }
    }
    let random = &random[9..];
    for (of, random) in Agency::ALL.into_iter().zip(random) {
        if random.is_multiple_of(3) {
            let (request, begun) = (case.steps[0].registration, case.begun());
            case.give_handler(request, begun, of, HandlerId::parse("h-1").ok());
        }
    }
    for random in &random[2..2 + usize::from(random[2] % 4)] {
        let kind = CorrectionKind::CODES[usize::from(random % 9)];
        let known_from = noon(case.begun() + Days::new(u64::from(*random) * 2));
        case.corrections.push(Made { kind, agency: agency(random / 9), known_from });
    }
}
