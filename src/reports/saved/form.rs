//! Columns as pieces of bytes, and back: a head as JSON, the frame of each kind of row as Parquet, and one row a case.
//!
//! Never here: files and keys.

use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::{DataFrame, IntoColumn, NamedFrom, PolarsError, PolarsResult, Series};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::code::{CaseId, MunicipalityCode, OfficeCode, Position};
use crate::domain::transition::Settings;
use crate::reports::disclosure::RecordKeys;
use crate::reports::facts::{CaseNumbers, Facts, Keyed, Layer};
use crate::reports::frame::Frame;
use crate::reports::observations::{KINDS, Kind, Observations};
use crate::reports::places::Places;
use crate::reports::profiles::Profiles;

/// The meaning of the columns. Raised whenever a case gives other rows or other bits than before, which a test notices:
/// columns that were saved by another meaning are made anew.
pub(super) const FORMAT: u32 = 3;

/// What is needed to understand the rest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Head {
    made: Made,
    counted_to: i64,
    /// FK office, AF office and kommun of each place.
    places: Vec<(String, String, Option<String>)>,
    /// Where each place begins in the frame of each kind.
    offsets: Vec<Vec<u32>>,
}

/// What columns were made by. Others make others.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Made {
    format: u32,
    program: String,
    /// Lead times and limits.
    settings: String,
    /// The record key of no case: another secret gives another.
    key: u32,
}

impl Made {
    fn by(keys: &RecordKeys, settings: &Settings) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            settings: format!("{settings:?}"),
            key: keys.of(CaseId(Uuid::nil())),
        }
    }
}

/// The pieces of columns that have no delta, the head first.
pub(super) fn write(facts: &Facts) -> PolarsResult<Vec<Vec<u8>>> {
    let place = |place: &crate::reports::places::Place| {
        (place.fk.to_string(), place.af.to_string(), place.municipality.as_ref().map(ToString::to_string))
    };
    let head = Head {
        made: Made::by(&facts.keyed.by, &facts.settings),
        counted_to: facts.counted_to.0,
        places: facts.places.iter().map(place).collect(),
        offsets: facts.base.0.iter().map(|frame| frame.offsets().to_vec()).collect(),
    };
    let head = serde_json::to_vec(&head).map_err(|e| PolarsError::ComputeError(e.to_string().into()))?;
    let mut pieces = vec![head];
    for frame in &facts.base.0 {
        pieces.push(parquet(&mut frame.data().clone())?);
    }
    pieces.push(parquet(&mut cases(facts)?)?);
    Ok(pieces)
}

/// The columns of pieces; `None` where they were made by another program, other keys or other lead times.
pub(super) fn read(
    pieces: Vec<Vec<u8>>,
    keys: &Arc<RecordKeys>,
    settings: &Arc<Settings>,
) -> PolarsResult<Option<Facts>> {
    let wrong = |what: &'static str| PolarsError::ComputeError(what.into());
    let mut pieces = pieces.into_iter();
    let head = pieces.next().ok_or_else(|| wrong("no head"))?;
    let Ok(head) = serde_json::from_slice::<Head>(&head) else { return Ok(None) };
    if head.made != Made::by(keys, settings) {
        return Ok(None);
    }
    let mut places = Places::default();
    for (fk, af, municipality) in &head.places {
        let municipality = municipality.as_deref().map(MunicipalityCode::parse).transpose();
        let (Ok(fk), Ok(af), Ok(municipality)) = (OfficeCode::parse(fk), OfficeCode::parse(af), municipality) else {
            return Err(wrong("no code of an office or a kommun"));
        };
        places.number(&fk, &af, municipality.as_ref());
    }
    let mut frames = Vec::with_capacity(KINDS);
    for (kind, offsets) in Kind::ALL.into_iter().zip(head.offsets) {
        let data = pieces.next().ok_or_else(|| wrong("a kind of row is missing"))?;
        frames.push(Frame::from_parts(kind, frame(data)?, offsets)?);
    }
    let base = Layer(frames.try_into().map_err(|_| wrong("a kind of row is missing"))?);
    let cases = frame(pieces.next().ok_or_else(|| wrong("the cases are missing"))?)?;
    let numbers = cases.column("case")?.i64()?.cont_slice()?;
    let words = [cases.column("before")?.u64()?.cont_slice()?, cases.column("after")?.u64()?.cont_slice()?];
    Ok(Some(Facts {
        keyed: Keyed {
            by: Arc::clone(keys),
            base: Arc::new(cases.column("key")?.u32()?.cont_slice()?.to_vec()),
            added: Vec::new(),
        },
        base: Arc::new(base),
        delta: Arc::new(Layer::new(Observations::default(), 0)?),
        dead: Default::default(),
        numbers: Arc::new(CaseNumbers::new(numbers.iter().copied().zip(0..).collect())),
        added: Default::default(),
        changed: Default::default(),
        places: Arc::new(places),
        profiles: Arc::new(
            words[0].iter().zip(words[1]).map(|(before, after)| [*before, *after]).collect::<Profiles>(),
        ),
        settings: Arc::clone(settings),
        counted_to: Position(head.counted_to),
        kept: Default::default(),
        kept_of_base: Default::default(),
    }))
}

/// A row a case, in the order of their numbers in the rows.
fn cases(facts: &Facts) -> PolarsResult<DataFrame> {
    let count = facts.numbers.len();
    let mut cases = vec![0; count];
    for (case, number) in facts.numbers.iter() {
        cases[number as usize] = case;
    }
    let words: Vec<[u64; 2]> = (0..count as u32).map(|number| facts.profiles.of(number)).collect();
    let before: Vec<u64> = words.iter().map(|words| words[0]).collect();
    let after: Vec<u64> = words.iter().map(|words| words[1]).collect();
    let columns = vec![
        Series::new("case".into(), cases).into_column(),
        Series::new("key".into(), &facts.keyed.base[..]).into_column(),
        Series::new("before".into(), before).into_column(),
        Series::new("after".into(), after).into_column(),
    ];
    DataFrame::new(count, columns)
}

fn parquet(frame: &mut DataFrame) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::with_capacity(frame.estimated_size() + 4096);
    ParquetWriter::new(&mut bytes)
        // It is read at a start, and soon: room matters less.
        .with_compression(ParquetCompression::Uncompressed)
        .with_row_group_size(Some(frame.height().max(1)))
        .finish(frame)?;
    Ok(bytes)
}

fn frame(bytes: Vec<u8>) -> PolarsResult<DataFrame> {
    ParquetReader::new(Cursor::new(bytes)).set_rechunk(true).finish()
}
