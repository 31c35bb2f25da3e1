//! Spot checks: what handläggare with assignments at a manager's offices have read, without any identity, and what of
//! it is worth a question.
//!
//! Lives here: whose rows a manager may see, the flags, the sample. **Never here:** what a row shows of a person – it is
//! case ids, and a search is told without whom it was for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};
use sha2::{Digest, Sha256};

use super::accesses::span;
use crate::auth::Caller;
use crate::domain::code::{CaseId, OfficeCode};
use crate::domain::dates::{later, swedish_time};
use crate::domain::organisation::{Handler, Organisation, Role};
use crate::storage::access::{Kind, Row, lookup};
use crate::storage::{Link, StorageError, lists};

/// So many days can be asked for at once.
pub const LONGEST_DAYS: i64 = 92;
/// From this hour on is working time, and up to that one.
const WORKING_HOURS: std::ops::Range<u32> = 6..20;
/// This many different cases, opened one by one within a [`SHORT`] time, are many.
const MANY: usize = 30;
/// Ten minutes, in microseconds.
const SHORT: i64 = 600_000_000;

macro_rules! flags {
    ($($(#[$doc:meta])* $variant:ident $code:literal $sv:literal $en:literal;)*) => {
        /// What is worth a question. None of them is a finding of wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Flag { $($(#[$doc])* $variant),* }

        impl Flag {
            /// All flags.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code on the wire.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// In Swedish and in English.
            #[must_use]
            pub const fn labels(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($sv, $en)),* }
            }
        }
    };
}

flags! {
    /// The case has never had an office where the handläggare had an assignment that day.
    OtherOffice "utan_eget_kontor" "Ärendet har inget kontor där handläggaren hade uppdrag den dagen"
        "The case has no office where the handläggare had an assignment that day";
    /// At night, in the early morning or late evening, or at a weekend.
    Hours "utanfor_arbetstid" "Före 6, efter 20 eller en helgdag i veckoslutet" "Before 6, after 20 or at the weekend";
    /// Many cases were opened in ten minutes.
    Many "manga_arenden" "Minst 30 olika ärenden öppnade inom tio minuter" "At least 30 different cases opened within ten minutes";
    /// A search, and the handläggare changed nothing within a day of it.
    SearchOnly "sokning_utan_registrering" "Sökning som inte följdes av någon registrering inom ett dygn"
        "A search that no registration followed within a day";
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// First Swedish day.
    pub from: NaiveDate,
    /// Last Swedish day.
    pub to: NaiveDate,
    /// At this office of the manager's only.
    pub office: Option<OfficeCode>,
    /// By this handläggare only.
    pub handler: Option<String>,
    /// With a flag only.
    pub flagged: bool,
    /// This many at most, drawn by chance.
    pub sample: Option<usize>,
    /// What the draw follows from: the same question and seed draw the same rows.
    pub seed: String,
}

/// One access of a handläggare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where it stands in the log: chain and sequence.
    pub entry: (i64, i64),
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub handler: String,
    /// With which client.
    pub client: String,
    /// The operation.
    pub action: String,
    /// What kind.
    pub kind: String,
    /// Which cases, at most a hundred.
    pub cases: Vec<CaseId>,
    /// How many cases or rows.
    pub counted: i64,
    /// What is worth a question.
    pub flags: Vec<Flag>,
}

/// The handläggare whose accesses the caller may check: those with an assignment that sees personal data, in those days, at
/// an office where the caller is insatsansvarig today.
#[must_use]
pub fn under<'a>(
    caller: &Caller,
    organisation: &'a Organisation,
    today: NaiveDate,
    question: &Question,
) -> Vec<&'a Handler> {
    let own = caller.handler.as_ref().and_then(|id| organisation.handlers.get(id));
    let Some(own) = own.filter(|own| caller.has(Role::Insatsansvarig) && Some(own.agency) == caller.agency) else {
        return Vec::new();
    };
    let offices: BTreeSet<&OfficeCode> = own
        .assignments
        .iter()
        .filter(|a| a.role == Role::Insatsansvarig && a.validity.contains(today))
        .map(|a| &a.office)
        .filter(|office| question.office.as_ref().is_none_or(|wanted| wanted == *office))
        .collect();
    let mut all = at_offices(organisation, &offices, question);
    all.retain(|handler| handler.agency == own.agency);
    all
}

