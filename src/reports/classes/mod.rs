//! Which cases a question counts, and in which cells of its splits: worked out once for all parts, and for all levels but
//! where states on the last days of several periods are asked for.
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

use chrono::NaiveDate;
use polars::prelude::{PolarsError, PolarsResult};
use rustc_hash::FxHashMap;

use crate::domain::organisation::Organisation;

use super::abreast;
use super::cube::Merge;
use super::facts::Facts;
use super::split::{Choice, Split};
use super::tally::MANY;
use super::variables::Origin;

use asked::{Filter, NOT_BEGUN, Source, Traits, sources, states};

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
    /// How many cells all splits have together.
    block: usize,
    /// In which cells it is quicker to count.
    pub(super) quicker: CountedIn,
}

/// In which cells rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CountedIn {
    /// In those of the splits.
    Splits,
    /// In one for each class, which is shared out to those of the splits afterwards: where a row stands in several.
    Classes,
}

/// What a place gives to the cells of its rows.
#[derive(Debug, Clone, Copy)]
pub(super) enum PlaceCells<'a> {
    /// The first cell of its class.
    Class(u32),
    /// The cells of its codes.
    Splits(&'a [u32]),
}

/// The cells of one row.
#[derive(Debug, Clone, Copy)]
pub(super) enum RowCells<'a> {
    /// That of its class.
    Class(u32),
    /// Every sum of one by its case and one by its place.
    Splits {
        /// By its case.
        of_case: &'a [u32],
        /// By its place.
        of_place: &'a [u32],
    },
}

impl RowCells<'_> {
    /// Each once.
    #[inline]
    pub(super) fn each(self, mut see: impl FnMut(usize)) {
        match self {
            Self::Class(cell) => see(cell as usize),
            Self::Splits { of_case, of_place } => {
                for place in of_place {
                    for case in of_case {
                        see((case + place) as usize);
                    }
                }
            }
        }
    }
}

impl Classes {
    /// Those of a question. Only selections and splits by state depend on the last day.
    pub(super) fn new(
        facts: &Facts,
        organisation: &Organisation,
        last_day: NaiveDate,
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
            let states = if needs_states(choices, splits) { states(facts, last_day)? } else { Vec::new() };
            let (of, alike) = alike(facts, &filter, &of_cases, &states)?;
            for traits in alike {
                cells.push(&of_cases.iter().fold(vec![0], |all, source| source.spread(&all, traits)));
            }
            Some(of)
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
        let several = |all: &Lists| (0..all.len()).any(|class| all.get(class).len() > 1);
        let classes = cells.len() * place_cells.len();
        // Without any class there would be no cell to share out.
        let pays = classes > 0 && classes <= block * 2 && (several(&cells) || several(&place_cells));
        let quicker = if pays { CountedIn::Classes } else { CountedIn::Splits };
        Ok(Self { of, cells, of_places, place_cells, block, quicker })
    }

    /// How many cells there are.
    pub(super) const fn block(&self, into: CountedIn) -> usize {
        match into {
            CountedIn::Splits => self.block,
            CountedIn::Classes => self.cells.len() * self.place_cells.len(),
        }
    }

