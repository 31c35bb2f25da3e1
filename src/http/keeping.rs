//! What POSTs that keep something of their own (not of a case) have in common: one transaction, and the same answer
//! again for the same Idempotency-Key.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::same_secret;
use crate::registrations::Rendered;
use crate::storage::Link;
use crate::storage::receipts::{self, Receipt};

/// A receipt that tells of no case: no erasure empties it. Cases are numbered from 1.
const NO_CASE: i64 = 0;

/// Whose request, by which key, with which content.
pub struct Once {
    /// The client; keys are per client.
    pub client: String,
    /// The Idempotency-Key and the fingerprint of the content.
    pub key: Option<(String, Vec<u8>)>,
    /// What to lock meanwhile beside the key.
    pub lock: Option<Vec<u8>>,
}

/// Writes in one transaction, once for each key, and answers.
///
/// # Errors
/// What `write` said, or that the key was used with other content.
pub async fn keep(
    app: &web::Data<App>,
    once: Once,
    write: impl FnOnce(&mut Link<'_>, &App) -> Result<Rendered, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let app = app.clone();
    let done = web::block(move || {
        let mut connection = app.service.db.connect()?;
        let mut link = connection.link();
        link.begin_write()?;
        match in_transaction(&mut link, &app, once, write) {
            Ok(rendered) => {
                link.run("COMMIT")?;
                Ok(rendered)
            }
            Err(problem) => {
                link.run("ROLLBACK")?;
                Err(problem)
            }
        }
    });
    let rendered: Rendered = done.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let status = StatusCode::from_u16(rendered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    for (name, value) in &rendered.headers {
        answer.insert_header((name.as_str(), value.as_str()));
    }
    Ok(answer.body(rendered.body))
}

fn in_transaction(
    link: &mut Link<'_>,
    app: &App,
    Once { client, key, lock }: Once,
    write: impl FnOnce(&mut Link<'_>, &App) -> Result<Rendered, Problem>,
) -> Result<Rendered, Problem> {
    let keyed = key.as_ref().map(|(key, _)| app.service.vault.fingerprint(format!("{client} {key}").as_bytes()));
    link.lock_keys(&keyed.into_iter().chain(lock).collect::<Vec<_>>())?;
    let Some((key, fingerprint)) = key else { return write(link, app) };
    if let Some(kept) = receipts::find(link, &[(client.clone(), key.clone())])?.pop() {
        if !same_secret(&kept.fingerprint, &fingerprint) {
            return Err(Problem::new(Kind::NyckelAteranvand));
        }
        let body = kept.body.ok_or_else(|| Problem::new(Kind::Borttaget))?;
        let headers = serde_json::from_str(&kept.headers).unwrap_or_default();
        return Ok(Rendered { status: u16::try_from(kept.status).unwrap_or(200), headers, body });
    }
    let rendered = write(link, app)?;
    let row = Receipt {
        client,
        idempotency_key: key,
        fingerprint,
        status: i16::try_from(rendered.status).unwrap_or(200),
        headers: serde_json::to_string(&rendered.headers).unwrap_or_default(),
        body: Some(rendered.body.clone()),
        case_number: Some(NO_CASE),
        created: app.now().timestamp_micros(),
    };
    receipts::insert(link, &[row])?;
    Ok(rendered)
}
