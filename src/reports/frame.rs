//! A polars frame of one kind of row, sorted by place and then day, with the offset of each place; the
//! place of a row is where it stands, not a column.
//!
//! Lives here: sorting, and reading contiguous columns and slices. Never here: what the rows mean.

use std::ops::Range;

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, PolarsError, PolarsResult, Series};

use super::observations::{Kind, Rows};

#[derive(Debug, Clone)]
pub(super) struct Frame {
    data: DataFrame,
    /// Where each place begins; one more than there were places when the frame was made.
    offsets: Vec<u32>,
}

/// The columns of a frame as slices.
#[derive(Debug, Clone)]
pub(super) struct Columns<'a> {
    pub(super) case: &'a [u32],
    pub(super) day: &'a [i32],
    pub(super) key: &'a [u32],
    pub(super) more: Vec<&'a [i32]>,
}

impl Frame {
    pub(super) fn new(rows: Rows, places: usize) -> PolarsResult<Self> {
        let mut order: Vec<u32> = (0..rows.day.len() as u32).collect();
        // Mostly rows that are in order already, with a few behind them: a stable sort only merges those.
        order.sort_by_key(|&i| (rows.place[i as usize], rows.day[i as usize]));
        let mut offsets = vec![0_u32; places + 1];
        for place in &rows.place {
            offsets[*place as usize + 1] += 1;
        }
        for i in 0..places {
            offsets[i + 1] += offsets[i];
        }
        let mut columns = vec![
            unsigned("case", &rows.case, &order),
            signed("day", &rows.day, &order),
            unsigned("key", &rows.key, &order),
        ];
        for (name, values) in rows.kind.more().iter().zip(&rows.more) {
            columns.push(signed(name, values, &order));
        }
        Ok(Self { data: DataFrame::new(order.len(), columns)?, offsets })
    }

    /// A frame that was taken apart: its data and where each place begins.
    pub(super) fn from_parts(kind: Kind, data: DataFrame, offsets: Vec<u32>) -> PolarsResult<Self> {
        let frame = Self { data, offsets };
        frame.columns(kind.more())?;
        if frame.offsets.last().copied() != u32::try_from(frame.height()).ok() || !frame.offsets.is_sorted() {
            return Err(PolarsError::ComputeError("places don't begin where their rows do".into()));
        }
        Ok(frame)
    }

    /// Its columns.
    pub(super) const fn data(&self) -> &DataFrame {
        &self.data
    }

    /// Where each place begins.
    pub(super) fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    pub(super) fn height(&self) -> usize {
        self.data.height()
    }

    pub(super) fn columns(&self, more: &[&str]) -> PolarsResult<Columns<'_>> {
        Ok(Columns {
            case: self.data.column("case")?.u32()?.cont_slice()?,
            day: self.data.column("day")?.i32()?.cont_slice()?,
            key: self.data.column("key")?.u32()?.cont_slice()?,
            more: more.iter().map(|name| self.data.column(name)?.i32()?.cont_slice()).collect::<PolarsResult<_>>()?,
        })
    }

    /// The place of each row.
    pub(super) fn places(&self) -> Vec<u32> {
        let mut all = Vec::with_capacity(self.height());
        for (place, ends) in (0..).zip(self.offsets.windows(2)) {
            all.resize(ends[1] as usize, place);
        }
        all
    }

    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.data.estimated_size() + size_of_val(&*self.offsets)
    }

    /// The rows of some places (all, when `None`) dated in `from..=to`, each with its place.
    pub(super) fn ranges(&self, days: &[i32], places: Option<&[u32]>, from: i32, to: i32) -> Vec<(u32, Range<usize>)> {
        let within = |place: usize| {
            let (start, end) = (self.offsets[place] as usize, self.offsets[place + 1] as usize);
            let days = &days[start..end];
            let first = days.partition_point(|d| *d < from);
            let range = start + first..start + first + days[first..].partition_point(|d| *d <= to);
            Some((place as u32, range)).filter(|(_, range)| !range.is_empty())
        };
        let known = self.offsets.len() - 1;
        match places {
            None => (0..known).filter_map(within).collect(),
            // A place that is newer than the frame has no rows here.
            Some(places) => places.iter().map(|p| *p as usize).filter(|p| *p < known).filter_map(within).collect(),
        }
    }
}

fn unsigned(name: &str, values: &[u32], order: &[u32]) -> Column {
    let sorted: Vec<u32> = order.iter().map(|&i| values[i as usize]).collect();
    Series::new(name.into(), sorted).into_column()
}

fn signed(name: &str, values: &[i32], order: &[u32]) -> Column {
    let sorted: Vec<i32> = order.iter().map(|&i| values[i as usize]).collect();
    Series::new(name.into(), sorted).into_column()
}
