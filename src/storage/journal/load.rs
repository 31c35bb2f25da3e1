//! Whole cases read from their rows, table by table, each in the order of its key.

use std::collections::HashMap;

use diesel::prelude::*;

use super::decode::{self, Beside};
use super::rows::{
    AnswerRow, ConsentRow, HandlerRow, MeetingRow, OfficeRow, ReferenceRow, RegistrationRow, SubjectRow, TextRow,
};
use crate::domain::case::{Case, IdentityState};
use crate::domain::code::CaseReference;
use crate::domain::journal::Entry;
use crate::domain::person::Sex;
use crate::storage::cases::CaseRow;
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::prepared::{Among, CHUNK};
use crate::storage::schema::{
    answers, case_handlers, case_offices, case_references, case_subjects, cases, consents, meetings, reason_texts,
    registrations,
};

/// Which cases.
#[derive(Debug, Clone, Copy)]
pub enum Selection<'a> {
    /// These numbers.
    Numbers(&'a [i64]),
    /// All whose number lies between the two, both included.
    Range(i64, i64),
}

/// A case read whole.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its present row.
    pub row: CaseRow,
    /// Its journal, all of it.
    pub entries: Vec<Entry>,
    /// Agency references given with the request.
    pub references: Vec<ReferenceRow>,
}

impl Loaded {
    /// The state after all entries.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`] when the journal does not begin with a request.
    pub fn case(&self) -> Result<Case, StorageError> {
        self.case_after(self.entries.len())
    }

    /// The state after the first `count` entries.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`] when the journal does not begin with a request.
    pub fn case_after(&self, count: usize) -> Result<Case, StorageError> {
        let corrupt = || StorageError::Corrupt("cases");
        // The present identity state holds for every earlier instant too: what was erased can't be known again.
        let identity = IdentityState::from_code(&self.row.identity).ok_or_else(corrupt)?;
        let entries = self.entries.get(..count).unwrap_or(&self.entries);
        let mut case = Case::replay(self.row.case_id(), identity, entries).ok_or_else(corrupt)?;
        let first = self.entries.first().map(|e| e.position.0);
        for reference in self.references.iter().filter(|r| Some(r.position) == first) {
            if let Ok(code) = CaseReference::parse(&reference.reference) {
                case.references.insert(0, (decode::agency(&reference.agency)?, code));
            }
        }
        Ok(case)
    }
}

macro_rules! rows {
    ($link:expr, $selection:expr, $table:ident, $row:ty) => {{
        let mut found: Vec<$row> = Vec::new();
        match $selection {
            Selection::Range(first, last) => {
                found = each!($link, c => $table::table
                    .filter($table::case_number.between(first, last))
                    .order(($table::case_number, $table::position))
                    .select(<$row>::as_select())
                    .load(c))?;
            }
            Selection::Numbers(numbers) => {
                for chunk in numbers.chunks(CHUNK) {
                    let Some(those) = Among::new($table::case_number, chunk.iter().copied()) else { continue };
                    found.extend(each!($link, c => $table::table
                        .filter(those)
                        .select(<$row>::as_select())
                        .load::<$row>(c))?);
                }
            }
        }
        found
    }};
}

/// Reads whole cases, by number ascending.
///
/// # Errors
/// When the database fails or what it holds can't be understood.
pub fn load(link: &mut Link<'_>, selection: Selection<'_>) -> Result<Vec<Loaded>, StorageError> {
    let mut heads: Vec<CaseRow> = match selection {
        Selection::Range(first, last) => each!(link, c => cases::table
            .filter(cases::number.between(first, last))
            .select(CaseRow::as_select())
            .load(c))?,
        Selection::Numbers(numbers) => crate::storage::cases::by_numbers(link, numbers)?,
    };
    heads.sort_unstable_by_key(|h| h.number);
    let beside = beside(link, selection)?;
    let mut registrations = rows!(link, selection, registrations, RegistrationRow);
    registrations.sort_unstable_by_key(|r| (r.case_number, r.position));
    let references = rows!(link, selection, case_references, ReferenceRow);
    assemble(heads, registrations, beside, &references)
}

type Key = (i64, i64);

fn beside(link: &mut Link<'_>, selection: Selection<'_>) -> Result<HashMap<Key, Beside>, StorageError> {
    let mut all: HashMap<Key, Beside> = HashMap::new();
    let mut answered = rows!(link, selection, answers, AnswerRow);
    // The version of an insats stands after its code, and several codes stand in their order.
    answered.sort_unstable_by_key(|a| (a.case_number, a.position, a.place));
    for row in answered {
        let answers = &mut all.entry((row.case_number, row.position)).or_default().answers;
        decode::add_answer(answers, &row.question, row.place, &row.value)?;
    }
    let mut held = rows!(link, selection, meetings, MeetingRow);
    held.sort_unstable_by_key(|m| (m.case_number, m.position, m.date));
    for row in held {
        decode::add_meeting(&mut all.entry((row.case_number, row.position)).or_default().answers, row.date);
    }
    for row in rows!(link, selection, case_subjects, SubjectRow) {
        let subject = (row.birth, row.municipality, row.district);
        all.entry((row.case_number, row.position)).or_default().subject = Some(subject);
    }
    for row in rows!(link, selection, consents, ConsentRow) {
        let consent = decode::consent(row.obtained_on, &row.obtained_by, &row.office, &row.form)?;
        all.entry((row.case_number, row.position)).or_default().consent = Some(consent);
    }
    for row in rows!(link, selection, case_offices, OfficeRow) {
        let office = (decode::agency(&row.agency)?, decode::office(&row.office)?);
        all.entry((row.case_number, row.position)).or_default().offices.push(office);
    }
    for row in rows!(link, selection, case_handlers, HandlerRow) {
        let handler = row.handler.as_deref().map(decode::handler).transpose()?;
        let handler = (decode::agency(&row.agency)?, handler);
        all.entry((row.case_number, row.position)).or_default().handlers.push(handler);
    }
    for row in rows!(link, selection, case_references, ReferenceRow) {
        let reference = CaseReference::parse(&row.reference).map_err(|_| StorageError::Corrupt("case_references"))?;
        let reference = (decode::agency(&row.agency)?, reference);
        all.entry((row.case_number, row.position)).or_default().reference = Some(reference);
    }
    for row in rows!(link, selection, reason_texts, TextRow) {
        all.entry((row.case_number, row.position)).or_default().text = Some(row.text);
    }
    Ok(all)
}

fn assemble(
    heads: Vec<CaseRow>,
    registrations: Vec<RegistrationRow>,
    mut beside: HashMap<Key, Beside>,
    references: &[ReferenceRow],
) -> Result<Vec<Loaded>, StorageError> {
    let mut of_case: HashMap<i64, Vec<ReferenceRow>> = HashMap::new();
    for reference in references {
        of_case.entry(reference.case_number).or_default().push(reference.clone());
    }
    let mut loaded: Vec<Loaded> = heads
        .into_iter()
        .map(|row| Loaded { references: of_case.remove(&row.number).unwrap_or_default(), row, entries: Vec::new() })
        .collect();
    for row in registrations {
        // Both are ascending by number; a registration whose case was not read belongs to a later reading.
        let Ok(place) = loaded.binary_search_by_key(&row.case_number, |l| l.row.number) else { continue };
        let sex = Sex::from_code(&loaded[place].row.sex).ok_or(StorageError::Corrupt("cases"))?;
        let beside = beside.remove(&(row.case_number, row.position)).unwrap_or_default();
        loaded[place].entries.push(decode::entry(row, beside, sex)?);
    }
    Ok(loaded)
}
