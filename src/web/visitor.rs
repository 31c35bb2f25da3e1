//! Who looks at a page: the session of the request's cookie. Every page asks here, and nowhere else.

use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, web};

use crate::app::App;
use crate::auth::sessions::{self, Secret, Session};
use crate::domain::organisation::{Handler, Organisation};
use crate::storage::StorageError;

/// Who looks.
pub enum Visitor {
    /// Somebody who isn't logged in.
    Nobody,
    /// Somebody whose session has ended, or whose cookie is none of ours.
    Ended,
    /// Somebody who is logged in.
    Person(Box<Person>),
}

/// Somebody who is logged in, with the secret of the session and the registers as they are.
pub struct Person {
    /// Who, and until when.
    pub session: Session,
    /// Of which forms' tokens are made.
    pub secret: Secret,
    /// The registers, which know people's names and assignments.
    pub organisation: Arc<Organisation>,
}

impl Person {
    /// What the register knows of the person.
    #[must_use]
    pub fn known(&self) -> Option<&Handler> {
        let caller = &self.session.caller;
        let known = caller.handler.as_ref().and_then(|id| self.organisation.handlers.get(id));
        known.filter(|handler| Some(handler.agency) == caller.agency)
    }

    /// The name, else the id, else the client that was logged in with.
    #[must_use]
    pub fn name(&self) -> String {
        let caller = &self.session.caller;
        match (self.known(), &caller.handler) {
            (Some(known), _) => known.name.clone(),
            (None, Some(id)) => id.to_string(),
            (None, None) => caller.client.to_string(),
        }
    }
}

impl Visitor {
    /// Of a request. A session is used by this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &web::Data<App>, request: &HttpRequest) -> Result<Self, StorageError> {
        let Some(cookie) = request.cookie(session_cookie_name(app)) else { return Ok(Self::Nobody) };
        if app.logins.is_none() && !app.practice {
            return Ok(Self::Nobody);
        }
        let Some(secret) = Secret::parse(cookie.value()) else { return Ok(Self::Ended) };
        let limits = app.logins.as_ref().map(|logins| logins.limits).unwrap_or_default();
        let (now, asking, given) = (app.now(), app.clone(), secret.clone());
        let found = in_database(move || {
            let mut connection = asking.service.db.read()?;
            let mut link = connection.link();
            let session = sessions::resume(&mut link, &given, limits, now)?;
            session.map(|session| Ok((session, asking.service.registers.current(&mut link)?))).transpose()
        });
        Ok(match found.await? {
            Some((session, organisation)) => Self::Person(Box::new(Person { session, secret, organisation })),
            None => Self::Ended,
        })
    }
}

/// Asks the database on a thread that may wait.
///
/// # Errors
/// When the database fails, or no thread is free.
pub async fn in_database<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    let busy = || StorageError::Unavailable("no thread is free".to_owned());
    let asked = web::block(ask).await.map_err(|_| busy())?;
    asked.inspect_err(|error| log::error!("storage: {error}"))
}

/// `__Host-` makes browsers hold the cookie to this host, this scheme and the whole of it; they refuse it without TLS.
#[must_use]
pub fn session_cookie_name(app: &App) -> &'static str {
    if app.is_secure() { "__Host-sus" } else { "sus" }
}

/// The same for the cookie that keeps an attempt to log in.
#[must_use]
pub fn attempt_cookie_name(app: &App) -> &'static str {
    if app.is_secure() { "__Host-sus-login" } else { "sus-login" }
}

/// A cookie that no script reads and no other site's form brings along. Gone when the browser closes.
#[must_use]
pub fn cookie(app: &App, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value).path("/").http_only(true).secure(app.is_secure()).same_site(SameSite::Lax).finish()
}

/// Takes a cookie away.
#[must_use]
pub fn no_cookie(app: &App, name: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(app, name, String::new());
    cookie.make_removal();
    cookie
}
