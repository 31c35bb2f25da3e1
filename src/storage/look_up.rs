//! What a unit of work looks up before it decides: on PostgreSQL by one statement, since each costs a round trip.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};

use super::cases::{self, PersonCase, Referred};
use super::columns::{Statement, column};
use super::dialect::Link;
use super::error::StorageError;
use super::persons::{self, Lookup};
use super::receipts::{self, Referenced};

/// What is looked for.
#[derive(Default)]
pub struct Wanted {
    /// Persons: the id of a look-up key, and a hash by it.
    pub people: Vec<(String, Vec<u8>)>,
    /// Keyed hashes of client references.
    pub client_references: Vec<Vec<u8>>,
    /// The agencies' case references.
    pub references: Vec<String>,
}

/// What there is of it, in no order.
#[derive(Default)]
pub struct Found {
    /// The persons.
    pub people: Vec<Lookup>,
    /// Their open cases.
    pub open: Vec<PersonCase>,
    /// What client references stand for.
    pub client_references: Vec<Referenced>,
    /// The cases that the agencies' references stand for.
    pub references: Vec<Referred>,
}

/// Looks everything up.
///
/// # Errors
/// When the database fails.
pub fn look_up(link: &mut Link<'_>, wanted: &Wanted) -> Result<Found, StorageError> {
    let nothing = wanted.people.is_empty() && wanted.client_references.is_empty() && wanted.references.is_empty();
    match link {
        _ if nothing => Ok(Found::default()),
        Link::Sqlite(_) => one_by_one(link, wanted),
        Link::Postgres(c) => together(c, wanted),
    }
}

fn one_by_one(link: &mut Link<'_>, wanted: &Wanted) -> Result<Found, StorageError> {
    let mut keys: Vec<&String> = wanted.people.iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut people = Vec::new();
    for key in keys {
        let of_key = wanted.people.iter().filter(|(of, _)| of == key);
        let hashes: Vec<Vec<u8>> = of_key.map(|(_, hash)| hash.clone()).collect();
        people.extend(persons::by_hashes(link, key, &hashes)?);
    }
    let ids: Vec<Vec<u8>> = people.iter().map(|lookup| lookup.person.clone()).collect();
    Ok(Found {
        people,
        client_references: receipts::referenced(link, &wanted.client_references)?,
        references: cases::by_references(link, &wanted.references)?,
        open: cases::open_of_persons(link, &ids)?,
    })
}

/// A row of any of the answers.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SmallInt)]
    kind: i16,
    /// Hash of a person or of a client reference.
    #[diesel(sql_type = Nullable<Binary>)]
    hash: Option<Vec<u8>>,
    /// The person, or the registration.
    #[diesel(sql_type = Nullable<Binary>)]
    id: Option<Vec<u8>>,
    /// The person's open case, or the fingerprint of what was sent.
    #[diesel(sql_type = Nullable<Binary>)]
    beside: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    at: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    agency: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reference: Option<String>,
}

const PERSON: i16 = 0;
const CLIENT_REFERENCE: i16 = 1;

const PEOPLE: &str = "0::smallint AS kind, hash, person AS id, (SELECT cases.id FROM cases WHERE cases.person = \
                      person_lookups.person AND state = 0) AS beside, NULL::bigint AS number, NULL::bigint AS at, \
                      NULL::text AS agency, NULL::text AS reference";
const CLIENT_REFERENCES: &str = "1::smallint, hash, registration, fingerprint, c.case_number, c.position, NULL::text, \
                                 NULL::text";
const BY_CLIENT_REFERENCE: &str = "client_references c LEFT JOIN fingerprints f ON f.case_number = c.case_number AND \
                                   f.position = c.position WHERE hash = wanted.first";
const REFERENCES: &str = "2::smallint, NULL::bytea, NULL::bytea, NULL::bytea, case_number, turn, agency, reference";

fn together(c: &mut PgConnection, wanted: &Wanted) -> Result<Found, StorageError> {
    let references = cases::of_each_agency(&wanted.references);
    let statement = Statement::default()
        .looking_up(PEOPLE, persons::BY_HASH, [column(&wanted.people, |(k, _)| k), column(&wanted.people, |(_, h)| h)])
        .text(" UNION ALL ")
        .looking_up(CLIENT_REFERENCES, BY_CLIENT_REFERENCE, [column(&wanted.client_references, |hash| hash)])
        .text(" UNION ALL ")
        .looking_up(
            REFERENCES,
            cases::BY_REFERENCE,
            [column(&references, |(a, _)| a), column(&references, |(_, r)| *r)],
        );
    let mut found = Found::default();
    for row in statement.load::<Row>(c)? {
        let Row { kind, hash, id, beside, number, at, agency, reference } = row;
        match (kind, hash.zip(id), number, at, agency.zip(reference)) {
            (PERSON, Some((hash, person)), ..) => {
                found.open.extend(beside.map(|case| (Some(person.clone()), case)));
                found.people.push(Lookup { hash, person });
            }
            (CLIENT_REFERENCE, Some((hash, registration)), Some(case_number), Some(position), _) => {
                let referenced = Referenced { hash, registration, case_number, position, fingerprint: beside };
                found.client_references.push(referenced);
            }
            (_, _, Some(number), Some(turn), Some((agency, reference))) => {
                found.references.push(Referred { agency, reference, number, turn });
            }
            _ => return Err(StorageError::Corrupt("what a unit looked up")),
        }
    }
    Ok(found)
}
