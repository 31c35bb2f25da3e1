//! A part as a cube: every dimension, level, measure and time as an axis, a figure in each cell. What JSON-stat and PX
//! are made from.
//!
//! Lives here: the axes with unique labels, and the order of the cells. Never here: how
//! a figure is written.

use std::collections::{HashMap, HashSet};

use super::grid::levels;
use super::words::{days, words};
use crate::reports::report::{Figure, Part, Report};
use crate::reports::times::{TIME, Time};

/// The name of the axis of levels.
pub const LEVEL: &str = "level";
/// The name of the axis of measures.
pub const MEASURE: &str = "matt";

/// An axis of a cube.
#[derive(Debug)]
pub struct Axis<'a> {
    /// As in rows.
    pub name: &'a str,
    /// For people; no other axis of the cube has the same.
    pub label: String,
    /// Codes with their labels; no two labels are the same.
    pub codes: Vec<(String, String)>,
}

/// A part as a cube.
#[derive(Debug)]
pub struct Cube<'a> {
    /// The dimensions, level, measure, and time where it is none of the dimensions.
    pub axes: Vec<Axis<'a>>,
    /// A figure a cell; the last axis varies fastest.
    pub figures: Vec<Figure>,
}

impl<'a> Cube<'a> {
    /// A part of a report. Codes without any row are left out; a combination without a row is not applicable.
    #[must_use]
    pub fn new(report: &'a Report, part: &'a Part) -> Self {
        let words = words(report);
        let mut axes: Vec<Axis<'a>> = Vec::new();
        for (i, dimension) in part.dimensions.iter().enumerate() {
            let mut left: HashSet<&str> = part.rows.iter().filter_map(|row| row.codes.get(i).map(|c| &**c)).collect();
            let mut codes: Vec<(String, String)> = Vec::new();
            for code in &dimension.codes {
                if left.remove(&*code.code) {
                    codes.push((code.code.to_string(), code.label.clone()));
                }
            }
            for row in &part.rows {
                if let Some(code) = row.codes.get(i).filter(|code| left.remove(&***code)) {
                    codes.push((code.to_string(), code.to_string()));
                }
            }
            axes.push(axis(dimension.name, &dimension.label, codes));
        }
        let named = levels(&report.levels, part);
        axes.push(axis(LEVEL, words.level, named.iter().map(|(c, n)| ((*c).to_owned(), (*n).to_owned())).collect()));
        let measures = part.measures.iter().map(|m| (m.name.to_owned(), m.label.clone()));
        axes.push(axis(MEASURE, words.measure, measures.collect()));
        // Times that stand beside each other are a dimension already.
        if !part.dimensions.iter().any(|dimension| dimension.name == TIME) {
            let time = Time::of(report.period.0, report.period.1);
            let shown = if time.regular.is_some() { time.code.clone() } else { days(report) };
            axes.push(axis(TIME, words.time, vec![(time.code, shown)]));
        }
        let mut labels: Vec<(String, String)> =
            axes.iter_mut().map(|a| (a.name.to_owned(), std::mem::take(&mut a.label))).collect();
        unique(&mut labels);
        for (axis, (_, label)) in axes.iter_mut().zip(labels) {
            axis.label = label;
        }
        let figures = cells(part, &axes);
        Self { axes, figures }
    }

    /// How many codes each axis has.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| axis.codes.len()).collect()
    }
}

fn axis<'a>(name: &'a str, label: &str, mut codes: Vec<(String, String)>) -> Axis<'a> {
    unique(&mut codes);
    Axis { name, label: label.to_owned(), codes }
}

/// Makes labels that are empty, or that others have too, say their code.
pub fn unique(codes: &mut [(String, String)]) {
    let mut taken = HashSet::new();
    for (code, label) in codes {
        if label.trim().is_empty() {
            label.clone_from(code);
        }
        while !taken.insert(label.trim().to_lowercase()) {
            *label = format!("{label} ({code})");
        }
    }
}

fn cells(part: &Part, axes: &[Axis<'_>]) -> Vec<Figure> {
    let at: Vec<HashMap<&str, usize>> = axes
        .iter()
        .map(|axis| axis.codes.iter().enumerate().map(|(i, (code, _))| (code.as_str(), i)).collect())
        .collect();
    let mut figures = vec![Figure::NotApplicable; axes.iter().map(|axis| axis.codes.len()).product()];
    for row in &part.rows {
        let codes = row.codes.iter().map(|code| &**code).chain([row.level.as_str()]);
        let mut cell = 0;
        for ((at, code), axis) in at.iter().zip(codes).zip(axes) {
            cell = cell * axis.codes.len() + at.get(code).copied().unwrap_or_default();
        }
        // Time, where it stands last, has one code, so the measures of a row stand beside each other.
        let cells = figures.iter_mut().skip(cell * part.measures.len()).take(part.measures.len());
        for (cell, figure) in cells.zip(&row.figures) {
            *cell = *figure;
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_are_alike_say_their_codes() {
        let mut labels = vec![("a", "Annat"), ("b", "annat"), ("c", "")];
        let mut codes: Vec<_> = labels.drain(..).map(|(c, l)| (c.to_owned(), l.to_owned())).collect();
        unique(&mut codes);
        assert_eq!(codes.iter().map(|(_, l)| l.as_str()).collect::<Vec<_>>(), ["Annat", "annat (b)", "c"]);
    }
}
