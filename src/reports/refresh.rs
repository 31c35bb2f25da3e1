//! How the columns follow the log: changed cases replace their rows, and a grown delta becomes part of the base.
//!
//! Never here: reading the log, and deciding when.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::PolarsError;

use crate::domain::case::Case;
use crate::domain::code::Position;

use super::abreast::{self, threads};
use super::facts::{CaseKey, CaseNumbers, Facts, Keyed, Layer, Numbers};
use super::kept::KeptRows;
use super::observations::{Observations, Rows};
use super::places::Places;
use super::profiles::Profiles;

/// In the newest columns a delta of no more cases than this is never made part of the base. Tests are to meet both ways.
const SMALL: usize = if cfg!(test) { 8 } else { 40_000 };
/// Fewer changed cases than this aren't shared between threads. Tests are to meet both ways.
const FEW: usize = if cfg!(test) { 2 } else { 500 };
/// One of more than this part of the cases is.
const SHARE: usize = 10;
/// From these on it is worth doing before: folding in takes the longer the more there are, and this the longer the more cases
/// there are in all.
const WORTH: (usize, usize) = if cfg!(test) { (4, 50) } else { (2000, 50) };

impl Facts {
    /// The facts after some cases changed or came, as known at `counted_to`. Each key once. The facts before stand
    /// as they were for whoever still reads them.
    ///
    /// # Errors
    /// When polars can't make a frame.
    pub fn apply<C: Borrow<Case> + Sync>(
        &self,
        changed: &[(CaseKey, C)],
        counted_to: Position,
    ) -> Result<Self, PolarsError> {
        let keys: Vec<CaseKey> = changed.iter().map(|(key, _)| *key).collect();
        let share = keys.len().div_ceil(threads()).max(FEW);
        let after = self.apply_shares(&keys, share, counted_to, |at, see| {
            at.clone().zip(&changed[at]).for_each(|(at, (_, case))| see(at, case.borrow()));
            Ok::<_, PolarsError>(())
        })?;
        after.relieved()
    }

    /// The same of cases that are still to be read, with a delta however large: `read` shows each case of a share of the keys,
    /// with its key's place, by several threads at once. No more of the cases are in memory than those shown at the time.
    ///
    /// # Errors
    /// When polars can't make a frame, or as `read` says.
    pub(super) fn apply_shares<E: From<PolarsError> + Send>(
        &self,
        keys: &[CaseKey],
        share: usize,
        counted_to: Position,
        read: impl Fn(Range<usize>, &mut dyn FnMut(usize, &Case)) -> Result<(), E> + Sync,
    ) -> Result<Self, E> {
        let mut places = Arc::clone(&self.places);
        let mut profiles = Arc::clone(&self.profiles);
        let mut added = self.added.clone();
        let mut dead = self.dead.clone();
        let mut in_delta = self.changed.clone();
        let mut replaced = Numbers::default();
        let mut numbered: Vec<u32> = Vec::with_capacity(keys.len());
        for key in keys {
            let base = self.numbers.get(*key);
            let next = (self.numbers.len() + added.len()) as u32;
            let number = base.unwrap_or_else(|| *added.entry(*key).or_insert(next));
            if base.is_some() {
                dead.insert(number);
            }
            in_delta.insert(number);
            replaced.insert(number);
            numbered.push(number);
        }
        let mut added_keys = self.keyed.added.clone();
        added_keys.resize(added.len(), 0);
        let shares: Vec<Range<usize>> =
            (0..keys.len()).step_by(share.max(1)).map(|at| at..(at + share.max(1)).min(keys.len())).collect();
        let numbers_known = self.keyed.base.len() + self.keyed.added.len();
        let folded = abreast::each(&shares, |at| {
            let (rows, places) = (Observations::default(), Places::clone(&self.places));
            let mut folded = Folded { rows, places, cases: Vec::with_capacity(at.len()) };
            read(at.clone(), &mut |at, case| {
                let number = numbered[at];
                folded.rows.observe(number, case, &mut folded.places, &self.settings);
                let came = number as usize >= numbers_known;
                let record_key = came.then(|| self.keyed.by.of(case.id));
                folded.cases.push(Known { number, words: Profiles::words(case), record_key });
            })?;
            Ok::<_, E>(folded)
        })?;
        let mut fresh = Observations::default();
        {
            let places = Arc::make_mut(&mut places);
            let profiles = Arc::make_mut(&mut profiles);
            for folded in folded {
                // Each share numbered the places that are new to it by itself.
                let known = self.places.len();
                let others = folded.places.iter().skip(known);
                let new: Vec<u32> = others.map(|p| places.number(&p.fk, &p.af, p.municipality.as_ref())).collect();
                fresh.append(folded.rows, |place| (place as usize).checked_sub(known).map_or(place, |at| new[at]));
                for Known { number, words, record_key } in folded.cases {
                    profiles.set(number, words);
                    if let Some(record_key) = record_key
                        && let Some(slot) = added_keys.get_mut(number as usize - self.keyed.base.len())
                    {
                        *slot = record_key;
                    }
                }
            }
        }
        let delta = Layer::of(fresh, places.len(), self.delta.rows(), |rows| rows.take_over(&self.delta, &replaced))?;
        let (by, base_keys) = (Arc::clone(&self.keyed.by), Arc::clone(&self.keyed.base));
        let after = Self {
            keyed: Keyed { by, base: base_keys, added: added_keys },
            base: Arc::clone(&self.base),
            delta: Arc::new(delta),
            dead,
            numbers: Arc::clone(&self.numbers),
            added,
            changed: in_delta,
            places,
            profiles,
            settings: Arc::clone(&self.settings),
            counted_to,
            kept: KeptRows::default(),
            kept_of_base: Arc::clone(&self.kept_of_base),
        };
        // What was folded into nothing is all there is.
        Ok(if self.cases() == 0 { after.compacted()? } else { after })
    }

