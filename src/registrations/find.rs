//! Finding and reading: one case, a case as known on a day, the own cases, a search by number. Everything that is
//! shown is noted, and written in the access log before the answer leaves.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::auth::Caller;
use crate::auth::policy::{self, Action, Object, Reach};
use crate::domain::case::Case;
use crate::domain::code::{CaseId, CaseReference, Position, RegistrationId};
use crate::domain::journal::Entry;
use crate::domain::organisation::{OfficePair, Organisation};
use crate::domain::person::IdentityNumber;
use crate::domain::step::Agency;
use crate::storage::access::{Kind, Seen};
use crate::storage::cases::{self, CaseRow};
use crate::storage::journal::{Loaded, Selection, load};
use crate::storage::lists::{self, Filter};
use crate::storage::vault::Vault;
use crate::storage::{Link, StorageError, persons, receipts};

/// Who reads, by what right.
pub struct Reader<'a> {
    /// The caller.
    pub caller: &'a Caller,
    /// The registers.
    pub organisation: Arc<Organisation>,
    /// The Swedish day.
    pub today: NaiveDate,
    /// For the access log: what was shown.
    pub seen: Seen,
}

/// A case that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The case, at the instant or position asked for.
    pub case: Case,
    /// Its journal up to there.
    pub entries: Vec<Entry>,
    /// Whose, for showing the number masked.
    pub person: Option<Vec<u8>>,
}

/// Up to what a case is read; all of it where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Only what was known on this instant.
    pub as_of: Option<DateTime<Utc>>,
    /// Only what was committed up to this position.
    pub counted_to: Option<Position>,
}

