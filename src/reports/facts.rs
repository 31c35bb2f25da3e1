//! The cases as columns in memory, as they stand after some position of the log.
//!
//! Lives here: building them anew. Never here: following the log ([`super::refresh`]) and figures.
//!
//! A [`Facts`] is a value: it never changes, and is cheap to share. It has a *base*, sorted by place and day, and a
//! *delta* of the same form, small in the newest, with the cases that changed since; the base rows of those are marked dead.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::PolarsError;

use crate::domain::case::Case;
use crate::domain::code::Position;
use crate::domain::transition::Settings;

use super::abreast;
use super::disclosure::RecordKeys;
use super::frame::Frame;
use super::kept::{KeptCells, KeptRows};
use super::observations::{KINDS, Kind, Observations, Rows};
use super::places::{Place, Places};
use super::profiles::Profiles;

/// The internal number of a case.
pub type CaseKey = i64;

/// From how many rows it pays to put several kinds of them in order beside each other. Tests are to meet both ways.
const MANY: usize = if cfg!(test) { 100 } else { 20_000 };

/// A frame for each kind of row.
#[derive(Debug)]
pub(super) struct Layer(pub(super) [Frame; KINDS]);

impl Layer {
    pub(super) fn new(observations: Observations, places: usize) -> Result<Self, PolarsError> {
        Self::of(observations, places, 0, |_| Ok(()))
    }

    /// Of rows to which `add` adds about so many more, kind by kind, by all processors where that pays.
    pub(super) fn of(
        observations: Observations,
        places: usize,
        more: usize,
        add: impl Fn(&mut Rows) -> Result<(), PolarsError> + Sync,
    ) -> Result<Self, PolarsError> {
        let count = more + observations.0.iter().map(|rows| rows.day.len()).sum::<usize>();
        // Each is taken once, and gone when its frame is made.
        let kinds = observations.0.map(|rows| Mutex::new(Some(rows)));
        let one = |rows: &Mutex<Option<Rows>>| {
            let rows = rows.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut rows = rows.ok_or_else(|| PolarsError::ComputeError("a frame is made once".into()))?;
            add(&mut rows)?;
            Frame::new(rows, places)
        };
        let frames = abreast::each_if(count >= MANY, &kinds, one)?;
        frames.try_into().map(Self).map_err(|_| PolarsError::ComputeError("a layer has a frame for each kind".into()))
    }

    pub(super) fn frame(&self, kind: Kind) -> &Frame {
        &self.0[kind as usize]
    }

    /// How many rows there are of all kinds.
    pub(super) fn rows(&self) -> usize {
        self.0.iter().map(Frame::height).sum()
    }
}

/// A set of case numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    bits: Vec<u64>,
    pub(super) count: usize,
}

impl Numbers {
    pub(super) fn insert(&mut self, number: u32) {
        let word = number as usize / 64;
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let bit = 1 << (number % 64);
        self.count += usize::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }

    #[inline]
    pub(super) fn contains(&self, number: u32) -> bool {
        self.bits.get(number as usize / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }
}

/// From a case's key to its number in the rows.
#[derive(Debug, Default)]
pub(super) struct CaseNumbers {
    /// Keys, ascending.
    keys: Vec<CaseKey>,
    /// Their numbers; `None` where each is its key's place, as when all cases were read in order.
    numbers: Option<Vec<u32>>,
}

impl CaseNumbers {
    pub(super) fn new(mut all: Vec<(CaseKey, u32)>) -> Self {
        all.sort_unstable();
        let in_order = (0..).zip(&all).all(|(place, (_, number)): (u32, _)| place == *number);
        let numbers = (!in_order).then(|| all.iter().map(|(_, number)| *number).collect());
        Self { keys: all.into_iter().map(|(key, _)| key).collect(), numbers }
    }

    fn number(&self, place: usize) -> u32 {
        self.numbers.as_ref().map_or(place as u32, |numbers| numbers[place])
    }

