//! `sus serve`.

use std::net::TcpListener;
use std::sync::Arc;

use super::{Failure, service};
use crate::app::{self, App};
use crate::auth::tokens::Verifier;
use crate::chance::{Chance, Generator};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::registrations::Service;
use crate::server;

pub fn serve(config: &Config, dev_auth: bool) -> Result<(), Failure> {
    let listener = listen(config, dev_auth)?;
    let service = service(config)?;
    // Held until the service has stopped.
    let _retention = super::retention::scheduled(config, &service)?;
    serve_with(config, service, listener, dev_auth, |_| {})
}

/// Takes the address, before anything else is touched.
pub fn listen(config: &Config, dev_auth: bool) -> Result<TcpListener, Failure> {
    if dev_auth {
        app::check_dev_auth(config.listen)?;
    }
    server::check(config)?;
    Ok(TcpListener::bind(config.listen).map_err(|e| format!("{} can't be listened on: {e}", config.listen))?)
}

/// Serves an opened service; `ready` is told the address before the first request.
pub fn serve_with(
    config: &Config,
    service: Arc<Service>,
    listener: TcpListener,
    dev_auth: bool,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), Failure> {
    let mut chance = Generator::from_system().map_err(|e| format!("no random bytes from the system: {e}"))?;
    let verifier = if dev_auth {
        log::warn!("--dev-auth: anyone on this machine with the key in {} can issue tokens", config.data_dir.display());
        development_issuer(config, &mut chance)?.verifier()
    } else {
        log::warn!("without --dev-auth no token is accepted yet: only rules, code lists and the API's document answer");
        Verifier::closed()
    };
    let address = listener.local_addr()?;
    let scheme = if config.edge.tls.is_some() { "https" } else { "http" };
    log::info!("listening on {scheme}://{address} ({})", service.db.backend());
    let app = App::new(service, verifier, config.clone(), Arc::new(SystemClock), chance);
    ready(address);
    Ok(server::run(app, listener)?)
}

pub fn development_issuer(
    config: &Config,
    chance: &mut dyn Chance,
) -> Result<crate::auth::tokens::DevelopmentIssuer, Failure> {
    let mut fresh = [0; 32];
    chance.fill(&mut fresh);
    let secret = crate::auth::tokens::development_secret(&config.dev_key_file(), &fresh)?;
    crate::auth::tokens::DevelopmentIssuer::new(&secret, config.limits.dev_token_hours)
        .map_err(|_| "the development issuer's key is no key; remove it and a new one is made".into())
}
