//! The JSON API: what is served at `/v1`, and health beside it.
//!
//! **Lives here:** one file a resource, each with its [`ENDPOINTS`](endpoint::Endpoint); the door they stand behind
//! ([`endpoint`]); the one way of saying no ([`problem`]); the document made from the same list ([`openapi`]).
//! **Never here:** a rule, SQL, or anything that a use case should do.

pub mod accesses;
pub mod answer;
pub mod assignments;
pub mod case_posts;
pub mod cases;
pub mod changes;
pub mod code_lists;
pub mod difference;
pub mod endpoint;
pub mod exports;
pub mod extract;
pub mod frozen_reports;
pub mod guard;
pub mod headers;
pub mod keeping;
pub mod openapi;
pub mod peer;
pub mod posting;
pub mod problem;
pub mod quality_cases;
pub mod rates;
pub mod register_extracts;
pub mod registers;
pub mod registrations;
pub mod report_answer;
mod report_catalogue;
pub mod report_packages;
pub mod report_question;
pub mod report_variables;
pub mod reports;
pub mod rules;
pub mod service;
pub mod trace;
pub mod who;

use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};

use crate::app::App;
use endpoint::Endpoint;
use peer::Peer;
use problem::{Kind, Problem};
use rates::Class;

/// Every operation, in the order of the document.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        registrations::ENDPOINTS,
        cases::ENDPOINTS,
        case_posts::ENDPOINTS,
        register_extracts::ENDPOINTS,
        accesses::ENDPOINTS,
        changes::ENDPOINTS,
        registers::ENDPOINTS,
        assignments::ENDPOINTS,
        reports::ENDPOINTS,
        quality_cases::ENDPOINTS,
        difference::ENDPOINTS,
        frozen_reports::ENDPOINTS,
        report_packages::ENDPOINTS,
        exports::ENDPOINTS,
        rules::ENDPOINTS,
        code_lists::ENDPOINTS,
        service::ENDPOINTS,
    ]
    .concat()
}

/// The routes.
pub fn configure(services: &mut web::ServiceConfig) {
    let mut v1 = web::scope("/v1").default_service(web::to(not_found));
    for resource in endpoint::resources(&endpoints()) {
        v1 = v1.service(resource);
    }
    services
        .service(web::resource("/health/live").route(web::get().to(service::live)))
        .service(web::resource("/health/ready").route(web::get().to(service::ready)))
        .service(v1);
}

async fn not_found(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    looked_for_nothing(&app, &request)?;
    Err(Problem::new(Kind::FinnsInte))
}

/// Counts as a read by address, so that looking for what there might be is as slow as reading.
///
/// # Errors
/// 429 when it was looked too often.
pub fn looked_for_nothing(app: &App, request: &HttpRequest) -> Result<(), Problem> {
    if let Some(peer) = request.extensions().get::<Peer>() {
        app.rates.ask(Class::Reads, &peer.network())?;
    }
    Ok(())
}
