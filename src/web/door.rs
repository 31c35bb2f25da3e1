//! The door that pages stand behind: who comes, by which right, how often; and what a page then asks for.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::form::{Fields, Sent, checked};
use super::page::{Frame, Message};
use super::visitor::{Person, Visitor};
use crate::app::App;
use crate::app::asking::{self, Unread};
use crate::auth::Caller;
use crate::auth::policy::{self, Action};
use crate::domain::organisation::Organisation;
use crate::registrations::find::Reader;
use crate::registrations::job::{Answer, Post};
use crate::registrations::{Actor, Idempotency, Job};
use crate::storage::{Link, StorageError};

/// Somebody who is logged in and whose role allows what the page is for.
pub struct Visit {
    /// The application.
    pub app: web::Data<App>,
    /// What was asked for.
    pub request: HttpRequest,
    /// What the layout shows.
    pub frame: Frame,
    /// Who.
    pub caller: Arc<Caller>,
    /// The registers as they were when the page was asked for.
    pub organisation: Arc<Organisation>,
}

/// Lets somebody in, or gives the answer to give instead: to the start page for whoever isn't logged in, 403 for whose
/// role isn't enough, 429 for who has come too often.
///
/// # Errors
/// The answer to give.
pub async fn enter(app: &web::Data<App>, request: &HttpRequest, action: Action) -> Result<Visit, HttpResponse> {
    let person = person(app, request).await?;
    admit(app, request, action, *person).map_err(|answer| *answer)
}

fn admit(
    app: &web::Data<App>,
    request: &HttpRequest,
    action: Action,
    person: Person,
) -> Result<Visit, Box<HttpResponse>> {
    let visit = visit(app, request, person);
    if !policy::role_allows(&visit.caller, action) {
        return Err(Box::new(Message::forbidden(app, visit.frame)));
    }
    if asking::counted(app, &visit.caller, action, request.method()).is_err() {
        let says = |t: &'static super::texts::Texts| (t.too_often, t.too_often_why);
        return Err(Box::new(Message::answer(app, visit.frame, StatusCode::TOO_MANY_REQUESTS, says)));
    }
    Ok(visit)
}

/// The same for a form that was sent, which must have been made for this session.
///
/// # Errors
/// The answer to give.
pub async fn enter_with(
    app: &web::Data<App>,
    request: &HttpRequest,
    action: Action,
    form: Sent,
) -> Result<(Visit, Fields), HttpResponse> {
    let person = person(app, request).await?;
    let fields = checked(form, &person);
    let visit = admit(app, request, action, *person).map_err(|answer| *answer)?;
    match fields {
        Some(fields) => Ok((visit, fields)),
        None => Err(Message::bad_form(app, visit.frame)),
    }
}

async fn person(app: &web::Data<App>, request: &HttpRequest) -> Result<Box<Person>, HttpResponse> {
    match Visitor::of(app, request).await {
        Ok(Visitor::Person(person)) => Ok(person),
        Ok(Visitor::Nobody) => Err(to("/?message=log-in")),
        Ok(Visitor::Ended) => Err(to("/?message=expired")),
        Err(_) => Err(Message::busy(app, Frame::of(app, request))),
    }
}

fn visit(app: &web::Data<App>, request: &HttpRequest, person: Person) -> Visit {
    Visit {
        app: app.clone(),
        request: request.clone(),
        frame: Frame::for_person(app, request, &person),
        caller: Arc::new(person.session.caller),
        organisation: person.organisation,
    }
}

/// Somewhere else, by GET.
#[must_use]
pub fn to(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).insert_header((CACHE_CONTROL, "no-store")).finish()
}

impl Visit {
    /// Reads in the database as the visitor; what was read is given back when the access log says durably what it shows.
    ///
    /// # Errors
    /// The answer to give when that can't be done now.
    pub async fn reading<T: Send + 'static>(
        &self,
        action: Action,
        read: impl FnOnce(&Reader<'_>, &mut Link<'_>, &App) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, HttpResponse> {
        let scope = asking::scope(&self.app, &self.request, &self.caller, action);
        let read = asking::reading(&self.app, scope, Arc::clone(&self.caller), read).await;
        read.map_err(|unread| {
            match unread {
                Unread::Storage(error) => log::error!("storage: {error}"),
                Unread::NoThread => log::warn!("a page could not be made: no thread is free"),
                Unread::Unlogged(refusal) => log::warn!("a page could not be shown: {refusal:?}"),
            }
            Message::busy(&self.app, self.frame.clone())
        })
    }

    /// Hands a registration to the writer. A dry run only decides, and is logged as a search is.
    ///
    /// # Errors
    /// Why it was not carried out.
    pub async fn submit(
        &self,
        action: Action,
        post: Post,
        if_match: Option<i64>,
        idempotency: Option<Idempotency>,
        dry_run: bool,
    ) -> Answer {
        let job = Job {
            scope: asking::scope(&self.app, &self.request, &self.caller, action),
            actor: Actor::Caller(Arc::clone(&self.caller)),
            action,
            posts: vec![post],
            atomic: false,
            dry_run,
            if_match,
            idempotency,
        };
        self.app.service.submit(job).await
    }

    /// A page as it leaves.
    #[must_use]
    pub fn answer(&self, status: StatusCode, page: &impl Template) -> HttpResponse {
        self.frame.answer(&self.app, status, page)
    }

    /// It isn't there, or isn't for the visitor to know of.
    #[must_use]
    pub fn not_found(&self) -> HttpResponse {
        Message::not_found(&self.app, self.frame.clone())
    }
}
