//! The cells of a report that a case is counted in: by its selections, splits, levels and times.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use super::quality::{Observed, observed};
use super::seen::{Seen, What, seen};
use super::variables::codes_of;
use crate::domain::case::Case;
use crate::domain::organisation::Organisation;
use crate::domain::transition::Settings;
use crate::reports::cube::SAMTLIGA;
use crate::reports::quality;
use crate::reports::request::{Period, Request};
use crate::reports::selection::{Level, Selection};
use crate::reports::split::Choice;
use crate::reports::times::{Time, measured_on, months_until};
use crate::reports::variables::Variable;

/// A code of each dimension.
pub type Codes = Vec<Cow<'static, str>>;

/// What decides beside a case which cells of a report it is counted in.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Which report, of whom.
    pub request: &'a Request,
    /// By this register.
    pub organisation: &'a Organisation,
    /// On these levels.
    pub levels: &'a [Level],
    /// As known on: states are measured no later.
    pub as_of: DateTime<Utc>,
    /// Lead times, by which the next registration is due.
    pub settings: &'a Settings,
}

/// Tells each cell that a case is counted in: the level's place among those asked for, the part, the codes of its row, and
/// what is counted there. A case may be told several times in a cell.
pub fn each_cell(asked: &Asked<'_>, case: &Case, mut see: impl FnMut(usize, &'static str, Codes, What)) {
    let request = asked.request;
    if request.report == quality::ID {
        return each_observed(asked, case, |observed, level, codes| see(level, observed.part(), codes, What::One));
    }
    let Some(form) = request.form().filter(|_| !case.felregistrering) else { return };
    let mut at = |period: Period, part: Option<&'static str>, time: bool| {
        let code = time.then(|| Time::of(period.from(), period.to()).code);
        let all = seen(form, case, (period, measured_on(period, asked.as_of))).into_iter();
        let months = |id: &str| form.parts.iter().any(|part| part.id == id && part.months > 0);
        let here = all.filter(|s| part.map_or(request.every.is_some() || !months(s.part), |part| s.part == part));
        for seen in here {
            of_one(asked, case, (&seen, period), None, |level, mut codes| {
                codes.extend(code.clone().map(Cow::Owned));
                see(level, seen.part, codes, seen.what);
            });
        }
    };
    if let Some(every) = request.every {
        every.periods(request.period).into_iter().for_each(|period| at(period, None, true));
        return;
    }
    at(request.period, None, false);
    for part in form.parts.iter().filter(|part| part.months > 0) {
        let months = months_until(request.period.to(), part.months);
        months.into_iter().for_each(|month| at(month, Some(part.id), true));
    }
}

/// The same of `datakvalitet`, with what was observed.
pub(in crate::reports) fn each_observed(asked: &Asked<'_>, case: &Case, mut see: impl FnMut(&Observed, usize, Codes)) {
    if case.felregistrering {
        return;
    }
    let (whole, every) = (asked.request.period, asked.request.every);
    let urval = asked.levels.first().map_or(&Selection::All, |level| &level.selection);
    for period in every.map_or_else(|| vec![whole], |every| every.periods(whole)) {
        let time = every.map(|_| Time::of(period.from(), period.to()).code);
        for observed in observed(case, period, asked) {
            let units = observed.units(case, urval);
            of_one(asked, case, (&observed.seen, period), Some(&units), |level, mut codes| {
                codes.extend(time.clone().map(Cow::Owned));
                see(&observed, level, codes);
            });
        }
    }
}

/// The cells of one thing that is counted; under some units, where the report has them.
fn of_one(
    asked: &Asked<'_>,
    case: &Case,
    (seen, period): (&Seen, Period),
    units: Option<&[String]>,
    mut see: impl FnMut(usize, Codes),
) {
    let request = asked.request;
    let form = request.form().and_then(|form| form.parts.iter().find(|part| part.id == seen.part));
    let split = request.splits.iter().filter(|variable| form.is_none_or(|form| form.splits(**variable)));
    let last_day = request.form().map_or(period.to(), |form| form.last_day(period, asked.as_of));
    let codes = |variable: Variable| codes_of(variable, case, seen.day, last_day, asked.organisation);
    // Anonymous cases have places only.
    let applies = |choice: &&Choice| seen.part != "anonyma" || is_place(choice.variable);
    let chosen = |choice: &Choice| codes(choice.variable).iter().any(|code| choice.codes.contains(code));
    if !request.choices.iter().filter(applies).all(chosen) {
        return;
    }
    // Anonymous cases have no kommun: their share is not told where cases are selected by it.
    let told = |level: &Level| seen.part != "andel_anonyma" || !level.selection.is_by_municipality();
    let here = |level: &Level| told(level) && includes(&level.selection, case, seen.day);
    for (at, _) in asked.levels.iter().enumerate().filter(|(_, level)| here(level)) {
        let splits = split.clone().map(|variable| codes(*variable));
        combinations(request, seen, case, units, splits).into_iter().for_each(|codes| see(at, codes));
    }
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
    units: Option<&[String]>,
    splits: impl Iterator<Item = Vec<String>>,
) -> Vec<Codes> {
    let form = request.form().and_then(|form| form.parts.iter().find(|part| part.id == seen.part));
    let axes = form.map_or(&[][..], |part| part.axes);
    let own = axes.iter().filter(|axis| axis.name != quality::ENHET);
    let own = seen.codes.iter().copied().chain([case.sex.code()]).zip(own).map(|(code, axis)| {
        std::iter::once(code).chain(axis.summed.then_some(SAMTLIGA)).map(Cow::Borrowed).collect::<Codes>()
    });
    let mut of_axes: Vec<Codes> = own.collect();
    if let Some(units) = units {
        of_axes.insert(1, units.iter().cloned().map(Cow::Owned).collect());
    }
    let with_total = |codes: Vec<String>| codes.into_iter().map(Cow::Owned).chain([Cow::Borrowed(SAMTLIGA)]).collect();
    of_axes.extend(splits.map(with_total));
    of_axes.into_iter().fold(vec![Vec::new()], |shorter, codes| {
        let longer = |start: &Codes| {
            codes.iter().map(|code| start.iter().chain([code]).cloned().collect::<Codes>()).collect::<Vec<_>>()
        };
        shorter.iter().flat_map(longer).collect()
    })
}
