//! The certificate that a client showed when the connection was made, and tokens that are bound to one (RFC 8705).
//!
//! Never here: TLS. Whoever takes connections puts a [`ClientCertificate`] in the connection's data.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::caller::AuthError;

/// SHA-256 of the certificate as DER, that the client of this connection has proved to hold the key of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientCertificate(pub [u8; 32]);

/// What a token is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Binding(Option<[u8; 32]>);

impl Binding {
    /// From the claim `cnf`. A token bound in a way that can't be checked here is no token.
    pub fn of(cnf: Option<&Value>) -> Result<Self, AuthError> {
        let Some(cnf) = cnf else { return Ok(Self(None)) };
        let members = cnf.as_object().filter(|members| members.len() == 1).ok_or(AuthError::Invalid)?;
        let hash = members.get("x5t#S256").and_then(Value::as_str).ok_or(AuthError::Invalid)?;
        let hash = URL_SAFE_NO_PAD.decode(hash).map_err(|_| AuthError::Invalid)?;
        Ok(Self(Some(hash.try_into().map_err(|_| AuthError::Invalid)?)))
    }

    /// Whether the connection is the one that the token is for; `required` when tokens must be bound at all.
    pub fn check(self, shown: Option<&ClientCertificate>, required: bool) -> Result<(), AuthError> {
        match (self.0, shown) {
            (None, _) if !required => Ok(()),
            (Some(bound), Some(shown)) if bool::from(bound.ct_eq(&shown.0)) => Ok(()),
            _ => Err(AuthError::WrongCertificate),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bound_token_needs_its_certificate_and_no_other() {
        let bound = Binding::of(Some(&json!({"x5t#S256": URL_SAFE_NO_PAD.encode([7; 32])}))).unwrap();
        assert_eq!(bound.check(Some(&ClientCertificate([7; 32])), false), Ok(()));
        assert_eq!(bound.check(Some(&ClientCertificate([8; 32])), false), Err(AuthError::WrongCertificate));
        assert_eq!(bound.check(None, false), Err(AuthError::WrongCertificate));
        let free = Binding::of(None).unwrap();
        assert_eq!(free.check(None, false), Ok(()));
        assert_eq!(free.check(Some(&ClientCertificate([7; 32])), true), Err(AuthError::WrongCertificate));
    }

    #[test]
    fn a_binding_that_can_not_be_checked_is_refused() {
        for cnf in [json!({"jkt": "x"}), json!({}), json!("x"), json!({"x5t#S256": "AA"}), json!(null)] {
            assert_eq!(Binding::of(Some(&cnf)), Err(AuthError::Invalid), "{cnf}");
        }
        let both = json!({"x5t#S256": URL_SAFE_NO_PAD.encode([7; 32]), "jkt": "x"});
        assert_eq!(Binding::of(Some(&both)), Err(AuthError::Invalid));
    }
}
