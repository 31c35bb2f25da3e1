//! What tests stand on: a database of their own on each backend, a service started as in main, fixed time and
//! seeded randomness.

pub mod leaks;
pub mod lines;
pub mod place;
pub mod postgres;
pub mod posting;
pub mod provider;
pub mod schema;
pub mod tables;
pub mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sus::chance::Generator;
use sus::clock::ManualClock;
use sus::domain::transition::Settings;
use sus::registrations::registers::Registers;
use sus::registrations::service::Service;
use sus::registrations::writer::Parts;
use sus::storage::Db;
use sus::storage::vault::Vault;

/// One of the two kinds of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A database of one's own; gone when dropped, after everything in it and the log were searched for numbers.
pub struct Database {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    /// `None` when this backend can't be had here; that is said loudly once.
    pub fn new(backend: Backend) -> Option<Self> {
        lines::search();
        match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("sus.sqlite").display());
                Some(Self { url, _folder: Some(folder) })
            }
            Backend::Postgres => Some(Self { url: postgres::fresh_database()?, _folder: None }),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for (place, held) in tables::Raw::of(self).every_row() {
            leaks::none_in(|| format!("the table {place}"), &held);
        }
        if let Some(folder) = &self._folder {
            leaks::none_in_folder(folder.path(), &|_| false);
        }
        leaks::none_noted();
    }
}

/// Runs a test on every backend that can be had here.
pub fn on_both(test: impl Fn(Backend, &Database)) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        if let Some(database) = Database::new(backend) {
            test(backend, &database);
        }
    }
}

/// The day on which most tests stand.
pub fn noon(day: &str) -> DateTime<Utc> {
    format!("{day}T11:00:00Z").parse().unwrap()
}

static SEED: AtomicU64 = AtomicU64::new(1);

/// A service over a database, as in main but for time and chance.
pub fn service(database: &Database, now: DateTime<Utc>) -> (Arc<Service>, Arc<ManualClock>) {
    service_with(database, now, Settings::default())
}

/// The same with lead times of one's own.
pub fn service_with(database: &Database, now: DateTime<Utc>, settings: Settings) -> (Arc<Service>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(now));
    let parts = Parts {
        db: Db::open(&database.url, 4).unwrap(),
        vault: Arc::new(Vault::new([7; 32])),
        settings,
        queue: 4096,
        registers: Arc::new(Registers::default()),
        clock: Arc::<ManualClock>::clone(&clock),
        chance: Box::new(Generator::seeded(SEED.fetch_add(1, Ordering::Relaxed))),
        erasures: None,
    };
    (Arc::new(Service::start(parts).unwrap()), clock)
}

/// A small register around Gävle.
pub fn organisation() -> Value {
    json!({
        "areas": [
            {"code": "FK-GAVLEBORG", "agency": "FK", "name": "VO Gävleborg"},
            {"code": "AF-GAVLEBORG", "agency": "AF", "name": "MO Gävleborg"}
        ],
        "offices": [
            {"code": "FK-GAVLE", "agency": "FK", "area": "FK-GAVLEBORG", "name": "FK Gävle", "municipalities": ["2180"], "validFrom": "2010-01-01"},
            {"code": "AF-GAVLE", "agency": "AF", "area": "AF-GAVLEBORG", "name": "Af Gävle", "municipalities": ["2180"], "validFrom": "2010-01-01"},
            {"code": "FK-SANDVIKEN", "agency": "FK", "area": "FK-GAVLEBORG", "name": "FK Sandviken", "municipalities": ["2181"], "validFrom": "2010-01-01"},
            {"code": "AF-SANDVIKEN", "agency": "AF", "area": "AF-GAVLEBORG", "name": "Af Sandviken", "municipalities": ["2181"], "validFrom": "2010-01-01"}
        ],
        "steeringGroups": [
            {"code": "gavleborg", "name": "Gävleborg", "offices": ["FK-GAVLE", "AF-GAVLE", "FK-SANDVIKEN", "AF-SANDVIKEN"], "validFrom": "2010-01-01"}
        ],
        "handlers": [
            {"id": "fk-h-017", "agency": "FK", "name": "Siv Lind", "assignments": [{"office": "FK-GAVLE", "role": "deltagaransvarig", "validFrom": "2010-01-01"}]},
            {"id": "fk-h-018", "agency": "FK", "name": "Ove Berg", "assignments": [{"office": "FK-SANDVIKEN", "role": "deltagaransvarig", "validFrom": "2010-01-01"}]},
            {"id": "af-h-201", "agency": "AF", "name": "Åsa Holm", "assignments": [{"office": "AF-GAVLE", "role": "deltagaransvarig", "validFrom": "2010-01-01"}]}
        ],
        "localAgreements": [
            {"id": "lok-1", "fk": "FK-GAVLE", "af": "AF-GAVLE", "agency": "AF", "steps": ["gk", "planerad_afi"], "validFrom": "2016-01-01", "validTo": "2016-12-31"}
        ],
        "insatsDefinitions": [
            {"code": "2180-afi-01", "kind": "afi", "lan": "21", "text": "Arbetsträning", "examples": ["på egen takt"], "validFrom": "2016-01-01"}
        ]
    })
}
