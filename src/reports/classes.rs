//! Which cases a question counts, and in which cells of its splits: worked out once for all levels and parts.
//!
//! Cases that are alike in all that a question asks of them are of one class, and each class has its cells. Where a row
//! stands decides on splits by place, so each place has cells too. A row is in every cell that one of its class and one
//! of its place give together.
//!
//! Lives here: selections and splits put against the cases. Never here: what a report counts, and codes ([`super::split`]).

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering};

use polars::prelude::{PolarsError, PolarsResult};
use rustc_hash::FxHashMap;

use crate::domain::organisation::Organisation;

use super::abreast;
use super::facts::Facts;
use super::observations::{Kind, day, part};
use super::places::Place;
use super::request::Period;
use super::selection::Selection;
use super::split::{Choice, Split, code_of};
use super::tally::{MANY, Pass, Share};
use super::variables::{Origin, STATUS};

/// No state: the case had not begun.
const NOT_BEGUN: u8 = u8::MAX;

/// No slot.
const NONE: u8 = u8::MAX;

/// All that a question asks of a case: the bits of its variables, and its state on the last day.
type Asked = ([u64; 2], u8);

/// Lists of cells, by number.
#[derive(Debug)]
struct Lists {
    /// Where each begins; one more than there are.
    starts: Vec<u32>,
    cells: Vec<u32>,
}

impl Lists {
    const fn new(starts: Vec<u32>) -> Self {
        Self { starts, cells: Vec::new() }
    }

    fn push(&mut self, cells: &[u32]) {
        self.cells.extend_from_slice(cells);
        self.starts.push(self.cells.len() as u32);
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
    /// By place; `None` where it doesn't matter.
    of_places: Option<Lists>,
    /// How many cells all splits have together.
    pub(super) block: usize,
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
        let of_places = (!places.is_empty()).then(|| {
            let mut all = Lists::new(vec![0]);
            (0..facts.places.len()).for_each(|place| {
                all.push(&places.iter().fold(vec![0], |cells, source| source.spread(&cells, place)));
            });
            all
        });
        let mut cells = Lists::new(vec![0]);
        if filter.lets_all() && of_cases.is_empty() {
            cells.push(&[0]);
            return Ok(Self { of: None, cells, of_places, block });
        }
        let mut asked = filter.asked();
        of_cases.iter().for_each(|source| source.ask(&mut asked));
        let states = if needs_states(choices, splits) { states(facts, period)? } else { Vec::new() };
        let of = sorted(facts, asked, &states, |seen| {
            let let_in = filter.lets(*seen);
            cells.push(&if let_in { of_cases.iter().fold(vec![0], |all, s| s.spread(all, *seen)) } else { Vec::new() });
        })?;
        Ok(Self { of: Some(of), cells, of_places, block })
    }

    /// The cells of a place's rows.
    #[inline]
    pub(super) fn of_place(&self, place: u32) -> &[u32] {
        self.of_places.as_ref().map_or(&[0], |all| all.get(place as usize))
    }

    /// The cells of a case's rows at a place with these; `None` where the case isn't counted.
    #[inline]
    pub(super) fn of<'a>(&'a self, case: u32, of_place: &'a [u32]) -> Option<RowCells<'a>> {
        let class = self.of.as_ref().map_or(Some(0), |of| of.get(case as usize).copied())?;
        let of_case = self.cells.get(class as usize);
        (!of_case.is_empty()).then_some(RowCells { of_case, of_place })
    }

    /// Whether all rows of a case have the same cells.
    pub(super) const fn are_by_case(&self) -> bool {
        self.of_places.is_none()
    }
}

