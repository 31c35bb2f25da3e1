//! What is kept of whole levels, riket and län, which are the same for whoever asks.
//!
//! Lives here: their rows as shown, kept while the columns stand, and their cells of the base, kept while that stands. Of
//! these, what cases had counted that changed since is taken away, and what they count now is added: so who asks first after
//! a registration doesn't wait until everything is counted anew. Never here: what is counted ([`super::tally`]).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::PolarsResult;

use crate::domain::code::CountyCode;

use super::baspaket::Cells;
use super::cube::Merge;
use super::disclosure::Policy;
use super::facts::Facts;
use super::report::Row;
use super::request::Period;
use super::selection::{Level, Selection};
use super::tally::{Pass, Which};

/// How many whole levels are kept at most; more means someone asks for ever new periods.
const MOST: usize = 64;

/// Of more than this part of the cases it costs as much to take away what has changed as to count all anew.
const SHARE: usize = 4;

/// Things kept under keys; all are given up when there are too many.
#[derive(Debug)]
pub(super) struct Kept<K, V>(Mutex<HashMap<K, Arc<V>>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, V> Kept<K, V> {
    /// What is kept under a key, or else what is made now. Made while nobody waits: two who ask at once may both make it.
    fn get(&self, key: &K, make: impl FnOnce() -> PolarsResult<V>) -> PolarsResult<Arc<V>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = lock().get(key).map(Arc::clone);
        if let Some(found) = found {
            return Ok(found);
        }
        let made = Arc::new(make()?);
        let mut kept = lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key.clone(), Arc::clone(&made));
        Ok(made)
    }

    fn keys(&self) -> Vec<K> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

/// Rows of whole levels as a policy shows them.
pub(super) type KeptRows = Kept<(Period, Whole, Policy), Vec<Vec<Row>>>;

/// Cells of whole levels in the base, whatever has changed since; with record keys or without.
pub(super) type KeptCells = Kept<(Period, Whole, bool), Cells>;

/// A level that is the same for whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Whole {
    Riket,
    /// By the code of the län.
    Lan(CountyCode),
}

impl Whole {
    /// Which one a selection is.
    fn of(selection: &Selection) -> Option<Self> {
        match selection {
            Selection::All => Some(Self::Riket),
            Selection::County(code) => Some(Self::Lan(code.clone())),
            _ => None,
        }
    }

    fn selection(&self) -> Selection {
        match self {
            Self::Riket => Selection::All,
            Self::Lan(code) => Selection::County(code.clone()),
        }
    }

    /// The code of the level beside others.
    fn code(&self) -> String {
        match self {
            Self::Riket => "riket".to_owned(),
            Self::Lan(code) => format!("lan:{code}"),
        }
    }
}

/// The rows of a level of the whole baspaket. Those of a whole level are kept under its own name, also when it is the selection.
pub(super) fn level_rows(
    facts: &Facts,
    period: Period,
    level: &Level,
    policy: Policy,
) -> PolarsResult<Arc<Vec<Vec<Row>>>> {
    let Some(whole) = Whole::of(&level.selection) else {
        let cells = Pass::new(facts, period, &level.selection).under(policy).cells()?;
        return Ok(Arc::new(cells.rows(&level.code, policy)));
    };
    let code = whole.code();
    let keyed = policy == Policy::CellKey;
    let key = (period, whole, policy);
    let rows = facts.kept.get(&key, || Ok(facts.whole_cells(period, &key.1, keyed)?.rows(&code, policy)))?;
    if level.code == code {
        return Ok(rows);
    }
    let named = |row: &Row| Row { level: level.code.clone(), ..row.clone() };
    Ok(Arc::new(rows.iter().map(|part| part.iter().map(named).collect()).collect()))
}

impl Facts {
    /// The cells of a whole level, from those that are kept of the base.
    fn whole_cells(&self, period: Period, whole: &Whole, keyed: bool) -> PolarsResult<Cells> {
        let pass = |which| Pass::new(self, period, &whole.selection()).with_keys(keyed).through(which);
        if self.dead.count > self.numbers.len() / SHARE {
            return pass(Which::Standing).cells();
        }
        let base = self.kept_of_base.get(&(period, whole.clone(), keyed), || pass(Which::Base).cells())?;
        let mut cells = Cells::clone(&base);
        if self.dead.count > 0 {
            cells.take_away(&pass(Which::Replaced).cells()?);
        }
        if self.delta.rows() > 0 {
            cells.merge(&pass(Which::Delta).cells()?);
        }
        Ok(cells)
    }

    /// What is to be kept of a base that holds all that these columns do.
    ///
    /// # Errors
    /// When the columns can't be read.
    pub(super) fn kept_of_all(&self) -> PolarsResult<KeptCells> {
        let all = KeptCells::default();
        for key in self.kept_of_base.keys() {
            let (period, whole, keyed) = &key;
            all.get(&key, || self.whole_cells(*period, whole, *keyed))?;
        }
        Ok(all)
    }
}
