//! The cell key method: the noise of a cell follows from the record keys of who is in it, so the same records give the
//! same figure in any table, totals included.
//!
//! Never here: the size of the noise ([`super::p_table`]), and who sees perturbed figures ([`super::policy`]).

use std::sync::OnceLock;

use super::p_table::{LIVE, PTable};
use crate::reports::cube::Tally;

impl PTable {
    /// The cell key of a cell: the sum of its record keys, modulo the number of keys.
    #[must_use]
    pub fn cell_key(&self, cell: Tally) -> u32 {
        (cell.key % u64::from(self.keys())) as u32
    }

    /// The count as it is disclosed.
    #[must_use]
    pub fn perturbed(&self, cell: Tally) -> u64 {
        self.disclosed(cell.n, self.cell_key(cell))
    }
}

/// The table of live figures; `None` never, since a test demands that its parameters go together.
pub(super) fn live() -> Option<&'static PTable> {
    static TABLE: OnceLock<Option<PTable>> = OnceLock::new();
    TABLE.get_or_init(|| PTable::new(LIVE).ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_table_of_live_figures() {
        assert_eq!(live().unwrap().perturbed(Tally::default()), 0);
    }
}
