//! What can be set from outside: the only place that reads the environment.
//!
//! [`VARIABLES`] documents every variable once; `sus serve --help` and the README print it. All mistakes are told
//! at once, by name and never with the value, which may be a secret. A misspelt `SUS_…` is a mistake too.
//! Never here: what the values do.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::domain::transition::Settings;

pub mod edge;
mod identity;
mod privacy;
mod reader;
mod variables;

pub use edge::Edge;
pub use identity::Identity;
pub use privacy::Privacy;
use reader::Reader;
pub use variables::{VARIABLES, Variable};

/// A text that is never shown and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where the master key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MasterKeySource {
    /// 64 hexadecimal digits from the environment.
    Given(Secret),
    /// A file that must exist.
    File(PathBuf),
    /// A file that is made when it does not exist.
    MadeAtFirstStart(PathBuf),
}

/// Everything that can be set from outside.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the embedded database and of keys made at first start.
    pub data_dir: PathBuf,
    /// `sqlite://…` or `postgres://…`; secret, since it may hold a password.
    pub database_url: Secret,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that clients use, without a slash at the end.
    pub public_url: String,
    /// The master key.
    pub master_key: MasterKeySource,
    /// Keys, erasure and retention.
    pub privacy: Privacy,
    /// Filter of the log.
    pub log: String,
    /// Threads that answer requests; `None` is one per processor.
    pub workers: Option<usize>,
    /// Limits.
    pub limits: Limits,
    /// Lead times of the domain.
    pub settings: Settings,
    /// What stands between the network and the API.
    pub edge: Edge,
    /// Who may call.
    pub identity: Identity,
}

/// How much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest request body.
    pub body_bytes: usize,
    /// Most registrations in one request.
    pub batch: usize,
    /// Most registrations waiting for the writer.
    pub queue: usize,
    /// Seconds that requests get to finish.
    pub stop_seconds: u64,
    /// Hours that a development token lasts.
    pub dev_token_hours: u32,
    /// Minutes between two savings of the reports' columns; 0 is never.
    pub columns_minutes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 16 * 1024 * 1024,
            batch: 10_000,
            queue: 4096,
            stop_seconds: 30,
            dev_token_hours: 8,
            columns_minutes: 15,
        }
    }
}

/// Everything that is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for ConfigErrors {}

