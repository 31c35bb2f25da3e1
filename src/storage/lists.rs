//! Lists of cases: the own ones, an office's, what is due – each by a partial index over the open cases, or over those
//! that have ended.

use std::collections::{BTreeSet, HashMap};

use diesel::dsl::{case_when, count, count_star};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::access::{Kind, Seen};
use super::cases::{CaseRow, ENDED, FELREGISTRERING, OPEN};
use super::dialect::Link;
use super::error::StorageError;
use super::prepared::{Always, Among, CHUNK, Paged};
use super::schema::{case_offices, case_references, cases};
use crate::domain::code::CaseId;
use crate::domain::step::Agency;

/// Which cases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Those of this handläggare of this agency.
    pub handler: Option<(Agency, String)>,
    /// Those at any of these offices of this agency.
    pub offices: Option<(Agency, Vec<String>)>,
    /// `open`, `ended` or `felregistrering`; open when nothing is said.
    pub state: Option<i16>,
    /// Standing at this step.
    pub step: Option<String>,
    /// Due on this day or later.
    pub due_from: Option<i32>,
    /// Due before this day.
    pub due_before: Option<i32>,
    /// Next registration owned by this agency.
    pub next_owner: Option<Agency>,
    /// With unanswered questions only.
    pub missing: bool,
}

/// The state of a code on the wire.
#[must_use]
pub fn state_of(code: &str) -> Option<i16> {
    match code {
        "open" => Some(OPEN),
        "ended" => Some(ENDED),
        "felregistrering" => Some(FELREGISTRERING),
        _ => None,
    }
}

/// The code of a state.
#[must_use]
pub fn state_code(state: i16) -> &'static str {
    match state {
        OPEN => "open",
        ENDED => "ended",
        _ => "felregistrering",
    }
}

/// The numbers of open cases at one office, after a number, for moving them when it closes; shown to nobody.
///
/// # Errors
/// When the database fails.
pub fn open_at(
    link: &mut Link<'_>,
    agency: Agency,
    office: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, StorageError> {
    macro_rules! at {
        ($office:expr) => {
            each!(link, c => cases::table
                .filter(cases::state.eq(OPEN))
                .filter($office.eq(office))
                .filter(cases::number.gt(after))
                .order(cases::number)
                .limit(limit)
                .select(cases::number)
                .load(c))?
        };
    }
    Ok(match agency {
        Agency::Fk => at!(cases::fk_office),
        Agency::Af => at!(cases::af_office),
    })
}

/// Which of some cases stand at any of these offices of an agency, in no order; shown to nobody.
///
/// # Errors
/// When the database fails.
pub fn at_offices(
    link: &mut Link<'_>,
    agency: Agency,
    offices: &[String],
    numbers: &[i64],
) -> Result<Vec<i64>, StorageError> {
    let mut found: Vec<i64> = Vec::new();
    for chunk in numbers.chunks(1000) {
        macro_rules! at {
            ($office:expr) => {
                each!(link, c => cases::table
                    .filter(cases::number.eq_any(chunk))
                    .filter($office.eq_any(offices))
                    .select(cases::number)
                    .load::<i64>(c))?
            };
        }
        found.extend(match agency {
            Agency::Fk => at!(cases::fk_office),
            Agency::Af => at!(cases::af_office),
        });
    }
    Ok(found)
}

/// The offices that each of some cases has or has had; shown to nobody.
///
/// # Errors
/// When the database fails.
pub fn offices_ever(link: &mut Link<'_>, ids: &[CaseId]) -> Result<HashMap<CaseId, BTreeSet<String>>, StorageError> {
    let mut all: HashMap<CaseId, BTreeSet<String>> = HashMap::new();
    for some in ids.chunks(500) {
        let some: Vec<Vec<u8>> = some.iter().map(|id| id.0.as_bytes().to_vec()).collect();
        let rows: Vec<(Vec<u8>, String)> = each!(link, c => case_offices::table
            .inner_join(cases::table.on(cases::number.eq(case_offices::case_number)))
            .filter(cases::id.eq_any(some))
            .select((cases::id, case_offices::office))
            .load(c))?;
        for (id, office) in rows {
            all.entry(CaseId(uuid::Uuid::from_slice(&id).unwrap_or_default())).or_default().insert(office);
        }
    }
    Ok(all)
}

/// The condition of a state, spelt out: a partial index is used only where its own condition can be read in the statement.
const fn in_state(state: i16) -> &'static str {
    match state {
        OPEN => "cases.state = 0",
        ENDED => "cases.state = 1",
        _ => "cases.state = 2",
    }
}

