//! The service as it serves, with a real provider beside it and a real browser in front.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::web;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use sus::app::App;
use sus::auth::file;
use sus::chance::Generator;
use sus::clock::{Clock, ManualClock, SystemClock};
use sus::config::Config;
use sus::server::serve;

use super::posting::import_lines;
use super::provider::{Browser, Provider};
use super::{Backend, Database, leaks, organisation, service};

pub const BY_KEY: &str =
    "[[login]]\nissuer = \"test\"\nclient_id = \"web-key\"\nprivate_key_file = \"web.pem\"\nkey_id = \"web-1\"\n";
pub const BY_SECRET: &str =
    "[[login]]\nissuer = \"test\"\nclient_id = \"web-secret\"\nclient_secret_file = \"web.secret\"\n";

/// The service as it serves, the provider beside it, and a browser in front.
pub struct Place {
    pub base: String,
    pub browser: Browser,
    /// What the service stands on, where the test cares.
    pub backend: Backend,
    _provider: Provider,
    clock: Arc<ManualClock>,
    /// How far the service's clock is ahead of the provider's, which is the computer's.
    ahead: TimeDelta,
    handle: ServerHandle,
    serving: Option<JoinHandle<()>>,
}

impl Place {
    pub fn new(database: &Database, login: &str) -> Option<Self> {
        Self::around(database, login, &organisation())
    }

    /// Around a register of one's own.
    pub fn around(database: &Database, login: &str, register: &Value) -> Option<Self> {
        Self::with_cases(database, login, register, |_| Vec::new())
    }

    /// The same with cases, imported as lines that depend on the present day.
    pub fn with_cases(
        database: &Database,
        login: &str,
        register: &Value,
        lines: impl Fn(NaiveDate) -> Vec<Value>,
    ) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let provider = Provider::start(&base)?;
        let browser = Browser::start()?;
        let (verifier, logins) = file::read(&provider.file(login)).unwrap().parts();
        let (service, clock) = service(database, SystemClock.now());
        service.import_organisation(register).unwrap();
        let (_, refused) = import_lines(&service, &lines(clock.today()));
        assert_eq!(refused, "");
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
            backend: Backend::Sqlite,
            _provider: provider,
            clock,
            ahead: TimeDelta::zero(),
            handle,
            serving: Some(serving),
        })
    }

    /// The Swedish day now.
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// Tokens carry the time of day, so the clock goes on with it.
    pub fn advance(&mut self, by: TimeDelta) {
        self.ahead += by;
        self.clock.set(SystemClock.now() + self.ahead);
    }

    pub fn go(&mut self, path: &str) -> Seen {
        self.advance(TimeDelta::zero());
        let to = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        Seen::of(self.browser.order(&json!({"do": "go", "to": to})))
    }

    /// Opens a file that is meant for one person alone, and may hold the number.
    pub fn open_for_person(&mut self, file: &std::path::Path) -> Seen {
        Seen(self.browser.order(&json!({"do": "go", "to": format!("file://{}", file.display())})))
    }

    pub fn click(&mut self, what: &str) -> Seen {
        self.advance(TimeDelta::zero());
        Seen::of(self.browser.order(&json!({"do": "click", "what": what})))
    }

    /// Fills in fields by their names, whatever they are.
    pub fn set(&mut self, fields: &[(&str, &str)]) {
        for (name, value) in fields {
            self.browser.order(&json!({"do": "set", "name": name, "value": value}));
        }
    }

    /// Sends the form of the page, as its first button does.
    pub fn send(&mut self) -> Seen {
        self.click("main form[method=post] button[type=submit]")
    }

    /// Logs out whoever is, and somebody else in.
    pub fn now(&mut self, who: &str) -> Seen {
        self.browser.order(&json!({"do": "forget"}));
        self.log_in(who)
    }

    /// What is wrong with the page that is shown, for people and by the pages' own policy.
    pub fn judge(&mut self) -> Vec<String> {
        let told = self.browser.order(&json!({"do": "judge"}));
        let lines = |name: &str| -> Vec<String> {
            told[name].as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let forbidden = lines("complaints").into_iter().filter(|text| text.contains("Security Policy"));
        lines("found").into_iter().chain(forbidden).collect()
    }

    /// Draws the page into a file where `SUS_PICTURES` names a folder: wide, narrow and printed.
    pub fn picture(&mut self, name: &str) {
        let Some(folder) = pictures() else { return };
        for (kind, width, media) in [("wide", 1280, "screen"), ("narrow", 360, "screen"), ("print", 800, "print")] {
            let to = folder.join(format!("{name}-{kind}.png"));
            self.browser.order(&json!({"do": "picture", "to": to, "width": width, "media": media}));
        }
    }

    pub fn post(&mut self, path: &str, fields: &Value) -> Value {
        let to = format!("{}{path}", self.base);
        let told = self.browser.order(&json!({"do": "post", "to": to, "fields": fields}));
        leaks::none_in(|| format!("what {to} answered"), told.to_string().as_bytes());
        told
    }

    pub fn cookie(&mut self, name: &str, value: &str) {
        let url = self.base.clone();
        self.browser.order(&json!({"do": "cookie", "name": name, "value": value, "url": url}));
    }

    /// From the start page to the provider, where somebody says who they are, and back; what is seen then.
    pub fn log_in(&mut self, who: &str) -> Seen {
        self.go("/");
        self.click("a.login");
        self.at_provider(who)
    }

    pub fn at_provider(&mut self, who: &str) -> Seen {
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
pub struct Seen(pub Value);

impl Seen {
    fn of(told: Value) -> Self {
        let html = told["html"].as_str().unwrap_or_default();
        let mut beside = told.clone();
        beside["html"] = json!(leaks::without_typed(html, &["participant.personnummer".to_owned()]));
        leaks::none_in(|| format!("the page {html} at {}", told["visited"]), beside.to_string().as_bytes());
        Self(told)
    }

    pub fn url(&self) -> &str {
        self.0["url"].as_str().unwrap()
    }

    pub fn shows(&self, text: &str) -> bool {
        self.0["text"].as_str().unwrap().contains(text)
    }

    pub fn html(&self) -> &str {
        self.0["html"].as_str().unwrap()
    }

    pub fn cookie(&self, name: &str) -> Option<&Value> {
        self.0["cookies"].as_array().unwrap().iter().find(|cookie| cookie["name"] == name)
    }

    pub fn value(&self, name: &str) -> String {
        self.cookie(name).unwrap()["value"].as_str().unwrap().to_owned()
    }

    /// The last address of this kind that the browser went through.
    pub fn visited(&self, part: &str) -> String {
        let mut all = self.0["visited"].as_array().unwrap().iter().filter_map(Value::as_str);
        all.rfind(|url| url.contains(part)).unwrap().to_owned()
    }

    /// What the pages' own policy forbade.
    pub fn forbidden(&self) -> Vec<&str> {
        let all = self.0["complaints"].as_array().unwrap().iter().filter_map(Value::as_str);
        all.filter(|text| text.contains("Security Policy")).collect()
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever wants pictures says so by the environment")]
fn pictures() -> Option<std::path::PathBuf> {
    std::env::var_os("SUS_PICTURES").map(std::path::PathBuf::from)
}
