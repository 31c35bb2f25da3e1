//! How a difference looks as JSON.

use serde_json::{Map, Value, json};

use super::cause::texts;
use super::{Behind, Change, ChangedPart, ChangedRow, Difference, Moment};
use crate::reports::report::{Figure, instant};
use crate::reports::request::Lang;

fn moment(moment: Moment) -> Value {
    json!({"asOf": instant(moment.as_of), "countedTo": moment.counted_to})
}

fn change(change: &Change) -> Value {
    let mut told = json!({"before": change.before, "after": change.after, "change": signed(change)});
    // Only counts have causes.
    if matches!(change.after, Figure::Count(_)) {
        let causes = change.causes.iter().map(|(cause, n)| (cause.code().to_owned(), json!(n)));
        told["causes"] = Value::Object(causes.collect());
    }
    if let Some(status) = change.before.status().or(change.after.status()) {
        told["status"] = json!(status);
    }
    told
}

/// A change of counts is a whole number too.
fn signed(change: &Change) -> Value {
    match (change.before, change.after) {
        (Figure::Count(before), Figure::Count(after)) => json!(i128::from(after) - i128::from(before)),
        _ => json!(change.change()),
    }
}

impl Change {
    /// Whether anything changed that is shown, or one thing outweighed another. Why there is no value, twice, is none.
    fn is_told(&self) -> bool {
        let is_blank = self.before.status().is_some() && self.after.status().is_some();
        (self.before != self.after && !is_blank) || !self.causes.is_empty()
    }
}

impl ChangedRow {
    fn told(&self, part: &ChangedPart) -> Value {
        let mut row = Map::new();
        for (dimension, code) in part.part.dimensions.iter().zip(&self.codes) {
            row.insert(dimension.name.to_owned(), json!(code));
        }
        row.insert("level".to_owned(), json!(self.level));
        for (measure, figure) in part.part.measures.iter().zip(&self.figures) {
            row.insert(measure.name.to_owned(), change(figure));
        }
        Value::Object(row)
    }
}

impl ChangedPart {
    fn told(&self, changed_only: bool) -> Value {
        let rows = self.rows.iter().filter(|row| !changed_only || row.figures.iter().any(Change::is_told));
        let names = |names: Vec<&'static str>| json!(names);
        json!({
            "id": self.part.id, "number": self.part.number, "title": self.part.title,
            "dimensions": names(self.part.dimensions.iter().map(|d| d.name).collect()),
            "measures": names(self.part.measures.iter().map(|m| m.name).collect()),
            "rows": rows.map(|row| row.told(self)).collect::<Vec<_>>(),
        })
    }
}

impl Difference {
    /// As JSON; with all rows, or with those that changed.
    #[must_use]
    pub fn told(&self, lang: Lang, changed_only: bool) -> Value {
        let report = &self.report;
        let levels = report.levels.iter().map(|level| {
            let mut told = json!({"code": level.code, "name": level.name, "disclosure": level.disclosure});
            if let Some(version) = level.disclosure_version {
                told["disclosureVersion"] = json!(version);
            }
            told
        });
        // What the policy of disclosure has to say stands after what the difference has.
        let noisy = report.levels.iter().any(|level| level.disclosure_version.is_some());
        let footnotes = texts().footnotes.iter().chain(texts().with_noise.iter().filter(|_| noisy));
        let footnotes = footnotes.map(|note| note.get(lang).to_owned()).chain(report.footnotes.iter().cloned());
        let causes = texts().causes.iter().map(|cause| {
            json!({"code": cause.code, "label": cause.label.get(lang), "definition": cause.definition.get(lang)})
        });
        json!({
            "report": report.report, "version": report.version, "lang": report.lang, "title": report.title,
            "period": {"from": report.period.0, "to": report.period.1},
            "geography": {"code": report.geography.0, "name": report.geography.1},
            "earlier": moment(self.earlier), "later": moment(self.later), "disclosure": report.disclosure,
            "levels": levels.collect::<Vec<_>>(),
            "causes": causes.collect::<Vec<_>>(),
            "footnotes": footnotes.collect::<Vec<_>>(),
            "anonymous": change(&self.anonymous), "anonymised": self.anonymised,
            "parts": self.parts.iter().map(|part| part.told(changed_only)).collect::<Vec<_>>(),
        })
    }

    /// An entry behind changes, as JSON.
    #[must_use]
    pub fn behind(&self, behind: &Behind) -> Value {
        let changes = behind.changes.iter().map(|(key, n)| {
            let part = self.parts.iter().find(|part| part.part.id == key.part);
            let mut row = Map::new();
            if let Some(part) = part {
                row.insert("part".to_owned(), json!(key.part));
                for (dimension, code) in part.part.dimensions.iter().zip(&key.codes) {
                    row.insert(dimension.name.to_owned(), json!(code));
                }
            }
            row.insert("measure".to_owned(), json!(key.measure));
            row.insert("change".to_owned(), json!(n));
            Value::Object(row)
        });
        json!({
            "case": behind.case.to_string(), "link": format!("/v1/cases/{}", behind.case),
            "registration": behind.registration.to_string(), "position": behind.position.0,
            "cause": behind.cause.code(), "changes": changes.collect::<Vec<_>>(),
        })
    }
}
