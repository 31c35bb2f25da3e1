//! The pages for steering groups and chiefs: the baspaket, every other report, and their packages.

use actix_web::web;

/// The addresses of this part.
pub fn configure(_services: &mut web::ServiceConfig) {}
