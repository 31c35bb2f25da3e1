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
    selections: Vec<StoredDimension>,
    levels: Vec<StoredLevel>,
    as_of: DateTime<Utc>,
    counted_to: i64,
    disclosure: String,
    disclosure_version: Option<String>,
    anonymous: StoredFigure,
    footnotes: Vec<String>,
    parts: Vec<StoredPart>,
}

/// Code, name, and the policy of disclosure of its figures with its version.
type StoredLevel = (String, String, String, Option<String>);

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
        selections,
        levels,
        as_of,
        counted_to,
        disclosure,
        disclosure_version,
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
        selections: selections.into_iter().map(dimension).collect(),
        levels: levels
            .into_iter()
            .map(|LevelName { code, name, disclosure, disclosure_version }| {
                (code, name, disclosure.to_owned(), disclosure_version.map(str::to_owned))
            })
            .collect(),
        as_of,
        counted_to,
        disclosure: disclosure.to_owned(),
        disclosure_version: disclosure_version.map(str::to_owned),
        anonymous: anonymous.into(),
        footnotes,
        parts: parts.into_iter().map(part).collect(),
    })
}

fn dimension(Dimension { name, label, codes }: Dimension) -> StoredDimension {
    let code = |Code { code, label }: Code| (code.into_owned(), label);
    (name.to_owned(), label, codes.into_iter().map(code).collect())
}

fn part(part: Part) -> StoredPart {
    let Part { id, number, title, definition, footnotes, chart, dimensions, measures, rows } = part;
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
        dimensions: dimensions.into_iter().map(dimension).collect(),
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
        selections: stored.selections.into_iter().map(read_dimension).collect(),
        levels: stored
            .levels
            .into_iter()
            .map(|(code, title, disclosure, version)| LevelName {
                code,
                name: title,
                disclosure: name(disclosure),
                disclosure_version: version.map(name),
            })
            .collect(),
        as_of: stored.as_of,
        counted_to: stored.counted_to,
        disclosure: name(stored.disclosure),
        disclosure_version: stored.disclosure_version.map(name),
        anonymous: stored.anonymous.read()?,
        footnotes: stored.footnotes,
        parts: stored.parts.into_iter().map(read_part).collect::<Option<_>>()?,
    })
}

fn read_dimension((id, label, codes): StoredDimension) -> Dimension {
    let code = |(code, label): (String, String)| Code { code: code.into(), label };
    Dimension { name: name(id), label, codes: codes.into_iter().map(code).collect() }
}

fn read_part(part: StoredPart) -> Option<Part> {
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
        dimensions: part.dimensions.into_iter().map(read_dimension).collect(),
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
    use crate::reports::disclosure::{Grant, Policy};
    use crate::reports::{Facts, Lang, Request, pull};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_kept_is_read_again(
            cases in prop::collection::vec(any_case(), 0..40), geography in geography(), period in period(),
            report in prop::sample::select(vec!["baspaket", "deltagare-bakgrund"]),
            policy in prop::sample::select(Policy::ALL.to_vec()),
        ) {
            let facts = Facts::build((1..).zip(&cases), Position(7)).unwrap();
            let mut request = Request::plain(report, period, geography);
            if report != "baspaket" {
                request.choose([("kon", "kvinna")], Some("insatstyp")).unwrap();
            }
            let grant = Grant { own: policy, beside: Policy::CellKey };
            let report = pull(&facts, &organisation(), &request, DateTime::UNIX_EPOCH, Lang::En, grant).unwrap();
            prop_assert_eq!(read(&write(&report).unwrap()).unwrap(), report);
        }
    }
}
