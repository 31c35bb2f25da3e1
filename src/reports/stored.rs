//! A report as it is kept: all that any form of it is made from, in a shape of its own, so that it can be read again
//! whatever becomes of definitions, codes and labels.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::report::{Code, Dimension, Figure, LevelName, Measure, Part, Report, Row, Unit};

/// The shape. A report kept in an earlier one must still be read.
const SHAPE: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Stored {
    shape: u32,
    report: String,
    version: u32,
    lang: String,
    title: String,
    period: (NaiveDate, NaiveDate),
    geography: (String, String),
    levels: Vec<(String, String)>,
    as_of: DateTime<Utc>,
    counted_to: i64,
    disclosure: String,
    anonymous: u64,
    footnotes: Vec<String>,
    parts: Vec<StoredPart>,
}

#[derive(Serialize, Deserialize)]
struct StoredPart {
    id: String,
    number: u32,
    title: String,
    definition: String,
    footnotes: Vec<String>,
    chart: String,
    dimensions: Vec<StoredDimension>,
    measures: Vec<(String, String, StoredUnit)>,
    rows: Vec<StoredRow>,
}

/// Name, label, and codes with their labels.
type StoredDimension = (String, String, Vec<(String, String)>);
/// Codes, level, figures.
type StoredRow = (Vec<String>, String, Vec<StoredFigure>);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredUnit {
    Count,
    Share,
    Days,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredFigure {
    Count(u64),
    /// As text: its shortest digits, which are read back to the very same number.
    Number(String),
    NotApplicable,
    Withheld,
}

impl From<Figure> for StoredFigure {
    fn from(figure: Figure) -> Self {
        match figure {
            Figure::Count(n) => Self::Count(n),
            Figure::Number(x) => Self::Number(x.to_string()),
            Figure::NotApplicable => Self::NotApplicable,
            Figure::Withheld => Self::Withheld,
        }
    }
}

impl StoredFigure {
    fn read(self) -> Option<Figure> {
        Some(match self {
            Self::Count(n) => Figure::Count(n),
            Self::Number(text) => Figure::Number(text.parse().ok()?),
            Self::NotApplicable => Figure::NotApplicable,
            Self::Withheld => Figure::Withheld,
        })
    }
}

/// A name as the types of a report hold it. Those of this program's definitions are few; a name that they don't have any
/// more is kept once for as long as the process runs.
fn name(text: String) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(text.as_str()) {
        return known;
    }
    let kept: &'static str = Box::leak(text.into_boxed_str());
    names.insert(kept);
    kept
}

/// The report as text.
///
/// # Errors
/// When it can't be written; plain texts and numbers always can.
pub fn write(report: &Report) -> Result<String, serde_json::Error> {
    // Every field by name, so that a new one is thought of here too.
    let Report {
        report,
        version,
        lang,
        title,
        period,
        geography,
        levels,
        as_of,
        counted_to,
        disclosure,
        anonymous,
        footnotes,
        parts,
    } = report.clone();
    serde_json::to_string(&Stored {
        shape: SHAPE,
        report,
        version,
        lang: lang.to_owned(),
        title,
        period,
        geography,
        levels: levels.into_iter().map(|LevelName { code, name }| (code, name)).collect(),
        as_of,
        counted_to,
        disclosure: disclosure.to_owned(),
        anonymous,
        footnotes,
        parts: parts.into_iter().map(part).collect(),
    })
}

fn part(part: Part) -> StoredPart {
    let Part { id, number, title, definition, footnotes, chart, dimensions, measures, rows } = part;
    let codes = |codes: Vec<Code>| codes.into_iter().map(|Code { code, label }| (code.into_owned(), label)).collect();
    let unit = |unit| match unit {
        Unit::Count => StoredUnit::Count,
        Unit::Share => StoredUnit::Share,
        Unit::Days => StoredUnit::Days,
    };
    let row = |Row { codes, level, figures }: Row| {
        let codes = codes.into_iter().map(std::borrow::Cow::into_owned).collect();
        (codes, level, figures.into_iter().map(StoredFigure::from).collect())
    };
    StoredPart {
        id: id.to_owned(),
        number,
        title,
        definition,
        footnotes,
        chart,
        dimensions: dimensions
            .into_iter()
            .map(|Dimension { name, label, codes: all }| (name.to_owned(), label, codes(all)))
            .collect(),
        measures: measures.into_iter().map(|m| (m.name.to_owned(), m.label, unit(m.unit))).collect(),
        rows: rows.into_iter().map(row).collect(),
    }
}

/// The report of a text; `None` when it is none.
#[must_use]
pub fn read(text: &str) -> Option<Report> {
    let stored: Stored = serde_json::from_str(text).ok().filter(|stored: &Stored| stored.shape == SHAPE)?;
    Some(Report {
        report: stored.report,
        version: stored.version,
        lang: name(stored.lang),
        title: stored.title,
        period: stored.period,
        geography: stored.geography,
        levels: stored.levels.into_iter().map(|(code, name)| LevelName { code, name }).collect(),
        as_of: stored.as_of,
        counted_to: stored.counted_to,
        disclosure: name(stored.disclosure),
        anonymous: stored.anonymous,
        footnotes: stored.footnotes,
        parts: stored.parts.into_iter().map(read_part).collect::<Option<_>>()?,
    })
}

fn read_part(part: StoredPart) -> Option<Part> {
    let codes = |codes: Vec<(String, String)>| {
        codes.into_iter().map(|(code, label)| Code { code: code.into(), label }).collect::<Vec<_>>()
    };
    let unit = |unit| match unit {
        StoredUnit::Count => Unit::Count,
        StoredUnit::Share => Unit::Share,
        StoredUnit::Days => Unit::Days,
    };
    let row = |(codes, level, figures): StoredRow| {
        let codes = codes.into_iter().map(std::borrow::Cow::Owned).collect();
        Some(Row { codes, level, figures: figures.into_iter().map(StoredFigure::read).collect::<Option<_>>()? })
    };
    Some(Part {
        id: name(part.id),
        number: part.number,
        title: part.title,
        definition: part.definition,
        footnotes: part.footnotes,
        chart: part.chart,
        dimensions: part
            .dimensions
            .into_iter()
            .map(|(id, label, all)| Dimension { name: name(id), label, codes: codes(all) })
            .collect(),
        measures: part
            .measures
            .into_iter()
            .map(|(id, label, u)| Measure { name: name(id), label, unit: unit(u) })
            .collect(),
        rows: part.rows.into_iter().map(row).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::code::Position;
    use crate::reports::arbitrary::{any_case, geography, organisation, period};
    use crate::reports::{Facts, Lang, Request, pull};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_kept_is_read_again(
            cases in prop::collection::vec(any_case(), 0..40), geography in geography(), period in period(),
        ) {
            let facts = Facts::build((1..).zip(&cases), Position(7)).unwrap();
            let request = Request { report: "baspaket".to_owned(), period, geography };
            let report = pull(&facts, &organisation(), &request, DateTime::UNIX_EPOCH, Lang::En).unwrap();
            prop_assert_eq!(read(&write(&report).unwrap()).unwrap(), report);
        }
    }
}
