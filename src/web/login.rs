//! Logging in and out: to the provider and back, a new session under a new secret, and its end.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};

use super::form::{Sent, checked};
use super::page::{Frame, Message, query};
use super::texts::Texts;
use super::visitor::{Visitor, attempt_cookie_name, cookie, in_database, no_cookie, session_cookie_name};
use crate::app::App;
use crate::auth::login::{Answer, Attempt, LoginError, PATIENCE};
use crate::auth::sessions::{self, Secret};
use crate::auth::{AuthError, Caller, sealed};

/// `GET /login`: sends the browser to the provider, with a sealed cookie that its answer must come back with.
pub async fn begin(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let mut asked = query(&request);
    let (named, lang) = (asked.remove("with"), asked.remove("lang"));
    let asking = app.clone();
    let begun = web::block(move || {
        let logins = asking.logins.as_ref()?;
        let login = logins.named(named.as_deref())?;
        let issuer = asking.verifier.issuer(login.issuer)?;
        let now = asking.now();
        if issuer.keys.endpoints().is_none() {
            asking.verifier.refresh(login.issuer, now);
        }
        let mut random = [0; 96];
        asking.fill(&mut random);
        let begun = login.begin(issuer, &asking.redirect(), &random, now);
        Some(begun.map(|(address, mut attempt)| {
            attempt.lang = lang.filter(|lang| is_known(lang));
            (address, attempt)
        }))
    });
    let (address, attempt) = match begun.await {
        Ok(Some(Ok(begun))) => begun,
        Ok(Some(Err(error))) => return refused(&app, &request, error),
        // Several logins and none of them named: the start page shows them.
        Ok(None) => return to("/").finish(),
        Err(_) => return Message::busy(&app, Frame::of(&app, &request)),
    };
    let mut nonce = [0; 24];
    app.fill(&mut nonce);
    let key = app.service.vault.login_secret();
    let kept = serde_json::to_vec(&attempt).ok().and_then(|bytes| sealed::seal(&key, nonce, &bytes));
    let Some(kept) = kept else { return refused(&app, &request, LoginError::Provider) };
    let mut cookie = cookie(&app, attempt_cookie_name(&app), kept);
    cookie.set_max_age(actix_web::cookie::time::Duration::seconds(PATIENCE.num_seconds()));
    to(&address).cookie(cookie).finish()
}

/// `GET /login/callback`: the provider's answer, good once and only in the browser where the attempt began.
pub async fn finish(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let mut told = match answered(&app, &request).await {
        Ok((caller, attempt)) => begin_session(&app, &request, &caller, &attempt).await,
        Err(error) => refused(&app, &request, error),
    };
    if told.add_cookie(&no_cookie(&app, attempt_cookie_name(&app))).is_err() {
        log::warn!("a cookie could not be taken away");
    }
    told
}

async fn answered(app: &web::Data<App>, request: &HttpRequest) -> Result<(Caller, Attempt), LoginError> {
    let answer = web::Query::<Answer>::from_query(request.query_string()).map_err(|_| LoginError::NoAttempt)?;
    let kept = request.cookie(attempt_cookie_name(app)).ok_or(LoginError::NoAttempt)?;
    let attempt = sealed::open(&app.service.vault.login_secret(), kept.value());
    let attempt: Option<Attempt> = attempt.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let now = app.now();
    let attempt = attempt.filter(|attempt| attempt.is_answered_by(&answer, now)).ok_or(LoginError::NoAttempt)?;
    let (asking, state) = (app.clone(), attempt.state.clone());
    let unused = in_database(move || {
        let mut connection = asking.service.db.read()?;
        sessions::use_attempt(&mut connection.link(), &state, now)
    });
    if !unused.await.map_err(|_| LoginError::Provider)? {
        return Err(LoginError::NoAttempt);
    }
    let (asking, proof_id) = (app.clone(), app.new_id().to_string());
    let finished = web::block(move || {
        let logins = asking.logins.as_ref().ok_or(LoginError::NoAttempt)?;
        let redirect = asking.redirect();
        let caller = logins.finish(&attempt, &answer, &asking.verifier, &redirect, &proof_id, asking.now())?;
        Ok((caller, attempt))
    });
    finished.await.map_err(|_| LoginError::Provider)?
}

