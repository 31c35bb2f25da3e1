//! The number of a case in one export: a secret permutation of the internal numbers, so that each case has one, no two
//! have the same, and nothing follows from it – not the case's public id, not its age, not its number in another export.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Half of a number, in bits. Two halves are below 2^53, which every engine and language holds exactly.
const HALF: u32 = 26;
const MASK: u64 = (1 << HALF) - 1;
/// Four rounds of a keyed function make a permutation that can't be told from a random one.
const ROUNDS: u8 = 4;

/// The numbers of one export.
#[derive(Clone)]
pub struct CaseNumbers(Hmac<Sha256>);

impl std::fmt::Debug for CaseNumbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("CaseNumbers").finish_non_exhaustive()
    }
}

impl CaseNumbers {
    /// Those of a secret key, which is used for one export only and kept nowhere.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        // Any 32 bytes, padded with zeros to the hash's block, are a key; the type says so at compile time.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..secret.len()].copy_from_slice(secret);
        Self(<Hmac<Sha256> as hmac::digest::KeyInit>::new(&block))
    }

    /// What the export is called: the same name is the same numbers, so its tables can be joined.
    #[must_use]
    pub fn name(&self) -> String {
        self.hashed(&[u8::MAX]).iter().take(8).map(|b| format!("{b:02x}")).collect()
    }

    /// The number of a case; internal numbers are below 2^52.
    pub(super) fn of(&self, internal: i64) -> i64 {
        let internal = internal as u64;
        let (mut left, mut right) = (internal >> HALF & MASK, internal & MASK);
        for round in 0..ROUNDS {
            let mut text = [round; 9];
            text[1..].copy_from_slice(&right.to_be_bytes());
            let hash = self.hashed(&text);
            let mixed = u64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])) & MASK;
            (left, right) = (right, left ^ mixed);
        }
        (left << HALF | right) as i64
    }

    fn hashed(&self, text: &[u8]) -> [u8; 32] {
        let mut hash = self.0.clone();
        hash.update(text);
        hash.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_case_has_a_number_of_its_own_and_another_in_another_export() {
        let (one, other) = (CaseNumbers::new(&[1; 32]), CaseNumbers::new(&[2; 32]));
        let numbers: Vec<i64> = (1..=20_000).map(|n| one.of(n)).collect();
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
        assert!(numbers.iter().all(|n| (0..1 << 52).contains(n)));
        let rising = numbers.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((9_500..10_500).contains(&rising), "no order: {rising}");
        assert!((1..=20_000).all(|n| one.of(n) != other.of(n)));
        assert_ne!(one.name(), other.name());
        assert_eq!(one.of(7), CaseNumbers::new(&[1; 32]).of(7));
    }
}
