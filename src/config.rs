//! What can be set from outside: the only place that reads the environment.
//!
//! [`VARIABLES`] documents every variable once; `sus serve --help` and the README print it. All mistakes are told
//! at once, by name and never with the value, which may be a secret. A misspelt `SUS_…` is a mistake too.
//! Never here: what the values do.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::domain::transition::Settings;

/// One variable, as documented.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name in the environment.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What a value looks like.
    pub expected: &'static str,
    /// What it is for.
    pub about: &'static str,
}

const fn variable(name: &'static str, default: &'static str, expected: &'static str, about: &'static str) -> Variable {
    Variable { name, default, expected, about }
}

/// Every variable once.
pub const VARIABLES: &[Variable] = &[
    variable("SUS_DATA_DIR", "./data", "a folder", "Where the embedded database and the keys made at first start lie."),
    variable("SUS_DATABASE_URL", "sqlite://SUS_DATA_DIR/sus.db", "sqlite://PATH or postgres://…", "The database."),
    variable("SUS_LISTEN", "127.0.0.1:8080", "ADDRESS:PORT", "Where the service listens."),
    variable(
        "SUS_PUBLIC_URL",
        "http:// and SUS_LISTEN",
        "http(s)://HOST without a path",
        "The address that clients use.",
    ),
    variable(
        "SUS_MASTER_KEY",
        "–",
        "64 hexadecimal digits",
        "The key that seals every person's key. Never together with SUS_MASTER_KEY_FILE.",
    ),
    variable(
        "SUS_MASTER_KEY_FILE",
        "made at first start in SUS_DATA_DIR (embedded database and loopback only)",
        "a file holding 64 hexadecimal digits",
        "The same key in a file.",
    ),
    variable(
        "SUS_LOG",
        "info",
        "error, warn, info, debug, trace or env_logger's filters",
        "How much is logged. Never personal data.",
    ),
    variable("SUS_WORKERS", "one per processor", "1–256", "Threads that answer requests."),
    variable("SUS_MAX_BODY_BYTES", "16777216", "1024–1073741824", "Longest request body."),
    variable("SUS_MAX_BATCH", "10000", "1–100000", "Most registrations in one request."),
    variable("SUS_QUEUE", "4096", "1–1000000", "Most registrations waiting to be written; beyond it 503."),
    variable("SUS_STOP_SECONDS", "30", "1–600", "Longest time that requests get to finish when the service stops."),
    variable("SUS_DEV_TOKEN_HOURS", "8", "1–12", "How long a development token lasts (--dev-auth)."),
    variable("SUS_WAITING_DAYS_AHEAD", "31", "0–366", "How many days ahead a waiting step may be dated."),
    variable("SUS_LATE_AFTER_DAYS", "10", "0–366", "A registration more than this many days after its event is late."),
    variable("SUS_DUE_AFTER_BEGARAN", "28", "1–366", "Days until the next registration is due after begaran."),
    variable("SUS_DUE_AFTER_GK", "14", "1–366", "… after gk's only meeting."),
    variable("SUS_DUE_AFTER_PLANNED", "28", "1–366", "… after a planned insats."),
    variable("SUS_FOLLOW_UP_DAYS", "90", "1–3660", "Days between follow-ups of an insats."),
    variable("SUS_FOLLOW_UP_AKTIVITETSERSATTNING_DAYS", "365", "1–3660", "… with aktivitetsersättning."),
    variable("SUS_CONSENT_MONTHS", "no limit", "1–120", "Age of a consent, in months, beyond which a notice is given."),
];

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
    /// Filter of the log.
    pub log: String,
    /// Threads that answer requests; `None` is one per processor.
    pub workers: Option<usize>,
    /// Limits.
    pub limits: Limits,
    /// Lead times of the domain.
    pub settings: Settings,
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
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes: 16 * 1024 * 1024, batch: 10_000, queue: 4096, stop_seconds: 30, dev_token_hours: 8 }
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
        let mut read = Reader { found, errors: Vec::new() };
        read.refuse_unknown();
        let data_dir = PathBuf::from(read.text("SUS_DATA_DIR").unwrap_or_else(|| "./data".to_owned()));
        let database_url = read.database_url(&data_dir);
        let listen: SocketAddr = read.parsed("SUS_LISTEN").unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let standard = Limits::default();
        let days = Settings::default();
        let config = Self {
            public_url: read.public_url(listen),
            master_key: read.master_key(&data_dir),
            log: read.text("SUS_LOG").unwrap_or_else(|| "info".to_owned()),
            workers: read.number("SUS_WORKERS"),
            limits: Limits {
                body_bytes: read.number("SUS_MAX_BODY_BYTES").unwrap_or(standard.body_bytes),
                batch: read.number("SUS_MAX_BATCH").unwrap_or(standard.batch),
                queue: read.number("SUS_QUEUE").unwrap_or(standard.queue),
                stop_seconds: read.number("SUS_STOP_SECONDS").unwrap_or(standard.stop_seconds),
                dev_token_hours: read.number("SUS_DEV_TOKEN_HOURS").unwrap_or(standard.dev_token_hours),
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
            },
            data_dir,
            database_url,
            listen,
        };
        if read.errors.is_empty() { Ok(config) } else { Err(ConfigErrors(read.errors)) }
    }

    /// The development issuer's key, made when it is first asked for.
    #[must_use]
    pub fn dev_key_file(&self) -> PathBuf {
        self.data_dir.join("dev-auth.key")
    }
}