    pub(super) fn get(&self, key: CaseKey) -> Option<u32> {
        self.keys.binary_search(&key).ok().map(|place| self.number(place))
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (CaseKey, u32)> {
        self.keys.iter().enumerate().map(|(place, key)| (*key, self.number(place)))
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.keys) + self.numbers.as_ref().map_or(0, |numbers| size_of_val(&**numbers))
    }
}

/// The record key of each case, by its number.
#[derive(Debug, Default)]
pub(super) struct Keyed {
    pub(super) by: Arc<RecordKeys>,
    /// Of the cases that the base was built with.
    pub(super) base: Arc<Vec<u32>>,
    /// Of those that came since.
    pub(super) added: Vec<u32>,
}

/// The cases as columns, as known at one position.
#[derive(Debug)]
pub struct Facts {
    pub(super) keyed: Keyed,
    pub(super) base: Arc<Layer>,
    pub(super) delta: Arc<Layer>,
    pub(super) dead: Numbers,
    pub(super) numbers: Arc<CaseNumbers>,
    pub(super) added: HashMap<CaseKey, u32>,
    /// Cases whose rows stand in the delta.
    pub(super) changed: Numbers,
    pub(super) places: Arc<Places>,
    /// What cases are selected and split by.
    pub(super) profiles: Arc<Profiles>,
    /// Lead times, by which the next registration is due.
    pub(super) settings: Arc<Settings>,
    pub(super) counted_to: Position,
    /// What is kept of these columns.
    pub(super) kept: KeptRows,
    /// And of their base, which others share.
    pub(super) kept_of_base: Arc<KeptCells>,
}

impl Facts {
    /// The facts of these cases, each key once, with record keys that are no secret: for tests and measuring.
    ///
    /// # Errors
    /// When polars can't make a frame.
    pub fn build<C: Borrow<Case>>(
        cases: impl IntoIterator<Item = (CaseKey, C)>,
        counted_to: Position,
    ) -> Result<Self, PolarsError> {
        let mut builder = FactsBuilder::default();
        for (key, case) in cases {
            builder.add(key, case.borrow());
        }
        builder.finish(counted_to)
    }

    /// The record key of a case, by its number in the rows: what [`Tally::add`](super::cube::Tally::add) wants. The
    /// same case has the same key as long as the version of the keys lasts, whatever happens to it.
    #[inline]
    #[must_use]
    pub fn record_key(&self, case_number: u32) -> u32 {
        let (base, number) = (&self.keyed.base, case_number as usize);
        let key = base.get(number).or_else(|| self.keyed.added.get(number - base.len()));
        // Every number in a row has its key.
        key.copied().unwrap_or_default()
    }

    /// Up to which registration they count.
    #[must_use]
    pub const fn counted_to(&self) -> Position {
        self.counted_to
    }

    /// How many cases they know, whatever their state.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.numbers.len() + self.added.len()
    }

    /// Bytes that they hold for all cases: rows, variables, record keys and numbers.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let rows: usize = self.base.0.iter().chain(&self.delta.0).map(Frame::bytes).sum();
        let keys = size_of_val(&**self.keyed.base) + size_of_val(&*self.keyed.added);
        rows + keys + self.profiles.bytes() + self.numbers.bytes()
    }

    /// The places that cases are at as they are known, and not those that they were known at before or were to be later:
    /// what a report shows is to be the same whatever the columns have followed.
    ///
    /// # Errors
    /// When the columns can't be read.
    pub(super) fn places_now(&self) -> Result<Vec<&Place>, PolarsError> {
        let mut has = vec![false; self.places.len()];
        let base = self.base.0.iter().map(|frame| frame.places_of(|case| !self.dead.contains(case)));
        for of_frame in base.chain(self.delta.0.iter().map(|frame| frame.places_of(|_| true))) {
            has.iter_mut().zip(of_frame?).for_each(|(has, here)| *has |= here);
        }
        Ok(self.places.iter().zip(has).filter_map(|(place, has)| has.then_some(place)).collect())
    }

    /// How many rows they hold, dead ones included.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.base.rows() + self.delta.rows()
    }
}

/// Builds [`Facts`] case by case, so that all cases never need to be in memory at once.
#[derive(Debug, Default)]
pub struct FactsBuilder {
    observations: Observations,
    places: Places,
    profiles: Profiles,
    keys: Vec<(CaseKey, u32)>,
    by: Arc<RecordKeys>,
    settings: Arc<Settings>,
    record_keys: Vec<u32>,
}

impl FactsBuilder {
    /// A builder with secret record keys and lead times of its own. The default one has keys that are none, and the
    /// lead times that hold where nothing is set: for tests and measuring.
    #[must_use]
    pub fn new(by: Arc<RecordKeys>, settings: Arc<Settings>) -> Self {
        Self { by, settings, ..Self::default() }
    }

    /// Adds a case; each key once.
    pub fn add(&mut self, key: CaseKey, case: &Case) {
        let number = self.keys.len() as u32;
        self.keys.push((key, number));
        self.record_keys.push(self.by.of(case.id));
        self.observations.observe(number, case, &mut self.places, &self.settings);
        self.profiles.set(number, Profiles::words(case));
    }

    /// The facts, counted up to `counted_to`.
    ///
    /// # Errors
    /// When polars can't make a frame.
    pub fn finish(self, counted_to: Position) -> Result<Facts, PolarsError> {
        Ok(Facts {
            keyed: Keyed { by: self.by, base: Arc::new(self.record_keys), added: Vec::new() },
            base: Arc::new(Layer::new(self.observations, self.places.len())?),
            delta: Arc::new(Layer::new(Observations::default(), 0)?),
            dead: Numbers::default(),
            numbers: Arc::new(CaseNumbers::new(self.keys)),
            added: HashMap::new(),
            changed: Numbers::default(),
            places: Arc::new(self.places),
            profiles: Arc::new(self.profiles),
            settings: self.settings,
            counted_to,
            kept: KeptRows::default(),
            kept_of_base: Arc::default(),
        })
    }
}
