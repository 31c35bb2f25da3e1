//! PX (AXIS-VERSION 2013) for PX-Win, PxWeb and what reads their files: one part, in UTF-8.
//!
//! A true zero is `"-"`, shown as `–`; a missing figure is `"."` or `".."`. Quotes in texts become apostrophes, since the
//! format has no way to write them; `#` is a line break in notes.

use std::fmt::Write as _;

use super::cube::{Axis, Cube, LEVEL, MEASURE, unique};
use super::words::{about, context, sign, signs, words};
use crate::reports::report::{Figure, Part, Report, Unit};
use crate::reports::times::{TIME, Time};

/// Lines are at most 256 characters long.
const LINE: usize = 240;
/// The longest name of a variable or value.
const NAME: usize = 200;

/// A part of the report as PX.
#[must_use]
pub fn render(report: &Report, part: &Part) -> String {
    let words = words(report);
    let mut cube = Cube::new(report, part);
    // Names that differed may be alike as the format can write them.
    let mut labels: Vec<(String, String)> = cube.axes.iter().map(|a| (name(a.name), name(&a.label))).collect();
    unique(&mut labels);
    for (axis, (_, label)) in cube.axes.iter_mut().zip(labels) {
        axis.label = label;
        for (code, label) in &mut axis.codes {
            (*code, *label) = (name(code), name(label));
        }
        unique(&mut axis.codes);
    }
    let axis = |wanted: &str| cube.axes.iter().find(|axis| axis.name == wanted);
    let label = |wanted: &str| axis(wanted).map_or("", |axis| axis.label.as_str());
    let mut px = Px::default();
    px.text("CHARSET", "ANSI");
    px.text("AXIS-VERSION", "2013");
    px.text("CODEPAGE", "utf-8");
    px.text("LANGUAGE", report.lang);
    px.text("CREATION-DATE", &report.as_of.format("%Y%m%d %H:%M").to_string());
    // Unrounded in the file, one decimal on the screen.
    px.plain("DECIMALS", "15");
    px.plain("SHOWDECIMALS", "1");
    px.text("MATRIX", &part.id.chars().take(20).collect::<String>());
    px.text("SUBJECT-CODE", &report.report.chars().take(20).collect::<String>());
    px.text("SUBJECT-AREA", &report.title);
    px.text("DESCRIPTION", &part.title);
    px.text("TITLE", &format!("{}, {}", part.title, about(report)));
    px.text("CONTENTS", &part.title);
    px.text("UNITS", part.measures.first().map_or("-", |m| words.unit(m.unit)));
    let (stub, heading): (Vec<_>, Vec<_>) =
        cube.axes.iter().partition(|axis| ![LEVEL, MEASURE, TIME].contains(&axis.name));
    px.texts("STUB", stub.iter().map(|axis| axis.label.as_str()));
    px.texts("HEADING", heading.iter().map(|axis| axis.label.as_str()));
    px.text("CONTVARIABLE", label(MEASURE));
    for axis in &cube.axes {
        px.texts(&key("VALUES", &[&axis.label]), axis.codes.iter().map(|(_, label)| label.as_str()));
    }
    if let Some(times) = axis(TIME).and_then(times) {
        px.plain(&key("TIMEVAL", &[label(TIME)]), &times);
    }
    for axis in &cube.axes {
        px.texts(&key("CODES", &[&axis.label]), axis.codes.iter().map(|(code, _)| code.as_str()));
    }
    let measures = || axis(MEASURE).into_iter().flat_map(|a| &a.codes).map(|(_, l)| l.as_str()).zip(&part.measures);
    for (value, measure) in measures() {
        let decimals = match measure.unit {
            Unit::Count => continue,
            Unit::Share => "3",
            Unit::Days => "1",
        };
        px.plain(&key("PRECISION", &[label(MEASURE), value]), decimals);
    }
    for (value, measure) in measures() {
        px.text(&key("UNITS", &[value]), words.unit(measure.unit));
        px.text(&key("LAST-UPDATED", &[value]), &report.as_of.format("%Y%m%d %H:%M").to_string());
    }
    px.text("SOURCE", &report.title);
    px.text("INFO", &part.definition);
    px.text("NOTE", &note(report, part));
    for (at, (value, _)) in measures().enumerate() {
        let of_measure = cube.figures.iter().skip(at).step_by(part.measures.len().max(1)).copied();
        let meanings = signs(report, of_measure);
        if !meanings.is_empty() {
            px.text(&key("VALUENOTE", &[label(MEASURE), value]), &meanings.join("#"));
        }
    }
    px.text("DATASYMBOL1", ".");
    px.text("DATASYMBOL2", "..");
    px.text("DATASYMBOLNIL", "–");
    px.data(&cube.figures, heading.iter().map(|axis| axis.codes.len()).product());
    px.0
}

