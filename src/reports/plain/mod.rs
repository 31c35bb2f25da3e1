//! Reports as a plain loop over cases, straight from the definitions: the oracle of the columns, and the text to read
//! when a figure is in doubt. What one case adds to any report ([`each_cell`]) also tells why figures changed
//! ([`super::difference`]).
//!
//! Here: the baspaket whole. `seen`: what each report counts of a case, and `quality` what `datakvalitet` does;
//! `variables`: what it is selected and split by; `cells`: the rows that it is counted in.
//!
//! Never here: columns, polars, or anything done for speed. Shares only the codes ([`PARTS`]), who belongs to a
//! selection, and which day states are measured on with the rest of the room.

mod baspaket;
mod cells;
mod quality;
mod seen;
mod variables;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::answers::Question;
use crate::domain::case::{Case, IdentityState};
use crate::domain::step::{Form, StepKind};

use super::baspaket::{Form as PartForm, Measures, PARTS};
use super::cube::{Axis, SAMTLIGA};
use super::report::{Figure, Row};
use super::request::Period;
use super::selection::{Level, Selection};

#[cfg(test)]
pub(in crate::reports) use cells::each_observed;
pub use cells::{Asked, Codes as RowCodes, each_cell};
pub use seen::What;

/// A code of each dimension, in the part's order; the rest is empty.
pub type Codes = [&'static str; 3];

/// What one case adds to a part, in the cell of these codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contribution {
    /// The part's id.
    pub part: &'static str,
    /// The cell; totals that are sums are left to whoever adds.
    pub codes: Codes,
    /// What is added there.
    pub adds: Adds,
    /// On this day the case's places are those of what is counted.
    pub day: NaiveDate,
}

/// What is added to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adds {
    /// One to `antal`.
    One,
    /// One to `distinkta`.
    Distinct,
    /// One observation of so many days.
    Days(i64),
}

fn padded(codes: &[&'static str]) -> Codes {
    let mut all = [""; 3];
    for (to, code) in all.iter_mut().zip(codes) {
        *to = code;
    }
    all
}

/// What was observed in a part.
#[derive(Debug, Default)]
struct Sheet {
    counts: BTreeMap<Codes, u64>,
    distinct: BTreeMap<Codes, u64>,
    days: BTreeMap<Codes, Vec<i64>>,
}

/// What agrees with the wanted codes: the same, or any where the total is the sum.
fn agreeing<'a, T>(all: &'a BTreeMap<Codes, T>, axes: &'a [Axis], wanted: Codes) -> impl Iterator<Item = &'a T> {
    let agrees = move |codes: &Codes| {
        let summed = |i: usize| axes.get(i).is_some_and(|a| a.summed) && wanted[i] == SAMTLIGA;
        (0..3).all(|i| codes[i] == wanted[i] || summed(i))
    };
    all.iter().filter(move |(codes, _)| agrees(codes)).map(|(_, value)| value)
}

impl Sheet {
    fn add(&mut self, codes: Codes, adds: Adds) {
        match adds {
            Adds::One => *self.counts.entry(codes).or_default() += 1,
            Adds::Distinct => *self.distinct.entry(codes).or_default() += 1,
            Adds::Days(days) => self.days.entry(codes).or_default().push(days),
        }
    }

    fn figures(&self, form: &PartForm, codes: &[&'static str]) -> Vec<Figure> {
        let count = |codes: Codes| agreeing(&self.counts, form.axes, codes).sum::<u64>();
        let codes = padded(codes);
        match form.measures {
            Measures::Count => vec![Figure::Count(count(codes))],
            Measures::Stock => {
                let distinct = agreeing(&self.distinct, form.axes, codes).sum();
                vec![Figure::Count(count(codes)), Figure::Count(distinct)]
            }
            Measures::Share(over) => {
                let mut whole = codes;
                for (code, axis) in whole.iter_mut().zip(form.axes) {
                    if axis.name == over {
                        *code = SAMTLIGA;
                    }
                }
                vec![Figure::Count(count(codes)), Figure::share(count(codes), count(whole))]
            }
            Measures::Days | Measures::Spread => {
                let mut days: Vec<i64> = agreeing(&self.days, form.axes, codes).flatten().copied().collect();
                days.sort_unstable();
                let n = days.len();
                let mean = (n > 0).then(|| days.iter().sum::<i64>() as f64 / n as f64);
                let median = (n > 0).then(|| (days[(n - 1) / 2] + days[n / 2]) as f64 / 2.0);
                vec![Figure::number(mean), Figure::number(median), Figure::Count(n as u64)]
            }
        }
    }
}

fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    (to - from).num_days()
}

/// One case being counted.
struct Loop<'a> {
    period: Period,
    selection: &'a Selection,
    added: Vec<Contribution>,
}