/// Under a new secret, whatever cookie the browser came with; an older session of it ends.
async fn begin_session(
    app: &web::Data<App>,
    request: &HttpRequest,
    caller: &Caller,
    attempt: &Attempt,
) -> HttpResponse {
    let mut random = [0; 32];
    app.fill(&mut random);
    let secret = Secret::new(random);
    let older = request.cookie(session_cookie_name(app)).and_then(|cookie| Secret::parse(cookie.value()));
    let value = secret.text();
    let (asking, caller, login) = (app.clone(), caller.clone(), attempt.login.clone());
    let begun = in_database(move || {
        let limits = asking.logins.as_ref().map(|logins| logins.limits).unwrap_or_default();
        let mut connection = asking.service.db.read()?;
        let mut link = connection.link();
        if let Some(older) = older {
            sessions::end(&mut link, &older)?;
        }
        sessions::begin(&mut link, &secret, &login, &caller, limits, asking.now())
    });
    match begun.await {
        Ok(()) => {
            log::info!("login {}: a session began", attempt.login);
            let start = attempt.lang.as_deref().filter(|lang| is_known(lang)).map(|lang| format!("/?lang={lang}"));
            to(start.as_deref().unwrap_or("/")).cookie(cookie(app, session_cookie_name(app), value)).finish()
        }
        Err(_) => Message::busy(app, Frame::of(app, request)),
    }
}

/// `POST /logout`: ends the session here, and then at the provider where it can.
pub async fn end(app: web::Data<App>, request: HttpRequest, form: Sent) -> HttpResponse {
    let person = match Visitor::of(&app, &request).await {
        Ok(Visitor::Person(person)) => person,
        Ok(Visitor::Nobody | Visitor::Ended) => return to("/?message=expired").finish(),
        Err(_) => return Message::busy(&app, Frame::of(&app, &request)),
    };
    let login = person.session.login.clone();
    let Some(fields) = checked(form, &person) else {
        return Message::bad_form(&app, Frame::for_person(&app, &request, &person));
    };
    let asking = app.clone();
    let ended = in_database(move || {
        let mut connection = asking.service.db.read()?;
        sessions::end(&mut connection.link(), &person.secret)
    });
    if ended.await.is_err() {
        return Message::busy(&app, Frame::of(&app, &request));
    }
    // The provider sends people back to this address only, without their language.
    let here = "/?message=logged-out";
    let there = app.logins.as_ref().and_then(|logins| logins.named(Some(&login))).and_then(|login| {
        login.end_session(app.verifier.issuer(login.issuer)?, &format!("{}{here}", app.config.public_url))
    });
    let lang = fields.one("lang").filter(|lang| is_known(lang)).unwrap_or("sv");
    to(&there.unwrap_or_else(|| format!("{here}&lang={lang}")))
        .cookie(no_cookie(&app, session_cookie_name(&app)))
        .finish()
}

/// A language that pages have.
fn is_known(lang: &str) -> bool {
    matches!(lang, "sv" | "en")
}

/// Somewhere else, by GET.
fn to(address: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((LOCATION, address)).insert_header((CACHE_CONTROL, "no-store"));
    answer
}

fn refused(app: &App, request: &HttpRequest, error: LoginError) -> HttpResponse {
    let status = match error {
        LoginError::NoAttempt => StatusCode::BAD_REQUEST,
        LoginError::Refused | LoginError::Caller(_) => StatusCode::FORBIDDEN,
        LoginError::Provider => StatusCode::BAD_GATEWAY,
    };
    Message::answer(app, Frame::of(app, request), status, |t| says(t, error))
}

fn says(t: &'static Texts, error: LoginError) -> (&'static str, &'static str) {
    match error {
        LoginError::NoAttempt => (t.no_attempt, t.no_attempt_why),
        LoginError::Refused => (t.refused, t.refused_why),
        LoginError::Provider => (t.provider, t.provider_why),
        LoginError::Caller(AuthError::IncompatibleRoles) => (t.incompatible, t.incompatible_why),
        LoginError::Caller(AuthError::IncompleteRole) => (t.incomplete, t.incomplete_why),
        LoginError::Caller(_) => (t.not_let_in, t.not_let_in_why),
    }
}
