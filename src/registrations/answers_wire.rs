//! Answers from JSON: each by the kind of its question.

use serde_json::Value;

use super::fields::{Fields, not_among, parse_date, wrong_type, wrong_value};
use crate::domain::answers::{Answer, AnswerKind, Answers, Choice, QUESTIONS, Question, is_organisation_number};
use crate::domain::code::InsatsCode;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::rule::Rule;
use crate::domain::shape::{self, Shape};

/// Reads `answers`; absent or `null` means unanswered.
pub fn read_answers(fields: &mut Fields<'_>, findings: &mut Findings) -> Answers {
    let mut answers = Answers::default();
    let Some(value) = fields.raw("answers") else { return answers };
    let base = fields.pointer("answers");
    let Value::Object(given) = value else {
        wrong_type(&base, shape::OBJECT, findings);
        return answers;
    };
    for (name, value) in given {
        let Some(question) = Question::from_code(name) else {
            let all = QUESTIONS.iter().map(|row| row.code.to_owned()).collect();
            let shown: String = name.chars().filter(char::is_ascii_alphabetic).take(60).collect();
            let finding = Finding::new(Rule::FragaOkand, format!("{base}/{shown}"));
            findings.push(finding.allowed(Allowed::Values(all)));
            continue;
        };
        if value.is_null() {
            continue;
        }
        let pointer = format!("{base}/{}", question.code());
        if let Some(answer) = read_answer(question.row().kind, value, &pointer, findings) {
            answers.0.insert(question, answer);
        }
    }
    answers
}

/// The questions whose answer a correction withdraws: those given as `null`.
pub fn withdrawn(fields: &mut Fields<'_>) -> Vec<Question> {
    let Some(Value::Object(given)) = fields.raw("answers") else { return Vec::new() };
    given.iter().filter(|(_, v)| v.is_null()).filter_map(|(name, _)| Question::from_code(name)).collect()
}

fn read_answer(kind: AnswerKind, value: &Value, pointer: &str, findings: &mut Findings) -> Option<Answer> {
    match kind {
        AnswerKind::Bool => match value.as_bool() {
            Some(answer) => Some(Answer::Bool(answer)),
            None => refuse_type(pointer, shape::TRUE_OR_FALSE, findings),
        },
        AnswerKind::Code(choices) => match value.as_str() {
            Some(code) => chosen(choices, code, pointer, findings).map(Answer::Code),
            None => refuse_type(pointer, shape::CODE, findings),
        },
        AnswerKind::Codes(choices) => codes(choices, value, pointer, findings),
        AnswerKind::Percent => percent(value, pointer, findings),
        AnswerKind::OrganisationNumber => match value.as_str() {
            Some(text) if is_organisation_number(text) => Some(Answer::OrganisationNumber(text.into())),
            Some(_) => {
                let finding = Finding::new(Rule::OrganisationsnummerOgiltigt, pointer);
                findings.push(finding.allowed(Allowed::Shape(shape::TEN_DIGITS_WITH_CHECK)));
                None
            }
            None => refuse_type(pointer, shape::TEN_DIGITS, findings),
        },
        AnswerKind::InsatsCode => match value.as_str().map(InsatsCode::parse) {
            Some(Ok(code)) => Some(Answer::Insats(code, None)),
            Some(Err(not)) => {
                wrong_value(pointer, not.expected, findings);
                None
            }
            None => refuse_type(pointer, shape::DEFINITION, findings),
        },
        AnswerKind::Dates => dates(value, pointer, findings),
    }
}

fn refuse_type(pointer: &str, expected: Shape, findings: &mut Findings) -> Option<Answer> {
    wrong_type(pointer, expected, findings);
    None
}

fn chosen(choices: &'static [Choice], code: &str, pointer: &str, findings: &mut Findings) -> Option<&'static str> {
    let found = choices.iter().find(|c| c.code == code).map(|c| c.code);
    if found.is_none() {
        let all: Vec<&str> = choices.iter().map(|c| c.code).collect();
        not_among(pointer, &all, findings);
    }
    found
}

fn codes(choices: &'static [Choice], value: &Value, pointer: &str, findings: &mut Findings) -> Option<Answer> {
    let Some(values) = value.as_array() else { return refuse_type(pointer, shape::CODES, findings) };
    let mut picked = Vec::with_capacity(values.len());
    for (place, value) in values.iter().enumerate() {
        let pointer = format!("{pointer}/{place}");
        match value.as_str() {
            Some(code) => picked.extend(chosen(choices, code, &pointer, findings)),
            None => wrong_type(&pointer, shape::CODE, findings),
        }
    }
    // In the order of the list and each once, so that the same answer is always the same value.
    let ordered = choices.iter().map(|c| c.code).filter(|code| picked.contains(code)).collect();
    Some(Answer::Codes(ordered))
}

fn percent(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Answer> {
    match value.as_i64().map(u8::try_from) {
        Some(Ok(share @ 1..=100)) => Some(Answer::Percent(share)),
        Some(_) => {
            let finding = Finding::new(Rule::AndelUtanfor, pointer);
            findings.push(finding.allowed(Allowed::Shape(shape::PER_CENT)));
            None
        }
        None => refuse_type(pointer, shape::WHOLE_NUMBER, findings),
    }
}

fn dates(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Answer> {
    let Some(values) = value.as_array() else { return refuse_type(pointer, shape::DATES, findings) };
    let mut days = Vec::with_capacity(values.len());
    for (place, value) in values.iter().enumerate() {
        match value.as_str().and_then(parse_date) {
            Some(day) => days.push(day),
            None => wrong_value(&format!("{pointer}/{place}"), shape::DATE, findings),
        }
    }
    days.sort_unstable();
    days.dedup();
    Some(Answer::Dates(days))
}
