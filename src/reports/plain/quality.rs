//! What `datakvalitet` counts of a case, straight from the definitions.

use chrono::NaiveDate;

use super::cells::Asked;
use super::seen::{Seen, What};
use crate::domain::answers::Question;
use crate::domain::case::{Case, IdentityState, Step};
use crate::domain::dates::swedish_day;
use crate::domain::due;
use crate::domain::step::{Agency, StepKind};
use crate::reports::cube::SAMTLIGA;
use crate::reports::request::Period;
use crate::reports::selection::Selection;
use crate::reports::times::measured_on;

/// Something that is counted under a code of its part's own dimension.
pub(in crate::reports) struct Observed {
    pub(super) seen: Seen,
    /// Under which agencies, and their offices.
    pub(super) whose: Vec<Agency>,
}

impl Observed {
    /// The day that is told of it.
    #[cfg(test)]
    pub(in crate::reports) const fn day(&self) -> NaiveDate {
        self.seen.day
    }

    /// The part's id.
    pub(in crate::reports) const fn part(&self) -> &'static str {
        self.seen.part
    }

    /// Agencies and offices that it is counted under; of the whole country agencies only.
    pub(super) fn units(&self, case: &Case, selection: &Selection) -> Vec<String> {
        let offices = Some(case.offices_on(self.seen.day)).filter(|_| *selection != Selection::All);
        let own = |agency: &Agency| {
            let office = offices.map(|offices| offices.of(*agency).to_string());
            [Some(agency.code().to_owned()), office].into_iter().flatten()
        };
        self.whose.iter().flat_map(own).chain([SAMTLIGA.to_owned()]).collect()
    }
}

/// Of something, under each of these codes.
struct Sink<'a> {
    all: &'a mut Vec<Observed>,
    whose: Vec<Agency>,
    day: NaiveDate,
}

impl Sink<'_> {
    fn add(&mut self, part: &'static str, codes: &[&'static str]) {
        for code in codes {
            let seen = Seen { part, codes: vec![*code], day: self.day, what: What::One };
            self.all.push(Observed { seen, whose: self.whose.clone() });
        }
    }
}

/// Everything that the report counts of a case in a period.
pub(super) fn observed(case: &Case, period: Period, asked: &Asked<'_>) -> Vec<Observed> {
    let mut all = Vec::new();
    let anonymous = case.identity == IdentityState::Anonymous;
    if period.contains(case.begun()) {
        let whose = Agency::ALL.to_vec();
        let mut sink = Sink { all: &mut all, whose, day: case.begun() };
        sink.add("andel_anonyma", &[if anonymous { "anonymt" } else { "ej_anonymt" }]);
    }
    if anonymous {
        return all;
    }
    for (at, step) in case.steps.iter().enumerate().filter(|(_, step)| period.contains(step.date)) {
        let sink = Sink { all: &mut all, whose: vec![step.agency], day: step.date };
        registered(case, at, step, sink);
    }
    for made in &case.corrections {
        let day = swedish_day(made.known_from);
        if period.contains(day) {
            let mut sink = Sink { all: &mut all, whose: vec![made.agency], day };
            sink.add("rattelser", &[made.kind]);
        }
    }
    under_way(case, measured_on(period, asked.as_of), asked, &mut all);
    all
}

fn registered(case: &Case, at: usize, step: &Step, mut sink: Sink<'_>) {
    let known = swedish_day(step.known_from);
    let late = match (known - step.date).num_days() {
        ..0 => "i_forvag",
        0 => "0",
        1..=3 => "1_3",
        4..=6 => "4_6",
        7..=10 => "7_10",
        11.. => "11_",
    };
    sink.add("aktualitet", &[late]);
    sink.add("for_annans_rakning", &[if step.agreement.is_some() { "annans" } else { "egen" }]);
    let after_gk = at > 0 && case.steps[at - 1].kind == StepKind::Gk;
    if after_gk || [StepKind::Begaran, StepKind::Avslutat, StepKind::Avbrutet].contains(&step.kind) {
        let missing = case.missing_answers().iter().any(|(_, q)| missing_at(case, at, *q));
        sink.add("saknade_svar", &[if missing { "saknas" } else { "fullstandiga" }]);
    }
}

/// Whether a question that is missing somewhere in the case is so at this step: asked there, and not answered.
fn missing_at(case: &Case, at: usize, question: Question) -> bool {
    let step = &case.steps[at];
    let from = at.checked_sub(1).map(|before| case.steps[before].kind);
    step.answers.missing(from, step.kind).any(|q| q == question)
}

/// What the case is like on the day on which states are measured.
fn under_way(case: &Case, on: NaiveDate, asked: &Asked<'_>, all: &mut Vec<Observed>) {
    let Some(step) = case.step_on(on).filter(|step| !step.kind.is_ending()) else { return };
    // The case as it was while the step was the latest: then the next was due.
    let mut then = case.clone();
    then.steps.retain(|s| s.date <= step.date);
    let Some(due) = due::next(&then, asked.settings) else { return };
    let mut add = |part, codes: &[&'static str], whose| {
        Sink { all: &mut *all, whose, day: on }.add(part, codes);
    };
    let late: &[&str] = match (due.is_overdue(on), step.kind.is_insats()) {
        (true, true) => &["ja", "uppfoljning", SAMTLIGA],
        (true, false) => &["ja", "registrering", SAMTLIGA],
        (false, _) => &["nej", SAMTLIGA],
    };
    add("forsenade", late, vec![due.owner]);
    let bands = [(0, "over_0"), (7, "over_7"), (30, "over_30"), (90, "over_90")];
    let beyond = bands.into_iter().filter_map(|(days, code)| ((on - due.on).num_days() > days).then_some(code));
    add("vantar", &beyond.chain([SAMTLIGA]).collect::<Vec<_>>(), vec![due.owner.other()]);
    let known = [
        ("kommun", case.municipality.is_some()),
        ("fodelsedatum", case.birth.is_some()),
        ("handlaggare_fk", case.present_handler(Agency::Fk).is_some()),
        ("handlaggare_af", case.present_handler(Agency::Af).is_some()),
        ("alla_svar", case.missing_answers().is_empty()),
        (SAMTLIGA, true),
    ];
    let known: Vec<&str> = known.into_iter().filter_map(|(code, known)| known.then_some(code)).collect();
    add("tackning", &known, Agency::ALL.to_vec());
}
