//! What an export holds, told once: the Parquet files, `schema.json` and the answer of `/v1/exports` are made from it, so
//! that none can say what the others don't.
//!
//! Lives here: what a table and a column say of themselves. Never here: which there are (`tables`), and how a case becomes
//! rows (`rows`).

use polars::prelude::{DataType, Field, Schema};
use serde_json::{Map, Value, json};

use super::tables::tables;

/// The version of the tables; raised when a column changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Flag,
    Day,
    Texts,
    Days,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Number => "int64",
            Self::Text => "string",
            Self::Flag => "boolean",
            Self::Day => "date",
            Self::Texts => "list<string>",
            Self::Days => "list<date>",
        }
    }

    pub(super) fn dtype(self) -> DataType {
        match self {
            Self::Number => DataType::Int64,
            Self::Text => DataType::String,
            Self::Flag => DataType::Boolean,
            Self::Day => DataType::Date,
            Self::Texts => DataType::List(Box::new(DataType::String)),
            Self::Days => DataType::List(Box::new(DataType::Date)),
        }
    }
}

/// A code with its labels.
pub(super) type Labelled = (String, String, String);

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name; those of answers are the names on the wire.
    pub name: &'static str,
    pub(super) kind: Kind,
    nullable: bool,
    unit: Option<&'static str>,
    sv: String,
    en: String,
    codes: Vec<Labelled>,
    source: &'static str,
}

impl Column {
    pub(super) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    pub(super) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    pub(super) fn codes(mut self, codes: Vec<Labelled>) -> Self {
        self.codes = codes;
        self
    }

    fn told(&self) -> Value {
        let mut told = Map::new();
        let mut put = |name: &str, value: Value| told.insert(name.to_owned(), value);
        put("name", json!(self.name));
        put("type", json!(self.kind.name()));
        put("nullable", json!(self.nullable));
        if let Some(unit) = self.unit {
            put("unit", json!(unit));
        }
        put("sv", json!(self.sv));
        put("en", json!(self.en));
        if !self.codes.is_empty() {
            let code = |(code, sv, en): &Labelled| json!({"code": code, "sv": sv, "en": en});
            put("codes", self.codes.iter().map(code).collect());
        }
        put("source", json!(self.source));
        Value::Object(told)
    }
}

pub(super) fn column(name: &'static str, kind: Kind, source: &'static str, sv: &str, en: &str) -> Column {
    let (sv, en) = (sv.to_owned(), en.to_owned());
    Column { name, kind, nullable: false, unit: None, sv, en, codes: Vec::new(), source }
}

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableId {
    /// One row a case.
    Cases,
    /// One row a step.
    Steps,
    /// One row a step that has answers.
    Answers,
    /// The offices of a case in time.
    CaseOffices,
    /// Anonymous cases, apart from the others.
    Anonymous,
    /// The register of offices.
    Offices,
    /// The register of areas.
    Areas,
    /// The register of steering groups.
    SteeringGroups,
    /// Kommuner with their län.
    Municipalities,
}

impl TableId {
    /// All, in the order in which they are read.
    pub const ALL: [Self; 9] = [
        Self::Cases,
        Self::Steps,
        Self::Answers,
        Self::CaseOffices,
        Self::Anonymous,
        Self::Offices,
        Self::Areas,
        Self::SteeringGroups,
        Self::Municipalities,
    ];

    /// Its name, in SQL, in an address and before `.parquet`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Steps => "steps",
            Self::Answers => "answers",
            Self::CaseOffices => "case_offices",
            Self::Anonymous => "anonymous",
            Self::Offices => "offices",
            Self::Areas => "areas",
            Self::SteeringGroups => "steering_groups",
            Self::Municipalities => "municipalities",
        }
    }

    /// The table of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// Whether its rows come from the cases, and not from a register.
    #[must_use]
    pub const fn is_of_cases(self) -> bool {
        matches!(self, Self::Cases | Self::Steps | Self::Answers | Self::CaseOffices | Self::Anonymous)
    }

    /// Its file.
    #[must_use]
    pub fn file(self) -> String {
        format!("{}.parquet", self.name())
    }

    /// What it holds.
    #[must_use]
    pub fn table(self) -> &'static Table {
        // A table each, in the order of the enum; a test says so.
        &tables()[self as usize]
    }
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which.
    pub id: TableId,
    pub(super) key: &'static [&'static str],
    pub(super) sv: &'static str,
    pub(super) en: &'static str,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
}

impl Table {
    pub(super) fn schema(&self) -> Schema {
        self.columns.iter().map(|c| Field::new(c.name.into(), c.kind.dtype())).collect()
    }

    /// The table as `schema.json` tells it.
    #[must_use]
    pub fn told(&self) -> Value {
        json!({
            "name": self.id.name(), "file": self.id.file(), "key": self.key, "sv": self.sv, "en": self.en,
            "columns": self.columns.iter().map(Column::told).collect::<Vec<_>>(),
        })
    }
}
