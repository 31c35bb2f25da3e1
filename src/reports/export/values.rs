//! Rows on their way into columns: values, and the buffer that becomes one row group.
//!
//! Never here: what a row means ([`super::rows`], [`super::registers`]).

use chrono::NaiveDate;
use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column as Series, DataFrame, DataType, Int32Type, Int64Type, IntoColumn,
    IntoSeries, ListBuilderTrait, ListPrimitiveChunkedBuilder, ListStringChunkedBuilder, PolarsError, PolarsResult,
    PrimitiveChunkedBuilder, SortMultipleOptions, StringChunkedBuilder,
};

use super::schema::{Kind, Table};
use crate::reports::observations::day;

/// One value of a row.
pub(super) enum Value<'a> {
    Number(i64),
    Text(&'a str),
    Flag(bool),
    Day(NaiveDate),
    Texts(Vec<&'a str>),
    Days(&'a [NaiveDate]),
    Nothing,
}

impl<'a> Value<'a> {
    pub(super) fn text_or_nothing(text: Option<&'a str>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }

    pub(super) fn day_or_nothing(date: Option<NaiveDate>) -> Self {
        date.map_or(Self::Nothing, Self::Day)
    }
}

enum Cells {
    Numbers(PrimitiveChunkedBuilder<Int64Type>),
    Texts(StringChunkedBuilder),
    Flags(BooleanChunkedBuilder),
    Days(PrimitiveChunkedBuilder<Int32Type>),
    TextLists(ListStringChunkedBuilder),
    DayLists(ListPrimitiveChunkedBuilder<Int32Type>),
}

impl Cells {
    fn new(name: &str, kind: Kind) -> Self {
        let name = name.into();
        match kind {
            Kind::Number => Self::Numbers(PrimitiveChunkedBuilder::new(name, 0)),
            Kind::Text => Self::Texts(StringChunkedBuilder::new(name, 0)),
            Kind::Flag => Self::Flags(BooleanChunkedBuilder::new(name, 0)),
            Kind::Day => Self::Days(PrimitiveChunkedBuilder::new(name, 0)),
            Kind::Texts => Self::TextLists(ListStringChunkedBuilder::new(name, 0, 0)),
            Kind::Days => Self::DayLists(ListPrimitiveChunkedBuilder::new(name, 0, 0, DataType::Int32)),
        }
    }

    /// Whether the value is of the column's kind.
    fn push(&mut self, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Numbers(cells), Value::Number(n)) => cells.append_value(n),
            (Self::Numbers(cells), Value::Nothing) => cells.append_null(),
            (Self::Texts(cells), Value::Text(text)) => cells.append_value(text),
            (Self::Texts(cells), Value::Nothing) => cells.append_null(),
            (Self::Flags(cells), Value::Flag(yes)) => cells.append_value(yes),
            (Self::Flags(cells), Value::Nothing) => cells.append_null(),
            (Self::Days(cells), Value::Day(date)) => cells.append_value(day(date)),
            (Self::Days(cells), Value::Nothing) => cells.append_null(),
            (Self::TextLists(cells), Value::Texts(all)) => cells.append_values_iter(all.into_iter()),
            (Self::TextLists(cells), Value::Nothing) => cells.append_null(),
            (Self::DayLists(cells), Value::Days(all)) => cells.append_values_iter(all.iter().map(|d| day(*d))),
            (Self::DayLists(cells), Value::Nothing) => cells.append_null(),
            _ => return false,
        }
        true
    }

    fn finish(self, kind: Kind) -> PolarsResult<Series> {
        let series = match self {
            Self::Numbers(cells) => cells.finish().into_series(),
            Self::Texts(cells) => cells.finish().into_series(),
            Self::Flags(cells) => cells.finish().into_series(),
            Self::Days(cells) => cells.finish().into_series(),
            Self::TextLists(mut cells) => cells.finish().into_series(),
            Self::DayLists(mut cells) => cells.finish().into_series(),
        };
        Ok(series.cast(&kind.dtype())?.into_column())
    }
}

/// Rows of one table that are not written yet.
pub(super) struct Buffer {
    table: &'static Table,
    cells: Vec<Cells>,
    rows: usize,
    misfit: bool,
}

impl Buffer {
    pub(super) fn new(table: &'static Table) -> Self {
        let cells = table.columns.iter().map(|c| Cells::new(c.name, c.kind)).collect();
        Self { table, cells, rows: 0, misfit: false }
    }

    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a row: a value for each column, in their order.
    pub(super) fn push<'a>(&mut self, values: impl IntoIterator<Item = Value<'a>>) {
        let mut values = values.into_iter();
        for cells in &mut self.cells {
            self.misfit |= !values.next().is_some_and(|value| cells.push(value));
        }
        self.misfit |= values.next().is_some();
        self.rows += 1;
    }

    /// The rows as a frame, in the order of the table's first two columns, which hides the order in which they came; the
    /// buffer is empty afterwards.
    pub(super) fn take(&mut self) -> PolarsResult<DataFrame> {
        let full = std::mem::replace(self, Self::new(self.table));
        if full.misfit {
            return Err(PolarsError::SchemaMismatch(
                format!("a row of {} is not as told", self.table.id.name()).into(),
            ));
        }
        let columns = full.cells.into_iter().zip(&self.table.columns).map(|(cells, column)| cells.finish(column.kind));
        let frame = DataFrame::new(full.rows, columns.collect::<PolarsResult<_>>()?)?;
        let by = self.table.columns.iter().take(2).map(|c| c.name);
        frame.sort(by.collect::<Vec<_>>(), SortMultipleOptions::default())
    }
}