impl Config {
    /// From the process's environment.
    ///
    /// # Errors
    /// Everything that is wrong, by name.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Result<Self, ConfigErrors> {
        // A value that is no Unicode is kept as an impossible one, so that its name is told.
        let found = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok().filter(|n| n.starts_with("SUS_"))?;
            Some((name, value.into_string().unwrap_or_else(|_| "\u{fffd}".to_owned())))
        });
        Self::from_variables(found.collect())
    }

    /// From variables given by name.
    ///
    /// # Errors
    /// Everything that is wrong, by name.
    pub fn from_variables(found: BTreeMap<String, String>) -> Result<Self, ConfigErrors> {
        let mut read = Reader::new(found);
        read.refuse_unknown();
        let data_dir = PathBuf::from(read.text("SUS_DATA_DIR").unwrap_or_else(|| "./data".to_owned()));
        let database_url = read.database_url(&data_dir);
        let listen: SocketAddr = read.parsed("SUS_LISTEN").unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let standard = Limits::default();
        let days = Settings::default();
        let config = Self {
            edge: Edge::read(&mut read),
            public_url: read.public_url(listen),
            identity: Identity::read(&read),
            master_key: read.master_key(&data_dir),
            privacy: Privacy::read(&mut read),
            log: read.text("SUS_LOG").unwrap_or_else(|| "info".to_owned()),
            workers: read.number("SUS_WORKERS"),
            limits: Limits {
                body_bytes: read.number("SUS_MAX_BODY_BYTES").unwrap_or(standard.body_bytes),
                batch: read.number("SUS_MAX_BATCH").unwrap_or(standard.batch),
                queue: read.number("SUS_QUEUE").unwrap_or(standard.queue),
                stop_seconds: read.number("SUS_STOP_SECONDS").unwrap_or(standard.stop_seconds),
                dev_token_hours: read.number("SUS_DEV_TOKEN_HOURS").unwrap_or(standard.dev_token_hours),
                columns_minutes: read.number("SUS_COLUMNS_MINUTES").unwrap_or(standard.columns_minutes),
            },
            settings: Settings {
                waiting_days_ahead: read.number("SUS_WAITING_DAYS_AHEAD").unwrap_or(days.waiting_days_ahead),
                late_after_days: read.number("SUS_LATE_AFTER_DAYS").unwrap_or(days.late_after_days),
                due_after_begaran: read.number("SUS_DUE_AFTER_BEGARAN").unwrap_or(days.due_after_begaran),
                due_after_gk: read.number("SUS_DUE_AFTER_GK").unwrap_or(days.due_after_gk),
                due_after_planned: read.number("SUS_DUE_AFTER_PLANNED").unwrap_or(days.due_after_planned),
                follow_up: read.number("SUS_FOLLOW_UP_DAYS").unwrap_or(days.follow_up),
                follow_up_aktivitetsersattning: read
                    .number("SUS_FOLLOW_UP_AKTIVITETSERSATTNING_DAYS")
                    .unwrap_or(days.follow_up_aktivitetsersattning),
                consent_months: read.number("SUS_CONSENT_MONTHS").or(days.consent_months),
                withdrawal_removes: read.choice("SUS_WITHDRAWN_IDENTITY", ["keep", "remove"]) == Some("remove"),
            },
            data_dir,
            database_url,
            listen,
        };
        if read.errors.is_empty() { Ok(config) } else { Err(ConfigErrors(read.errors)) }
    }

    /// The journal of erasures: as named, else beside the file of an embedded database; none with another database.
    #[must_use]
    pub fn erasure_journal(&self) -> Option<PathBuf> {
        let beside = |url: &str| url.strip_prefix("sqlite://").map(|path| PathBuf::from(format!("{path}.erasures")));
        self.privacy.erasure_journal.clone().or_else(|| beside(self.database_url.expose()))
    }

    /// Where the reports' columns are kept between two runs; nowhere where they aren't to be saved.
    #[must_use]
    pub fn columns_file(&self) -> Option<PathBuf> {
        (self.limits.columns_minutes > 0).then(|| self.data_dir.join("columns"))
    }

    /// The development issuer's key, made when it is first asked for.
    #[must_use]
    pub fn dev_key_file(&self) -> PathBuf {
        self.data_dir.join("dev-auth.key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        Config::from_variables(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn nothing_set_is_an_embedded_database_on_loopback() {
        let config = read(&[]).unwrap();
        assert_eq!(config.database_url.expose(), "sqlite://./data/sus.db");
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
        assert_eq!(config.settings, Settings::default());
        assert_eq!(config.limits, Limits::default());
    }

    #[test]
    fn every_mistake_is_told_at_once_without_the_value() {
        let errors = read(&[
            ("SUS_LISTEN", "everywhere"),
            ("SUS_MASTER_KEY", "hemlig"),
            ("SUS_MAX_BATCH", "0"),
            ("SUS_DATABSE_URL", "postgres://u:hemlig@db/sus"),
            ("SUS_DATABASE_URL", "mysql://u:hemlig@db/sus"),
        ])
        .unwrap_err()
        .to_string();
        for name in ["SUS_LISTEN", "SUS_MASTER_KEY", "SUS_MAX_BATCH", "SUS_DATABSE_URL", "SUS_DATABASE_URL"] {
            assert!(errors.contains(name), "{name} is not told: {errors}");
        }
        assert!(!errors.contains("hemlig"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = "ab".repeat(32);
        let config = read(&[("SUS_MASTER_KEY", &key), ("SUS_DATABASE_URL", "postgres://u:hemlig@db/sus")]).unwrap();
        let shown = format!("{config:?}");
        assert!(!shown.contains("hemlig") && !shown.contains(&key), "{shown}");
    }

    #[test]
    fn ranges_of_numbers_stand_in_the_table() {
        for (name, good, bad) in [("SUS_WORKERS", "2", "0"), ("SUS_CONSENT_MONTHS", "12", "121")] {
            assert!(read(&[(name, good)]).is_ok(), "{name}");
            assert!(read(&[(name, bad)]).is_err(), "{name}");
        }
    }
}
