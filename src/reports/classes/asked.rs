//! What a question asks of cases and places: its selections and splits as bits and slots.
//!
//! Never here: which cases are alike.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use chrono::NaiveDate;
use polars::prelude::{PolarsError, PolarsResult};

use crate::domain::organisation::Organisation;
use crate::reports::abreast;
use crate::reports::facts::Facts;
use crate::reports::frame::When;
use crate::reports::observations::{Kind, day, part};
use crate::reports::places::Place;
use crate::reports::request::Period;
use crate::reports::selection::Selection;
use crate::reports::split::{Choice, Split, code_of};
use crate::reports::tally::{Pass, Share};
use crate::reports::variables::{Origin, STATUS};

/// No state: the case had not begun.
pub(super) const NOT_BEGUN: u8 = u8::MAX;

/// No slot.
const NONE: u8 = u8::MAX;

/// All that a question asks of a case: the bits of its variables, and its state on the last day.
pub(super) type Traits = ([u64; 2], u8);

/// Cases that are counted.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Bits of which one must be set, for each variable chosen.
    bits: Vec<[u64; 2]>,
    /// States of which one must hold.
    states: Option<u8>,
}

impl Filter {
    pub(super) fn new(choices: &[Choice]) -> Self {
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

    pub(super) fn lets(&self, (profile, state): Traits) -> bool {
        self.bits.iter().all(|wanted| (profile[0] & wanted[0]) | (profile[1] & wanted[1]) != 0)
            && self.states.is_none_or(|wanted| 1_u8.checked_shl(u32::from(state)).unwrap_or(0) & wanted != 0)
    }

    pub(super) const fn lets_all(&self) -> bool {
        self.bits.is_empty() && self.states.is_none()
    }
}

/// The bits of a variable in a profile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
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
pub(super) enum Source {
    /// One bit of a field of the profile.
    One { field: Field, slots: [u8; 16], stride: u32 },
    /// Any bits of a field; the total last.
    Several { field: Field, slots: [u8; 16], total: u32, stride: u32 },
    /// By the state on the last day.
    LastDay { slots: [u8; 16], stride: u32 },
}

/// The same of a split by place: the slot of each, where it is shown; the total last.
pub(super) struct PlaceSource {
    slots: Vec<Option<u32>>,
    total: u32,
    stride: u32,
}

/// The sources of some splits, and how many cells these have together.
pub(super) fn sources(
    splits: &[Split],
    facts: &Facts,
    organisation: &Organisation,
) -> (Vec<Source>, Vec<PlaceSource>, usize) {
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
    /// Puts what it looks at to what is asked for: bits, and the state when it isn't 0.
    pub(super) fn ask(&self, (asked, state): &mut Traits) {
        *state |= if matches!(self, Self::LastDay { .. }) { u8::MAX } else { 0 };
        if let Self::One { field, .. } | Self::Several { field, .. } = self {
            asked[field.word] |= field.mask << field.shift;
        }
    }

    /// The cells for each of some others; none when a code isn't shown.
    pub(super) fn spread(&self, others: &[u32], (profile, state): Traits) -> Vec<u32> {
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
    pub(super) fn spread(&self, others: &[u32], place: usize) -> Vec<u32> {
        let slots = self.slots.get(place).copied().flatten().into_iter().chain([self.total]);
        slots.flat_map(|slot| others.iter().map(move |other| other + slot * self.stride)).collect()
    }
}

/// Where each case stands on the last day: the place of its code in [`STATUS`].
pub(super) fn states(facts: &Facts, last_day: NaiveDate) -> PolarsResult<Vec<u8>> {
    let last = day(last_day);
    let states: Vec<AtomicU8> = (0..facts.cases()).map(|_| AtomicU8::new(NOT_BEGUN)).collect();
    let pass = Pass::new(facts, Period::day(last_day), &Selection::All);
    abreast::each(&Share::all(facts.rows()), |share| {
        for view in pass.views_of(Kind::Step, When::Dated(i32::MIN, last), *share)? {
            let ends = view.columns.more[0];
            view.each(|i| {
                let kind = part(view.columns.key[i], 1);
                let state = match kind {
                    0 | 2 | 3 if ends[i] > last => 1,
                    1 | 4 | 5 if ends[i] > last => 0,
                    // An ending has no days, unless something follows it.
                    6..=8 if view.columns.day[i] < ends[i] && ends[i] <= last => return,
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
