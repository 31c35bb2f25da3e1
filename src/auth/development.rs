//! The development issuer: tokens for a first run without any provider, from a key that the program makes itself.
//!
//! Only with `--dev-auth`, and only on a listener that nobody else reaches.

use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::caller::AuthError;
use super::fetch::FetchError;
use super::keys::{Key, Keys};
use super::mapping::Mapping;
use super::tokens::{Issuer, TYPE, Verifier};
use crate::domain::code::{ClientId, HandlerId};
use crate::domain::organisation::Role;
use crate::domain::step::Agency;

/// What the development issuer calls itself and the service.
pub(super) const DEV_ISSUER: &str = "urn:sus:dev";
const AUDIENCE: &str = "urn:sus:api";

/// What its tokens say. Names as in RFC 9068; `agency` and `handler` are ours.
#[derive(Debug, Clone, Serialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: serde_json::Value,
    exp: i64,
    nbf: i64,
    iat: i64,
    jti: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    agency: Option<String>,
    roles: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<serde_json::Value>,
}

/// Whom a development token is for.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The client.
    pub client: ClientId,
    /// The agency.
    pub agency: Option<Agency>,
    /// The roles.
    pub roles: Vec<Role>,
    /// The person.
    pub handler: Option<HandlerId>,
}

/// Issues tokens for a first run without any provider. Only with `--dev-auth`, only on a loopback listener.
pub struct DevelopmentIssuer {
    key: EncodingKey,
    public: DecodingKey,
    kid: String,
    lifetime: TimeDelta,
}

/// Longest life of a development token.
pub const MAX_DEV_HOURS: u32 = 12;

impl DevelopmentIssuer {
    /// From 32 secret bytes, the private key of ES256.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] when the bytes are no such key (one chance in 2^32; take others).
    pub fn new(secret: &[u8; 32], hours: u32) -> Result<Self, AuthError> {
        let key = EncodingKey::from_ec_der(&pkcs8(secret));
        let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).map_err(|_| AuthError::Invalid)?;
        let public = DecodingKey::from_jwk(&jwk).map_err(|_| AuthError::Invalid)?;
        let lifetime = TimeDelta::hours(i64::from(hours.clamp(1, MAX_DEV_HOURS)));
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| AuthError::Invalid)?;
        Ok(Self { key, public, kid, lifetime })
    }

    /// Checks the tokens it issues.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        let key = Key {
            id: self.kid.clone(),
            print: self.kid.clone(),
            algorithms: vec![Algorithm::ES256],
            decoding: self.public.clone(),
        };
        let issuer = Issuer {
            name: "development".to_owned(),
            url: DEV_ISSUER.to_owned(),
            audiences: vec![AUDIENCE.to_owned()],
            leeway: TimeDelta::seconds(60),
            certificate_required: false,
            mapping: Mapping::plain(),
            keys: Keys::given(vec![key]),
        };
        Verifier::new(vec![issuer], std::sync::Arc::new(|_| Err(FetchError::Unreachable)))
    }

    /// A token from `now` on; `id` is its own id.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] when signing fails.
    pub fn issue(&self, grant: &Grant, now: DateTime<Utc>, id: Uuid) -> Result<String, AuthError> {
        self.sign(TYPE, &claims(grant, now, now + self.lifetime, id))
    }

    pub(super) fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, AuthError> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.key).map_err(|_| AuthError::Invalid)
    }
}

fn claims(grant: &Grant, now: DateTime<Utc>, until: DateTime<Utc>, id: Uuid) -> Claims {
    Claims {
        iss: DEV_ISSUER.to_owned(),
        sub: grant.handler.as_ref().map_or_else(|| grant.client.to_string(), ToString::to_string),
        aud: AUDIENCE.into(),
        exp: until.timestamp(),
        nbf: now.timestamp(),
        iat: now.timestamp(),
        jti: id.to_string(),
        client_id: grant.client.to_string(),
        agency: grant.agency.map(|a| a.code().to_owned()),
        roles: grant.roles.iter().map(|r| r.code().to_owned()).collect(),
        handler: grant.handler.as_ref().map(ToString::to_string),
        cnf: None,
    }
}

/// The secret of the development issuer: read from its file, or `fresh` written there for the first time, readable
/// by its owner only. So `sus token` can issue for a service that runs.
///
/// # Errors
/// When the file can't be read or written, or holds something else.
pub fn development_secret(file: &Path, fresh: &[u8; 32]) -> io::Result<Zeroizing<[u8; 32]>> {
    match std::fs::read(file).map(Zeroizing::new) {
        Ok(bytes) => {
            let secret: [u8; 32] = bytes.as_slice().try_into().map_err(|_| {
                io::Error::new(io::ErrorKind::InvalidData, "the development key is not 32 bytes; remove the file")
            })?;
            Ok(Zeroizing::new(secret))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            write_secret(file, fresh)?;
            Ok(Zeroizing::new(*fresh))
        }
        Err(error) => Err(error),
    }
}

/// Writes a secret into a new file that only its owner can read; its folder is made when it isn't there.
///
/// # Errors
/// When the file is there already or can't be written.
pub fn write_secret(file: &Path, secret: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(secret)
}

