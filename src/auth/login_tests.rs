//! Attempts to log in, and every id token that is not the answer to one.

use serde_json::json;

use super::*;
use crate::auth::development::{DEV_ISSUER, DevelopmentIssuer};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

fn attempt() -> Attempt {
    Attempt {
        login: "fk".to_owned(),
        lang: None,
        state: "own".to_owned(),
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
        until: at(600).timestamp(),
    }
}

fn login(levels: &[&str]) -> Login {
    Login {
        name: "fk".to_owned(),
        title: "FK".to_owned(),
        issuer: 0,
        client_id: "web".to_owned(),
        proof: Proof::Secret(Secret::new("hemlig".to_owned())),
        scope: "openid".to_owned(),
        levels: levels.iter().map(|level| (*level).to_owned()).collect(),
    }
}

/// The claims of a good id token with some changed; one that becomes null is left out.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({"iss": DEV_ISSUER, "sub": "p", "aud": "web", "exp": at(300).timestamp(),
        "iat": at(0).timestamp(), "nonce": "n", "roles": ["rapportlasare"]});
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn check(login: &Login, typ: &str, claims: &Value) -> Result<(), LoginError> {
    let issuer = DevelopmentIssuer::new(&[7; 32], 8).unwrap();
    let token = issuer.sign(typ, claims).unwrap();
    login.check(&token, &attempt(), &issuer.verifier(), at(1)).map(|_| ())
}

#[test]
fn only_the_id_token_that_answers_the_attempt_is_taken() {
    let web = login(&[]);
    for good in [
        json!({}),
        json!({"aud": ["web"]}),
        json!({"aud": ["web", "other"], "azp": "web"}),
        json!({"azp": "web"}),
        json!({"exp": at(-58).timestamp()}),
    ] {
        assert_eq!(check(&web, "JWT", &claims(&good)), Ok(()), "{good}");
    }
    for wrong in [
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"iss": "https://other.example"}),
        json!({"aud": "other"}),
        json!({"aud": ["web", "other"]}),
        json!({"aud": ["web", "other"], "azp": "other"}),
        json!({"azp": "other"}),
        json!({"sub": null}),
        json!({"exp": null}),
        json!({"exp": at(-60).timestamp()}),
        json!({"iat": at(62).timestamp()}),
        json!({"nbf": at(62).timestamp()}),
    ] {
        assert_eq!(check(&web, "JWT", &claims(&wrong)), Err(LoginError::Provider), "{wrong}");
    }
    assert_eq!(check(&web, "at+jwt", &claims(&json!({}))), Err(LoginError::Provider), "an access token");
}

#[test]
fn an_id_token_of_another_key_is_not_taken() {
    let (own, other) = (DevelopmentIssuer::new(&[7; 32], 8).unwrap(), DevelopmentIssuer::new(&[8; 32], 8).unwrap());
    let token = other.sign("JWT", &claims(&json!({}))).unwrap();
    let told = login(&[]).check(&token, &attempt(), &own.verifier(), at(1));
    assert_eq!(told.map(|_| ()), Err(LoginError::Provider));
}

#[test]
fn a_person_is_known_as_surely_as_is_asked_for() {
    let strong = login(&["http://id.elegnamnden.se/loa/1.0/loa3", "http://id.elegnamnden.se/loa/1.0/loa4"]);
    let with = |acr: Value| check(&strong, "JWT", &claims(&json!({"acr": acr})));
    assert_eq!(with(json!("http://id.elegnamnden.se/loa/1.0/loa3")), Ok(()));
    assert_eq!(with(json!("http://id.elegnamnden.se/loa/1.0/loa2")), Err(LoginError::Refused));
    assert_eq!(with(Value::Null), Err(LoginError::Refused));
}

#[test]
fn an_attempt_is_answered_by_its_own_state_and_in_time() {
    let answer = |state: Option<&str>| Answer { state: state.map(ToOwned::to_owned), ..Answer::default() };
    assert!(attempt().is_answered_by(&answer(Some("own")), at(599)));
    assert!(!attempt().is_answered_by(&answer(Some("own")), at(600)));
    assert!(!attempt().is_answered_by(&answer(Some("other")), at(599)));
    assert!(!attempt().is_answered_by(&answer(None), at(599)));
}

#[test]
fn a_query_holds_its_values_unchanged() {
    assert_eq!(query(&[("a", "b c&d=e"), ("b", "")]), "a=b%20c%26d%3De&b=");
    assert_eq!(with_query("https://x/y?z=1", "a=b"), "https://x/y?z=1&a=b");
    assert_eq!(with_query("https://x/y", "a=b"), "https://x/y?a=b");
}
