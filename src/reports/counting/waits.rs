//! How long cases wait: in the steps that were left, and in those where they still are on the last day.

use polars::prelude::PolarsResult;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{At, Count};
use crate::reports::baspaket::Form;
use crate::reports::classes::RowCells;
use crate::reports::cube::{Durations, Tally};
use crate::reports::forms::{WAITED, WAITING};
use crate::reports::frame::When;
use crate::reports::observations::{ENTERED, Kind, part};
use crate::reports::selection::Selection;
use crate::reports::tally::Pass;

/// A step where something is waited for stands before those where something is done: request, joint mapping, the two
/// planned insatser.
pub(super) fn waits(kind: usize) -> bool {
    kind < WAITING.len()
}

/// The band of so many days.
fn band(days: i32) -> usize {
    WAITED.iter().position(|(_, most)| days <= *most).unwrap_or(WAITED.len() - 1)
}

/// Rows of cases that wait on a day.
fn waits_on(day: i32) -> impl Fn(&At<'_>) -> bool {
    move |at| at.more(0) > day && waits(part(at.key(), 1))
}

impl Count<'_> {
    /// The day on which a part tells who waits.
    const fn last_day(&self, form: &Form) -> i32 {
        if form.known { self.measured } else { self.to }
    }

    /// Steps that cases are in on the last day, with the days since they were entered.
    pub(super) fn waiting(&self, form: &Form) -> PolarsResult<Vec<Durations>> {
        let mut all = self.cells::<Durations>(form);
        self.each_waiting(form, |kind, days, sex, record, cells| {
            let first = (kind * 2 + sex) * self.block();
            cells.each(|cell| all[first + cell].add(days, record));
        })?;
        Ok(all)
    }

    /// The same cases by bands of days.
    pub(super) fn waiting_bands(&self, form: &Form) -> PolarsResult<Vec<Tally>> {
        let mut all = self.cells::<Tally>(form);
        self.each_waiting(form, |kind, days, sex, record, cells| {
            let first = ((kind * WAITED.len() + band(days)) * 2 + sex) * self.block();
            cells.each(|cell| all[first + cell].add(record));
        })?;
        Ok(all)
    }

    /// Each case that waits on the last day: its step, the days so far, its sex, its record key, and its cells.
    fn each_waiting(&self, form: &Form, mut see: impl FnMut(usize, i32, usize, u32, RowCells<'_>)) -> PolarsResult<()> {
        let on = self.last_day(form);
        // Who will wait in a period that hasn't begun isn't known.
        if on < self.from {
            return Ok(());
        }
        let entered = self.entered_elsewhere(on)?;
        self.each_where(Kind::Step, When::Lasting { from: on, by: on }, waits_on(on), |at, cells| {
            let kind = part(at.key(), 1);
            let since = entered.get(&(at.case(), kind)).copied().unwrap_or(at.day());
            see(kind, on - since, part(at.key(), 0), self.pass.record_of(at.case()), cells);
        })
    }

    /// When steps were entered that cases are in on a day at another place than where they entered them.
    fn entered_elsewhere(&self, on: i32) -> PolarsResult<FxHashMap<(u32, usize), i32>> {
        let mut moved = FxHashSet::default();
        let wanted = waits_on(on);
        let moved_in = |at: &At<'_>| wanted(at) && part(at.key(), 2) & ENTERED == 0;
        self.each_where(Kind::Step, When::Lasting { from: on, by: on }, moved_in, |at, _| {
            moved.insert((at.case(), part(at.key(), 1)));
        })?;
        let mut entered = FxHashMap::default();
        if moved.is_empty() {
            return Ok(entered);
        }
        for view in Pass::new(self.facts, self.period, &Selection::All).views(Kind::Step, When::Dated(i32::MIN, on))? {
            let columns = &view.columns;
            view.each(|i| {
                let at = (columns.case[i], part(columns.key[i], 1));
                if part(columns.key[i], 2) & ENTERED != 0 && moved.contains(&at) {
                    // The latest: it may have been in the step before.
                    let day = entered.entry(at).or_insert(columns.day[i]);
                    *day = columns.day[i].max(*day);
                }
            });
        }
        Ok(entered)
    }
}