    /// The same facts, with an empty delta where so many cases have changed that nobody can wait for it to be made beside what
    /// is served.
    ///
    /// # Errors
    /// When polars can't make a frame.
    pub(super) fn relieved(self) -> Result<Self, PolarsError> {
        let large = self.changed.count > SMALL.max(self.cases() / SHARE);
        if large { self.compacted() } else { Ok(self) }
    }

    /// Whether so many cases have changed that an empty delta is worth making beside what is served.
    pub(super) fn is_worth_tidying(&self) -> bool {
        let (few, share) = WORTH;
        self.changed.count > few.max(self.cases() / share)
    }

    /// The same facts with an empty delta, and what is kept of whole levels carried over: made where nobody waits for it.
    ///
    /// # Errors
    /// When polars can't make a frame.
    pub(super) fn tidied(&self) -> Result<Self, PolarsError> {
        Ok(Self { kept_of_base: Arc::new(self.kept_of_all()?), ..self.compacted()? })
    }

    /// The same facts with an empty delta.
    ///
    /// # Errors
    /// When polars can't make a frame.
    pub fn compacted(&self) -> Result<Self, PolarsError> {
        let base = if self.numbers.len() == 0 {
            Arc::clone(&self.delta)
        } else {
            let all = Layer::of(Observations::default(), self.places.len(), self.rows(), |rows| {
                rows.take_over(&self.base, &self.dead)?;
                rows.take_over(&self.delta, &Numbers::default())
            })?;
            Arc::new(all)
        };
        let added = self.added.iter().map(|(key, number)| (*key, *number));
        let numbers = CaseNumbers::new(self.numbers.iter().chain(added).collect());
        let keys = self.keyed.base.iter().chain(&self.keyed.added).copied().collect();
        Ok(Self {
            keyed: Keyed { by: Arc::clone(&self.keyed.by), base: Arc::new(keys), added: Vec::new() },
            base,
            delta: Arc::new(Layer::new(Observations::default(), 0)?),
            dead: Numbers::default(),
            numbers: Arc::new(numbers),
            added: HashMap::new(),
            changed: Numbers::default(),
            places: Arc::clone(&self.places),
            profiles: Arc::clone(&self.profiles),
            settings: Arc::clone(&self.settings),
            counted_to: self.counted_to,
            kept: KeptRows::default(),
            kept_of_base: Arc::default(),
        })
    }
}

/// What a share of the changed cases contributes: the places are those there were, and then those that are new to it.
struct Folded {
    rows: Observations,
    places: Places,
    cases: Vec<Known>,
}

/// What is known of a case beside its rows.
struct Known {
    number: u32,
    words: [u64; 2],
    /// Of a case that came.
    record_key: Option<u32>,
}

impl Observations {
    /// Adds the rows of others, whose places have other numbers.
    fn append(&mut self, others: Self, place: impl Fn(u32) -> u32) {
        for (rows, mut other) in self.0.iter_mut().zip(others.0) {
            rows.case.append(&mut other.case);
            rows.place.extend(other.place.into_iter().map(&place));
            rows.day.append(&mut other.day);
            rows.key.append(&mut other.key);
            for (column, values) in rows.more.iter_mut().zip(&mut other.more) {
                column.append(values);
            }
        }
    }
}

impl Rows {
    /// Adds the rows of this kind in a layer, but for some cases.
    fn take_over(&mut self, layer: &Layer, but: &Numbers) -> Result<(), PolarsError> {
        let frame = layer.frame(self.kind);
        let (from, places) = (frame.columns(self.kind.more())?, frame.places());
        let kept: Vec<usize> = (0..from.case.len()).filter(|i| !but.contains(from.case[*i])).collect();
        self.case.extend(kept.iter().map(|i| from.case[*i]));
        self.place.extend(kept.iter().map(|i| places[*i]));
        self.day.extend(kept.iter().map(|i| from.day[*i]));
        self.key.extend(kept.iter().map(|i| from.key[*i]));
        for (column, values) in self.more.iter_mut().zip(&from.more) {
            column.extend(kept.iter().map(|i| values[*i]));
        }
        Ok(())
    }
}
