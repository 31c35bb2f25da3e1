//! What the entries of a case's journal changed, entry by entry.
//!
//! Lives here: replaying a case between two of its states, and adding up by cause. Never here: which cases, and what
//! a case adds to a report ([`counts_of`] asks that of the plain loop).

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::cause::Cause;
use crate::domain::case::Case;
use crate::domain::code::{CaseId, Position, RegistrationId};
use crate::domain::journal::Entry;
use crate::domain::organisation::OfficePair;
use crate::reports::baspaket::PARTS;
use crate::reports::cube::{SAMTLIGA, Tally};
use crate::reports::disclosure::{Policy, RecordKeys};
use crate::reports::plain::{self, Adds, Contribution};
use crate::reports::report::Figure;
use crate::reports::request::Period;
use crate::reports::selection::{Level, Selection};

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
    pub(super) const fn anonymous() -> Self {
        Self { part: "", codes: Vec::new(), measure: "anonymous" }
    }
}

/// What one case adds to counts.
pub type Counts = BTreeMap<Key, i64>;

/// What one case adds to the counts of a report, for a period and a selection.
pub type CountsOf = fn(&Case, Period, &Selection) -> Counts;

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

/// How a report is explained; `None` when it can't be yet.
#[must_use]
pub fn counts_of(report: &str) -> Option<CountsOf> {
    match report {
        "baspaket" => Some(|case, period, selection| baspaket(&plain::contributions(case, period, selection))),
        _ => None,
    }
}

/// Each cell is counted in its own row and in every total that is a sum over it.
fn baspaket(contributions: &[Contribution]) -> Counts {
    let mut counts = Counts::new();
    for Contribution { part, codes, adds, .. } in contributions {
        let Some(form) = PARTS.iter().find(|form| form.id == *part) else { continue };
        let measure = match adds {
            Adds::One => "antal",
            Adds::Distinct => "distinkta",
            Adds::Days(_) => "n",
        };
        let rows =
            form.axes.iter().zip(codes).fold(vec![Vec::new()], |rows: Vec<Vec<Cow<'static, str>>>, (axis, code)| {
                let total = axis.summed.then_some(SAMTLIGA);
                let values: Vec<&'static str> = std::iter::once(*code).chain(total).collect();
                let longer =
                    |row: &Vec<Cow<'static, str>>, value: &'static str| [row.as_slice(), &[value.into()]].concat();
                rows.iter().flat_map(|row| values.iter().map(move |value| longer(row, value))).collect()
            });
        for codes in rows {
            *counts.entry(Key { part, codes, measure }).or_default() += 1;
        }
    }
    counts
}

/// What is counted, and how.
pub(super) struct Scene<'a> {
    pub period: Period,
    /// The levels by the earlier register.
    pub levels: &'a [Level],
    /// The Swedish day of the earlier instant.
    pub day: NaiveDate,
    pub counts: CountsOf,
    /// What the noise of causes follows from.
    pub keys: &'a RecordKeys,
}

impl Scene<'_> {
    /// What a case adds on each level.
    fn of(&self, case: &Case) -> Vec<Counts> {
        let on = |level: &Level| {
            let mut counts = (self.counts)(case, self.period, &level.selection);
            if level.code == "urval" && plain::anonymous([case], self.period, &level.selection) > 0 {
                counts.insert(Key::anonymous(), 1);
            }
            counts
        };
        self.levels.iter().map(on).collect()
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
        self.sums.resize_with(scene.levels.len(), BTreeMap::new);
        let nothing = || scene.levels.iter().map(|_| Counts::new()).collect::<Vec<_>>();
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
            for level in 0..scene.levels.len() {
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
