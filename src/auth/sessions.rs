//! Sessions: a person who has logged in, by a cookie whose secret is nowhere else. What the database holds is a hash.
//!
//! A session ends when it wasn't used for a while, and in any case some hours after the login.
//! Never here: the cookie itself, and the clock.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::caller::Caller;
use crate::domain::code::{ClientId, HandlerId};
use crate::domain::organisation::Role;
use crate::domain::step::Agency;
use crate::storage::sessions::{self as rows, SessionRow};
use crate::storage::{Link, StorageError};

/// Uses within this time of each other are written once.
const NOTED_EVERY: TimeDelta = TimeDelta::seconds(60);
/// Attempts to log in are remembered as used for longer than they are good.
const USED_KEPT: TimeDelta = TimeDelta::hours(1);

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Without being used.
    pub idle: TimeDelta,
    /// At the longest.
    pub longest: TimeDelta,
    /// So long before its end a page warns.
    pub warn: TimeDelta,
}

impl Default for Limits {
    fn default() -> Self {
        Self { idle: TimeDelta::minutes(30), longest: TimeDelta::hours(8), warn: TimeDelta::minutes(10) }
    }
}

/// What the cookie holds.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// From random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// As the cookie has it; `None` when that is no such thing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self::new(bytes.as_slice().try_into().ok()?))
    }

    /// For the cookie.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.0)
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }

    /// The token that every form of this session carries.
    #[must_use]
    pub fn form_token(&self) -> String {
        let hash = Sha256::new().chain_update(b"form").chain_update(*self.0).finalize();
        URL_SAFE_NO_PAD.encode(hash)
    }

    /// Whether a form was made for this session.
    #[must_use]
    pub fn made(&self, form_token: &str) -> bool {
        self.form_token().as_bytes().ct_eq(form_token.as_bytes()).into()
    }
}

/// A person who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub caller: Caller,
    /// By which login.
    pub login: String,
    /// When it ends at the latest.
    pub ends: DateTime<Utc>,
    /// When it ends if it isn't used.
    pub idle_ends: DateTime<Utc>,
}

/// Begins a session under a new secret.
///
/// # Errors
/// When the database fails.
pub fn begin(
    link: &mut Link<'_>,
    secret: &Secret,
    login: &str,
    caller: &Caller,
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    rows::forget(link, now.timestamp_micros(), (now - USED_KEPT).timestamp_micros())?;
    let roles: Vec<&str> = caller.roles.iter().map(|role| role.code()).collect();
    rows::insert(
        link,
        &SessionRow {
            hash: secret.hash().to_vec(),
            login: login.to_owned(),
            client: caller.client.to_string(),
            agency: caller.agency.map(|agency| agency.code().to_owned()),
            roles: roles.join(" "),
            handler: caller.handler.as_ref().map(ToString::to_string),
            began: now.timestamp_micros(),
            seen: now.timestamp_micros(),
            ends: (now + limits.longest).timestamp_micros(),
        },
    )
}

/// The session of a secret, which is used by this; `None` when there is none or it has ended.
///
/// # Errors
/// When the database fails.
pub fn resume(
    link: &mut Link<'_>,
    secret: &Secret,
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<Option<Session>, StorageError> {
    let hash = secret.hash();
    let Some(row) = rows::find(link, &hash)?.filter(|row| bool::from(row.hash.as_slice().ct_eq(&hash))) else {
        return Ok(None);
    };
    let (seen, ends) = (instant(row.seen), instant(row.ends));
    if now >= ends || now - seen >= limits.idle {
        rows::delete(link, &hash)?;
        return Ok(None);
    }
    if now - seen >= NOTED_EVERY {
        rows::touch(link, &hash, now.timestamp_micros())?;
    }
    let caller = caller(&row).ok_or(StorageError::Corrupt("sessions"))?;
    Ok(Some(Session { caller, login: row.login, ends, idle_ends: ends.min(now + limits.idle) }))
}

/// Ends the session of a secret; by which login it was, if there was one.
///
/// # Errors
/// When the database fails.
pub fn end(link: &mut Link<'_>, secret: &Secret) -> Result<(), StorageError> {
    rows::delete(link, &secret.hash()).map(|_| ())
}

/// Uses an attempt to log in, by its state; whether it was unused.
///
/// # Errors
/// When the database fails.
pub fn use_attempt(link: &mut Link<'_>, state: &str, now: DateTime<Utc>) -> Result<bool, StorageError> {
    match rows::use_login(link, &Sha256::digest(state.as_bytes()), now.timestamp_micros()) {
        Ok(()) => Ok(true),
        Err(StorageError::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn caller(row: &SessionRow) -> Option<Caller> {
    Some(Caller {
        client: ClientId::parse(&row.client).ok()?,
        agency: match row.agency.as_deref() {
            None => None,
            Some(code) => Some(Agency::from_code(code)?),
        },
        roles: row.roles.split_whitespace().map(Role::from_code).collect::<Option<_>>()?,
        handler: match row.handler.as_deref() {
            None => None,
            Some(id) => Some(HandlerId::parse(id).ok()?),
        },
    })
}

fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_what_the_cookie_holds_and_nothing_else_is() {
        let secret = Secret::new([7; 32]);
        assert_eq!(Secret::parse(&secret.text()).unwrap().hash(), secret.hash());
        for nonsense in ["", "AAAA", "å", &format!("{}A", secret.text())] {
            assert!(Secret::parse(nonsense).is_none(), "{nonsense}");
        }
    }

    #[test]
    fn a_form_belongs_to_one_session() {
        let (one, other) = (Secret::new([7; 32]), Secret::new([8; 32]));
        assert!(one.made(&one.form_token()));
        assert!(!one.made(&other.form_token()));
        assert!(!one.made(""));
        assert_ne!(one.form_token(), one.text(), "the form doesn't give the session away");
    }
}
