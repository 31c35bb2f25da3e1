//! CSV for machines and spreadsheets: `part` first, then the columns of all parts; a missing value is empty beside a
//! status. RFC 4180; no cell begins like a formula.

use std::borrow::Cow;

use crate::reports::report::{Figure, Report};

/// How the file is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// `;` instead of `,`, as spreadsheets in Sweden expect.
    pub semicolon: bool,
    /// UTF-8 with a byte order mark, as some spreadsheets need.
    pub byte_order_mark: bool,
}

/// The report as CSV.
///
/// # Errors
/// When the writer refuses a row, which rows of equal length never make it do.
pub fn render(report: &Report, options: Options) -> Result<Vec<u8>, csv::Error> {
    let dimensions = in_order(report.parts.iter().flat_map(|p| p.dimensions.iter().map(|d| d.name)));
    let measures = in_order(report.parts.iter().flat_map(|p| p.measures.iter().map(|m| m.name)));
    let mut bytes = Vec::new();
    if options.byte_order_mark {
        bytes.extend_from_slice("\u{feff}".as_bytes());
    }
    let delimiter = if options.semicolon { b';' } else { b',' };
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
    let mut header = vec!["part"];
    header.extend(&dimensions);
    header.push("level");
    header.extend(&measures);
    header.extend(["status", "disclosure", "disclosureVersion"]);
    writer.write_record(&header)?;
    for part in &report.parts {
        for row in &part.rows {
            let mut cells = vec![safe(part.id)];
            for name in &dimensions {
                let at = part.dimensions.iter().position(|d| d.name == *name);
                cells.push(safe(at.and_then(|i| row.codes.get(i)).map_or("", |code| code)));
            }
            cells.push(safe(&row.level));
            for name in &measures {
                let at = part.measures.iter().position(|m| m.name == *name);
                cells.push(Cow::Owned(at.and_then(|i| row.figures.get(i)).map_or_else(String::new, number)));
            }
            cells.push(Cow::Borrowed(row.status().unwrap_or_default()));
            let (disclosure, version) = report.disclosure_of(&row.level);
            cells.extend([Cow::Borrowed(disclosure), Cow::Borrowed(version.unwrap_or_default())]);
            writer.write_record(cells.iter().map(|c| c.as_bytes()))?;
        }
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes)
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

fn number(figure: &Figure) -> String {
    match figure {
        Figure::Count(n) => n.to_string(),
        Figure::Number(x) => x.to_string(),
        Figure::NotApplicable | Figure::Withheld => String::new(),
    }
}

/// A text that no spreadsheet takes for a formula.
fn safe(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_looks_like_a_formula_is_made_harmless() {
        assert_eq!(safe("=1+1"), "'=1+1");
        assert_eq!(safe("lan:21"), "lan:21");
    }
}
