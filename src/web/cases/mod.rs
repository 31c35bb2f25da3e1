//! Lists of cases, the page of a case, and the search: what a handläggare has to do next.

use actix_web::web;

/// The addresses of this part.
pub fn configure(_services: &mut web::ServiceConfig) {}
