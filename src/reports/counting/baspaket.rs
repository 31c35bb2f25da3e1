//! The parts of the baspaket, selected and split by variables.

use std::ops::Range;

use polars::prelude::PolarsResult;

use super::once::Once;
use super::{Count, HELD};
use crate::reports::baspaket::{Active, Form};
use crate::reports::cube::{Durations, Merge, Tally};
use crate::reports::observations::{ALONE, FIRST, Kind, part};
use crate::reports::spent;

/// Where the total stands after afi and ali.
const BOTH: usize = 2;

impl Count<'_> {
    pub(super) fn baspaket_counts(&self, form: &Form) -> PolarsResult<Vec<Tally>> {
        match form.id {
            "nya_gk" => self.count(form, Kind::GkEntered, |at, put| put.push(part(at.key, 1))),
            "utfall_gk" => self.count(form, Kind::GkLeft, |at, put| put.push(part(at.key, 1))),
            "till_insats" => self.count(form, Kind::GkLeft, |at, put| {
                put.push(if at.more(0) <= self.to { part(at.key, 2) } else { BOTH });
            }),
            "utfall_insats" => {
                let in_insats = |key| part(key, 2) < BOTH;
                self.count_where(form, Kind::Ended, in_insats, |at, put| {
                    put.push(part(at.key, 2) * 10 + part(at.key, 3));
                })
            }
            "nya_insats" => self.entered(form),
            _ => Ok(self.cells(form)),
        }
    }

    /// Insatser entered; a case with both kinds is one in the total.
    fn entered(&self, form: &Form) -> PolarsResult<Vec<Tally>> {
        let mut all = self.cells::<Tally>(form);
        let mut seen = Once::of(self);
        let first = |key, _| part(key, 2) & FIRST != 0;
        self.each_where(Kind::Spell, self.from, self.to, first, |at, cells| {
            let (record, alone) = (self.pass.record_of(at.case), part(at.key, 2) & ALONE != 0);
            for own in [part(at.key, 1), BOTH] {
                let first = (own * 2 + part(at.key, 0)) * self.block();
                seen.each_new(at.case, own, alone || own != BOTH, first, cells, |cell| all[cell].add(record));
            }
        })?;
        Ok(all)
    }

    /// Cases in an insats.
    pub(super) fn active(&self, form: &Form) -> PolarsResult<Vec<Active>> {
        let mut all = self.cells::<Active>(form);
        let mut seen = Once::of(self);
        let wanted = |_, until| until > self.from;
        self.each_where(Kind::Spell, i32::MIN, self.to, wanted, |at, cells| {
            let (record, alone) = (self.pass.record_of(at.case), part(at.key, 2) & ALONE != 0);
            for own in [part(at.key, 1), BOTH] {
                let first = (own * 2 + part(at.key, 0)) * self.block();
                if at.more(0) > self.to {
                    cells.each(|cell| all[first + cell].stock.add(record));
                }
                seen.each_new(at.case, own, alone, first, cells, |cell| all[cell].distinct.add(record));
            }
        })?;
        Ok(all)
    }

    /// Days of steps left and of waits that ended, of these places among [`spent`].
    fn spent(&self, form: &Form, those: Range<usize>) -> PolarsResult<Vec<Durations>> {
        let mut all = self.cells::<Durations>(form);
        for kind in [Kind::Left, Kind::Wait] {
            let wanted = |key| those.contains(&spent::of(key));
            let of_kind = self.durations_where(form, kind, wanted, |at, put| {
                put.push((spent::of(at.key) - those.start, at.more(0)));
            })?;
            all.iter_mut().zip(&of_kind).for_each(|(all, some)| all.merge(some));
        }
        Ok(all)
    }

    pub(super) fn baspaket_lengths(&self, form: &Form) -> PolarsResult<Vec<Durations>> {
        match form.id {
            "tid_insats" => self.spent(form, spent::ACTIVITIES),
            "tid_vantan" => self.spent(form, spent::WAITS),
            "tid_per_steg" => self.durations(form, Kind::Ended, |at, put| {
                let (held, steps) = (part(at.key, 1), Kind::Ended.more().len());
                put.extend((0..steps).map(|step| (step * 2 + held, at.more(step))));
                put.push((steps * 2 + held, at.more_in_all()));
            }),
            "tid_samarbete" => self.durations(form, Kind::Ended, |at, put| {
                let (held, total) = (part(at.key, 1), at.more_in_all());
                put.push((held, total));
                if held == HELD {
                    // GK follows directly upon the request, so what is left is counted from GK.
                    put.push((2 + HELD, total - at.more(0)));
                }
            }),
            _ => Ok(self.cells(form)),
        }
    }
}
