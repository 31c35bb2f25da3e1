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
    /// The last day that any of some rows sees, [`SOME`] at a time, where rows last.
    last: Vec<i32>,
}

/// How many rows share a last day: few enough to be passed over often, many enough for their days to be read at once.
/// Tests are to pass over some.
const SOME: usize = if cfg!(test) { 3 } else { 64 };

/// Which rows are asked for, by their days.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// Those dated from one day to another, both included.
    Dated(i32, i32),
    /// Those that see a day in between, both included. Some others that began before may be among them.
    Lasting {
        /// The first day.
        from: i32,
        /// The last.
        by: i32,
    },
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
        Self::whole(rows.kind, DataFrame::new(order.len(), columns)?, offsets)
    }

    fn whole(kind: Kind, data: DataFrame, offsets: Vec<u32>) -> PolarsResult<Self> {
        let mut frame = Self { data, offsets, last: Vec::new() };
        let columns = frame.columns(kind.more())?;
        if let [ends] = columns.more[..]
            && kind.lasts()
        {
            // Not beyond its end; and a row without days is seen on its own.
            let last = |(days, ends): (&[i32], &[i32])| {
                let of_each = days.iter().zip(ends).map(|(day, end)| (*day).max(end.saturating_sub(1)));
                of_each.max().unwrap_or(i32::MIN)
            };
            frame.last = columns.day.chunks(SOME).zip(ends.chunks(SOME)).map(last).collect();
        }
        Ok(frame)
    }

    /// A frame that was taken apart: its data and where each place begins.
    pub(super) fn from_parts(kind: Kind, data: DataFrame, offsets: Vec<u32>) -> PolarsResult<Self> {
        let frame = Self::whole(kind, data, offsets)?;
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

    /// The places that have a row of a case that is wanted.
    pub(super) fn places_of(&self, wanted: impl Fn(u32) -> bool) -> PolarsResult<Vec<bool>> {
        let cases = self.data.column("case")?.u32()?.cont_slice()?;
        let any = |ends: &[u32]| cases[ends[0] as usize..ends[1] as usize].iter().any(|case| wanted(*case));
        Ok(self.offsets.windows(2).map(any).collect())
    }

    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.data.estimated_size() + size_of_val(&*self.offsets) + size_of_val(&*self.last)
    }

    /// The rows of some places (all, when `None`) that are asked for, each with its place.
    pub(super) fn ranges(&self, days: &[i32], places: Option<&[u32]>, when: When) -> Vec<(u32, Range<usize>)> {
        let (from, to) = match when {
            When::Dated(from, to) => (from, to),
            When::Lasting { by, .. } => (i32::MIN, by),
        };
        let within = |place: usize| {
            let (start, end) = (self.offsets[place] as usize, self.offsets[place + 1] as usize);
            let days = &days[start..end];
            let first = days.partition_point(|d| *d < from);
            let range = start + first..start + first + days[first..].partition_point(|d| *d <= to);
            Some((place as u32, range)).filter(|(_, range)| !range.is_empty())
        };
        let known = self.offsets.len() - 1;
        let begun: Vec<(u32, Range<usize>)> = match places {
            None => (0..known).filter_map(within).collect(),
            // A place that is newer than the frame has no rows here.
            Some(places) => places.iter().map(|p| *p as usize).filter(|p| *p < known).filter_map(within).collect(),
        };
        match when {
            When::Lasting { from, .. } if !self.last.is_empty() => begun
                .into_iter()
                .flat_map(|(place, range)| self.lasting(range, from).into_iter().map(move |part| (place, part)))
                .collect(),
            _ => begun,
        }
    }

    /// The parts of a range of rows in which any sees a day from this on.
    fn lasting(&self, range: Range<usize>, from: i32) -> Vec<Range<usize>> {
        let mut wanted: Vec<Range<usize>> = Vec::new();
        for at in range.start / SOME..range.end.div_ceil(SOME) {
            if self.last.get(at).is_some_and(|last| *last < from) {
                continue;
            }
            let (start, end) = (range.start.max(at * SOME), range.end.min((at + 1) * SOME));
            match wanted.last_mut() {
                Some(before) if before.end == start => before.end = end,
                _ => wanted.push(start..end),
            }
        }
        wanted
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows at two places, three of which share a last day.
    fn frame(rows: &[(u32, i32, i32)]) -> Frame {
        let mut all = Rows::new(Kind::Step);
        for (place, day, end) in rows {
            all.push(0, *place, *day, 0, &[*end]);
        }
        Frame::new(all, 2).unwrap()
    }

    #[test]
    fn rows_that_are_over_are_passed_over_and_none_that_sees_a_day_is() {
        let frame = frame(&[(0, 1, 2), (0, 2, 3), (0, 3, 9), (0, 4, 5), (0, 5, 6), (0, 6, 6), (0, 7, 8), (1, 1, 99)]);
        let days = frame.columns(Kind::Step.more()).unwrap().day;
        let lasting = |places, from, by| frame.ranges(days, places, When::Lasting { from, by });
        for (places, from, by, expected) in [
            // Over on the day that they last until.
            (None, 9, 9, vec![(0, 6..7), (1, 7..8)]),
            (None, 8, 9, vec![(0, 0..3), (0, 6..7), (1, 7..8)]),
            // What has no days is seen on its own.
            (None, 6, 6, vec![(0, 0..6), (1, 7..8)]),
            (None, 7, 6, vec![(0, 0..3), (1, 7..8)]),
            (Some(&[0][..]), 7, 7, vec![(0, 0..3), (0, 6..7)]),
            (Some(&[1][..]), 100, 100, vec![]),
            (None, 1, 2, vec![(0, 0..2), (1, 7..8)]),
        ] {
            assert_eq!(lasting(places, from, by), expected, "{places:?} {from} {by}");
        }
        assert_eq!(frame.ranges(days, None, When::Dated(6, 7)), [(0, 5..7)]);
    }
}
