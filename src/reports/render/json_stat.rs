//! JSON-stat 2.0 for statistics programs: a dataset for one part, a collection with a dataset for each of several.
//!
//! A missing value is null; its `status` is the sign that people see, explained under `extension`.

use serde_json::{Map, Value, json};

use super::cube::{Axis, Cube, LEVEL, MEASURE};
use super::words::{context, figures, sign, signs};
use crate::reports::report::{Figure, Measure, Part, Report, Unit, instant};
use crate::reports::times::TIME;

/// The report as JSON-stat.
///
/// # Errors
/// When a figure can't be written, which no count, share or mean is.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    if let [part] = report.parts.as_slice() {
        return serde_json::to_string(&dataset(report, part));
    }
    let items: Vec<Value> = report.parts.iter().map(|part| dataset(report, part)).collect();
    serde_json::to_string(&json!({
        "version": "2.0",
        "class": "collection",
        "label": report.title,
        "updated": instant(report.as_of),
        "note": report.footnotes,
        "link": {"item": items},
        "extension": about(report),
    }))
}

/// What the whole report says of itself, by the names that its JSON has.
fn about(report: &Report) -> Value {
    json!({
        "report": report.report,
        "version": report.version,
        "lang": report.lang,
        "title": report.title,
        "period": {"from": report.period.0, "to": report.period.1},
        "geography": {"code": report.geography.0, "name": report.geography.1},
        "asOf": instant(report.as_of),
        "countedTo": report.counted_to,
        "disclosure": report.disclosure,
        "anonymous": report.anonymous,
    })
}

fn dataset(report: &Report, part: &Part) -> Value {
    let cube = Cube::new(report, part);
    let mut note = vec![part.definition.clone()];
    note.extend(part.footnotes.iter().chain(&report.footnotes).cloned());
    note.extend(context(report).into_iter().map(|(name, value)| format!("{name}: {value}")));
    let mut extension = about(report);
    extension["part"] = json!({"id": part.id, "number": part.number, "definition": part.definition});
    let mut dataset = json!({
        "version": "2.0",
        "class": "dataset",
        "label": part.title,
        "source": report.title,
        "updated": instant(report.as_of),
        "note": note,
        "id": cube.axes.iter().map(|axis| axis.name).collect::<Vec<_>>(),
        "size": cube.sizes(),
        "role": {"time": [TIME], "geo": [LEVEL], "metric": [MEASURE]},
        "dimension": dimensions(&cube.axes, &part.measures),
        "value": cube.figures,
    });
    let status = status(&cube.figures);
    if !status.is_empty() {
        dataset["status"] = Value::Object(status);
        let missing = figures(part).chain(cube.figures.iter().copied()).filter(|f| f.status().is_some());
        let meanings = signs(report, missing).into_iter().filter_map(|text| text.split_once(' '));
        let meanings: Map<String, Value> = meanings.map(|(sign, text)| (sign.to_owned(), json!(text))).collect();
        extension["status"] = json!({"label": meanings});
    }
    dataset["extension"] = extension;
    dataset
}

/// The sign of each cell that has no value, by its number.
fn status(figures: &[Figure]) -> Map<String, Value> {
    let missing = figures.iter().enumerate().filter(|(_, figure)| figure.status().is_some());
    missing.filter_map(|(i, figure)| Some((i.to_string(), json!(sign(*figure)?)))).collect()
}

fn dimensions(axes: &[Axis<'_>], measures: &[Measure]) -> Map<String, Value> {
    axes.iter().map(|axis| (axis.name.to_owned(), dimension(axis, measures))).collect()
}

fn dimension(axis: &Axis<'_>, measures: &[Measure]) -> Value {
    let index: Vec<&str> = axis.codes.iter().map(|(code, _)| code.as_str()).collect();
    let labels: Map<String, Value> = axis.codes.iter().map(|(code, label)| (code.clone(), json!(label))).collect();
    let mut category = json!({"index": index, "label": labels});
    if axis.name == MEASURE {
        let units = measures.iter().map(|m| (m.name.to_owned(), unit(m))).collect::<Map<_, _>>();
        category["unit"] = Value::Object(units);
    }
    json!({"label": axis.label, "category": category})
}

/// `decimals` is how many to show; the values are unrounded.
fn unit(measure: &Measure) -> Value {
    match measure.unit {
        Unit::Count => json!({"label": measure.label, "decimals": 0}),
        Unit::Share => json!({"label": measure.label, "decimals": 3}),
        Unit::Days => json!({"label": measure.label, "decimals": 1}),
    }
}
