//! Access tokens: JWTs as RFC 9068 says, checked against pinned issuers – each with its audiences, algorithms and keys.
//!
//! Never here: what the claims mean ([`mapping`](super::mapping)), and the clock: the instant is an argument.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::binding::{Binding, ClientCertificate};
use super::caller::{AuthError, Caller};
use super::fetch::{FetchError, Get};
use super::keys::{Key, Keys, NoKey, Standing};
use super::mapping::Mapping;
use super::seen::{Seen, Token};

pub use super::development::{DevelopmentIssuer, Grant, MAX_DEV_HOURS, development_secret, write_secret};

/// The type that RFC 9068 demands, so that an id token is never taken for an access token.
pub(super) const TYPE: &str = "at+jwt";
/// Longest token that is looked at.
const MAX_LENGTH: usize = 8 * 1024;

/// The claims that every access token has.
#[derive(Deserialize)]
struct Registered {
    #[serde(rename = "sub")]
    _sub: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
    #[serde(rename = "jti")]
    _jti: String,
}

/// One or several audiences; issuers write both.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    /// Whether one of the wanted is among them.
    pub fn holds(&self, wanted: &[String]) -> bool {
        match self {
            Self::One(one) => wanted.contains(one),
            Self::Several(several) => several.iter().any(|a| wanted.contains(a)),
        }
    }

    /// Whether it is this one alone.
    pub fn is_only(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Several(several) => matches!(several.as_slice(), [one] if one == wanted),
        }
    }
}

/// One pinned issuer.
pub struct Issuer {
    /// What the log calls it.
    pub name: String,
    /// What its tokens say of themselves.
    pub url: String,
    /// What the service is called in its tokens; none when it only logs people in.
    pub audiences: Vec<String>,
    /// Difference between clocks that is forgiven.
    pub leeway: TimeDelta,
    /// Whether its tokens must be bound to a certificate.
    pub certificate_required: bool,
    /// What its claims mean.
    pub mapping: Mapping,
    /// Its keys.
    pub keys: Keys,
}

/// A token's times, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    /// Until when.
    pub until: i64,
    /// From when.
    pub from: i64,
}

impl Times {
    pub fn of(until: i64, not_before: Option<i64>, issued: i64) -> Self {
        Self { until, from: not_before.unwrap_or(issued).max(issued) }
    }

    pub fn check(self, now: DateTime<Utc>, leeway: TimeDelta) -> Result<(), AuthError> {
        let (now, leeway) = (now.timestamp(), leeway.num_seconds());
        if self.until.saturating_add(leeway) <= now {
            return Err(AuthError::Expired);
        }
        if self.from.saturating_sub(leeway) > now {
            return Err(AuthError::NotYetValid);
        }
        Ok(())
    }
}

/// Checks tokens of the pinned issuers. Clones share keys and what was seen.
#[derive(Clone)]
pub struct Verifier {
    issuers: Arc<Vec<Issuer>>,
    seen: Arc<Seen>,
    get: Arc<Get>,
}

impl Verifier {
    /// Of these issuers, whose keys are fetched by `get`.
    #[must_use]
    pub fn new(issuers: Vec<Issuer>, get: Arc<Get>) -> Self {
        Self { issuers: Arc::new(issuers), seen: Arc::default(), get }
    }

    /// Accepts no token at all: a service for which no issuer is configured.
    #[must_use]
    pub fn closed() -> Self {
        Self::new(Vec::new(), Arc::new(|_| Err(FetchError::Unreachable)))
    }

    /// The issuer of a place.
    #[must_use]
    pub fn issuer(&self, place: usize) -> Option<&Issuer> {
        self.issuers.get(place)
    }

    /// Fetches the keys of an issuer, unless that was tried just now. Blocks; whoever serves calls it on a thread that
    /// may wait.
    pub fn refresh(&self, place: usize, now: DateTime<Utc>) -> bool {
        self.issuers.get(place).is_some_and(|issuer| issuer.keys.refresh(now, &*self.get))
    }

    /// Fetches the keys of every issuer for which it is time. Blocks.
    pub fn refresh_when_due(&self, now: DateTime<Utc>) {
        for issuer in self.issuers.iter() {
            issuer.keys.refresh_when_due(now, &*self.get);
        }
    }

    /// How it stands with the keys of the issuer for which it stands worst; `None` without issuers.
    #[must_use]
    pub fn standing(&self, now: DateTime<Utc>) -> Option<Standing> {
        self.issuers.iter().map(|issuer| issuer.keys.standing(now)).max()
    }

