//! The rules of dates. One function a rule; each looks at one step of a chain.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Europe::Stockholm;

use super::answers::Question;
use super::case::{Case, Step};
use super::finding::{Allowed, Finding, Findings};
use super::rule::Rule;
use super::step::{Form, StepKind};
use super::transition::Facts;

/// The Swedish calendar day of an instant.
#[must_use]
pub fn swedish_day(instant: DateTime<Utc>) -> NaiveDate {
    swedish_time(instant).date()
}

/// What clocks in Sweden show at an instant.
#[must_use]
pub fn swedish_time(instant: DateTime<Utc>) -> NaiveDateTime {
    let utc = instant.naive_utc();
    let offset = Stockholm.offset_from_utc_datetime(&utc).fix();
    // Only the first and last hours of the calendar have no local time.
    utc.checked_add_offset(offset).unwrap_or(utc)
}

/// The day `days` after `day`; the last day of the calendar where there is none.
#[must_use]
pub fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

/// The day `days` before `day`.
#[must_use]
pub fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

/// Every rule of dates for the step at `index`, as seen from the step before it.
pub fn check(case: &Case, index: usize, pointer: &str, facts: &Facts<'_>, findings: &mut Findings) {
    order(case, index, pointer, facts, findings);
    not_too_far_ahead(case, index, pointer, facts, findings);
    not_before_birth(case, index, pointer, findings);
    offices_valid(case, index, pointer, facts, findings);
    meetings_inside_gk(case, index, facts, findings);
}

/// Each step is dated at least one day after the one before; GK and the planned insats have words of their own.
fn order(case: &Case, index: usize, pointer: &str, facts: &Facts<'_>, findings: &mut Findings) {
    let Some(before) = case.before(index) else { return };
    let step = &case.steps[index];
    if step.date > before.date {
        return;
    }
    let supersedes = step.date < before.date || before.date > facts.today;
    if case.is_withdrawal(step) && supersedes && case.begun() <= step.date.min(facts.today) {
        // What was said on that day takes away what is dated after it, so that no later date would be right.
        findings.add(Rule::AterkallelseSomSteg, pointer);
        return;
    }
    let planned_on_gk = before.kind == StepKind::Gk && step.kind.is_planned() && step.date == before.date;
    let rule = if planned_on_gk { Rule::GkPlaneradSammaDag } else { Rule::DatumOrdning };
    findings.push(Finding::new(rule, pointer).allowed(Allowed::DateFrom(later(before.date, 1))));
}

/// Activities and endings may not be in the future; waiting steps may be dated some days ahead. The `avbrutet`
/// of a withdrawal may stand one day ahead, where a step stands on today.
fn not_too_far_ahead(case: &Case, index: usize, pointer: &str, facts: &Facts<'_>, findings: &mut Findings) {
    let step = &case.steps[index];
    if step.kind.form() == Form::Waiting {
        let last = later(facts.today, facts.settings.waiting_days_ahead);
        if step.date > last {
            findings.push(Finding::new(Rule::DatumLangtFram, pointer).allowed(Allowed::DateTo(last)));
        }
        return;
    }
    let is_taken = case.steps[..index].iter().any(|before| before.date == facts.today);
    let last = if case.is_withdrawal(step) && is_taken { later(facts.today, 1) } else { facts.today };
    if step.date > last {
        findings.push(Finding::new(Rule::DatumFramtid, pointer).allowed(Allowed::DateTo(last)));
    }
}

fn not_before_birth(case: &Case, index: usize, pointer: &str, findings: &mut Findings) {
    check_birth(case.birth, case.steps[index].date, pointer, findings);
}

/// Nothing is dated before the person's birth.
pub fn check_birth(birth: Option<NaiveDate>, day: NaiveDate, pointer: &str, findings: &mut Findings) {
    if let Some(birth) = birth.filter(|birth| day < *birth) {
        findings.push(Finding::new(Rule::DatumForeFodelse, pointer).allowed(Allowed::DateFrom(birth)));
    }
}

/// Nothing is dated outside the first–last day of the offices that it belongs to, but for a withdrawn consent: that is any
/// day's, also where an office has closed and nobody has taken over.
fn offices_valid(case: &Case, index: usize, pointer: &str, facts: &Facts<'_>, findings: &mut Findings) {
    if case.is_withdrawal(&case.steps[index]) {
        return;
    }
    let day = case.steps[index].date;
    let pair = case.offices_on(day);
    for code in [&pair.fk, &pair.af] {
        let Some(office) = facts.organisation.offices.get(code) else { continue };
        if !office.validity.contains(day) {
            findings.push(Finding::new(Rule::KontorInteGiltigt, pointer).allowed(Allowed::within(office.validity)));
        }
    }
}

