//! What is built once, the same in `main` and in tests: [`App`], and how it is wired into the server.
//!
//! Never here: a listener, a signal, a command line.

pub mod asking;
pub mod freezing;
pub mod frozen_question;
pub mod keeping;
pub mod pace;
pub mod packages;
pub mod report_file;
pub mod reporting;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use uuid::Uuid;
use zeroize::Zeroizing;

use self::pace::Pace;
use crate::auth::fetch::is_allowed;
use crate::auth::login::Logins;
use crate::auth::tokens::Verifier;
use crate::chance::{Chance, Generator, uuid_v7};
use crate::clock::Clock;
use crate::config::{Config, Identity, MasterKeySource};
use crate::http;
use crate::http::problem::{Kind, Problem};
use crate::http::rates::Rates;
use crate::metrics::Metrics;
use crate::registrations::Service;
use crate::registrations::registers::Registers;
use crate::registrations::writer::Parts;
use crate::reports::disclosure::RecordKeys;
use crate::reports::follow::Reports;
use crate::reports::saved::Shelf;
use crate::storage::vault::Vault;
use crate::storage::{Db, StorageError};
use crate::web as pages;

/// Connections for reading.
const READERS: u32 = 8;
/// Reports that are counted at the same time; others wait their turn.
const REPORTS_AT_ONCE: usize = 2;

/// Exports under way at the same time; others are asked to come back.
const EXPORTS_AT_ONCE: usize = 2;

/// Everything that answers need.
pub struct App {
    /// The use cases, with the database and the writer.
    pub service: Arc<Service>,
    /// The columns of the reports.
    pub reports: Arc<Reports>,
    /// Few reports at a time: each uses all processors.
    pub report_turns: Arc<Semaphore>,
    /// What reports leave to registrations.
    pub pace: Pace,
    /// Few exports at a time: each reads every case.
    pub export_turns: Arc<Semaphore>,
    /// Requests being answered.
    pub in_flight: Arc<Semaphore>,
    /// How often callers may ask.
    pub rates: Rates,
    /// What is counted of the service's work; `None` when that could not be set up.
    pub metrics: Option<Metrics>,
    /// Checks tokens.
    pub verifier: Verifier,
    /// How people log in; `None` where only machines call.
    pub logins: Option<Logins>,
    /// Whether this is for practice: people log in by choosing whom to be.
    pub practice: bool,
    /// What was set from outside.
    pub config: Config,
    clock: Arc<dyn Clock>,
    chance: Mutex<Generator>,
    stopping: AtomicBool,
}

