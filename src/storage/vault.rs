//! Identity at rest: each person's number is encrypted under a random key of its own, which is sealed by a master key;
//! look-ups go by a keyed hash. Deleting a person's key makes the number unreadable wherever a copy of it still lies.
//!
//! **Lives here:** sealing, opening and hashing, in memory. **Never here:** where keys are kept ([`super::keys`]), or
//! where a master key comes from.

use std::sync::{Arc, PoisonError, RwLock};

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
/// The version of the noise that databases from before secrets were kept count with.
const FIRST_NOISE: &str = "1";

/// 32 bytes that are wiped when dropped.
pub type Key = Zeroizing<[u8; 32]>;

/// The master keys with their ids, and the secrets that stay the same when the master key does not.
pub struct Vault {
    /// The current one first; the rest are older, or to come.
    masters: Vec<(String, Key)>,
    secrets: RwLock<Arc<Secrets>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("id", &self.key_id()).finish_non_exhaustive()
    }
}

/// What is kept sealed beside the persons' keys, as it is used.
#[derive(Clone)]
pub struct Secrets {
    /// Which state of the keys this is.
    pub generation: i64,
    /// Live look-up keys with their ids, the newest first.
    pub lookups: Vec<(String, Key)>,
    /// Of fingerprints and marks.
    pub fingerprint: Key,
    /// Of the noise of figures: the first version's, and what later ones are made from.
    pub noise: (Key, Key),
    /// Of case numbers in exports.
    pub exports: Key,
    /// Of the journal of erasures and the log of retention.
    pub journal: Key,
    /// Of the chains of the access log.
    pub access_log: Key,
    /// Ids of keys in use that this process has not been given, or that are in use no more and it would seal by.
    pub unknown: Vec<String>,
}

/// Look-up hashes of a number: the id of the key with each, the newest first.
pub type Lookups = Vec<(String, Vec<u8>)>;

/// A person's key and number, sealed.
pub struct Sealed {
    /// Which master key sealed it.
    pub master_key: String,
    /// Nonce and sealed key.
    pub key: Vec<u8>,
    /// Nonce and encrypted number.
    pub number: Vec<u8>,
}

pub(super) fn keyed(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length, so this can't fail; an empty answer would only find nothing.
    <Hmac<Sha256> as Mac>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(text);
        mac.finalize().into_bytes().into()
    })
}

/// The id of a key follows from the key, and tells nothing of it.
#[must_use]
pub fn id_of(key: &[u8; 32]) -> String {
    keyed(key, b"id").iter().take(8).map(|b| format!("{b:02x}")).collect()
}

impl Secrets {
    /// Those of a database that was made under this master key.
    fn derived(id: &str, master: &[u8; 32]) -> Self {
        let from = |what: &str| Zeroizing::new(keyed(master, what.as_bytes()));
        Self {
            generation: -1,
            lookups: vec![(id.to_owned(), from("look-up"))],
            fingerprint: from("fingerprint"),
            noise: (from(&format!("record keys {FIRST_NOISE}")), from("noise")),
            exports: from("exports"),
            journal: from("journal"),
            access_log: from("access log"),
            unknown: Vec::new(),
        }
    }

    /// The look-up hashes of a number by every live key.
    #[must_use]
    pub fn lookups_of(&self, number: &IdentityNumber) -> Lookups {
        let digits = number.as_digits().as_bytes();
        self.lookups.iter().map(|(id, key)| (id.clone(), keyed(&**key, digits)[..LOOKUP_BYTES].to_vec())).collect()
    }
}

impl Vault {
    /// A vault of one master key.
    #[must_use]
    pub fn new(master: [u8; 32]) -> Self {
        Self::with_others(Zeroizing::new(master), Vec::new())
    }

    /// A vault of a current master key, which seals, and others that only open. The keys' ids, which are kept with what
    /// they sealed, follow from the keys.
    #[must_use]
    pub fn with_others(current: Key, others: Vec<Key>) -> Self {
        let masters: Vec<(String, Key)> =
            std::iter::once(current).chain(others).map(|key| (id_of(&key), key)).collect();
        let secrets = Secrets::derived(&masters[0].0, &masters[0].1);
        Self { masters, secrets: RwLock::new(Arc::new(secrets)) }
    }

