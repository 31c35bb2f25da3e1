//! Lists of cases, the page of a case, and the search: what a handläggare has to do next.
//!
//! **Lives here:** what is asked for in a list's address ([`asked`]) and the list ([`list`]); the page of a case
//! ([`case`]) from its parts: the process picture, the chain, the history, what stands beside, and the ways on; the
//! search ([`search`]). **Never here:** registering and correcting (`register`), or what a reader reaches.

mod asked;
mod case;
mod chain;
mod doors;
mod extract;
mod facts;
mod list;
mod process;
mod rows;
mod search;
mod told;
mod words;

use actix_web::web;

pub use extract::register_extract;

/// The addresses of this part. A case is found by its id alone, so that `/arenden/ny` is left to others.
pub fn configure(services: &mut web::ServiceConfig) {
    let id = "{id:[0-9a-fA-F-]{36}}";
    services
        .service(web::resource("/arenden").route(web::get().to(list::show)))
        .service(web::resource(format!("/arenden/{id}")).route(web::get().to(case::show)))
        .service(web::resource("/sok").route(web::get().to(search::form)).route(web::post().to(search::find)));
}