/// Why the service can't start.
#[derive(Debug)]
pub enum StartError {
    /// A file could not be read or written.
    Io(io::Error),
    /// The database.
    Storage(StorageError),
    /// What was set doesn't go together.
    Refused(&'static str),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Storage(error) => write!(f, "{error}"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for StartError {}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StorageError> for StartError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Opens the database, unlocks the keys and starts the writer.
///
/// # Errors
/// When the database or the key can't be used.
pub fn start_service(config: &Config, clock: Arc<dyn Clock>, chance: Generator) -> Result<Service, StartError> {
    Ok(Service::start(parts(config, clock, chance)?)?)
}

/// The same for a command that only reads: whatever it was configured with, it leaves everything as it is.
///
/// # Errors
/// When the database or the key can't be used.
pub fn open_service(config: &Config, clock: Arc<dyn Clock>, chance: Generator) -> Result<Service, StartError> {
    Ok(Service::open(parts(config, clock, chance)?)?)
}

fn parts(config: &Config, clock: Arc<dyn Clock>, mut chance: Generator) -> Result<Parts, StartError> {
    if config.erasure_journal().is_none() {
        log::warn!(
            "SUS_ERASURE_JOURNAL is not set: a restored backup would not learn which identities were taken away"
        );
    }
    let vault = vault(config, &mut chance)?;
    let db = Db::open(config.database_url.expose(), READERS)?;
    Ok(Parts {
        db,
        vault: Arc::new(vault),
        settings: config.settings.clone(),
        queue: config.limits.queue,
        registers: Arc::new(Registers::default()),
        clock,
        chance: Box::new(chance),
        erasures: config.erasure_journal(),
    })
}

/// The master keys: the current one, and others that only open.
///
/// # Errors
/// When one of them is missing, or is no key.
pub fn vault(config: &Config, chance: &mut dyn Chance) -> Result<Vault, StartError> {
    let current = master_key(config, chance)?;
    let mut others = Vec::new();
    for file in &config.privacy.old_master_keys {
        others.push(key_of(&Zeroizing::new(std::fs::read_to_string(file)?))?);
    }
    Ok(Vault::with_others(current, others))
}

/// The master key: given, from its file, or made at the first start – the last only for an embedded database on a
/// loopback listener, since such a key is in nobody's keeping.
///
/// # Errors
/// When there is no key, or it is no key.
pub fn master_key(config: &Config, chance: &mut dyn Chance) -> Result<Zeroizing<[u8; 32]>, StartError> {
    match &config.master_key {
        MasterKeySource::Given(key) => key_of(key.expose()),
        MasterKeySource::File(file) => key_of(&Zeroizing::new(std::fs::read_to_string(file)?)),
        MasterKeySource::MadeAtFirstStart(file) => {
            if !config.database_url.expose().starts_with("sqlite://") || !config.listen.ip().is_loopback() {
                return Err(StartError::Refused(
                    "SUS_MASTER_KEY or SUS_MASTER_KEY_FILE is required with postgres:// or a listener that is not loopback",
                ));
            }
            match std::fs::read_to_string(file).map(Zeroizing::new) {
                Ok(text) => key_of(&text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => make_key(file, chance),
                Err(error) => Err(error.into()),
            }
        }
    }
}

fn make_key(file: &Path, chance: &mut dyn Chance) -> Result<Zeroizing<[u8; 32]>, StartError> {
    let mut key = Zeroizing::new([0; 32]);
    chance.fill(&mut *key);
    let text: Zeroizing<String> = Zeroizing::new(key.iter().map(|b| format!("{b:02x}")).collect());
    crate::auth::tokens::write_secret(file, text.as_bytes())?;
    log::warn!(
        "a master key was made at {}; keep a copy of it, for without it identities can't be read",
        file.display()
    );
    Ok(key)
}

fn key_of(text: &str) -> Result<Zeroizing<[u8; 32]>, StartError> {
    let refused = StartError::Refused("the master key is not 64 hexadecimal digits");
    let digits = text.trim();
    let mut key = Zeroizing::new([0; 32]);
    if digits.len() != 64 || !digits.is_ascii() {
        return Err(refused);
    }
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).ok().and_then(|p| u8::from_str_radix(p, 16).ok());
        *byte = pair.ok_or(StartError::Refused("the master key is not 64 hexadecimal digits"))?;
    }
    Ok(key)
}

/// `--dev-auth` is for the own machine only, and only where nobody else says who may call.
///
/// # Errors
/// When the listener is not loopback, or an issuer is configured.
pub fn check_dev_auth(listen: SocketAddr, identity: &Identity) -> Result<(), StartError> {
    if !listen.ip().is_loopback() {
        return Err(StartError::Refused(
            "--dev-auth is refused: the listener is not loopback, and anyone could issue tokens",
        ));
    }
    if identity.auth_file.is_some() {
        return Err(StartError::Refused(
            "--dev-auth is refused: SUS_AUTH_FILE configures issuers, and development tokens would stand beside theirs",
        ));
    }
    Ok(())
}

/// People log in over TLS, or on the own machine.
///
/// # Errors
/// When browsers would send the session's cookie for all to read.
pub fn check_logins(public_url: &str) -> Result<(), StartError> {
    if is_allowed(public_url) {
        return Ok(());
    }
    Err(StartError::Refused(
        "[[login]] is refused: SUS_PUBLIC_URL is neither https nor on this machine, and sessions could be stolen",
    ))
}

/// The reports of a service, whose columns are kept in a file between two runs where one is named.
#[must_use]
pub fn reports_at(service: &Service, file: Option<PathBuf>) -> Reports {
    let reports = Reports::new(RecordKeys::live(&service.vault), &service.settings);
    match file {
        Some(file) => reports.on_shelf(Shelf::new(file, Arc::clone(&service.vault))),
        None => reports,
    }
}

impl App {
    /// From its parts.
    #[must_use]
    pub fn new(
        service: Arc<Service>,
        verifier: Verifier,
        config: Config,
        clock: Arc<dyn Clock>,
        chance: Generator,
    ) -> Self {
        let reports = Arc::new(reports_at(&service, None));
        let metrics = Metrics::new(service.load().collectors());
        Self {
            service,
            reports,
            report_turns: Arc::new(Semaphore::new(REPORTS_AT_ONCE)),
            pace: Pace::default(),
            export_turns: Arc::new(Semaphore::new(EXPORTS_AT_ONCE)),
            in_flight: Arc::new(Semaphore::new(config.edge.bounds.in_flight)),
            rates: Rates::new(&config.edge.rates, &clock),
            metrics: metrics.inspect_err(|e| log::error!("metrics: {e}")).ok(),
            verifier,
            logins: None,
            practice: false,
            config,
            clock,
            chance: Mutex::new(chance),
            stopping: AtomicBool::new(false),
        }
    }

    /// The same, with the columns of the reports kept in a file between two runs.
    #[must_use]
    pub fn with_columns_at(mut self, file: PathBuf) -> Self {
        self.reports = Arc::new(reports_at(&self.service, Some(file)));
        self
    }

    /// With ways for people to log in.
    #[must_use]
    pub fn with_logins(self, logins: Option<Logins>) -> Self {
        Self { logins, ..self }
    }

    /// For practice: whoever comes may choose whom to be. Only beside the program's own issuer of tokens.
    #[must_use]
    pub fn for_practice(self) -> Self {
        Self { practice: true, ..self }
    }

    /// Whether browsers reach the service by TLS, so that its cookies are for TLS only.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.config.public_url.starts_with("https://")
    }

    /// Where a login's provider sends the browser back to.
    #[must_use]
    pub fn redirect(&self) -> String {
        format!("{}/login/callback", self.config.public_url)
    }

    /// The instant now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Random bytes for trace and span ids.
    #[must_use]
    pub fn random(&self) -> [u8; 24] {
        let mut bytes = [0; 24];
        if let Ok(mut chance) = self.chance.lock() {
            chance.fill(&mut bytes);
        }
        bytes
    }

    /// Random bytes for what nobody may guess.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }

    /// An id for something new.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        uuid_v7(self.now(), &mut *chance)
    }

    /// Says that the service is on its way down: readiness fails, so that no new requests are sent here.
    pub fn begin_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether it is on its way down.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

/// Wires the app into a server or a test: every route, behind its door.
pub fn configure(services: &mut web::ServiceConfig, app: web::Data<App>) {
    services.app_data(app);
    pages::configure(services);
    http::configure(services);
    services.default_service(web::to(not_found));
}

/// A page for people who look for pages, a problem for programs.
async fn not_found(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    http::looked_for_nothing(&app, &request)?;
    if pages::is_wanted(&request) {
        Ok(pages::not_found(&app, &request).await)
    } else {
        Err(Problem::new(Kind::FinnsInte))
    }
}
