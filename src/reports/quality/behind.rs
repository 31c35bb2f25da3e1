//! The cases behind a figure: what a cell of a part counts, one by one.
//!
//! Never here: who may see them, and how they look.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::domain::organisation::Organisation;
use crate::reports::PullError;
use crate::reports::classes::Classes;
use crate::reports::counting::Question;
use crate::reports::cube::{SAMTLIGA, Tally};
use crate::reports::disclosure::Policy;
use crate::reports::facts::{CaseKey, Facts};
use crate::reports::report::Figure;
use crate::reports::request::Request;
use crate::reports::selection::Selection;
use crate::reports::times::measured_on;

use super::count;
use super::parts::Part;
use super::units::{Offices, Units};

/// A cell of a part on the level `urval`; sex and splits are selections of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Which part.
    pub part: Part,
    /// A code of its own dimension; all of them when it is `samtliga`.
    pub code: String,
    /// Agency, office or `samtliga`.
    pub unit: String,
}

/// Something that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// The day of the event; of a state, the day on which it was measured.
    pub date: NaiveDate,
    /// Since when it was so: the same day, or earlier for a state.
    pub since: NaiveDate,
    /// The case.
    pub case: CaseKey,
    /// The code of the step or correction.
    pub what: &'static str,
}

/// What stands behind a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    /// The figure, as the report shows it under the same policy.
    pub figure: Figure,
    /// What was counted, the oldest first. A case may be there several times, as often as it was counted.
    pub counted: Vec<Counted>,
    /// Up to which registration.
    pub counted_to: i64,
}

/// Why nothing can be told.
#[derive(Debug)]
pub enum BehindError {
    /// The part has no such code; these it has.
    Code(Vec<String>),
    /// The selection has no such unit; these it has.
    Unit(Vec<String>),
    /// The request is wrong, or the columns failed.
    Pull(PullError),
}

/// What a cell of `request` counts, with its figure under `policy`.
///
/// # Errors
/// When there is no such cell, the geography is unknown, or the columns can't be read.
pub fn behind(
    facts: &Facts,
    organisation: &Organisation,
    request: &Request,
    cell: &Cell,
    as_of: DateTime<Utc>,
    policy: Policy,
) -> Result<Behind, BehindError> {
    let unknown = request.unknown(organisation);
    if !unknown.is_empty() {
        return Err(BehindError::Pull(PullError::Request(unknown)));
    }
    let resolved = request.geography.resolve(organisation);
    let resolved = resolved.map_err(|error| BehindError::Pull(PullError::Request(vec![error])))?;
    let selection = resolved.levels.first().map_or(&Selection::All, |level| &level.selection);
    // As in the report: where cases are is told only to those who see figures as counted.
    let places = if policy == Policy::Exact { facts.places_now() } else { Ok(Vec::new()) };
    let places = places.map_err(|error| BehindError::Pull(PullError::Columns(error)))?;
    let units = Units::new(facts, &Offices::new(&places, organisation, selection, request.period));
    let unit = units.find(&cell.unit).ok_or_else(|| BehindError::Unit(units.codes()))?;
    let axis = cell.part.axis();
    let code = axis.values().position(|code| code == cell.code);
    let code = code.ok_or_else(|| BehindError::Code(axis.values().map(str::to_owned).collect()))?;
    // Where the total is a sum, whatever is counted is in it once; else it is one of the codes.
    let all = axis.summed && cell.code == SAMTLIGA;
    let (period, choices) = (request.period, &request.choices);
    let measured = measured_on(period, as_of);
    let classes = Classes::new(facts, organisation, measured, choices, &[]);
    let classes = &classes.map_err(|error| BehindError::Pull(PullError::Columns(error)))?;
    let question = Question { facts, organisation, period, measured, choices, splits: &[], classes };
    let mut tally = Tally::default();
    let mut found: Vec<(u32, NaiveDate, &'static str)> = Vec::new();
    let not_applicable = cell.part == Part::AndelAnonyma && selection.is_by_municipality();
    if !not_applicable {
        let counted = count::Counted::new(&question, selection);
        let seen = counted.each(cell.part, |seen, _| {
            if (all || seen.codes.contains(&code)) && units.of(seen.place, seen.whose).any(|at| at == unit) {
                tally.add(facts.record_key(seen.case));
                found.push((seen.case, date(seen.day), seen.what));
            }
        });
        seen.map_err(|error| BehindError::Pull(PullError::Columns(error)))?;
    }
    let keys = facts.keys_of(found.iter().map(|(number, ..)| *number));
    let named = |(number, since, what): &(u32, NaiveDate, &'static str)| {
        let date = if cell.part.form().known { measured } else { *since };
        keys.get(number).map(|case| Counted { date, since: *since, case: *case, what })
    };
    let mut counted: Vec<Counted> = found.iter().filter_map(named).collect();
    counted.sort_unstable();
    let figure = if not_applicable { Figure::NotApplicable } else { policy.count(tally) };
    Ok(Behind { figure, counted, counted_to: facts.counted_to().0 })
}

fn date(day: i32) -> NaiveDate {
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    let days = Days::new(u64::from(day.unsigned_abs()));
    let date = if day < 0 { epoch.checked_sub_days(days) } else { epoch.checked_add_days(days) };
    date.unwrap_or(epoch)
}

impl Facts {
    /// The keys of some cases, by their numbers.
    fn keys_of(&self, numbers: impl Iterator<Item = u32>) -> HashMap<u32, CaseKey> {
        let mut keys: HashMap<u32, CaseKey> = numbers.map(|number| (number, 0)).collect();
        let added = self.added.iter().map(|(key, number)| (*key, *number));
        for (key, number) in self.numbers.iter().chain(added) {
            if let Some(slot) = keys.get_mut(&number) {
                *slot = key;
            }
        }
        keys
    }
}
