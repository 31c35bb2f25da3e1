//! The file that says who may call: pinned issuers, and how their words are read.
//!
//! It is read once at start, by [`read`]. Everything that is wrong is told at once, by place and never with a value.
//! Secrets do not stand in it: it names the files that hold them. [`EXAMPLE`] is a whole one, and a test reads it.

mod issuer;
mod login;
mod place;

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};

use self::issuer::issuer;
use self::login::{limits, login};
use self::place::Place;
use super::fetch::Client;
use super::login::{Login, Logins};
use super::sessions::Limits;
use super::tokens::{Issuer, Verifier};

/// What a file looks like, with everything that may stand in it.
pub const EXAMPLE: &str = include_str!("example.toml");

/// The file as it was read.
pub struct AuthFile {
    /// The issuers, in the order of the file.
    pub issuers: Vec<Issuer>,
    /// For asking them.
    pub client: Client,
    /// How people log in; none where only machines call.
    pub logins: Vec<Login>,
    /// How long their sessions last.
    pub limits: Limits,
}

impl fmt::Debug for AuthFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthFile").field("issuers", &self.issuers.len()).finish_non_exhaustive()
    }
}

impl AuthFile {
    /// What checks the tokens of its issuers, and what logs people in.
    #[must_use]
    pub fn parts(self) -> (Verifier, Option<Logins>) {
        let get = self.client.getter();
        let logins = Logins { all: self.logins, client: self.client, limits: self.limits };
        (Verifier::new(self.issuers, get), Some(logins).filter(|logins| !logins.all.is_empty()))
    }
}

/// Everything that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileErrors {
    /// The file.
    pub file: PathBuf,
    /// Each by its place.
    pub wrong: Vec<String>,
}

impl fmt::Display for FileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.wrong.iter().map(|one| format!("{}: {one}", self.file.display())).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for FileErrors {}

/// Reads the file and the files that it names, beside it where their paths are relative.
///
/// # Errors
/// All that is wrong.
pub fn read(file: &Path) -> Result<AuthFile, FileErrors> {
    let errors = |wrong| FileErrors { file: file.to_owned(), wrong };
    let text = std::fs::read_to_string(file).map_err(|e| errors(vec![format!("it can't be read: {}", e.kind())]))?;
    read_text(&text, file.parent().unwrap_or(Path::new("."))).map_err(errors)
}

fn read_text(text: &str, folder: &Path) -> Result<AuthFile, Vec<String>> {
    // The library's own message shows the line that it can't read, and what stands there may be a secret.
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        vec![format!("line {line}: not TOML")]
    })?;
    let wrong = RefCell::default();
    let root = Place::root(&table, &wrong);
    let client = match secret_file(&root, "roots_file", folder) {
        Some(pem) => Client::new(Some(pem.as_bytes())).map_err(|_| root.refuse("roots_file", "certificates in PEM")),
        None => Client::new(None).map_err(|_| ()),
    };
    let places = root.tables("issuer");
    if places.is_empty() && !root.has("issuer") {
        root.refuse("issuer", "at least one [[issuer]]");
    }
    let mut issuers: Vec<Issuer> = places.into_iter().map(issuer).collect();
    apart(&issuers, &wrong);
    let logins = root.tables("login").into_iter().filter_map(|place| login(place, &issuers, folder));
    let logins: Vec<Login> = logins.collect();
    for (index, login) in logins.iter().enumerate() {
        if logins[..index].iter().any(|earlier| earlier.name == login.name) {
            wrong.borrow_mut().push(format!("login[{}].issuer: expected one that no other [[login]] has", index + 1));
        }
        issuers[login.issuer].keys.discover();
    }
    let limits = limits(root.table("session"));
    root.end();
    match (client, wrong.into_inner()) {
        (Ok(client), wrong) if wrong.is_empty() => Ok(AuthFile { issuers, client, logins, limits }),
        (_, wrong) => Err(wrong),
    }
}

/// What a file that is named holds.
fn secret_file(place: &Place<'_>, name: &'static str, folder: &Path) -> Option<zeroize::Zeroizing<String>> {
    let path = place.text(name, "a file")?;
    match std::fs::read_to_string(folder.join(path)) {
        Ok(text) => Some(zeroize::Zeroizing::new(text)),
        Err(error) => {
            place.refuse(name, &format!("a file that can be read ({})", error.kind()));
            None
        }
    }
}

/// Two issuers that can't be told apart, or whose clients can't.
fn apart(issuers: &[Issuer], wrong: &RefCell<Vec<String>>) {
    for (index, issuer) in issuers.iter().enumerate() {
        let say = |name: &str, expected: &str| {
            wrong.borrow_mut().push(format!("issuer[{}].{name}: expected {expected}", index + 1));
        };
        if issuers[..index].iter().any(|earlier| earlier.url == issuer.url && !issuer.url.is_empty()) {
            say("issuer", "an address that no other [[issuer]] has");
        }
        if issuers[..index].iter().any(|earlier| earlier.name == issuer.name && !issuer.name.is_empty()) {
            say("name", "a name that no other [[issuer]] has");
        }
        let prefix = &issuer.mapping.prefix;
        let clash =
            |other: &Issuer| other.mapping.prefix.starts_with(prefix) || prefix.starts_with(&other.mapping.prefix);
        if issuers[..index].iter().any(clash) {
            say(
                "client_prefix",
                "a text with which no other issuer's client_prefix begins, and the other way round: with several issuers \
                 their clients must be told apart",
            );
        }
    }
}

#[cfg(test)]
mod tests;
