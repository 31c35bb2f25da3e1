//! What each case is selected and split by, by its number: two words of bits.
//!
//! Never here: what the bits mean ([`super::variables`]).

use crate::domain::case::Case;

use super::quality::covered;
use super::variables::{COVERED, profile};

#[derive(Debug, Clone, Default)]
pub(super) struct Profiles(Vec<[u64; 2]>);

impl FromIterator<[u64; 2]> for Profiles {
    /// In the order of the cases' numbers.
    fn from_iter<I: IntoIterator<Item = [u64; 2]>>(words: I) -> Self {
        Self(words.into_iter().collect())
    }
}

impl Profiles {
    /// The bits of a case as it stands now.
    pub(super) fn words(case: &Case) -> [u64; 2] {
        let [before, after] = profile(case);
        [before, after | covered(case) << COVERED]
    }

    /// Notes the bits of a case, a new one or one that has changed.
    pub(super) fn set(&mut self, number: u32, words: [u64; 2]) {
        let at = number as usize;
        if at >= self.0.len() {
            self.0.resize(at + 1, [0; 2]);
        }
        self.0[at] = words;
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.0)
    }

    /// The bits of a case.
    #[inline]
    pub(super) fn of(&self, number: u32) -> [u64; 2] {
        self.0.get(number as usize).copied().unwrap_or_default()
    }
}
