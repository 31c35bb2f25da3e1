//! The rows that each part counts, and under which of its codes.
//!
//! Never here: selections by variables, and what is made of what is seen.

use polars::prelude::PolarsResult;

use crate::domain::command::CorrectionKind;
use crate::domain::due::owner_after;
use crate::domain::step::{Agency, StepKind};
use crate::reports::facts::Facts;
use crate::reports::frame::When;
use crate::reports::observations::{ENTERED, Kind, part};
use crate::reports::tally::{Pass, View};
use crate::reports::variables::COVERED;

use super::bits::{answer_missing, band_of, days_past, on_behalf, registered_by};
use super::parts::{PAST_DUE, Part};
use super::units::Whose;

/// The days that decide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    pub(super) from: i32,
    pub(super) to: i32,
    /// On which states are measured.
    pub(super) measured: i32,
}

/// Something that a part counts.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    /// Number of the case.
    pub(super) case: u32,
    pub(super) place: u32,
    /// Its event, or the day since when the state lasts.
    pub(super) day: i32,
    /// The code of the step or correction.
    pub(super) what: &'static str,
    pub(super) sex: usize,
    pub(super) whose: Whose,
    /// The places of its codes in the part's own dimension.
    pub(super) codes: &'a [usize],
}

const LASTING: usize = 6;

fn step(kind: usize) -> StepKind {
    StepKind::ALL[kind.min(StepKind::ALL.len() - 1)]
}

/// Shows everything that a part counts at the places of a pass.
pub(super) fn each(
    pass: &Pass<'_>,
    facts: &Facts,
    counted: Part,
    days: Days,
    mut see: impl FnMut(&Seen<'_>),
) -> PolarsResult<()> {
    match counted {
        Part::Aktualitet => registrations(pass, days, see, |key| Some(band_of(key))),
        Part::SaknadeSvar => registrations(pass, days, see, |key| answer_missing(key).map(usize::from)),
        Part::ForAnnansRakning => registrations(pass, days, see, |key| Some(usize::from(on_behalf(key)))),
        Part::Forsenade => states(pass, days, |row| {
            // Overdue, and of that a registration or the follow-up of an insats; not overdue; all.
            let codes: &[usize] = match row.past > 0 {
                true if row.step.is_insats() => &[0, 2, 4],
                true => &[0, 1, 4],
                false => &[3, 4],
            };
            see(&row.seen(Whose::Agency(row.owner), codes));
        }),
        Part::Vantar => states(pass, days, |row| {
            let mut codes: Vec<usize> = (0..PAST_DUE.len()).filter(|i| row.past > PAST_DUE[*i]).collect();
            codes.push(PAST_DUE.len());
            see(&row.seen(Whose::Agency(1 - row.owner), &codes));
        }),
        Part::Tackning => {
            let with_kommun: Vec<bool> = facts.places.iter().map(|place| place.municipality.is_some()).collect();
            states(pass, days, |row| {
                let known = facts.profiles.of(row.case)[1] >> COVERED;
                let here = with_kommun.get(row.place as usize).copied().unwrap_or(false);
                let mut codes: Vec<usize> = here.then_some(0).into_iter().collect();
                codes.extend((0..4).filter(|bit| known >> bit & 1 == 1).map(|bit| bit + 1));
                codes.push(5);
                see(&row.seen(Whose::Both, &codes));
            })
        }
        Part::Rattelser => in_period(pass, Kind::Correction, days, |view, at| {
            let key = view.columns.key[at.row];
            let what = CorrectionKind::CODES.get(part(key, 1)).copied().unwrap_or_default();
            see(&seen(view, at, what, Whose::Agency(part(key, 2)), &[part(key, 1)]));
        }),
        Part::AndelAnonyma => {
            let request = StepKind::Begaran.code();
            in_period(pass, Kind::Step, days, |view, at| {
                let key = view.columns.key[at.row];
                if part(key, 1) == StepKind::Begaran as usize && part(key, 2) & ENTERED != 0 {
                    see(&seen(view, at, request, Whose::Both, &[0]));
                }
            })?;
            in_period(pass, Kind::Anonymous, days, |view, at| {
                if part(view.columns.key[at.row], 2) & ENTERED != 0 {
                    see(&seen(view, at, request, Whose::Both, &[1]));
                }
            })
        }
    }
}

/// A row of a view: where it stands, and its place.
#[derive(Clone, Copy)]
struct At {
    row: usize,
    place: u32,
}

fn seen<'a>(view: &View<'_>, at: At, what: &'static str, whose: Whose, codes: &'a [usize]) -> Seen<'a> {
    let columns = &view.columns;
    let At { row, place } = at;
    let sex = part(columns.key[row], 0);
    Seen { case: columns.case[row], place, day: columns.day[row], what, sex, whose, codes }
}

fn in_period(pass: &Pass<'_>, kind: Kind, days: Days, mut see: impl FnMut(&View<'_>, At)) -> PolarsResult<()> {
    for view in pass.views(kind, When::Dated(days.from, days.to))? {
        view.each_placed(|place, row| see(&view, At { row, place }));
    }
    Ok(())
}

/// Steps dated in the period, under the agency that registered them.
fn registrations(
    pass: &Pass<'_>,
    days: Days,
    mut see: impl FnMut(&Seen<'_>),
    code: impl Fn(u32) -> Option<usize>,
) -> PolarsResult<()> {
    in_period(pass, Kind::Step, days, |view, at| {
        let key = view.columns.key[at.row];
        // A row that isn't the step's first only says where it was later.
        let Some(code) = code(key).filter(|_| part(key, 2) & ENTERED != 0) else { return };
        see(&seen(view, at, step(part(key, 1)).code(), Whose::Agency(registered_by(key)), &[code]));
    })
}

/// A case under way on the day.
struct State {
    case: u32,
    place: u32,
    day: i32,
    step: StepKind,
    sex: usize,
    /// Of the next registration: 0 FK, 1 AF.
    owner: usize,
    /// Days past due.
    past: i32,
}

impl State {
    fn seen<'a>(&self, whose: Whose, codes: &'a [usize]) -> Seen<'a> {
        let Self { case, place, day, step, sex, .. } = *self;
        Seen { case, place, day, what: step.code(), sex, whose, codes }
    }
}

/// Cases under way on the day: a case has one row that covers it.
fn states(pass: &Pass<'_>, days: Days, mut see: impl FnMut(&State)) -> PolarsResult<()> {
    for view in pass.views(Kind::Step, When::Lasting { from: days.measured, by: days.measured })? {
        let columns = &view.columns;
        let ends = columns.more[0];
        view.each_placed(|place, i| {
            let key = columns.key[i];
            let kind = part(key, 1);
            if kind >= LASTING || ends[i] <= days.measured {
                return;
            }
            let step = step(kind);
            see(&State {
                case: columns.case[i],
                place,
                day: columns.day[i],
                step,
                sex: part(key, 0),
                owner: usize::from(owner_after(step) == Some(Agency::Af)),
                past: days_past(key, columns.day[i], days.measured),
            });
        });
    }
    Ok(())
}
