//! Logging people in by OpenID Connect: the code flow with PKCE, as the Swedish profile asks.
//!
//! An attempt begins with an address to send the browser to, and ends with the provider's answer: the code is exchanged,
//! the id token checked, its claims read by the same mapping as those of access tokens.
//! Never here: cookies and pages, the clock, the database.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::caller::{AuthError, Caller};
use super::fetch::Client;
use super::keys::Endpoints;
use super::sessions::Limits;
use super::tokens::{Audience, Issuer, Times, Verifier, is_access_token, signed};
use crate::config::Secret;

/// How long a person may take at the provider.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// How long a proof of who the client is may be used.
const PROOF_LASTS: TimeDelta = TimeDelta::seconds(60);

/// How the service shows the provider that it is itself.
pub enum Proof {
    /// By a secret they share.
    Secret(Secret),
    /// By a signature (`private_key_jwt`, ES256), with the key's id if it has one.
    Key(Box<EncodingKey>, Option<String>),
}

/// One way to log in.
pub struct Login {
    /// What it is called in addresses and in the log: its issuer's name.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The issuer's place.
    pub issuer: usize,
    /// What the service is called there.
    pub client_id: String,
    /// How it proves it.
    pub proof: Proof,
    /// What is asked for.
    pub scope: String,
    /// How surely the person must be known: one of these levels (`acr`); empty where the provider sees to it.
    pub levels: Vec<String>,
}

/// All ways to log in.
pub struct Logins {
    /// In the order of the file.
    pub all: Vec<Login>,
    /// For asking providers.
    pub client: Client,
    /// How long sessions last.
    pub limits: Limits,
}

/// An attempt to log in, sealed in a cookie while the person is at the provider.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// By which login.
    pub login: String,
    /// The language of the page where it began, if one was chosen.
    pub lang: Option<String>,
    /// Comes back with the answer.
    pub state: String,
    nonce: String,
    verifier: String,
    until: i64,
}

/// The provider's answer, as the browser brings it.
#[derive(Clone, Default, Deserialize)]
pub struct Answer {
    /// To be exchanged.
    pub code: Option<String>,
    /// Of the attempt.
    pub state: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// Why not.
    pub error: Option<String>,
}

/// Why nobody was logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginError {
    /// There is no attempt that this answers: too old, used, another browser's, or somebody else's doing.
    NoAttempt,
    /// The provider says no: the person broke off, or may not.
    Refused,
    /// The provider can't be reached, or its answer isn't right.
    Provider,
    /// The person is known and can't be let in as what the claims say.
    Caller(AuthError),
}

impl Logins {
    /// The login of a name; the only one where there is one.
    #[must_use]
    pub fn named(&self, name: Option<&str>) -> Option<&Login> {
        match name {
            Some(name) => self.all.iter().find(|login| login.name == name),
            None => match self.all.as_slice() {
                [only] => Some(only),
                _ => None,
            },
        }
    }

    /// What an answer of the provider to an attempt comes to. Blocks while the provider is asked.
    ///
    /// # Errors
    /// [`LoginError`].
    pub fn finish(
        &self,
        attempt: &Attempt,
        answer: &Answer,
        verifier: &Verifier,
        redirect: &str,
        proof_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Caller, LoginError> {
        let login = self.named(Some(&attempt.login)).ok_or(LoginError::NoAttempt)?;
        let issuer = verifier.issuer(login.issuer).ok_or(LoginError::Provider)?;
        let endpoints = issuer.keys.endpoints().ok_or(LoginError::Provider)?;
        let named = endpoints.names_itself || self.all.len() > 1;
        if answer.iss.as_deref().map_or(named, |iss| iss != issuer.url) {
            return Err(login.fail("its answer names another issuer"));
        }
        if let Some(error) = &answer.error {
            // The code is one of a list; nothing else of the answer is kept.
            let known = error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && error.len() < 40;
            log::info!("login {}: the provider says {}", login.name, if known { error } else { "no" });
            return Err(LoginError::Refused);
        }
        let code = answer.code.as_deref().ok_or(LoginError::NoAttempt)?;
        let token =
            login.exchange(&self.client, issuer, &endpoints, &Exchange { code, attempt, redirect, proof_id, now })?;
        let claims = login.check(&token, attempt, verifier, now)?;
        issuer.mapping.caller_of(&login.client_id, &claims).map_err(|error| {
            log::info!("login {}: the claims don't make a caller: {error}", login.name);
            LoginError::Caller(error)
        })
    }
}

/// What is exchanged for an id token.
struct Exchange<'a> {
    code: &'a str,
    attempt: &'a Attempt,
    redirect: &'a str,
    proof_id: &'a str,
    now: DateTime<Utc>,
}