/// The handläggare with an assignment that sees personal data, in those days, at any of these offices.
#[must_use]
pub fn at_offices<'a>(
    organisation: &'a Organisation,
    offices: &BTreeSet<&OfficeCode>,
    question: &Question,
) -> Vec<&'a Handler> {
    let in_those_days = |handler: &&Handler| {
        let mut assignments = handler.assignments.iter();
        assignments.any(|a| {
            let overlaps = a.validity.from <= question.to && a.validity.to.is_none_or(|to| to >= question.from);
            a.role == Role::Deltagaransvarig && overlaps && offices.contains(&a.office)
        })
    };
    organisation
        .handlers
        .values()
        .filter(|handler| question.handler.as_ref().is_none_or(|wanted| wanted == handler.id.as_str()))
        .filter(in_those_days)
        .collect()
}

/// As much of a row as the flags need, so that a long period fits in memory.
struct Brief {
    entry: i64,
    at: i64,
    handler: usize,
    kind: Option<Kind>,
    /// The case of a row that concerns one.
    case: Option<CaseId>,
    flags: Vec<Flag>,
}

/// The accesses that a question asks for, in the order of time: one page, how many there are, and of how many they were
/// drawn.
///
/// # Errors
/// When the database fails.
pub fn spots(
    link: &mut Link<'_>,
    handlers: &[&Handler],
    question: &Question,
    skip: usize,
    limit: usize,
) -> Result<(Vec<Spot>, usize, usize), StorageError> {
    let wanted = span(Some(question.from), Some(question.to));
    let mut all = briefs(link, handlers, question)?;
    all.sort_by_key(|brief| (brief.at, brief.entry));
    search_only(&mut all);
    many(&mut all);
    for brief in &mut all {
        if !is_working_time(brief.at) {
            brief.flags.push(Flag::Hours);
        }
    }
    all.retain(|brief| wanted.contains(&brief.at));
    other_office(link, handlers, &mut all)?;
    all.retain(|brief| !question.flagged || !brief.flags.is_empty());
    let of = all.len();
    if let Some(sample) = question.sample {
        draw(&mut all, sample, &question.seed);
    }
    let total = all.len();
    let page: Vec<Brief> = all.into_iter().skip(skip).take(limit).collect();
    let entries: Vec<i64> = page.iter().map(|brief| brief.entry).collect();
    let mut rows: HashMap<i64, Row> =
        lookup::by_entries(link, &entries)?.into_iter().map(|row| (row.entry, row)).collect();
    let spots = page.into_iter().filter_map(|brief| Some(spot(&rows.remove(&brief.entry)?, brief.flags)));
    Ok((spots.collect(), total, of))
}

fn spot(row: &Row, mut flags: Vec<Flag>) -> Spot {
    flags.sort_unstable();
    Spot {
        entry: (row.chain(), row.sequence()),
        at: DateTime::from_timestamp_micros(row.at).unwrap_or_default(),
        handler: row.handler.clone().unwrap_or_default(),
        client: row.client.clone(),
        action: row.action.clone(),
        kind: row.kind.clone(),
        cases: row.cases().take(100).collect(),
        counted: row.counted,
        flags,
    }
}

/// The rows of the period, and of the day after it: what followed a search belongs to it.
fn briefs(link: &mut Link<'_>, handlers: &[&Handler], question: &Question) -> Result<Vec<Brief>, StorageError> {
    let places: BTreeMap<(String, String), usize> = handlers
        .iter()
        .enumerate()
        .map(|(place, handler)| ((handler.agency.code().to_owned(), handler.id.to_string()), place))
        .collect();
    let keys: BTreeSet<(String, String)> = places.keys().cloned().collect();
    let mut all = Vec::new();
    lookup::of_handlers(link, &keys, &span(Some(question.from), Some(later(question.to, 1))), &mut |row| {
        let key = row.agency.clone().zip(row.handler.clone());
        let Some(handler) = key.and_then(|key| places.get(&key).copied()) else { return };
        let mut cases = row.cases();
        let case = cases.next().filter(|_| cases.next().is_none());
        let kind = Kind::from_code(&row.kind);
        all.push(Brief { entry: row.entry, at: row.at, handler, kind, case, flags: Vec::new() });
    })?;
    Ok(all)
}

