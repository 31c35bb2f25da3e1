//! A person in a real browser, at a real provider: logging in, the own start page, logging out, and what must not work.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::web;
use chrono::TimeDelta;
use serde_json::{Value, json};
use sus::app::App;
use sus::auth::file;
use sus::chance::Generator;
use sus::clock::{Clock, ManualClock, SystemClock};
use sus::config::Config;
use sus::server::serve;

use crate::support::provider::{Browser, Provider};
use crate::support::tables::Raw;
use crate::support::{Backend, Database, on_both, organisation, service};

const BY_KEY: &str =
    "[[login]]\nissuer = \"test\"\nclient_id = \"web-key\"\nprivate_key_file = \"web.pem\"\nkey_id = \"web-1\"\n";
const BY_SECRET: &str =
    "[[login]]\nissuer = \"test\"\nclient_id = \"web-secret\"\nclient_secret_file = \"web.secret\"\n";

/// The service as it serves, the provider beside it, and a browser in front.
struct Place {
    base: String,
    browser: Browser,
    _provider: Provider,
    clock: Arc<ManualClock>,
    /// How far the service's clock is ahead of the provider's, which is the computer's.
    ahead: TimeDelta,
    handle: ServerHandle,
    serving: Option<JoinHandle<()>>,
}

impl Place {
    fn new(database: &Database, login: &str) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let provider = Provider::start(&base)?;
        let browser = Browser::start()?;
        let (verifier, logins) = file::read(&provider.file(login)).unwrap().parts();
        let (service, clock) = service(database, SystemClock.now());
        service.import_organisation(&organisation()).unwrap();
        let config = Config::from_variables(BTreeMap::from([("SUS_PUBLIC_URL".to_owned(), base.clone())])).unwrap();
        let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let app = App::new(service, verifier, config, shared, Generator::from_system().unwrap()).with_logins(logins);
        let (send, started) = std::sync::mpsc::channel();
        let serving = std::thread::spawn(move || {
            let begun = move |handle| drop(send.send(handle));
            actix_web::rt::System::new().block_on(serve(web::Data::new(app), listener, begun)).unwrap();
        });
        let handle = started.recv().unwrap();
        Some(Self {
            base,
            browser,
            _provider: provider,
            clock,
            ahead: TimeDelta::zero(),
            handle,
            serving: Some(serving),
        })
    }

    /// Tokens carry the time of day, so the clock goes on with it.
    fn advance(&mut self, by: TimeDelta) {
        self.ahead += by;
        self.clock.set(SystemClock.now() + self.ahead);
    }

    fn go(&mut self, path: &str) -> Seen {
        self.advance(TimeDelta::zero());
        let to = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        Seen(self.browser.order(&json!({"do": "go", "to": to})))
    }

    fn click(&mut self, what: &str) -> Seen {
        self.advance(TimeDelta::zero());
        Seen(self.browser.order(&json!({"do": "click", "what": what})))
    }

    fn post(&mut self, path: &str, fields: &Value) -> Value {
        let to = format!("{}{path}", self.base);
        self.browser.order(&json!({"do": "post", "to": to, "fields": fields}))
    }

    fn cookie(&mut self, name: &str, value: &str) {
        let url = self.base.clone();
        self.browser.order(&json!({"do": "cookie", "name": name, "value": value, "url": url}));
    }

    /// From the start page to the provider, where somebody says who they are, and back; what is seen then.
    fn log_in(&mut self, who: &str) -> Seen {
        self.go("/");
        self.click("a.login");
        self.at_provider(who)
    }

    fn at_provider(&mut self, who: &str) -> Seen {
        self.browser.order(&json!({"do": "fill", "what": "[name=login]", "with": who}));
        self.browser.order(&json!({"do": "fill", "what": "[name=password]", "with": "any"}));
        let mut seen = self.click("[type=submit]");
        if !seen.url().starts_with(&self.base) {
            // The provider asks whether the service may know.
            seen = self.click("[type=submit]");
        }
        assert!(seen.url().starts_with(&self.base), "{seen:?}");
        seen
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        actix_web::rt::System::new().block_on(self.handle.stop(false));
        if let Some(serving) = self.serving.take() {
            let ended = serving.join();
            assert!(std::thread::panicking() || ended.is_ok());
        }
    }
}

