//! The API as clients meet it: built as in main, asked through actix's test server, answers compared whole.

mod accesses;
mod assignments;
mod bodies;
mod cases;
mod document;
mod door;
mod exports;
mod extracts;
mod limits;
mod listener;
mod lists;
mod matrix;
mod pace;
mod policy;
mod posting;
mod report_forms;
mod reports;
mod served;
mod slow;
mod tls;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::rt::SystemRunner;
use actix_web::test::TestRequest;
use actix_web::{test, web};
use chrono::{DateTime, Utc};
use futures_util::future::{LocalBoxFuture, join_all};
use serde_json::Value;
use sus::app::App;
use sus::auth::tokens::{DevelopmentIssuer, Grant, Verifier};
use sus::chance::Generator;
use sus::clock::{Clock, ManualClock};
use sus::config::Config;
use sus::config::edge::Rates;
use sus::domain::code::{ClientId, HandlerId};
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::registrations::service::Service;
use sus::server::application;

use crate::support::words::foreign_in;
use crate::support::{Database, leaks, noon, organisation, service};

/// The trace that every request of the tests belongs to, so that whole answers can be compared.
pub const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Header fields that every answer has; tests of their own are about them.
const EVERYWHERE: [&str; 7] = [
    "content-security-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "ratelimit",
    "ratelimit-policy",
    "referrer-policy",
    "x-content-type-options",
];

/// The application over a database of its own.
pub struct Api {
    pub app: web::Data<App>,
    issuer: DevelopmentIssuer,
    /// Signing is slow without optimisation, so a token that was issued is used again.
    issued: RefCell<BTreeMap<String, String>>,
    pub clock: Arc<ManualClock>,
    system: SystemRunner,
    served: Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, ServiceResponse<BoxBody>>>,
}

/// What came back.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    headers: BTreeMap<String, String>,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Told {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Everything, ids replaced, to be compared with what the test says.
    pub fn whole(&self) -> String {
        let mut out = format!("{}\n", self.status);
        for (name, value) in &self.headers {
            if !["date", "content-length", "traceparent"].contains(&name.as_str())
                && !EVERYWHERE.contains(&name.as_str())
            {
                out += &format!("{name}: {value}\n");
            }
        }
        let body = serde_json::from_str::<Value>(&self.text)
            .map_or_else(|_| self.text.clone(), |v| serde_json::to_string_pretty(&v).unwrap());
        without_ids(&format!("{out}\n{body}"))
    }
}