/// The cases of a filter, in a state.
macro_rules! filtered {
    ($filter:expr, $state:expr) => {{
        let filter: &Filter = $filter;
        let mut query = cases::table.into_boxed().filter(Always(in_state($state)));
        match &filter.handler {
            Some((Agency::Fk, id)) => query = query.filter(cases::fk_handler.eq(id)),
            Some((Agency::Af, id)) => query = query.filter(cases::af_handler.eq(id)),
            None => {}
        }
        match &filter.offices {
            // Where the cases are one handläggare's, one office is asked for as one of several: so it is looked for among
            // them, while SQLite would rather read every case of the one office there is.
            Some((agency, offices)) => match (agency, &offices[..]) {
                (Agency::Fk, [one]) if filter.handler.is_none() => query = query.filter(cases::fk_office.eq(one)),
                (Agency::Af, [one]) if filter.handler.is_none() => query = query.filter(cases::af_office.eq(one)),
                // There is no office to find a case at.
                (Agency::Fk, some) => match Among::new(cases::fk_office, some.iter().map(String::as_str)) {
                    Some(there) => query = query.filter(there),
                    None => query = query.filter(Always("1 = 0")),
                },
                (Agency::Af, some) => match Among::new(cases::af_office, some.iter().map(String::as_str)) {
                    Some(there) => query = query.filter(there),
                    None => query = query.filter(Always("1 = 0")),
                },
            },
            None => {}
        }
        if let Some(step) = &filter.step {
            query = query.filter(cases::step.eq(step));
        }
        if let Some(day) = filter.due_from {
            query = query.filter(cases::due.ge(day));
        }
        if let Some(day) = filter.due_before {
            query = query.filter(cases::due.lt(day));
        }
        if let Some(agency) = filter.next_owner {
            query = query.filter(cases::next_owner.eq(agency.code()));
        }
        if filter.missing {
            query = query.filter(cases::missing.gt(0));
        }
        query
    }};
}

/// One page of cases, most urgent first – those that aren't open, in the order of their requests – and how many there are
/// in all, which isn't counted again where it is `known`. What it shows is noted.
///
/// # Errors
/// When the database fails.
pub fn page(
    link: &mut Link<'_>,
    seen: &Seen,
    filter: &Filter,
    (offset, limit): (i64, i64),
    known: Option<i64>,
) -> Result<(Vec<CaseRow>, i64), StorageError> {
    let state = filter.state.unwrap_or(OPEN);
    let total: i64 = match known {
        Some(total) => total,
        None => each!(link, c => filtered!(filter, state).count().get_result(c))?,
    };
    // Where nothing is due any more the order is that of the requests, in which the indexes of one handläggare and of one
    // office stand. Of several offices all are read and sorted: asked for the order alone, PostgreSQL would walk through
    // every case there is until a page is full.
    let as_indexed = filter.handler.is_some() || filter.offices.as_ref().is_none_or(|(_, all)| all.len() == 1);
    macro_rules! ordered {
        () => {
            if state != OPEN && as_indexed {
                filtered!(filter, state).order(cases::number)
            } else {
                filtered!(filter, state).order((cases::due, cases::number))
            }
        };
    }
    let rows: Vec<CaseRow> =
        each!(link, c => Paged { query: ordered!().select(CaseRow::as_select()), offset, limit }.load(c))?;
    let shown: Vec<CaseId> = rows.iter().map(CaseRow::case_id).collect();
    seen.note(Kind::List, &shown);
    Ok((rows, total))
}

/// How many open cases there are of the kinds that a handläggare looks for first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Queryable)]
pub struct Counts {
    /// All of them.
    pub open: i64,
    /// The next registration was due before today.
    pub overdue: i64,
    /// It is due today or within the days that follow.
    pub soon: i64,
    /// The other agency owns the next registration.
    pub other: i64,
    /// Questions are unanswered.
    pub missing: i64,
}

/// Counts the open cases of a filter, whatever state it says; `soon` is due from `today` to the day before `until`, and
/// `other` is owned by the agency that isn't `agency`. Shows no case, so nothing is noted.
///
/// # Errors
/// When the database fails.
pub fn counts(
    link: &mut Link<'_>,
    filter: &Filter,
    agency: Agency,
    today: i32,
    until: i32,
) -> Result<Counts, StorageError> {
    let other = agency.other().code();
    macro_rules! that {
        ($condition:expr) => {
            count(case_when($condition, 1.into_sql::<Integer>()))
        };
    }
    macro_rules! kinds {
        () => {
            (
                count_star(),
                that!(cases::due.lt(today)),
                that!(cases::due.ge(today).and(cases::due.lt(until))),
                that!(cases::next_owner.eq(other)),
                that!(cases::missing.gt(0)),
            )
        };
    }
    Ok(each!(link, c => filtered!(filter, OPEN).select(kinds!()).get_result::<Counts>(c))?)
}

/// The numbers that an agency has given to these cases, as far as it has: the first of each.
///
/// # Errors
/// When the database fails.
pub fn references(link: &mut Link<'_>, agency: Agency, numbers: &[i64]) -> Result<HashMap<i64, String>, StorageError> {
    let mut all = HashMap::new();
    for chunk in numbers.chunks(CHUNK) {
        let Some(those) = Among::new(case_references::case_number, chunk.iter().copied()) else { continue };
        let rows: Vec<(i64, String)> = each!(link, c => case_references::table
            .filter(those)
            .filter(case_references::agency.eq(agency.code()))
            .order(case_references::position.desc())
            .select((case_references::case_number, case_references::reference))
            .load(c))?;
        // The last one that is put in is the first that was given.
        all.extend(rows);
    }
    Ok(all)
}

/// The people of an agency who have the most open cases, most first. Shows no case, so nothing is noted.
///
/// # Errors
/// When the database fails.
pub fn busiest(link: &mut Link<'_>, agency: Agency, most: i64) -> Result<Vec<String>, StorageError> {
    macro_rules! of {
        ($handler:expr) => {
            each!(link, c => cases::table
                .filter(cases::state.eq(OPEN))
                .filter($handler.is_not_null())
                .group_by($handler)
                .order((count_star().desc(), $handler))
                .limit(most)
                .select($handler)
                .load::<Option<String>>(c))?
        };
    }
    let found = match agency {
        Agency::Fk => of!(cases::fk_handler),
        Agency::Af => of!(cases::af_handler),
    };
    Ok(found.into_iter().flatten().collect())
}
