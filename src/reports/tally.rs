//! One pass over the columns: the rows of a period and a selection into the cells of the baspaket.
//!
//! Lives here: what depends on the period – what is dated in it, stock on its last day, distinct cases. Never here:
//! what a case contributes (`observations`).

use std::ops::Range;

use polars::prelude::PolarsResult;

use super::abreast;
use super::baspaket::Cells;
use super::cube::{Durations, Merge, Tally};
use super::disclosure::Policy;
use super::facts::{Facts, Layer, Numbers};
use super::frame::{Columns, When};
use super::observations::{ALONE, FIRST, Kind, day, part};
use super::places::Place;
use super::request::Period;
use super::selection::Selection;
use super::spent;

/// From how many rows a second thread pays. Tests are to meet both ways.
pub(super) const MANY: usize = if cfg!(test) { 150 } else { 200_000 };

/// How many kinds of step have days; the code after them is their total.
const STEPS: usize = Kind::Ended.more().len();

/// One of several like shares of the rows, so that each can be gone through by another thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    at: usize,
    of: usize,
}

impl Share {
    /// All rows.
    pub(super) const WHOLE: Self = Self { at: 0, of: 1 };

    /// The shares that facts of so many rows are gone through in.
    pub(super) fn all(rows: usize) -> Vec<Self> {
        let of = if rows < MANY { 1 } else { abreast::threads() };
        (0..of).map(|at| Self { at, of }).collect()
    }

    /// What is its of some ranges of rows.
    fn cut(self, ranges: Vec<(u32, Range<usize>)>) -> Vec<(u32, Range<usize>)> {
        let rows: usize = ranges.iter().map(|(_, range)| range.len()).sum();
        let (first, end) = (rows * self.at / self.of, rows * (self.at + 1) / self.of);
        let mut before = 0;
        let own = |(place, range): (u32, Range<usize>)| {
            let here = before..before + range.len();
            before = here.end;
            let (from, to) = (first.max(here.start), end.min(here.end));
            (from < to).then(|| (place, range.start + from - here.start..range.start + to - here.start))
        };
        ranges.into_iter().filter_map(own).collect()
    }
}

/// Which rows of the columns are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that say how cases are: of the base what hasn't changed, and the delta.
    Standing,
    /// All of the base, also what has changed since.
    Base,
    /// Those of the base that others have replaced.
    Replaced,
    /// Those of the cases that changed or came.
    Delta,
}

/// The cases whose rows are gone through.
#[derive(Clone, Copy)]
enum Cases<'a> {
    All,
    But(&'a Numbers),
    Only(&'a Numbers),
}

/// Rows of one kind in one layer.
pub(super) struct View<'a> {
    pub(super) columns: Columns<'a>,
    ranges: Vec<(u32, Range<usize>)>,
    cases: Cases<'a>,
}

impl View<'_> {
    /// Each row.
    #[inline]
    pub(super) fn each(&self, mut f: impl FnMut(usize)) {
        self.each_placed(|_, i| f(i));
    }

    /// Each row with its place.
    #[inline]
    pub(super) fn each_placed(&self, f: impl FnMut(u32, usize)) {
        self.each_with(|place| place, f);
    }

    /// Each row with what `at` says of its place.
    #[inline]
    pub(super) fn each_with<T: Copy>(&self, at: impl Fn(u32) -> T, mut f: impl FnMut(T, usize)) {
        for (place, range) in &self.ranges {
            let at = at(*place);
            let of = |numbers: &Numbers, i: usize| numbers.contains(self.columns.case[i]);
            match self.cases {
                Cases::All => range.clone().for_each(|i| f(at, i)),
                Cases::But(dead) => range.clone().filter(|i| !of(dead, *i)).for_each(|i| f(at, i)),
                Cases::Only(dead) => range.clone().filter(|i| of(dead, *i)).for_each(|i| f(at, i)),
            }
        }
    }
}

/// A pass over the facts for one period and selection.
pub(super) struct Pass<'a> {
    facts: &'a Facts,
    places: Option<Vec<u32>>,
    from: i32,
    to: i32,
    /// Whether record keys are wanted: only noise is made of them.
    keyed: bool,
    which: Which,
}

impl<'a> Pass<'a> {
    pub(super) fn new(facts: &'a Facts, period: Period, selection: &Selection) -> Self {
        let places = (*selection != Selection::All).then(|| facts.places.selected(selection));
        Self { facts, places, from: day(period.from()), to: day(period.to()), keyed: true, which: Which::Standing }
    }

    /// The same for figures of a policy: without noise no record key is looked up.
    pub(super) fn under(self, policy: Policy) -> Self {
        self.with_keys(policy == Policy::CellKey)
    }

