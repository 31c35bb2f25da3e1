//! What the API and the pages share between a request and a use case: who asks, for the access log; reading as somebody;
//! and how often somebody may ask.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{HttpRequest, web};

use super::App;
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::http::rates::{self, Class};
use crate::http::trace::Trace;
use crate::registrations::find::Reader;
use crate::registrations::job::Refusal;
use crate::storage::access::{Scope, Seen};
use crate::storage::{Link, StorageError};

/// Who asks, for the access log.
#[must_use]
pub fn scope(app: &App, request: &HttpRequest, caller: &Caller, action: Action) -> Scope {
    Scope {
        client: caller.client.to_string(),
        agency: caller.agency.map(|a| a.code().to_owned()),
        handler: caller.handler.as_ref().map(ToString::to_string),
        action: action.code(),
        trace: Trace::of(request),
        at: app.now().timestamp_micros(),
    }
}

/// Why nothing can be shown.
#[derive(Debug)]
pub enum Unread {
    /// No thread was free.
    NoThread,
    /// The database failed.
    Storage(StorageError),
    /// What would have been shown could not be written in the access log.
    Unlogged(Refusal),
}

/// Reads in the database, away from the threads that answer, as a caller within reach. What was read is given back when
/// the access log says durably what it shows.
///
/// # Errors
/// What `read` said, that the database failed, or that too much waits to be written.
pub async fn reading<T: Send + 'static>(
    app: &web::Data<App>,
    scope: Scope,
    caller: Arc<Caller>,
    read: impl FnOnce(&Reader<'_>, &mut Link<'_>, &App) -> Result<T, StorageError> + Send + 'static,
) -> Result<T, Unread> {
    let reading = app.clone();
    let done = web::block(move || {
        let service = &reading.service;
        let mut connection = service.db.read()?;
        let mut link = connection.link();
        let organisation = service.registers.current(&mut link)?;
        let reader = Reader { caller: &caller, organisation, today: service.today(), seen: Seen::by(scope) };
        let value = read(&reader, &mut link, &reading)?;
        Ok::<_, StorageError>((value, reader.seen.into_entries()))
    });
    let (value, entries) = done.await.map_err(|_| Unread::NoThread)?.map_err(Unread::Storage)?;
    // The connection is free again for others while the row is being made durable.
    app.service.log(entries).await.map_err(Unread::Unlogged)?;
    Ok(value)
}

/// Counts that a caller asks for a page, by the same quotas as the API's operations.
///
/// # Errors
/// When it was asked too often.
pub fn counted(app: &App, caller: &Caller, action: Action, method: &Method) -> Result<(), TooOften> {
    let class = Class::of_action(action, *method == Method::GET || *method == Method::HEAD, false);
    app.rates.ask(class, &rates::name(caller)).map(|_| ()).map_err(|_| TooOften)
}

/// A caller's quota is used up for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOften;
