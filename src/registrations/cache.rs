//! Cases the writer has lately decided on, so that a chain posted step by step is not read from the database at
//! each step. Two generations: when the young one is full it becomes the old one.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::case::Case;
use crate::domain::code::CaseId;

/// A case with what stands beside it.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The case.
    pub case: Arc<Case>,
    /// Its number; `None` until it is written.
    pub number: Option<i64>,
    /// Whose.
    pub person: Option<Vec<u8>>,
}

/// At most twice this many cases are kept.
const GENERATION: usize = 16_384;

/// The cache. What is in it is valid only while the case's version in the database is the same.
#[derive(Default)]
pub struct Cache {
    young: HashMap<CaseId, Slot>,
    old: HashMap<CaseId, Slot>,
}

impl Cache {
    /// The case, if it is here with this version.
    pub fn get(&mut self, id: CaseId, version: i64) -> Option<Slot> {
        let slot = match self.young.get(&id) {
            Some(slot) => slot.clone(),
            None => {
                let slot = self.old.remove(&id)?;
                self.put(slot.clone());
                slot
            }
        };
        (slot.case.version == version).then_some(slot)
    }

    /// Keeps a case.
    pub fn put(&mut self, slot: Slot) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(slot.case.id, slot);
    }

    /// Forgets a case, in every state that it was kept in.
    pub fn forget(&mut self, id: CaseId) {
        self.young.remove(&id);
        self.old.remove(&id);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}
