//! What the baspaket sees of a case whatever its place: the contributions of the plain loop, and, of what is counted once
//! a case, every day on which it is somewhere.

use chrono::NaiveDate;

use crate::domain::case::Case;
use crate::domain::step::StepKind;

use super::cube::SAMTLIGA;
use super::oracle::{Seen, What, days_at_places};
use super::plain::{Adds, contributions};
use super::request::Period;
use super::selection::Selection;

pub(super) fn seen(case: &Case, period: Period) -> Vec<Seen> {
    let mut all = Vec::new();
    for added in contributions(case, period, &Selection::All) {
        let codes: Vec<&'static str> = added.codes.into_iter().filter(|code| !code.is_empty()).collect();
        let own = codes[..codes.len() - 1].to_vec();
        let what = match added.adds {
            Adds::One if added.part == "nya_insats" && own == [SAMTLIGA] => continue,
            Adds::One => What::One,
            Adds::Days(days) => What::Days(days),
            Adds::Distinct => continue,
        };
        all.push(Seen { part: added.part, codes: own, day: added.day, what });
    }
    for kind in [StepKind::Afi, StepKind::Ali] {
        let Some(first) = case.steps.iter().find(|step| step.kind == kind) else { continue };
        if period.contains(first.date) {
            all.push(Seen { part: "nya_insats", codes: vec![SAMTLIGA], day: first.date, what: What::Distinct });
        }
    }
    for (i, step) in case.steps.iter().enumerate().filter(|(_, step)| step.kind.is_insats()) {
        let last = case.steps.get(i + 1).map_or(Some(NaiveDate::MAX), |next| next.date.pred_opt());
        for day in days_at_places(case, step.date, last.unwrap(), period) {
            for code in [step.kind.code(), SAMTLIGA] {
                all.push(Seen { part: "aktiva", codes: vec![code], day, what: What::Distinct });
            }
        }
    }
    all
}
