//! What each report counts of a case, straight from the definitions.

use chrono::NaiveDate;

use super::variables::{after_mapping, codes_of, occupation, yes_no};
use crate::domain::answers::{Answers, Question};
use crate::domain::case::{Case, IdentityState, Step};
use crate::domain::organisation::Organisation;
use crate::domain::step::{Form as StepForm, StepKind};
use crate::reports::cube::SAMTLIGA;
use crate::reports::forms::{self, ReportForm};
use crate::reports::request::Period;
use crate::reports::variables::{SAKNAS, Variable};

/// Something a report counts of a case.
pub(super) struct Seen {
    pub(super) part: &'static str,
    /// The codes of the part's own dimensions but sex; `samtliga` only where that is no sum.
    pub(super) codes: Vec<&'static str>,
    /// On this day the case's places are those of the event.
    pub(super) day: NaiveDate,
    pub(super) what: What,
}

/// What is counted in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// One more.
    One,
    /// One observation of so many days.
    Days(i64),
    /// Once a case and cell.
    Distinct,
}

/// Everything that a report counts of a case in a period; `known` is the day of those measured where it tells states of a
/// day that was known.
pub(super) fn seen(form: &ReportForm, case: &Case, (period, known): (Period, NaiveDate)) -> Vec<Seen> {
    let report = form.id;
    let one = |part, codes: &[&'static str], day| Seen { part, codes: codes.to_vec(), day, what: What::One };
    if case.identity == IdentityState::Anonymous {
        return if report == "status" { anonymous(case, period) } else { Vec::new() };
    }
    let ended = case.ending().filter(|s| period.contains(s.date));
    let avslutat = ended.filter(|s| s.kind == StepKind::Avslutat);
    let mapped = avslutat.filter(|_| case.gk_date().is_some());
    let stays = |pair: &&[Step]| period.contains(pair[1].date) && !pair[0].kind.is_ending();
    let left = case.steps.windows(2).filter(stays);
    let mut all = Vec::new();
    match report {
        "status" => {
            lage(case, period, &mut all);
            for pair in left.filter(|pair| pair[0].kind.is_insats()) {
                all.push(one("avslutade_insatser", &[pair[0].kind.code()], pair[1].date));
            }
            all.extend(avslutat.map(|s| one("sysselsattning", &[occupation(Some(&s.answers))], s.date)));
        }
        "resultat-fortsatt-efter-gk" => {
            if let Some((day, code)) = after_mapping(case).filter(|(day, _)| period.contains(*day)) {
                all.push(one("fortsatt", &[code], day));
                all.push(one("fortsatt", &[SAMTLIGA], day));
                if code.starts_with("planerad") {
                    all.push(one("fortsatt", &["gemensamt_stod"], day));
                }
            }
        }
        "resultat-arbete-studier" | "deltagare-arbete-studier" => {
            if let Some(s) = mapped {
                all.push(one("efter", &[occupation(Some(&s.answers))], s.date));
                let changed = changes(&case.steps[0].answers, &s.answers);
                all.extend(changed.iter().map(|code| one("forandring", &[code], s.date)));
                if !changed.is_empty() {
                    all.push(one("forandring", &["nytt_eller_okat"], s.date));
                }
                all.push(one("forandring", &[SAMTLIGA], s.date));
            }
        }
        "resultat-fortsatt-fk" => {
            if let Some(s) = mapped {
                let last = case.steps.iter().rev().find(|s| s.kind.is_insats()).map_or("ingen", |s| s.kind.code());
                all.push(one("fortsatt_fk", &[yes_no(s.answers.yes(Question::FortsattHosFk)), last], s.date));
            }
        }
        "deltagare-sysselsattning" => {
            if let Some(s) = mapped {
                let before = occupation(Some(&case.steps[0].answers));
                all.push(one("sysselsattning", &[before, occupation(Some(&s.answers))], s.date));
            }
        }
        "deltagare-forman" | "deltagare-forman-efter" => {
            if let Some(s) = mapped {
                forman(report, case, &s.answers, s.date, &mut all);
            }
        }
        "deltagare-bakgrund" => background(case, period, &mut all),
        "deltagare-tider" => {
            for pair in left {
                let days = What::Days((pair[1].date - pair[0].date).num_days());
                all.push(Seen { part: "steg", codes: vec![pair[0].kind.code()], day: pair[1].date, what: days });
            }
            if let Some(s) = ended {
                let days = What::Days((s.date - case.begun()).num_days());
                let held = yes_no(Some(case.gk_date().is_some()));
                all.push(Seen { part: "samarbete", codes: vec![held], day: s.date, what: days });
            }
        }
        "baspaket" => all.extend(super::baspaket::seen(case, period)),
        "flaskhalsar" => waiting(form, case, (period, known), &mut all),
        "deltagare-floden" => {
            all.extend(left.map(|pair| one("floden", &[pair[0].kind.code(), pair[1].kind.code()], pair[1].date)));
        }
        _ => {}
    }
    all
}

fn changes(before: &Answers, after: &Answers) -> Vec<&'static str> {
    let mut all = Vec::new();
    for (question, share, new, more) in [
        (Question::Arbetar, Question::Arbetsandel, "arbete_nytt", "arbete_okat"),
        (Question::Studerar, Question::Studieandel, "studier_nya", "studier_okade"),
    ] {
        match (before.yes(question), after.yes(question)) {
            (Some(false), Some(true)) => all.push(new),
            (Some(true), Some(true)) => {
                if let (Some(then), Some(now)) = (before.percent(share), after.percent(share)) {
                    all.extend((now > then).then_some(more));
                }
            }
            _ => {}
        }
    }
    all
}

