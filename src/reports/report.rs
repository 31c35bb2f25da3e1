//! A report: what every form of it is made from.
//!
//! Lives here: the shape of the answer, and how it looks as JSON. Never here: how figures are counted.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// One figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// A count.
    Count(u64),
    /// A share (0–1), mean or median, unrounded.
    Number(f64),
    /// There is nothing to divide by.
    NotApplicable,
    /// Not shown, by the policy of disclosure.
    Withheld,
}

impl Figure {
    /// A mean or median of what may be nothing.
    #[must_use]
    pub fn number(value: Option<f64>) -> Self {
        value.map_or(Self::NotApplicable, Self::Number)
    }

    /// A share.
    #[must_use]
    pub fn share(count: u64, of: u64) -> Self {
        if of == 0 { Self::NotApplicable } else { Self::Number(count as f64 / of as f64) }
    }

    /// Why there is no value.
    #[must_use]
    pub const fn status(self) -> Option<&'static str> {
        match self {
            Self::Count(_) | Self::Number(_) => None,
            Self::NotApplicable => Some("not_applicable"),
            Self::Withheld => Some("withheld"),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(n) => serializer.serialize_u64(*n),
            Self::Number(x) => serializer.serialize_f64(*x),
            Self::NotApplicable | Self::Withheld => serializer.serialize_none(),
        }
    }
}

/// One combination of codes on one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// A code for each dimension, in the part's order.
    pub codes: Vec<Cow<'static, str>>,
    /// `urval`, `lan:NN` or `riket`.
    pub level: String,
    /// One figure a measure, in the part's order.
    pub figures: Vec<Figure>,
}

impl Row {
    /// Why a figure of the row has no value.
    #[must_use]
    pub fn status(&self) -> Option<&'static str> {
        self.figures.iter().find_map(|f| f.status())
    }
}

/// A code of a dimension, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// As in rows.
    pub code: Cow<'static, str>,
    /// In the report's language.
    pub label: String,
}

/// A dimension with all its codes, totals included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// As in rows.
    pub name: &'static str,
    /// In the report's language.
    pub label: String,
    /// In the order of the rows.
    pub codes: Vec<Code>,
}

impl Dimension {
    /// The label of a code; the code itself where there is none.
    #[must_use]
    pub fn label<'a>(&'a self, code: &'a str) -> &'a str {
        self.codes.iter().find(|c| c.code == code).map_or(code, |c| &c.label)
    }
}

/// What the figures of a measure are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Cases, episodes, registrations: whole numbers.
    Count,
    /// 0–1.
    Share,
    /// Days, a mean, a median or a percentile.
    Days,
}

impl Unit {
    /// That of a measure, by its name on the wire.
    #[must_use]
    pub fn of(measure: &str) -> Self {
        match measure {
            "andel" => Self::Share,
            name if name.starts_with("dagar") => Self::Days,
            _ => Self::Count,
        }
    }
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// As in rows.
    pub name: &'static str,
    /// In the report's language.
    pub label: String,
    /// What it is.
    pub unit: Unit,
}

/// A level of comparison, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelName {
    /// `urval`, `lan:NN` or `riket`.
    pub code: String,
    /// Such as the steering group's name, Gävleborgs län, Riket.
    pub name: String,
    /// The policy of disclosure of its figures.
    pub disclosure: &'static str,
    /// The version of the policy's noise, where it has noise.
    pub disclosure_version: Option<&'static str>,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its id, such as `nya_gk`.
    pub id: &'static str,
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// What is counted, and its unit.
    pub definition: String,
    /// What to bear in mind.
    pub footnotes: Vec<String>,
    /// The kind of diagram that suits it.
    pub chart: String,
    /// The dimensions.
    pub dimensions: Vec<Dimension>,
    /// The measures.
    pub measures: Vec<Measure>,
    /// The figures.
    pub rows: Vec<Row>,
}

/// A whole report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its id.
    pub report: String,
    /// The version of its definitions.
    pub version: u32,
    /// `sv` or `en`.
    pub lang: &'static str,
    /// Its title.
    pub title: String,
    /// First and last day.
    pub period: (NaiveDate, NaiveDate),
    /// Code and name.
    pub geography: (String, String),
    /// What is selected of the variables, each with the codes of which one must hold.
    pub selections: Vec<Dimension>,
    /// The levels that every part has, in the order of the rows.
    pub levels: Vec<LevelName>,
    /// As known on.
    pub as_of: DateTime<Utc>,
    /// Up to which registration it counts.
    pub counted_to: i64,
    /// The policy of disclosure of the selection's figures; another level may have another.
    pub disclosure: &'static str,
    /// The version of the policy's noise, where it has noise.
    pub disclosure_version: Option<&'static str>,
    /// Anonymous cases of the selection, outside every figure.
    pub anonymous: Figure,
    /// What to bear in mind for the whole.
    pub footnotes: Vec<String>,
    /// The parts.
    pub parts: Vec<Part>,
}

