//! Reads `[[login]]` and `[session]`.

use std::path::Path;

use chrono::TimeDelta;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};

use super::place::Place;
use super::secret_file;
use crate::auth::fetch::private_key;
use crate::auth::login::{Login, Proof};
use crate::auth::sessions::Limits;
use crate::auth::tokens::Issuer;
use crate::config::Secret;

/// One way to log in; `None` when what is wrong leaves nothing of it.
pub fn login(place: Place<'_>, issuers: &[Issuer], folder: &Path) -> Option<Login> {
    let known = |name: &str| issuers.iter().any(|issuer| issuer.name == name);
    let name = place.needed("issuer", "the name of an [[issuer]]", known);
    let client_id = place.needed("client_id", "what the service is called there", |text| !text.trim().is_empty());
    let title = place.text("title", "what people read").unwrap_or(&name).to_owned();
    let scopes = place.texts("scopes", "a list of texts").unwrap_or_else(|| vec!["openid"]);
    if !scopes.contains(&"openid") || scopes.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace))
    {
        place.refuse("scopes", "a list of scopes with openid among them");
    }
    let levels = place.texts("levels", "a list of texts").unwrap_or_default();
    let proof = proof(&place, folder);
    place.end();
    let issuer = issuers.iter().position(|issuer| issuer.name == name)?;
    let levels = levels.into_iter().map(ToOwned::to_owned).collect();
    Some(Login { name, title, issuer, client_id, proof: proof?, scope: scopes.join(" "), levels })
}

fn proof(place: &Place<'_>, folder: &Path) -> Option<Proof> {
    let key_id = place.text("key_id", "the id under which the provider knows the key").map(ToOwned::to_owned);
    match (place.has("client_secret_file"), place.has("private_key_file")) {
        (true, false) => {
            let secret = secret_file(place, "client_secret_file", folder)?;
            if secret.trim().is_empty() {
                place.refuse("client_secret_file", "a file that holds a secret");
            }
            Some(Proof::Secret(Secret::new(secret.trim().to_owned())))
        }
        (false, true) => {
            let pem = secret_file(place, "private_key_file", folder)?;
            match signing_key(pem.as_bytes()) {
                Some(key) => Some(Proof::Key(Box::new(key), key_id)),
                None => {
                    place.refuse("private_key_file", "a private key for ES256 (P-256, PKCS #8, PEM)");
                    None
                }
            }
        }
        _ => {
            place.refuse("private_key_file", "this or client_secret_file, and not both");
            None
        }
    }
}

/// A key that can really sign.
fn signing_key(pem: &[u8]) -> Option<EncodingKey> {
    let key = EncodingKey::from_ec_der(&private_key(pem)?);
    Jwk::from_encoding_key(&key, Algorithm::ES256).ok().map(|_| key)
}

/// How long sessions last.
pub fn limits(place: Option<Place<'_>>) -> Limits {
    let standard = Limits::default();
    let Some(place) = place else { return standard };
    let limits = Limits {
        idle: TimeDelta::minutes(place.number("idle_minutes", 1..=480, standard.idle.num_minutes())),
        longest: TimeDelta::hours(place.number("hours", 1..=12, standard.longest.num_hours())),
        warn: TimeDelta::minutes(place.number("warn_minutes", 1..=60, standard.warn.num_minutes())),
    };
    place.end();
    limits
}
