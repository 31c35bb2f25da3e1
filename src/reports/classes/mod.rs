//! Which cases a question counts, and in which cells of its splits: worked out once for all levels and parts.
//!
//! Cases that are alike in all that a question asks of them are of one class, and each class has its cells. Where a row
//! stands decides on splits by place, so places have classes too. A row is in every cell that one of its case's class and
//! one of its place's give together.
//!
//! Lives here: which cases are alike, and their cells; what is asked of them stands in `asked`. Never here: what a report
//! counts, and codes ([`super::split`]).

mod asked;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::{PolarsError, PolarsResult};
use rustc_hash::FxHashMap;

use crate::domain::organisation::Organisation;

use super::abreast;
use super::cube::Merge;
use super::facts::Facts;
use super::request::Period;
use super::split::{Choice, Split};
use super::tally::MANY;
use super::variables::Origin;

use asked::{Asked, Filter, NOT_BEGUN, sources, states};

/// Lists of cells, by number.
#[derive(Debug)]
struct Lists {
    /// Where each begins; one more than there are.
    starts: Vec<u32>,
    cells: Vec<u32>,
}

impl Lists {
    fn new() -> Self {
        Self { starts: vec![0], cells: Vec::new() }
    }

    fn push(&mut self, cells: &[u32]) {
        self.cells.extend_from_slice(cells);
        self.starts.push(self.cells.len() as u32);
    }

    const fn len(&self) -> usize {
        self.starts.len() - 1
    }

    #[inline]
    fn get(&self, at: usize) -> &[u32] {
        match self.starts.get(at..at + 2) {
            Some(&[start, end]) => &self.cells[start as usize..end as usize],
            _ => &[],
        }
    }
}

/// The cells of every case and place.
#[derive(Debug)]
pub(super) struct Classes {
    /// The class of each case, by its number; `None` where all are of one.
    of: Option<Vec<u32>>,
    cells: Lists,
    /// The class of each place; `None` where all are of one.
    of_places: Option<Vec<u32>>,
    place_cells: Lists,
    /// The numbers of the classes, to have each of them as a slice.
    numbers: Vec<u32>,
    /// The same times how many classes of cases there are, for the classes of places.
    place_numbers: Vec<u32>,
    /// How many cells all splits have together.
    block: usize,
}

/// In which cells rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Into {
    /// In those of the splits.
    Splits,
    /// In one for each class, which is shared out to those of the splits afterwards: where a row stands in several.
    Classes,
}

/// The cells of one row: every sum of one by its case and one by its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowCells<'a> {
    of_case: &'a [u32],
    of_place: &'a [u32],
}

impl RowCells<'_> {
    /// Each once.
    #[inline]
    pub(super) fn each(self, mut see: impl FnMut(usize)) {
        for place in self.of_place {
            for case in self.of_case {
                see((case + place) as usize);
            }
        }
    }
}

impl Classes {
    /// Those of a question. Only selections and splits by state depend on the period.
    pub(super) fn new(
        facts: &Facts,
        organisation: &Organisation,
        period: Period,
        choices: &[Choice],
        splits: &[Split],
    ) -> PolarsResult<Self> {
        let filter = Filter::new(choices);
        let (of_cases, places, block) = sources(splits, facts, organisation);
        let mut cells = Lists::new();
        let of = if filter.lets_all() && of_cases.is_empty() {
            cells.push(&[0]);
            None
        } else {
            let mut asked = filter.asked();
            of_cases.iter().for_each(|source| source.ask(&mut asked));
            let states = if needs_states(choices, splits) { states(facts, period)? } else { Vec::new() };
            let spread = |seen| of_cases.iter().fold(vec![0], |all, source| source.spread(&all, seen));
            Some(sorted(facts, asked, &states, |seen| {
                cells.push(&if filter.lets(*seen) { spread(*seen) } else { Vec::new() });
            })?)
        };
        let mut place_cells = Lists::new();
        let of_places = if places.is_empty() {
            place_cells.push(&[0]);
            None
        } else {
            let mut known: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
            let mut class = |place| {
                let here = places.iter().fold(vec![0], |all, source| source.spread(&all, place));
                let next = known.len() as u32;
                *known.entry(here).or_insert_with_key(|here| {
                    place_cells.push(here);
                    next
                })
            };
            Some((0..facts.places.len()).map(&mut class).collect())
        };
        let numbers: Vec<u32> = (0..cells.len() as u32).collect();
        let place_numbers = (0..place_cells.len() as u32).map(|class| class * cells.len() as u32).collect();
        Ok(Self { of, cells, of_places, place_cells, numbers, place_numbers, block })
    }

    /// Into which cells it is quicker to count.
    pub(super) fn quicker(&self) -> Into {
        let classes = self.cells.len() * self.place_cells.len();
        let several = |all: &Lists| (0..all.len()).any(|class| all.get(class).len() > 1);
        let shared = several(&self.cells) || several(&self.place_cells);
        if shared && classes <= self.block * 2 { Into::Classes } else { Into::Splits }
    }

    /// How many cells there are.
    pub(super) const fn block(&self, into: Into) -> usize {
        match into {
            Into::Splits => self.block,
            Into::Classes => self.cells.len() * self.place_cells.len(),
        }
    }

