//! The parts of the baspaket, selected and split by variables.

use polars::prelude::PolarsResult;

use super::once::Once;
use super::{At, Count, HELD};
use crate::reports::baspaket::{Active, Form};
use crate::reports::cube::{Durations, Tally};
use crate::reports::observations::{ALONE, FIRST, Kind, part};
use crate::reports::spent;

/// Where the total stands after afi and ali.
const BOTH: usize = 2;

impl Count<'_> {
    pub(super) fn baspaket_counts(&self, form: &Form) -> PolarsResult<Vec<Tally>> {
        match form.id {
            "nya_gk" => self.count(form, Kind::GkEntered, |at, put| put.push(part(at.key(), 1))),
            "utfall_gk" => self.count(form, Kind::GkLeft, |at, put| put.push(part(at.key(), 1))),
            "till_insats" => self.count(form, Kind::GkLeft, |at, put| {
                put.push(if at.more(0) <= self.to { part(at.key(), 2) } else { BOTH });
            }),
            "utfall_insats" => {
                let in_insats = |key| part(key, 2) < BOTH;
                self.count_where(form, Kind::Ended, in_insats, |at, put| {
                    put.push(part(at.key(), 2) * 10 + part(at.key(), 3));
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
        let first = |at: &At<'_>| part(at.key(), 2) & FIRST != 0;
        self.each_where(Kind::Spell, self.dated(), first, |at, cells| {
            let (record, alone) = (self.pass.record_of(at.case()), part(at.key(), 2) & ALONE != 0);
            for own in [part(at.key(), 1), BOTH] {
                let first = (own * 2 + part(at.key(), 0)) * self.block();
                seen.each_new(at.case(), own, alone || own != BOTH, first, cells, |cell| all[cell].add(record));
            }
        })?;
        Ok(all)
    }

    /// Cases in an insats.
    pub(super) fn active(&self, form: &Form) -> PolarsResult<Vec<Active>> {
        let mut all = self.cells::<Active>(form);
        let mut seen = Once::of(self);
        let wanted = |at: &At<'_>| at.more(0) > self.from;
        self.each_where(Kind::Spell, self.lasting(), wanted, |at, cells| {
            let (record, alone) = (self.pass.record_of(at.case()), part(at.key(), 2) & ALONE != 0);
            for own in [part(at.key(), 1), BOTH] {
                let first = (own * 2 + part(at.key(), 0)) * self.block();
                if at.more(0) > self.to {
                    cells.each(|cell| all[first + cell].stock.add(record));
                }
                seen.each_new(at.case(), own, alone, first, cells, |cell| all[cell].distinct.add(record));
            }
        })?;
        Ok(all)
    }

    /// The days of two parts that are told of the same rows.
    pub(super) fn both(&self, pair: Pair) -> PolarsResult<[Vec<Durations>; 2]> {
        match pair {
            Pair::Spent => self.spent(),
            Pair::Ended => self.days_of_ended(),
        }
    }

    /// Days of steps left, and of waits that ended.
    fn spent(&self) -> PolarsResult<[Vec<Durations>; 2]> {
        let block = 2 * self.block();
        let mut all = vec![Durations::default(); spent::ALL * block];
        for kind in [Kind::Left, Kind::Wait] {
            let of_its_own = |at: &At<'_>| spent::of(at.key()) < spent::ALL;
            self.each_where(kind, self.dated(), of_its_own, |at, cells| {
                let record = self.pass.record_of(at.case());
                let first = spent::of(at.key()) * block + part(at.key(), 0) * self.block();
                cells.each(|cell| all[first + cell].add(at.more(0), record));
            })?;
        }
        let waits = all.split_off(spent::WAITS.start * block);
        Ok([all, waits])
    }

    /// Days of ended cases: in each step and in all of them, and from the request and from GK. All steps together are the
    /// days from the request.
    fn days_of_ended(&self) -> PolarsResult<[Vec<Durations>; 2]> {
        let (block, steps) = (2 * self.block(), Kind::Ended.more().len());
        let mut per_step = vec![Durations::default(); (steps + 1) * 2 * block];
        let mut from_gk = vec![Durations::default(); 2 * block];
        self.each_where(
            Kind::Ended,
            self.dated(),
            |_| true,
            |at, cells| {
                let (held, record) = (part(at.key(), 1), self.pass.record_of(at.case()));
                let first = held * block + part(at.key(), 0) * self.block();
                let total = at.more_in_all();
                for (step, days) in (0..steps).map(|step| at.more(step)).chain([total]).enumerate() {
                    cells.each(|cell| per_step[step * 2 * block + first + cell].add(days, record));
                }
                if held == HELD {
                    // GK follows directly upon the request, so what is left is counted from GK.
                    cells.each(|cell| from_gk[first + cell].add(total - at.more(0), record));
                }
            },
        )?;
        let mut together = per_step[steps * 2 * block..].to_vec();
        together.append(&mut from_gk);
        Ok([per_step, together])
    }
}

/// Two parts that are told of the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    /// Steps left and waits that ended.
    Spent,
    /// Ended cases.
    Ended,
}

impl Pair {
    /// The pair that a part is of, and whether it is the second of it.
    pub(super) fn of(part: &str) -> Option<(Self, bool)> {
        Some(match part {
            "tid_insats" => (Self::Spent, false),
            "tid_vantan" => (Self::Spent, true),
            "tid_per_steg" => (Self::Ended, false),
            "tid_samarbete" => (Self::Ended, true),
            _ => return None,
        })
    }
}