impl Attempt {
    /// Whether an answer is to this attempt, and in time.
    #[must_use]
    pub fn is_answered_by(&self, answer: &Answer, now: DateTime<Utc>) -> bool {
        let state = answer.state.as_deref().unwrap_or_default();
        bool::from(self.state.as_bytes().ct_eq(state.as_bytes())) && now.timestamp() < self.until
    }
}

impl Login {
    /// The address where the person logs in, and what is kept meanwhile. `random` is used up.
    ///
    /// # Errors
    /// [`LoginError::Provider`] when its addresses were never had.
    pub fn begin(
        &self,
        issuer: &Issuer,
        redirect: &str,
        random: &[u8; 96],
        now: DateTime<Utc>,
    ) -> Result<(String, Attempt), LoginError> {
        let endpoints = issuer.keys.endpoints().ok_or(LoginError::Provider)?;
        let part = |at: usize| URL_SAFE_NO_PAD.encode(&random[at * 32..(at + 1) * 32]);
        let attempt = Attempt {
            login: self.name.clone(),
            lang: None,
            state: part(0),
            nonce: part(1),
            verifier: part(2),
            until: (now + PATIENCE).timestamp(),
        };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(attempt.verifier.as_bytes()));
        let levels = self.levels.join(" ");
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", redirect),
            ("scope", &self.scope),
            ("state", &attempt.state),
            ("nonce", &attempt.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if !levels.is_empty() {
            pairs.push(("acr_values", &levels));
        }
        Ok((with_query(&endpoints.authorization, &query(&pairs)), attempt))
    }

    /// Where the provider ends its own session, and sends the person back to `back`.
    #[must_use]
    pub fn end_session(&self, issuer: &Issuer, back: &str) -> Option<String> {
        let address = issuer.keys.endpoints()?.end_session?;
        let query = query(&[("client_id", &self.client_id), ("post_logout_redirect_uri", back)]);
        Some(with_query(&address, &query))
    }

    fn fail(&self, why: &str) -> LoginError {
        log::warn!("login {}: {why}", self.name);
        LoginError::Provider
    }

