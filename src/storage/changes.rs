//! The change log: what was committed, in that order. Nothing is ever skipped, since positions are dense and in
//! commit order.

use diesel::prelude::*;
use rustc_hash::FxHashMap;

use super::dialect::Link;
use super::error::StorageError;
use super::schema::{cases, change_head, changes, registrations};

/// The position of the newest committed change.
///
/// # Errors
/// When the database fails.
pub fn head(link: &mut Link<'_>) -> Result<i64, StorageError> {
    Ok(each!(link, c => change_head::table.select(change_head::position).get_result(c))?)
}

/// The cases changed after one position up to another, each once.
///
/// # Errors
/// When the database fails.
pub fn cases_between(link: &mut Link<'_>, after: i64, to: i64) -> Result<Vec<i64>, StorageError> {
    let mut numbers: Vec<Option<i64>> = each!(link, c => changes::table
        .filter(changes::position.gt(after))
        .filter(changes::position.le(to))
        .select(changes::case_number)
        .load(c))?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers.into_iter().flatten().collect())
}

/// A state of all cases: what was known on an instant (microseconds; always when none is given) up to a position.
pub type Known = (Option<i64>, i64);

/// The present state.
pub const EVERYTHING: Known = (None, i64::MAX);

/// The cases that may have entries counted in a later state and not in an earlier, each once. The later holds all of the
/// earlier.
///
/// # Errors
/// When the database fails.
pub fn cases_known_between(link: &mut Link<'_>, earlier: Known, later: Known) -> Result<Vec<i64>, StorageError> {
    let mut numbers = cases_between(link, earlier.1, later.1)?;
    numbers.extend(known_between(link, earlier, later)?.into_keys());
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// The cases of which something became known between two states by its instant, and whether their requests did. A million
/// cases have five million entries. From SQLite they are put together while they are read (with its own GROUP BY a report
/// of nine years ago took 3.9 s, and so 2.5 s). PostgreSQL tells the requests, and then of the cases requested before each
/// once: to put together all, it writes them to the disk and sorts them, which takes it a third longer.
fn known_between(link: &mut Link<'_>, earlier: Known, later: Known) -> Result<FxHashMap<i64, bool>, StorageError> {
    let (Some(after), until) = (earlier.0, later.0.unwrap_or(i64::MAX)) else { return Ok(FxHashMap::default()) };
    let entries = registrations::table
        .filter(registrations::known_from.gt(after))
        .filter(registrations::known_from.le(until))
        .filter(registrations::position.le(later.1));
    // A case's number is the position of its request.
    let mut known = FxHashMap::default();
    match link {
        Link::Sqlite(c) => {
            let each = entries.select((registrations::case_number, registrations::position));
            for entry in each.load_iter::<(i64, i64), _>(*c)? {
                let (case, position) = entry?;
                *known.entry(case).or_insert(false) |= position == case;
            }
        }
        Link::Postgres(c) => {
            let begun: Vec<i64> = entries
                .filter(registrations::position.eq(registrations::case_number))
                .select(registrations::position)
                .load(*c)?;
            let requests = diesel::alias!(registrations as requests);
            let before = requests
                .filter(requests.field(registrations::position).eq(requests.field(registrations::case_number)))
                .filter(requests.field(registrations::known_from).le(after))
                .select(requests.field(registrations::position));
            let changed: Vec<i64> = entries
                .filter(registrations::case_number.eq_any(before))
                .select(registrations::case_number)
                .distinct()
                .load(*c)?;
            known.extend(begun.into_iter().map(|case| (case, true)));
            known.extend(changed.into_iter().map(|case| (case, false)));
        }
    }
    Ok(known)
}

/// When the last of the registrations up to a position became known, in microseconds; `None` where there is none. Those of a
/// file don't lie in the order in which they became known.
///
/// # Errors
/// When the database fails.
pub fn known_at(link: &mut Link<'_>, position: i64) -> Result<Option<i64>, StorageError> {
    Ok(each!(link, c => registrations::table
        .filter(registrations::position.le(position))
        .order(registrations::known_from.desc())
        .select(registrations::known_from)
        .first(c)
        .optional())?)
}

/// What parts an earlier state from a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// The cases of [`cases_known_between`], ascending.
    pub changed: Vec<i64>,
    /// Those of them that were requested later than the earlier state; ascending.
    pub begun: Vec<i64>,
}

/// Which cases have changed since an earlier state, and which of them were requested since.
///
/// # Errors
/// When the database fails.
pub fn since(link: &mut Link<'_>, earlier: Known, to: i64) -> Result<Since, StorageError> {
    let mut changed = cases_between(link, earlier.1, to)?;
    let later = changed.partition_point(|number| *number <= earlier.1);
    let mut begun = changed[later..].to_vec();
    let known = known_between(link, earlier, (None, to))?;
    begun.extend(known.iter().filter(|(_, requested)| **requested).map(|(case, _)| *case));
    changed.extend(known.into_keys());
    changed.sort_unstable();
    changed.dedup();
    begun.sort_unstable();
    begun.dedup();
    Ok(Since { changed, begun })
}

/// Whether an identity was taken away, or a case deleted, after one position up to another.
///
/// # Errors
/// When the database fails.
pub fn any_protection(link: &mut Link<'_>, after: i64, to: i64) -> Result<bool, StorageError> {
    let found: i64 = each!(link, c => changes::table
        .filter(changes::position.gt(after))
        .filter(changes::position.le(to))
        .filter(changes::subject.eq_any(["protection", "deletion"]))
        .count()
        .get_result(c))?;
    Ok(found > 0)
}

/// The position at which an identity was last taken away, or a case deleted; 0 where none was.
///
/// # Errors
/// When the database fails.
pub fn last_protection(link: &mut Link<'_>) -> Result<i64, StorageError> {
    let last: Option<i64> = each!(link, c => changes::table
        .filter(changes::subject.eq_any(["protection", "deletion"]))
        .select(diesel::dsl::max(changes::position))
        .get_result(c))?;
    Ok(last.unwrap_or(0))
}

/// One change as the feed tells it: without identity.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Change {
    /// Its position.
    pub position: i64,
    /// What it was about: a kind of registration, or `organisation`.
    pub subject: String,
    /// The case's public id.
    pub case: Option<Vec<u8>>,
    /// The registration's public id.
    pub registration: Option<Vec<u8>>,
    /// The step of it, if it was one.
    pub step: Option<String>,
    /// Its day.
    pub date: Option<i32>,
    /// The agency that made it.
    pub agency: Option<String>,
    /// From when it was known, in microseconds.
    pub known_from: Option<i64>,
}

/// The changes after a position, in order, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn after(link: &mut Link<'_>, position: i64, limit: i64) -> Result<Vec<Change>, StorageError> {
    Ok(each!(link, c => changes::table
        .left_join(cases::table.on(changes::case_number.eq(cases::number.nullable())))
        .left_join(registrations::table.on(changes::case_number.eq(registrations::case_number.nullable())
            .and(registrations::position.eq(changes::position))))
        .filter(changes::position.gt(position))
        .order(changes::position)
        .limit(limit)
        .select((
            changes::position,
            changes::subject,
            cases::id.nullable(),
            registrations::id.nullable(),
            registrations::step.nullable(),
            registrations::date.nullable(),
            registrations::agency.nullable(),
            registrations::known_from.nullable(),
        ))
        .load(c))?)
}
