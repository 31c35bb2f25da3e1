//! Reads variables by their row in the table, and collects everything that is wrong.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveTime;

use super::variables::VARIABLES;
use super::{MasterKeySource, Secret};

/// Reads variables and collects what is wrong.
pub(super) struct Reader {
    found: BTreeMap<String, String>,
    /// What was wrong, by name and never with the value.
    pub errors: Vec<String>,
}

impl Reader {
    pub fn new(found: BTreeMap<String, String>) -> Self {
        Self { found, errors: Vec::new() }
    }

    pub fn refuse_unknown(&mut self) {
        for name in self.found.keys() {
            if !VARIABLES.iter().any(|v| v.name == name) {
                self.errors.push(format!("{name}: there is no such variable"));
            }
        }
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.found.get(name).filter(|v| !v.is_empty()).cloned()
    }

    /// Says what would be right, never what was given.
    pub fn refuse(&mut self, name: &str) {
        let expected = VARIABLES.iter().find(|v| v.name == name).map_or("", |v| v.expected);
        self.errors.push(format!("{name}: expected {expected}"));
    }

    pub fn parsed<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let value = self.text(name)?.parse().ok();
        if value.is_none() {
            self.refuse(name);
        }
        value
    }

    /// A whole number within the range that the table states.
    pub fn number<T: TryFrom<u64>>(&mut self, name: &str) -> Option<T> {
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

    /// A time of the day.
    pub fn time(&mut self, name: &str) -> Option<NaiveTime> {
        let given = self.text(name)?;
        let time = NaiveTime::parse_from_str(&given, "%H:%M").ok();
        if time.is_none() {
            self.refuse(name);
        }
        time
    }

    /// One of a few words.
    pub fn choice(&mut self, name: &str, of: [&'static str; 2]) -> Option<&'static str> {
        let given = self.text(name)?;
        let found = of.into_iter().find(|word| *word == given);
        if found.is_none() {
            self.refuse(name);
        }
        found
    }

    /// Files, separated by commas.
    pub fn files(&mut self, name: &str) -> Vec<PathBuf> {
        let Some(given) = self.text(name) else { return Vec::new() };
        let files: Vec<&str> = given.split(',').map(str::trim).collect();
        if files.iter().any(|file| file.is_empty()) {
            self.refuse(name);
        }
        files.into_iter().map(PathBuf::from).collect()
    }

    pub fn database_url(&mut self, data_dir: &std::path::Path) -> Secret {
        let url =
            self.text("SUS_DATABASE_URL").unwrap_or_else(|| format!("sqlite://{}", data_dir.join("sus.db").display()));
        if !["sqlite://", "postgres://", "postgresql://"].iter().any(|s| url.starts_with(s) && url.len() > s.len()) {
            self.refuse("SUS_DATABASE_URL");
        }
        Secret::new(url)
    }

    pub fn public_url(&mut self, listen: SocketAddr) -> String {
        let url = self.text("SUS_PUBLIC_URL").unwrap_or_else(|| {
            let scheme = if self.text("SUS_TLS_CERT_FILE").is_some() { "https" } else { "http" };
            format!("{scheme}://{listen}")
        });
        let url = url.trim_end_matches('/').to_owned();
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if host.is_none_or(|h| h.is_empty() || h.contains(['/', '?', '#', '@'])) {
            self.refuse("SUS_PUBLIC_URL");
        }
        url
    }

    pub fn master_key(&mut self, data_dir: &std::path::Path) -> MasterKeySource {
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