/// Whether the state of a case on the last day is asked for.
pub(super) fn needs_states(choices: &[Choice], splits: &[Split]) -> bool {
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

/// Cases that are counted.
#[derive(Debug, Default)]
struct Filter {
    /// Bits of which one must be set, for each variable chosen.
    bits: Vec<[u64; 2]>,
    /// States of which one must hold.
    states: Option<u8>,
}

impl Filter {
    fn new(choices: &[Choice]) -> Self {
        let mut filter = Self::default();
        for choice in choices {
            let row = choice.variable.row();
            let bits = row.codes.iter().enumerate().filter(|(_, code)| choice.codes.iter().any(|c| c == *code));
            let mask = bits.fold(0_u64, |all, (bit, _)| all | 1 << bit);
            match row.origin {
                Origin::Case { word, shift } => {
                    let mut wanted = [0; 2];
                    wanted[word] = mask << shift;
                    filter.bits.push(wanted);
                }
                Origin::LastDay => filter.states = Some(mask as u8),
                Origin::Place => {}
            }
        }
        filter
    }

    fn lets(&self, (profile, state): Asked) -> bool {
        self.bits.iter().all(|wanted| (profile[0] & wanted[0]) | (profile[1] & wanted[1]) != 0)
            && self.states.is_none_or(|wanted| 1_u8.checked_shl(u32::from(state)).unwrap_or(0) & wanted != 0)
    }

    const fn lets_all(&self) -> bool {
        self.bits.is_empty() && self.states.is_none()
    }

    /// The bits that it looks at.
    fn asked(&self) -> [u64; 2] {
        self.bits.iter().fold([0; 2], |all, bits| [all[0] | bits[0], all[1] | bits[1]])
    }
}

/// The bits of a variable in a profile.
#[derive(Debug, Clone, Copy)]
struct Field {
    word: usize,
    shift: u32,
    mask: u64,
}

impl Field {
    const fn of(self, profile: [u64; 2]) -> u64 {
        (profile[self.word] >> self.shift) & self.mask
    }
}

/// Where the cells of a split by what is true of a case get their place from.
enum Source {
    /// One bit of a field of the profile.
    One { field: Field, slots: [u8; 16], stride: u32 },
    /// Any bits of a field; the total last.
    Several { field: Field, slots: [u8; 16], total: u32, stride: u32 },
    /// By the state on the last day.
    LastDay { slots: [u8; 16], stride: u32 },
}

/// The same of a split by place: the slot of each, where it is shown; the total last.
struct PlaceSource {
    slots: Vec<Option<u32>>,
    total: u32,
    stride: u32,
}

/// The sources of some splits, and how many cells these have together.
fn sources(splits: &[Split], facts: &Facts, organisation: &Organisation) -> (Vec<Source>, Vec<PlaceSource>, usize) {
    let (mut of_cases, mut places, mut block) = (Vec::new(), Vec::new(), 1);
    for split in splits.iter().rev() {
        let row = split.variable.row();
        let mut slots = [NONE; 16];
        for (slot, (code, _)) in split.codes.iter().enumerate() {
            if let Some(bit) = row.codes.iter().position(|c| c == code) {
                slots[bit] = slot as u8;
            }
        }
        let (total, stride) = (split.codes.len() as u32, block as u32);
        match row.origin {
            Origin::Case { word, shift } => {
                let field = Field { word, shift, mask: (1 << row.codes.len()) - 1 };
                of_cases.push(if row.several {
                    Source::Several { field, slots, total, stride }
                } else {
                    Source::One { field, slots, stride }
                });
            }
            Origin::LastDay => of_cases.push(Source::LastDay { slots, stride }),
            Origin::Place => {
                let of: BTreeMap<&str, u32> = (0..).zip(&split.codes).map(|(i, (c, _))| (&**c, i)).collect();
                let slot = |place: &Place| of.get(code_of(split.variable, place, organisation).as_str()).copied();
                places.push(PlaceSource { slots: facts.places.iter().map(slot).collect(), total, stride });
            }
        }
        block *= split.codes.len() + usize::from(split.overlaps());
    }
    (of_cases, places, block)
}

impl Source {
    /// Puts the bits that it looks at to those that are asked for.
    fn ask(&self, asked: &mut [u64; 2]) {
        if let Self::One { field, .. } | Self::Several { field, .. } = self {
            asked[field.word] |= field.mask << field.shift;
        }
    }

    /// The cells for each of some others; none when a code isn't shown.
    fn spread(&self, others: Vec<u32>, (profile, state): Asked) -> Vec<u32> {
        let at_one = |slot: u8, stride: u32| match slot {
            NONE => Vec::new(),
            slot => others.iter().map(|other| other + u32::from(slot) * stride).collect(),
        };
        match self {
            Self::One { field, slots, stride } => {
                let bit = field.of(profile).trailing_zeros() as usize;
                at_one(slots.get(bit).copied().unwrap_or(NONE), *stride)
            }
            Self::LastDay { slots, stride } => at_one(slots.get(state as usize).copied().unwrap_or(NONE), *stride),
            Self::Several { field, slots, total, stride } => {
                let held = |bit: usize| slots[bit] != NONE && field.of(profile) & (1 << bit) != 0;
                let codes = (0..slots.len()).filter(|bit| held(*bit)).map(|bit| u32::from(slots[bit]));
                let codes: Vec<u32> = codes.chain([*total]).collect();
                others.iter().flat_map(|other| codes.iter().map(move |code| other + code * stride)).collect()
            }
        }
    }
}

impl PlaceSource {
    /// The cells for each of some others.
    fn spread(&self, others: &[u32], place: usize) -> Vec<u32> {
        let slots = self.slots.get(place).copied().flatten().into_iter().chain([self.total]);
        slots.flat_map(|slot| others.iter().map(move |other| other + slot * self.stride)).collect()
    }
}

/// Where each case stands on the last day: the place of its code in [`STATUS`].
fn states(facts: &Facts, period: Period) -> PolarsResult<Vec<u8>> {
    let last = day(period.to());
    let states: Vec<AtomicU8> = (0..facts.cases()).map(|_| AtomicU8::new(NOT_BEGUN)).collect();
    let pass = Pass::new(facts, period, &Selection::All);
    abreast::each(&Share::all(facts.rows()), |share| {
        for view in pass.views_of(Kind::Step, i32::MIN, last, *share)? {
            let ends = view.columns.more[0];
            view.each(|i| {
                let kind = part(view.columns.key[i], 1);
                let state = match kind {
                    0 | 2 | 3 if ends[i] > last => 1,
                    1 | 4 | 5 if ends[i] > last => 0,
                    6 => 3,
                    7 => 2,
                    8 => 4,
                    _ => return,
                };
                // A case stands in one state, so nobody else writes there.
                states[view.columns.case[i] as usize].store(state, Ordering::Relaxed);
            });
        }
        Ok::<_, PolarsError>(())
    })?;
    debug_assert!(STATUS.len() < 8, "states are bits of a byte");
    Ok(states.into_iter().map(AtomicU8::into_inner).collect())
}
