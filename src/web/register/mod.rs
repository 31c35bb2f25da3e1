//! The forms by which a handläggare registers, corrects and hands over.
//!
//! **Lives here:** forms as data ([`sheet`]), made from how a case stands ([`forms`]) or for a new one ([`request`]), with
//! questions as fields ([`ask`]) and what there is to choose among ([`lists`]); one way of showing and sending them all
//! ([`cases`]): what was typed ([`typed`]) becomes the JSON that a client of the API would send ([`body`], [`which`]), goes to
//! the writer ([`posting`]), and what is found stands beside the fields, in words ([`words`]). The pages that lead to forms
//! ([`ways`]). **Never here:** a rule; what may be registered when is asked of the domain.

mod ask;
mod body;
mod cases;
mod confirm;
mod context;
mod forms;
mod lists;
mod page;
mod posting;
mod request;
mod sheet;
mod typed;
mod ways;
mod which;
mod words;

use actix_web::web;

/// Where forms of a case are, after `/arenden/{id}/`.
const FORMS: [&str; 9] = [
    "registrera/{step}",
    "svar/{registration}",
    "kontor",
    "handlaggare",
    "arendenummer",
    "samtycke/aterkalla",
    "samtycke/skydda",
    "ratta/{what}",
    "ratta/{what}/{registration}",
];

/// The addresses of this part.
pub fn configure(services: &mut web::ServiceConfig) {
    services
        .service(web::resource(request::BEGIN).get(request::begin).post(request::check))
        .service(web::resource(request::REST).get(request::anew).post(request::register));
    for list in ["registrera", "svar", "ratta", "samtycke"] {
        services.service(web::resource(format!("/arenden/{{id}}/{list}")).get(ways::show));
    }
    for form in FORMS {
        services.service(web::resource(format!("/arenden/{{id}}/{form}")).get(cases::show).post(cases::send));
    }
}
