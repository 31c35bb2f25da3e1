//! The cells of a report that a case is counted in: by its selections, splits, levels and times.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::seen::{Seen, What, seen};
use super::variables::codes_of;
use crate::domain::case::Case;
use crate::domain::organisation::Organisation;
use crate::reports::cube::SAMTLIGA;
use crate::reports::request::{Period, Request};
use crate::reports::selection::{Level, Selection};
use crate::reports::split::Choice;
use crate::reports::times::{Time, months_until};
use crate::reports::variables::Variable;

/// A code of each dimension.
pub type Codes = Vec<Cow<'static, str>>;

/// Tells each cell that a case is counted in: the level's place among `levels`, the part, the codes of its row, and what
/// is counted there. A case may be told several times in a cell.
pub fn each_cell(
    request: &Request,
    organisation: &Organisation,
    levels: &[Level],
    case: &Case,
    mut see: impl FnMut(usize, &'static str, Codes, What),
) {
    let Some(form) = request.form().filter(|_| !case.felregistrering) else { return };
    let mut at = |period: Period, part: Option<&'static str>, time: bool| {
        let code = time.then(|| Time::of(period.from(), period.to()).code);
        let all = seen(&request.report, case, period).into_iter();
        let months = |id: &str| form.parts.iter().any(|part| part.id == id && part.months > 0);
        let here = all.filter(|s| part.map_or(request.every.is_some() || !months(s.part), |part| s.part == part));
        for seen in here {
            of_one(request, organisation, levels, case, (&seen, period), |level, mut codes| {
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

/// The cells of one thing that is counted.
fn of_one(
    request: &Request,
    organisation: &Organisation,
    levels: &[Level],
    case: &Case,
    (seen, period): (&Seen, Period),
    mut see: impl FnMut(usize, Codes),
) {
    let split = if seen.part == "anonyma" { &[][..] } else { &request.splits };
    let codes = |variable: Variable| codes_of(variable, case, seen.day, period, organisation);
    // Anonymous cases have places only.
    let applies = |choice: &&Choice| seen.part != "anonyma" || is_place(choice.variable);
    let chosen = |choice: &Choice| codes(choice.variable).iter().any(|code| choice.codes.contains(code));
    if !request.choices.iter().filter(applies).all(chosen) {
        return;
    }
    for (at, _) in levels.iter().enumerate().filter(|(_, level)| includes(&level.selection, case, seen.day)) {
        let splits = split.iter().map(|variable| codes(*variable));
        combinations(request, seen, case, splits).into_iter().for_each(|codes| see(at, codes));
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
fn combinations(request: &Request, seen: &Seen, case: &Case, splits: impl Iterator<Item = Vec<String>>) -> Vec<Codes> {
    let form = request.form().and_then(|form| form.parts.iter().find(|part| part.id == seen.part));
    let axes = form.map_or(&[][..], |part| part.axes);
    let own = seen.codes.iter().copied().chain([case.sex.code()]).zip(axes).map(|(code, axis)| {
        std::iter::once(code).chain(axis.summed.then_some(SAMTLIGA)).map(Cow::Borrowed).collect::<Codes>()
    });
    let splits =
        splits.map(|codes| codes.into_iter().map(Cow::Owned).chain([Cow::Borrowed(SAMTLIGA)]).collect::<Codes>());
    own.chain(splits).fold(vec![Vec::new()], |shorter, codes| {
        let longer = |start: &Codes| {
            codes.iter().map(|code| start.iter().chain([code]).cloned().collect::<Codes>()).collect::<Vec<_>>()
        };
        shorter.iter().flat_map(longer).collect()
    })
}
