//! The caller: what a valid token says, parsed once at the door.
//!
//! Never here: what the caller may do ([`policy`](super::policy)).

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};

use super::tokens::{Claims, Verifier};
use crate::domain::code::{ClientId, HandlerId};
use crate::domain::command::Registrar;
use crate::domain::organisation::Role;
use crate::domain::person::contains_identity_number;
use crate::domain::step::Agency;

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The client that was given the token; receipts and client references are per client.
    pub client: ClientId,
    /// The agency that the caller acts for.
    pub agency: Option<Agency>,
    /// What the caller may do, as far as roles go.
    pub roles: BTreeSet<Role>,
    /// The person, when there is one.
    pub handler: Option<HandlerId>,
}

impl Caller {
    /// Who registers, when the caller does; `None` without an agency.
    #[must_use]
    pub fn registrar(&self) -> Option<Registrar> {
        Some(Registrar { agency: self.agency?, client: self.client.clone(), handler: self.handler.clone() })
    }

    /// Whether the caller has a role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// What the claims of a checked token say.
    ///
    /// # Errors
    /// [`AuthError::IncompatibleRoles`] and [`AuthError::IncompleteRole`], which are about the grant and not the
    /// token; [`AuthError::Invalid`] when a claim has a value that no issuer of ours would give.
    pub fn from_claims(claims: &Claims) -> Result<Self, AuthError> {
        let client = ClientId::parse(&claims.client_id).map_err(|_| AuthError::Invalid)?;
        let agency = match claims.agency.as_deref() {
            None => None,
            Some(code) => Some(Agency::from_code(code).ok_or(AuthError::Invalid)?),
        };
        let handler = match claims.handler.as_deref() {
            None => None,
            Some(id) => Some(HandlerId::parse(id).map_err(|_| AuthError::Invalid)?),
        };
        // A role that belongs to another service of the same issuer says nothing here.
        let roles: BTreeSet<Role> = claims.roles.iter().filter_map(|code| Role::from_code(code)).collect();
        // Both are kept with what the caller does, so neither may be somebody's number.
        let far = chrono::NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or_default();
        let ids = [Some(claims.client_id.as_str()), claims.handler.as_deref()];
        if ids.into_iter().flatten().any(|id| contains_identity_number(id, far)) {
            return Err(AuthError::Invalid);
        }
        let caller = Self { client, agency, roles, handler };
        caller.check()?;
        Ok(caller)
    }

    fn check(&self) -> Result<(), AuthError> {
        let sees_people = self.has(Role::Deltagaransvarig) || self.has(Role::System);
        if self.has(Role::Samverkansadministrator) && sees_people {
            return Err(AuthError::IncompatibleRoles);
        }
        let needs_handler = self.has(Role::Deltagaransvarig) || self.has(Role::Insatsansvarig);
        if (sees_people && self.agency.is_none()) || (needs_handler && self.handler.is_none()) {
            return Err(AuthError::IncompleteRole);
        }
        Ok(())
    }
}

/// Why a caller is not let in. Says nothing of what the token held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthError {
    /// No token was sent.
    Missing,
    /// There is something else than one bearer token.
    Malformed,
    /// The token is not one of ours: signature, algorithm, type, issuer, audience or a claim.
    Invalid,
    /// The token was valid once.
    Expired,
    /// The token is not valid yet.
    NotYetValid,
    /// Samverkansadministrator sees no personal data, so it can't be one with a role that does.
    IncompatibleRoles,
    /// A role lacks what it needs: an agency, or a person.
    IncompleteRole,
}

impl AuthError {
    /// Whether the token is fine and the grant behind it is not: 403, not 401.
    #[must_use]
    pub const fn is_about_the_grant(self) -> bool {
        matches!(self, Self::IncompatibleRoles | Self::IncompleteRole)
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "no bearer token was sent",
            Self::Malformed => "the Authorization header is not one bearer token",
            Self::Invalid => "the token is not valid here",
            Self::Expired => "the token has expired",
            Self::NotYetValid => "the token is not valid yet",
            Self::IncompatibleRoles => "samverkansadministrator can't be combined with deltagaransvarig or system",
            Self::IncompleteRole => "a role of the token needs an agency or a handläggare that the token lacks",
        })
    }
}

impl std::error::Error for AuthError {}

/// THE door for tokens: who is calling, from the `Authorization` header as it came.
///
/// # Errors
/// [`AuthError`], for the caller to be told.
pub fn caller(authorization: Option<&str>, verifier: &Verifier, now: DateTime<Utc>) -> Result<Caller, AuthError> {
    let header = authorization.ok_or(AuthError::Missing)?;
    let (scheme, token) = header.split_once(' ').ok_or(AuthError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains([' ', ',']) {
        return Err(AuthError::Malformed);
    }
    Caller::from_claims(&verifier.verify(token, now)?)
}
