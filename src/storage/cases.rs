//! The case as it stands now: one row that lists and locks need. Everything in it follows from the journal.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;

use super::columns::{Statement, column};
use super::dialect::Link;
use super::error::StorageError;
use super::prepared::{Among, CHUNK};
use super::schema::{case_references, cases};
use crate::domain::case::{Case, IdentityState};
use crate::domain::code::{CaseId, OfficeCode};
use crate::domain::due;
use crate::domain::organisation::OfficePair;
use crate::domain::step::Agency;
use crate::domain::transition::Settings;

/// Under way.
pub const OPEN: i16 = 0;
/// Ended.
pub const ENDED: i16 = 1;
/// Out of all figures.
pub const FELREGISTRERING: i16 = 2;

/// A row of `cases`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cases, treat_none_as_default_value = false)]
pub struct CaseRow {
    /// Internal number: the position of the request. Never shown.
    pub number: i64,
    /// Public id.
    pub id: Vec<u8>,
    /// Whose; none where anonymous or removed.
    pub person: Option<Vec<u8>>,
    /// Code of [`IdentityState`].
    pub identity: String,
    /// Code of the sex.
    pub sex: String,
    /// How many entries made it.
    pub version: i64,
    /// [`OPEN`], [`ENDED`] or [`FELREGISTRERING`].
    pub state: i16,
    /// Code of the latest step.
    pub step: String,
    /// Its day.
    pub step_date: i32,
    /// Owner of the next registration.
    pub next_owner: Option<String>,
    /// Day by which it is due.
    pub due: Option<i32>,
    /// Unanswered questions.
    pub missing: i32,
    /// Present FK office.
    pub fk_office: String,
    /// Present AF office.
    pub af_office: String,
    /// Present FK handläggare.
    pub fk_handler: Option<String>,
    /// Present AF handläggare.
    pub af_handler: Option<String>,
}

columns!(CaseRow of cases: number, id, person, identity, sex, version, state, step, step_date, next_owner, due, missing,
    fk_office, af_office, fk_handler, af_handler);

/// Where a case stands, as the writer needs it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = cases, treat_none_as_default_value = false)]
pub struct Stand {
    /// Internal number.
    pub number: i64,
    /// Public id.
    pub id: Vec<u8>,
    /// Whose.
    pub person: Option<Vec<u8>>,
    /// How many entries made it.
    pub version: i64,
}

impl Stand {
    /// The public id.
    #[must_use]
    pub fn case_id(&self) -> CaseId {
        CaseId(uuid::Uuid::from_slice(&self.id).unwrap_or_default())
    }
}

/// A person and a case's public id.
pub type PersonCase = (Option<Vec<u8>>, Vec<u8>);

/// The open cases of these persons.
///
/// # Errors
/// When the database fails.
pub fn open_of_persons(link: &mut Link<'_>, persons: &[Vec<u8>]) -> Result<Vec<PersonCase>, StorageError> {
    let mut rows = Vec::new();
    for chunk in persons.chunks(CHUNK) {
        let Some(those) = Among::new(cases::person, chunk.iter().map(Vec::as_slice)) else { continue };
        rows.extend(each!(link, c => cases::table
            .filter(cases::person.is_not_null())
            .filter(those)
            .filter(cases::state.eq(OPEN))
            .select((cases::person, cases::id))
            .load::<PersonCase>(c))?);
    }
    Ok(rows)
}

/// Days since 1970-01-01.
#[must_use]
pub fn day_number(day: NaiveDate) -> i32 {
    (day - NaiveDate::default()).num_days().try_into().unwrap_or(i32::MAX)
}

/// The day of a number of days since 1970-01-01.
#[must_use]
pub fn day_of(number: i32) -> NaiveDate {
    let epoch = NaiveDate::default();
    let days = Days::new(u64::from(number.unsigned_abs()));
    let day = if number < 0 { epoch.checked_sub_days(days) } else { epoch.checked_add_days(days) };
    day.unwrap_or(epoch)
}

impl CaseRow {
    /// The row of a case.
    #[must_use]
    pub fn of(case: &Case, number: i64, person: Option<Vec<u8>>, settings: &Settings) -> Self {
        let due = due::next(case, settings);
        let offices = case.present_offices();
        let handler = |agency| case.present_handler(agency).map(ToString::to_string);
        Self {
            number,
            id: case.id.0.as_bytes().to_vec(),
            person: person.filter(|_| case.identity == IdentityState::Named),
            identity: case.identity.code().to_owned(),
            sex: case.sex.code().to_owned(),
            version: case.version,
            state: if case.felregistrering {
                FELREGISTRERING
            } else if case.is_open() {
                OPEN
            } else {
                ENDED
            },
            step: case.current().kind.code().to_owned(),
            step_date: day_number(case.current().date),
            next_owner: due.as_ref().map(|d| d.owner.code().to_owned()),
            due: due.as_ref().map(|d| day_number(d.on)),
            missing: case.missing_answers().len().try_into().unwrap_or(i32::MAX),
            fk_office: offices.fk.to_string(),
            af_office: offices.af.to_string(),
            fk_handler: handler(Agency::Fk),
            af_handler: handler(Agency::Af),
        }
    }

    /// The public id.
    #[must_use]
    pub fn case_id(&self) -> CaseId {
        CaseId(uuid::Uuid::from_slice(&self.id).unwrap_or_default())
    }

    /// The present offices.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`] when they are no codes.
    pub fn offices(&self) -> Result<OfficePair, StorageError> {
        let office = |code: &str| OfficeCode::parse(code).map_err(|_| StorageError::Corrupt("cases"));
        Ok(OfficePair { fk: office(&self.fk_office)?, af: office(&self.af_office)? })
    }
}

