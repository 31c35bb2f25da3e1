//! What the entries of a case's journal changed, entry by entry.
//!
//! Lives here: replaying a case between two of its states, and adding up by cause. Never here: which cases, and what
//! a case adds to a report ([`each_cell`] tells that).

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::cause::Cause;
use crate::domain::case::Case;
use crate::domain::code::{CaseId, Position, RegistrationId};
use crate::domain::journal::Entry;
use crate::domain::organisation::OfficePair;
use crate::reports::baspaket::Measures;
use crate::reports::cube::Tally;
use crate::reports::disclosure::{Policy, RecordKeys};
use crate::reports::plain::{self, Asked, What, each_cell};
use crate::reports::report::Figure;

/// A count of a report: its part, its row's codes, and its measure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The part's id; empty for what the report counts beside its parts.
    pub part: &'static str,
    /// As in the row.
    pub codes: Vec<Cow<'static, str>>,
    /// As on the wire.
    pub measure: &'static str,
}

impl Key {
    /// The anonymous cases of the selection, outside every part.
    #[must_use]
    pub const fn anonymous() -> Self {
        Self { part: "", codes: Vec::new(), measure: "anonymous" }
    }
}

/// What one case adds to counts.
pub type Counts = BTreeMap<Key, i64>;

/// What a cause brought to a count and took from it. What one case gains and loses by the same cause is one or the
/// other, or nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    came: Tally,
    left: Tally,
}

impl Moved {
    fn add(&mut self, change: i64, record_key: u32) {
        let side = if change > 0 { &mut self.came } else { &mut self.left };
        (0..change.unsigned_abs()).for_each(|_| side.add(record_key));
    }

    /// The change as it may be shown; `None` when it may not.
    #[must_use]
    pub fn shown(self, policy: Policy) -> Option<i64> {
        match (policy.count(self.came), policy.count(self.left)) {
            (Figure::Count(came), Figure::Count(left)) => i64::try_from(i128::from(came) - i128::from(left)).ok(),
            _ => None,
        }
    }
}

/// The measure of a part that something is counted in.
const fn measure(measures: Measures, what: What) -> &'static str {
    match (measures, what) {
        (Measures::Days | Measures::Spread, _) => "n",
        (Measures::Stock, What::Distinct) => "distinkta",
        _ => "antal",
    }
}

/// What is counted, and how.
pub(super) struct Scene<'a> {
    /// By the earlier register, measured as at the later instant.
    pub asked: Asked<'a>,
    /// The Swedish day of the earlier state: what happened later is new, and what had happened by then late.
    pub day: NaiveDate,
    /// What the noise of causes follows from.
    pub keys: &'a RecordKeys,
}

impl Scene<'_> {
    /// What a case adds on each level.
    fn of(&self, case: &Case) -> Vec<Counts> {
        let Asked { request, levels, .. } = self.asked;
        let mut all: Vec<Counts> = levels.iter().map(|_| Counts::new()).collect();
        let parts = request.form().map_or(&[][..], |form| form.parts);
        each_cell(&self.asked, case, |level, part, codes, what| {
            let Some(form) = parts.iter().find(|form| form.id == part) else { return };
            let (key, counts) = (Key { part, codes, measure: measure(form.measures, what) }, &mut all[level]);
            match what {
                What::Distinct => _ = counts.insert(key, 1),
                What::One | What::Days(_) => *counts.entry(key).or_default() += 1,
            }
        });
        for (level, counts) in levels.iter().zip(&mut all) {
            if level.code == "urval" && plain::anonymous([case], request.period, &level.selection) > 0 {
                counts.insert(Key::anonymous(), 1);
            }
        }
        all
    }
}

/// An entry that changed a count of the selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    /// Of which case.
    pub case: CaseId,
    /// Its offices at the later instant.
    pub offices: OfficePair,
    /// The entry.
    pub registration: RegistrationId,
    /// Its place in the order of everything.
    pub position: Position,
    /// What it was.
    pub cause: Cause,
    /// What it changed in the selection.
    pub changes: Vec<(Key, i64)>,
}

