//! Receipts: the answers that clients get again when they repeat a request with the same Idempotency-Key, and
//! the registrations that client references stand for.

use std::collections::HashSet;

use diesel::prelude::*;

use super::columns::{Statement, column};
use super::dialect::Link;
use super::error::StorageError;
use super::prepared::{Among, CHUNK};
use super::schema::{client_references, fingerprints, receipt_cases, receipts, registrations};

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable, Insertable)]
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
    /// The case it told of, [`NO_CASE`], or [`SEVERAL`]; none when nobody knows.
    pub case_number: Option<i64>,
    /// When, in microseconds.
    pub created: i64,
}

/// What a kept answer that tells of no case is kept under, so that it doesn't go with any: the number that no case has.
pub const NO_CASE: i64 = 0;
/// What one is kept under that tells of the cases of its [`ReceiptCases`].
pub const SEVERAL: i64 = -1;

/// The cases that a kept answer told of.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipt_cases, treat_none_as_default_value = false)]
pub struct ReceiptCases {
    /// Whose.
    pub client: String,
    /// The Idempotency-Key.
    pub idempotency_key: String,
    /// Their numbers, as a JSON array.
    pub cases: String,
    /// When, in microseconds.
    pub created: i64,
}

columns!(Receipt of receipts: client, idempotency_key, fingerprint, status, headers, body, case_number, created);
columns!(ReceiptCases of receipt_cases: client, idempotency_key, cases, created);

/// The receipts of (client, key) pairs.
///
/// # Errors
/// When the database fails.
pub fn find(link: &mut Link<'_>, keys: &[(String, String)]) -> Result<Vec<Receipt>, StorageError> {
    match link {
        _ if keys.is_empty() => Ok(Vec::new()),
        Link::Sqlite(c) => {
            let mut found = Vec::new();
            for (client, key) in keys {
                let query = receipts::table.find((client, key)).select(Receipt::as_select());
                found.extend(query.load::<Receipt>(*c)?);
            }
            Ok(found)
        }
        Link::Postgres(c) => {
            let by = "receipts WHERE client = wanted.first AND idempotency_key = wanted.second";
            let keys = [column(keys, |(client, _)| client), column(keys, |(_, key)| key)];
            Ok(Statement::default().looking_up("receipts.*", by, keys).load(*c)?)
        }
    }
}

/// Keeps answers, and which cases those of several told of.
///
/// # Errors
/// When the database fails.
pub fn insert(link: &mut Link<'_>, rows: &[Receipt], of: &[ReceiptCases]) -> Result<(), StorageError> {
    if !rows.is_empty() {
        insert_together!(link, [rows, of]);
    }
    Ok(())
}

/// Empties the receipts that tell of some cases, and those of which nobody knows; whoever repeats such a request learns
/// that its answer is gone.
///
/// # Errors
/// When the database fails.
pub fn empty_for(link: &mut Link<'_>, numbers: &[i64]) -> Result<(), StorageError> {
    for chunk in numbers.chunks(CHUNK) {
        let those = receipts::table.filter(receipts::case_number.eq_any(chunk.iter().copied().map(Some)));
        each!(link, c => diesel::update(those).set(receipts::body.eq(None::<String>)).execute(c))?;
    }
    let any = receipts::table.filter(receipts::case_number.is_null());
    each!(link, c => diesel::update(any).set(receipts::body.eq(None::<String>)).execute(c))?;
    let gone: HashSet<i64> = numbers.iter().copied().collect();
    let all: Vec<ReceiptCases> = each!(link, c => receipt_cases::table.select(ReceiptCases::as_select()).load(c))?;
    for ReceiptCases { client, idempotency_key, cases, .. } in all {
        let told: Vec<i64> = serde_json::from_str(&cases).map_err(|_| StorageError::Corrupt("receipt_cases"))?;
        if told.iter().any(|number| gone.contains(number)) {
            let key = (&client, &idempotency_key);
            let (of, those) = (receipts::table.find(key), receipt_cases::table.find(key));
            each!(link, c => diesel::update(of).set(receipts::body.eq(None::<String>)).execute(c))?;
            each!(link, c => diesel::delete(those).execute(c))?;
        }
    }
    Ok(())
}

/// Forgets receipts older than an instant, so that an old key may be used anew.
///
/// # Errors
/// When the database fails.
pub fn forget_before(link: &mut Link<'_>, micros: i64) -> Result<usize, StorageError> {
    each!(link, c => diesel::delete(receipt_cases::table.filter(receipt_cases::created.lt(micros))).execute(c))?;
    Ok(each!(link, c => diesel::delete(receipts::table.filter(receipts::created.lt(micros))).execute(c))?)
}

/// A registration that a client reference stands for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Referenced {
    /// Keyed hash of client and reference.
    pub hash: Vec<u8>,
    /// The registration.
    pub registration: Vec<u8>,
    /// The number of its case.
    pub case_number: i64,
    /// Its position.
    pub position: i64,
    /// Keyed hash of what was sent; none when it was erased.
    pub fingerprint: Option<Vec<u8>>,
}

/// What client references stand for.
///
/// # Errors
/// When the database fails.
pub fn referenced(link: &mut Link<'_>, hashes: &[Vec<u8>]) -> Result<Vec<Referenced>, StorageError> {
    let mut found = Vec::new();
    for chunk in hashes.chunks(CHUNK) {
        let Some(those) = Among::new(client_references::hash, chunk.iter().map(Vec::as_slice)) else { continue };
        found.extend(each!(link, c => client_references::table
            .left_join(fingerprints::table.on(fingerprints::case_number.eq(client_references::case_number)
                .and(fingerprints::position.eq(client_references::position))))
            .filter(those)
            .select((
                client_references::hash,
                client_references::registration,
                client_references::case_number,
                client_references::position,
                fingerprints::fingerprint.nullable(),
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
        .get_result(c)
        .optional())?)
}
