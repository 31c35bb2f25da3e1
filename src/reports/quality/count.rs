//! One pass over the columns a part and level: what is seen into cells, and cells into rows.

use polars::prelude::PolarsResult;

use crate::reports::classes::{CountedIn, RowCells};
use crate::reports::counting::{Question, counts};
use crate::reports::cube::Tally;
use crate::reports::disclosure::Policy;
use crate::reports::grid::{Grid, GridAxis};
use crate::reports::observations::day;
use crate::reports::report::{Figure, Row};
use crate::reports::selection::{Level, Selection};
use crate::reports::split::Split;
use crate::reports::tally::Pass;

use super::parts::Part;
use super::units::Units;
use super::visit::{Days, Seen, each};

/// What of the cases of a selection is counted.
pub(super) struct Counted<'a> {
    question: &'a Question<'a>,
    pass: Pass<'a>,
    days: Days,
}

impl<'a> Counted<'a> {
    pub(super) fn new(question: &'a Question<'a>, selection: &Selection) -> Self {
        let [from, to, measured] = [question.period.from(), question.period.to(), question.measured].map(day);
        Self { question, pass: question.pass(selection), days: Days { from, to, measured } }
    }

    /// Shows what a part counts of those chosen, with their cells.
    pub(super) fn each(&self, part: Part, mut see: impl FnMut(&Seen<'_>, RowCells<'_>)) -> PolarsResult<()> {
        let Question { facts, classes, .. } = *self.question;
        each(&self.pass, facts, part, self.days, |seen| {
            if let Some(cells) = classes.of(seen.case, classes.of_place(seen.place, CountedIn::Splits)) {
                see(seen, cells);
            }
        })
    }
}

/// The rows of every part on one level.
pub(in crate::reports) fn rows(
    question: &Question<'_>,
    units: &Units,
    level: &Level,
    policy: Policy,
) -> PolarsResult<Vec<Vec<Row>>> {
    let counted = Counted::new(question, &level.selection);
    let mut all = Vec::with_capacity(Part::ALL.len());
    for part in Part::ALL {
        let [own, _, kon] = part.form().axes else { continue };
        let fixed = [GridAxis::from(own), units.axis(), GridAxis::from(kon)];
        let mut grid = Grid::<Tally>::new(fixed.into_iter().chain(question.splits.iter().map(Split::axis)).collect());
        counted.each(part, |seen, cells| {
            let record = question.facts.record_key(seen.case);
            for unit in units.of(seen.place, seen.whose) {
                for code in seen.codes {
                    let first =
                        ((code * units.len() + unit) * 2 + seen.sex) * question.classes.block(CountedIn::Splits);
                    cells.each(|cell| grid.cells[first + cell].add(record));
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
