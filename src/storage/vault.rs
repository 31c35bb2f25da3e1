//! Identity at rest: each person's number is encrypted under a random key of its own, which is sealed by the
//! master key; look-ups go by a keyed hash. Deleting a person's row deletes the key with the number; an older backup
//! holds both, so there the number is as safe as the master key that is kept apart from it.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::error::StorageError;
use crate::chance::Chance;
use crate::domain::person::IdentityNumber;

/// How many bytes of the keyed hash are kept for look-ups.
const LOOKUP_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;

/// The master key with its id, and the look-up and fingerprint keys made from it.
pub struct Vault {
    id: String,
    master: Zeroizing<[u8; 32]>,
    lookup: Zeroizing<[u8; 32]>,
    fingerprint: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A person's row, sealed.
pub struct Sealed {
    /// Which master key sealed it.
    pub master_key: String,
    /// Nonce and sealed key.
    pub key: Vec<u8>,
    /// Nonce and encrypted number.
    pub number: Vec<u8>,
}

fn keyed(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length, so this can't fail; an empty answer would only find nothing.
    <Hmac<Sha256> as Mac>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(text);
        mac.finalize().into_bytes().into()
    })
}

impl Vault {
    /// A vault of one master key. The key's id, which is kept with what it sealed, follows from the key.
    #[must_use]
    pub fn new(master: [u8; 32]) -> Self {
        let master = Zeroizing::new(master);
        Self {
            id: keyed(&*master, b"id").iter().take(8).map(|b| format!("{b:02x}")).collect(),
            lookup: Zeroizing::new(keyed(&*master, b"look-up")),
            fingerprint: Zeroizing::new(keyed(&*master, b"fingerprint")),
            master,
        }
    }

    /// The id of the master key.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.id
    }

    /// The look-up hash of a number, with the id of the key that made it.
    #[must_use]
    pub fn lookup(&self, number: &IdentityNumber) -> (String, Vec<u8>) {
        let hash = keyed(&*self.lookup, number.as_digits().as_bytes());
        (self.id.clone(), hash[..LOOKUP_BYTES].to_vec())
    }

    /// A keyed hash of anything: a body that may hold a personnummer can't be guessed from it.
    #[must_use]
    pub fn fingerprint(&self, bytes: &[u8]) -> Vec<u8> {
        keyed(&*self.fingerprint, bytes)[..LOOKUP_BYTES].to_vec()
    }

    /// The secret that record keys of this version are made with: what perturbed figures follow from.
    #[must_use]
    pub fn record_secret(&self, version: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(keyed(&*self.master, format!("record keys {version}").as_bytes()))
    }

    /// The secret of the case numbers of one export, by everything that makes it one.
    #[must_use]
    pub fn export_secret(&self, of: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(keyed(&*self.master, format!("export {of}").as_bytes()))
    }

    /// The secret that the access log of this master key is sealed with; `None` when that key isn't here.
    #[must_use]
    pub fn audit_secret(&self, key_id: &str) -> Option<Zeroizing<[u8; 32]>> {
        (key_id == self.id).then(|| Zeroizing::new(keyed(&*self.master, b"access log")))
    }

    /// Encrypts a number under a new key, sealed for the person of this id.
    ///
    /// # Errors
    /// When encryption fails, which it does not for texts this short.
    pub fn seal(
        &self,
        person: &[u8],
        number: &IdentityNumber,
        chance: &mut dyn Chance,
    ) -> Result<Sealed, StorageError> {
        let mut key = Zeroizing::new([0; 32]);
        chance.fill(&mut *key);
        Ok(Sealed {
            master_key: self.id.clone(),
            number: encrypt(&key, person, number.as_digits().as_bytes(), chance)?,
            key: encrypt(&self.master, person, &*key, chance)?,
        })
    }

    /// The number that [`Vault::seal`] sealed.
    ///
    /// # Errors
    /// [`StorageError::Setup`] when another master key sealed it; [`StorageError::Corrupt`] when it was altered.
    pub fn open(
        &self,
        person: &[u8],
        sealed: &Sealed,
        today: chrono::NaiveDate,
    ) -> Result<IdentityNumber, StorageError> {
        if sealed.master_key != self.id {
            return Err(StorageError::Setup(format!("master key {} is needed, and not configured", sealed.master_key)));
        }
        let key = Zeroizing::new(decrypt(&*self.master, person, &sealed.key)?);
        let digits = Zeroizing::new(decrypt(&key, person, &sealed.number)?);
        let digits = std::str::from_utf8(&digits).map_err(|_| StorageError::Corrupt("identity"))?;
        IdentityNumber::parse(digits, today).map_err(|_| StorageError::Corrupt("identity"))
    }
}

fn encrypt(key: &[u8; 32], person: &[u8], text: &[u8], chance: &mut dyn Chance) -> Result<Vec<u8>, StorageError> {
    let mut nonce = [0; NONCE_BYTES];
    chance.fill(&mut nonce);
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: text, aad: person })
        .map_err(|_| StorageError::Corrupt("identity"))?;
    Ok([&nonce[..], &sealed].concat())
}

fn decrypt(key: &[u8], person: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StorageError> {
    let corrupt = || StorageError::Corrupt("identity");
    if sealed.len() < NONCE_BYTES {
        return Err(corrupt());
    }
    let (nonce, text) = sealed.split_at(NONCE_BYTES);
    let cipher = XChaCha20Poly1305::new_from_slice(key).map_err(|_| corrupt())?;
    cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: text, aad: person }).map_err(|_| corrupt())
}
