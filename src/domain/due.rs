//! What is to be registered next, by whom, by when – what handläggare miss most.

use chrono::NaiveDate;

use super::answers::Question;
use super::case::{Case, Step};
use super::dates::later;
use super::ownership::next_steps;
use super::step::{self, Agency, StepKind};
use super::transition::Settings;

/// The next registration of an open case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The agency that owns it.
    pub owner: Agency,
    /// The last day; overdue when today is later.
    pub on: NaiveDate,
    /// What it may be, with owners.
    pub steps: Vec<(StepKind, Agency)>,
}

impl Due {
    /// Whether the day has passed.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        today > self.on
    }
}

/// When the next registration of a case is due; `None` when the case has ended or is felregistrering.
#[must_use]
pub fn next(case: &Case, settings: &Settings) -> Option<Due> {
    if !case.is_open() {
        return None;
    }
    let current = case.current();
    let owner = owner_after(current.kind)?;
    Some(Due { owner, on: day(case, current, settings), steps: next_steps(Some(current.kind)) })
}

/// The agency that owns what is registered next while a case stands at `kind`; `None` after an ending.
#[must_use]
pub fn owner_after(kind: StepKind) -> Option<Agency> {
    step::next(Some(kind)).next().map(|t| t.owner)
}

/// By when the next registration was due while the step at `index` was the latest of its case.
#[must_use]
pub fn day_after(case: &Case, index: usize, settings: &Settings) -> Option<NaiveDate> {
    let step = case.steps.get(index).filter(|s| !s.kind.is_ending())?;
    Some(day(case, step, settings))
}

/// How due days are computed; raised when the same lead times give other days than before.
const VERSION: u32 = 1;

/// What due days rest on beside the case, in words to be compared: the lead times, and how they are used.
#[must_use]
pub fn basis(settings: &Settings) -> String {
    // Every setting is named, so that a new one is either part of it or said not to be.
    let Settings {
        due_after_begaran,
        due_after_gk,
        due_after_planned,
        follow_up,
        follow_up_aktivitetsersattning,
        waiting_days_ahead: _,
        late_after_days: _,
        consent_months: _,
        withdrawal_removes: _,
    } = settings;
    format!(
        "{VERSION}: begaran {due_after_begaran}, gk {due_after_gk}, planerad {due_after_planned}, uppfoljning \
         {follow_up}, aktivitetsersattning {follow_up_aktivitetsersattning}"
    )
}

fn day(case: &Case, current: &Step, settings: &Settings) -> NaiveDate {
    match current.kind {
        StepKind::Begaran => later(current.date, settings.due_after_begaran),
        // While GK is the latest step its meetings are those that were booked with it.
        StepKind::Gk => match current.answers.dates(Question::Moten) {
            [_, .., last] => later(*last, 1),
            [only] => later(*only, settings.due_after_gk),
            [] => later(current.date, settings.due_after_gk),
        },
        StepKind::PlaneradAfi | StepKind::PlaneradAli => later(current.date, settings.due_after_planned),
        // Plans for a person with aktivitetsersättning run for years; joint planning otherwise for three months.
        _ if has_aktivitetsersattning(case) => later(current.date, settings.follow_up_aktivitetsersattning),
        _ => later(current.date, settings.follow_up),
    }
}

fn has_aktivitetsersattning(case: &Case) -> bool {
    case.steps[0].answers.codes(Question::Formaner).is_some_and(|codes| codes.contains(&"aktivitetsersattning"))
}
