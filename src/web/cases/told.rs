//! The history of a case: every registration and correction, with when it was known, by whom and why.

use super::words::{Words, filled};
use crate::domain::answers::{Answers, Question};
use crate::domain::case::Case;
use crate::domain::code::RegistrationId;
use crate::domain::command::{Correction, CorrectionKind, HandlerChange};
use crate::domain::journal::{Entry, Event};
use crate::domain::step::Agency;
use crate::web::texts::instant;

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub id: RegistrationId,
    pub when: String,
    pub what: String,
    /// The agency, and the person or the system there.
    pub who: String,
    pub why: Option<String>,
    pub is_correction: bool,
}

/// The history, newest first.
pub(super) fn history(case: &Case, entries: &[Entry], words: &Words<'_>) -> Vec<Line> {
    let mut so_far: Option<Case> = None;
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        lines.push(line(entry, so_far.as_ref(), words));
        match &mut so_far {
            Some(case) => case.apply(entry),
            None => so_far = Case::begin(case.id, case.identity, entry),
        }
    }
    lines.reverse();
    lines
}

fn line(entry: &Entry, before: Option<&Case>, words: &Words<'_>) -> Line {
    let reason = match &entry.event {
        Event::Correction(correction) => Some(&correction.reason),
        _ => None,
    };
    let system = || filled(words.t.by_system, &[("name", entry.by.client.as_str())]);
    let by = entry.by.handler.as_ref().map_or_else(system, |id| words.handler(id));
    let behalf = if entry.agreement.is_some() { words.t.on_behalf } else { "" };
    Line {
        id: entry.id,
        when: instant(entry.known_from),
        what: what(&entry.event, before, words),
        who: format!("{}, {by}{behalf}", entry.by.agency.name()),
        why: reason.map(|reason| match &reason.text {
            Some(text) => format!("{} – {text}", reason.code),
            None => reason.code.clone(),
        }),
        is_correction: reason.is_some(),
    }
}

fn what(event: &Event, before: Option<&Case>, words: &Words<'_>) -> String {
    let t = words.t;
    match event {
        Event::Step { kind, date, .. } => {
            filled(t.told_step, &[("step", words.step(*kind)), ("day", &date.to_string())])
        }
        Event::Withdrawal { date, ending } => {
            filled(t.told_withdrawal, &[("day", &date.to_string()), ("ending", &ending.to_string())])
        }
        Event::Answers { registration, answers } => filled(
            t.told_answers,
            &[("step", &step(*registration, before, words)), ("questions", &asked(answers, &[], words))],
        ),
        Event::Offices { date, offices, .. } => {
            filled(t.told_offices, &[("day", &date.to_string()), ("offices", &words.offices(offices))])
        }
        Event::Handlers { date, handlers } => {
            filled(t.told_handlers, &[("day", &date.to_string()), ("handlers", &changed(handlers, words))])
        }
        Event::Protection { date } => filled(t.told_protection, &[("day", &date.to_string())]),
        Event::Removal { date } => filled(t.told_removal, &[("day", &date.to_string())]),
        Event::Coarsening { date } => filled(t.told_coarsening, &[("day", &date.to_string())]),
        Event::Reference { agency, reference } => {
            let number = reference.as_ref().map_or_else(|| t.taken_away.to_owned(), ToString::to_string);
            filled(t.told_reference, &[("agency", agency.name()), ("number", &number)])
        }
        Event::Correction(correction) => corrected(correction, before, words),
    }
}

fn corrected(correction: &Correction, before: Option<&Case>, words: &Words<'_>) -> String {
    let t = words.t;
    let of = |registration: &RegistrationId| step(*registration, before, words);
    match &correction.kind {
        CorrectionKind::Undo { registration } => filled(t.told_undo, &[("step", &of(registration))]),
        CorrectionKind::Move { registration, date } => {
            filled(t.told_move, &[("step", &of(registration)), ("day", &date.to_string())])
        }
        CorrectionKind::Replace { registration, step, .. } => {
            filled(t.told_replace, &[("step", &of(registration)), ("to", words.step(*step))])
        }
        CorrectionKind::Answers { registration, answers, withdrawn } => filled(
            t.told_corrected_answers,
            &[("step", &of(registration)), ("questions", &asked(answers, withdrawn, words))],
        ),
        CorrectionKind::Municipality { municipality, .. } => {
            filled(t.told_municipality, &[("name", &words.municipality(municipality))])
        }
        CorrectionKind::Consent(_) => t.told_consent.to_owned(),
        CorrectionKind::OfficeChange { date, offices, .. } => {
            let offices = offices.as_ref().map(|pair| words.offices(pair));
            let day = date.as_ref().map(|day| filled(t.told_from, &[("day", &day.to_string())]));
            let told: Vec<String> = offices.into_iter().chain(day).collect();
            filled(t.told_office_change, &[("what", &told.join(", "))])
        }
        CorrectionKind::Felregistrering { .. } => t.told_felregistrering.to_owned(),
        CorrectionKind::UndoFelregistrering => t.told_undo_felregistrering.to_owned(),
    }
}

/// The step of a registration as it stood then, with its date.
fn step(registration: RegistrationId, before: Option<&Case>, words: &Words<'_>) -> String {
    let found = before.and_then(|case| case.index_of(registration).map(|index| &case.steps[index]));
    found.map_or_else(|| words.t.a_step.to_owned(), |step| format!("{} {}", words.step(step.kind), step.date))
}

/// The questions only: what was answered stands with the step.
fn asked(answers: &Answers, withdrawn: &[Question], words: &Words<'_>) -> String {
    let all: Vec<Question> = answers.0.keys().chain(withdrawn).copied().collect();
    if all.is_empty() { words.t.taken_away.to_owned() } else { words.questions(&all) }
}

fn changed(change: &HandlerChange, words: &Words<'_>) -> String {
    let one = |agency: Agency| {
        let new = change.of(agency)?;
        Some(format!("{}: {}", agency.name(), words.handler_or_none(new.as_ref())))
    };
    Agency::ALL.into_iter().filter_map(one).collect::<Vec<_>>().join(", ")
}
