//! The pages for steering groups and chiefs: the baspaket, every other report, what changed in them and why, the cases
//! behind figures of data quality, and packages of parts.
//!
//! **Lives here:** the question as an address ([`question`], [`periods`], [`places`]) and its [`controls`]; a report as a
//! page ([`show`], made of [`figures`] and a [`summary`]), as files ([`download`]), beside an earlier one ([`changes`]);
//! the cases behind a figure ([`behind`]); those that are kept for ever ([`frozen`], made by [`freeze`]); the [`catalogue`];
//! [`packages`] with their [`package`] form. What may not be
//! shown is told by [`refused`].
//! **Never here:** figures, or what may be disclosed to whom: a page pulls a report as the API does, by
//! [`app::reporting`](crate::app::reporting), once, and shows it.

mod behind;
mod catalogue;
mod changes;
mod controls;
mod download;
mod figures;
mod freeze;
mod frozen;
mod package;
mod packages;
mod periods;
mod places;
mod question;
mod refused;
mod show;
mod summary;

use actix_web::web::{ServiceConfig, get, post, resource};

/// The addresses of this part.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(resource("/rapporter").route(get().to(catalogue::show)))
        .service(resource("/rapporter/datakvalitet/arenden").route(get().to(behind::show)))
        .service(resource("/rapporter/frysta").route(get().to(frozen::list)).route(post().to(freeze::create)))
        .service(resource("/rapporter/frysta/ny").route(get().to(freeze::new)))
        .service(resource("/rapporter/frysta/{id}").route(get().to(frozen::show)))
        .service(resource("/rapporter/frysta/{id}/hamta").route(get().to(frozen::file)))
        .service(resource("/rapporter/{report}").route(get().to(show::show)))
        .service(resource("/rapporter/{report}/hamta").route(get().to(download::file)))
        .service(resource("/rapporter/{report}/andringar").route(get().to(changes::show)))
        .service(resource("/paket").route(get().to(packages::show)).route(post().to(package::create)))
        .service(resource("/paket/nytt").route(get().to(package::new)))
        .service(resource("/paket/{package}").route(get().to(package::show)).route(post().to(package::replace)))
        .service(resource("/paket/{package}/ta-bort").route(post().to(package::remove)));
}
