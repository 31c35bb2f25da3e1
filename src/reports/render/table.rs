//! Aligned text for terminals, with Swedish forms of numbers whatever the language of the words.
//!
//! `–` is a true zero, `.` is not applicable, `..` is withheld.

use std::fmt::Write as _;

use crate::reports::report::{Figure, Part, Report, Row, Unit, instant};

const NO_BREAK_SPACE: char = '\u{a0}';

/// The report as text: a line for each combination of codes, a column for each level and measure.
#[must_use]
pub fn render(report: &Report) -> String {
    let words = |sv, en| if report.lang == "en" { en } else { sv };
    let mut text = String::new();
    let (from, to) = report.period;
    let (code, name) = &report.geography;
    // Writing to a String never fails.
    let _ = writeln!(text, "{}\n{name} ({code}), {from} – {to}", report.title);
    let _ = writeln!(
        text,
        "{} {}, {} {}, {} {}, {} {}",
        words("Känt", "Known on"),
        instant(report.as_of),
        words("räknat till registrering", "counted to registration"),
        report.counted_to,
        words("röjandeskydd", "disclosure"),
        [report.disclosure, report.disclosure_version.unwrap_or_default()].join(" ").trim_end(),
        words("anonyma ärenden", "anonymous cases"),
        figure(Unit::Count, report.anonymous),
    );
    for part in &report.parts {
        let _ = writeln!(text, "\n{}. {}\n{}\n", part.number, part.title, part.definition);
        table(&mut text, part);
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

fn table(text: &mut String, part: &Part) {
    let mut levels: Vec<&str> = Vec::new();
    for row in &part.rows {
        if !levels.contains(&row.level.as_str()) {
            levels.push(&row.level);
        }
    }
    let mut lines = vec![header(part, &levels)];
    // Every level has the same combinations in the same order.
    let per_level: Vec<Vec<&Row>> =
        levels.iter().map(|level| part.rows.iter().filter(|r| r.level == **level).collect()).collect();
    for (i, row) in per_level.first().into_iter().flatten().enumerate() {
        let codes = part.dimensions.iter().zip(&row.codes);
        let mut line: Vec<String> = codes.map(|(dimension, code)| dimension.label(code).to_owned()).collect();
        for rows in &per_level {
            let figures = rows.get(i).map_or(&[][..], |r| &r.figures);
            line.extend(part.measures.iter().zip(figures).map(|(measure, value)| figure(measure.unit, *value)));
        }
        lines.push(line);
    }
    align(text, &lines, part.dimensions.len());
}

fn header(part: &Part, levels: &[&str]) -> Vec<String> {
    let mut line: Vec<String> = part.dimensions.iter().map(|d| d.label.clone()).collect();
    for level in levels {
        line.extend(part.measures.iter().map(|measure| format!("{level}: {}", measure.label)));
    }
    line
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

fn figure(unit: Unit, value: Figure) -> String {
    match value {
        Figure::Count(0) => "–".to_owned(),
        Figure::Count(n) => count(n),
        Figure::Number(share) if unit == Unit::Share => format!("{}{NO_BREAK_SPACE}%", decimal(share * 100.0)),
        Figure::Number(days) => decimal(days),
        Figure::NotApplicable => ".".to_owned(),
        Figure::Withheld => "..".to_owned(),
    }
}

/// `1 234`, with no-break spaces.
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut shown = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(NO_BREAK_SPACE);
        }
        shown.push(digit);
    }
    shown
}

/// `1 234,5`: one decimal, decimal comma. Figures of reports are never negative.
fn decimal(x: f64) -> String {
    let tenths = (x * 10.0).round() as u64;
    format!("{},{}", count(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_swedes_write_them() {
        assert_eq!(count(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(count(12), "12");
        assert_eq!(decimal(1234.56), "1\u{a0}234,6");
        assert_eq!(figure(Unit::Share, Figure::Number(0.125)), "12,5\u{a0}%");
        assert_eq!(figure(Unit::Count, Figure::Count(0)), "–");
        assert_eq!(figure(Unit::Share, Figure::NotApplicable), ".");
        assert_eq!(figure(Unit::Days, Figure::Withheld), "..");
    }
}
