//! A workbook for Excel and its like: a sheet with definitions, then a sheet a part.
//!
//! Numbers are numbers; a true zero shows as `–` by its number format, and what is missing as `.` or `..`. A text is a
//! text whatever it begins with, never a formula.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::grid::Grid;
use super::words::{Words, about, context, figures, signs, words};
use crate::reports::report::{Figure, Part, Report, Unit};

/// Longer texts don't fit in a cell.
const LONGEST: usize = 32_000;
/// The line of a part's sheet where the column names stand.
const HEADER: u32 = 4;

/// The report as a workbook.
///
/// # Errors
/// When there are more lines or columns than a sheet can hold.
pub fn render(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let words = words(report);
    let styles = Styles::new();
    let mut book = Workbook::new();
    book.set_properties(&properties(report));
    definitions(book.add_worksheet(), report, words, &styles)?;
    for part in &report.parts {
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(part))?;
        part_sheet(sheet, report, part, words, &styles)?;
    }
    book.save_to_buffer()
}

struct Styles {
    title: Format,
    heading: Format,
    wrapped: Format,
    header: Format,
    sign: Format,
    count: Format,
    share: Format,
    days: Format,
}

impl Styles {
    fn new() -> Self {
        let number = |format: &str| Format::new().set_num_format(format!("{format};-{format};\"–\""));
        let header = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            heading: Format::new().set_bold(),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            header: header.set_border_bottom(FormatBorder::Thin).set_background_color(Color::RGB(0x00E7_EDF3)),
            sign: Format::new().set_align(FormatAlign::Right),
            count: number("#,##0"),
            share: number("0.0\"\u{a0}\"%"),
            days: number("#,##0.0"),
        }
    }

    const fn of(&self, unit: Unit) -> &Format {
        match unit {
            Unit::Count => &self.count,
            Unit::Share => &self.share,
            Unit::Days => &self.days,
        }
    }
}

fn properties(report: &Report) -> DocProperties {
    let properties = DocProperties::new()
        .set_title(report.title.clone())
        .set_subject(fit(&about(report)))
        .set_custom_property("countedTo", report.counted_to.to_string())
        .set_custom_property("asOf", crate::reports::report::instant(report.as_of))
        .set_custom_property("disclosure", report.disclosure);
    match ExcelDateTime::from_timestamp(report.as_of.timestamp()) {
        // The instant that the report tells of, so that the same report is the same file.
        Ok(created) => properties.set_creation_datetime(&created),
        Err(_) => properties,
    }
}

/// At most 31 characters, none of those that names of sheets must not have; numbers and ids of parts are their own.
fn sheet_name(part: &Part) -> String {
    let id = part.id.chars().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    format!("{} {}", part.number, id.take(20).collect::<String>()).trim_end().to_owned()
}

fn fit(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn definitions(sheet: &mut Worksheet, report: &Report, words: &Words, styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_name(words.definitions)?;
    sheet.set_column_width(0, 34)?.set_column_width(1, 110)?;
    sheet.write_string_with_format(0, 0, fit(&report.title), &styles.title)?;
    let mut at = 2;
    let mut line = |name: &str, text: &str| -> Result<(), XlsxError> {
        sheet.write_string_with_format(at, 0, fit(name), &styles.heading)?;
        sheet.write_string_with_format(at, 1, fit(text), &styles.wrapped)?;
        at += 1;
        Ok(())
    };
    for (name, value) in context(report) {
        line(name, &value)?;
    }
    for note in &report.footnotes {
        line(words.footnotes, note)?;
    }
    for part in &report.parts {
        line(&format!("{} {}. {}", words.part, part.number, part.title), &part.definition)?;
        for note in &part.footnotes {
            line("", note)?;
        }
    }
    for meaning in signs(report, report.parts.iter().flat_map(figures)) {
        line(words.signs, meaning)?;
    }
    Ok(())
}

fn part_sheet(
    sheet: &mut Worksheet,
    report: &Report,
    part: &Part,
    words: &Words,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let grid = Grid::new(report, part);
    let dimensions = part.dimensions.len();
    sheet.write_string_with_format(0, 0, fit(&format!("{}. {}", part.number, part.title)), &styles.title)?;
    sheet.write_string(1, 0, fit(&part.definition))?;
    let told: Vec<String> = context(report).iter().map(|(name, value)| format!("{name}: {value}")).collect();
    sheet.write_string(2, 0, fit(&told.join(" · ")))?;
    let mut header: Vec<String> = part.dimensions.iter().map(|d| d.label.clone()).collect();
    for (_, level) in &grid.levels {
        header.extend(part.measures.iter().map(|measure| format!("{level}: {}", measure.label)));
    }
    for (column, name) in (0..).zip(&header) {
        sheet.write_string_with_format(HEADER, column, fit(name), &styles.header)?;
        sheet.set_column_width(column, if usize::from(column) < dimensions { 34 } else { 16 })?;
    }
    let mut row = HEADER;
    for line in &grid.lines {
        row += 1;
        for (column, label) in (0..).zip(&line.labels) {
            sheet.write_string(row, column, fit(label))?;
        }
        let cells = line.figures.iter().flat_map(|figures| part.measures.iter().zip(figures));
        for (column, (measure, figure)) in (u16::try_from(dimensions).unwrap_or(u16::MAX)..).zip(cells) {
            let format = styles.of(measure.unit);
            match figure {
                Figure::Count(n) => sheet.write_number_with_format(row, column, *n as f64, format)?,
                Figure::Number(x) => sheet.write_number_with_format(row, column, *x, format)?,
                Figure::NotApplicable => sheet.write_string_with_format(row, column, ".", &styles.sign)?,
                Figure::Withheld => sheet.write_string_with_format(row, column, "..", &styles.sign)?,
            };
        }
    }
    let last = u16::try_from(header.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(HEADER, 0, row, last)?;
    sheet.set_freeze_panes(HEADER + 1, u16::try_from(dimensions).unwrap_or(0))?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(HEADER, HEADER)?;
    row += 2;
    let notes = part.footnotes.iter().chain(&report.footnotes).map(|note| (words.footnotes, note.as_str()));
    let meanings = signs(report, grid.lines.iter().flat_map(|line| line.figures.iter().flatten().copied()));
    for (name, text) in notes.chain(meanings.into_iter().map(|meaning| (words.signs, meaning))) {
        sheet.write_string(row, 0, fit(&format!("{name}: {text}")))?;
        row += 1;
    }
    Ok(())
}
