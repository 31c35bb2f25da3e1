//! Every report as a plain loop over cases, straight from the definitions: what the columns are
//! held against. Nothing here is done for speed, and nothing is shared with the columns but codes and who belongs to a
//! selection.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::answers::{Answers, Question};
use crate::domain::case::{Case, IdentityState};
use crate::domain::organisation::Organisation;
use crate::domain::step::{Form as StepForm, StepKind};

use super::baspaket::Form;
use super::cube::SAMTLIGA;
use super::forms;
use super::oracle_variables::{after_mapping, codes_of, occupation, yes_no};
use super::report::{Figure, Report, Row};
use super::request::{Period, Request};
use super::selection::{Level, Selection};
use super::split::Choice;
use super::times::{Time, months_until};
use super::variables::{SAKNAS, Variable};

/// Something a report counts of a case.
pub(super) struct Seen {
    pub(super) part: &'static str,
    /// The codes of the part's own dimensions but sex; `samtliga` only where that is no sum.
    pub(super) codes: Vec<&'static str>,
    /// On this day the case's places are those of the event.
    pub(super) day: NaiveDate,
    pub(super) what: What,
}

#[derive(Clone, Copy)]
pub(super) enum What {
    One,
    Days(i64),
    /// Once a case and cell.
    Distinct,
}

/// The figures so far of a row.
#[derive(Default)]
struct Cell {
    count: u64,
    days: Vec<i64>,
    distinct: BTreeSet<usize>,
}

/// Every row of the report, by part, level and codes.
pub(super) fn check(report: &Report, request: &Request, organisation: &Organisation, cases: &[Case]) {
    let form = forms::report(&request.report).unwrap();
    let levels = request.geography.resolve(organisation).unwrap().levels;
    let of_period = |period: Period| counted(request, period, organisation, cases, &levels);
    let whole = of_period(request.period);
    for (part, form) in report.parts.iter().zip(form.parts) {
        let combinations: usize = part.dimensions.iter().map(|d| d.codes.len()).product();
        assert_eq!(part.rows.len(), combinations * levels.len(), "{}", part.id);
        // Times stand beside each other as the last dimension.
        let times: Option<BTreeMap<String, Cells>> = times_of(form, request).map(|times| {
            times.into_iter().map(|period| (Time::of(period.from(), period.to()).code, of_period(period))).collect()
        });
        let nothing = Cell::default();
        for row in &part.rows {
            let mut codes: Vec<String> = row.codes.iter().map(ToString::to_string).collect();
            let cells = times.as_ref().map_or(&whole, |times| &times[&codes.pop().unwrap()]);
            let of = |row: &Row, codes: &[String]| {
                cells.get(&(part.id, row.level.clone(), codes.to_vec())).unwrap_or(&nothing)
            };
            let cell = of(row, &codes);
            let expected = match form.measures {
                // Where a case may be seen several times and is to be counted once, it is seen as distinct.
                super::baspaket::Measures::Count => vec![Figure::Count(cell.count + cell.distinct.len() as u64)],
                super::baspaket::Measures::Share(over) => {
                    let mut whole = codes.clone();
                    whole[part.dimensions.iter().position(|d| d.name == over).unwrap()] = SAMTLIGA.to_owned();
                    vec![Figure::Count(cell.count), Figure::share(cell.count, of(row, &whole).count)]
                }
                super::baspaket::Measures::Stock => {
                    vec![Figure::Count(cell.count), Figure::Count(cell.distinct.len() as u64)]
                }
                super::baspaket::Measures::Spread => spread(&cell.days),
                super::baspaket::Measures::Days => {
                    let all = spread(&cell.days);
                    [0, 1, 6].map(|at| all[at]).to_vec()
                }
            };
            assert_eq!(row.figures, expected, "{} {:?} {}", part.id, row.codes, row.level);
        }
    }
}

fn times_of(form: &Form, request: &Request) -> Option<Vec<Period>> {
    let months = || (form.months > 0).then(|| months_until(request.period.to(), form.months));
    request.every.map(|every| every.periods(request.period)).or_else(months)
}

fn spread(days: &[i64]) -> Vec<Figure> {
    let mut days = days.to_vec();
    days.sort_unstable();
    let n = days.len();
    let mean = (n > 0).then(|| days.iter().sum::<i64>() as f64 / n as f64);
    let median = (n > 0).then(|| (days[(n - 1) / 2] + days[n / 2]) as f64 / 2.0);
    let nearest = |percent: usize| (n > 0).then(|| days[((n * percent).div_ceil(100)).max(1) - 1] as f64);
    let mut figures = vec![Figure::number(mean), Figure::number(median)];
    figures.extend([10, 25, 75, 90].map(|percent| Figure::number(nearest(percent))));
    figures.push(Figure::Count(n as u64));
    figures
}

