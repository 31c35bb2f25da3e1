//! One pass over the columns a part and level: what is seen into cells, and cells into rows.

use chrono::NaiveDate;
use polars::prelude::PolarsResult;

use crate::reports::counting::{Question, counts};
use crate::reports::cube::Tally;
use crate::reports::disclosure::Policy;
use crate::reports::grid::{Grid, GridAxis};
use crate::reports::observations::day;
use crate::reports::report::{Figure, Row};
use crate::reports::selection::{Level, Selection};
use crate::reports::split::{Cells, Filter, Split, place_chosen};
use crate::reports::tally::Pass;
use crate::reports::variables::Origin;

use super::parts::Part;
use super::units::Units;
use super::visit::{Days, Seen, each};

/// What of the cases of a selection is counted.
pub(super) struct Counted<'a> {
    question: &'a Question<'a>,
    pass: Pass<'a>,
    filter: Filter,
    days: Days,
}

impl<'a> Counted<'a> {
    pub(super) fn new(question: &'a Question<'a>, selection: &Selection, measured: NaiveDate) -> Self {
        let mut pass = Pass::new(question.facts, question.period, selection);
        if question.choices.iter().any(|c| c.variable.row().origin == Origin::Place) {
            pass.only(|place| place_chosen(place, question.choices, question.organisation));
        }
        let (from, to) = (day(question.period.from()), day(question.period.to()));
        Self { question, pass, filter: Filter::new(question.choices), days: Days { from, to, measured: day(measured) } }
    }

    /// Shows what a part counts of those chosen, with their profiles.
    pub(super) fn each(&self, part: Part, mut see: impl FnMut(&Seen<'_>, [u64; 2])) -> PolarsResult<()> {
        let facts = self.question.facts;
        each(&self.pass, facts, part, self.days, |seen| {
            let profile = facts.profiles.of(seen.case);
            // The report takes no variable of the last day, so there is no state to ask for.
            if self.filter.lets(profile, || u8::MAX) {
                see(seen, profile);
            }
        })
    }
}

/// The rows of every part on one level.
pub(in crate::reports) fn rows(
    question: &Question<'_>,
    units: &Units,
    measured: NaiveDate,
    level: &Level,
    policy: Policy,
) -> PolarsResult<Vec<Vec<Row>>> {
    let counted = Counted::new(question, &level.selection, measured);
    let cells = Cells::new(question.splits, question.facts, question.organisation);
    let mut offsets = Vec::new();
    let mut all = Vec::with_capacity(Part::ALL.len());
    for part in Part::ALL {
        let [own, _, kon] = part.form().axes else { continue };
        let fixed = [GridAxis::from(own), units.axis(), GridAxis::from(kon)];
        let mut grid = Grid::<Tally>::new(fixed.into_iter().chain(question.splits.iter().map(Split::axis)).collect());
        counted.each(part, |seen, profile| {
            cells.of(profile, seen.place, || u8::MAX, &mut offsets);
            let record = question.facts.record_key(seen.case);
            for unit in units.of(seen.place, seen.whose) {
                for code in seen.codes {
                    let cell = ((code * units.len() + unit) * 2 + seen.sex) * cells.block;
                    offsets.iter().for_each(|offset| grid.cells[cell + offset].add(record));
                }
            }
        })?;
        let mut rows = counts(&grid.with_totals(), Some(own.name), &level.code, policy);
        if part == Part::AndelAnonyma && level.selection.is_by_municipality() {
            // An anonymous case has no kommun: it can be in none of these figures, so there is no share to tell.
            rows.iter_mut().for_each(|row| row.figures.fill(Figure::NotApplicable));
        }
        all.push(rows);
    }
    Ok(all)
}
