//! The listener, and stopping without losing anything: no new connections, requests finish, the writer carries out
//! what waits, and only then the process ends.

pub mod admin;
pub mod tls;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::body::BoxBody;
use actix_web::dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use actix_web::middleware::{Condition, from_fn};
use actix_web::{Error, HttpServer, web};

use crate::app::{self, App, StartError};
use crate::config::Config;
use crate::config::edge::{Edge, Tls};
use crate::http::{guard, headers, trace};
use tls::Certificates;

/// The whole application as it serves: for the server, and for tests.
pub fn application(
    app: web::Data<App>,
) -> actix_web::App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>,
> {
    let origins = app.config.edge.cors_origins.clone();
    // The last one wrapped is the first to see a request, and the last to see its answer.
    actix_web::App::new()
        .configure(|services| app::configure(services, app))
        .wrap(from_fn(guard::around))
        .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
        .wrap(from_fn(trace::around))
        .wrap(from_fn(headers::around))
}

/// Pages of these origins may be shown the answers. A token is needed all the same: no browser sends one by itself.
fn cors(origins: &[String]) -> Cors {
    let given = ["idempotency-key", "traceparent"];
    let told = ["etag", "location", "ratelimit", "ratelimit-policy", "retry-after", "sus-as-of", "sus-counted-to"];
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "DELETE"])
        .allowed_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH])
        .allowed_headers(given)
        .expose_headers(told)
        .block_on_origin_mismatch(false)
        .max_age(600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// What a listener that others reach must have: TLS, or a proxy in front that has it, or somebody who has said that it
/// is to be without. And files of TLS that can be used.
///
/// # Errors
/// When the service must not be reached so.
pub fn check(config: &Config) -> Result<(), StartError> {
    let Edge { plain_http, tls, trusted_proxies, .. } = &config.edge;
    if let Some(files) = tls {
        secured(files)?;
    } else if !config.listen.ip().is_loopback() && trusted_proxies.is_empty() && !plain_http {
        return Err(StartError::Refused(
            "a listener that isn't loopback needs SUS_TLS_CERT_FILE and SUS_TLS_KEY_FILE, or SUS_TRUSTED_PROXIES when a \
             proxy in front has TLS, or SUS_PLAIN_HTTP=yes: without, tokens and personal data travel readable",
        ));
    }
    Ok(())
}

fn secured(files: &Tls) -> io::Result<(Arc<Certificates>, rustls::ServerConfig)> {
    let certificates = Arc::new(Certificates::load(files)?);
    let config = tls::config(files, Arc::clone(&certificates))?;
    Ok((certificates, config))
}

/// Looks at the files of TLS every now and then, until aborted.
async fn keep_looking(certificates: Arc<Certificates>, every: Duration) {
    let mut ticks = actix_web::rt::time::interval(every);
    loop {
        ticks.tick().await;
        let looking = Arc::clone(&certificates);
        if web::block(move || looking.look_again()).await.is_err() {
            log::warn!("the files of TLS could not be looked at");
        }
    }
}

/// Serves until told to stop by SIGTERM, SIGINT or `stop`; then drains the writer. `started` gets the handle.
///
/// # Errors
/// When the listener can't be used.
pub async fn serve(app: web::Data<App>, listener: TcpListener, started: impl FnOnce(ServerHandle)) -> io::Result<()> {
    let (limits, bounds) = (app.config.limits, app.config.edge.bounds);
    let served = app.clone();
    let workers =
        app.config.workers.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let mut server = HttpServer::new(move || application(served.clone()))
        .workers(workers)
        .shutdown_timeout(limits.stop_seconds)
        .max_connections(bounds.connections.div_ceil(workers))
        .client_request_timeout(Duration::from_secs(bounds.head_seconds))
        .tls_handshake_timeout(Duration::from_secs(bounds.head_seconds))
        .on_connect(tls::connected);
    let mut looking = None;
    server = match &app.config.edge.tls {
        None => server.listen(listener)?,
        Some(files) => {
            let (certificates, config) = secured(files)?;
            let every = Duration::from_secs(files.reload_seconds);
            looking = Some(actix_web::rt::spawn(keep_looking(certificates, every)));
            server.listen_rustls_0_23(listener, config)?
        }
    };
    let admin = app.config.edge.admin_listen.map(|address| admin::listen(app.clone(), address)).transpose()?;
    let admin = admin.map(|(server, handle)| {
        actix_web::rt::spawn(server);
        handle
    });
    let server = server.run();
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
    if let Some(looking) = looking {
        looking.abort();
    }
    if let Some(admin) = admin {
        admin.stop(true).await;
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
