//! `sus serve`.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use super::{Failure, service};
use crate::app::{self, App};
use crate::auth::file::{self, AuthFile};
use crate::auth::keeper;
use crate::auth::tokens::Verifier;
use crate::background::Background;
use crate::chance::{Chance, Generator};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::registrations::Service;
use crate::reports::saved::keeper as columns;
use crate::server;

pub fn serve(config: &Config, dev_auth: bool) -> Result<(), Failure> {
    let listener = listen(config, dev_auth)?;
    // Before anything is made or opened: a mistake in it is told at once.
    let identity = config.identity.auth_file.as_deref().map(file::read).transpose()?;
    if identity.as_ref().is_some_and(|identity| !identity.logins.is_empty()) {
        app::check_logins(&config.public_url)?;
    }
    let service = service(config)?;
    // Held until the service has stopped.
    let _retention = super::retention::scheduled(config, &service)?;
    let who = match identity {
        Some(identity) => Who::Issuers(identity),
        None if dev_auth => Who::Development,
        None => Who::Nobody,
    };
    serve_with(config, service, listener, who, |_| {})
}

/// Whose tokens are accepted.
pub enum Who {
    /// Those of the program's own issuer.
    Development,
    /// Those of the issuers that are configured.
    Issuers(AuthFile),
    /// None.
    Nobody,
}

/// Takes the address, before anything else is touched.
pub fn listen(config: &Config, dev_auth: bool) -> Result<TcpListener, Failure> {
    if dev_auth {
        app::check_dev_auth(config.listen, &config.identity)?;
    }
    server::check(config)?;
    Ok(TcpListener::bind(config.listen).map_err(|e| format!("{} can't be listened on: {e}", config.listen))?)
}

/// Serves an opened service; `ready` is told the address before the first request.
pub fn serve_with(
    config: &Config,
    service: Arc<Service>,
    listener: TcpListener,
    who: Who,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), Failure> {
    let mut chance = Generator::from_system().map_err(|e| format!("no random bytes from the system: {e}"))?;
    let (mut keys, mut logins) = (None, None);
    let practice = matches!(who, Who::Development);
    let verifier = match who {
        Who::Development => {
            let folder = config.data_dir.display();
            log::warn!("--dev-auth: anyone on this machine with the key in {folder} can issue tokens");
            development_issuer(config, &mut chance)?.verifier()
        }
        Who::Issuers(file) => {
            let names: Vec<&str> = file.issuers.iter().map(|issuer| issuer.name.as_str()).collect();
            log::info!("tokens of these issuers are accepted: {}", names.join(", "));
            let verifier;
            (verifier, logins) = file.parts();
            keys = Some(keeper::start(verifier.clone(), || SystemClock.now())?);
            verifier
        }
        Who::Nobody => {
            log::warn!(
                "without SUS_AUTH_FILE or --dev-auth no token is accepted: only rules, code lists and the API's document \
                 answer"
            );
            Verifier::closed()
        }
    };
    let address = listener.local_addr()?;
    let scheme = if config.edge.tls.is_some() { "https" } else { "http" };
    log::info!("listening on {scheme}://{address} ({})", service.db.backend());
    let app = App::new(service, verifier, config.clone(), Arc::new(SystemClock), chance).with_logins(logins);
    let app = if practice { app.for_practice() } else { app };
    let app = match config.columns_file() {
        Some(file) => app.with_columns_at(file),
        None => app,
    };
    // Held until the service has stopped.
    let successors = app.service.follow_successors_daily(Duration::from_secs(30))?;
    let columns = columns_keeper(config, &app)?;
    ready(address);
    let served = server::run(app, listener);
    drop(keys);
    drop(columns);
    drop(successors);
    Ok(served?)
}

/// Has the columns of the reports ready before anyone asks, and saves them.
fn columns_keeper(config: &Config, app: &App) -> Result<Option<Background>, Failure> {
    if config.columns_file().is_none() {
        return Ok(None);
    }
    let chance = Generator::from_system().map_err(|e| format!("no random bytes from the system: {e}"))?;
    let parts = columns::Parts {
        reports: Arc::clone(&app.reports),
        db: app.service.db.clone(),
        clock: Arc::new(SystemClock),
        chance: Box::new(chance),
        fewest: columns::FEWEST,
    };
    Ok(Some(columns::start(parts, Duration::from_secs(config.limits.columns_minutes * 60))?))
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
