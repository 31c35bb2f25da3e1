//! Cases that are counted once a cell, however many of their rows are in it.

use rustc_hash::FxHashSet;

use super::Count;
use crate::reports::classes::RowCells;

/// In which cells a case was counted already.
pub(super) enum Once {
    /// All rows of a case have the same cells, and it has one sex: a bit for each code of the part's own axis, case by
    /// case.
    ByCase(Vec<u16>),
    /// A case may have rows at several places, with cells of their own: by case and cell.
    ByCell(FxHashSet<(u32, usize)>),
}

impl Once {
    pub(super) fn of(count: &Count<'_>) -> Self {
        if count.classes.are_by_case() {
            Self::ByCase(vec![0; count.facts.cases()])
        } else {
            Self::ByCell(FxHashSet::default())
        }
    }

    /// Shows those of a row's cells that its case is new to, counted from `first`: all of them where the case has no other
    /// row in them. `own` is the code of the part's own axis that they belong to, of sixteen at most.
    #[inline]
    pub(super) fn each_new(
        &mut self,
        case: u32,
        own: usize,
        alone: bool,
        first: usize,
        cells: RowCells<'_>,
        mut see: impl FnMut(usize),
    ) {
        match self {
            _ if alone => cells.each(|cell| see(first + cell)),
            Self::ByCase(seen) => {
                let is_new = seen.get_mut(case as usize).is_none_or(|codes| {
                    let before = *codes;
                    *codes |= 1 << own;
                    *codes != before
                });
                if is_new {
                    cells.each(|cell| see(first + cell));
                }
            }
            Self::ByCell(seen) => cells.each(|cell| {
                if seen.insert((case, first + cell)) {
                    see(first + cell);
                }
            }),
        }
    }
}
