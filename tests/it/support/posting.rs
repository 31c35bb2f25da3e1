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
use sus::registrations::job::{Actor, Job, Outcome, Post, Refusal, Rendered};
use sus::registrations::service::Service;
use sus::registrations::wire::{self, Kind};
use sus::storage::access::Scope;

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

/// FK's system.
pub fn fk_system() -> Caller {
    Caller {
        client: ClientId::parse("fk-system").unwrap(),
        agency: Some(Agency::Fk),
        roles: [Role::System].into(),
        handler: None,
    }
}

/// Posts registrations as FK's system, none of them depending on the others.
pub fn post(service: &Arc<Service>, bodies: Vec<Value>) -> Result<Outcome, Refusal> {
    let posts = bodies
        .iter()
        .map(|body| Post { item: wire::registration(body, service.reading()), fingerprint: service.fingerprint(body) })
        .collect();
    submit(service, posts, Action::CreateRegistrations, None)
}

/// Imports lines as a file of them would be, and returns what was refused.
pub fn import_lines(service: &Arc<Service>, lines: &[Value]) -> (Summary, String) {
    let text: String = lines.iter().map(|l| format!("{l}\n")).collect();
    let mut refused = Vec::new();
    let client = ClientId::parse("import").unwrap();
    let summary = import(service, &client, Cursor::new(text), &mut refused, &mut |_, _| {}).unwrap();
    (summary, String::from_utf8(refused).unwrap())
}

/// Posts a change of handläggare with If-Match.
pub fn post_with(
    service: &Arc<Service>,
    case: CaseId,
    if_match: Option<i64>,
    body: &Value,
) -> Result<Outcome, Refusal> {
    let item = wire::on_case(body, Kind::Handlers, case, service.reading());
    let post = Post { item, fingerprint: service.fingerprint(body) };
    submit(service, vec![post], Action::ChangeHandlers, if_match)
}

fn submit(service: &Arc<Service>, posts: Vec<Post>, action: Action, if_match: Option<i64>) -> Result<Outcome, Refusal> {
    let told: Arc<Mutex<Option<Outcome>>> = Arc::default();
    let teller = Arc::clone(&told);
    let caller = fk_system();
    let scope = Scope {
        client: caller.client.to_string(),
        agency: Some("FK".to_owned()),
        handler: None,
        action: action.code(),
        trace: None,
        at: 0,
    };
    service.submit_and_wait(Job {
        actor: Actor::Caller(Arc::new(caller)),
        action,
        posts,
        atomic: false,
        dry_run: false,
        if_match,
        idempotency: None,
        render: Arc::new(move |outcome| {
            *teller.lock().unwrap() = Some(outcome.clone());
            Rendered { status: 200, headers: Vec::new(), body: String::new() }
        }),
        scope,
    })?;
    let outcome = told.lock().unwrap().take();
    Ok(outcome.unwrap())
}
