//! Handing what a form says to the writer, and what comes back: as a client of the API would, with the version that the form
//! was made from and a key that makes it harmless to send it twice.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::auth::policy::Action;
use crate::domain::finding::Findings;
use crate::registrations::job::{Answered, Post, Refusal, Rendered};
use crate::registrations::wire::Item;
use crate::registrations::{Done, Idempotency, Outcome};
use crate::web::door::Visit;

/// What came of a form.
pub enum Handed {
    /// Registered, now or when the same form was sent before: where to go.
    Registered(String),
    /// Nothing was registered, since rules were broken.
    Refused(Findings),
    /// The case has changed since the form was made.
    Stale,
    /// The form was registered before, with other content.
    SentBefore,
    /// The case isn't there, or isn't theirs to know of.
    NotFound,
    /// The role isn't enough.
    Forbidden,
    /// Not now: nothing was registered.
    Busy,
}

/// What a form hands over.
pub struct Handing {
    /// By which right.
    pub action: Action,
    /// What was read of the body.
    pub item: Item,
    /// The body, with the form's address, as the same form is told by.
    pub body: Value,
    /// The version of the case that the form was made from.
    pub version: Option<i64>,
    /// The form's own key.
    pub key: String,
}

/// Registers.
pub async fn hand_over(visit: &Visit, handing: Handing) -> Handed {
    let Handing { action, item, body, version, key } = handing;
    let fingerprint = visit.app.service.fingerprint(&json!([action.code(), "form", body]));
    let seen: Arc<Mutex<Option<Findings>>> = Arc::default();
    let told = Arc::clone(&seen);
    let render = Arc::new(move |outcome: &Outcome| match outcome.results.first() {
        Some(Ok(done)) => {
            let headers = vec![("location".to_owned(), registered(done))];
            Rendered { status: 303, headers, body: String::new() }
        }
        refused => {
            let findings = refused.and_then(|result| result.as_ref().err()).cloned().unwrap_or_default();
            *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(findings);
            Rendered { status: 422, headers: Vec::new(), body: String::new() }
        }
    });
    let idempotency = Idempotency { key, fingerprint: fingerprint.clone(), render };
    let post = || Post::new(Ok(item.clone()), fingerprint.clone());
    match visit.submit(action, post(), version, Some(idempotency), false).await {
        Ok(Answered::Kept(rendered)) => match rendered.headers.into_iter().find(|(name, _)| name == "location") {
            Some((_, address)) => Handed::Registered(address),
            None => {
                let findings = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
                match findings {
                    Some(findings) => Handed::Refused(findings),
                    // The same form, sent twice at once, was refused for the other of the two.
                    None => tried(try_out(visit, action, post(), version).await),
                }
            }
        },
        Ok(Answered::Outcome(_)) => Handed::Busy,
        Err(refusal) => refused(refusal),
    }
}

fn tried(tried: Result<Done, Handed>) -> Handed {
    match tried {
        Err(handed) => handed,
        Ok(_) => Handed::Busy,
    }
}

/// What would come of it, without registering anything. It tells what a search would, and is logged as one.
///
/// # Errors
/// Why nothing would be registered.
pub async fn try_out(visit: &Visit, action: Action, post: Post, version: Option<i64>) -> Result<Done, Handed> {
    match visit.submit(action, post, version, None, true).await {
        Ok(Answered::Outcome(outcome)) => match outcome.results.into_iter().next() {
            Some(Ok(done)) => Ok(done),
            Some(Err(findings)) => Err(Handed::Refused(findings)),
            None => Err(Handed::Busy),
        },
        Ok(Answered::Kept(_)) => Err(Handed::Busy),
        Err(refusal) => Err(refused(refusal)),
    }
}

/// The case, where its page tells what was registered.
fn registered(done: &Done) -> String {
    format!("/arenden/{}?registered={}", done.case_id(), done.registration)
}

fn refused(refusal: Refusal) -> Handed {
    match refusal {
        Refusal::Stale(_) => Handed::Stale,
        Refusal::KeyReused => Handed::SentBefore,
        // What the form registered has been erased since.
        Refusal::NotFound | Refusal::Erased => Handed::NotFound,
        Refusal::Forbidden => Handed::Forbidden,
        Refusal::Busy | Refusal::Stopping => Handed::Busy,
        Refusal::Storage(error) => {
            log::error!("storage: {error}");
            Handed::Busy
        }
    }
}

/// A key for one form: nobody can guess it, and no two are the same.
pub fn new_key(visit: &Visit) -> String {
    let mut bytes = [0; 16];
    visit.app.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
