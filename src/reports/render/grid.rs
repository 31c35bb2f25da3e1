//! A part as people read it: a line for each combination of codes, the levels beside each other.
//!
//! Lives here: putting rows of different levels on the same line. Never here: how a figure looks.

use std::collections::HashMap;

use crate::reports::report::{Figure, LevelName, Part, Report};

/// One combination of codes.
#[derive(Debug)]
pub struct Line<'a> {
    /// The label of its code in each dimension.
    pub labels: Vec<&'a str>,
    /// The figures of each level: one a measure.
    pub figures: Vec<Vec<Figure>>,
}

/// A part, level beside level.
#[derive(Debug)]
pub struct Grid<'a> {
    /// Codes and names of the levels, in the order of the rows.
    pub levels: Vec<(&'a str, &'a str)>,
    /// In the order of the rows.
    pub lines: Vec<Line<'a>>,
}

/// The levels that a part has rows of, in their order, with their names.
#[must_use]
pub fn levels<'a>(names: &'a [LevelName], part: &'a Part) -> Vec<(&'a str, &'a str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for row in &part.rows {
        // Rows of a level stand together, so the last is nearly always the one.
        if found.iter().rev().all(|(code, _)| *code != row.level) {
            let name = names.iter().find(|l| l.code == row.level).map_or(row.level.as_str(), |l| l.name.as_str());
            found.push((&row.level, name));
        }
    }
    found
}

impl<'a> Grid<'a> {
    /// A part of a report. A combination that a level has no row of is not applicable there.
    #[must_use]
    pub fn new(report: &'a Report, part: &'a Part) -> Self {
        let levels = levels(&report.levels, part);
        let at: HashMap<&str, usize> = levels.iter().enumerate().map(|(i, (code, _))| (*code, i)).collect();
        let empty = vec![vec![Figure::NotApplicable; part.measures.len()]; levels.len()];
        let mut lines: Vec<Line<'a>> = Vec::new();
        let mut known: HashMap<&[_], usize> = HashMap::new();
        for row in &part.rows {
            let line = *known.entry(&row.codes).or_insert_with(|| {
                let named = part.dimensions.iter().zip(&row.codes);
                lines.push(Line { labels: named.map(|(d, c)| d.label(c)).collect(), figures: empty.clone() });
                lines.len() - 1
            });
            let level = at.get(row.level.as_str()).copied().unwrap_or_default();
            for (cell, figure) in lines[line].figures[level].iter_mut().zip(&row.figures) {
                *cell = *figure;
            }
        }
        Self { levels, lines }
    }
}