    /// The id token for a code.
    fn exchange(
        &self,
        client: &Client,
        issuer: &Issuer,
        endpoints: &Endpoints,
        what: &Exchange<'_>,
    ) -> Result<String, LoginError> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", what.code),
            ("redirect_uri", what.redirect),
            ("code_verifier", &what.attempt.verifier),
        ];
        let assertion;
        let mut basic = None;
        match &self.proof {
            Proof::Secret(secret) => {
                let pair = format!("{}:{}", encoded(&self.client_id), encoded(secret.expose()));
                basic = Some(format!("Basic {}", STANDARD.encode(pair)));
            }
            Proof::Key(key, id) => {
                assertion = self.assertion(issuer, key, id.as_deref(), what)?;
                form.push(("client_id", &self.client_id));
                form.push(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
                form.push(("client_assertion", &assertion));
            }
        }
        let told = client.post_form(&endpoints.token, basic.as_deref(), &form);
        let (status, body) = told.map_err(|error| self.fail(&format!("the code can't be exchanged: {error}")))?;
        let told: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status != 200 {
            let codes = ["invalid_grant", "invalid_client", "invalid_request", "unauthorized_client"];
            let code = told["error"].as_str().and_then(|said| codes.iter().find(|code| **code == said));
            // A code that was used before is not the provider's fault.
            self.fail(&format!("the code was not exchanged: {status} {}", code.unwrap_or(&"")));
            return Err(if code == Some(&"invalid_grant") { LoginError::NoAttempt } else { LoginError::Provider });
        }
        told["id_token"].as_str().map(ToOwned::to_owned).ok_or_else(|| self.fail("there is no id token"))
    }

    fn assertion(
        &self,
        issuer: &Issuer,
        key: &EncodingKey,
        id: Option<&str>,
        what: &Exchange<'_>,
    ) -> Result<String, LoginError> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = id.map(ToOwned::to_owned);
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": issuer.url, "jti": what.proof_id,
            "iat": what.now.timestamp(), "exp": (what.now + PROOF_LASTS).timestamp(),
        });
        jsonwebtoken::encode(&header, &claims, key).map_err(|_| self.fail("the private key can't sign"))
    }

    /// The claims of an id token that is the answer to an attempt.
    fn check(
        &self,
        token: &str,
        attempt: &Attempt,
        verifier: &Verifier,
        now: DateTime<Utc>,
    ) -> Result<Map<String, Value>, LoginError> {
        let issuer = verifier.issuer(self.issuer).ok_or(LoginError::Provider)?;
        let unsigned = |_| self.fail("the id token is not signed by a known key");
        let header = jsonwebtoken::decode_header(token).map_err(|_| self.fail("the id token is no JWT"))?;
        if header.crit.is_some() || header.typ.as_deref().is_some_and(is_access_token) {
            return Err(self.fail("there is something else than an id token"));
        }
        let id = header.kid.as_deref().ok_or_else(|| self.fail("the id token names no key"))?;
        let keys = match issuer.keys.find(id, header.alg, now) {
            Ok(keys) => keys,
            Err(_) => {
                verifier.refresh(self.issuer, now);
                issuer.keys.find(id, header.alg, now).map_err(unsigned)?
            }
        };
        let (claims, _) =
            signed(token, &keys, header.alg).ok_or_else(|| self.fail("the id token's signature is wrong"))?;
        let said = IdToken::deserialize(Value::Object(claims.clone()))
            .map_err(|_| self.fail("the id token lacks a claim that it must have"))?;
        let ours = said.aud.holds(std::slice::from_ref(&self.client_id));
        let party = said.azp.as_deref().map_or(said.aud.is_only(&self.client_id), |azp| azp == self.client_id);
        if said.iss != issuer.url || !ours || !party {
            return Err(self.fail("the id token is another issuer's or another client's"));
        }
        if !bool::from(said.nonce.as_bytes().ct_eq(attempt.nonce.as_bytes())) {
            return Err(self.fail("the id token answers another attempt"));
        }
        let times = Times::of(said.exp, said.nbf, said.iat).check(now, issuer.leeway);
        times.map_err(|error| self.fail(&format!("the id token: {error}")))?;
        if !self.levels.is_empty() && !said.acr.is_some_and(|acr| self.levels.contains(&acr)) {
            self.fail("the person is not known surely enough");
            return Err(LoginError::Refused);
        }
        Ok(claims)
    }
}

/// The claims that every id token of ours has.
#[derive(Deserialize)]
struct IdToken {
    iss: String,
    #[serde(rename = "sub")]
    _sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
    nonce: String,
    acr: Option<String>,
}

fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

fn with_query(address: &str, query: &str) -> String {
    format!("{address}{}{query}", if address.contains('?') { '&' } else { '?' })
}

/// Percent-encoding of everything but the unreserved characters.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
#[path = "login_tests.rs"]
mod tests;