impl Reader<'_> {
    fn may_see(&self, action: Action, case: &Case) -> bool {
        let object = Object::Case(case.present_offices());
        policy::may(self.caller, action, &object, &self.organisation, self.today) == policy::Decision::Allow
    }

    /// A case by its id; `None` when it isn't there for the caller, or wasn't known then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn case(
        &self,
        link: &mut Link<'_>,
        action: Action,
        id: CaseId,
        known: Known,
    ) -> Result<Option<Found>, StorageError> {
        let rows = cases::by_ids(link, &[id.0.as_bytes().to_vec()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        self.by_number(link, action, row.number, known)
    }

    /// Whether a case is there for the caller to act upon. Nothing of it is shown, so nothing is logged.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reaches(&self, link: &mut Link<'_>, action: Action, id: CaseId) -> Result<bool, StorageError> {
        let rows = cases::by_ids(link, &[id.0.as_bytes().to_vec()])?;
        let Some(row) = rows.first() else { return Ok(false) };
        let object = Object::Case(&row.offices()?);
        Ok(policy::may(self.caller, action, &object, &self.organisation, self.today) == policy::Decision::Allow)
    }

    /// The case of a registration, with the registration's entry in it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn registration(
        &self,
        link: &mut Link<'_>,
        id: RegistrationId,
    ) -> Result<Option<(Found, Entry)>, StorageError> {
        let Some(number) = receipts::case_of_registration(link, id.0.as_bytes())? else { return Ok(None) };
        let found = self.by_number(link, Action::GetRegistration, number, Known::default())?;
        Ok(found.and_then(|found| {
            let entry = found.entries.iter().find(|e| e.id == id).cloned()?;
            Some((found, entry))
        }))
    }

    fn by_number(
        &self,
        link: &mut Link<'_>,
        action: Action,
        number: i64,
        known: Known,
    ) -> Result<Option<Found>, StorageError> {
        let read = link.snapshot(|link| load(link, Selection::Numbers(&[number])));
        let Some(loaded) = read?.pop() else { return Ok(None) };
        // Access follows the present offices, also to what was known earlier.
        if !self.may_see(action, &loaded.case()?) {
            return Ok(None);
        }
        let Some(found) = as_known(&loaded, known)? else { return Ok(None) };
        self.seen.note(Kind::Read, &[found.case.id]);
        Ok(Some(found))
    }

    /// The cases of a person within the caller's reach, newest first, and whether an open one exists elsewhere.
    ///
    /// # Errors
    /// When the database fails; then nothing may be shown.
    pub fn by_identity(
        &self,
        link: &mut Link<'_>,
        vault: &Vault,
        number: &IdentityNumber,
    ) -> Result<(Vec<Found>, bool), StorageError> {
        let people = persons::by_number(link, vault, number)?;
        let (_, hash) = vault.lookup(number);
        let rows = cases::of_persons(link, &people)?;
        self.within_reach(link, &rows, Some(hash))
    }

    /// The case of an agency's reference within the caller's reach.
    ///
    /// # Errors
    /// When the database fails; then nothing may be shown.
    pub fn by_reference(&self, link: &mut Link<'_>, reference: &CaseReference) -> Result<Vec<Found>, StorageError> {
        let found = cases::by_references(link, &[reference.to_string()])?;
        let numbers: Vec<i64> = found.into_iter().map(|r| r.number).collect();
        let rows = cases::by_numbers(link, &numbers)?;
        Ok(self.within_reach(link, &rows, None)?.0)
    }

    fn within_reach(
        &self,
        link: &mut Link<'_>,
        rows: &[CaseRow],
        query: Option<Vec<u8>>,
    ) -> Result<(Vec<Found>, bool), StorageError> {
        let numbers: Vec<i64> = rows.iter().map(|r| r.number).collect();
        let mut shown = Vec::new();
        let mut open_elsewhere = false;
        for loaded in link.snapshot(|link| load(link, Selection::Numbers(&numbers)))? {
            let case = loaded.case()?;
            if self.may_see(Action::SearchCases, &case) && self.may_see(Action::GetCase, &case) {
                shown.push(Found { case, entries: loaded.entries, person: loaded.row.person });
            } else {
                open_elsewhere |= case.is_open();
            }
        }
        shown.sort_by_key(|f| std::cmp::Reverse(f.case.begun()));
        let ids: Vec<CaseId> = shown.iter().map(|f| f.case.id).collect();
        self.seen.note_query(Kind::Search, query, &ids);
        Ok((shown, open_elsewhere))
    }

    /// Whether the caller may read a case at these present offices.
    #[must_use]
    pub fn may_read(&self, offices: &OfficePair) -> bool {
        let object = Object::Case(offices);
        policy::may(self.caller, Action::GetCase, &object, &self.organisation, self.today) == policy::Decision::Allow
    }

    /// Notes which cases an answer shows.
    pub fn showing(&self, cases: &[CaseId]) {
        self.seen.note(Kind::List, cases);
    }

    /// Leaves of a filter what is within the caller's reach.
    pub(super) fn narrow(&self, filter: &mut Filter) {
        let reach = policy::reach(self.caller, &self.organisation, self.today);
        if let Reach::Offices(own) = reach {
            // A person's list holds cases at the own offices only; asking for another office finds nothing.
            let agency = self.caller.agency.unwrap_or(Agency::Fk);
            let wanted = match filter.offices.take() {
                Some((of, offices)) if of == agency => {
                    offices.into_iter().filter(|o| own.iter().any(|code| code.as_str() == o)).collect()
                }
                Some(_) => Vec::new(),
                None => own.iter().map(ToString::to_string).collect(),
            };
            filter.offices = Some((agency, wanted));
        }
    }

    /// One page of the cases within the caller's reach, most urgent first, and how many there are.
    ///
    /// # Errors
    /// When the database fails; then nothing may be shown.
    pub fn list(
        &self,
        link: &mut Link<'_>,
        mut filter: Filter,
        page: i64,
        limit: i64,
    ) -> Result<(Vec<CaseRow>, i64), StorageError> {
        self.narrow(&mut filter);
        lists::page(link, &self.seen, &filter, ((page - 1).max(0).saturating_mul(limit), limit), None)
    }

    /// One page of those of these cases that are within the caller's reach, in the order given, with their places among
    /// the numbers – a number may be there several times – and how many there are in all.
    ///
    /// # Errors
    /// When the database fails; then nothing may be shown.
    pub fn of_these(
        &self,
        link: &mut Link<'_>,
        numbers: &[i64],
        page: i64,
        limit: i64,
    ) -> Result<(Vec<(usize, CaseRow)>, i64), StorageError> {
        let mut within: Vec<usize> = (0..numbers.len()).collect();
        if let Reach::Offices(own) = policy::reach(self.caller, &self.organisation, self.today) {
            let agency = self.caller.agency.unwrap_or(Agency::Fk);
            let own: Vec<String> = own.iter().map(ToString::to_string).collect();
            let different: Vec<i64> = numbers.iter().copied().collect::<BTreeSet<i64>>().into_iter().collect();
            let reached: BTreeSet<i64> = lists::at_offices(link, agency, &own, &different)?.into_iter().collect();
            within.retain(|at| reached.contains(&numbers[*at]));
        }
        let total = within.len() as i64;
        let skip = usize::try_from((page - 1).max(0).saturating_mul(limit)).unwrap_or(usize::MAX);
        let shown: Vec<usize> = within.into_iter().skip(skip).take(usize::try_from(limit).unwrap_or(0)).collect();
        let different: BTreeSet<i64> = shown.iter().map(|at| numbers[*at]).collect();
        let different: Vec<i64> = different.into_iter().collect();
        let rows = cases::by_numbers(link, &different)?;
        let ids: Vec<CaseId> = rows.iter().map(CaseRow::case_id).collect();
        self.seen.note(Kind::List, &ids);
        let row = |at: &usize| rows.iter().find(|row| row.number == numbers[*at]).map(|row| (*at, row.clone()));
        Ok((shown.iter().filter_map(row).collect(), total))
    }
}

/// A case as it was known; `None` when nothing of it was.
fn as_known(loaded: &Loaded, known: Known) -> Result<Option<Found>, StorageError> {
    let counted = |e: &&Entry| {
        known.as_of.is_none_or(|at| e.known_from <= at) && known.counted_to.is_none_or(|to| e.position <= to)
    };
    let count = loaded.entries.iter().take_while(counted).count();
    if count == 0 {
        return Ok(None);
    }
    let case = loaded.case_after(count)?;
    let entries = loaded.entries.iter().take(count).cloned().collect();
    Ok(Some(Found { case, entries, person: loaded.row.person.clone() }))
}
