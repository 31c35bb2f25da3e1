//! The chain as a timeline: what has been, what is now, and what is expected.

use chrono::NaiveDate;

use super::words::{Words, filled};
use crate::domain::answers::{self, Question};
use crate::domain::case::{Case, Step};
use crate::domain::code::HandlerId;
use crate::domain::due::Due;
use crate::domain::journal::Entry;
use crate::domain::step::StepKind;
use crate::web::texts::instant;

/// A question with its answer, both in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    pub question: &'static str,
    pub answer: String,
}

/// A step of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stage {
    pub name: &'static str,
    pub date: NaiveDate,
    /// `past`, `now` or `ended`: the class it is drawn by.
    pub class: &'static str,
    /// The same in a word; nothing for what has been.
    pub mark: Option<&'static str>,
    /// Who registered it, and when it was known.
    pub registered: String,
    /// How long it lasted, or has lasted.
    pub length: Option<String>,
    pub answers: Vec<Answered>,
    /// Questions without an answer, in words.
    pub missing: Option<String>,
    /// Whether anything is asked there.
    pub asks: bool,
}

/// What is expected after the last step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    /// What is awaited, up to the day.
    pub text: String,
    pub day: NaiveDate,
    pub distance: String,
    pub over: bool,
    /// The steps that may follow, each with the agency that registers it.
    pub steps: Vec<String>,
}

/// The steps, oldest first.
pub(super) fn stages(case: &Case, entries: &[Entry], words: &Words<'_>) -> Vec<Stage> {
    let missing = case.missing_answers();
    let last = case.steps.len() - 1;
    let stage = |(index, step): (usize, &Step)| {
        let unanswered: Vec<Question> =
            missing.iter().filter(|(registration, _)| *registration == step.registration).map(|(_, q)| *q).collect();
        let is_now = index == last && case.is_open();
        let asked_after = case.before(index).map(|before| before.kind);
        let by = entries.iter().find(|entry| entry.id == step.registration).and_then(|entry| entry.by.handler.as_ref());
        Stage {
            name: words.step(step.kind),
            date: step.date,
            class: if is_now {
                "now"
            } else if step.kind.is_ending() {
                "ended"
            } else {
                "past"
            },
            mark: is_now.then_some(words.t.now),
            registered: registered(step, by, words),
            length: length(case, index, words),
            answers: step
                .answers
                .0
                .iter()
                .map(|(question, answer)| Answered {
                    question: words.question(*question),
                    answer: words.answer(*question, answer),
                })
                .collect(),
            missing: (!unanswered.is_empty()).then(|| words.questions(&unanswered)),
            asks: answers::asked(asked_after, step.kind).next().is_some(),
        }
    };
    case.steps.iter().enumerate().map(stage).collect()
}

fn registered(step: &Step, by: Option<&HandlerId>, words: &Words<'_>) -> String {
    let known = instant(step.known_from);
    let who = by
        .map_or_else(|| step.agency.name().to_owned(), |id| format!("{} ({})", step.agency.name(), words.handler(id)));
    let text = if step.agreement.is_some() { words.t.registered_on_behalf } else { words.t.registered };
    filled(text, &[("who", &who), ("when", &known)])
}

fn length(case: &Case, index: usize, words: &Words<'_>) -> Option<String> {
    let step = &case.steps[index];
    if let Some(days) = case.days(index) {
        return Some(filled(words.t.lasted, &[("days", &words.days(days))]));
    }
    if step.kind.is_ending() || !case.is_open() {
        return None;
    }
    let days = (words.today - step.date).num_days();
    match days {
        // A waiting step may be dated ahead.
        ..0 => Some(filled(words.t.begins, &[("day", &step.date.to_string())])),
        _ => Some(filled(words.t.has_lasted, &[("days", &words.days(days))])),
    }
}

/// What is expected, from what is due.
pub(super) fn expected(kind: StepKind, due: &Due, words: &Words<'_>) -> Expected {
    let distance = words.distance(due.on);
    let steps = due.steps.iter();
    Expected {
        text: words.awaited(kind, due.owner),
        day: due.on,
        distance: distance.text,
        over: distance.over,
        steps: steps.map(|(step, owner)| format!("{} ({})", words.step(*step), owner.name())).collect(),
    }
}