type Cells = BTreeMap<(&'static str, String, Vec<String>), Cell>;

fn counted(request: &Request, period: Period, organisation: &Organisation, cases: &[Case], levels: &[Level]) -> Cells {
    let mut cells = Cells::new();
    for (number, case) in cases.iter().enumerate().filter(|(_, case)| !case.felregistrering) {
        for seen in seen(&request.report, case, period) {
            let split = if seen.part == "anonyma" { &[][..] } else { &request.splits };
            let codes = |variable: Variable| codes_of(variable, case, seen.day, period, organisation);
            // Anonymous cases have places only.
            let applies = |choice: &&Choice| seen.part != "anonyma" || is_place(choice.variable);
            let chosen = |choice: &Choice| codes(choice.variable).iter().any(|code| choice.codes.contains(code));
            if !request.choices.iter().filter(applies).all(chosen) {
                continue;
            }
            for level in levels.iter().filter(|level| includes(&level.selection, case, seen.day)) {
                for codes in combinations(request, &seen, case, split.iter().map(|v| codes(*v))) {
                    let cell = cells.entry((seen.part, level.code.clone(), codes)).or_default();
                    match seen.what {
                        What::One => cell.count += 1,
                        What::Days(days) => cell.days.push(days),
                        What::Distinct => _ = cell.distinct.insert(number),
                    }
                }
            }
        }
    }
    cells
}

fn is_place(variable: Variable) -> bool {
    [Variable::Marknadsomrade, Variable::AfKontor, Variable::Verksamhetsomrade, Variable::FkKontor, Variable::Kommun]
        .contains(&variable)
}

fn includes(selection: &Selection, case: &Case, day: NaiveDate) -> bool {
    let offices = case.offices_on(day);
    selection.includes(&offices.fk, &offices.af, case.municipality.as_ref())
}

/// The rows that something is counted in.
fn combinations(
    request: &Request,
    seen: &Seen,
    case: &Case,
    splits: impl Iterator<Item = Vec<String>>,
) -> Vec<Vec<String>> {
    let form = forms::report(&request.report).unwrap();
    let axes = form.parts.iter().find(|part| part.id == seen.part).unwrap().axes;
    let own = seen.codes.iter().copied().chain([case.sex.code()]).zip(axes).map(|(code, axis)| {
        if axis.summed { vec![code.to_owned(), SAMTLIGA.to_owned()] } else { vec![code.to_owned()] }
    });
    let splits = splits.map(|mut codes| {
        codes.push(SAMTLIGA.to_owned());
        codes
    });
    own.chain(splits).fold(vec![Vec::new()], |shorter, codes| {
        let longer = |start: &Vec<String>| {
            codes.iter().map(|code| start.iter().chain([code]).cloned().collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        shorter.iter().flat_map(longer).collect()
    })
}

/// Everything that a report counts of a case.
fn seen(report: &str, case: &Case, period: Period) -> Vec<Seen> {
    let one = |part, codes: &[&'static str], day| Seen { part, codes: codes.to_vec(), day, what: What::One };
    if case.identity == IdentityState::Anonymous {
        return if report == "status" { anonymous(case, period) } else { Vec::new() };
    }
    let ended = case.ending().filter(|s| period.contains(s.date));
    let avslutat = ended.filter(|s| s.kind == StepKind::Avslutat);
    let mapped = avslutat.filter(|_| case.gk_date().is_some());
    let left = case.steps.windows(2).filter(|pair| period.contains(pair[1].date));
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
        "baspaket" => all.extend(super::oracle_baspaket::seen(case, period)),
        "flaskhalsar" => waiting(case, period, &mut all),
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
    let form = forms::report("deltagare-bakgrund").unwrap();
    for part in form.parts {
        let variable = Variable::from_name(part.id).unwrap();
        let held = codes_of(variable, case, day, period, &Organisation::default());
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

fn waiting(case: &Case, period: Period, all: &mut Vec<Seen>) {
    let waits = |kind: StepKind| kind.form() == StepForm::Waiting || kind == StepKind::Gk;
    for pair in case.steps.windows(2).filter(|pair| waits(pair[0].kind)) {
        let what = What::Days((pair[1].date - pair[0].date).num_days());
        let seen = |part| Seen { part, codes: vec![pair[0].kind.code()], day: pair[1].date, what };
        all.extend(period.contains(pair[1].date).then(|| seen("vantetid")));
        all.extend(period.contains(pair[1].date).then(|| seen("utveckling")));
    }
    let last = period.to();
    if let Some(step) = case.step_on(last).filter(|step| waits(step.kind)) {
        let days = (last - step.date).num_days();
        let band = match days {
            0..=30 => "0_30",
            31..=90 => "31_90",
            91..=180 => "91_180",
            181..=365 => "181_365",
            _ => "366_",
        };
        let seen = |part, codes, what| Seen { part, codes, day: last, what };
        all.push(seen("vantar", vec![step.kind.code()], What::Days(days)));
        all.push(seen("vantar_tid", vec![step.kind.code(), band], What::One));
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
