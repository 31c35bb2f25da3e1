//! Access tokens: JWTs as RFC 9068 says, checked against pinned issuer, audience, type and algorithms; and the
//! development issuer that makes its own.
//!
//! Never here: what the claims mean ([`caller`](mod@super::caller)), and the clock: the instant is an argument.

use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::caller::AuthError;
use super::seen::Seen;
use crate::domain::code::{ClientId, HandlerId};
use crate::domain::organisation::Role;
use crate::domain::step::Agency;

/// Difference between clocks that is forgiven.
const LEEWAY_SECONDS: i64 = 60;
/// The type that RFC 9068 demands, so that an id token is never taken for an access token.
const TYPE: &str = "at+jwt";
/// Longest token that is looked at.
const MAX_LENGTH: usize = 8 * 1024;
/// What the development issuer calls itself and the service.
const DEV_ISSUER: &str = "urn:sus:dev";
const AUDIENCE: &str = "urn:sus:api";

/// What a token says. Names as in RFC 9068; `agency` and `handler` are ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// The person or the client; never personal data.
    pub sub: String,
    /// For which service: a text or a list.
    pub aud: Audience,
    /// Until when, in seconds.
    pub exp: i64,
    /// From when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// When it was issued.
    pub iat: i64,
    /// Its own id.
    pub jti: String,
    /// The client that asked for it.
    pub client_id: String,
    /// `FK` or `AF`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Roles by code.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Handläggare id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
}

/// One or several audiences; issuers write both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    fn holds(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Several(several) => several.iter().any(|a| a == wanted),
        }
    }
}

/// Checks tokens of one issuer.
pub struct Verifier {
    issuer: String,
    audience: String,
    keys: Vec<(String, Algorithm, DecodingKey)>,
    seen: Seen,
}

impl Verifier {
    /// Accepts no token at all: a service for which no issuer is configured.
    #[must_use]
    pub fn closed() -> Self {
        Self { issuer: String::new(), audience: String::new(), keys: Vec::new(), seen: Seen::default() }
    }

    /// The claims of a token that is valid at `now`.
    ///
    /// # Errors
    /// [`AuthError::Invalid`], [`AuthError::Expired`] or [`AuthError::NotYetValid`].
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, AuthError> {
        if token.len() > MAX_LENGTH {
            return Err(AuthError::Invalid);
        }
        let hash = Seen::hash(token);
        if let Some(claims) = self.seen.get(&hash) {
            check_times(&claims, now.timestamp())?;
            return Ok(claims);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::Invalid)?;
        let typed = header.typ.as_deref().is_some_and(is_access_token);
        // `crit` names extensions that must be understood; we understand none.
        if !typed || header.crit.is_some() {
            return Err(AuthError::Invalid);
        }
        let kid = header.kid.as_deref().ok_or(AuthError::Invalid)?;
        let (_, algorithm, key) = self.keys.iter().find(|(id, ..)| id == kid).ok_or(AuthError::Invalid)?;
        // The algorithm is the key's, never the token's choice.
        let mut validation = Validation::new(*algorithm);
        // The library would ask the clock itself; issuer, audience and times are checked below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).map_err(|_| AuthError::Invalid)?.claims;
        if claims.iss != self.issuer || !claims.aud.holds(&self.audience) {
            return Err(AuthError::Invalid);
        }
        self.seen.keep(hash, &claims);
        check_times(&claims, now.timestamp())?;
        Ok(claims)
    }
}

fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ == TYPE || typ.strip_prefix("application/") == Some(TYPE)
}