    /// The cells of a place's rows.
    #[inline]
    pub(super) fn of_place(&self, place: u32, into: Into) -> &[u32] {
        let class = self.of_places.as_ref().map_or(Some(0), |of| of.get(place as usize).copied());
        let Some(class) = class.map(|class| class as usize) else { return &[] };
        match into {
            Into::Splits => self.place_cells.get(class),
            Into::Classes => &self.place_numbers[class..=class],
        }
    }

    /// The cells of a case's rows at a place with these; `None` where the case isn't counted.
    #[inline]
    pub(super) fn of<'a>(&'a self, case: u32, of_place: &'a [u32], into: Into) -> Option<RowCells<'a>> {
        let class = self.of.as_ref().map_or(Some(0), |of| of.get(case as usize).copied())? as usize;
        let of_case = self.cells.get(class);
        match into {
            _ if of_case.is_empty() => None,
            Into::Splits => Some(RowCells { of_case, of_place }),
            Into::Classes => Some(RowCells { of_case: &self.numbers[class..=class], of_place }),
        }
    }

    /// What was counted in the cells of the splits, of what was counted into others.
    pub(super) fn shared_out<T: Merge + Clone>(&self, counted: Vec<T>, into: Into) -> Vec<T> {
        if into == Into::Splits {
            return counted;
        }
        let mut all = Vec::with_capacity(counted.len() / self.block(into).max(1) * self.block);
        for classes in counted.chunks(self.block(into).max(1)) {
            let first = all.len();
            all.resize(first + self.block, T::default());
            for (at, counted) in classes.iter().enumerate() {
                let of_case = self.cells.get(at % self.cells.len());
                let of_place = self.place_cells.get(at / self.cells.len());
                RowCells { of_case, of_place }.each(|cell| all[first + cell].merge(counted));
            }
        }
        all
    }

    /// Whether all rows of a case have the same cells.
    pub(super) const fn are_by_case(&self) -> bool {
        self.of_places.is_none()
    }
}

/// The classes of one question for the period asked for last: of many periods at once they would take more than the
/// columns.
pub(super) struct Recent<'a> {
    facts: &'a Facts,
    organisation: &'a Organisation,
    choices: &'a [Choice],
    splits: &'a [Split],
    last: Option<(Period, Arc<Classes>)>,
}

impl<'a> Recent<'a> {
    pub(super) const fn new(
        facts: &'a Facts,
        organisation: &'a Organisation,
        choices: &'a [Choice],
        splits: &'a [Split],
    ) -> Self {
        Self { facts, organisation, choices, splits, last: None }
    }

    /// Those of a period.
    pub(super) fn of(&mut self, period: Period) -> PolarsResult<Arc<Classes>> {
        if let Some((of, last)) = &self.last
            && (*of == period || !needs_states(self.choices, self.splits))
        {
            return Ok(Arc::clone(last));
        }
        let made = Arc::new(Classes::new(self.facts, self.organisation, period, self.choices, self.splits)?);
        self.last = Some((period, Arc::clone(&made)));
        Ok(made)
    }
}

/// Whether the state of a case on the last day is asked for.
fn needs_states(choices: &[Choice], splits: &[Split]) -> bool {
    let asked = choices.iter().map(|choice| choice.variable).chain(splits.iter().map(|split| split.variable));
    asked.into_iter().any(|variable| variable.row().origin == Origin::LastDay)
}

/// The class of every case; `found` is told what the cases of each are like, in the order of their numbers.
fn sorted(facts: &Facts, asked: [u64; 2], states: &[u8], mut found: impl FnMut(&Asked)) -> PolarsResult<Vec<u32>> {
    let cases = facts.cases();
    let piece = if cases < MANY { cases.max(1) } else { cases.div_ceil(abreast::threads()) };
    let pieces: Vec<Range<usize>> = (0..cases).step_by(piece).map(|at| at..cases.min(at + piece)).collect();
    let done = abreast::each(&pieces, |piece| {
        let mut numbers: FxHashMap<Asked, u32> = FxHashMap::default();
        let mut alike: Vec<Asked> = Vec::new();
        let classes: Vec<u32> = piece
            .clone()
            .map(|case| {
                let profile = facts.profiles.of(case as u32);
                let state = states.get(case).copied().unwrap_or(NOT_BEGUN);
                let seen = ([profile[0] & asked[0], profile[1] & asked[1]], state);
                *numbers.entry(seen).or_insert_with(|| {
                    alike.push(seen);
                    alike.len() as u32 - 1
                })
            })
            .collect();
        Ok::<_, PolarsError>((classes, alike))
    })?;
    let mut numbers: FxHashMap<Asked, u32> = FxHashMap::default();
    let mut all = Vec::with_capacity(cases);
    for (classes, alike) in done {
        let renumbered: Vec<u32> = alike
            .into_iter()
            .map(|seen| {
                let next = numbers.len() as u32;
                *numbers.entry(seen).or_insert_with(|| {
                    found(&seen);
                    next
                })
            })
            .collect();
        all.extend(classes.into_iter().map(|class| renumbered[class as usize]));
    }
    Ok(all)
}
