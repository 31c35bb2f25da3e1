//! The journal of a case as rows, and back: [`encode`] takes an entry apart, `decode` puts it together,
//! [`load`] reads whole cases, [`load_counted`] what of them is counted.

mod decode;
mod encode;
mod load;
mod rows;

pub use encode::encode;
pub use load::{Loaded, Selection, load, load_counted};
pub use rows::{AnswerRow, ClientReferenceRow, Erasable, FingerprintRow, HandlerRow, ReferenceRow, Rows, SubjectRow};

/// Microseconds since 1970-01-01, as instants are stored.
#[must_use]
pub fn micros(instant: chrono::DateTime<chrono::Utc>) -> i64 {
    instant.timestamp_micros()
}

/// The instant of stored microseconds.
#[must_use]
pub fn instant(micros: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
