//! Posting as an agency's system does, without HTTP.

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sus::auth::Caller;
use sus::auth::policy::Action;
use sus::domain::code::{CaseId, ClientId};
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::registrations::import::{Summary, import};
use sus::registrations::job::{Actor, Answered, Idempotency, Job, Outcome, Post, Refusal, Render, Rendered};
use sus::registrations::service::Service;
use sus::registrations::wire::{self, Kind};
use sus::storage::access::Scope;

/// The number of a woman born that day, which nobody has.
pub fn number(birth: &str) -> String {
    sus::domain::person::test_number(birth.parse().unwrap(), 980).as_digits().to_owned()
}

/// A request with all that is required.
pub fn begaran(reference: &str, number: &str, date: &str) -> Value {
    json!({"caseReference": reference, "step": "begaran", "date": date,
        "participant": {"personnummer": number},
        "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"}, "municipality": "2180",
        "consent": {"obtainedOn": "2016-09-26", "obtainedBy": "FK", "office": "FK-GAVLE", "form": "gk-affk-1"}})
}

/// The next step.
pub fn gk(reference: &str, date: &str) -> Value {
    json!({"caseReference": reference, "step": "gk", "date": date})
}

/// An answer with the ids of what was registered.
fn render(outcome: &Outcome) -> Rendered {
    let made = outcome.results.iter().map(|r| r.as_ref().map_or(Value::Null, |done| json!(done.registration.0)));
    Rendered { status: 200, headers: Vec::new(), body: json!(made.collect::<Vec<_>>()).to_string() }
}

/// An agency's system.
pub fn system(agency: Agency) -> Caller {
    Caller {
        client: ClientId::parse(&format!("{}-system", agency.code().to_lowercase())).unwrap(),
        agency: Some(agency),
        roles: [Role::System].into(),
        handler: None,
    }
}

/// How something is handed in: by which agency's system, and with what asked beside it.
#[derive(Clone)]
pub struct Ask {
    agency: Agency,
    action: Action,
    atomic: bool,
    dry_run: bool,
    if_match: Option<i64>,
    key: Option<String>,
}

impl Ask {
    pub fn of(agency: Agency) -> Self {
        Self { agency, action: Action::CreateRegistrations, atomic: false, dry_run: false, if_match: None, key: None }
    }

    pub fn atomic(self) -> Self {
        Self { atomic: true, ..self }
    }

    pub fn dry_run(self) -> Self {
        Self { dry_run: true, ..self }
    }

    pub fn key(self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self }
    }

    /// Registrations, each by its body, in one job. `told` gets the outcome, unless an answer was kept.
    fn job(
        &self,
        service: &Service,
        posts: Vec<Post>,
        fingerprint: Vec<u8>,
        told: &Arc<Mutex<Option<Outcome>>>,
    ) -> Job {
        let caller = system(self.agency);
        let teller = Arc::clone(told);
        let render: Render = Arc::new(move |outcome| {
            *teller.lock().unwrap() = Some(outcome.clone());
            render(outcome)
        });
        let scope = Scope {
            client: caller.client.to_string(),
            agency: Some(self.agency.code().to_owned()),
            handler: None,
            action: self.action.code(),
            trace: None,
            at: service.clock.now().timestamp_micros(),
        };
        Job {
            actor: Actor::Caller(Arc::new(caller)),
            action: self.action,
            posts,
            atomic: self.atomic,
            dry_run: self.dry_run,
            if_match: self.if_match,
            idempotency: self.key.clone().map(|key| Idempotency { key, fingerprint, render }),
            scope,
        }
    }

    /// A job of registrations, to be handed in by the test itself.
    pub fn registrations(&self, service: &Service, bodies: &[Value]) -> (Job, Arc<Mutex<Option<Outcome>>>) {
        let posts = bodies.iter().map(|body| {
            let item = wire::registration(body, service.reading());
            Post::new(item, service.fingerprint(body))
        });
        let told: Arc<Mutex<Option<Outcome>>> = Arc::default();
        let job = self.job(service, posts.collect(), service.fingerprint(&json!(bodies)), &told);
        (job, told)
    }

    /// Hands in registrations and waits: the answer as the client gets it, and what became of each, unless the answer
    /// was kept from before.
    pub fn answer(&self, service: &Arc<Service>, bodies: &[Value]) -> Result<(Rendered, Option<Outcome>), Refusal> {
        let (job, told) = self.registrations(service, bodies);
        Ok(match service.submit_and_wait(job)? {
            Answered::Outcome(outcome) => (render(&outcome), Some(outcome)),
            Answered::Kept(rendered) => (rendered, told.lock().unwrap().take()),
        })
    }

    /// The same for what was decided now.
    pub fn post(&self, service: &Arc<Service>, bodies: &[Value]) -> Result<Outcome, Refusal> {
        Ok(self.answer(service, bodies)?.1.unwrap())
    }

    /// A job that changes a case, with If-Match when a version is given, to be handed in by the test itself.
    pub fn changing(
        &self,
        service: &Service,
        case: CaseId,
        kind: Kind,
        if_match: Option<i64>,
        body: &Value,
    ) -> (Job, Arc<Mutex<Option<Outcome>>>) {
        let action = match kind {
            Kind::Correction => Action::CorrectCase,
            Kind::Answers => Action::AnswerLate,
            Kind::OfficeChange => Action::ChangeOffices,
            Kind::Handlers => Action::ChangeHandlers,
            Kind::ConsentWithdrawal => Action::WithdrawConsent,
            Kind::Protection => Action::ProtectIdentity,
            Kind::Reference => Action::AddReference,
        };
        let item = wire::on_case(body, kind, case, service.reading());
        let post = Post::new(item, service.fingerprint(body));
        let told: Arc<Mutex<Option<Outcome>>> = Arc::default();
        let asked = Self { action, if_match, ..self.clone() };
        (asked.job(service, vec![post], service.fingerprint(body), &told), told)
    }

    /// Changes a case, and waits.
    pub fn change(
        &self,
        service: &Arc<Service>,
        case: CaseId,
        kind: Kind,
        if_match: Option<i64>,
        body: &Value,
    ) -> Result<Outcome, Refusal> {
        let (job, told) = self.changing(service, case, kind, if_match, body);
        match service.submit_and_wait(job)? {
            Answered::Outcome(outcome) => Ok(outcome),
            Answered::Kept(_) => Ok(told.lock().unwrap().take().unwrap()),
        }
    }
}

/// Posts registrations as FK's system, none of them depending on the others.
pub fn post(service: &Arc<Service>, bodies: Vec<Value>) -> Result<Outcome, Refusal> {
    Ask::of(Agency::Fk).post(service, &bodies)
}

/// Imports lines as a file of them would be, and returns what was refused.
pub fn import_lines(service: &Arc<Service>, lines: &[Value]) -> (Summary, String) {
    let text: String = lines.iter().map(|l| format!("{l}\n")).collect();
    let mut refused = Vec::new();
    let client = ClientId::parse("import").unwrap();
    let summary = import(service, &client, Cursor::new(text), &mut refused, &mut |_, _| {}).unwrap();
    (summary, String::from_utf8(refused).unwrap())
}
