//! CSV for machines and spreadsheets: `part` first, then the columns of all parts; a missing value is empty beside a
//! status. RFC 4180; no cell begins like a formula. What the figures are about stands beside the file, in the headers of
//! the answer and in its name: columns of constants would change the rows that readers know.

use std::borrow::Cow;

use super::tidy::{Columns, code, figure, rows};
use crate::reports::report::{Figure, Report};

/// How the file is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// `;` instead of `,`, as spreadsheets in Sweden expect.
    pub semicolon: bool,
    /// UTF-8 with a byte order mark, as some spreadsheets need.
    pub byte_order_mark: bool,
    /// `0,5` instead of `0.5`, as spreadsheets in Sweden expect.
    pub decimal_comma: bool,
}

/// The report as CSV.
///
/// # Errors
/// When the writer refuses a row, which rows of equal length never make it do.
pub fn render(report: &Report, options: Options) -> Result<Vec<u8>, csv::Error> {
    let Columns { dimensions, measures } = Columns::of(report);
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
    for (part, row) in rows(report) {
        let mut cells = vec![safe(part.id)];
        cells.extend(dimensions.iter().map(|name| safe(code(part, row, name).unwrap_or_default())));
        cells.push(safe(&row.level));
        cells.extend(measures.iter().map(|name| Cow::Owned(number(figure(part, row, name), options))));
        cells.push(Cow::Borrowed(row.status().unwrap_or_default()));
        let (disclosure, version) = report.disclosure_of(&row.level);
        cells.extend([Cow::Borrowed(disclosure), Cow::Borrowed(version.unwrap_or_default())]);
        writer.write_record(cells.iter().map(|c| c.as_bytes()))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}

fn number(figure: Option<Figure>, options: Options) -> String {
    match figure {
        Some(Figure::Count(n)) => n.to_string(),
        Some(Figure::Number(x)) if options.decimal_comma => x.to_string().replace('.', ","),
        Some(Figure::Number(x)) => x.to_string(),
        Some(Figure::NotApplicable | Figure::Withheld) | None => String::new(),
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