/// What the browser shows.
#[derive(Debug)]
struct Seen(Value);

impl Seen {
    fn url(&self) -> &str {
        self.0["url"].as_str().unwrap()
    }

    fn shows(&self, text: &str) -> bool {
        self.0["text"].as_str().unwrap().contains(text)
    }

    fn html(&self) -> &str {
        self.0["html"].as_str().unwrap()
    }

    fn cookie(&self, name: &str) -> Option<&Value> {
        self.0["cookies"].as_array().unwrap().iter().find(|cookie| cookie["name"] == name)
    }

    fn value(&self, name: &str) -> String {
        self.cookie(name).unwrap()["value"].as_str().unwrap().to_owned()
    }

    /// The last address of this kind that the browser went through.
    fn visited(&self, part: &str) -> String {
        let mut all = self.0["visited"].as_array().unwrap().iter().filter_map(Value::as_str);
        all.rfind(|url| url.contains(part)).unwrap().to_owned()
    }

    /// What the pages' own policy forbade.
    fn forbidden(&self) -> Vec<&str> {
        let all = self.0["complaints"].as_array().unwrap().iter().filter_map(Value::as_str);
        all.filter(|text| text.contains("Security Policy")).collect()
    }
}

#[test]
fn a_person_logs_in_sees_who_and_logs_out() {
    on_both(|_, database| {
        let Some(mut place) = Place::new(database, BY_KEY) else { return };
        let seen = place.go("/");
        assert_eq!(seen.0["status"], 200);
        assert!(seen.shows("Logga in") && seen.html().contains("lang=\"sv\""), "{seen:?}");
        assert!(place.go("/?lang=en").shows("Log in"));

        place.go("/");
        let away = place.click("a.login");
        let attempt = away.value("sus-login");
        let query = away.visited("/auth?");
        for part in ["response_type=code", "code_challenge_method=S256", "nonce=", "state=", "client_id=web-key"] {
            assert!(query.contains(part), "{query}");
        }
        let seen = place.at_provider("siv");
        assert_eq!(seen.url(), format!("{}/?lang=sv", place.base), "in the language in which it began");
        for text in ["Du är inloggad", "Siv Lind (fk-h-017)", "Försäkringskassan", "Deltagaransvarig", "FK Gävle"] {
            assert!(seen.shows(text), "{text}: {seen:?}");
        }
        assert_eq!(seen.forbidden(), Vec::<&str>::new());
        assert!(!seen.html().contains("ends-soon"));
        let cookie = seen.cookie("sus").unwrap();
        assert_eq!((&cookie["httpOnly"], &cookie["sameSite"]), (&json!(true), &json!("Lax")));
        assert!(seen.cookie("sus-login").is_none(), "the attempt is over");
        let session = seen.value("sus");

        // The provider's answer once more: without the attempt's cookie, and with it.
        let answer = seen.visited("/login/callback?");
        let again = place.go(&answer);
        assert!(again.0["status"] == 400 && again.shows("Inloggningen kunde inte slutföras"), "{again:?}");
        place.cookie("sus-login", &attempt);
        let again = place.go(&answer);
        assert!(again.0["status"] == 400 && again.shows("Inloggningen kunde inte slutföras"), "{again:?}");

        // A form that another site made.
        for fields in [json!({}), json!({"token": ""}), json!({"token": session})] {
            let told = place.post("/logout", &fields);
            assert_eq!(told["status"], 403, "{told}");
            assert!(told["text"].as_str().unwrap().contains("Formuläret gäller inte längre"));
        }
        let seen = place.go("/");
        assert!(seen.shows("Du är inloggad") && seen.value("sus") == session, "nothing was changed by all that");

        // Out: here, and at the provider.
        let seen = place.click("form button");
        assert!(seen.visited("/session/end").contains("client_id=web-key"), "{seen:?}");
        assert_eq!(Raw::of(database).count("sessions", "true"), 0);
        let seen = place.click("button[name=logout]");
        assert!(seen.shows("Du är utloggad") && seen.cookie("sus").is_none(), "{seen:?}");
        assert_eq!(seen.forbidden(), Vec::<&str>::new(), "going to the provider by a form is allowed");
        place.cookie("sus", &session);
        let seen = place.go("/");
        assert!(seen.shows("Din inloggning har avslutats") && !seen.shows("Du är inloggad"), "{seen:?}");
        assert!(seen.cookie("sus").is_none(), "what is of no use is taken away");
    });
}