/// UUIDs differ from run to run.
fn without_ids(text: &str) -> String {
    let is_id = |candidate: &str| uuid::Uuid::parse_str(candidate).is_ok();
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match rest.get(..36) {
            Some(candidate) if is_id(candidate) => {
                out.push_str("<id>");
                rest = &rest[36..];
            }
            _ => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

impl Api {
    /// Around a small register, on the day on which most tests stand.
    pub fn over(database: &Database) -> Self {
        Self::around(database, "2016-10-12", &organisation())
    }

    /// Around a register of one's own, on a day of one's own.
    pub fn around(database: &Database, day: &str, register: &Value) -> Self {
        Self::configured(database, day, register, BTreeMap::new())
    }

    /// The same with variables set.
    pub fn configured(database: &Database, day: &str, register: &Value, variables: BTreeMap<String, String>) -> Self {
        Self::built(database, noon(day), register, variables, None)
    }

    /// With tokens of other issuers than the program's own.
    pub fn checked_by(database: &Database, now: DateTime<Utc>, register: &Value, verifier: Option<Verifier>) -> Self {
        Self::built(database, now, register, BTreeMap::new(), verifier)
    }

    fn built(
        database: &Database,
        now: DateTime<Utc>,
        register: &Value,
        variables: BTreeMap<String, String>,
        verifier: Option<Verifier>,
    ) -> Self {
        let (service, clock) = service(database, now);
        service.import_organisation(register).unwrap();
        let issuer = DevelopmentIssuer::new(&[7; 32], 8).unwrap();
        // The clock stands still, so no quota ever comes back: a test that isn't about them has none.
        let limited = variables.keys().any(|name| name.starts_with("SUS_RATE_"));
        let mut config = Config::from_variables(variables).unwrap();
        if !limited {
            config.edge.rates = Rates::NONE;
        }
        config.limits.body_bytes = 20_000;
        config.limits.batch = 20;
        let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let practice = verifier.is_none();
        let app =
            App::new(service, verifier.unwrap_or_else(|| issuer.verifier()), config, shared, Generator::seeded(1));
        let app = if practice { app.for_practice() } else { app };
        let app = web::Data::new(app);
        // Wired once and asked many times, as a server is.
        let system = actix_web::rt::System::new();
        let wired = Rc::new(system.block_on(test::init_service(application(app.clone()))));
        let served = move |request: TestRequest| -> LocalBoxFuture<'static, ServiceResponse<BoxBody>> {
            let wired = Rc::clone(&wired);
            Box::pin(async move { test::call_service(&*wired, request.to_request()).await })
        };
        Self { app, issuer, issued: RefCell::default(), clock, system, served: Box::new(served) }
    }

    pub fn service(&self) -> &Arc<Service> {
        &self.app.service
    }

    /// The instant now, as the access log keeps it.
    pub fn clock_micros(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }

    pub fn token(&self, client: &str, agency: Option<Agency>, roles: &[Role], handler: Option<&str>) -> String {
        let now = self.clock.now();
        let name = format!("{client} {agency:?} {roles:?} {handler:?} {now}");
        if let Some(token) = self.issued.borrow().get(&name) {
            return token.clone();
        }
        let grant = Grant {
            client: ClientId::parse(client).unwrap(),
            agency,
            roles: roles.to_vec(),
            handler: handler.map(|h| HandlerId::parse(h).unwrap()),
        };
        let token = self.issuer.issue(&grant, now, uuid::Uuid::nil()).unwrap();
        self.issued.borrow_mut().insert(name, token.clone());
        token
    }

    /// FK's system.
    pub fn fk(&self) -> String {
        self.token("fk-system", Some(Agency::Fk), &[Role::System], None)
    }

    /// AF's system.
    pub fn af(&self) -> String {
        self.token("af-system", Some(Agency::Af), &[Role::System], None)
    }

    /// A person at FK.
    pub fn person(&self, id: &str) -> String {
        self.token("fk-web", Some(Agency::Fk), &[Role::Deltagaransvarig], Some(id))
    }

    pub fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Told {
        self.system.block_on(self.answered(method, path, headers, body))
    }

    /// The same asked so many times at the same time.
    pub fn post_at_once(&self, times: usize, path: &str, token: &str, body: &Value) -> Vec<Told> {
        let (authorization, body) = (bearer(token), body.to_string());
        let headers = [("authorization", &*authorization), ("content-type", "application/json")];
        let asked = (0..times).map(|_| self.answered(Method::POST, path, &headers, Some(&body)));
        self.system.block_on(join_all(asked))
    }

    async fn answered(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Told {
        let typed = body.map(leaks::typed_in).unwrap_or_default();
        let mut request = TestRequest::with_uri(path).method(method);
        if !headers.iter().any(|(name, _)| *name == "traceparent") {
            request = request.insert_header(("traceparent", TRACEPARENT));
        }
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        if let Some(body) = body {
            request = request.set_payload(body.to_owned());
        }
        let answer = (self.served)(request).await;
        let status = answer.status().as_u16();
        let headers: BTreeMap<String, String> =
            answer.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned())).collect();
        let bytes = test::read_body(answer).await.to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        leaks::none_in(|| format!("the header fields {headers:?} of {path}"), format!("{headers:?}").as_bytes());
        // The document shows by examples how a number is sent: by this one, which nobody has.
        let is_document = path.starts_with("/v1/openapi.");
        let answers_form = !typed.is_empty() && text.starts_with("<!DOCTYPE html>");
        let shown = match () {
            () if is_document => text.replace(ANNA, "").into_bytes(),
            () if answers_form => leaks::without_typed(&text, &typed).into_bytes(),
            () => bytes.clone(),
        };
        leaks::none_in(|| format!("the answer {text} to {path}"), &shown);
        let mixed = serde_json::from_str(&text).map(|told| foreign_in(&told)).unwrap_or_default();
        assert!(mixed.is_empty(), "one language in a sentence of the other: {mixed:?}");
        Told { status, headers, text, bytes }
    }

    pub fn get(&self, path: &str, token: &str) -> Told {
        self.call(Method::GET, path, &[("authorization", &bearer(token))], None)
    }

    pub fn get_public(&self, path: &str) -> Told {
        self.call(Method::GET, path, &[], None)
    }

    pub fn post(&self, path: &str, token: &str, body: &Value) -> Told {
        self.post_with(path, token, &[], body)
    }

    pub fn post_with(&self, path: &str, token: &str, headers: &[(&str, &str)], body: &Value) -> Told {
        let bearer = bearer(token);
        let mut all = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.call(Method::POST, path, &all, Some(&body.to_string()))
    }

    /// Opens a case and returns its address.
    pub fn opened(&self, reference: &str, number: &str) -> String {
        let told = self.post("/v1/registrations", &self.fk(), &begaran(reference, number));
        assert_eq!(told.status, 201, "{}", told.text);
        format!("/v1/cases/{}", told.json()["case"]["id"].as_str().unwrap())
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let told = self.app.metrics.as_ref().unwrap().text(None, None).unwrap();
            leaks::none_in(|| "the metrics".to_owned(), &told);
        }
    }
}

pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// A request dated 2016-10-03.
pub fn begaran(reference: &str, number: &str) -> Value {
    crate::support::posting::begaran(reference, number, "2016-10-03")
}

/// Numbers that nobody has.
pub const ANNA: &str = "198503129804";