fn is_working_time(at: i64) -> bool {
    let local = swedish_time(DateTime::<Utc>::from_timestamp_micros(at).unwrap_or_default());
    WORKING_HOURS.contains(&local.hour()) && !matches!(local.weekday(), Weekday::Sat | Weekday::Sun)
}

fn search_only(all: &mut [Brief]) {
    const DAY: i64 = 86_400_000_000;
    // From the end: when each handläggare next changed something.
    let mut next: HashMap<usize, i64> = HashMap::new();
    for brief in all.iter_mut().rev() {
        match brief.kind {
            Some(Kind::Change) => drop(next.insert(brief.handler, brief.at)),
            Some(Kind::Search) if next.get(&brief.handler).is_none_or(|at| at - brief.at > DAY) => {
                brief.flags.push(Flag::SearchOnly);
            }
            _ => {}
        }
    }
}

fn many(all: &mut [Brief]) {
    let mut opened: HashMap<usize, Vec<(usize, i64, CaseId)>> = HashMap::new();
    for (place, brief) in all.iter().enumerate() {
        if let (Some(Kind::Read), Some(case)) = (brief.kind, brief.case) {
            opened.entry(brief.handler).or_default().push((place, brief.at, case));
        }
    }
    for reads in opened.values() {
        let mut first = 0;
        let mut flagged = 0;
        let mut within: HashMap<CaseId, usize> = HashMap::new();
        for (last, (_, at, case)) in reads.iter().enumerate() {
            *within.entry(*case).or_default() += 1;
            while reads[first].1 < at - SHORT {
                let gone = reads[first].2;
                if let Some(times) = within.get_mut(&gone) {
                    *times -= 1;
                    if *times == 0 {
                        within.remove(&gone);
                    }
                }
                first += 1;
            }
            if within.len() >= MANY {
                for (place, ..) in &reads[first.max(flagged)..=last] {
                    all[*place].flags.push(Flag::Many);
                }
                flagged = last + 1;
            }
        }
    }
}

/// Flags rows about one case that has never had an office where the handläggare had an assignment that day.
fn other_office(link: &mut Link<'_>, handlers: &[&Handler], all: &mut [Brief]) -> Result<(), StorageError> {
    let cases: BTreeSet<CaseId> = all.iter().filter_map(|brief| brief.case).collect();
    let offices = lists::offices_ever(link, &cases.into_iter().collect::<Vec<_>>())?;
    for brief in all {
        let Some(of_case) = brief.case.and_then(|case| offices.get(&case)) else { continue };
        let day = swedish_time(DateTime::from_timestamp_micros(brief.at).unwrap_or_default()).date();
        let assignments = &handlers[brief.handler].assignments;
        let own = assignments.iter().any(|a| {
            a.role == Role::Deltagaransvarig && a.validity.contains(day) && of_case.contains(a.office.as_str())
        });
        if !own {
            brief.flags.push(Flag::OtherOffice);
        }
    }
    Ok(())
}

/// Draws so many by chance; which ones follows from the seed and the rows alone.
fn draw(all: &mut Vec<Brief>, sample: usize, seed: &str) {
    let lot = |brief: &Brief| Sha256::digest(format!("{seed} {}", brief.entry)).to_vec();
    let mut lots: Vec<(Vec<u8>, usize)> = all.iter().enumerate().map(|(place, brief)| (lot(brief), place)).collect();
    lots.sort_unstable();
    let drawn: BTreeSet<usize> = lots.into_iter().take(sample).map(|(_, place)| place).collect();
    let mut place = 0;
    all.retain(|_| {
        place += 1;
        drawn.contains(&(place - 1))
    });
}
