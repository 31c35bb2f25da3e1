//! Parquet for data frames: the rows and columns that CSV has, numbers as numbers, missing as null beside a status.
//!
//! What the report says of itself stands in the file's own metadata, under `sus`, as JSON.

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, PolarsResult, Series};
use polars_io::parquet::write::{KeyValueMetadata, ParquetCompression, ParquetWriter};
use serde_json::{Value, json};

use super::tidy::{Columns, code, figure, rows};
use crate::reports::report::{Figure, Report, instant};

/// The report as Parquet.
///
/// # Errors
/// When the columns can't be written, which columns of equal length never make it do.
pub fn render(report: &Report) -> PolarsResult<Vec<u8>> {
    let Columns { dimensions, measures } = Columns::of(report);
    let texts = |name: &str, values: Vec<Option<&str>>| Series::new(name.into(), values).into_column();
    let mut columns: Vec<Column> = vec![texts("part", rows(report).map(|(part, _)| Some(part.id)).collect())];
    for name in dimensions {
        columns.push(texts(name, rows(report).map(|(part, row)| code(part, row, name)).collect()));
    }
    columns.push(texts("level", rows(report).map(|(_, row)| Some(row.level.as_str())).collect()));
    for name in measures {
        columns.push(numbers(name, rows(report).map(|(part, row)| figure(part, row, name)).collect()));
    }
    columns.push(texts("status", rows(report).map(|(_, row)| row.status()).collect()));
    let mut frame = DataFrame::new(rows(report).count(), columns)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        // What every reader knows.
        .with_compression(ParquetCompression::Snappy)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![(
            "sus".to_owned(),
            about(report).to_string(),
        )])))
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(bytes)
}

/// Whole numbers where all are counts.
fn numbers(name: &str, figures: Vec<Option<Figure>>) -> Column {
    if figures.iter().any(|f| matches!(f, Some(Figure::Number(_)))) {
        let values = figures.into_iter().map(|figure| match figure {
            Some(Figure::Number(x)) => Some(x),
            Some(Figure::Count(n)) => Some(n as f64),
            _ => None,
        });
        return Series::new(name.into(), values.collect::<Vec<Option<f64>>>()).into_column();
    }
    let values = figures.into_iter().map(|figure| match figure {
        Some(Figure::Count(n)) => i64::try_from(n).ok(),
        _ => None,
    });
    Series::new(name.into(), values.collect::<Vec<Option<i64>>>()).into_column()
}

/// Everything but the rows, with the labels of codes.
fn about(report: &Report) -> Value {
    let labels = |codes: Vec<(&str, &str)>| codes.into_iter().map(|(c, l)| json!({"code": c, "label": l})).collect();
    let dimension = |d: &crate::reports::report::Dimension| -> Value {
        let codes: Vec<Value> = labels(d.codes.iter().map(|c| (&*c.code, c.label.as_str())).collect());
        json!({"name": d.name, "label": d.label, "codes": codes})
    };
    let part = |part: &crate::reports::report::Part| {
        let measures: Vec<Value> = labels(part.measures.iter().map(|m| (m.name, m.label.as_str())).collect());
        json!({
            "id": part.id, "number": part.number, "title": part.title, "definition": part.definition,
            "footnotes": part.footnotes, "dimensions": part.dimensions.iter().map(dimension).collect::<Vec<_>>(),
            "measures": measures,
        })
    };
    let levels: Vec<Value> = labels(report.levels.iter().map(|l| (l.code.as_str(), l.name.as_str())).collect());
    json!({
        "report": report.report, "version": report.version, "lang": report.lang, "title": report.title,
        "period": {"from": report.period.0, "to": report.period.1},
        "geography": {"code": report.geography.0, "name": report.geography.1}, "levels": levels, "selections": report.selections.iter().map(dimension).collect::<Vec<_>>(),
        "asOf": instant(report.as_of), "countedTo": report.counted_to, "disclosure": report.disclosure,
        "anonymous": report.anonymous, "footnotes": report.footnotes,
        "parts": report.parts.iter().map(part).collect::<Vec<_>>(),
    })
}
