//! What keeping something of one's own (not of a case) takes: one transaction, and the same answer again for the same
//! key.

use actix_web::web;
use serde_json::json;

use super::App;
use crate::auth::{Caller, same_secret};
use crate::registrations::{Refusal, Rendered, Service};
use crate::storage::receipts::{self, NO_CASE, Receipt};
use crate::storage::{Link, StorageError};

/// Whose request, by which key, with which content.
pub struct Once {
    /// The client; keys are per client.
    pub client: String,
    /// The Idempotency-Key and the fingerprint of the content.
    pub key: Option<(String, Vec<u8>)>,
    /// What to lock meanwhile beside the key.
    pub lock: Option<Vec<u8>>,
}

impl Once {
    /// A caller's, by a key with the fingerprint of the content. What one person was answered is not for another of the same
    /// client.
    #[must_use]
    pub fn of(app: &App, caller: &Caller, key: Option<(String, Vec<u8>)>) -> Self {
        let key = key.map(|(key, fingerprint)| (key, of_person(&app.service, caller, fingerprint)));
        Self { client: caller.client.to_string(), key, lock: None }
    }
}

/// The fingerprint of what a person sent: the same of another person of the client is another.
#[must_use]
pub fn of_person(service: &Service, caller: &Caller, fingerprint: Vec<u8>) -> Vec<u8> {
    match &caller.handler {
        Some(handler) => service.fingerprint(&json!([handler.to_string(), fingerprint])),
        None => fingerprint,
    }
}

/// What was answered to the key before, if anything was.
///
/// # Errors
/// When the key was used with other content, or the answer has gone with somebody's identity.
pub fn answered(link: &mut Link<'_>, Once { client, key, .. }: &Once) -> Result<Option<Rendered>, Refusal> {
    let Some((key, fingerprint)) = key else { return Ok(None) };
    let Some(kept) = receipts::find(link, &[(client.clone(), key.clone())])?.pop() else { return Ok(None) };
    if !same_secret(&kept.fingerprint, fingerprint) {
        return Err(Refusal::KeyReused);
    }
    let body = kept.body.ok_or(Refusal::Erased)?;
    let headers = serde_json::from_str(&kept.headers).unwrap_or_default();
    Ok(Some(Rendered { status: u16::try_from(kept.status).unwrap_or(200), headers, body }))
}

/// Writes in one transaction, once for each key.
///
/// # Errors
/// What `write` said, or that the key was used with other content.
pub async fn keep<E: From<Refusal> + From<StorageError> + Send + 'static>(
    app: &web::Data<App>,
    once: Once,
    write: impl FnOnce(&mut Link<'_>, &App) -> Result<Rendered, E> + Send + 'static,
) -> Result<Rendered, E> {
    let app = app.clone();
    let done =
        web::block(move || app.service.db.connect()?.link().written(|link| in_transaction(link, &app, once, write)));
    done.await.map_err(|_| Refusal::Busy)?
}

fn in_transaction<E: From<Refusal> + From<StorageError>>(
    link: &mut Link<'_>,
    app: &App,
    once: Once,
    write: impl FnOnce(&mut Link<'_>, &App) -> Result<Rendered, E>,
) -> Result<Rendered, E> {
    let keyed = once.key.as_ref().map(|(key, _)| format!("{} {key}", once.client));
    let keyed = keyed.map(|key| app.service.vault.fingerprint(key.as_bytes()));
    link.lock_keys(&keyed.into_iter().chain(once.lock.clone()).collect::<Vec<_>>())?;
    if let Some(rendered) = answered(link, &once)? {
        return Ok(rendered);
    }
    let Some((key, fingerprint)) = once.key else { return write(link, app) };
    let rendered = write(link, app)?;
    let row = Receipt {
        client: once.client,
        idempotency_key: key,
        fingerprint,
        status: i16::try_from(rendered.status).unwrap_or(200),
        headers: serde_json::to_string(&rendered.headers).unwrap_or_default(),
        body: Some(rendered.body.clone()),
        case_number: Some(NO_CASE),
        created: app.now().timestamp_micros(),
    };
    receipts::insert(link, &[row], &[])?;
    Ok(rendered)
}
