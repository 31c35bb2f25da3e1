//! Selections and splits by variables, put against the columns: which rows are counted, and in which cells.
//!
//! Never here: what a report counts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use crate::domain::code::OfficeCode;
use crate::domain::geography;
use crate::domain::organisation::Organisation;

use super::cube::SAMTLIGA;
use super::facts::Facts;
use super::grid::GridAxis;
use super::observations::{Kind, day, part};
use super::places::Place;
use super::report::{Code, Dimension};
use super::request::{Lang, Period};
use super::selection::Selection;
use super::tally::Pass;
use super::variables::{Origin, SAKNAS, STATUS, Variable};

/// What is chosen of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Of which.
    pub variable: Variable,
    /// These codes; one of them must hold.
    pub codes: Vec<String>,
}

impl Choice {
    /// The variable with the codes that are chosen, for people.
    pub(super) fn told(&self, labelled: Dimension, organisation: &Organisation) -> Dimension {
        let place = self.variable.row().origin == Origin::Place;
        let label = |code: &String| {
            let named = if place { name(self.variable, code, organisation) } else { None };
            named.unwrap_or_else(|| labelled.label(code).to_owned())
        };
        let codes = self.codes.iter().map(|code| Code { code: Cow::Owned(code.clone()), label: label(code) }).collect();
        Dimension { codes, ..labelled }
    }
}

/// A variable that is split by, with the codes that are shown.
#[derive(Debug, Clone)]
pub(super) struct Split {
    pub(super) variable: Variable,
    /// With labels from the register, where that has them.
    pub(super) codes: Vec<(Cow<'static, str>, Option<String>)>,
}

impl Split {
    /// A split of the cases of a selection. Codes of the register are shown where the selection has cases or, for
    /// riket, all of them.
    pub(super) fn new(
        variable: Variable,
        facts: &Facts,
        organisation: &Organisation,
        selection: &Selection,
        chosen: &[Choice],
    ) -> Self {
        let row = variable.row();
        let chosen: Option<&Choice> = chosen.iter().find(|c| c.variable == variable);
        let shown = |code: &str| chosen.is_none_or(|choice| choice.codes.iter().any(|c| c == code));
        if row.origin != Origin::Place {
            // A case with several answers stands also under those that were not chosen.
            let codes = row.codes.iter().filter(|code| row.several || shown(code));
            return Self { variable, codes: codes.map(|code| (Cow::Borrowed(*code), None)).collect() };
        }
        let mut codes: BTreeSet<String> = facts
            .places
            .iter()
            .filter(|p| selection.includes(&p.fk, &p.af, p.municipality.as_ref()))
            .map(|place| code_of(variable, place, organisation))
            .collect();
        if *selection == Selection::All {
            codes.extend(registered(variable, organisation));
        }
        let named = |code: String| (name(variable, &code, organisation), code);
        let mut codes: Vec<(Option<String>, String)> =
            codes.into_iter().filter(|code| shown(code)).map(named).collect();
        // By name as people look for it; what has no name stands last.
        codes.sort_by_cached_key(|(name, code)| (name.is_none(), alphabetical(name.as_deref().unwrap_or(code))));
        Self { variable, codes: codes.into_iter().map(|(name, code)| (Cow::Owned(code), name)).collect() }
    }

    /// Its axis in a grid.
    pub(super) fn axis(&self) -> GridAxis {
        let mut codes: Vec<Cow<'static, str>> = self.codes.iter().map(|(code, _)| code.clone()).collect();
        let summed = !self.overlaps();
        if !summed {
            codes.push(Cow::Borrowed(SAMTLIGA));
        }
        GridAxis { name: self.variable.row().name, codes, summed }
    }

    /// Whether a case may stand in several cells or, as with places that are not shown, in none.
    fn overlaps(&self) -> bool {
        self.variable.row().several || self.variable.row().origin == Origin::Place
    }

    /// Its dimension, labels from the register put in.
    pub(super) fn dimension(&self, labelled: Dimension, lang: Lang) -> Dimension {
        let total = if lang == Lang::Sv { "Samtliga" } else { "All" };
        let label = |code: &Cow<'static, str>, name: &Option<String>| {
            name.clone().unwrap_or_else(|| labelled.label(code).to_owned())
        };
        let mut codes: Vec<Code> =
            self.codes.iter().map(|(code, name)| Code { code: code.clone(), label: label(code, name) }).collect();
        codes.push(Code { code: Cow::Borrowed(SAMTLIGA), label: total.to_owned() });
        Dimension { codes, ..labelled }
    }
}