    /// Who calls with a token that is valid at `now`, on a connection made with this certificate.
    ///
    /// # Errors
    /// [`AuthError`].
    pub fn verify(
        &self,
        token: &str,
        certificate: Option<&ClientCertificate>,
        now: DateTime<Utc>,
    ) -> Result<Arc<Caller>, AuthError> {
        if token.len() > MAX_LENGTH {
            return Err(AuthError::Invalid);
        }
        let hash = Seen::hash(token);
        if let Some(seen) = self.seen.get(&hash)
            && let Some(issuer) = self.issuers.get(seen.issuer)
            && issuer.keys.holds(&seen.key.0, &seen.key.1, now)
        {
            issuer.admit(&seen, certificate, now)?;
            return Ok(seen.caller);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::Invalid)?;
        let typed = header.typ.as_deref().is_some_and(is_access_token);
        // `crit` names extensions that must be understood; we understand none.
        if !typed || header.crit.is_some() {
            return Err(AuthError::Invalid);
        }
        let said = unchecked(token).ok_or(AuthError::Invalid)?;
        let named = said.get("iss").and_then(Value::as_str).ok_or(AuthError::Invalid)?;
        let place = self.issuers.iter().position(|issuer| issuer.url == named).ok_or(AuthError::Invalid)?;
        let issuer = &self.issuers[place];
        let id = header.kid.as_deref().ok_or(AuthError::Invalid)?;
        let keys = issuer.keys.find(id, header.alg, now).map_err(|none| match none {
            NoKey::Unknown => AuthError::UnknownKey(place),
            NoKey::Missing => AuthError::NoKeys(place),
        })?;
        let (claims, key) = signed(token, &keys, header.alg).ok_or_else(|| issuer.refuse("the signature"))?;
        let seen = issuer.read(place, key, &claims, now)?;
        issuer.admit(&seen, certificate, now)?;
        let caller = Arc::clone(&seen.caller);
        self.seen.keep(hash, seen);
        Ok(caller)
    }
}

impl Issuer {
    /// Tells whoever runs the service why; the caller learns only that the token isn't valid here.
    fn refuse(&self, why: &str) -> AuthError {
        log::info!("a token of issuer {} was refused: {why}", self.name);
        AuthError::Invalid
    }

    /// A token whose signature was right.
    fn read(
        &self,
        place: usize,
        key: &Key,
        claims: &Map<String, Value>,
        now: DateTime<Utc>,
    ) -> Result<Token, AuthError> {
        let registered = Registered::deserialize(Value::Object(claims.clone()))
            .map_err(|_| self.refuse("a claim that RFC 9068 demands is missing"))?;
        if claims.get("iss").and_then(Value::as_str) != Some(&self.url) {
            return Err(AuthError::Invalid);
        }
        if !registered.aud.holds(&self.audiences) {
            return Err(self.refuse("the audience"));
        }
        let times = Times::of(registered.exp, registered.nbf, registered.iat);
        // Before its roles are judged: an expired token is first of all expired.
        times.check(now, self.leeway)?;
        let binding = Binding::of(claims.get("cnf")).map_err(|_| self.refuse("how it is bound"))?;
        let caller = self.mapping.caller(claims).map_err(|error| match error {
            AuthError::Invalid => self.refuse("a claim of client, agency, roles or handläggare"),
            other => other,
        })?;
        let key = (key.id.clone(), key.print.clone());
        Ok(Token { issuer: place, key, times, binding, caller: Arc::new(caller) })
    }

    /// What is checked at every use.
    fn admit(
        &self,
        token: &Token,
        certificate: Option<&ClientCertificate>,
        now: DateTime<Utc>,
    ) -> Result<(), AuthError> {
        token.times.check(now, self.leeway)?;
        token.binding.check(certificate, self.certificate_required)
    }
}

/// The claims, and the key that signed them. The algorithm is one of the key's own, never the token's choice.
pub(super) fn signed<'k>(token: &str, keys: &'k [Key], algorithm: Algorithm) -> Option<(Map<String, Value>, &'k Key)> {
    let mut validation = Validation::new(algorithm);
    // The library would ask the clock itself; issuer, audience and times are checked by whoever asks.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let fits = keys.iter().filter(|key| key.algorithms.contains(&algorithm));
    fits.into_iter().find_map(|key| {
        let decoded = jsonwebtoken::decode::<Map<String, Value>>(token, &key.decoding, &validation).ok()?;
        Some((decoded.claims, key))
    })
}

/// What a token says before anything is checked: only to know whose keys to look for.
fn unchecked(token: &str) -> Option<Map<String, Value>> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

pub(super) fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ == TYPE || typ.strip_prefix("application/") == Some(TYPE)
}
