//! What the parts of the reports of status, resultat and deltagare count.

use polars::prelude::PolarsResult;

use super::{AVSLUTAT, At, Count, HELD};
use crate::reports::baspaket::Form;
use crate::reports::classes::RowCells;
use crate::reports::cube::Tally;
use crate::reports::observations::{ENTERED, Kind, part};
use crate::reports::variables::{CHANGE, CHANGES, CONTINUES, Origin, Variable};

/// The report whose parts all count the requests of the period, a part a variable.
pub(super) const BACKGROUND: &str = "deltagare-bakgrund";

/// A part of the background: what it counts, and in what.
struct Background {
    cells: Vec<Tally>,
    word: usize,
    shift: u32,
    mask: u64,
    /// The cell of all, where that is no sum.
    total: Option<usize>,
}

/// A request of the period.
struct Requested<'a> {
    profile: [u64; 2],
    record: u32,
    sex: usize,
    cells: RowCells<'a>,
}

/// How many requests are read before they are counted.
const SOME: usize = 64;

impl Background {
    fn count(&mut self, some: &[Requested<'_>], block: usize) {
        for Requested { profile, record, sex, cells } in some {
            let mut add = |code: usize| {
                let first = (code * 2 + sex) * block;
                cells.each(|cell| self.cells[first + cell].add(*record));
            };
            let mut held = profile[self.word] >> self.shift & self.mask;
            while held != 0 {
                add(held.trailing_zeros() as usize);
                held &= held - 1;
            }
            self.total.iter().for_each(|total| add(*total));
        }
    }
}

impl Count<'_> {
    pub(super) fn counted(&self, report: &str, form: &Form) -> PolarsResult<Vec<Tally>> {
        let ended = |key| part(key, 4) == AVSLUTAT;
        let mapped = |key| ended(key) && part(key, 1) == HELD;
        match (report, form.id) {
            ("baspaket", _) => self.baspaket_counts(form),
            (_, "vantar_tid") => self.waiting_bands(form),
            (_, "avslutade_insatser") => self.count(form, Kind::Left, |at, put| {
                put.extend(part(at.key(), 1).checked_sub(4).filter(|which| *which < 2));
            }),
            ("status", "sysselsattning") => self.count_where(form, Kind::Ended, ended, |at, put| {
                put.push(at.one(Variable::SysselsattningEfter));
            }),
            (_, "fortsatt") => self.count(form, Kind::GkLeft, |at, put| {
                let utfall = part(at.key(), 1);
                // Joint support stands after the two kinds that it joins.
                put.push(if utfall < 2 { utfall } else { utfall + 1 });
                put.extend((utfall < 2).then_some(2));
                put.push(9);
            }),
            (_, "efter") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                put.push(at.one(Variable::SysselsattningEfter));
            }),
            (_, "forandring") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                let changed = at.after(CHANGE, 4);
                put.extend((0..CHANGES.len()).filter(|bit| changed & (1 << bit) != 0));
                put.extend((changed != 0).then_some(CHANGES.len()));
                put.push(CHANGES.len() + 1);
            }),
            (_, "fortsatt_fk") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                put.push(at.after(CONTINUES, 3).trailing_zeros() as usize * 3 + part(at.key(), 2));
            }),
            (_, "sysselsattning") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                put.push(occupation_before(at) * 5 + at.one(Variable::SysselsattningEfter));
            }),
            (_, "forman") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                let (before, after) = (at.bits(Variable::FormanFore), at.bits(Variable::FormanEfter));
                for (tid, held) in [before, after, before & after].into_iter().enumerate() {
                    put.extend((0..10).filter(|bit| held & (1 << bit) != 0).map(|bit| bit * 3 + tid));
                    put.push(10 * 3 + tid);
                }
            }),
            (_, "forman_efter") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                let after = at.bits(Variable::FormanEfter);
                put.extend((0..10).filter(|bit| after & (1 << bit) != 0));
                put.push(10);
            }),
            (_, "floden") => {
                self.count(form, Kind::Left, |at, put| put.push(part(at.key(), 1) * 9 + part(at.key(), 2)))
            }
            _ => Ok(self.cells(form)),
        }
    }

    /// All parts of the background at once: going through the requests costs more than counting them.
    pub(super) fn background(&self, forms: &[&Form]) -> PolarsResult<Vec<Vec<Tally>>> {
        let of = |form: &&Form| {
            let row = Variable::from_name(form.id).map(Variable::row);
            let cells = self.cells(form);
            match row.map(|row| (row, row.origin)) {
                Some((row, Origin::Case { word, shift })) => {
                    let total = row.several.then_some(row.codes.len());
                    Background { cells, word, shift, mask: (1 << row.codes.len()) - 1, total }
                }
                _ => Background { cells, word: 0, shift: 0, mask: 0, total: None },
            }
        };
        let mut parts: Vec<Background> = forms.iter().map(of).collect();
        let requested = |at: &At<'_>| part(at.key(), 1) == 0 && part(at.key(), 2) & ENTERED != 0;
        // What is known of cases lies anywhere in memory: of many at a time it is there sooner than one by one.
        let mut some: Vec<Requested<'_>> = Vec::with_capacity(SOME);
        self.each_where(Kind::Step, self.dated(), requested, |at, cells| {
            let (profile, record, sex) = (at.profile(), self.pass.record_of(at.case()), part(at.key(), 0));
            some.push(Requested { profile, record, sex, cells });
            if some.len() == SOME {
                parts.iter_mut().for_each(|part| part.count(&some, self.block()));
                some.clear();
            }
        })?;
        parts.iter_mut().for_each(|part| part.count(&some, self.block()));
        Ok(parts.into_iter().map(|part| part.cells).collect())
    }
}

/// Place in [`super::variables::SYSSELSATTNING`] of what was before, from its two variables.
fn occupation_before(at: &At<'_>) -> usize {
    match (at.one(Variable::ArbetarFore), at.one(Variable::StuderarFore)) {
        (0, 1) => 0,
        (1, 0) => 1,
        (0, 0) => 2,
        (1, 1) => 3,
        _ => 4,
    }
}
