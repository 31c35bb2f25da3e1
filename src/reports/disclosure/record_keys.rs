//! Record keys: a number for each case that looks random and stays the same, from a keyed hash of its public id.
//!
//! Never here: what is done with them ([`super::cell_key`]).

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::domain::code::CaseId;
use crate::storage::vault::Vault;

/// The version of the noise of live figures: of these keys, and of the p-table's parameters. Another version gives every figure other noise: then whoever has both sees
/// the same figure twice, so it is changed only when the keys may have become known.
pub const LIVE: &str = "1";

/// The keys of one version.
pub struct RecordKeys {
    hash: Hmac<Sha256>,
    version: String,
}

impl std::fmt::Debug for RecordKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordKeys").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Default for RecordKeys {
    /// Keys that anyone can compute: for tests and measuring.
    fn default() -> Self {
        Self::new(&[0; 32], "open")
    }
}

impl RecordKeys {
    /// Keys under a secret, with the name of their version.
    #[must_use]
    pub fn new(secret: &[u8; 32], version: &str) -> Self {
        // Any 32 bytes are a key; the type says so at compile time.
        let hash = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block(secret));
        Self { hash, version: version.to_owned() }
    }

    /// The keys of live figures.
    #[must_use]
    pub fn live(vault: &Vault) -> Self {
        Self::published(vault, LIVE)
    }

    /// The keys of a version that is published for itself.
    #[must_use]
    pub fn published(vault: &Vault, version: &str) -> Self {
        Self::new(&vault.record_secret(version), version)
    }

    /// The name of the version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The record key of a case.
    #[must_use]
    pub fn of(&self, case: CaseId) -> u32 {
        let mut hash = self.hash.clone();
        hash.update(case.0.as_bytes());
        let bytes = hash.finalize().into_bytes();
        u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}

/// The secret as the hash's whole block, padded with zeros as HMAC itself would.
fn block(secret: &[u8; 32]) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..secret.len()].copy_from_slice(secret);
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_case_keeps_its_key_and_another_version_or_secret_gives_another() {
        let case = CaseId(Uuid::from_u128(7));
        let key = RecordKeys::new(&[1; 32], "1").of(case);
        assert_eq!(key, RecordKeys::new(&[1; 32], "1").of(case));
        let vault = Vault::new([1; 32]);
        let of = |keys: RecordKeys| keys.of(case);
        assert_ne!(of(RecordKeys::live(&vault)), of(RecordKeys::published(&vault, "2027")));
        assert_ne!(of(RecordKeys::live(&vault)), of(RecordKeys::live(&Vault::new([2; 32]))));
        assert_ne!(key, RecordKeys::new(&[1; 32], "1").of(CaseId(Uuid::from_u128(8))));
        assert_eq!(format!("{:?}", RecordKeys::default()), r#"RecordKeys { version: "open", .. }"#);
    }
}