/// The times as TIMEVAL has them, where all are years, all quarters or all months.
fn times(axis: &Axis<'_>) -> Option<String> {
    let all: Vec<_> = axis.codes.iter().map(|(code, _)| Time::regular_of(code)).collect::<Option<_>>()?;
    let (scale, _) = all.first()?;
    if all.iter().any(|(other, _)| other != scale) {
        return None;
    }
    let values: Vec<String> = all.iter().map(|(_, value)| format!("\"{value}\"")).collect();
    Some(format!("TLIST({scale}),{}", values.join(",")))
}

/// Definition, footnotes and what was counted, a line each.
fn note(report: &Report, part: &Part) -> String {
    let mut lines = vec![part.definition.clone()];
    lines.extend(part.footnotes.iter().chain(&report.footnotes).cloned());
    lines.extend(context(report).into_iter().map(|(name, value)| format!("{name}: {value}")));
    lines.join("#")
}

/// A name without quotes and line breaks, of at most the length that the format takes.
fn name(text: &str) -> String {
    let one_line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "'");
    let short: String = one_line.chars().filter(|c| !c.is_control()).take(NAME).collect();
    if short.is_empty() { "-".to_owned() } else { short }
}

fn key(keyword: &str, names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("{keyword}({})", names.join(","))
}

/// The file as it grows. Writing to a String never fails.
#[derive(Default)]
struct Px(String);

impl Px {
    fn plain(&mut self, key: &str, value: &str) {
        let _ = write!(self.0, "{key}={value};\r\n");
    }

    /// A text, on several lines where it is long: each is quoted by itself.
    fn text(&mut self, key: &str, text: &str) {
        let text: String =
            text.replace('"', "'").replace("\r\n", "#").chars().map(|c| if c.is_control() { '#' } else { c }).collect();
        let _ = write!(self.0, "{key}=");
        if key.chars().count() + text.chars().count() + 4 > LINE {
            self.0.push_str("\r\n");
        }
        let mut characters = text.chars().peekable();
        loop {
            let piece: String = characters.by_ref().take(LINE - 4).collect();
            let _ = write!(self.0, "\"{piece}\"");
            if characters.peek().is_none() {
                break;
            }
            self.0.push_str("\r\n");
        }
        self.0.push_str(";\r\n");
    }

    /// A list of names, broken between them.
    fn texts<'n>(&mut self, key: &str, names: impl Iterator<Item = &'n str>) {
        let _ = write!(self.0, "{key}=");
        let mut length = key.chars().count() + 1;
        for (i, name) in names.enumerate() {
            let more = name.chars().count() + 3;
            if i > 0 {
                self.0.push(',');
            }
            if length + more > LINE {
                self.0.push_str("\r\n");
                length = 0;
            }
            let _ = write!(self.0, "\"{name}\"");
            length += more;
        }
        self.0.push_str(";\r\n");
    }

    /// The cells, a line for each combination of the stub, broken where it is long.
    fn data(&mut self, figures: &[Figure], columns: usize) {
        self.0.push_str("DATA=\r\n");
        for (i, line) in figures.chunks(columns.max(1)).enumerate() {
            if i > 0 {
                self.0.push_str("\r\n");
            }
            let mut length = 0;
            for (i, figure) in line.iter().enumerate() {
                let cell = cell(*figure);
                if length + cell.len() + 1 > LINE {
                    self.0.push_str("\r\n");
                    length = 0;
                } else if i > 0 {
                    self.0.push(' ');
                }
                length += cell.len() + 1;
                self.0.push_str(&cell);
            }
        }
        self.0.push_str(";\r\n");
    }
}

fn cell(figure: Figure) -> String {
    match (sign(figure), figure) {
        (Some("–"), _) => "\"-\"".to_owned(),
        (Some(sign), _) => format!("\"{sign}\""),
        (None, Figure::Count(n)) => n.to_string(),
        (None, Figure::Number(x)) => {
            let digits = format!("{x:.15}");
            if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.').to_owned() } else { digits }
        }
        (None, _) => "\".\"".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_and_quotes_are_written_as_the_format_can() {
        let mut px = Px::default();
        px.text("NOTE", &format!("a \"quoted\" word\n{}", "å".repeat(500)));
        assert!(px.0.starts_with("NOTE=\r\n\"a 'quoted' word#åå"), "{}", px.0);
        assert!(px.0.lines().all(|line| line.chars().count() <= 256));
        let mut px = Px::default();
        let names: Vec<String> = (0..100).map(|n| format!("värde {n}")).collect();
        px.texts("VALUES(\"x\")", names.iter().map(String::as_str));
        assert!(px.0.lines().all(|line| line.chars().count() <= 256));
    }

    #[test]
    fn cells_are_numbers_or_signs() {
        let cells = [Figure::Count(0), Figure::Number(0.42), Figure::Number(12.0), Figure::Withheld];
        assert_eq!(cells.map(cell), ["\"-\"", "0.42", "12", "\"..\""]);
        assert_eq!(cell(Figure::Number(1e-20)), "0");
    }
}