/// A key that sorts as the Swedish alphabet does: å, ä and ö last, capital and small letters alike.
pub(super) fn alphabetical(text: &str) -> String {
    let place = |letter: char| match letter {
        'å' => '\u{e000}',
        'ä' => '\u{e001}',
        'ö' => '\u{e002}',
        other => other,
    };
    text.chars().flat_map(char::to_lowercase).map(place).collect()
}

/// The code of a place.
fn code_of(variable: Variable, place: &Place, organisation: &Organisation) -> String {
    let area = |office: &OfficeCode| organisation.offices.get(office).map(|o| o.area.to_string());
    let code = match variable {
        Variable::Marknadsomrade => area(&place.af),
        Variable::Verksamhetsomrade => area(&place.fk),
        Variable::AfKontor => Some(place.af.to_string()),
        Variable::FkKontor => Some(place.fk.to_string()),
        _ => place.municipality.as_ref().map(ToString::to_string),
    };
    code.unwrap_or_else(|| SAKNAS.to_owned())
}

/// The codes that the register has.
fn registered(variable: Variable, organisation: &Organisation) -> BTreeSet<String> {
    use crate::domain::step::Agency::{Af, Fk};
    let areas = |agency| organisation.areas.values().filter(move |a| a.agency == agency).map(|a| a.code.to_string());
    let offices =
        |agency| organisation.offices.values().filter(move |o| o.agency == agency).map(|o| o.code.to_string());
    match variable {
        Variable::Marknadsomrade => areas(Af).collect(),
        Variable::Verksamhetsomrade => areas(Fk).collect(),
        Variable::AfKontor => offices(Af).collect(),
        Variable::FkKontor => offices(Fk).collect(),
        _ => {
            geography::municipalities().iter().filter(|m| m.validity.to.is_none()).map(|m| m.code.to_string()).collect()
        }
    }
}

/// The name of a code of the register.
fn name(variable: Variable, code: &str, organisation: &Organisation) -> Option<String> {
    match variable {
        Variable::Marknadsomrade | Variable::Verksamhetsomrade => {
            organisation.areas.values().find(|a| a.code.as_str() == code).map(|a| a.name.clone())
        }
        Variable::AfKontor | Variable::FkKontor => {
            organisation.offices.values().find(|o| o.code.as_str() == code).map(|o| o.name.clone())
        }
        _ => geography::municipalities().iter().find(|m| m.code.as_str() == code).map(|m| m.name.clone()),
    }
}

/// Whether a place is among those chosen.
pub(super) fn place_chosen(place: &Place, choices: &[Choice], organisation: &Organisation) -> bool {
    let of_places = choices.iter().filter(|c| c.variable.row().origin == Origin::Place);
    of_places.into_iter().all(|c| c.codes.contains(&code_of(c.variable, place, organisation)))
}

/// Rows that are counted.
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

    #[inline]
    pub(super) fn lets(&self, profile: [u64; 2], state: impl Fn() -> u8) -> bool {
        self.bits.iter().all(|wanted| (profile[0] & wanted[0]) | (profile[1] & wanted[1]) != 0)
            && self.states.is_none_or(|wanted| 1_u8.checked_shl(u32::from(state())).unwrap_or(0) & wanted != 0)
    }

    pub(super) fn needs_states(&self) -> bool {
        self.states.is_some()
    }
}

/// No state: the case had not begun.
const NOT_BEGUN: u8 = u8::MAX;

/// Where each case stands on the last day: the place of its code in [`STATUS`].
pub(super) fn states(facts: &Facts, period: Period) -> PolarsResult<Vec<u8>> {
    let last = day(period.to());
    let mut states = vec![NOT_BEGUN; facts.cases()];
    for view in Pass::new(facts, period, &Selection::All).views(Kind::Step, i32::MIN, last)? {
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
            states[view.columns.case[i] as usize] = state;
        });
    }
    debug_assert!(STATUS.len() < 8, "states are bits of a byte");
    Ok(states)
}

