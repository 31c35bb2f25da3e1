//! The public keys of one issuer: fetched, kept, renewed, and given up when they have become too old.
//!
//! A key that the issuer has taken away stops working at the next refresh. When the issuer is down the old keys go on
//! working for a stated time. An unknown key makes them be fetched anew, but not more often than [`APART`].
//! Never here: the clock, and how an address is read: both are arguments.

use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::fetch::{FetchError, Get, is_allowed};

/// Between two attempts to fetch the keys of an issuer.
pub const APART: TimeDelta = TimeDelta::seconds(30);
/// More keys than any issuer has.
const MOST: usize = 64;
/// Shorter RSA keys are refused.
const RSA_BITS: usize = 2048;

/// Where the keys are had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The issuer, for its metadata.
    pub issuer: String,
    /// Where its keys stand; as its metadata says when `None`.
    pub keys: Option<String>,
    /// Whether its metadata are needed anyway, for a login.
    pub discover: bool,
    /// After this time the keys are fetched anew.
    pub refresh: TimeDelta,
    /// Keys that could not be fetched anew work for this time.
    pub keep: TimeDelta,
}

/// The issuer's addresses for a login, as its metadata say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Where people log in.
    pub authorization: String,
    /// Where the code is exchanged.
    pub token: String,
    /// Where they log out, if there is such a place.
    pub end_session: Option<String>,
    /// Whether its answers name it (RFC 9207).
    pub names_itself: bool,
}

/// One key.
#[derive(Clone)]
pub struct Key {
    /// What tokens call it.
    pub id: String,
    /// Its thumbprint: another key under the same id is another key.
    pub print: String,
    /// With which algorithms it may be used; decided by the key and by what is allowed, never by a token.
    pub algorithms: Vec<Algorithm>,
    /// For checking.
    pub decoding: DecodingKey,
}

/// How it stands with the keys, for readiness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Fetched lately.
    Fresh,
    /// The last attempt failed; the old ones still work.
    Old,
    /// There are none that work.
    Missing,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Old => "old",
            Self::Missing => "missing",
        }
    }
}

/// Why a key was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoKey {
    /// There are keys, but none of that id and algorithm.
    Unknown,
    /// There are none that work.
    Missing,
}

#[derive(Default)]
struct State {
    keys: Vec<Key>,
    endpoints: Option<Endpoints>,
    fetched: Option<DateTime<Utc>>,
    tried: Option<DateTime<Utc>>,
    failing: bool,
}

/// The keys of an issuer.
pub struct Keys {
    /// What the issuer is called in the log.
    name: String,
    allowed: Vec<Algorithm>,
    /// `None` for keys that are given and never change.
    source: Option<Source>,
    state: RwLock<State>,
    /// Those who wait for a fetch wait here, without a thread each.
    pub turn: Semaphore,
}

impl Keys {
    /// Keys that are to be fetched.
    #[must_use]
    pub fn fetched(name: &str, allowed: Vec<Algorithm>, source: Source) -> Self {
        let turn = Semaphore::new(1);
        Self { name: name.to_owned(), allowed, source: Some(source), state: RwLock::default(), turn }
    }

    /// Keys that are given.
    #[must_use]
    pub fn given(keys: Vec<Key>) -> Self {
        let state = RwLock::new(State { keys, ..State::default() });
        Self { name: String::new(), allowed: Vec::new(), source: None, state, turn: Semaphore::new(1) }
    }

    /// Has its metadata fetched too, for a login.
    pub fn discover(&mut self) {
        if let Some(source) = &mut self.source {
            source.discover = true;
        }
    }

