//! Who looked at me: the rows of the access log about a person or a case, told on behalf of that person.
//!
//! Whoever may read a case may ask who has: the handläggare who answers the person, within the same reach. Searches for
//! the person are told, too, also those that found nothing. Asking is itself a row of the log. **Never here:** what
//! handläggare do as a whole ([`spot_checks`](super::spot_checks)).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::find::Reader;
use crate::auth::policy::{self, Action, Reach};
use crate::domain::code::CaseId;
use crate::domain::dates::{earlier, end_of_swedish_day};
use crate::domain::person::IdentityNumber;
use crate::storage::access::lookup::{self, Span};
use crate::storage::access::{Kind, Row};
use crate::storage::cases::{self, CaseRow};
use crate::storage::vault::Vault;
use crate::storage::{Link, StorageError, persons};

/// One access, as the person is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// When.
    pub at: DateTime<Utc>,
    /// What kind.
    pub kind: String,
    /// The operation.
    pub action: String,
    /// For which agency.
    pub agency: Option<String>,
    /// By which client.
    pub client: String,
    /// By whom there.
    pub handler: Option<String>,
    /// Which of the person's cases.
    pub cases: Vec<CaseId>,
    /// Whether every case was read, without identity: an export.
    pub every_case: bool,
    /// Whether it was the person that was asked for.
    pub asked_for_person: bool,
}

impl Access {
    fn of(row: &Row, wanted: &[CaseId], hashes: &[Vec<u8>]) -> Self {
        Self {
            at: DateTime::from_timestamp_micros(row.at).unwrap_or_default(),
            kind: row.kind.clone(),
            action: row.action.clone(),
            agency: row.agency.clone(),
            client: row.client.clone(),
            handler: row.handler.clone(),
            cases: row.cases().filter(|case| wanted.contains(case)).collect(),
            every_case: row.kind == Kind::Export.code(),
            asked_for_person: row.query.as_ref().is_some_and(|query| hashes.contains(query)),
        }
    }
}

/// The Swedish days from one to another, both included; all time where nothing is said.
#[must_use]
pub fn span(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Span {
    let micros = |instant: DateTime<Utc>| (instant + TimeDelta::microseconds(1)).timestamp_micros();
    let start = from.map_or(i64::MIN + 1, |day| micros(end_of_swedish_day(earlier(day, 1))));
    start..to.map_or(i64::MAX, |day| micros(end_of_swedish_day(day)))
}

/// The accesses to these cases, and the searches by these hashes, in the order of time.
///
/// # Errors
/// When the database fails.
pub fn accesses(
    link: &mut Link<'_>,
    wanted: &[CaseId],
    hashes: &[Vec<u8>],
    span: &Span,
) -> Result<Vec<Access>, StorageError> {
    // An export before there was a case held nothing of it: the id of a case tells when it came to be.
    let first = wanted.iter().filter_map(|case| case.0.get_timestamp()).map(|at| at.to_unix().0).min();
    let first = first.and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or(0).saturating_mul(1_000_000);
    let rows = lookup::about(link, wanted, hashes, span)?;
    let shown = rows.iter().filter(|row| row.kind != Kind::Export.code() || row.at >= first);
    Ok(shown.map(|row| Access::of(row, wanted, hashes)).collect())
}

/// The cases of a person, and the hashes that searches for the person are kept under.
///
/// # Errors
/// When the database fails.
pub fn of_person(
    link: &mut Link<'_>,
    vault: &Vault,
    number: &IdentityNumber,
) -> Result<(Vec<CaseRow>, Vec<Vec<u8>>), StorageError> {
    let people = persons::by_number(link, vault, number)?;
    let hashes = vault.lookups(number).into_iter().map(|(_, hash)| hash).collect();
    Ok((cases::of_persons(link, &people)?, hashes))
}

impl Reader<'_> {
    /// Who has read a case; `None` when it isn't there for the caller.
    ///
    /// # Errors
    /// When the database fails; then nothing may be shown.
    pub fn accesses_of_case(
        &self,
        link: &mut Link<'_>,
        id: CaseId,
        span: &Span,
    ) -> Result<Option<Vec<Access>>, StorageError> {
        if !self.reaches(link, Action::ListCaseAccesses, id)? {
            return Ok(None);
        }
        let found = accesses(link, &[id], &[], span)?;
        self.seen.note(Kind::Extract, &[id]);
        Ok(Some(found))
    }

    /// Who has read the cases of a person within the caller's reach, and who has searched for the person; and whether
    /// there are cases out of reach, which are for others to tell of. Who reaches no case of the person learns of
    /// searches only as an agency's own system, which answers for those who have no case at all.
    ///
    /// # Errors
    /// When the database fails; then nothing may be shown.
    pub fn accesses_of_person(
        &self,
        link: &mut Link<'_>,
        vault: &Vault,
        number: &IdentityNumber,
        span: &Span,
    ) -> Result<(Vec<Access>, bool), StorageError> {
        let (rows, hashes) = of_person(link, vault, number)?;
        let mut within = Vec::with_capacity(rows.len());
        for row in &rows {
            if self.may_read(&row.offices()?) {
                within.push(row.case_id());
            }
        }
        let answers_for_all = matches!(policy::reach(self.caller, &self.organisation, self.today), Reach::Agency(_));
        let found =
            if within.is_empty() && !answers_for_all { Vec::new() } else { accesses(link, &within, &hashes, span)? };
        self.seen.note_query(Kind::Extract, hashes.into_iter().next(), &within);
        Ok((found, within.len() < rows.len()))
    }
}