/// All that was explained.
#[derive(Debug, Default)]
pub(super) struct Explained {
    /// By level, in the order of the scene's, and count.
    pub sums: Vec<BTreeMap<Key, BTreeMap<Cause, Moved>>>,
    /// In the order of cases.
    pub behind: Vec<Behind>,
    /// Cases of the selection whose identity was taken away in between.
    pub anonymised: Tally,
}

impl Explained {
    /// Adds what the entries after the first `from` changed, one after the other. `case` is the state after those;
    /// `None` when there was none.
    pub fn add(
        &mut self,
        scene: &Scene<'_>,
        case: Option<Case>,
        entries: &[Entry],
        begin: impl Fn(&Entry) -> Option<Case>,
    ) {
        self.sums.resize_with(scene.asked.levels.len(), BTreeMap::new);
        let nothing = || scene.asked.levels.iter().map(|_| Counts::new()).collect::<Vec<_>>();
        let mut before = case.as_ref().map_or_else(nothing, |case| scene.of(case));
        let mut now = case;
        let first = self.behind.len();
        let mut anonymised = false;
        let mut moved: BTreeMap<(usize, Key, Cause), i64> = BTreeMap::new();
        for entry in entries {
            match &mut now {
                Some(case) => case.apply(entry),
                None => now = begin(entry),
            }
            let after = now.as_ref().map_or_else(nothing, |case| scene.of(case));
            let cause = Cause::of(entry, scene.day);
            anonymised |= cause == Cause::Anonymised;
            for level in 0..scene.asked.levels.len() {
                let changes = changes(&before[level], &after[level]);
                for (key, change) in &changes {
                    *moved.entry((level, key.clone(), cause)).or_default() += change;
                }
                if let (0, false, Some(case)) = (level, changes.is_empty(), &now) {
                    self.behind.push(Behind {
                        case: case.id,
                        offices: case.present_offices().clone(),
                        registration: entry.id,
                        position: entry.position,
                        cause,
                        changes,
                    });
                }
            }
            before = after;
        }
        let Some(record_key) = now.as_ref().map(|case| scene.keys.of(case.id)) else { return };
        for ((level, key, cause), change) in moved {
            self.sums[level].entry(key).or_default().entry(cause).or_default().add(change, record_key);
        }
        if let Some(case) = &now {
            for behind in &mut self.behind[first..] {
                behind.offices = case.present_offices().clone();
            }
        }
        let is_anonymous = before.first().is_some_and(|counts| counts.contains_key(&Key::anonymous()));
        if anonymised && is_anonymous {
            self.anonymised.add(record_key);
        }
    }
}

fn changes(before: &Counts, after: &Counts) -> Vec<(Key, i64)> {
    let gone = before.iter().map(|(key, count)| (key, after.get(key).copied().unwrap_or(0) - count));
    let come = after.iter().filter(|(key, _)| !before.contains_key(*key)).map(|(key, count)| (key, *count));
    let changed = gone.chain(come).filter(|(_, change)| *change != 0);
    changed.map(|(key, change)| (key.clone(), change)).collect()
}

#[cfg(test)]
#[test]
fn a_cause_is_shown_as_counted_or_with_noise_and_none_stays_none() {
    let mut moved = Moved::default();
    assert_eq!([Policy::Exact, Policy::CellKey].map(|policy| moved.shown(policy)), [Some(0); 2]);
    for case in 0..10_u32 {
        moved.add(if case < 7 { 1 } else { -2 }, case.wrapping_mul(2_654_435_761));
    }
    assert_eq!(moved.shown(Policy::Exact), Some(1));
    let shown = moved.shown(Policy::CellKey).unwrap();
    assert!(shown % 3 == 0 && (shown - 1).abs() < 6, "{shown}");
}
