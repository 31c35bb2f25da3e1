//! Cases that are in a step, or anonymous, on the last day of the period or at all in it.

use polars::prelude::PolarsResult;
use rustc_hash::FxHashSet;

use super::once::Once;
use super::{ANONYMOUS, At, Count};
use crate::reports::baspaket::{Active, Form};
use crate::reports::observations::{CLOSING, Kind, SEVERAL, part};

impl Count<'_> {
    pub(super) fn stock(&self, form: &Form) -> PolarsResult<Vec<Active>> {
        if form.id == ANONYMOUS {
            return self.anonymous();
        }
        if form.id == "aktiva" {
            return self.active(form);
        }
        let mut all = self.cells::<Active>(form);
        let (block, from, to) = (self.block(), self.from, self.to);
        // A case that was in a step several times, or at several places, is counted once a cell.
        let mut seen = Once::of(self);
        let lasting = |kind: usize| kind < 6;
        // An ending has no days: it is seen on its own day, which the row begins on.
        let wanted = |at: &At<'_>| !lasting(part(at.key(), 1)) || at.more(0) > from;
        self.each_where(Kind::Step, self.lasting(), wanted, |at, cells| {
            let (sex, kind) = (part(at.key(), 0), part(at.key(), 1));
            let on_last = if lasting(kind) { at.more(0) > to } else { at.day() >= from };
            let within = lasting(kind) || at.day() >= from;
            if !within {
                return;
            }
            let record = self.pass.record_of(at.case());
            for (own, once) in [(kind, part(at.key(), 2) & SEVERAL == 0), (9, false)] {
                let first = (own * 2 + sex) * block;
                if on_last {
                    cells.each(|cell| all[first + cell].stock.add(record));
                }
                seen.each_new(at.case(), own, once, first, cells, |cell| all[cell].distinct.add(record));
            }
        })?;
        Ok(all)
    }

    /// Anonymous cases have neither variables nor kommun: they are counted by sex and office alone, unsplit.
    fn anonymous(&self) -> PolarsResult<Vec<Active>> {
        let mut all = vec![Active::default(); 2];
        let mut seen = FxHashSet::default();
        for view in self.pass.views(Kind::Anonymous, self.lasting())? {
            let ends = view.columns.more[0];
            view.each(|i| {
                let sex = part(view.columns.key[i], 0);
                // The day of the ending is in the last row; on it the case is no longer open.
                let closing = i32::from(part(view.columns.key[i], 2) & CLOSING != 0);
                let case = view.columns.case[i];
                let record = self.pass.record_of(case);
                if ends[i] - closing > self.to {
                    all[sex].stock.add(record);
                }
                if ends[i] > self.from && seen.insert(case) {
                    all[sex].distinct.add(record);
                }
            });
        }
        Ok(all)
    }
}
