//! The whole follow-up without identity as Parquet, for the agencies' own engines (DuckDB, Spark).
//!
//! **Lives here:** which tables and columns there are ([`schema`]), what a case and the registers become (`rows`,
//! `registers`), and the run that reads the cases piece by piece and writes them as row groups. **Never here:** files
//! and their names, HTTP, figures.
//!
//! # What is decided
//! * **No identity.** No number of a person, no look-up hash, no name, no handläggare, no free text, no client's or
//!   agency's reference, no consent, no stadsdel, no employer. Of the birth date the age group of the reports, at the
//!   request; of instants the day.
//! * **Still personal data.** Dates, offices and kommun together point out most cases to whoever has another list of
//!   them. So an export goes only to who reads every case anyway, and is logged as such a reading.
//! * **The case's number** is made anew for each export ([`CaseNumbers`]) and rows stand in its order, so that two exports
//!   can't be joined by it, nor one with the service.
//! * **The same cases as in reports.** A felregistrering is nowhere; an anonymous case stands in `anonymous` only, with
//!   what its own row in reports needs; a case whose identity was removed stays as it counts.
//! * **Answers** have a column a question, typed, with null for unanswered and an empty list for "asked, none": no
//!   engine has to pivot, columns that aren't asked for aren't read, and most are empty and cost nothing.
//! * **Memory** holds one piece of cases and one row group of each table.

mod numbers;
mod registers;
mod rows;
pub mod schema;
mod tables;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;
use std::io::Write;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use polars::prelude::PolarsError;
use polars_io::parquet::write::{BatchedWriter, KeyValueMetadata, ParquetCompression, ParquetWriter};
use serde_json::{Value, json};

use self::schema::{Table, TableId};
use self::values::Buffer;
use super::follow::Counted;
use super::reading::PIECE;
use super::report::instant;
use crate::clock::Clock;
use crate::domain::case::Case;
use crate::domain::organisation::Organisation;
use crate::organisation::registers::Registers;
use crate::storage::journal::{Selection, load_counted, micros};
use crate::storage::{Db, StorageError, cases, changes};

pub use numbers::CaseNumbers;

/// Rows of a row group, at least: what engines read at once and by several threads.
const GROUP: usize = 100_000;

/// Why there is no export.
#[derive(Debug)]
pub enum ExportError {
    /// Storage failed.
    Storage(StorageError),
    /// The columns failed, or could not be written.
    Columns(PolarsError),
    /// The log has not come so far: the newest position there is.
    Ahead(i64),
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(error) => error.fmt(f),
            Self::Columns(error) => error.fmt(f),
            Self::Ahead(head) => write!(f, "the log has only come to position {head}"),
        }
    }
}

impl std::error::Error for ExportError {}

impl From<StorageError> for ExportError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<PolarsError> for ExportError {
    fn from(error: PolarsError) -> Self {
        Self::Columns(error)
    }
}

/// Where a table is written.
pub type Sink = Box<dyn Write + Send>;

/// An export that is about to be written.
#[derive(Debug)]
pub struct Export {
    numbers: CaseNumbers,
    organisation: Arc<Organisation>,
    known: Option<DateTime<Utc>>,
    /// The instant it is as known on.
    pub as_of: DateTime<Utc>,
    /// The position up to which it counts.
    pub counted_to: i64,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Cases read.
    pub cases: i64,
    /// Of so many; more may have come since.
    pub of: i64,
}

/// A table on its way.
struct Writing {
    id: TableId,
    rows: u64,
    buffer: Buffer,
    writer: BatchedWriter<Sink>,
}

impl Writing {
    fn flush(&mut self) -> Result<(), PolarsError> {
        self.rows += self.buffer.rows() as u64;
        let mut frame = self.buffer.take()?;
        frame.align_chunks();
        self.writer.write_batch(&frame)
    }
}

impl Export {
    /// Decides up to where it counts: everything committed so far, or what was known then, with the registers as they
    /// were known with it. `numbers` gives the numbers of
    /// cases for the position, and for that at which an identity was last taken away: whoever makes the same numbers for
    /// the same export again must make others from then on, or the two would tell whose it was.
    ///
    /// # Errors
    /// When the log has not come so far, or the database fails.
    pub fn begin(
        db: &Db,
        registers: &Registers,
        counted: Counted,
        clock: &dyn Clock,
        numbers: impl FnOnce(i64, i64) -> CaseNumbers,
    ) -> Result<Self, ExportError> {
        let mut reader = db.read()?;
        let (head, protected) = reader
            .link()
            .snapshot(|link| Ok::<_, StorageError>((changes::head(link)?, changes::last_protection(link)?)))?;
        let counted_to = counted.counted_to.unwrap_or(head);
        if counted_to > head {
            return Err(ExportError::Ahead(head));
        }
        // Asked after the position: everything up to it was known by then.
        let now = clock.now();
        let as_of = counted.as_of.map_or(now, |at| at.min(now));
        let numbers = numbers(counted_to, protected);
        let organisation = registers.as_known(&mut reader.link(), counted_to, counted.as_of)?;
        Ok(Self { numbers, organisation, known: counted.as_of, as_of, counted_to })
    }