    /// The keys of this id that may be used with this algorithm.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn find(&self, id: &str, algorithm: Algorithm, now: DateTime<Utc>) -> Result<Vec<Key>, NoKey> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if !self.works(&state, now) {
            return Err(NoKey::Missing);
        }
        let fits = |key: &&Key| key.id == id && key.algorithms.contains(&algorithm);
        let found: Vec<Key> = state.keys.iter().filter(fits).cloned().collect();
        if found.is_empty() { Err(NoKey::Unknown) } else { Ok(found) }
    }

    /// Whether a key that was found once is still one of them.
    #[must_use]
    pub fn holds(&self, id: &str, print: &str, now: DateTime<Utc>) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        self.works(&state, now) && state.keys.iter().any(|key| key.id == id && key.print == print)
    }

    /// The issuer's addresses, when they were fetched.
    #[must_use]
    pub fn endpoints(&self) -> Option<Endpoints> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).endpoints.clone()
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match (self.works(&state, now), state.failing) {
            (false, _) => Standing::Missing,
            (true, true) => Standing::Old,
            (true, false) => Standing::Fresh,
        }
    }

    fn works(&self, state: &State, now: DateTime<Utc>) -> bool {
        let Some(source) = &self.source else { return true };
        state.fetched.is_some_and(|fetched| now - fetched <= source.keep)
    }

    /// Fetches the keys when they have come of age, were never had, or the last attempt failed.
    pub fn refresh_when_due(&self, now: DateTime<Utc>, get: &Get) {
        let due = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            let old = |source: &Source| state.fetched.is_none_or(|fetched| now - fetched >= source.refresh);
            self.source.as_ref().is_some_and(|source| state.failing || old(source))
        };
        if due {
            self.refresh(now, get);
        }
    }

    /// Fetches the keys, unless that was tried just now. Whether they were fetched.
    pub fn refresh(&self, now: DateTime<Utc>, get: &Get) -> bool {
        let Some(source) = &self.source else { return false };
        {
            let mut state = self.changing();
            if state.tried.is_some_and(|tried| (now - tried).abs() < APART) {
                return false;
            }
            state.tried = Some(now);
        }
        // The lock is not held while the issuer thinks.
        let fetched = source.fetch(&self.allowed, get);
        let mut state = self.changing();
        match fetched {
            Ok((keys, endpoints)) => {
                if state.failing {
                    log::info!("the keys of issuer {} can be fetched again", self.name);
                }
                if keys.is_empty() {
                    log::warn!("issuer {} has no key that may be used; no token of it is accepted", self.name);
                }
                *state = State { keys, endpoints, fetched: Some(now), tried: state.tried, failing: false };
                true
            }
            Err(error) => {
                if !state.failing {
                    log::warn!("the keys of issuer {} can't be fetched: {error}", self.name);
                }
                state.failing = true;
                false
            }
        }
    }

    fn changing(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The issuer's metadata, as far as they matter (OpenID Connect Discovery 1.0, RFC 8414).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Source {
    fn fetch(&self, allowed: &[Algorithm], get: &Get) -> Result<(Vec<Key>, Option<Endpoints>), FetchError> {
        let metadata = if self.discover || self.keys.is_none() { Some(self.metadata(get)?) } else { None };
        let address = self.keys.as_deref().or(metadata.as_ref().map(|m| m.jwks_uri.as_str()));
        let keys = read_keys(&get(address.unwrap_or_default())?, allowed)?;
        Ok((keys, metadata.and_then(Metadata::endpoints)))
    }

    fn metadata(&self, get: &Get) -> Result<Metadata, FetchError> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let metadata: Metadata =
            serde_json::from_slice(&get(&address)?).map_err(|_| FetchError::Unreadable("metadata"))?;
        if metadata.issuer != self.issuer {
            return Err(FetchError::Unreadable("the metadata are another issuer's"));
        }
        if !is_allowed(&metadata.jwks_uri) {
            return Err(FetchError::Unreadable("jwks_uri is neither https nor on this machine"));
        }
        Ok(metadata)
    }
}

impl Metadata {
    fn endpoints(self) -> Option<Endpoints> {
        let allowed = |url: &String| is_allowed(url);
        Some(Endpoints {
            authorization: self.authorization_endpoint.filter(allowed)?,
            token: self.token_endpoint.filter(allowed)?,
            end_session: self.end_session_endpoint.filter(allowed),
            names_itself: self.authorization_response_iss_parameter_supported,
        })
    }
}

/// The keys of a set that may be used; what isn't understood is passed over, as RFC 7517 says.
fn read_keys(bytes: &[u8], allowed: &[Algorithm]) -> Result<Vec<Key>, FetchError> {
    let unreadable = FetchError::Unreadable("no set of keys");
    let set: Value = serde_json::from_slice(bytes).map_err(|_| unreadable)?;
    let keys = set.get("keys").and_then(Value::as_array).ok_or(unreadable)?;
    let jwks = keys.iter().take(MOST).filter_map(|key| Jwk::deserialize(key).ok());
    Ok(jwks.filter_map(|jwk| Key::of(&jwk, allowed)).collect())
}

impl Key {
    /// A key of a set, when it may be used.
    pub fn of(jwk: &Jwk, allowed: &[Algorithm]) -> Option<Self> {
        let id = jwk.common.key_id.clone()?;
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let fits: &[Algorithm] = match &jwk.algorithm {
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[Algorithm::ES256],
            AlgorithmParameters::RSA(key) if key.n.len() >= RSA_BITS.div_ceil(6) => {
                &[Algorithm::RS256, Algorithm::PS256]
            }
            _ => return None,
        };
        let says = |algorithm: &Algorithm| jwk.common.key_algorithm.is_none_or(|a| a == KeyAlgorithm::from(*algorithm));
        let algorithms: Vec<Algorithm> = fits.iter().copied().filter(|a| allowed.contains(a)).filter(says).collect();
        if algorithms.is_empty() {
            return None;
        }
        let print = jwk.thumbprint(ThumbprintHash::SHA256).ok()?;
        Some(Self { id, print, algorithms, decoding: DecodingKey::from_jwk(jwk).ok()? })
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
