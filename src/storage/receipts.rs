//! Receipts: the answers that clients get again when they repeat a request with the same Idempotency-Key, and
//! the registrations that client references stand for.

use diesel::prelude::*;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{cases, receipts, registrations};

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipts, treat_none_as_default_value = false)]
pub struct Receipt {
    /// Whose.
    pub client: String,
    /// The Idempotency-Key.
    pub idempotency_key: String,
    /// Keyed hash of the request.
    pub fingerprint: Vec<u8>,
    /// Status of the answer.
    pub status: i16,
    /// Its headers, as a JSON object.
    pub headers: String,
    /// Its body; none when the case it told of was erased.
    pub body: Option<String>,
    /// The case it told of.
    pub case_number: Option<i64>,
    /// When, in microseconds.
    pub created: i64,
}

/// The receipts of (client, key) pairs.
///
/// # Errors
/// When the database fails.
pub fn find(link: &mut Link<'_>, keys: &[(String, String)]) -> Result<Vec<Receipt>, StorageError> {
    let mut found = Vec::new();
    for (client, key) in keys {
        found.extend(each!(link, c => receipts::table
            .find((client, key))
            .select(Receipt::as_select())
            .first::<Receipt>(c)
            .optional())?);
    }
    Ok(found)
}

/// Keeps answers.
///
/// # Errors
/// When the database fails.
pub fn insert(link: &mut Link<'_>, rows: &[Receipt]) -> Result<(), StorageError> {
    insert_rows!(link, receipts::table, rows);
    Ok(())
}

/// Empties the receipts that tell of a case; whoever repeats such a request learns that it is gone.
///
/// # Errors
/// When the database fails.
pub fn empty_for(link: &mut Link<'_>, case_number: i64) -> Result<usize, StorageError> {
    Ok(each!(link, c => diesel::update(receipts::table.filter(receipts::case_number.eq(case_number)))
        .set(receipts::body.eq(None::<String>))
        .execute(c))?)
}

/// Forgets receipts older than an instant, so that an old key may be used anew.
///
/// # Errors
/// When the database fails.
pub fn forget_before(link: &mut Link<'_>, micros: i64) -> Result<usize, StorageError> {
    Ok(each!(link, c => diesel::delete(receipts::table.filter(receipts::created.lt(micros))).execute(c))?)
}

/// A registration that a client reference stands for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Referenced {
    /// The client.
    pub client: String,
    /// Its reference.
    pub reference: Option<String>,
    /// Keyed hash of what was sent.
    pub fingerprint: Option<Vec<u8>>,
    /// The registration.
    pub registration: Vec<u8>,
    /// The public id of its case.
    pub case: Vec<u8>,
    /// Its position.
    pub position: i64,
}

/// What the client references of one client stand for.
///
/// # Errors
/// When the database fails.
pub fn referenced(link: &mut Link<'_>, client: &str, references: &[String]) -> Result<Vec<Referenced>, StorageError> {
    let mut found = Vec::new();
    for chunk in references.chunks(1000) {
        found.extend(each!(link, c => registrations::table
            .inner_join(cases::table.on(cases::number.eq(registrations::case_number)))
            .filter(registrations::client.eq(client))
            .filter(registrations::client_reference.is_not_null())
            .filter(registrations::client_reference.eq_any(chunk.iter().map(Some)))
            .select((
                registrations::client,
                registrations::client_reference,
                registrations::fingerprint,
                registrations::id,
                cases::id,
                registrations::position,
            ))
            .load::<Referenced>(c))?);
    }
    Ok(found)
}

/// The case number of a registration's public id.
///
/// # Errors
/// When the database fails.
pub fn case_of_registration(link: &mut Link<'_>, id: &[u8]) -> Result<Option<i64>, StorageError> {
    Ok(each!(link, c => registrations::table
        .filter(registrations::id.eq(id))
        .select(registrations::case_number)
        .first(c)
        .optional())?)
}