/// Where the cells of a split get their place from.
enum Source {
    /// One bit of a field of the profile.
    One { word: usize, shift: u32, slots: [u8; 16], stride: usize },
    /// Any bits of a field; the total last.
    Several { word: usize, shift: u32, slots: [u8; 16], total: usize, stride: usize },
    /// By place; the total last.
    Place { slots: Vec<Option<u32>>, total: usize, stride: usize },
    /// By the state on the last day.
    LastDay { slots: [u8; 16], stride: usize },
}

/// No slot.
const NONE: u8 = u8::MAX;

/// The cells that a row falls in, for all splits together.
pub(super) struct Cells {
    sources: Vec<Source>,
    /// How many cells all splits have together.
    pub(super) block: usize,
}

impl Cells {
    pub(super) fn new(splits: &[Split], facts: &Facts, organisation: &Organisation) -> Self {
        let mut block = 1;
        let mut sources = Vec::with_capacity(splits.len());
        for split in splits.iter().rev() {
            let row = split.variable.row();
            let mut slots = [NONE; 16];
            for (slot, (code, _)) in split.codes.iter().enumerate() {
                if let Some(bit) = row.codes.iter().position(|c| c == code) {
                    slots[bit] = slot as u8;
                }
            }
            let (total, stride) = (split.codes.len(), block);
            sources.push(match row.origin {
                Origin::Case { word, shift } if row.several => Source::Several { word, shift, slots, total, stride },
                Origin::Case { word, shift } => Source::One { word, shift, slots, stride },
                Origin::LastDay => Source::LastDay { slots, stride },
                Origin::Place => {
                    let of: BTreeMap<&str, u32> = (0..).zip(&split.codes).map(|(i, (c, _))| (&**c, i)).collect();
                    let slot = |place: &Place| of.get(code_of(split.variable, place, organisation).as_str()).copied();
                    Source::Place { slots: facts.places.iter().map(slot).collect(), total, stride }
                }
            });
            block *= total + usize::from(split.overlaps());
        }
        Self { sources, block }
    }

    pub(super) fn needs_states(&self) -> bool {
        self.sources.iter().any(|source| matches!(source, Source::LastDay { .. }))
    }

    /// Puts the offsets of a row's cells into `out`, each once; none when a code of it isn't shown.
    #[inline]
    pub(super) fn of(&self, profile: [u64; 2], place: u32, state: impl Fn() -> u8, out: &mut Vec<usize>) {
        out.clear();
        out.push(0);
        for source in &self.sources {
            match source {
                Source::One { word, shift, slots, stride } => {
                    let bit = (profile[*word] >> shift).trailing_zeros() as usize;
                    shift_all(out, slots.get(bit).copied().unwrap_or(NONE), *stride);
                }
                Source::LastDay { slots, stride } => {
                    shift_all(out, slots.get(state() as usize).copied().unwrap_or(NONE), *stride);
                }
                Source::Place { slots, total, stride } => {
                    let slot = slots.get(place as usize).copied().flatten();
                    let before = out.len();
                    for i in 0..before {
                        let here = out[i];
                        out.extend(slot.map(|slot| here + slot as usize * stride));
                        out[i] += total * stride;
                    }
                }
                Source::Several { word, shift, slots, total, stride } => {
                    let before = out.len();
                    let field = profile[*word] >> shift;
                    for i in 0..before {
                        for (bit, slot) in slots.iter().enumerate().filter(|(_, slot)| **slot != NONE) {
                            if field & (1 << bit) != 0 {
                                out.push(out[i] + *slot as usize * stride);
                            }
                        }
                        out[i] += total * stride;
                    }
                }
            }
        }
    }
}

#[inline]
fn shift_all(out: &mut Vec<usize>, slot: u8, stride: usize) {
    if slot == NONE {
        out.clear();
    } else {
        out.iter_mut().for_each(|offset| *offset += slot as usize * stride);
    }
}

#[cfg(test)]
mod tests {
    use super::alphabetical;

    #[test]
    fn names_are_in_the_order_of_the_swedish_alphabet() {
        let mut names = ["Örebro", "Ystad", "Älmhult", "alingsås", "Åmål", "Borås"];
        names.sort_by_key(|name| alphabetical(name));
        assert_eq!(names, ["alingsås", "Borås", "Ystad", "Åmål", "Älmhult", "Örebro"]);
    }
}
