//! All parts as one table of rows for machines: the columns that CSV and Parquet share.
//!
//! Lives here: which columns there are, and what a row has in each. Never here: how a cell is written.

use crate::reports::report::{Figure, Part, Report, Row};

/// The columns of all parts: `part`, the dimensions, `level`, the measures, `status`.
#[derive(Debug)]
pub struct Columns {
    /// Names of the dimensions, each once, in the order of first appearance.
    pub dimensions: Vec<&'static str>,
    /// Names of the measures, likewise.
    pub measures: Vec<&'static str>,
}

impl Columns {
    /// Those of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        Self {
            dimensions: in_order(report.parts.iter().flat_map(|p| p.dimensions.iter().map(|d| d.name))),
            measures: in_order(report.parts.iter().flat_map(|p| p.measures.iter().map(|m| m.name))),
        }
    }
}

/// Each name once, in the order of first appearance.
fn in_order(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut all = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Every row with its part.
pub fn rows(report: &Report) -> impl Iterator<Item = (&Part, &Row)> {
    report.parts.iter().flat_map(|part| part.rows.iter().map(move |row| (part, row)))
}

/// The code of a row in a dimension; `None` where its part has no such dimension.
#[must_use]
pub fn code<'a>(part: &Part, row: &'a Row, dimension: &str) -> Option<&'a str> {
    let at = part.dimensions.iter().position(|d| d.name == dimension)?;
    row.codes.get(at).map(|code| &**code)
}

/// The figure of a row in a measure; `None` where its part has no such measure.
#[must_use]
pub fn figure(part: &Part, row: &Row, measure: &str) -> Option<Figure> {
    let at = part.measures.iter().position(|m| m.name == measure)?;
    row.figures.get(at).copied()
}
