//! The rows that one entry of a journal is kept as.

#![expect(missing_docs, reason = "the columns are described in migrations/*/up.sql")]

use diesel::prelude::*;

use crate::storage::schema::{
    answers, case_handlers, case_offices, case_references, case_subjects, client_references, consents, fingerprints,
    meetings, reason_texts, registrations,
};

/// A row of `registrations`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = registrations, treat_none_as_default_value = false)]
pub struct RegistrationRow {
    pub case_number: i64,
    pub position: i64,
    pub id: Vec<u8>,
    pub kind: String,
    pub step: Option<String>,
    pub date: Option<i32>,
    pub known_from: i64,
    pub agency: String,
    pub client: String,
    pub handler: Option<String>,
    pub agreement: Option<String>,
    pub rule_set: i32,
    pub supersedes: Option<Vec<u8>>,
    pub detail: Option<String>,
}

/// A row of `case_subjects`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_subjects, treat_none_as_default_value = false)]
pub struct SubjectRow {
    pub case_number: i64,
    pub position: i64,
    pub birth: Option<i32>,
    pub municipality: Option<String>,
    pub district: Option<String>,
}

/// A row of `answers`; `place` is −1 where a list was answered with nothing.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = answers, treat_none_as_default_value = false)]
pub struct AnswerRow {
    pub case_number: i64,
    pub position: i64,
    pub question: String,
    pub place: i16,
    pub value: String,
}

/// A row of `meetings`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = meetings, treat_none_as_default_value = false)]
pub struct MeetingRow {
    pub case_number: i64,
    pub position: i64,
    pub date: i32,
}

/// A row of `consents`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
pub struct ConsentRow {
    pub case_number: i64,
    pub position: i64,
    pub obtained_on: i32,
    pub obtained_by: String,
    pub office: String,
    pub form: String,
}

/// A row of `case_offices`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_offices, treat_none_as_default_value = false)]
pub struct OfficeRow {
    pub case_number: i64,
    pub position: i64,
    pub agency: String,
    pub office: String,
    pub from_day: i32,
}

/// A row of `case_handlers`; no handler where one was cleared.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_handlers, treat_none_as_default_value = false)]
pub struct HandlerRow {
    pub case_number: i64,
    pub position: i64,
    pub agency: String,
    pub handler: Option<String>,
    pub from_day: i32,
}

/// A row of `case_references`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_references, treat_none_as_default_value = false)]
pub struct ReferenceRow {
    pub agency: String,
    pub reference: String,
    pub case_number: i64,
    pub position: i64,
    /// How many had the reference before.
    pub turn: i64,
}

/// A row of `reason_texts`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = reason_texts, treat_none_as_default_value = false)]
pub struct TextRow {
    pub case_number: i64,
    pub position: i64,
    pub text: String,
}

/// A row of `fingerprints`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = fingerprints, treat_none_as_default_value = false)]
pub struct FingerprintRow {
    pub case_number: i64,
    pub position: i64,
    pub fingerprint: Vec<u8>,
}

/// A row of `client_references`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = client_references, treat_none_as_default_value = false)]
pub struct ClientReferenceRow {
    pub hash: Vec<u8>,
    pub case_number: i64,
    pub position: i64,
    pub registration: Vec<u8>,
}

columns!(RegistrationRow of registrations: case_number, position, id, kind, step, date, known_from, agency, client, handler, agreement, rule_set, supersedes, detail);
columns!(SubjectRow of case_subjects: case_number, position, birth, municipality, district);
columns!(AnswerRow of answers: case_number, position, question, place, value);
columns!(MeetingRow of meetings: case_number, position, date);
columns!(ConsentRow of consents: case_number, position, obtained_on, obtained_by, office, form);
columns!(OfficeRow of case_offices: case_number, position, agency, office, from_day);
columns!(HandlerRow of case_handlers: case_number, position, agency, handler, from_day);
columns!(ReferenceRow of case_references: agency, reference, case_number, position, turn);
columns!(TextRow of reason_texts: case_number, position, text);
columns!(FingerprintRow of fingerprints: case_number, position, fingerprint);
columns!(ClientReferenceRow of client_references: hash, case_number, position, registration);

/// Rows that may be erased.
#[derive(Debug, Default)]
pub struct Erasable {
    pub subjects: Vec<SubjectRow>,
    pub answers: Vec<AnswerRow>,
    pub consents: Vec<ConsentRow>,
    pub handlers: Vec<HandlerRow>,
    pub references: Vec<ReferenceRow>,
    pub texts: Vec<TextRow>,
    pub fingerprints: Vec<FingerprintRow>,
}

/// All rows of some entries.
#[derive(Debug, Default)]
pub struct Rows {
    pub registrations: Vec<RegistrationRow>,
    pub meetings: Vec<MeetingRow>,
    pub offices: Vec<OfficeRow>,
    pub client_references: Vec<ClientReferenceRow>,
    pub erasable: Erasable,
}