#[test]
fn a_session_warns_before_its_end_and_is_extended_by_logging_in_again() {
    let Some(database) = Database::new(Backend::Sqlite) else { return };
    let Some(mut place) = Place::new(&database, BY_SECRET) else { return };
    let first = place.log_in("siv").value("sus");
    place.advance(TimeDelta::minutes(29));
    assert!(place.go("/").shows("Du är inloggad"));
    place.advance(TimeDelta::minutes(31));
    let seen = place.go("/");
    assert!(seen.shows("Din inloggning har avslutats"), "not used for half an hour: {seen:?}");

    // The provider still knows the person, so logging in again is one click.
    let seen = place.click("a.login");
    assert!(seen.shows("Du är inloggad"), "{seen:?}");
    let second = seen.value("sus");
    assert_ne!(first, second);
    for _ in 0..19 {
        place.advance(TimeDelta::minutes(25));
        assert!(place.go("/").shows("Du är inloggad"));
    }
    let seen = place.go("/");
    assert!(seen.shows("Din inloggning avslutas snart"), "five minutes are left: {seen:?}");
    let seen = place.click("#ends-soon a");
    assert!(seen.shows("Du är inloggad") && !seen.shows("Din inloggning avslutas snart"), "{seen:?}");
    let third = seen.value("sus");
    assert_ne!(second, third, "a new session under a new secret");
    place.cookie("sus", &second);
    assert!(place.go("/").shows("Din inloggning har avslutats"), "the older one has ended");
    place.cookie("sus", &third);
    assert!(place.go("/").shows("Du är inloggad"));
    place.advance(TimeDelta::hours(9));
    assert!(place.go("/").shows("Din inloggning har avslutats"));
}

#[test]
fn who_may_not_be_let_in_is_told_why_and_nobody_is_logged_in_by_somebody_else() {
    let Some(database) = Database::new(Backend::Sqlite) else { return };
    let Some(mut place) = Place::new(&database, BY_KEY) else { return };
    let seen = place.log_in("both");
    assert!(seen.shows("Dina roller går inte ihop") && seen.cookie("sus").is_none(), "{seen:?}");
    place.browser.order(&json!({"do": "forget"}));
    let seen = place.log_in("other");
    assert!(seen.shows("Du kan inte släppas in") && seen.cookie("sus").is_none(), "{seen:?}");

    // An answer that this browser never asked for, and one that has been altered.
    for answer in ["/login/callback?code=x&state=y", "/login/callback", "/login/callback?error=access_denied"] {
        let seen = place.go(answer);
        assert!(seen.0["status"] == 400 && seen.cookie("sus").is_none(), "{seen:?}");
    }
    place.browser.order(&json!({"do": "forget"}));
    place.go("/");
    place.click("a.login");
    let seen = place.go("/login/callback?code=x&state=y");
    assert!(seen.0["status"] == 400 && seen.shows("Inloggningen kunde inte slutföras"), "another state: {seen:?}");

    // A session that somebody put into the browser before is not the one that the person gets.
    place.browser.order(&json!({"do": "forget"}));
    let planted = "q".repeat(42) + "A";
    place.go("/");
    place.click("a.login");
    place.cookie("sus", &planted);
    let seen = place.at_provider("siv");
    assert!(seen.shows("Du är inloggad") && seen.value("sus") != planted, "{seen:?}");

    // Ten minutes are enough to log in.
    place.browser.order(&json!({"do": "forget"}));
    place.go("/");
    place.click("a.login");
    place.advance(TimeDelta::minutes(11));
    let seen = place.at_provider("siv");
    assert!(seen.shows("Inloggningen kunde inte slutföras"), "{seen:?}");
}