/// Every rule of dates for a step that was moved: it lies between both its neighbours, and meetings that stand stay
/// inside GK. What is allowed is a date for the step, since the date is what was sent.
pub fn check_moved(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    let pointer = "/date";
    between_neighbours(case, index, pointer, findings);
    not_too_far_ahead(case, index, pointer, facts, findings);
    not_before_birth(case, index, pointer, findings);
    offices_valid(case, index, pointer, facts, findings);
    around_meetings(case, index, pointer, findings);
}

/// The rules of the step after a moved one, save those that were said of the moved one.
pub fn check_beside_moved(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    not_too_far_ahead(case, index, "/date", facts, findings);
    not_before_birth(case, index, "/date", findings);
    offices_valid(case, index, "/date", facts, findings);
}

fn between_neighbours(case: &Case, index: usize, pointer: &str, findings: &mut Findings) {
    let step = &case.steps[index];
    let (before, after) = (case.before(index), case.steps.get(index + 1));
    if before.is_none_or(|b| b.date < step.date) && after.is_none_or(|a| step.date < a.date) {
        return;
    }
    let on_one_day = |gk: Option<&Step>, planned: Option<&Step>| {
        gk.zip(planned).is_some_and(|(g, p)| g.kind == StepKind::Gk && p.kind.is_planned() && g.date == p.date)
    };
    let shared = on_one_day(before, Some(step)) || on_one_day(Some(step), after);
    let rule = if shared { Rule::GkPlaneradSammaDag } else { Rule::DatumOrdning };
    let allowed = Allowed::dates(before.map(|b| later(b.date, 1)), after.map(|a| earlier(a.date, 1)));
    findings.push(Finding::new(rule, pointer).allowed(allowed));
}

/// Meetings that were held keep GK and the step that left it on their sides.
fn around_meetings(case: &Case, index: usize, pointer: &str, findings: &mut Findings) {
    let step = &case.steps[index];
    let held = |index: usize| case.steps.get(index).map_or(&[][..], |s| s.answers.dates(Question::Moten));
    let (first, last) = if step.kind == StepKind::Gk {
        (held(index).iter().chain(held(index + 1)).min().copied(), None)
    } else if case.before(index).is_some_and(|b| b.kind == StepKind::Gk) {
        (None, held(index).iter().max().map(|last| later(*last, 1)))
    } else {
        return;
    };
    if first.is_some_and(|first| step.date > first) || last.is_some_and(|last| step.date < last) {
        findings.push(Finding::new(Rule::MotenUtanforGk, pointer).allowed(Allowed::dates(last, first)));
    }
}

/// No meeting is booked for a day further ahead.
const BOOKED_AHEAD: u64 = 366;

/// Meeting dates lie from the day of GK to the day before the next step. Those that are booked lie within a year, so that no
/// slip of the pen puts off what is to be registered next for ever.
fn meetings_inside_gk(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    let step = &case.steps[index];
    let (first, last) = if step.kind == StepKind::Gk {
        (step.date, later(step.date.max(facts.today), BOOKED_AHEAD))
    } else if let Some(gk) = case.before(index).filter(|b| b.kind == StepKind::Gk) {
        (gk.date, earlier(step.date, 1))
    } else {
        return;
    };
    // Where no day is left between them, the day of GK stands for one: the step's own date is what is wrong.
    let last = last.max(first);
    // Once for all of them: the days are kept in their order, not in that in which they were sent.
    if step.answers.dates(Question::Moten).iter().any(|day| *day < first || *day > last) {
        let finding = Finding::new(Rule::MotenUtanforGk, format!("/answers/{}", Question::Moten.code()));
        findings.push(finding.allowed(Allowed::DateBetween(first, last)));
    }
}

/// The last microsecond of a Swedish calendar day: what "as known on" a day means.
#[must_use]
pub fn end_of_swedish_day(day: NaiveDate) -> DateTime<Utc> {
    let midnight = later(day, 1).and_time(chrono::NaiveTime::MIN);
    // Clocks change at two or three in the night, so midnight is always there, and once.
    let start = Stockholm.from_local_datetime(&midnight).earliest().map(|t| t.with_timezone(&Utc));
    start.unwrap_or_else(|| midnight.and_utc()) - chrono::TimeDelta::microseconds(1)
}
