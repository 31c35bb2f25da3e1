//! Cases that are counted once a cell, however many of their rows are in it.

use rustc_hash::FxHashSet;

use super::Count;

/// In which cells a case was counted already.
pub(super) enum Once {
    /// Nothing is split, and a case has one sex: a bit for each code of the part's own axis, case by case.
    Whole(Vec<u16>),
    /// By case and cell.
    Split(FxHashSet<(u32, usize)>),
}

impl Once {
    pub(super) fn of(count: &Count<'_>) -> Self {
        if count.cells.block == 1 {
            Self::Whole(vec![0; count.facts.cases()])
        } else {
            Self::Split(FxHashSet::default())
        }
    }

    /// Whether the case is new to a cell: one of the code `own`, of sixteen at most.
    #[inline]
    pub(super) fn is_new(&mut self, case: u32, own: usize, cell: usize) -> bool {
        match self {
            Self::Whole(seen) => seen.get_mut(case as usize).is_none_or(|codes| {
                let before = *codes;
                *codes |= 1 << own;
                *codes != before
            }),
            Self::Split(seen) => seen.insert((case, cell)),
        }
    }
}
