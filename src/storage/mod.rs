//! Storage: diesel, two backends, one schema.
//!
//! **Lives here:** connections, the rows, and the few statements that differ between SQLite and PostgreSQL
//! ([`dialect`], the only match on the backend). **Never here:** what may happen to a case, or who may ask.
//!
//! Every query on persons and their cases takes a [`Scope`](access::Scope): the one door at which reading is
//! written to the access log.

#[macro_use]
mod columns;
#[macro_use]
pub mod dialect;
pub mod access;
pub mod append;
pub mod backup;
pub mod cases;
pub mod changes;
pub mod connection;
pub mod due;
pub mod erase;
pub mod erasures;
pub mod error;
pub mod journal;
pub mod kept;
pub mod keys;
pub mod lists;
pub mod look_up;
pub mod organisation;
pub mod persons;
mod prepared;
pub mod receipts;
pub mod retention;
pub mod rotation;
pub mod saved_columns;
pub mod schema;
pub mod sessions;
pub mod slack;
pub mod vault;

pub use connection::{Db, Reader};
pub use dialect::Link;
pub use error::StorageError;
