//! On which days a further step may be dated: told before anything is filled in, so that nobody has to find out by trying.
//!
//! Never here: the rules themselves ([`dates`]); a test holds this against them.

use chrono::NaiveDate;

use super::case::Case;
use super::dates::{self, later};
use super::organisation::Organisation;
use super::step::{Form, StepKind};
use super::transition::Settings;

/// The days on which a step may be dated, both ends included. What the answers say – meetings, a chosen insats – may
/// narrow it further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day: the one after the step before.
    pub first: NaiveDate,
    /// The last day: today, or some days ahead for a step of waiting, and never after an office has closed.
    pub last: NaiveDate,
}

impl Window {
    /// That of `kind` as the next step of a case, as seen today.
    #[must_use]
    pub fn of_next(
        case: &Case,
        kind: StepKind,
        organisation: &Organisation,
        settings: &Settings,
        today: NaiveDate,
    ) -> Self {
        let last = if kind.form() == Form::Waiting { later(today, settings.waiting_days_ahead) } else { today };
        let pair = case.present_offices();
        let closed = [&pair.fk, &pair.af].into_iter().filter_map(|code| organisation.offices.get(code)?.validity.to);
        Self { first: later(case.current().date, 1), last: closed.fold(last, NaiveDate::min) }
    }

    /// That of a step which stands between others: after the one before, before the one after.
    #[must_use]
    pub fn of_standing(case: &Case, index: usize, settings: &Settings, today: NaiveDate) -> Option<Self> {
        let kind = case.steps.get(index)?.kind;
        let last = if kind.form() == Form::Waiting { later(today, settings.waiting_days_ahead) } else { today };
        let next = case.steps.get(index + 1).map(|step| dates::earlier(step.date, 1));
        let first = case.before(index).map_or(NaiveDate::MIN, |step| later(step.date, 1));
        Some(Self { first, last: next.map_or(last, |next| next.min(last)) })
    }

    /// Whether there is a day at all: an activity can't be dated on the day of the step before it, so on that day it
    /// can't be registered yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.first <= self.last
    }

    /// Whether a day is one of them.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.first <= day && day <= self.last
    }
}
