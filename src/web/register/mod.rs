//! The forms by which a handläggare registers, corrects and hands over.

use actix_web::web;

/// The addresses of this part.
pub fn configure(_services: &mut web::ServiceConfig) {}
