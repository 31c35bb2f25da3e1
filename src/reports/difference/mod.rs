//! Why figures changed: a report as known on two instants, and what stands behind each change.
//!
//! **Lives here:** the two reports put side by side, row by row; what each entry of the changed cases' journals changed
//! (`explain`); how the states are had (`follow`). **Never here:** a definition: what one case adds to a report is
//! what the plain loop says.
//!
//! For every count, before + the sum of the causes = after:
//! * time passes, where states are measured (`datakvalitet`, `flaskhalsar`), and what falls due or waits longer with the same
//!   cases is `tid_gatt`;
//! * then the cases go from the earlier state to the later, entry by entry, counted by the earlier register and measured as at
//!   the later instant, so that a step that is new is told as that;
//! * then the register changes, and what that changes with the same cases is `register_andrat`.
//!
//! Both have the places of both: an office that a group lost, or that a correction took the last case from, stands with
//! what it had, and with nothing after.
//!
//! # Who sees what
//! Both reports are as the caller may see them, and so is every cause: under noise it is the noisy number of those who
//! came less that of those who left, which follows from who they are as every figure does. Then causes add up only
//! about. The entries behind are shown to those who may read their cases, whatever the figures are.
//!
//! An identity that was taken away can't be known again: such a case is anonymous on both instants, so its earlier
//! figures are not those that were told at the time. The difference says how many such cases there are.

mod cause;
mod explain;
mod follow;
mod wire;

#[cfg(test)]
mod properties;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

pub use cause::{Cause, Texts, texts};
use explain::Explained;
pub use explain::{Behind, Key, Moved};
pub use follow::Between;

use super::disclosure::Grant;
use super::report::{Figure, Part, Report, Row};
use super::selection::Level;

/// An instant and the position up to which is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// As known on.
    pub as_of: DateTime<Utc>,
    /// Up to which registration.
    pub counted_to: i64,
}

/// A figure on both instants.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it was.
    pub before: Figure,
    /// What it is.
    pub after: Figure,
    /// Why; counts only. No cause stands with nothing.
    pub causes: BTreeMap<Cause, i64>,
}

impl Change {
    /// How much the figure changed, where both are numbers.
    #[must_use]
    pub fn change(&self) -> Figure {
        match (self.before, self.after) {
            (Figure::Count(before), Figure::Count(after)) => Figure::Number(after as f64 - before as f64),
            (Figure::Number(before), Figure::Number(after)) => Figure::Number(after - before),
            (Figure::Withheld, _) | (_, Figure::Withheld) => Figure::Withheld,
            _ => Figure::NotApplicable,
        }
    }
}

/// A row on both instants.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedRow {
    /// As in the report.
    pub codes: Vec<Cow<'static, str>>,
    /// As in the report.
    pub level: String,
    /// One a measure.
    pub figures: Vec<Change>,
}

/// A part on both instants: the later report's, with these rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedPart {
    /// What the part is; without rows.
    pub part: Part,
    /// The rows.
    pub rows: Vec<ChangedRow>,
}

/// A report on two instants.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The later report, without parts.
    pub report: Report,
    /// The earlier state.
    pub earlier: Moment,
    /// The later state.
    pub later: Moment,
    /// Anonymous cases of the selection, outside every part.
    pub anonymous: Change,
    /// Those of them whose identity was taken away in between: anonymous on both instants.
    pub anonymised: Figure,
    /// The parts.
    pub parts: Vec<ChangedPart>,
}

/// A report of two instants and of what lies between them.
struct Stages {
    /// The earlier state.
    before: Report,
    /// The earlier state measured as at the later instant; where time passing counts.
    later: Option<Report>,
    /// The later state by the earlier register, where that counts otherwise.
    between: Option<Report>,
    /// The later state.
    after: Report,
}

/// What the reports and what was explained come to.
fn compare(stages: Stages, levels: &[Level], (explained, grant): (&Explained, Grant)) -> Difference {
    let Stages { before, later: passed, between, mut after } = stages;
    let moment = |report: &Report| Moment { as_of: report.as_of, counted_to: report.counted_to };
    let (earlier, later) = (moment(&before), moment(&after));
    let causes = |level: &str, key: &Key| {
        let at = levels.iter().position(|l| l.code == level);
        let moved = at.and_then(|at| explained.sums.get(at)?.get(key)).into_iter().flatten();
        moved.filter_map(|(cause, moved)| Some((*cause, moved.shown(grant.of(level))?))).collect::<BTreeMap<_, _>>()
    };
    let count = |figure: Figure| if let Figure::Count(n) = figure { i64::try_from(n).ok() } else { None };
    let changed = |level: &str, key: &Key, [before, passed, between, after]: [Figure; 4]| {
        let mut causes = if count(after).is_some() { causes(level, key) } else { BTreeMap::new() };
        for (cause, from, to) in [(Cause::Time, before, passed), (Cause::Register, between, after)] {
            if let (Some(from), Some(to)) = (count(from), count(to)) {
                causes.insert(cause, to - from);
            }
        }
        causes.retain(|_, change| *change != 0);
        Change { before, after, causes }
    };
    let was = Rows::of(&before.parts);
    let [passed_rows, old_rows] = [&passed, &between].map(|report| report.as_ref().map(|r| Rows::of(&r.parts)));
    let parts = std::mem::take(&mut after.parts).into_iter().map(|mut part| {
        let rows = std::mem::take(&mut part.rows).into_iter().filter_map(|row| {
            let before = was.get(&part, &row)?;
            let between = old_rows.as_ref().and_then(|rows| rows.get(&part, &row)).unwrap_or(&row.figures);
            let passed = passed_rows.as_ref().and_then(|rows| rows.get(&part, &row)).unwrap_or(before);
            let of = |(i, measure): (usize, &super::report::Measure)| {
                let key = Key { part: part.id, codes: row.codes.clone(), measure: measure.name };
                let figure = |all: &[Figure]| all.get(i).copied().unwrap_or(Figure::NotApplicable);
                changed(&row.level, &key, [before, passed, between, &row.figures].map(figure))
            };
            let figures = part.measures.iter().enumerate().map(of).collect();
            Some(ChangedRow { codes: row.codes.clone(), level: row.level.clone(), figures })
        });
        let rows = rows.collect();
        ChangedPart { part, rows }
    });
    let parts = parts.collect();
    let old = between.as_ref().map_or(after.anonymous, |report| report.anonymous);
    let anonymous = changed("urval", &Key::anonymous(), [before.anonymous, before.anonymous, old, after.anonymous]);
    after.levels.retain(|level| before.levels.iter().any(|l| l.code == level.code));
    let anonymised = grant.own.count(explained.anonymised);
    Difference { report: after, earlier, later, anonymous, anonymised, parts }
}

/// Part, codes and level.
type Place<'a> = (&'a str, &'a [Cow<'static, str>], &'a str);

/// The rows of a report by their places.
struct Rows<'a>(HashMap<Place<'a>, &'a [Figure]>);

impl<'a> Rows<'a> {
    fn of(parts: &'a [Part]) -> Self {
        let rows = parts.iter().flat_map(|part| part.rows.iter().map(|row| (part.id, row)));
        Self(rows.map(|(id, row)| ((id, &*row.codes, &*row.level), &*row.figures)).collect())
    }

    fn get(&self, part: &Part, row: &Row) -> Option<&'a [Figure]> {
        self.0.get(&(part.id, &*row.codes, &*row.level)).copied()
    }
}
