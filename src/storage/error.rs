//! What can go wrong in storage. The texts never hold SQL or values: they reach logs, not clients.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error};

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
            Self::Failed(what) => write!(f, "the database failed: {what}"),
        }
    }
}

impl std::error::Error for StorageError {}

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
            Error::DatabaseError(kind, info) => {
                let table = info.table_name().unwrap_or("");
                log::debug!("database error {kind:?} {table}: {}", info.message());
                Self::Failed(format!("{kind:?} {table}"))
            }
            other => Self::Failed(format!("{:?}", std::mem::discriminant(&other))),
        }
    }
}

impl From<diesel::r2d2::PoolError> for StorageError {
    fn from(_: diesel::r2d2::PoolError) -> Self {
        Self::Unavailable("no connection is free".to_owned())
    }
}
