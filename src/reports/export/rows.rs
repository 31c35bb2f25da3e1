//! A case as rows. Never here: identity – what is not asked for below can't come out.

use chrono::NaiveDate;

use super::numbers::CaseNumbers;
use super::schema::TableId;
use super::values::{Buffer, Value};
use crate::domain::answers::{Answer, AnswerKind, Answers, QUESTIONS, QuestionRow};
use crate::domain::case::{Case, IdentityState};
use crate::domain::dates::swedish_day;
use crate::domain::organisation::OfficePair;
use crate::reports::variables::{SAKNAS, Variable};

/// Adds the rows of a case to a table: none for a felregistrering, and for an anonymous case only those of its own
/// table.
pub(super) fn add(case: &Case, number: i64, numbers: &CaseNumbers, table: TableId, rows: &mut Buffer) {
    if case.felregistrering || case.steps.is_empty() {
        return;
    }
    let number = Value::Number(numbers.of(number));
    match (table, case.identity == IdentityState::Anonymous) {
        (TableId::Anonymous, true) => anonymous(case, number, rows),
        (TableId::Cases, false) => rows.push([
            number,
            Value::Text(case.sex.code()),
            age_group(case),
            Value::text_or_nothing(case.municipality.as_ref().map(|m| m.as_str())),
        ]),
        (TableId::Steps, false) => steps(case, number, rows),
        (TableId::Answers, false) => answers(case, number, rows),
        (TableId::CaseOffices, false) => {
            for (since, until, offices) in places(case) {
                rows.push([
                    number.again(),
                    Value::Day(since),
                    Value::day_or_nothing(until),
                    Value::Text(offices.fk.as_str()),
                    Value::Text(offices.af.as_str()),
                ]);
            }
        }
        _ => {}
    }
}

impl Value<'_> {
    /// The same case number once more.
    const fn again(&self) -> Value<'static> {
        match self {
            Self::Number(n) => Value::Number(*n),
            _ => Value::Nothing,
        }
    }
}

fn age_group(case: &Case) -> Value<'static> {
    let codes = Variable::Alder.row().codes;
    let code = codes.get(Variable::Alder.of(case).trailing_zeros() as usize);
    Value::text_or_nothing(code.copied().filter(|c| *c != SAKNAS))
}

/// The offices in time: from the request on, cut where they change, each with the day on which the next begin.
fn places(case: &Case) -> Vec<(NaiveDate, Option<NaiveDate>, &OfficePair)> {
    let later = case.offices.iter().map(|p| p.from).filter(|d| *d > case.begun());
    let mut starts: Vec<NaiveDate> = std::iter::once(case.begun()).chain(later).collect();
    starts.sort_unstable();
    starts.dedup();
    starts.iter().enumerate().map(|(i, day)| (*day, starts.get(i + 1).copied(), case.offices_on(*day))).collect()
}

fn anonymous(case: &Case, number: Value<'_>, rows: &mut Buffer) {
    let over = case.ending().and_then(|s| s.date.succ_opt());
    for (since, until, offices) in places(case) {
        if over.is_some_and(|over| since >= over) {
            continue;
        }
        let last = match (until, over) {
            (Some(until), Some(over)) => Some(until.min(over)),
            (until, over) => until.or(over),
        };
        rows.push([
            number.again(),
            Value::Text(case.sex.code()),
            Value::Day(since),
            Value::day_or_nothing(last),
            Value::Text(offices.fk.as_str()),
            Value::Text(offices.af.as_str()),
        ]);
    }
}

fn steps(case: &Case, number: Value<'_>, rows: &mut Buffer) {
    for (i, step) in case.steps.iter().enumerate() {
        let offices = case.offices_on(step.date);
        rows.push([
            number.again(),
            Value::Number(i as i64 + 1),
            Value::Text(step.kind.code()),
            Value::Day(step.date),
            Value::day_or_nothing(case.steps.get(i + 1).map(|s| s.date)),
            Value::Text(offices.fk.as_str()),
            Value::Text(offices.af.as_str()),
            Value::Text(step.agency.code()),
            Value::Flag(step.agreement.is_some()),
            Value::Day(swedish_day(step.known_from)),
        ]);
    }
}

fn answers(case: &Case, number: Value<'_>, rows: &mut Buffer) {
    for (i, step) in case.steps.iter().enumerate() {
        if exported().any(|row| step.answers.get(row.question).is_some()) {
            let head = [number.again(), Value::Number(i as i64 + 1)];
            rows.push(head.into_iter().chain(exported().map(|row| answer(&step.answers, row))));
        }
    }
}

/// The questions whose answers are exported, in the order of the columns.
fn exported() -> impl Iterator<Item = &'static QuestionRow> {
    QUESTIONS.iter().filter(|row| !matches!(row.kind, AnswerKind::OrganisationNumber))
}

fn answer<'a>(answers: &'a Answers, row: &QuestionRow) -> Value<'a> {
    match answers.get(row.question) {
        Some(Answer::Bool(yes)) => Value::Flag(*yes),
        Some(Answer::Code(code)) => Value::Text(code),
        Some(Answer::Codes(codes)) => Value::Texts(codes.clone()),
        Some(Answer::Percent(share)) => Value::Number(i64::from(*share)),
        Some(Answer::Insats(code, _)) => Value::Text(code.as_str()),
        Some(Answer::Dates(dates)) => Value::Days(dates),
        Some(Answer::OrganisationNumber(_)) | None => Value::Nothing,
    }
}
