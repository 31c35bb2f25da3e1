//! Aligned text for terminals.

use std::fmt::Write as _;

use super::grid::Grid;
use super::words::{days, selection, shown, words};
use crate::reports::report::{Part, Report, Unit, instant};

/// The report as text: a line for each combination of codes, a column for each level and measure.
#[must_use]
pub fn render(report: &Report) -> String {
    let words = words(report);
    let mut text = String::new();
    let (code, name) = &report.geography;
    // Writing to a String never fails.
    let _ = writeln!(text, "{}\n{name} ({code}), {}", report.title, days(report));
    if !report.selections.is_empty() {
        let _ = writeln!(text, "{}: {}", words.selection, selection(&report.selections));
    }
    let _ = writeln!(
        text,
        "{} {}, {} {}, {} {}, {} {}",
        words.as_of,
        instant(report.as_of),
        words.counted_to.to_lowercase(),
        report.counted_to,
        words.disclosure.to_lowercase(),
        [report.disclosure, report.disclosure_version.unwrap_or_default()].join(" ").trim_end(),
        words.anonymous.to_lowercase().split(',').next().unwrap_or_default(),
        shown(Unit::Count, report.anonymous),
    );
    for part in &report.parts {
        let _ = writeln!(text, "\n{}. {}\n{}\n", part.number, part.title, part.definition);
        table(&mut text, report, part);
        for note in &part.footnotes {
            let _ = writeln!(text, "* {note}");
        }
    }
    text.push('\n');
    for note in &report.footnotes {
        let _ = writeln!(text, "* {note}");
    }
    text
}

fn table(text: &mut String, report: &Report, part: &Part) {
    let grid = Grid::new(report, part);
    let mut header: Vec<String> = part.dimensions.iter().map(|d| d.label.clone()).collect();
    for (level, _) in &grid.levels {
        header.extend(part.measures.iter().map(|measure| format!("{level}: {}", measure.label)));
    }
    let mut lines = vec![header];
    for line in &grid.lines {
        let mut cells: Vec<String> = line.labels.iter().map(|label| (*label).to_owned()).collect();
        for figures in &line.figures {
            cells.extend(part.measures.iter().zip(figures).map(|(measure, figure)| shown(measure.unit, *figure)));
        }
        lines.push(cells);
    }
    align(text, &lines, part.dimensions.len());
}

/// Words to the left, numbers to the right.
fn align(text: &mut String, lines: &[Vec<String>], words: usize) {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for line in lines {
        let mut shown = String::new();
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let _ = if column < words { write!(shown, "{cell:<width$}  ") } else { write!(shown, "{cell:>width$}  ") };
        }
        let _ = writeln!(text, "{}", shown.trim_end());
    }
}
