//! Pages for people: made here, on the server, without any script.
//!
//! **Lives here:** a page as a struct beside its handler, with a template in `templates/` that extends the one layout
//! (`page`); every text in both languages (`texts`); who is logged in (`visitor`) and the token that every form
//! carries (`form`). **Never here:** a rule, SQL, or anything that a use case should do. Nothing is loaded from other
//! hosts.

mod form;
mod login;
mod page;
mod start;
mod texts;
mod visitor;

use actix_web::{HttpResponse, web};

/// The pages' addresses, outside the API.
pub fn configure(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/").route(web::get().to(start::show)))
        .service(web::resource("/login").route(web::get().to(login::begin)))
        .service(web::resource("/login/callback").route(web::get().to(login::finish)))
        .service(web::resource("/logout").route(web::post().to(login::end)))
        .service(web::resource("/style.css").route(web::get().to(style)))
        .service(web::resource("/icon.svg").route(web::get().to(icon)));
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