    /// What a place gives to the cells of its rows.
    pub(super) fn of_place(&self, place: u32, into: CountedIn) -> PlaceCells<'_> {
        // Every place has a class.
        let class = self.of_places.as_ref().and_then(|of| of.get(place as usize).copied()).unwrap_or_default();
        match into {
            CountedIn::Splits => PlaceCells::Splits(self.place_cells.get(class as usize)),
            // Tables of more cells than 32 bits number are refused long before.
            CountedIn::Classes => PlaceCells::Class(class * self.cells.len() as u32),
        }
    }

    /// The cells of a case's rows at a place that gives these; `None` where the case isn't counted.
    #[inline]
    pub(super) fn of<'a>(&'a self, case: u32, of_place: PlaceCells<'a>) -> Option<RowCells<'a>> {
        let class = self.of.as_ref().map_or(Some(0), |of| of.get(case as usize).copied())?;
        match of_place {
            PlaceCells::Class(first) => (class != REFUSED).then(|| RowCells::Class(first + class)),
            PlaceCells::Splits(of_place) => {
                let of_case = self.cells.get(class as usize);
                (!of_case.is_empty()).then_some(RowCells::Splits { of_case, of_place })
            }
        }
    }

    /// What was counted in the cells of the splits, of what was counted into others.
    pub(super) fn shared_out<T: Merge + Clone>(&self, counted: Vec<T>, into: CountedIn) -> Vec<T> {
        if into == CountedIn::Splits {
            return counted;
        }
        let mut all = Vec::with_capacity(counted.len() / self.block(into).max(1) * self.block);
        for classes in counted.chunks(self.block(into).max(1)) {
            let first = all.len();
            all.resize(first + self.block, T::default());
            for (at, counted) in classes.iter().enumerate() {
                let of_case = self.cells.get(at % self.cells.len());
                let of_place = self.place_cells.get(at / self.cells.len());
                RowCells::Splits { of_case, of_place }.each(|cell| all[first + cell].merge(counted));
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
    last: Option<(NaiveDate, Arc<Classes>)>,
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

    /// Those of a period's last day.
    pub(super) fn of(&mut self, last_day: NaiveDate) -> PolarsResult<Arc<Classes>> {
        if let Some((of, last)) = &self.last
            && (*of == last_day || !needs_states(self.choices, self.splits))
        {
            return Ok(Arc::clone(last));
        }
        let made = Arc::new(Classes::new(self.facts, self.organisation, last_day, self.choices, self.splits)?);
        self.last = Some((last_day, Arc::clone(&made)));
        Ok(made)
    }
}

/// Whether the state of a case on the last day is asked for.
fn needs_states(choices: &[Choice], splits: &[Split]) -> bool {
    let asked = choices.iter().map(|choice| choice.variable).chain(splits.iter().map(|split| split.variable));
    asked.into_iter().any(|variable| variable.row().origin == Origin::LastDay)
}

/// The class of a case that isn't counted.
const REFUSED: u32 = u32::MAX;

/// The class of every case, and what the cases of each class are like.
fn alike(facts: &Facts, filter: &Filter, sources: &[Source], states: &[u8]) -> PolarsResult<(Vec<u32>, Vec<Traits>)> {
    // What a case is only selected by makes no class of its own.
    let mut asked: Traits = ([0; 2], 0);
    sources.iter().for_each(|source| source.ask(&mut asked));
    let cases = facts.cases();
    let piece = if cases < MANY { cases.max(1) } else { cases.div_ceil(abreast::threads()) };
    let pieces: Vec<Range<usize>> = (0..cases).step_by(piece).map(|at| at..cases.min(at + piece)).collect();
    let done = abreast::each(&pieces, |piece| {
        let mut numbers = Numbers::default();
        let classes = piece.clone().map(|case| {
            let profile = facts.profiles.of(case as u32);
            let state = states.get(case).copied().unwrap_or(NOT_BEGUN);
            if !filter.lets((profile, state)) {
                return REFUSED;
            }
            numbers.of(([profile[0] & asked.0[0], profile[1] & asked.0[1]], state & asked.1))
        });
        Ok::<_, PolarsError>((classes.collect::<Vec<u32>>(), numbers.alike))
    })?;
    let mut numbers = Numbers::default();
    let mut all = Vec::with_capacity(cases);
    for (classes, alike) in done {
        let renumbered: Vec<u32> = alike.into_iter().map(|traits| numbers.of(traits)).collect();
        all.extend(classes.into_iter().map(|class| renumbered.get(class as usize).copied().unwrap_or(REFUSED)));
    }
    Ok((all, numbers.alike))
}

/// A number for each of what cases are like.
#[derive(Default)]
struct Numbers {
    known: FxHashMap<Traits, u32>,
    alike: Vec<Traits>,
}

impl Numbers {
    fn of(&mut self, traits: Traits) -> u32 {
        *self.known.entry(traits).or_insert_with(|| {
            self.alike.push(traits);
            self.alike.len() as u32 - 1
        })
    }
}
