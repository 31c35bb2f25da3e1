//! Which forms there are: names, media types, what each takes; and the one way from a report to bytes.
//!
//! Never here: how a form looks.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{csv, html, json, json_stat, parquet, png, px, svg, xlsx};
use crate::reports::report::{Dimension, Part, Report};

/// A form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described in its own file")]
pub enum Form {
    Json,
    Csv,
    Xlsx,
    Html,
    JsonStat,
    Px,
    Parquet,
    Svg,
    Png,
}

impl Form {
    /// All, the one that is given when anything will do first.
    pub const ALL: [Self; 9] =
        [Self::Json, Self::Csv, Self::Xlsx, Self::Html, Self::JsonStat, Self::Px, Self::Parquet, Self::Svg, Self::Png];

    /// Its name in queries and on the command line, media type, and how names of its files end.
    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Json => ("json", "application/json", "json"),
            Self::Csv => ("csv", "text/csv", "csv"),
            Self::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
            Self::Html => ("html", "text/html", "html"),
            Self::JsonStat => ("json-stat2", "application/vnd.json-stat+json", "json-stat.json"),
            // As PxWebApi 2 answers; the format has no registered type.
            Self::Px => ("px", "application/octet-stream", "px"),
            Self::Parquet => ("parquet", "application/vnd.apache.parquet", "parquet"),
            Self::Svg => ("svg", "image/svg+xml", "svg"),
            Self::Png => ("png", "image/png", "png"),
        }
    }

    /// Its name in queries and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// Its media type.
    #[must_use]
    pub const fn media(self) -> &'static str {
        self.row().1
    }

    /// How names of its files end.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        self.row().2
    }

    /// The form of that name.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.code() == code)
    }

    /// Whether a file of it holds one part only.
    #[must_use]
    pub const fn one_part(self) -> bool {
        matches!(self, Self::Px | Self::Svg | Self::Png)
    }

    /// Whether it is no text.
    #[must_use]
    pub const fn binary(self) -> bool {
        matches!(self, Self::Xlsx | Self::Parquet | Self::Png)
    }

    /// Whether browsers show it; others are saved as files.
    #[must_use]
    pub const fn shown_in_browsers(self) -> bool {
        matches!(self, Self::Json | Self::JsonStat | Self::Html | Self::Svg | Self::Png)
    }
}

/// How a form is to look, for those that leave a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// For CSV.
    pub csv: csv::Options,
}

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenderError {
    /// The form holds one part, and the report has these.
    OnePart(Vec<(u32, String)>),
    /// There is no such part; the report has these.
    NoPart(Vec<(u32, String)>),
    /// What the form's library said.
    Failed(String),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnePart(parts) => write!(f, "this form holds one part; choose one of {}", told(parts)),
            Self::NoPart(parts) => write!(f, "no part is called that; the parts are {}", told(parts)),
            Self::Failed(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for RenderError {}

fn told(parts: &[(u32, String)]) -> String {
    parts.iter().map(|(number, id)| format!("{number} {id}")).collect::<Vec<_>>().join(", ")
}

fn failed(error: &dyn fmt::Display) -> RenderError {
    RenderError::Failed(error.to_string())
}

/// The report in a form.
///
/// # Errors
/// When the form holds one part and the report has several, or the form's library fails.
pub fn render(report: &Report, form: Form, options: Options) -> Result<Vec<u8>, RenderError> {
    match form {
        Form::Json => json::render(report).map(String::into_bytes).map_err(|e| failed(&e)),
        Form::Csv => csv::render(report, options.csv).map_err(|e| failed(&e)),
        Form::Xlsx => xlsx::render(report).map_err(|e| failed(&e)),
        Form::Html => Ok(html::render(report).into_bytes()),
        Form::JsonStat => json_stat::render(report).map(String::into_bytes).map_err(|e| failed(&e)),
        Form::Px => Ok(px::render(report, one(report)?).into_bytes()),
        Form::Parquet => parquet::render(report).map_err(|e| failed(&e)),
        Form::Svg => Ok(svg::render(report, one(report)?).into_bytes()),
        Form::Png => png::render(&svg::render(report, one(report)?)),
    }
}

fn one(report: &Report) -> Result<&Part, RenderError> {
    match report.parts.as_slice() {
        [part] => Ok(part),
        parts => Err(RenderError::OnePart(listed(parts.iter().map(|p| (p.number, p.id))))),
    }
}

fn listed<'a>(parts: impl Iterator<Item = (u32, &'a str)>) -> Vec<(u32, String)> {
    parts.map(|(number, id)| (number, id.to_owned())).collect()
}

/// Which of a report's parts are wanted, by number or id, in the order in which they are named; all when none is.
///
/// # Errors
/// When a name is no part's, or the form holds one part and not exactly one is wanted.
pub fn chosen(parts: &[(u32, &str)], wanted: &[String], form: Option<Form>) -> Result<Vec<usize>, RenderError> {
    let named = |(number, id): &(u32, &str), name: &String| name == id || *name == number.to_string();
    let all = || listed(parts.iter().copied());
    if wanted.iter().any(|name| !parts.iter().any(|part| named(part, name))) {
        return Err(RenderError::NoPart(all()));
    }
    let mut found: Vec<usize> = Vec::new();
    for name in wanted {
        let place = parts.iter().position(|part| named(part, name));
        found.extend(place.filter(|place| !found.contains(place)));
    }
    if wanted.is_empty() {
        found.extend(0..parts.len());
    }
    if form.is_some_and(Form::one_part) && found.len() != 1 {
        return Err(RenderError::OnePart(all()));
    }
    Ok(found)
}

/// Keeps the parts of a report that are wanted, in the order in which they are named.
///
/// # Errors
/// As [`chosen`].
pub fn keep(report: &mut Report, wanted: &[String], form: Option<Form>) -> Result<(), RenderError> {
    let parts: Vec<(u32, &str)> = report.parts.iter().map(|p| (p.number, p.id)).collect();
    let found = chosen(&parts, wanted, form)?;
    let mut parts: Vec<Option<Part>> = std::mem::take(&mut report.parts).into_iter().map(Some).collect();
    report.parts = found.into_iter().filter_map(|place| parts.get_mut(place)?.take()).collect();
    Ok(())
}

/// Longer names of files are cut.
const LONGEST_NAME: usize = 170;

/// What a file of the report is called: report, part where there is one, geography, period and what is selected; ASCII
/// without spaces.
#[must_use]
pub fn file_name(report: &Report, form: Form) -> String {
    let part = match report.parts.as_slice() {
        [part] => format!("_{}", part.id),
        _ => String::new(),
    };
    let (from, to) = report.period;
    let codes = |of: &Dimension| of.codes.iter().map(|code| format!("-{}", code.code)).collect::<String>();
    let selections: String = report.selections.iter().map(|of| format!("_{}{}", of.name, codes(of))).collect();
    let name = format!("{}{part}_{}_{from}_{to}{selections}", report.report, report.geography.0);
    // A name that is cut ends with what tells it from others that begin alike.
    let name = match name.char_indices().nth(LONGEST_NAME) {
        None => name,
        Some((end, _)) => {
            let digest = Sha256::digest(name.as_bytes());
            format!("{}-{:02x}{:02x}{:02x}{:02x}", &name[..end], digest[0], digest[1], digest[2], digest[3])
        }
    };
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    format!("{}.{}", name.chars().map(safe).collect::<String>(), form.extension())
}