/// A part being added to.
struct Sink<'a>(&'static str, NaiveDate, &'a mut Vec<Contribution>);

impl Sink<'_> {
    fn add(self, codes: &[&'static str], adds: Adds) {
        self.2.push(Contribution { part: self.0, codes: padded(codes), adds, day: self.1 });
    }

    fn count(self, codes: &[&'static str]) {
        self.add(codes, Adds::One);
    }

    fn count_distinct(self, codes: &[&'static str]) {
        self.add(codes, Adds::Distinct);
    }

    fn add_days(self, codes: &[&'static str], days: i64) {
        self.add(codes, Adds::Days(days));
    }
}

impl Loop<'_> {
    fn sheet(&mut self, part: &'static str, day: NaiveDate) -> Sink<'_> {
        Sink(part, day, &mut self.added)
    }

    /// Whether the case belonged to the selection on a day.
    fn selected(&self, case: &Case, day: NaiveDate) -> bool {
        let offices = case.offices_on(day);
        self.selection.includes(&offices.fk, &offices.af, case.municipality.as_ref())
    }

    /// Whether something that happened on a day is counted.
    fn counted(&self, case: &Case, day: NaiveDate) -> bool {
        self.period.contains(day) && self.selected(case, day)
    }

    fn case(&mut self, case: &Case) {
        self.new_in_gk(case);
        self.left_gk(case);
        self.episodes(case);
        self.waits(case);
        self.new_in_insats(case);
        self.active(case);
        if let Some(ending) = case.ending().filter(|e| self.counted(case, e.date)) {
            self.time(case, ending.date);
            self.outcome(case);
        }
    }

    fn new_in_gk(&mut self, case: &Case) {
        if let Some(day) = case.gk_date().filter(|day| self.counted(case, *day)) {
            let by = case.steps[0].answers.code(Question::InitieradAv).unwrap_or("uppgift_saknas");
            self.sheet("nya_gk", day).count(&[by, case.sex.code()]);
        }
    }

    fn left_gk(&mut self, case: &Case) {
        let pair = case.steps.windows(2).find(|pair| pair[0].kind == StepKind::Gk);
        let Some(next) = pair.map(|pair| &pair[1]).filter(|next| self.counted(case, next.date)) else { return };
        let utfall = match next.kind {
            StepKind::Avslutat => {
                let answer = next.answers.code(Question::FortsattHandlaggning);
                answer.filter(|code| ["endast_af", "endast_fk", "ingen"].contains(code)).unwrap_or("uppgift_saknas")
            }
            other => other.code(),
        };
        self.sheet("utfall_gk", next.date).count(&[utfall, case.sex.code()]);
        let to = self.period.to();
        let first = case.steps.iter().find(|s| s.kind.is_insats() && s.date <= to);
        let insats = first.map_or("ingen", |s| s.kind.code());
        self.sheet("till_insats", next.date).count(&[insats, case.sex.code()]);
    }

    fn episodes(&mut self, case: &Case) {
        for pair in case.steps.windows(2) {
            if pair[0].kind.form() == Form::Activity && self.counted(case, pair[1].date) {
                let days = days_between(pair[0].date, pair[1].date);
                self.sheet("tid_insats", pair[1].date).add_days(&[pair[0].kind.code(), case.sex.code()], days);
            }
        }
    }

    fn waits(&mut self, case: &Case) {
        let mut since = None;
        for pair in case.steps.windows(2) {
            if pair[0].kind.form() != Form::Waiting {
                continue;
            }
            let first = *since.get_or_insert(pair[0].date);
            if pair[1].kind.form() == Form::Waiting {
                continue;
            }
            since = None;
            if self.counted(case, pair[1].date) {
                let end = if pair[1].kind.is_ending() { "avslut" } else { "aktivitet" };
                let codes = [pair[0].kind.code(), end, case.sex.code()];
                self.sheet("tid_vantan", pair[1].date).add_days(&codes, days_between(first, pair[1].date));
            }
        }
    }

    fn new_in_insats(&mut self, case: &Case) {
        let entered = |kind: &StepKind| {
            let first = case.steps.iter().find(|s| s.kind == *kind);
            first.filter(|s| self.counted(case, s.date)).map(|s| (s.kind, s.date))
        };
        let kinds: Vec<(StepKind, NaiveDate)> = [StepKind::Afi, StepKind::Ali].iter().filter_map(entered).collect();
        for (kind, day) in &kinds {
            self.sheet("nya_insats", *day).count(&[kind.code(), case.sex.code()]);
        }
        if let Some((_, day)) = kinds.first() {
            self.sheet("nya_insats", *day).count(&[SAMTLIGA, case.sex.code()]);
        }
    }

    fn active(&mut self, case: &Case) {
        let to = self.period.to();
        let on_last_day = case.step_on(to).filter(|s| s.kind.is_insats()).map(|s| s.kind.code());
        if let Some(code) = on_last_day.filter(|_| self.selected(case, to)) {
            self.sheet("aktiva", to).count(&[code, case.sex.code()]);
            self.sheet("aktiva", to).count(&[SAMTLIGA, case.sex.code()]);
        }
        let mut kinds: Vec<&'static str> = Vec::new();
        for (i, step) in case.steps.iter().enumerate().filter(|(_, s)| s.kind.is_insats()) {
            let first = step.date.max(self.period.from());
            let last = case.steps.get(i + 1).and_then(|n| n.date.pred_opt()).map_or(to, |d| d.min(to));
            if first > last {
                continue;
            }
            // The places of the case change only on the days when an office does.
            let changes = case.offices.iter().map(|p| p.from).filter(|d| first < *d && *d <= last);
            let somewhere = std::iter::once(first).chain(changes).any(|day| self.selected(case, day));
            if somewhere && !kinds.contains(&step.kind.code()) {
                kinds.push(step.kind.code());
            }
        }
        if !kinds.is_empty() {
            kinds.push(SAMTLIGA);
        }
        for kind in kinds {
            self.sheet("aktiva", to).count_distinct(&[kind, case.sex.code()]);
        }
    }

    fn time(&mut self, case: &Case, end: NaiveDate) {
        let sex = case.sex.code();
        let held = if case.gk_date().is_some() { "ja" } else { "nej" };
        for kind in StepKind::ALL.into_iter().filter(|k| !k.is_ending()) {
            let steps = case.steps.windows(2).filter(|pair| pair[0].kind == kind);
            let days = steps.map(|pair| days_between(pair[0].date, pair[1].date)).sum();
            self.sheet("tid_per_steg", end).add_days(&[kind.code(), held, sex], days);
        }
        let total = days_between(case.begun(), end);
        self.sheet("tid_per_steg", end).add_days(&[SAMTLIGA, held, sex], total);
        self.sheet("tid_samarbete", end).add_days(&["begaran", held, sex], total);
        if let Some(gk) = case.gk_date() {
            self.sheet("tid_samarbete", end).add_days(&["gk", held, sex], days_between(gk, end));
        }
    }

    fn outcome(&mut self, case: &Case) {
        let last = case.steps.iter().rev().find(|s| s.kind.form() == Form::Activity).map(|s| s.kind);
        let Some(last) = last.filter(|k| k.is_insats()) else { return };
        let ending = case.current();
        let yes = |q| ending.answers.yes(q) == Some(true);
        let works = yes(Question::Arbetar);
        let types = ending.answers.codes(Question::Arbetstyper).unwrap_or_default();
        let five = [
            Question::Arbetar,
            Question::Studerar,
            Question::Program,
            Question::OppetArbetslos,
            Question::FortsattHosFk,
        ];
        let utfall = if ending.kind == StepKind::Avbrutet {
            "avbrutet"
        } else if works && types.contains(&"ej_subventionerat") {
            "arbete_ej_subventionerat"
        } else if works && types.contains(&"subventionerat") {
            "arbete_subventionerat"
        } else if works {
            "arbete_typ_saknas"
        } else if yes(Question::Studerar) {
            "studier"
        } else if yes(Question::Program) {
            "program"
        } else if yes(Question::OppetArbetslos) {
            "oppet_arbetslos"
        } else if yes(Question::FortsattHosFk) {
            "fortsatt_fk"
        } else if five.into_iter().any(|q| ending.answers.yes(q).is_none()) {
            "uppgift_saknas"
        } else {
            "annat"
        };
        self.sheet("utfall_insats", ending.date).count(&[last.code(), utfall, case.sex.code()]);
    }
}

/// All that one case adds to the parts. A felregistrering and an anonymous case add nothing.
#[must_use]
pub fn contributions(case: &Case, period: Period, selection: &Selection) -> Vec<Contribution> {
    let mut all = Loop { period, selection, added: Vec::new() };
    if !case.felregistrering && case.identity != IdentityState::Anonymous {
        all.case(case);
    }
    all.added
}

/// The rows of each part on one level, in the order of [`PARTS`].
pub fn baspaket<'a>(cases: impl IntoIterator<Item = &'a Case>, period: Period, level: &Level) -> Vec<Vec<Row>> {
    let mut sheets: BTreeMap<&'static str, Sheet> = BTreeMap::new();
    for case in cases {
        for Contribution { part, codes, adds, .. } in contributions(case, period, &level.selection) {
            sheets.entry(part).or_default().add(codes, adds);
        }
    }
    let nothing = Sheet::default();
    PARTS
        .iter()
        .map(|form| {
            let sheet = sheets.get(form.id).unwrap_or(&nothing);
            let combinations = form.axes.iter().fold(vec![Vec::new()], |shorter, axis| {
                let extend =
                    |codes: Vec<&'static str>| axis.values().map(move |value| [codes.as_slice(), &[value]].concat());
                shorter.into_iter().flat_map(extend).collect()
            });
            let row = |codes: Vec<&'static str>| Row {
                level: level.code.clone(),
                figures: sheet.figures(form, &codes),
                codes: codes.into_iter().map(Into::into).collect(),
            };
            combinations.into_iter().map(row).collect()
        })
        .collect()
}

/// How many anonymous cases had a day in the period, or ended in it, at offices of the selection.
pub fn anonymous<'a>(cases: impl IntoIterator<Item = &'a Case>, period: Period, selection: &Selection) -> u64 {
    let any = Loop { period, selection, added: Vec::new() };
    let counted = cases.into_iter().filter(|case| {
        let last = case.ending().map_or(period.to(), |e| e.date.min(period.to()));
        let first = case.begun().max(period.from());
        let changes = case.offices.iter().map(|p| p.from).filter(|d| first < *d && *d <= last);
        let mut days = std::iter::once(first).chain(changes);
        case.identity == IdentityState::Anonymous
            && !case.felregistrering
            && first <= last
            && days.any(|day| any.selected(case, day))
    });
    counted.count() as u64
}