/// A P-256 private key in the form that the library reads (RFC 5208, RFC 5915), the public half left out.
fn pkcs8(secret: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    const HEAD: [u8; 35] = [
        0x30, 0x41, 0x02, 0x01, 0x00, // SEQUENCE, version 0
        0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, // id-ecPublicKey
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, // prime256v1
        0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20, // OCTET STRING { SEQUENCE, version 1, 32 bytes }
    ];
    let mut der = Zeroizing::new(Vec::with_capacity(67));
    der.extend_from_slice(&HEAD);
    der.extend_from_slice(secret);
    der
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::binding::ClientCertificate;

    const SECRET: [u8; 32] = [7; 32];

    fn now() -> DateTime<Utc> {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    fn issuer() -> DevelopmentIssuer {
        DevelopmentIssuer::new(&SECRET, 8).unwrap()
    }

    fn grant() -> Grant {
        Grant {
            client: ClientId::parse("fk-system").unwrap(),
            agency: Some(Agency::Fk),
            roles: vec![Role::System],
            handler: None,
        }
    }

    fn claims() -> Claims {
        super::claims(&grant(), now(), now() + TimeDelta::hours(8), Uuid::nil())
    }

    #[test]
    fn a_token_lasts_its_hours_and_the_leeway() {
        let token = issuer().issue(&grant(), now(), Uuid::nil()).unwrap();
        let verifier = issuer().verifier();
        assert!(verifier.verify(&token, None, now()).is_ok());
        assert!(verifier.verify(&token, None, now() + TimeDelta::hours(8) + TimeDelta::seconds(59)).is_ok());
        assert_eq!(
            verifier.verify(&token, None, now() + TimeDelta::hours(8) + TimeDelta::seconds(60)),
            Err(AuthError::Expired)
        );
        assert!(verifier.verify(&token, None, now() - TimeDelta::seconds(60)).is_ok());
        assert_eq!(verifier.verify(&token, None, now() - TimeDelta::seconds(61)), Err(AuthError::NotYetValid));
    }

    #[test]
    fn another_key_type_issuer_or_audience_is_refused() {
        let verifier = issuer().verifier();
        let other = DevelopmentIssuer::new(&[8; 32], 8).unwrap();
        let foreign = other.issue(&grant(), now(), Uuid::nil()).unwrap();
        // Its key has another thumbprint, so its id is unknown.
        assert_eq!(verifier.verify(&foreign, None, now()), Err(AuthError::UnknownKey(0)));
        for (typ, change) in [
            ("JWT", Box::new(|_: &mut Claims| ()) as Box<dyn Fn(&mut Claims)>),
            (TYPE, Box::new(|c: &mut Claims| c.iss = "urn:other".to_owned())),
            (TYPE, Box::new(|c: &mut Claims| c.aud = serde_json::json!(["urn:other"]))),
        ] {
            let mut claims = claims();
            change(&mut claims);
            let token = issuer().sign(typ, &claims).unwrap();
            assert_eq!(verifier.verify(&token, None, now()), Err(AuthError::Invalid));
        }
        let several = Claims { aud: serde_json::json!(["x", AUDIENCE]), ..claims() };
        assert!(verifier.verify(&issuer().sign("application/at+jwt", &several).unwrap(), None, now()).is_ok());
    }

    #[test]
    fn an_unsigned_or_changed_token_is_refused() {
        let token = issuer().issue(&grant(), now(), Uuid::nil()).unwrap();
        let verifier = issuer().verifier();
        let (body, _) = token.rsplit_once('.').unwrap();
        for changed in [format!("{body}."), body.to_owned(), format!("{token}AA"), String::new(), "a.b.c".to_owned()] {
            assert_eq!(verifier.verify(&changed, None, now()), Err(AuthError::Invalid));
        }
    }

    #[test]
    fn a_token_bound_to_a_certificate_is_checked_at_every_use() {
        let hash = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, [9; 32]);
        let bound = Claims { cnf: Some(serde_json::json!({"x5t#S256": hash})), ..claims() };
        let token = issuer().sign(TYPE, &bound).unwrap();
        let verifier = issuer().verifier();
        let with = |byte: u8| verifier.verify(&token, Some(&ClientCertificate([byte; 32])), now()).map(|_| ());
        assert_eq!(with(9), Ok(()));
        assert_eq!(with(8), Err(AuthError::WrongCertificate));
        assert_eq!(verifier.verify(&token, None, now()), Err(AuthError::WrongCertificate));
        let unknown = Claims { cnf: Some(serde_json::json!({"jkt": "x"})), ..claims() };
        assert_eq!(verifier.verify(&issuer().sign(TYPE, &unknown).unwrap(), None, now()), Err(AuthError::Invalid));
    }

    #[test]
    fn a_claim_that_is_missing_makes_it_no_access_token() {
        for missing in ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"] {
            let mut all = serde_json::to_value(claims()).unwrap();
            all.as_object_mut().unwrap().remove(missing);
            let token = issuer().sign(TYPE, &all).unwrap();
            assert_eq!(issuer().verifier().verify(&token, None, now()), Err(AuthError::Invalid), "{missing}");
        }
    }

    #[test]
    fn the_development_secret_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("dev-auth.key");
        assert_eq!(*development_secret(&file, &[1; 32]).unwrap(), [1; 32]);
        assert_eq!(*development_secret(&file, &[2; 32]).unwrap(), [1; 32]);
        std::fs::write(&file, b"short").unwrap();
        assert!(development_secret(&file, &[2; 32]).is_err());
    }
}
