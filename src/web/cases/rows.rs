//! A case as lists and search show it: by the own agency's number, never by whose it is.

use chrono::NaiveDate;

use super::words::{Words, filled};
use crate::domain::case::IdentityState;
use crate::domain::code::{HandlerId, OfficeCode};
use crate::domain::person::Sex;
use crate::domain::step::{Agency, StepKind};
use crate::storage::cases::{CaseRow, OPEN, day_of};
use crate::storage::lists::state_code;

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub address: String,
    /// The own agency's number, or what else tells the case from others.
    pub name: String,
    pub sex: &'static str,
    pub step: &'static str,
    pub step_date: NaiveDate,
    /// The status in a word, where the case isn't open.
    pub status: Option<&'static str>,
    pub next: Option<Next>,
    /// How many answers are missing, in words.
    pub missing: Option<String>,
    pub own: Staff,
    pub other: Staff,
}

/// What is to be registered next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Next {
    /// What is awaited, up to the day.
    pub text: String,
    pub day: NaiveDate,
    pub turn: String,
    pub is_ours: bool,
    pub distance: String,
    pub over: bool,
    /// Within a week.
    pub soon: bool,
}

/// Who has the case at an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Staff {
    pub handler: String,
    pub office: String,
}

/// A case's row in words, as somebody of `agency` reads it.
pub(super) fn row(row: &CaseRow, reference: Option<&str>, agency: Agency, words: &Words<'_>) -> Row {
    let (fk, af) = (
        staff(&row.fk_office, row.fk_handler.as_deref(), words),
        staff(&row.af_office, row.af_handler.as_deref(), words),
    );
    let (own, other) = match agency {
        Agency::Fk => (fk, af),
        Agency::Af => (af, fk),
    };
    let kind = StepKind::from_code(&row.step);
    Row {
        address: format!("/arenden/{}", row.case_id()),
        name: name(row, reference, words),
        sex: Sex::from_code(&row.sex).map_or("", |sex| words.sex(sex)),
        step: kind.map_or("", |kind| words.step(kind)),
        step_date: day_of(row.step_date),
        status: (row.state != OPEN).then(|| status(row.state, words)),
        next: kind.and_then(|kind| next(row, kind, agency, words)),
        missing: (row.missing > 0).then(|| words.answers_missing(i64::from(row.missing))),
        own,
        other,
    }
}

/// A status in a word.
pub(super) fn status(state: i16, words: &Words<'_>) -> &'static str {
    match state_code(state) {
        "open" => words.t.status_open,
        "ended" => words.t.status_ended,
        _ => words.t.status_felregistrering,
    }
}

/// Without a number of the own agency, the end of the case's id: it tells two cases apart.
fn name(row: &CaseRow, reference: Option<&str>, words: &Words<'_>) -> String {
    if let Some(reference) = reference {
        return reference.to_owned();
    }
    let id = row.case_id().to_string();
    let end = id.get(id.len().saturating_sub(6)..).unwrap_or_default();
    let anonymous = row.identity == IdentityState::Anonymous.code();
    let text = if anonymous { words.t.anonymous_number } else { words.t.without_number };
    filled(text, &[("id", end)])
}

fn next(row: &CaseRow, kind: StepKind, agency: Agency, words: &Words<'_>) -> Option<Next> {
    let owner = row.next_owner.as_deref().and_then(Agency::from_code)?;
    let day = day_of(row.due?);
    let distance = words.distance(day);
    let is_ours = owner == agency;
    let days = (day - words.today).num_days();
    Some(Next {
        text: words.awaited(kind, owner),
        day,
        turn: if is_ours {
            words.t.our_turn.to_owned()
        } else {
            filled(words.t.their_turn, &[("agency", owner.name())])
        },
        is_ours,
        distance: distance.text,
        over: distance.over,
        soon: (0..=7).contains(&days),
    })
}

fn staff(office: &str, handler: Option<&str>, words: &Words<'_>) -> Staff {
    let handler = handler.and_then(|id| HandlerId::parse(id).ok());
    let known = OfficeCode::parse(office).map(|code| words.office(&code));
    Staff { handler: words.handler_or_none(handler.as_ref()), office: known.unwrap_or_else(|_| office.to_owned()) }
}
