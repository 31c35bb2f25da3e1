//! The rules of dates. One function a rule; each looks at one step of a chain.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Europe::Stockholm;

use super::answers::Question;
use super::case::Case;
use super::finding::{Allowed, Finding, Findings};
use super::rule::Rule;
use super::step::{Form, StepKind};
use super::transition::Facts;

/// The Swedish calendar day of an instant.
#[must_use]
pub fn swedish_day(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&Stockholm).date_naive()
}

/// The day `days` after `day`; the last day of the calendar where there is none.
#[must_use]
pub fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days))
        .unwrap_or(NaiveDate::MAX)
}

/// The day `days` before `day`.
#[must_use]
pub fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days))
        .unwrap_or(NaiveDate::MIN)
}

/// Every rule of dates for the step at `index`.
pub fn check(case: &Case, index: usize, pointer: &str, facts: &Facts<'_>, findings: &mut Findings) {
    order(case, index, pointer, findings);
    not_too_far_ahead(case, index, pointer, facts, findings);
    not_before_birth(case, index, pointer, findings);
    offices_valid(case, index, pointer, facts, findings);
    meetings_inside_gk(case, index, findings);
}

/// Each step is dated at least one day after the one before; GK and the planned insats have words of their own.
fn order(case: &Case, index: usize, pointer: &str, findings: &mut Findings) {
    let Some(before) = case.before(index) else {
        return;
    };
    let step = &case.steps[index];
    if step.date > before.date {
        return;
    }
    let planned_on_gk =
        before.kind == StepKind::Gk && step.kind.is_planned() && step.date == before.date;
    let rule = if planned_on_gk {
        Rule::GkPlaneradSammaDag
    } else {
        Rule::DatumOrdning
    };
    findings.push(Finding::new(rule, pointer).allowed(Allowed::DateFrom(later(before.date, 1))));
}

/// Activities and endings may not be in the future; waiting steps may be dated some days ahead. The `avbrutet`
/// of a withdrawal may stand one day ahead.
fn not_too_far_ahead(
    case: &Case,
    index: usize,
    pointer: &str,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    let step = &case.steps[index];
    if step.kind.form() == Form::Waiting {
        let last = later(facts.today, facts.settings.waiting_days_ahead);
        if step.date > last {
            findings
                .push(Finding::new(Rule::DatumLangtFram, pointer).allowed(Allowed::DateTo(last)));
        }
        return;
    }
    let by_withdrawal = case
        .withdrawal
        .as_ref()
        .is_some_and(|w| w.registration == step.registration);
    let last = if by_withdrawal {
        later(facts.today, 1)
    } else {
        facts.today
    };
    if step.date > last {
        findings.push(Finding::new(Rule::DatumFramtid, pointer).allowed(Allowed::DateTo(last)));
    }
}

fn not_before_birth(case: &Case, index: usize, pointer: &str, findings: &mut Findings) {
    if let Some(birth) = case.birth
        && case.steps[index].date < birth
    {
        findings
            .push(Finding::new(Rule::DatumForeFodelse, pointer).allowed(Allowed::DateFrom(birth)));
    }
}

/// Nothing is dated outside the first–last day of the offices that it belongs to.
fn offices_valid(
    case: &Case,
    index: usize,
    pointer: &str,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    let day = case.steps[index].date;
    let pair = case.offices_on(day);
    for code in [&pair.fk, &pair.af] {
        let Some(office) = facts.organisation.offices.get(code) else {
            continue;
        };
        if !office.validity.contains(day) {
            let allowed = match office.validity.to {
                Some(to) => Allowed::DateBetween(office.validity.from, to),
                None => Allowed::DateFrom(office.validity.from),
            };
            findings.push(Finding::new(Rule::KontorInteGiltigt, pointer).allowed(allowed));
        }
    }
}

/// Meeting dates lie from the day of GK to the day before the next step.
fn meetings_inside_gk(case: &Case, index: usize, findings: &mut Findings) {
    let step = &case.steps[index];
    let (first, last) = if step.kind == StepKind::Gk {
        (step.date, None)
    } else if let Some(gk) = case.before(index).filter(|b| b.kind == StepKind::Gk) {
        (gk.date, Some(earlier(step.date, 1)))
    } else {
        return;
    };
    for (place, day) in step.answers.dates(Question::Moten).iter().enumerate() {
        if *day < first || last.is_some_and(|last| *day > last) {
            let allowed = last.map_or(Allowed::DateFrom(first), |last| {
                Allowed::DateBetween(first, last.max(first))
            });
            findings.push(
                Finding::new(Rule::MotenUtanforGk, format!("/answers/moten/{place}"))
                    .allowed(allowed),
            );
        }
    }
}
