//! Whether two secrets, or keyed hashes of what is secret, are the same, in a time that doesn't tell how much of them is.
//!
//! Never here: what they are secrets of. Lengths are no secret.

use subtle::ConstantTimeEq;

/// Whether both are the same.
#[must_use]
pub fn same_secret(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_is_the_same() {
        assert!(same_secret(b"", b"") && same_secret(b"abc", b"abc"));
        assert!(!same_secret(b"abc", b"abd") && !same_secret(b"abc", b"abcd") && !same_secret(b"abc", b""));
    }
}