fn check_times(claims: &Claims, now: i64) -> Result<(), AuthError> {
    if claims.exp.saturating_add(LEEWAY_SECONDS) <= now {
        return Err(AuthError::Expired);
    }
    let earliest = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
    if earliest.saturating_sub(LEEWAY_SECONDS) > now {
        return Err(AuthError::NotYetValid);
    }
    Ok(())
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
        let keys = vec![(self.kid.clone(), Algorithm::ES256, self.public.clone())];
        Verifier { issuer: DEV_ISSUER.to_owned(), audience: AUDIENCE.to_owned(), keys, seen: Seen::default() }
    }

    /// A token from `now` on; `id` is its own id.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] when signing fails.
    pub fn issue(&self, grant: &Grant, now: DateTime<Utc>, id: Uuid) -> Result<String, AuthError> {
        let claims = Claims {
            iss: DEV_ISSUER.to_owned(),
            sub: grant.handler.as_ref().map_or_else(|| grant.client.to_string(), ToString::to_string),
            aud: Audience::One(AUDIENCE.to_owned()),
            exp: (now + self.lifetime).timestamp(),
            nbf: Some(now.timestamp()),
            iat: now.timestamp(),
            jti: id.to_string(),
            client_id: grant.client.to_string(),
            agency: grant.agency.map(|a| a.code().to_owned()),
            roles: grant.roles.iter().map(|r| r.code().to_owned()).collect(),
            handler: grant.handler.as_ref().map(ToString::to_string),
        };
        self.sign(TYPE, &claims)
    }

    fn sign(&self, typ: &str, claims: &Claims) -> Result<String, AuthError> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.key).map_err(|_| AuthError::Invalid)
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
        let token = issuer().issue(&grant(), now(), Uuid::nil()).unwrap();
        issuer().verifier().verify(&token, now()).unwrap()
    }

    #[test]
    fn a_token_lasts_its_hours_and_the_leeway() {
        let token = issuer().issue(&grant(), now(), Uuid::nil()).unwrap();
        let verifier = issuer().verifier();
        assert!(verifier.verify(&token, now()).is_ok());
        assert!(verifier.verify(&token, now() + TimeDelta::hours(8) + TimeDelta::seconds(59)).is_ok());
        assert_eq!(
            verifier.verify(&token, now() + TimeDelta::hours(8) + TimeDelta::seconds(60)),
            Err(AuthError::Expired)
        );
        assert!(verifier.verify(&token, now() - TimeDelta::seconds(60)).is_ok());
        assert_eq!(verifier.verify(&token, now() - TimeDelta::seconds(61)), Err(AuthError::NotYetValid));
    }

    #[test]
    fn another_key_type_issuer_or_audience_is_refused() {
        let verifier = issuer().verifier();
        let other = DevelopmentIssuer::new(&[8; 32], 8).unwrap();
        let foreign = other.issue(&grant(), now(), Uuid::nil()).unwrap();
        assert_eq!(verifier.verify(&foreign, now()), Err(AuthError::Invalid));
        for (typ, change) in [
            ("JWT", Box::new(|_: &mut Claims| ()) as Box<dyn Fn(&mut Claims)>),
            (TYPE, Box::new(|c: &mut Claims| c.iss = "urn:other".to_owned())),
            (TYPE, Box::new(|c: &mut Claims| c.aud = Audience::Several(vec!["urn:other".to_owned()]))),
        ] {
            let mut claims = claims();
            change(&mut claims);
            let token = issuer().sign(typ, &claims).unwrap();
            assert_eq!(verifier.verify(&token, now()), Err(AuthError::Invalid));
        }
        let several = Claims { aud: Audience::Several(vec!["x".to_owned(), AUDIENCE.to_owned()]), ..claims() };
        assert!(verifier.verify(&issuer().sign("application/at+jwt", &several).unwrap(), now()).is_ok());
    }

    #[test]
    fn an_unsigned_or_changed_token_is_refused() {
        let token = issuer().issue(&grant(), now(), Uuid::nil()).unwrap();
        let verifier = issuer().verifier();
        let (body, _) = token.rsplit_once('.').unwrap();
        for changed in [format!("{body}."), body.to_owned(), format!("{token}AA"), String::new(), "a.b.c".to_owned()] {
            assert_eq!(verifier.verify(&changed, now()), Err(AuthError::Invalid));
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
