//! The listener for whoever runs the service: metrics and health, without log-in and without personal data.
//!
//! Never here: anything of the API.

use std::io;
use std::net::SocketAddr;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, HttpServer, web};

use crate::app::App;
use crate::http::service::{live, ready};
use crate::metrics;
use crate::storage::changes;

/// Listens on `address`; ends with its handle.
///
/// # Errors
/// When the address can't be used.
pub fn listen(app: web::Data<App>, address: SocketAddr) -> io::Result<(Server, ServerHandle)> {
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(app.clone())
            .route("/metrics", web::get().to(told))
            .route("/health/live", web::get().to(live))
            .route("/health/ready", web::get().to(ready))
    });
    let server = server.workers(1).disable_signals().max_connections(64).bind(address)?;
    for address in server.addrs() {
        log::info!("metrics and health on http://{address}");
        if !address.ip().is_loopback() {
            log::warn!("anyone who reaches {address} can read the metrics; they hold no personal data");
        }
    }
    let server = server.run();
    let handle = server.handle();
    Ok((server, handle))
}

async fn told(app: web::Data<App>) -> HttpResponse {
    let asked = app.clone();
    let head = web::block(move || {
        let mut connection = asked.service.db.read()?;
        changes::head(&mut connection.link())
    });
    // Without a database the rest is told nevertheless.
    let head = head.await.ok().and_then(Result::ok);
    let text = app.metrics.as_ref().and_then(|metrics| metrics.text(head, app.reports.counted_to()).ok());
    text.map_or_else(
        || HttpResponse::InternalServerError().finish(),
        |text| HttpResponse::Ok().insert_header((CONTENT_TYPE, metrics::MEDIA_TYPE)).body(text),
    )
}
