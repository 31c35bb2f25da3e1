//! Machine clients with tokens of a real provider: what is let in, and everything that is not.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use actix_web::HttpServer;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sus::auth::binding::ClientCertificate;
use sus::auth::fetch::Client;
use sus::auth::file;
use sus::clock::{Clock, SystemClock};
use sus::server::application;

use crate::http::Api;
use crate::support::provider::Provider;
use crate::support::{Backend, Database, organisation};

/// The provider, and the service that trusts it. Tokens carry the time of day, so the clock begins there,
/// a little later: a token that is issued while the test runs is not from the future.
struct Place {
    provider: Provider,
    api: Api,
    _database: Database,
}

impl Place {
    fn new() -> Option<Self> {
        Self::with("")
    }

    /// With more about the issuer.
    fn with(more: &str) -> Option<Self> {
        let provider = Provider::start("http://127.0.0.1:1")?;
        let database = Database::new(Backend::Sqlite)?;
        let (verifier, _) = file::read(&provider.file(more)).unwrap().parts();
        let api =
            Api::checked_by(&database, SystemClock.now() + TimeDelta::seconds(25), &organisation(), Some(verifier));
        Some(Self { provider, api, _database: database })
    }

    /// A token as the client gets it from the provider.
    fn token(&self, client: &str, resource: &str) -> String {
        let (basic, client) =
            (STANDARD.encode(format!("{client}:{}", self.provider.secret)), Client::new(None).unwrap());
        let form = [("grant_type", "client_credentials"), ("resource", resource), ("scope", "api")];
        let url = format!("{}/token", self.provider.issuer);
        let (status, body) = client.post_form(&url, Some(&format!("Basic {basic}")), &form).unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let told: Value = serde_json::from_slice(&body).unwrap();
        told["access_token"].as_str().unwrap().to_owned()
    }

    fn good(&self) -> String {
        self.token("fk-system", &self.provider.audience)
    }

