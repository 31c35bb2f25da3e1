//! A handläggare's work: the own cases, an office's or a colleague's, with what there is to do counted.
//!
//! Never here: how it is shown, or in which words.

use std::collections::HashMap;

use super::find::Reader;
use crate::auth::policy::{self, Reach};
use crate::domain::code::OfficeCode;
use crate::domain::dates::later;
use crate::domain::geography::swedish_key;
use crate::domain::organisation::{Handler, Role};
use crate::domain::step::Agency;
use crate::storage::cases::{CaseRow, OPEN, day_number};
use crate::storage::lists::{self, Counts, Filter};
use crate::storage::{Link, StorageError};

/// What is due today or in the days up to this many is due soon.
pub const SOON: u64 = 7;

/// One page of cases with what is told beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worklist {
    /// The page.
    pub rows: Vec<CaseRow>,
    /// How many cases the filter finds.
    pub total: i64,
    /// How many open ones there are of each kind, of the same handläggare and offices, whatever else is asked for.
    pub counts: Counts,
    /// The own agency's numbers of the cases of the page, by the cases' internal numbers.
    pub references: HashMap<i64, String>,
}

impl Reader<'_> {
    /// One page of the cases within the caller's reach, most urgent first, and what is told beside it.
    ///
    /// # Errors
    /// When the database fails; then nothing may be shown.
    pub fn worklist(
        &self,
        link: &mut Link<'_>,
        mut filter: Filter,
        page: i64,
        limit: i64,
    ) -> Result<Worklist, StorageError> {
        self.narrow(&mut filter);
        let agency = self.caller.agency.unwrap_or(Agency::Fk);
        let all = Filter { handler: filter.handler.clone(), offices: filter.offices.clone(), ..Filter::default() };
        let (today, until) = (day_number(self.today), day_number(later(self.today, SOON + 1)));
        let counts = lists::counts(link, &all, agency, today, until)?;
        // All open ones are counted already.
        let open = Filter { state: Some(OPEN), ..all };
        let known = (Filter { state: filter.state.or(Some(OPEN)), ..filter.clone() } == open).then_some(counts.open);
        let of_page = ((page - 1).max(0).saturating_mul(limit), limit);
        let (rows, total) = lists::page(link, &self.seen, &filter, of_page, known)?;
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        let references = lists::references(link, agency, &numbers)?;
        Ok(Worklist { rows, total, counts, references })
    }

    /// The offices whose cases the caller reaches today, in the order of their codes.
    #[must_use]
    pub fn own_offices(&self) -> Vec<OfficeCode> {
        match policy::reach(self.caller, &self.organisation, self.today) {
            Reach::Offices(own) => own.into_iter().collect(),
            Reach::Agency(agency) => {
                let offices = self.organisation.offices.values().filter(|office| office.agency == agency);
                offices.map(|office| office.code.clone()).collect()
            }
        }
    }

    /// Those who register at the caller's offices today, the caller left out, by name.
    #[must_use]
    pub fn colleagues(&self) -> Vec<&Handler> {
        let own = self.own_offices();
        let works_there = |person: &&Handler| {
            let today = person.assignments.iter().filter(|a| a.validity.contains(self.today));
            let mut offices = today.filter(|a| a.role == Role::Deltagaransvarig).map(|a| &a.office);
            offices.any(|office| own.binary_search(office).is_ok())
        };
        let others = self.organisation.handlers.values();
        let others =
            others.filter(|p| Some(p.agency) == self.caller.agency && Some(&p.id) != self.caller.handler.as_ref());
        let mut found: Vec<&Handler> = others.filter(works_there).collect();
        found.sort_by_cached_key(|person| swedish_key(&person.name));
        found
    }
}
