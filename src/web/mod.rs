//! Pages for people: made here, on the server, without any script.
//!
//! **Lives here:** a page as a struct beside its handler, with a template in `templates/` that extends the one layout
//! ([`page`]); the door that every page stands behind ([`door`]) and who comes ([`visitor`]); forms and their fields
//! ([`form`]); every text in both languages ([`texts`]). The parts: `start` and `login`, a handläggare's `cases` and
//! what they `register`, `reports` for steering groups.
//! **Never here:** a rule, SQL, or anything that a use case should do. Nothing is loaded from other hosts.

pub mod door;
pub mod form;
pub mod page;
pub mod paging;
pub mod texts;
pub mod visitor;

mod assignments;
mod cases;
mod guide;
mod help;
mod login;
mod practice;
mod register;
mod reports;
mod start;

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::App;
pub use cases::register_extract;
use page::{Frame, Message};

/// The pages' addresses, outside the API.
pub fn configure(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/").route(web::get().to(start::show)))
        .service(web::resource("/login").route(web::get().to(login::begin)))
        .service(web::resource("/login/callback").route(web::get().to(login::finish)))
        .service(web::resource("/login/practice").route(web::post().to(practice::log_in)))
        .service(web::resource("/logout").route(web::post().to(login::end)))
        .service(web::resource("/guide").route(web::get().to(guide::show)))
        .service(web::resource("/hjalp").route(web::get().to(help::help)))
        .service(web::resource("/tillganglighet").route(web::get().to(help::accessibility)))
        .service(web::resource("/style.css").route(web::get().to(style)))
        .service(web::resource("/icon.svg").route(web::get().to(icon)));
    register::configure(services);
    cases::configure(services);
    reports::configure(services);
    assignments::configure(services);
}

/// Whether a request is a browser's that looks for a page.
#[must_use]
pub fn is_wanted(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|header| header.to_str().ok()).unwrap_or_default();
    accept.contains("text/html")
}

/// What somebody sees who looks for a page that isn't there.
pub async fn not_found(app: &web::Data<App>, request: &HttpRequest) -> HttpResponse {
    let frame = match visitor::Visitor::of(app, request).await {
        Ok(visitor::Visitor::Person(person)) => Frame::for_person(app, request, &person),
        _ => Frame::of(app, request),
    };
    Message::not_found(app, frame)
}

async fn style() -> HttpResponse {
    file("text/css; charset=utf-8", include_str!("style.css"))
}

async fn icon() -> HttpResponse {
    file("image/svg+xml", include_str!("icon.svg"))
}

fn file(media: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media)
        .insert_header(("cache-control", "max-age=3600"))
        .insert_header(("x-content-type-options", "nosniff"))
        .body(text)
}
