//! Whole cases read from their rows, table by table, each in the order of its key.

use std::iter::Peekable;
use std::vec::IntoIter;

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
use crate::storage::changes::{EVERYTHING, Known};
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
    /// Its journal, as far as it was asked for.
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
    ($link:expr, $selection:expr, $table:ident, $row:ty, $known:expr) => {{
        let mut found: Vec<$row> = Vec::new();
        match $selection {
            Selection::Range(first, last) => {
                found = each!($link, c => $table::table
                    .filter($table::case_number.between(first, last))
                    .filter($known)
                    .order(($table::case_number, $table::position))
                    .select(<$row>::as_select())
                    .load(c))?;
            }
            Selection::Numbers(numbers) => {
                for chunk in numbers.chunks(CHUNK) {
                    let Some(those) = Among::new($table::case_number, chunk.iter().copied()) else { continue };
                    found.extend(each!($link, c => $table::table
                        .filter(those)
                        .filter($known)
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
    let mut tables = Tables::read(link, selection, EVERYTHING)?;
    let last = tables.last;
    tables.references =
        rows!(link, selection, case_references, ReferenceRow, case_references::position.le(last)).into();
    tables.texts = rows!(link, selection, reason_texts, TextRow, reason_texts::position.le(last)).into();
    tables.assemble()
}

/// Reads what figures of a state are counted from, by number ascending: cases as far as they were known then, without
/// references and free text, which no figure looks at.
///
/// # Errors
/// As [`load`].
pub fn load_counted(link: &mut Link<'_>, selection: Selection<'_>, state: Known) -> Result<Vec<Loaded>, StorageError> {
    Tables::read(link, selection, state)?.assemble()
}

/// The rows of some cases, each table in the order of case and position.
struct Tables {
    heads: Vec<CaseRow>,
    /// The newest position of a registration: what stands beside later ones isn't read.
    last: i64,
    registrations: Ordered<RegistrationRow>,
    answers: Ordered<AnswerRow>,
    meetings: Ordered<MeetingRow>,
    subjects: Ordered<SubjectRow>,
    consents: Ordered<ConsentRow>,
    offices: Ordered<OfficeRow>,
    handlers: Ordered<HandlerRow>,
    references: Ordered<ReferenceRow>,
    texts: Ordered<TextRow>,
}

impl Tables {
    /// Everything but what only [`load`] reads.
    fn read(link: &mut Link<'_>, selection: Selection<'_>, (until, to): Known) -> Result<Self, StorageError> {
        let mut heads: Vec<CaseRow> = match selection {
            Selection::Range(first, last) => each!(link, c => cases::table
                .filter(cases::number.between(first, last))
                .select(CaseRow::as_select())
                .load(c))?,
            Selection::Numbers(numbers) => crate::storage::cases::by_numbers(link, numbers)?,
        };
        heads.sort_unstable_by_key(|h| h.number);
        let until = until.unwrap_or(i64::MAX);
        let known = || registrations::known_from.le(until).and(registrations::position.le(to));
        let registrations = rows!(link, selection, registrations, RegistrationRow, known());
        let last = registrations.iter().map(|row| row.position).max().unwrap_or(0);
        Ok(Self {
            heads,
            last,
            answers: rows!(link, selection, answers, AnswerRow, answers::position.le(last)).into(),
            meetings: rows!(link, selection, meetings, MeetingRow, meetings::position.le(last)).into(),
            subjects: rows!(link, selection, case_subjects, SubjectRow, case_subjects::position.le(last)).into(),
            consents: rows!(link, selection, consents, ConsentRow, consents::position.le(last)).into(),
            offices: rows!(link, selection, case_offices, OfficeRow, case_offices::position.le(last)).into(),
            handlers: rows!(link, selection, case_handlers, HandlerRow, case_handlers::position.le(last)).into(),
            references: Vec::new().into(),
            texts: Vec::new().into(),
            registrations: registrations.into(),
        })
    }

    /// All tables are gone through once, side by side.
    fn assemble(mut self) -> Result<Vec<Loaded>, StorageError> {
        let corrupt = || StorageError::Corrupt("cases");
        let mut all = Vec::with_capacity(self.heads.len());
        for row in std::mem::take(&mut self.heads) {
            let sex = Sex::from_code(&row.sex).ok_or_else(corrupt)?;
            let (mut entries, mut references) = (Vec::new(), Vec::new());
            while let Some(registration) = self.registrations.next_of_case(row.number) {
                let key = registration.key();
                let (beside, given) = self.beside(key)?;
                references.extend(given);
                entries.push(decode::entry(registration, beside, sex)?);
            }
            all.push(Loaded { row, entries, references });
        }
        Ok(all)
    }

    /// What stands beside one registration.
    fn beside(&mut self, key: Key) -> Result<(Beside, Vec<ReferenceRow>), StorageError> {
        let mut beside = Beside::default();
        for row in self.answers.of(key) {
            decode::add_answer(&mut beside.answers, &row.question, row.place, &row.value)?;
        }
        decode::add_meetings(&mut beside.answers, self.meetings.of(key).map(|row| row.date));
        for row in self.subjects.of(key) {
            beside.subject = Some((row.birth, row.municipality, row.district));
        }
        for row in self.consents.of(key) {
            beside.consent = Some(decode::consent(row.obtained_on, &row.obtained_by, &row.office, &row.form)?);
        }
        for row in self.offices.of(key) {
            beside.offices.push((decode::agency(&row.agency)?, decode::office(&row.office)?));
        }
        for row in self.handlers.of(key) {
            let handler = row.handler.as_deref().map(decode::handler).transpose()?;
            beside.handlers.push((decode::agency(&row.agency)?, handler));
        }
        let references: Vec<ReferenceRow> = self.references.of(key).collect();
        for row in &references {
            let reference =
                CaseReference::parse(&row.reference).map_err(|_| StorageError::Corrupt("case_references"))?;
            beside.reference = Some((decode::agency(&row.agency)?, reference));
        }
        for row in self.texts.of(key) {
            beside.text = Some(row.text);
        }
        Ok((beside, references))
    }
}

/// A case's number and a position.
type Key = (i64, i64);

/// A row that belongs to an entry, and where it comes among the rows of that entry.
trait OfEntry {
    fn key(&self) -> Key;

    fn place(&self) -> i32 {
        0
    }
}

/// The rows of a table in the order of their keys, taken entry by entry.
struct Ordered<Row: OfEntry>(Peekable<IntoIter<Row>>);

impl<Row: OfEntry> From<Vec<Row>> for Ordered<Row> {
    fn from(mut rows: Vec<Row>) -> Self {
        rows.sort_by_key(|row| (row.key(), row.place()));
        Self(rows.into_iter().peekable())
    }
}

impl<Row: OfEntry> Ordered<Row> {
    /// The rows of an entry that comes after those asked for before.
    fn of(&mut self, key: Key) -> impl Iterator<Item = Row> {
        while self.0.next_if(|row| row.key() < key).is_some() {}
        std::iter::from_fn(move || self.0.next_if(|row| row.key() == key))
    }

    /// The next row of a case that comes after those asked for before.
    fn next_of_case(&mut self, number: i64) -> Option<Row> {
        while self.0.next_if(|row| row.key().0 < number).is_some() {}
        self.0.next_if(|row| row.key().0 == number)
    }
}

macro_rules! of_entry {
    ($($row:ident $(by $place:ident)?),+) => {
        $(impl OfEntry for $row {
            fn key(&self) -> Key {
                (self.case_number, self.position)
            }
            $(fn place(&self) -> i32 {
                self.$place.into()
            })?
        })+
    };
}

// The version of an insats stands after its code, several codes in their order, meetings by date.
of_entry!(
    RegistrationRow, AnswerRow by place, MeetingRow by date, SubjectRow, ConsentRow, OfficeRow, HandlerRow, ReferenceRow,
    TextRow
);
