//! What can go wrong in storage. The texts never hold SQL or values: they reach logs, not clients.

use std::fmt;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// A failure of storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageError {
    /// The database can't be reached, or has no connection free.
    Unavailable(String),
    /// Something that must be unique was there already: another process won.
    Conflict(String),
    /// The URL, the key or the schema is not usable.
    Setup(String),
    /// A key is in use, or was taken out of use, that this process doesn't know of: persons can't be looked up.
    Keys(String),
    /// What was read can't be understood.
    Corrupt(&'static str),
    /// There is no room on the disk: nothing was written.
    Full,
    /// Any other failure of the database.
    Failed(String),
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(what) => write!(f, "the database is not available: {what}"),
            Self::Conflict(what) => write!(f, "another write came first: {what}"),
            Self::Setup(what) => write!(f, "the database can't be used: {what}"),
            Self::Keys(what) => write!(f, "the keys have changed: {what}"),
            Self::Corrupt(what) => write!(f, "stored data can't be read: {what}"),
            Self::Full => f.write_str("the database has no room left on its disk"),
            Self::Failed(what) => write!(f, "the database failed: {what}"),
        }
    }
}

impl std::error::Error for StorageError {}

/// What SQLite and PostgreSQL say when the disk is full: neither has a kind for it here.
const FULL: [&str; 2] = ["database or disk is full", "No space left on device"];
/// What SQLite says of its file and its transactions, word for word, so that there is no value in it.
const TOLD: [&str; 5] = [
    "disk I/O error",
    "database disk image is malformed",
    "attempt to write a readonly database",
    "unable to open database file",
    "cannot rollback - no transaction is active",
];

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        match error {
            // The message of a violation may quote the value; the constraint's name never does.
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Conflict(info.constraint_name().unwrap_or("a unique value").to_owned())
            }
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
                Self::Conflict("serialization".to_owned())
            }
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
            | Error::BrokenTransactionManager => Self::Unavailable("the connection was closed".to_owned()),
            Error::DatabaseError(kind, info) => failed(&kind, &*info),
            other => Self::Failed(format!("{:?}", std::mem::discriminant(&other))),
        }
    }
}

fn failed(kind: &DatabaseErrorKind, info: &dyn DatabaseErrorInformation) -> StorageError {
    let message = info.message();
    if FULL.iter().any(|text| message.contains(text)) {
        return StorageError::Full;
    }
    if let Some(text) = TOLD.iter().find(|text| **text == message) {
        return StorageError::Failed((*text).to_owned());
    }
    let table = info.table_name().unwrap_or("");
    log::debug!("database error {kind:?} {table}: {message}");
    StorageError::Failed(format!("{kind:?} {table}"))
}

impl From<diesel::r2d2::PoolError> for StorageError {
    fn from(_: diesel::r2d2::PoolError) -> Self {
        Self::Unavailable("no connection is free".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    use super::*;
    use crate::storage::Link;

    #[test]
    fn a_full_disk_is_told_as_such_and_nothing_is_written() {
        let mut c = SqliteConnection::establish(":memory:").unwrap();
        c.batch_execute("CREATE TABLE rows (body BLOB); PRAGMA max_page_count = 10").unwrap();
        let mut link = Link::Sqlite(&mut c);
        let full = link.written(|link| link.run("INSERT INTO rows VALUES (zeroblob(1000000))"));
        assert_eq!(full, Err(StorageError::Full));
        assert_eq!(link.written(|link| link.run("INSERT INTO rows VALUES (zeroblob(10))")), Ok(()));
    }

    #[test]
    fn postgresql_says_so_in_other_words() {
        let message = "could not extend file \"base/16384/16400\": No space left on device".to_owned();
        let error = Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message));
        assert_eq!(StorageError::from(error), StorageError::Full);
    }
}
