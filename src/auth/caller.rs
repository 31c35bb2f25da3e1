//! The caller: what a valid token says, parsed once at the door.
//!
//! Never here: how an issuer words it ([`mapping`](super::mapping)), and what the caller may do ([`policy`](super::policy)).

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::binding::ClientCertificate;
use super::tokens::Verifier;
use crate::domain::code::{ClientId, HandlerId};
use crate::domain::command::Registrar;
use crate::domain::organisation::Role;
use crate::domain::person::contains_identity_number_ever;
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

    /// The caller itself, when it holds together.
    ///
    /// # Errors
    /// [`AuthError::IncompatibleRoles`] and [`AuthError::IncompleteRole`]; [`AuthError::Invalid`] when an id is
    /// somebody's number, since ids are kept with what the caller does.
    pub(super) fn checked(self) -> Result<Self, AuthError> {
        let ids = [Some(self.client.as_str()), self.handler.as_ref().map(HandlerId::as_str)];
        if ids.into_iter().flatten().any(contains_identity_number_ever) {
            return Err(AuthError::Invalid);
        }
        self.check()?;
        Ok(self)
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
    /// The token is bound to a certificate, or must be, and the connection isn't of that certificate.
    WrongCertificate,
    /// The issuer of this place is known, the key that the token names is not: it may be a new one.
    UnknownKey(usize),
    /// The keys of the issuer of this place are not there, or too old: nothing can be said of the token.
    NoKeys(usize),
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
            Self::Invalid | Self::UnknownKey(_) => "the token is not valid here",
            Self::WrongCertificate => "the token is not for the client certificate of this connection",
            Self::NoKeys(_) => "the keys of the token's issuer can't be had at the moment",
            Self::Expired => "the token has expired",
            Self::NotYetValid => "the token is not valid yet",
            Self::IncompatibleRoles => "samverkansadministrator can't be combined with deltagaransvarig or system",
            Self::IncompleteRole => "a role of the token needs an agency or a handläggare that the token lacks",
        })
    }
}

impl std::error::Error for AuthError {}

/// THE door for tokens: who is calling, from the `Authorization` header as it came and the certificate that the
/// connection was made with.
///
/// # Errors
/// [`AuthError`], for the caller to be told. After [`AuthError::UnknownKey`] and [`AuthError::NoKeys`] it is worth asking
/// once more when the issuer's keys have been fetched.
pub fn caller(
    authorization: Option<&str>,
    certificate: Option<&ClientCertificate>,
    verifier: &Verifier,
    now: DateTime<Utc>,
) -> Result<Arc<Caller>, AuthError> {
    let header = authorization.ok_or(AuthError::Missing)?;
    let (scheme, token) = header.split_once(' ').ok_or(AuthError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains([' ', ',']) {
        return Err(AuthError::Malformed);
    }
    verifier.verify(token, certificate, now)
}
