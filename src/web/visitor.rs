//! Who looks at a page: the session of the request's cookie. Every page asks here, and nowhere else.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, web};

use crate::app::App;
use crate::auth::sessions::{self, Secret, Session};
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

/// Somebody who is logged in, with the secret of the session.
pub struct Person {
    /// Who, and until when.
    pub session: Session,
    /// Of which forms' tokens are made.
    pub secret: Secret,
}

impl Visitor {
    /// Of a request. A session is used by this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &web::Data<App>, request: &HttpRequest) -> Result<Self, StorageError> {
        let (Some(logins), Some(cookie)) = (&app.logins, request.cookie(session_cookie_name(app))) else {
            return Ok(Self::Nobody);
        };
        let Some(secret) = Secret::parse(cookie.value()) else { return Ok(Self::Ended) };
        let (limits, now, asking, given) = (logins.limits, app.now(), app.clone(), secret.clone());
        let found = in_database(move || {
            let mut connection = asking.service.db.read()?;
            sessions::resume(&mut connection.link(), &given, limits, now)
        });
        Ok(match found.await? {
            Some(session) => Self::Person(Box::new(Person { session, secret })),
            None => Self::Ended,
        })
    }
}

/// Asks the database on a thread that may wait.
pub async fn in_database<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    let busy = || StorageError::Unavailable("no thread is free".to_owned());
    let asked = web::block(ask).await.map_err(|_| busy())?;
    asked.inspect_err(|error| log::error!("storage: {error}"))
}

/// `__Host-` makes browsers hold the cookie to this host, this scheme and the whole of it; they refuse it without TLS.
pub fn session_cookie_name(app: &App) -> &'static str {
    if app.is_secure() { "__Host-sus" } else { "sus" }
}

/// The same for the cookie that keeps an attempt to log in.
pub fn attempt_cookie_name(app: &App) -> &'static str {
    if app.is_secure() { "__Host-sus-login" } else { "sus-login" }
}

/// A cookie that no script reads and no other site's form brings along. Gone when the browser closes.
pub fn cookie(app: &App, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value).path("/").http_only(true).secure(app.is_secure()).same_site(SameSite::Lax).finish()
}

/// Takes a cookie away.
pub fn no_cookie(app: &App, name: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(app, name, String::new());
    cookie.make_removal();
    cookie
}