/// Codes of benefits as static texts.
fn benefits(answers: &Answers) -> Vec<&'static str> {
    match answers.codes(Question::Formaner) {
        None => vec![SAKNAS],
        Some([]) => vec!["ingen"],
        Some(codes) => codes.to_vec(),
    }
}

fn forman(report: &str, case: &Case, after: &Answers, day: NaiveDate, all: &mut Vec<Seen>) {
    let (before, after) = (benefits(&case.steps[0].answers), benefits(after));
    let both: Vec<&'static str> = before.iter().copied().filter(|code| after.contains(code)).collect();
    let mut add = |part, codes: Vec<&'static str>| all.push(Seen { part, codes, day, what: What::One });
    if report == "deltagare-forman-efter" {
        after.iter().chain(&[SAMTLIGA]).for_each(|code| add("forman_efter", vec![code]));
        return;
    }
    for (tid, codes) in [("fore", before), ("efter", after), ("bada", both)] {
        codes.iter().chain(&[SAMTLIGA]).for_each(|code| add("forman", vec![code, tid]));
    }
}

fn background(case: &Case, period: Period, all: &mut Vec<Seen>) {
    let day = case.begun();
    if !period.contains(day) {
        return;
    }
    for part in forms::report("deltagare-bakgrund").map_or(&[][..], |form| form.parts) {
        let Some(variable) = Variable::from_name(part.id) else { continue };
        let held = codes_of(variable, case, day, period.to(), &Organisation::default());
        let statics = part.axes[0].codes.iter().copied().filter(|code| held.iter().any(|c| c == code));
        let total = (!part.axes[0].summed).then_some(SAMTLIGA);
        for code in statics.chain(total) {
            all.push(Seen { part: part.id, codes: vec![code], day, what: What::One });
        }
    }
}

/// The days of a period on which a case that lasts from `first` to `last` begins to be at a place.
pub(super) fn days_at_places(case: &Case, first: NaiveDate, last: NaiveDate, period: Period) -> Vec<NaiveDate> {
    let (first, last) = (first.max(period.from()), last.min(period.to()));
    if first > last {
        return Vec::new();
    }
    let changes = case.offices.iter().map(|p| p.from).filter(|d| first < *d && *d <= last);
    std::iter::once(first).chain(changes).collect()
}

fn lage(case: &Case, period: Period, all: &mut Vec<Seen>) {
    for (i, step) in case.steps.iter().enumerate() {
        let ends = step.kind.is_ending();
        if ends && !period.contains(step.date) {
            continue;
        }
        let last = match case.steps.get(i + 1).and_then(|next| next.date.pred_opt()) {
            Some(before) => before,
            None if ends => step.date,
            None => NaiveDate::MAX,
        };
        for code in [step.kind.code(), SAMTLIGA] {
            let seen = |day, what| Seen { part: "lage", codes: vec![code], day, what };
            if ends {
                all.push(seen(step.date, What::One));
            } else if step.date <= period.to() && period.to() <= last {
                all.push(seen(period.to(), What::One));
            }
            all.extend(days_at_places(case, step.date, last, period).into_iter().map(|d| seen(d, What::Distinct)));
        }
    }
}

fn waiting(form: &ReportForm, case: &Case, (period, known): (Period, NaiveDate), all: &mut Vec<Seen>) {
    let waits = |kind: StepKind| kind.form() == StepForm::Waiting || kind == StepKind::Gk;
    for pair in case.steps.windows(2).filter(|pair| waits(pair[0].kind)) {
        let what = What::Days((pair[1].date - pair[0].date).num_days());
        let seen = |part| Seen { part, codes: vec![pair[0].kind.code()], day: pair[1].date, what };
        all.extend(period.contains(pair[1].date).then(|| seen("vantetid")));
        all.extend(period.contains(pair[1].date).then(|| seen("utveckling")));
    }
    for part in form.parts.iter().filter(|part| ["vantar", "vantar_tid"].contains(&part.id)) {
        let day = if part.known { known } else { period.to() };
        let Some(step) = case.step_on(day).filter(|step| waits(step.kind) && day >= period.from()) else { continue };
        let days = (day - step.date).num_days();
        let band = match days {
            0..=30 => "0_30",
            31..=90 => "31_90",
            91..=180 => "91_180",
            181..=365 => "181_365",
            _ => "366_",
        };
        let kind = step.kind.code();
        let (codes, what) =
            if part.id == "vantar" { (vec![kind], What::Days(days)) } else { (vec![kind, band], What::One) };
        all.push(Seen { part: part.id, codes, day, what });
    }
}

fn anonymous(case: &Case, period: Period) -> Vec<Seen> {
    let last = case.ending().map_or(NaiveDate::MAX, |s| s.date);
    let seen = |day, what| Seen { part: "anonyma", codes: Vec::new(), day, what };
    let mut all: Vec<Seen> =
        days_at_places(case, case.begun(), last, period).into_iter().map(|day| seen(day, What::Distinct)).collect();
    if case.begun() <= period.to() && period.to() < last {
        all.push(seen(period.to(), What::One));
    }
    all
}
