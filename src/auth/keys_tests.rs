//! Fetching, renewing and giving up keys, with a made issuer and a clock that is set.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::*;

const ES: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","use":"sig","alg":"ES256"}"#;

/// An issuer whose answer can be changed, and which counts how often it is asked.
struct Issuer {
    answer: Mutex<Result<Vec<u8>, FetchError>>,
    asked: AtomicUsize,
}

impl Issuer {
    fn with(ids: &[&str]) -> Arc<Self> {
        Arc::new(Self { answer: Mutex::new(Ok(set(ids))), asked: AtomicUsize::new(0) })
    }

    fn now_says(&self, answer: Result<Vec<u8>, FetchError>) {
        *self.answer.lock().unwrap() = answer;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn get(self: &Arc<Self>) -> Box<Get> {
        let issuer = Arc::clone(self);
        Box::new(move |_| {
            issuer.asked.fetch_add(1, Ordering::SeqCst);
            issuer.answer.lock().unwrap().clone()
        })
    }
}

fn set(ids: &[&str]) -> Vec<u8> {
    let key = |id: &&str| {
        let mut key: Value = serde_json::from_str(ES).unwrap();
        key["kid"] = json!(id);
        key
    };
    json!({"keys": ids.iter().map(key).collect::<Vec<_>>()}).to_string().into_bytes()
}

fn keys() -> Keys {
    let source = Source {
        issuer: "https://login.example".to_owned(),
        keys: Some("https://login.example/jwks".to_owned()),
        discover: false,
        refresh: TimeDelta::minutes(60),
        keep: TimeDelta::hours(24),
    };
    Keys::fetched("test", vec![Algorithm::ES256], source)
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn refresh(keys: &Keys, issuer: &Arc<Issuer>, seconds: i64) -> bool {
    keys.refresh(at(seconds), &*issuer.get())
}

fn found(keys: &Keys, id: &str, seconds: i64) -> Result<(), NoKey> {
    keys.find(id, Algorithm::ES256, at(seconds)).map(|_| ())
}

#[test]
fn unknown_keys_are_asked_for_at_most_every_thirty_seconds() {
    let (keys, issuer) = (keys(), Issuer::with(&["a"]));
    assert_eq!(found(&keys, "a", 0), Err(NoKey::Missing), "nothing was fetched yet");
    assert!(refresh(&keys, &issuer, 0));
    assert_eq!(found(&keys, "a", 0), Ok(()));
    assert_eq!(found(&keys, "b", 1), Err(NoKey::Unknown));
    for second in 1..30 {
        assert!(!refresh(&keys, &issuer, second));
    }
    assert_eq!(issuer.asked(), 1);
    issuer.now_says(Ok(set(&["a", "b"])));
    assert!(refresh(&keys, &issuer, 30));
    assert_eq!((found(&keys, "b", 30), issuer.asked()), (Ok(()), 2));
}

#[test]
fn a_key_that_was_taken_away_stops_at_the_next_refresh() {
    let (keys, issuer) = (keys(), Issuer::with(&["a"]));
    refresh(&keys, &issuer, 0);
    let print = keys.find("a", Algorithm::ES256, at(0)).unwrap()[0].print.clone();
    assert!(keys.holds("a", &print, at(1)));
    issuer.now_says(Ok(set(&["b"])));
    keys.refresh_when_due(at(3599), &*issuer.get());
    assert!(keys.holds("a", &print, at(3599)), "not due yet");
    keys.refresh_when_due(at(3600), &*issuer.get());
    assert!(!keys.holds("a", &print, at(3600)));
    assert_eq!(found(&keys, "a", 3600), Err(NoKey::Unknown));
    assert!(!keys.holds("b", "another print", at(3600)), "another key under a known id is another key");
}

#[test]
fn old_keys_outlive_an_outage_for_the_stated_time() {
    let (keys, issuer) = (keys(), Issuer::with(&["a"]));
    refresh(&keys, &issuer, 0);
    assert_eq!(keys.standing(at(0)), Standing::Fresh);
    issuer.now_says(Err(FetchError::Unreachable));
    keys.refresh_when_due(at(3600), &*issuer.get());
    assert_eq!((found(&keys, "a", 3600), keys.standing(at(3600))), (Ok(()), Standing::Old));
    assert_eq!(found(&keys, "a", 24 * 3600), Ok(()));
    assert_eq!(found(&keys, "a", 24 * 3600 + 1), Err(NoKey::Missing));
    assert_eq!(keys.standing(at(24 * 3600 + 1)), Standing::Missing);
    // While it fails it is tried again soon, not after the hour.
    let asked = issuer.asked();
    keys.refresh_when_due(at(24 * 3600 + 2), &*issuer.get());
    keys.refresh_when_due(at(24 * 3600 + 3), &*issuer.get());
    assert_eq!(issuer.asked(), asked + 1);
    issuer.now_says(Ok(set(&["a"])));
    keys.refresh_when_due(at(24 * 3600 + 40), &*issuer.get());
    assert_eq!(keys.standing(at(24 * 3600 + 40)), Standing::Fresh);
}

#[test]
fn an_unreadable_answer_changes_nothing_and_an_empty_set_takes_all_away() {
    let (keys, issuer) = (keys(), Issuer::with(&["a"]));
    refresh(&keys, &issuer, 0);
    for (second, answer) in [(60, "<html>"), (120, "{}"), (180, "{\"keys\":7}")] {
        issuer.now_says(Ok(answer.as_bytes().to_vec()));
        assert!(!refresh(&keys, &issuer, second));
        assert_eq!(found(&keys, "a", second), Ok(()));
    }
    issuer.now_says(Ok(set(&[])));
    assert!(refresh(&keys, &issuer, 240));
    assert_eq!(found(&keys, "a", 240), Err(NoKey::Unknown));
}

#[test]
fn the_key_decides_the_algorithm_and_it_must_be_allowed() {
    let n = format!("{}A", "v".repeat(341));
    let read = |key: Value, allowed: &[Algorithm]| {
        let bytes = json!({"keys": [key]}).to_string();
        read_keys(bytes.as_bytes(), allowed).unwrap().pop().map(|k| k.algorithms)
    };
    let both = [Algorithm::RS256, Algorithm::PS256];
    let rsa = json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB"});
    let with = |field: &str, value: &str| {
        let mut key = rsa.clone();
        key[field] = json!(value);
        key
    };
    assert_eq!(read(rsa.clone(), &both), Some(both.to_vec()));
    assert_eq!(read(rsa.clone(), &[Algorithm::PS256]), Some(vec![Algorithm::PS256]));
    assert_eq!(read(with("alg", "PS256"), &both), Some(vec![Algorithm::PS256]));
    assert_eq!(read(with("alg", "RS512"), &both), None);
    assert_eq!(read(with("use", "enc"), &both), None);
    assert_eq!(read(with("n", "short"), &both), None, "a short RSA key");
    assert_eq!(read(rsa, &[Algorithm::ES256]), None);
    let secret = json!({"kty": "oct", "kid": "a", "k": "c2VjcmV0", "alg": "HS256"});
    assert_eq!(read(secret, &[Algorithm::ES256, Algorithm::RS256]), None, "a shared secret is never a key");
    let mut ec: Value = serde_json::from_str(ES).unwrap();
    assert_eq!(read(ec.clone(), &[Algorithm::ES256]), None, "a key without an id is never asked for");
    ec["kid"] = json!("a");
    assert_eq!(read(ec, &[Algorithm::ES256]), Some(vec![Algorithm::ES256]));
}

#[test]
fn metadata_must_be_the_issuers_own() {
    let source = Source { keys: None, discover: true, ..keys().source.unwrap() };
    let metadata = |issuer: &str, jwks: &str| {
        json!({"issuer": issuer, "jwks_uri": jwks, "authorization_endpoint": "https://login.example/auth",
            "token_endpoint": "https://login.example/token"})
        .to_string()
        .into_bytes()
    };
    let fetch =
        |issuer: &'static str, jwks: &'static str| {
            let get: Box<Get> = Box::new(move |url| {
                if url.ends_with("openid-configuration") { Ok(metadata(issuer, jwks)) } else { Ok(set(&["a"])) }
            });
            source.fetch(&[Algorithm::ES256], &*get).map(|(keys, endpoints)| (keys.len(), endpoints.is_some()))
        };
    assert_eq!(fetch("https://login.example", "https://login.example/jwks"), Ok((1, true)));
    assert!(fetch("https://other.example", "https://login.example/jwks").is_err());
    assert!(fetch("https://login.example", "http://login.example/jwks").is_err());
}