/// Reads variables and collects what is wrong.
struct Reader {
    found: BTreeMap<String, String>,
    errors: Vec<String>,
}

impl Reader {
    fn refuse_unknown(&mut self) {
        for name in self.found.keys() {
            if !VARIABLES.iter().any(|v| v.name == name) {
                self.errors.push(format!("{name}: there is no such variable"));
            }
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.found.get(name).filter(|v| !v.is_empty()).cloned()
    }

    /// Says what would be right, never what was given.
    fn refuse(&mut self, name: &str) {
        let expected = VARIABLES.iter().find(|v| v.name == name).map_or("", |v| v.expected);
        self.errors.push(format!("{name}: expected {expected}"));
    }

    fn parsed<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let value = self.text(name)?.parse().ok();
        if value.is_none() {
            self.refuse(name);
        }
        value
    }

    /// A whole number within the range that the table states.
    fn number<T: TryFrom<u64>>(&mut self, name: &str) -> Option<T> {
        let given = self.text(name)?;
        let expected = VARIABLES.iter().find(|v| v.name == name)?.expected;
        let (low, high) = expected.split_once('–')?;
        let (low, high): (u64, u64) = (low.parse().ok()?, high.parse().ok()?);
        let value = given.parse().ok().filter(|n| (low..=high).contains(n)).and_then(|n| T::try_from(n).ok());
        if value.is_none() {
            self.refuse(name);
        }
        value
    }

    fn database_url(&mut self, data_dir: &std::path::Path) -> Secret {
        let url =
            self.text("SUS_DATABASE_URL").unwrap_or_else(|| format!("sqlite://{}", data_dir.join("sus.db").display()));
        if !["sqlite://", "postgres://", "postgresql://"].iter().any(|s| url.starts_with(s) && url.len() > s.len()) {
            self.refuse("SUS_DATABASE_URL");
        }
        Secret::new(url)
    }

    fn public_url(&mut self, listen: SocketAddr) -> String {
        let url = self.text("SUS_PUBLIC_URL").unwrap_or_else(|| format!("http://{listen}"));
        let url = url.trim_end_matches('/').to_owned();
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if host.is_none_or(|h| h.is_empty() || h.contains(['/', '?', '#', '@'])) {
            self.refuse("SUS_PUBLIC_URL");
        }
        url
    }

    fn master_key(&mut self, data_dir: &std::path::Path) -> MasterKeySource {
        let file = self.text("SUS_MASTER_KEY_FILE").map(PathBuf::from);
        let given = self.text("SUS_MASTER_KEY");
        match (given, file) {
            (Some(_), Some(_)) => {
                self.errors.push("SUS_MASTER_KEY and SUS_MASTER_KEY_FILE: give only one".to_owned());
                MasterKeySource::MadeAtFirstStart(data_dir.join("master.key"))
            }
            (Some(key), None) => {
                if key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit()) {
                    self.refuse("SUS_MASTER_KEY");
                }
                MasterKeySource::Given(Secret::new(key))
            }
            (None, Some(file)) => MasterKeySource::File(file),
            (None, None) => MasterKeySource::MadeAtFirstStart(data_dir.join("master.key")),
        }
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