    /// What it is called: tables of the same name belong together.
    #[must_use]
    pub fn name(&self) -> String {
        self.numbers.name()
    }

    /// What the export says of itself, with each table and the number of its rows, as `schema.json` holds it.
    #[must_use]
    pub fn described(&self, rows: &[(TableId, u64)]) -> Value {
        let table = |(id, rows): &(TableId, u64)| {
            let mut told = id.table().told();
            told["rows"] = json!(rows);
            told
        };
        json!({
            "export": self.name(), "version": schema::VERSION, "asOf": instant(self.as_of),
            "countedTo": self.counted_to, "tables": rows.iter().map(table).collect::<Vec<_>>(),
        })
    }

    fn writing(&self, id: TableId, sink: Sink) -> Result<Writing, PolarsError> {
        let table: &'static Table = id.table();
        let about = json!({
            "export": self.name(), "version": schema::VERSION, "asOf": instant(self.as_of),
            "countedTo": self.counted_to, "table": id.name(),
        });
        let about = KeyValueMetadata::from_static(vec![("sus".to_owned(), about.to_string())]);
        let writer = ParquetWriter::new(sink)
            // What every reader knows.
            .with_compression(ParquetCompression::Snappy)
            .with_key_value_metadata(Some(about))
            .set_parallel(false)
            .batched(&table.schema())?;
        Ok(Writing { id, rows: 0, buffer: Buffer::new(table), writer })
    }

    /// Writes tables, each to its sink, and tells how many rows each has. The cases are read piece by piece, each piece
    /// in one state of the database; what is committed meanwhile lies beyond the position and isn't counted.
    ///
    /// # Errors
    /// When the database fails or a sink can't be written.
    pub fn write(
        &self,
        db: &Db,
        tables: Vec<(TableId, Sink)>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<(TableId, u64)>, ExportError> {
        let all = tables.into_iter().map(|(id, sink)| self.writing(id, sink));
        let mut all: Vec<Writing> = all.collect::<Result<_, _>>()?;
        for writing in &mut all {
            registers::add(&self.organisation, writing.id, &mut writing.buffer);
        }
        if all.iter().any(|writing| writing.id.is_of_cases()) {
            self.read(db, progress, |number, case| {
                for writing in &mut all {
                    rows::add(case, number, &self.numbers, writing.id, &mut writing.buffer);
                    if writing.buffer.rows() >= GROUP {
                        writing.flush()?;
                    }
                }
                Ok(())
            })?;
        }
        for writing in &mut all {
            writing.flush()?;
            writing.writer.finish()?;
        }
        Ok(all.iter().map(|writing| (writing.id, writing.rows)).collect())
    }

    fn read(
        &self,
        db: &Db,
        progress: &mut dyn FnMut(Progress),
        mut each: impl FnMut(i64, &Case) -> Result<(), PolarsError>,
    ) -> Result<(), ExportError> {
        let mut so_far = Progress { cases: 0, of: cases::count(&mut db.read()?.link())? };
        let mut last = 0;
        loop {
            // A connection a piece: whoever takes the rows slowly holds up nothing in the database.
            let mut reader = db.read()?;
            let piece = reader.link().snapshot(|link| {
                let numbers = cases::numbers_after(link, last, PIECE as i64)?;
                let (Some(first), Some(end)) = (numbers.first(), numbers.last()) else { return Ok(Vec::new()) };
                load_counted(link, Selection::Range(*first, *end), (self.known.map(micros), self.counted_to))
            })?;
            drop(reader);
            let Some(end) = piece.last().map(|loaded| loaded.row.number) else { return Ok(()) };
            for loaded in &piece {
                if !loaded.entries.is_empty() {
                    each(loaded.row.number, &loaded.case()?)?;
                }
            }
            last = end;
            so_far.cases += piece.len() as i64;
            progress(so_far);
        }
    }
}
