//! The listener, and stopping without losing anything: no new connections, requests finish, the writer carries out
//! what waits, and only then the process ends.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{Error, HttpServer, web};

use crate::app::{self, App};
use crate::http::trace;

/// The whole application as it serves: for the server, and for tests.
pub fn application(
    app: web::Data<App>,
) -> actix_web::App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>,
> {
    actix_web::App::new().configure(|services| app::configure(services, app)).wrap(from_fn(trace::around))
}

/// Serves until told to stop by SIGTERM, SIGINT or `stop`; then drains the writer. `started` gets the handle.
///
/// # Errors
/// When the listener can't be used.
pub async fn serve(app: web::Data<App>, listener: TcpListener, started: impl FnOnce(ServerHandle)) -> io::Result<()> {
    let limits = app.config.limits;
    let served = app.clone();
    let mut server = HttpServer::new(move || application(served.clone()))
        .shutdown_timeout(limits.stop_seconds)
        .client_request_timeout(Duration::from_secs(30));
    if let Some(workers) = app.config.workers {
        server = server.workers(workers);
    }
    let server = server.listen(listener)?.run();
    started(server.handle());
    // actix takes SIGTERM and SIGINT, stops accepting, and waits for what is under way.
    let ended = server.await;
    app.begin_stop();
    log::info!("no more requests; the writer carries out what waits");
    let draining = app.clone();
    // Joining the writer's thread may take a while, and waits for the disk.
    if web::block(move || draining.service.stop()).await.is_err() {
        log::error!("the writer could not be drained");
    }
    ended
}

/// The same for a thread of its own: starts the runtime, serves until told to stop, and drains the writer.
///
/// # Errors
/// When the listener can't be used.
pub fn run(app: App, listener: TcpListener) -> io::Result<()> {
    actix_web::rt::System::new().block_on(serve(web::Data::new(app), listener, |_| {}))
}