impl Report {
    /// The policy of disclosure of a level's figures, with its version.
    #[must_use]
    pub fn disclosure_of(&self, level: &str) -> (&'static str, Option<&'static str>) {
        let own = (self.disclosure, self.disclosure_version);
        self.levels.iter().find(|l| l.code == level).map_or(own, |l| (l.disclosure, l.disclosure_version))
    }
}

/// An instant as on the wire.
#[must_use]
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A row with the names of its dimensions and measures.
struct NamedRow<'a>(&'a Row, &'a Part, &'a Report);

impl Serialize for NamedRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(row, part, report) = self;
        let mut map = serializer.serialize_map(None)?;
        for (dimension, code) in part.dimensions.iter().zip(&row.codes) {
            map.serialize_entry(dimension.name, code)?;
        }
        map.serialize_entry("level", &row.level)?;
        for (measure, figure) in part.measures.iter().zip(&row.figures) {
            map.serialize_entry(measure.name, figure)?;
        }
        if let Some(status) = row.status() {
            map.serialize_entry("status", status)?;
        }
        let (disclosure, version) = report.disclosure_of(&row.level);
        if disclosure != report.disclosure {
            map.serialize_entry("disclosure", disclosure)?;
            if let Some(version) = version {
                map.serialize_entry("disclosureVersion", version)?;
            }
        }
        map.end()
    }
}

/// A part with the report that it is of.
struct NamedPart<'a>(&'a Part, &'a Report);

impl Serialize for NamedPart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(part, report) = self;
        let rows: Vec<NamedRow<'_>> = part.rows.iter().map(|row| NamedRow(row, part, report)).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", part.id)?;
        map.serialize_entry("number", &part.number)?;
        map.serialize_entry("title", &part.title)?;
        map.serialize_entry("definition", &part.definition)?;
        map.serialize_entry("footnotes", &part.footnotes)?;
        map.serialize_entry("chart", &part.chart)?;
        map.serialize_entry("dimensions", &part.dimensions.iter().map(|d| d.name).collect::<Vec<_>>())?;
        map.serialize_entry("measures", &part.measures.iter().map(|m| m.name).collect::<Vec<_>>())?;
        map.serialize_entry("rows", &rows)?;
        map.end()
    }
}

/// A variable with what is selected of it.
struct NamedSelection<'a>(&'a Dimension);

impl Serialize for NamedSelection<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Named<'a> {
            code: &'a str,
            label: &'a str,
        }
        let codes: Vec<Named<'_>> = self.0.codes.iter().map(|c| Named { code: &c.code, label: &c.label }).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("variable", self.0.name)?;
        map.serialize_entry("label", &self.0.label)?;
        map.serialize_entry("codes", &codes)?;
        map.end()
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Days {
            from: NaiveDate,
            to: NaiveDate,
        }
        #[derive(Serialize)]
        struct Named<'a> {
            code: &'a str,
            name: &'a str,
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("report", &self.report)?;
        map.serialize_entry("version", &self.version)?;
        map.serialize_entry("lang", self.lang)?;
        map.serialize_entry("title", &self.title)?;
        map.serialize_entry("period", &Days { from: self.period.0, to: self.period.1 })?;
        map.serialize_entry("geography", &Named { code: &self.geography.0, name: &self.geography.1 })?;
        if !self.selections.is_empty() {
            let selections: Vec<NamedSelection<'_>> = self.selections.iter().map(NamedSelection).collect();
            map.serialize_entry("selections", &selections)?;
        }
        map.serialize_entry("asOf", &instant(self.as_of))?;
        map.serialize_entry("countedTo", &self.counted_to)?;
        map.serialize_entry("disclosure", self.disclosure)?;
        if let Some(version) = self.disclosure_version {
            map.serialize_entry("disclosureVersion", version)?;
        }
        map.serialize_entry("anonymous", &self.anonymous)?;
        map.serialize_entry("footnotes", &self.footnotes)?;
        let parts: Vec<NamedPart<'_>> = self.parts.iter().map(|part| NamedPart(part, self)).collect();
        map.serialize_entry("parts", &parts)?;
        map.end()
    }
}