/// The rows of these public ids, in no order.
///
/// # Errors
/// When the database fails.
pub fn by_ids(link: &mut Link<'_>, ids: &[Vec<u8>]) -> Result<Vec<CaseRow>, StorageError> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let Some(those) = Among::new(cases::id, chunk.iter().map(Vec::as_slice)) else { continue };
        rows.extend(each!(link, c => cases::table
            .filter(those)
            .select(CaseRow::as_select())
            .load::<CaseRow>(c))?);
    }
    Ok(rows)
}

/// The rows of these numbers, in no order.
///
/// # Errors
/// When the database fails.
pub fn by_numbers(link: &mut Link<'_>, numbers: &[i64]) -> Result<Vec<CaseRow>, StorageError> {
    let mut rows = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(CHUNK) {
        let Some(those) = Among::new(cases::number, chunk.iter().copied()) else { continue };
        rows.extend(each!(link, c => cases::table
            .filter(those)
            .select(CaseRow::as_select())
            .load::<CaseRow>(c))?);
    }
    Ok(rows)
}

/// The rows of the cases of these persons, in no order.
///
/// # Errors
/// When the database fails.
pub fn of_persons(link: &mut Link<'_>, persons: &[Vec<u8>]) -> Result<Vec<CaseRow>, StorageError> {
    let mut rows = Vec::new();
    for chunk in persons.chunks(CHUNK) {
        let Some(those) = Among::new(cases::person, chunk.iter().map(Vec::as_slice)) else { continue };
        rows.extend(each!(link, c => cases::table
            .filter(cases::person.is_not_null())
            .filter(those)
            .select(CaseRow::as_select())
            .load::<CaseRow>(c))?);
    }
    Ok(rows)
}

/// A case that an agency's reference stands for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName)]
#[diesel(table_name = case_references)]
pub struct Referred {
    /// Whose reference.
    pub agency: String,
    /// The reference.
    pub reference: String,
    /// The case's number.
    #[diesel(column_name = case_number)]
    pub number: i64,
    /// How many had the reference before.
    pub turn: i64,
}

/// Where [`Statement::looking_up`] finds cases by agency and reference.
pub(super) const BY_REFERENCE: &str = "case_references WHERE agency = wanted.first AND reference = wanted.second";

/// References, as each agency may have given them.
pub(super) fn of_each_agency(references: &[String]) -> Vec<(&'static str, &String)> {
    let of = |agency: Agency| references.iter().map(move |reference| (agency.code(), reference));
    Agency::ALL.into_iter().flat_map(of).collect()
}

/// Which cases the agencies' references stand for.
///
/// # Errors
/// When the database fails.
pub fn by_references(link: &mut Link<'_>, references: &[String]) -> Result<Vec<Referred>, StorageError> {
    let mut rows = Vec::new();
    for chunk in references.chunks(CHUNK) {
        match link {
            // One agency at a time: then each look-up is by the whole key.
            Link::Sqlite(c) => {
                for agency in Agency::ALL.map(Agency::code) {
                    let Some(those) = Among::new(case_references::reference, chunk.iter().map(String::as_str)) else {
                        continue;
                    };
                    rows.extend(
                        case_references::table
                            .filter(case_references::agency.eq(agency))
                            .filter(those)
                            .select((
                                case_references::agency,
                                case_references::reference,
                                case_references::case_number,
                                case_references::turn,
                            ))
                            .load::<Referred>(*c)?,
                    );
                }
            }
            Link::Postgres(c) => {
                let keys = of_each_agency(chunk);
                let keys = [column(&keys, |(agency, _)| agency), column(&keys, |(_, reference)| *reference)];
                let look_up =
                    Statement::default().looking_up("agency, reference, case_number, turn", BY_REFERENCE, keys);
                rows.extend(look_up.load::<Referred>(*c)?);
            }
        }
    }
    Ok(rows)
}

/// The references that some cases have.
///
/// # Errors
/// When the database fails.
pub fn references_of(link: &mut Link<'_>, numbers: &[i64]) -> Result<Vec<String>, StorageError> {
    let mut all = Vec::new();
    for chunk in numbers.chunks(CHUNK) {
        let Some(those) = Among::new(case_references::case_number, chunk.iter().copied()) else { continue };
        all.extend(each!(link, c => case_references::table
            .filter(those)
            .select(case_references::reference)
            .load::<String>(c))?);
    }
    Ok(all)
}

/// The next numbers after `after`, ascending, at most `limit`: for reading all cases piece by piece.
///
/// # Errors
/// When the database fails.
pub fn numbers_after(link: &mut Link<'_>, after: i64, limit: i64) -> Result<Vec<i64>, StorageError> {
    Ok(each!(link, c => cases::table
        .filter(cases::number.gt(after))
        .order(cases::number)
        .limit(limit)
        .select(cases::number)
        .load::<i64>(c))?)
}

/// The numbers of all cases, ascending.
///
/// # Errors
/// When the database fails.
pub fn numbers(link: &mut Link<'_>) -> Result<Vec<i64>, StorageError> {
    Ok(each!(link, c => cases::table.order(cases::number).select(cases::number).load(c))?)
}

/// How many cases there are, whatever their state.
///
/// # Errors
/// When the database fails.
pub fn count(link: &mut Link<'_>) -> Result<i64, StorageError> {
    Ok(each!(link, c => cases::table.count().get_result(c))?)
}