    /// The claims of a good token with some changed; one that becomes null is left out.
    fn claims(&self, changes: &Value) -> Value {
        let mut claims = part(&self.good(), 1);
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    /// What the service says to a token, by what only a machine client may read.
    fn told(&self, token: &str) -> (u16, String) {
        let told = self.api.get("/v1/changes", token);
        (told.status, told.json()["detailEn"].as_str().unwrap_or_default().to_owned())
    }

    fn refused(&self, token: &str) {
        assert_eq!(self.told(token), (401, "The token is not valid here.".to_owned()));
    }
}

/// Header (0) or claims (1) of a token.
fn part(token: &str, which: usize) -> Value {
    let part = token.split('.').nth(which).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[test]
fn tokens_of_the_provider_are_let_in_and_forged_ones_are_not() {
    let Some(mut place) = Place::new() else { return };
    let good = place.good();
    assert_eq!(part(&good, 0)["typ"], "at+jwt");
    assert_eq!(place.told(&good).0, 200, "asked for its keys when the first token came");
    let ps = place.token("af-system", &format!("{}/ps", place.provider.audience));
    assert_eq!((part(&ps, 0)["alg"].as_str(), place.told(&ps).0), (Some("PS256"), 200));

    // For another service, though the provider really issued it.
    place.refused(&place.token("fk-system", "https://other.example/v1"));
    // Without a signature.
    let header = json!({"alg": "none", "typ": "at+jwt", "kid": part(&good, 0)["kid"]});
    place.refused(&format!("{}.{}.", encoded(&header), encoded(&place.claims(&json!({})))));
    // The public key taken for a shared secret is no algorithm here.
    let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": part(&good, 0)["kid"]});
    place.refused(&format!("{}.{}.AAAA", encoded(&header), encoded(&place.claims(&json!({})))));
    // Signed by somebody else under the provider's key id.
    let claims = place.claims(&json!({}));
    let foreign = place.provider.order(&json!({"do": "foreign", "claims": claims}));
    place.refused(foreign["token"].as_str().unwrap());
    // Changed after it was signed.
    let (_, signature) = good.rsplit_once('.').unwrap();
    let changed = encoded(&place.claims(&json!({"agency": "AF"})));
    place.refused(&format!("{}.{changed}.{signature}", good.split('.').next().unwrap()));

    // All of these are signed by the provider's own key.
    for (header, changes) in [
        (json!({}), json!({"iss": "https://other.example"})),
        (json!({}), json!({"aud": "sus"})),
        (json!({}), json!({"jti": null})),
        (json!({}), json!({"client_id": null})),
        (json!({}), json!({"agency": "SKV"})),
        // An id token, even one that names this service as its audience.
        (json!({"typ": "JWT"}), json!({})),
        (json!({"typ": "JWT"}), json!({"nonce": "n", "auth_time": 1, "sid": "s"})),
        (json!({"crit": ["b64"], "b64": true}), json!({})),
        // Bound to a key in a way that can't be checked here.
        (json!({}), json!({"cnf": {"jkt": "x"}})),
    ] {
        let claims = place.claims(&changes);
        let token = place.provider.sign(&header, &claims);
        place.refused(&token);
    }
    let claims = place.claims(&json!({}));
    let again = place.provider.sign(&json!({}), &claims);
    assert_eq!(place.told(&again).0, 200, "the same way of signing, with nothing changed");
    let bound = place.claims(&json!({"cnf": {"x5t#S256": URL_SAFE_NO_PAD.encode([1; 32])}}));
    let bound = place.provider.sign(&json!({}), &bound);
    assert_eq!(place.told(&bound).0, 401, "bound to a certificate that this connection hasn't");
    let later = place.claims(&json!({"nbf": SystemClock.now().timestamp() + 120}));
    let later = place.provider.sign(&json!({}), &later);
    assert_eq!(place.told(&later), (401, "The token is not valid yet.".to_owned()));
}

#[test]
fn a_token_expires_by_the_services_clock() {
    let Some(place) = Place::new() else { return };
    let good = place.good();
    assert_eq!(place.told(&good).0, 200);
    place.api.clock.advance(TimeDelta::seconds(560));
    assert_eq!(place.told(&good).0, 200, "from what is remembered");
    place.api.clock.advance(TimeDelta::seconds(40));
    assert_eq!(place.told(&good), (401, "The token has expired.".to_owned()));
}

#[test]
fn new_keys_are_found_and_tokens_of_old_ones_stop() {
    let Some(mut place) = Place::new() else { return };
    let old = place.good();
    assert_eq!(place.told(&old).0, 200);
    place.provider.order(&json!({"do": "rotate"}));
    let new = place.good();
    assert_ne!(part(&old, 0)["kid"], part(&new, 0)["kid"]);
    place.refused(&new);
    assert_eq!(place.told(&old).0, 200, "within thirty seconds nobody asks again");
    place.api.clock.advance(TimeDelta::seconds(31));
    assert_eq!(place.told(&new).0, 200);
    place.refused(&old);
}

#[test]
fn keys_that_were_taken_away_stop_even_if_nobody_shows_a_new_one() {
    let Some(mut place) = Place::new() else { return };
    let lasting = place.claims(&json!({"exp": SystemClock.now().timestamp() + 10_000}));
    let old = place.provider.sign(&json!({}), &lasting);
    assert_eq!(place.told(&old).0, 200);
    place.provider.order(&json!({"do": "rotate"}));
    place.api.clock.advance(TimeDelta::minutes(59));
    place.api.app.verifier.refresh_when_due(place.api.app.now());
    assert_eq!(place.told(&old).0, 200);
    place.api.clock.advance(TimeDelta::minutes(2));
    place.api.app.verifier.refresh_when_due(place.api.app.now());
    place.refused(&old);
}

#[test]
fn an_outage_of_the_issuer_is_outlived_for_the_stated_time() {
    let Some(mut place) = Place::new() else { return };
    let lasting = place.claims(&json!({"exp": SystemClock.now().timestamp() + 100_000}));
    let (first, second) = (place.provider.sign(&json!({}), &lasting), {
        let other = place.claims(&json!({"exp": SystemClock.now().timestamp() + 100_000, "jti": "another"}));
        place.provider.sign(&json!({}), &other)
    });
    assert_eq!(place.api.get_public("/health/ready").status, 503, "no key was fetched yet");
    assert_eq!(place.told(&first).0, 200);
    assert_eq!(place.api.get_public("/health/ready").json()["keys"], "fresh");
    place.provider.order(&json!({"do": "leave"}));
    place.api.clock.advance(TimeDelta::minutes(90));
    place.api.app.verifier.refresh_when_due(place.api.app.now());
    assert_eq!(place.api.get_public("/health/ready").json()["keys"], "old");
    assert_eq!(place.told(&second).0, 200, "never seen before, checked by the keys that are kept");
    place.api.clock.advance(TimeDelta::minutes(31));
    let told = place.api.get("/v1/changes", &first);
    assert_eq!((told.status, told.header("retry-after")), (503, Some("1")), "the keys are two hours old");
    assert!(told.json()["detailEn"].as_str().unwrap().contains("keys"), "{}", told.text);
    assert_eq!(place.api.get_public("/health/ready").json()["status"], "keys");
    place.provider.order(&json!({"do": "back"}));
    place.api.clock.advance(TimeDelta::seconds(31));
    assert_eq!(place.told(&first).0, 200);
}

/// Asks over a connection whose client has shown a certificate with this hash.
fn told_with_certificate(place: &Place, token: &str, hash: Option<[u8; 32]>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (app, token) = (place.api.app.clone(), token.to_owned());
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || application(app.clone()))
            .on_connect(move |_, data| {
                if let Some(hash) = hash {
                    data.insert(ClientCertificate(hash));
                }
            })
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        let handle = server.handle();
        let serving = actix_web::rt::spawn(server);
        let asked = actix_web::rt::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            let head = "Host: sus\r\nConnection: close\r\nAuthorization: Bearer";
            write!(stream, "GET /v1/changes HTTP/1.1\r\n{head} {token}\r\n\r\n").unwrap();
            let mut told = String::new();
            stream.read_to_string(&mut told).unwrap();
            told
        });
        let told = asked.await.unwrap();
        handle.stop(false).await;
        serving.await.unwrap().unwrap();
        told
    })
}

#[test]
fn a_bound_token_works_with_its_certificate_alone_and_binding_may_be_required() {
    for required in [false, true] {
        let Some(mut place) = Place::with(&format!("certificate_required = {required}\n")) else { return };
        let bound = place.claims(&json!({"cnf": {"x5t#S256": URL_SAFE_NO_PAD.encode([1; 32])}}));
        let bound = place.provider.sign(&json!({}), &bound);
        let free = place.good();
        let status = |token: &str, hash| told_with_certificate(&place, token, hash)[9..12].to_owned();
        assert_eq!(status(&bound, Some([1; 32])), "200");
        assert_eq!(status(&bound, Some([2; 32])), "401", "somebody else's certificate");
        assert_eq!(status(&bound, None), "401", "a stolen token");
        let unbound = if required { "401" } else { "200" };
        assert_eq!((status(&free, None), status(&free, Some([1; 32]))), (unbound.to_owned(), unbound.to_owned()));
    }
}
