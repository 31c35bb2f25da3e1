//! The parts of the baspaket, selected and split by variables.

use polars::prelude::PolarsResult;

use super::once::Once;
use super::{Count, HELD};
use crate::reports::baspaket::{Active, Form};
use crate::reports::cube::{Durations, Tally};
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

    /// Days of steps left and of waits that ended, in both parts that tell of them, one after the other: most rows of
    /// either are gone through for the other too.
    pub(super) fn spent(&self) -> PolarsResult<[Vec<Durations>; 2]> {
        let block = 2 * self.block();
        let mut all = vec![Durations::default(); spent::ALL * block];
        for kind in [Kind::Left, Kind::Wait] {
            let of_its_own = |key, _| spent::of(key) < spent::ALL;
            self.each_where(kind, self.from, self.to, of_its_own, |at, cells| {
                let record = self.pass.record_of(at.case);
                let first = spent::of(at.key) * block + part(at.key, 0) * self.block();
                cells.each(|cell| all[first + cell].add(at.more(0), record));
            })?;
        }
        let waits = all.split_off(spent::WAITS.start * block);
        Ok([all, waits])
    }

    pub(super) fn baspaket_lengths(&self, form: &Form) -> PolarsResult<Vec<Durations>> {
        match form.id {
            "tid_insats" | "tid_vantan" => {
                let [activities, waits] = self.spent()?;
                Ok(if form.id == "tid_insats" { activities } else { waits })
            }
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