    /// The id of the current master key.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.masters[0].0
    }

    /// Whether a master key of this id was given.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.masters.iter().any(|(own, _)| own == id)
    }

    fn master(&self, id: &str) -> Result<&Key, StorageError> {
        let found = self.masters.iter().find(|(own, _)| own == id).map(|(_, key)| key);
        found.ok_or_else(|| StorageError::Setup(format!("master key {id} is needed, and not configured")))
    }

    /// The secrets as they are now.
    #[must_use]
    pub fn secrets(&self) -> Arc<Secrets> {
        Arc::clone(&self.secrets.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes on what the database keeps.
    pub fn adopt(&self, secrets: Secrets) {
        *self.secrets.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(secrets);
    }

    /// The secrets of a database that was made under one of the master keys.
    ///
    /// # Errors
    /// When that key was not given.
    pub fn derived(&self, first: &str) -> Result<Secrets, StorageError> {
        Ok(Secrets::derived(first, self.master(first)?))
    }

    /// The look-up hash of a number by the newest key, with the key's id.
    #[must_use]
    pub fn lookup(&self, number: &IdentityNumber) -> (String, Vec<u8>) {
        self.lookups(number).into_iter().next().unwrap_or_default()
    }

    /// The look-up hashes of a number by every live key, the newest first.
    #[must_use]
    pub fn lookups(&self, number: &IdentityNumber) -> Lookups {
        self.secrets().lookups_of(number)
    }

    /// A keyed hash of anything: a body that may hold a personnummer can't be guessed from it.
    #[must_use]
    pub fn fingerprint(&self, bytes: &[u8]) -> Vec<u8> {
        keyed(&*self.secrets().fingerprint, bytes)[..LOOKUP_BYTES].to_vec()
    }

    /// The secret that record keys of this version are made with: what perturbed figures follow from.
    #[must_use]
    pub fn record_secret(&self, version: &str) -> Key {
        let secrets = self.secrets();
        if version == FIRST_NOISE {
            return secrets.noise.0.clone();
        }
        // Not from the first version's: a new version is made when that may have become known.
        Zeroizing::new(keyed(&*secrets.noise.1, format!("record keys {version}").as_bytes()))
    }

    /// The secret of the case numbers of one export, by everything that makes it one.
    #[must_use]
    pub fn export_secret(&self, of: &str) -> Key {
        Zeroizing::new(keyed(&*self.secrets().exports, format!("export {of}").as_bytes()))
    }

    /// What chains the lines of a journal kept outside the database.
    #[must_use]
    pub fn chain(&self, what: &str, before: &[u8], line: &[u8]) -> [u8; 32] {
        let key = keyed(&*self.secrets().journal, what.as_bytes());
        keyed(&key, &[before, line].concat())
    }

    /// The secret that an attempt to log in is sealed with while the person is at the provider.
    #[must_use]
    pub fn login_secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(keyed(&*self.secrets().fingerprint, b"attempts to log in"))
    }

    /// The id of the key that the access log is sealed with. It stays when the master key does not.
    #[must_use]
    pub fn audit_id(&self) -> String {
        id_of(&self.secrets().access_log)
    }

    /// The secret that the access log is sealed with; `None` when that of this id isn't here.
    #[must_use]
    pub fn audit_secret(&self, id: &str) -> Option<Key> {
        (id == self.audit_id()).then(|| self.secrets().access_log.clone())
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
            master_key: self.key_id().to_owned(),
            number: encrypt(&key, person, number.as_digits().as_bytes(), chance)?,
            key: self.wrap(person, &*key, chance)?,
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
        let key = self.unwrap_key(person, &sealed.master_key, &sealed.key)?;
        let digits = Zeroizing::new(decrypt(&*key, person, &sealed.number)?);
        let digits = std::str::from_utf8(&digits).map_err(|_| StorageError::Corrupt("identity"))?;
        IdentityNumber::parse(digits, today).map_err(|_| StorageError::Corrupt("identity"))
    }

    /// Seals a few bytes by the current master key for what `of` names.
    ///
    /// # Errors
    /// When encryption fails, which it does not for texts this short.
    pub fn wrap(&self, of: &[u8], key: &[u8], chance: &mut dyn Chance) -> Result<Vec<u8>, StorageError> {
        encrypt(&self.masters[0].1, of, key, chance)
    }

    /// The 32 bytes that [`Vault::wrap`] sealed.
    ///
    /// # Errors
    /// [`StorageError::Setup`] when the master key was not given; [`StorageError::Corrupt`] when it was altered.
    pub fn unwrap_key(&self, of: &[u8], master_key: &str, sealed: &[u8]) -> Result<Key, StorageError> {
        let opened = Zeroizing::new(decrypt(&**self.master(master_key)?, of, sealed)?);
        let mut key = Zeroizing::new([0; 32]);
        if opened.len() != key.len() {
            return Err(StorageError::Corrupt("keys"));
        }
        key.copy_from_slice(&opened);
        Ok(key)
    }
}

/// Encrypts bytes of any length under a key, for what `of` names: nonce and sealed bytes.
///
/// # Errors
/// When encryption fails, which it does not below 256 GiB.
pub fn encrypt(key: &[u8; 32], of: &[u8], text: &[u8], chance: &mut dyn Chance) -> Result<Vec<u8>, StorageError> {
    let mut nonce = [0; NONCE_BYTES];
    chance.fill(&mut nonce);
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: text, aad: of })
        .map_err(|_| StorageError::Corrupt("identity"))?;
    Ok([&nonce[..], &sealed].concat())
}

/// The bytes that [`encrypt`] sealed.
///
/// # Errors
/// [`StorageError::Corrupt`] when they were altered, or another key or name sealed them.
pub fn decrypt(key: &[u8], of: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StorageError> {
    let corrupt = || StorageError::Corrupt("identity");
    if sealed.len() < NONCE_BYTES {
        return Err(corrupt());
    }
    let (nonce, text) = sealed.split_at(NONCE_BYTES);
    let cipher = XChaCha20Poly1305::new_from_slice(key).map_err(|_| corrupt())?;
    cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: text, aad: of }).map_err(|_| corrupt())
}
