//! Cells along axes that are known only when a report is asked for: a part's own and those of its splits.
//!
//! Lives here: where a cell stands, totals, and rows. Never here: what is counted.

use std::borrow::Cow;

use super::cube::{Axis, Merge, SAMTLIGA};
use super::report::Row;

/// An axis of a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GridAxis {
    /// The dimension's name.
    pub(super) name: &'static str,
    /// The codes that have cells of their own.
    pub(super) codes: Vec<Cow<'static, str>>,
    /// Whether `samtliga` is the sum of the codes; else it is one of them, or there is none.
    pub(super) summed: bool,
}

impl From<&Axis> for GridAxis {
    fn from(axis: &Axis) -> Self {
        let codes = axis.codes.iter().map(|code| Cow::Borrowed(*code)).collect();
        Self { name: axis.name, codes, summed: axis.summed }
    }
}

/// Cells; the last axis varies fastest.
#[derive(Debug, Clone)]
pub(super) struct Grid<T> {
    pub(super) axes: Vec<GridAxis>,
    pub(super) cells: Vec<T>,
}

impl<T: Merge + Clone> Grid<T> {
    pub(super) fn new(axes: Vec<GridAxis>) -> Self {
        let cells = axes.iter().map(|axis| axis.codes.len()).product();
        Self { axes, cells: vec![T::default(); cells] }
    }

    /// The same with `samtliga` added to every axis where it is a sum.
    pub(super) fn with_totals(mut self) -> Self {
        for at in 0..self.axes.len() {
            if !self.axes[at].summed {
                continue;
            }
            let codes = self.axes[at].codes.len();
            let inner: usize = self.axes[at + 1..].iter().map(|axis| axis.codes.len()).product();
            let mut cells = Vec::with_capacity(self.cells.len() / codes.max(1) * (codes + 1));
            for outer in self.cells.chunks(codes * inner) {
                let mut total = vec![T::default(); inner];
                for (i, cell) in outer.iter().enumerate() {
                    total[i % inner].merge(cell);
                }
                cells.extend_from_slice(outer);
                cells.append(&mut total);
            }
            self.cells = cells;
            self.axes[at].codes.push(Cow::Borrowed(SAMTLIGA));
            self.axes[at].summed = false;
        }
        self
    }

    /// The cell of the total over an axis for the cell at `place`; totals must be there.
    pub(super) fn whole(&self, place: usize, over: &str) -> &T {
        let Some(at) = self.axes.iter().position(|axis| axis.name == over) else { return &self.cells[place] };
        let inner: usize = self.axes[at + 1..].iter().map(|axis| axis.codes.len()).product();
        let codes = self.axes[at].codes.len();
        let code = place / inner % codes;
        // `samtliga` stands last.
        &self.cells[place + (codes - 1 - code) * inner]
    }

    /// A row a cell, in order.
    pub(super) fn rows(&self, level: &str, figures: impl Fn(usize, &T) -> Vec<super::report::Figure>) -> Vec<Row> {
        let mut at = vec![0; self.axes.len()];
        let mut rows = Vec::with_capacity(self.cells.len());
        for (place, cell) in self.cells.iter().enumerate() {
            let codes = self.axes.iter().zip(&at).map(|(axis, code)| axis.codes[*code].clone()).collect();
            rows.push(Row { codes, level: level.to_owned(), figures: figures(place, cell) });
            for (code, axis) in at.iter_mut().zip(&self.axes).rev() {
                *code += 1;
                if *code < axis.codes.len() {
                    break;
                }
                *code = 0;
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::cube::Tally;
    use crate::reports::report::Figure;

    #[test]
    fn totals_are_sums_and_are_found_again() {
        let axis = |name, codes: &[&'static str], summed| GridAxis {
            name,
            codes: codes.iter().map(|c| Cow::Borrowed(*c)).collect(),
            summed,
        };
        let axes = vec![axis("a", &["x", "y"], true), axis("b", &["p", SAMTLIGA], false), axis("c", &["1", "2"], true)];
        let mut grid = Grid::<Tally>::new(axes);
        grid.cells = (1..=8).map(|n| Tally { n, key: 0 }).collect();
        let grid = grid.with_totals();
        let numbers: Vec<u64> = grid.cells.iter().map(|cell| cell.n).collect();
        assert_eq!(numbers, [1, 2, 3, 3, 4, 7, 5, 6, 11, 7, 8, 15, 6, 8, 14, 10, 12, 22]);
        assert_eq!(["a", "b", "c"].map(|over| grid.whole(0, over).n), [6, 3, 3]);
        let rows = grid.rows("riket", |_, cell| vec![Figure::Count(cell.n)]);
        assert_eq!(rows[14].codes, [SAMTLIGA, "p", SAMTLIGA]);
        assert_eq!(rows[14].figures, [Figure::Count(14)]);
    }
}