    /// The same with record keys or without.
    pub(super) const fn with_keys(mut self, keyed: bool) -> Self {
        self.keyed = keyed;
        self
    }

    /// The same through other rows.
    pub(super) const fn through(mut self, which: Which) -> Self {
        self.which = which;
        self
    }

    /// Counts only these places.
    pub(super) fn only(&mut self, wanted: impl Fn(&Place) -> bool) {
        let places = self.places.take().unwrap_or_else(|| (0..self.facts.places.len() as u32).collect());
        let all: Vec<&Place> = self.facts.places.iter().collect();
        self.places = Some(places.into_iter().filter(|p| all.get(*p as usize).is_some_and(|p| wanted(p))).collect());
    }

    /// The rows of a kind that are asked for, layer by layer.
    pub(super) fn views(&self, kind: Kind, when: When) -> PolarsResult<Vec<View<'a>>> {
        self.views_of(kind, when, Share::WHOLE)
    }

    /// A share of them.
    pub(super) fn views_of(&self, kind: Kind, when: When, share: Share) -> PolarsResult<Vec<View<'a>>> {
        let view = |layer: &'a Layer, cases: Cases<'a>| {
            let frame = layer.frame(kind);
            let columns = frame.columns(kind.more())?;
            let ranges = share.cut(frame.ranges(columns.day, self.places.as_deref(), when));
            PolarsResult::Ok(View { columns, ranges, cases })
        };
        let (base, delta, dead) = (&self.facts.base, &self.facts.delta, &self.facts.dead);
        let but = if dead.count > 0 { Cases::But(dead) } else { Cases::All };
        let (of_base, of_delta) = match self.which {
            Which::Standing => (Some(but), true),
            Which::Base => (Some(Cases::All), false),
            Which::Replaced => (Some(Cases::Only(dead)), false),
            Which::Delta => (None, true),
        };
        let of_base = of_base.map(|cases| view(base, cases));
        of_base.into_iter().chain(of_delta.then(|| view(delta, Cases::All))).collect()
    }

    fn in_period(&self, kind: Kind) -> PolarsResult<Vec<View<'a>>> {
        self.views(kind, When::Dated(self.from, self.to))
    }

    /// What lasts in the period, or begins in it.
    const fn lasting(&self) -> When {
        When::Lasting { from: self.from, by: self.to }
    }

    /// All cells.
    pub(super) fn cells(&self) -> PolarsResult<Cells> {
        // The most work first; no two share a cell.
        let passes = [Self::ended, Self::times, Self::gk, Self::active, Self::new_insatser];
        let rows = if self.which == Which::Delta { self.facts.delta.rows() } else { self.facts.rows() };
        if self.places.is_some() || rows < MANY {
            let mut cells = Cells::default();
            passes.iter().try_for_each(|pass| pass(self, &mut cells))?;
            return Ok(cells);
        }
        let done = abreast::each(&passes, |pass| {
            let mut cells = Cells::default();
            pass(self, &mut cells).map(|()| cells)
        })?;
        let mut all = Cells::default();
        done.iter().for_each(|cells| all.merge(cells));
        Ok(all)
    }

    fn gk(&self, cells: &mut Cells) -> PolarsResult<()> {
        for view in self.in_period(Kind::GkEntered)? {
            view.each(|i| {
                let key = view.columns.key[i];
                cells.nya_gk.cell([part(key, 1), part(key, 0)]).add(self.record(&view, i));
            });
        }
        for view in self.in_period(Kind::GkLeft)? {
            let insats_day = view.columns.more[0];
            view.each(|i| {
                let (key, record) = (view.columns.key[i], self.record(&view, i));
                cells.utfall_gk.cell([part(key, 1), part(key, 0)]).add(record);
                let insats = if insats_day[i] <= self.to { part(key, 2) } else { 2 };
                cells.till_insats.cell([insats, part(key, 0)]).add(record);
            });
        }
        Ok(())
    }

    fn times(&self, cells: &mut Cells) -> PolarsResult<()> {
        let mut times: [[Durations; 2]; spent::ALL] = Default::default();
        for kind in [Kind::Left, Kind::Wait] {
            for view in self.in_period(kind)? {
                let days = view.columns.more[0];
                view.each(|i| {
                    let key = view.columns.key[i];
                    if let Some(cell) = times.get_mut(spent::of(key)) {
                        cell[part(key, 0) & 1].add(days[i], self.record(&view, i));
                    }
                });
            }
        }
        for (at, both) in times.into_iter().enumerate() {
            for (sex, time) in both.into_iter().enumerate() {
                match at.checked_sub(spent::WAITS.start) {
                    None => *cells.tid_insats.cell([at, sex]) = time,
                    Some(wait) => *cells.tid_vantan.cell([wait / 2, wait % 2, sex]) = time,
                }
            }
        }
        Ok(())
    }

    fn ended(&self, cells: &mut Cells) -> PolarsResult<()> {
        // By whether GK was held and sex: days in each step and in all, and days from GK.
        let mut times: [[Durations; STEPS + 1]; 4] = Default::default();
        let mut from_gk: [Durations; 4] = Default::default();
        for view in self.in_period(Kind::Ended)? {
            let Ok(steps): Result<[&[i32]; STEPS], _> = view.columns.more.clone().try_into() else { continue };
            view.each(|i| {
                let (key, record) = (view.columns.key[i], self.record(&view, i));
                let (sex, held, last) = (part(key, 0) & 1, part(key, 1) & 1, part(key, 2));
                let of = held * 2 + sex;
                let mut total = 0;
                for (time, days) in times[of].iter_mut().zip(&steps) {
                    time.add(days[i], record);
                    total += days[i];
                }
                times[of][STEPS].add(total, record);
                if held == 0 {
                    // GK follows directly upon the request, so what is left is counted from GK.
                    from_gk[of].add(total - steps[0][i], record);
                }
                if last < 2 {
                    cells.utfall_insats.cell([last, part(key, 3), sex]).add(record);
                }
            });
        }
        for (of, (times, from_gk)) in times.into_iter().zip(from_gk).enumerate() {
            let (held, sex) = (of / 2, of % 2);
            // The days of all steps together are the days from the request.
            *cells.tid_samarbete.cell([0, held, sex]) = times[STEPS].clone();
            *cells.tid_samarbete.cell([1, held, sex]) = from_gk;
            for (step, time) in times.into_iter().enumerate() {
                *cells.tid_per_steg.cell([step, held, sex]) = time;
            }
        }
        Ok(())
    }

    fn new_insatser(&self, cells: &mut Cells) -> PolarsResult<()> {
        let mut seen = self.nothing_seen();
        for view in self.in_period(Kind::Spell)? {
            view.each(|i| {
                let (key, case) = (view.columns.key[i], view.columns.case[i] as usize);
                if part(key, 2) & FIRST == 0 {
                    return;
                }
                let sex = part(key, 0);
                let record = self.record(&view, i);
                cells.nya_insats.cell([part(key, 1), sex]).add(record);
                if part(key, 2) & ALONE != 0 || std::mem::replace(&mut seen[case], 1) == 0 {
                    cells.nya_insats.cell([2, sex]).add(record);
                }
            });
        }
        Ok(())
    }

    fn active(&self, cells: &mut Cells) -> PolarsResult<()> {
        let mut seen = self.nothing_seen();
        for view in self.views(Kind::Spell, self.lasting())? {
            let ends = view.columns.more[0];
            view.each(|i| {
                if ends[i] <= self.from {
                    return;
                }
                let (key, case) = (view.columns.key[i], view.columns.case[i] as usize);
                let (sex, which) = (part(key, 0), part(key, 1));
                let record = self.record(&view, i);
                let mut before = 0;
                if part(key, 2) & ALONE == 0 {
                    before = seen[case];
                    seen[case] |= 1 << which;
                }
                // The spell began at the latest on the last day, so it covers that day unless it is over.
                let in_stock = ends[i] > self.to;
                for (code, new) in [(which, before & (1 << which) == 0), (2, before == 0)] {
                    let cell = cells.aktiva.cell([code, sex]);
                    if in_stock {
                        cell.stock.add(record);
                    }
                    if new {
                        cell.distinct.add(record);
                    }
                }
            });
        }
        Ok(())
    }

    /// The record key of the case of a row.
    #[inline]
    fn record(&self, view: &View<'_>, i: usize) -> u32 {
        self.record_of(view.columns.case[i])
    }

    /// The record key of a case, where noise is made of it.
    #[inline]
    pub(super) fn record_of(&self, case: u32) -> u32 {
        if self.keyed { self.facts.record_key(case) } else { 0 }
    }

    /// Anonymous cases with at least a day in the period.
    pub(super) fn anonymous(&self) -> PolarsResult<Tally> {
        let mut seen = std::collections::HashSet::new();
        for view in self.views(Kind::Anonymous, self.lasting())? {
            let ends = view.columns.more[0];
            view.each(|i| {
                if ends[i] > self.from {
                    seen.insert(view.columns.case[i]);
                }
            });
        }
        let mut tally = Tally::default();
        seen.into_iter().for_each(|case| tally.add(self.record_of(case)));
        Ok(tally)
    }

    /// A byte a case: fresh pages of zeros cost nothing until they are touched.
    fn nothing_seen(&self) -> Vec<u8> {
        vec![0; self.facts.cases()]
    }
}
