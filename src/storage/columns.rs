//! Rows as columns: what PostgreSQL is told by one statement whatever the number of rows, so that the statement is prepared
//! once, and rows of many tables take one round trip.
//!
//! Never here: SQLite, which has no round trips.

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text, Untyped};
use diesel::{QueryResult, RunQueryDsl};

use super::cases::CaseRow;

/// More rows than this are sent table by table with COPY, which costs less for each and more for each table.
pub(super) const MANY: usize = 1000;

/// The values of one column.
pub(super) enum Values<'r> {
    Big(Vec<Option<i64>>),
    Int(Vec<Option<i32>>),
    Small(Vec<Option<i16>>),
    Text(Vec<Option<&'r str>>),
    Bytes(Vec<Option<&'r [u8]>>),
}

/// What a column can hold.
pub(super) trait Value: Sized {
    /// A column of them.
    fn column<'r>(values: impl Iterator<Item = Option<&'r Self>>) -> Values<'r>
    where
        Self: 'r;
}

/// What stands in a row: a value, or perhaps none.
pub(super) trait Field {
    type Value: Value;
    fn value(&self) -> Option<&Self::Value>;
}

/// Rows of a table, taken apart.
pub(super) trait Columns: Sized {
    /// The table.
    type Table: Default;
    /// Its name.
    const NAME: &'static str;
    /// The columns' names, in the order of their values.
    const COLUMNS: &'static [&'static str];

    /// The values of each column, in the order of the rows.
    fn columns(rows: &[Self]) -> Vec<Values<'_>>;
}

/// Names the columns of a row, all of them.
macro_rules! columns {
    ($row:ident of $table:ident: $($name:ident),+ $(,)?) => {
        impl $crate::storage::columns::Columns for $row {
            type Table = $crate::storage::schema::$table::table;
            const NAME: &'static str = stringify!($table);
            const COLUMNS: &'static [&'static str] = &[$(stringify!($name)),+];

            fn columns(rows: &[Self]) -> Vec<$crate::storage::columns::Values<'_>> {
                // A column that was forgotten is told by the compiler.
                if let Some(Self { $($name: _),+ }) = rows.first() {}
                vec![$($crate::storage::columns::column(rows, |row| &row.$name)),+]
            }
        }
    };
}

/// The table that rows belong to.
pub(super) fn table_of<R: Columns>(_: &[R]) -> R::Table {
    R::Table::default()
}

/// One column of some rows.
pub(super) fn column<'r, R, F: Field<Value: 'r> + 'r>(rows: &'r [R], field: impl Fn(&'r R) -> &'r F) -> Values<'r> {
    F::Value::column(rows.iter().map(|row| field(row).value()))
}

/// A statement of fixed text with columns of values in between, kept prepared by its text.
#[derive(Default)]
pub(super) struct Statement<'r>(Vec<Piece<'r>>);

enum Piece<'r> {
    Text(&'static str),
    Values(Values<'r>),
}

impl<'r> Statement<'r> {
    /// Goes on with text.
    pub(super) fn text(mut self, text: &'static str) -> Self {
        self.0.push(Piece::Text(text));
        self
    }

    /// Goes on with columns as rows: `unnest(…)`.
    pub(super) fn rows(mut self, columns: impl IntoIterator<Item = Values<'r>>) -> Self {
        self.0.push(Piece::Text("unnest("));
        for (at, values) in columns.into_iter().enumerate() {
            self.0.extend((at > 0).then_some(Piece::Text(", ")));
            self.0.push(Piece::Values(values));
        }
        self.text(")")
    }

    /// Goes on with names.
    pub(super) fn names(mut self, names: &'static [&'static str]) -> Self {
        for (at, name) in names.iter().enumerate() {
            self.0.extend((at > 0).then_some(Piece::Text(", ")));
            self.0.push(Piece::Text(name));
        }
        self
    }

    /// Goes on with the rows of one more table, which are to be appended.
    pub(super) fn appending<R: Columns>(self, rows: &'r [R]) -> Self {
        let begin = if self.0.is_empty() { "WITH w_" } else { ", w_" };
        let into = self.text(begin).text(R::NAME).text(" AS (INSERT INTO ").text(R::NAME).text(" (");
        into.names(R::COLUMNS).text(") SELECT * FROM ").rows(R::columns(rows)).text(")")
    }

    /// Goes on with the present state of cases, which is to be written over the older one; nothing where there is none.
    pub(super) fn moving(self, heads: &'r [CaseRow]) -> Self {
        if heads.is_empty() { self } else { self.text(", w_moved AS (").over(heads).text(")") }
    }

    /// Goes on with an update of cases to their present state.
    pub(super) fn over(self, heads: &'r [CaseRow]) -> Self {
        let set = "UPDATE cases SET person = u.person, identity = u.identity, version = u.version, state = u.state, \
                   step = u.step, step_date = u.step_date, next_owner = u.next_owner, due = u.due, \
                   missing = u.missing, fk_office = u.fk_office, af_office = u.af_office, \
                   fk_handler = u.fk_handler, af_handler = u.af_handler FROM ";
        let heads = self.text(set).rows(CaseRow::columns(heads)).text(" AS u (").names(CaseRow::COLUMNS);
        heads.text(") WHERE cases.number = u.number")
    }

    /// The end of what appends rows.
    pub(super) fn appended(self) -> Self {
        self.text(" SELECT 1")
    }

    /// Looks up rows by keys of one column or two, called `wanted.first` and `wanted.second`: each by itself, whatever
    /// PostgreSQL thinks of the size of the table (`OFFSET 0` keeps it from planning them together).
    pub(super) fn looking_up(
        self,
        found: &'static str,
        by: &'static str,
        keys: impl IntoIterator<Item = Values<'r>>,
    ) -> Self {
        let wanted = self.text("SELECT found.* FROM (SELECT DISTINCT * FROM ").named_rows(keys);
        wanted.text(") AS wanted, LATERAL (SELECT ").text(found).text(" FROM ").text(by).text(" OFFSET 0) AS found")
    }

    /// Goes on with columns as rows, whose columns are called `first` and `second`.
    fn named_rows(self, columns: impl IntoIterator<Item = Values<'r>>) -> Self {
        let columns: Vec<Values<'r>> = columns.into_iter().collect();
        let names = if columns.len() == 1 { " AS keys (first)" } else { " AS keys (first, second)" };
        self.rows(columns).text(names)
    }
}

impl QueryFragment<Pg> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Values(values) => values.walk_ast(out.reborrow())?,
            }
        }
        Ok(())
    }
}

impl QueryFragment<Pg> for Values<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Big(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
            Self::Int(values) => out.push_bind_param::<Array<Nullable<Integer>>, _>(values)?,
            Self::Small(values) => out.push_bind_param::<Array<Nullable<SmallInt>>, _>(values)?,
            Self::Text(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values)?,
            Self::Bytes(values) => out.push_bind_param::<Array<Nullable<Binary>>, _>(values)?,
        }
        // So that the statement says by itself what it takes.
        out.push_sql(match self {
            Self::Big(_) => "::bigint[]",
            Self::Int(_) => "::integer[]",
            Self::Small(_) => "::smallint[]",
            Self::Text(_) => "::text[]",
            Self::Bytes(_) => "::bytea[]",
        });
        Ok(())
    }
}

// Found again by the text.
impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for Statement<'_> {}

macro_rules! values {
    ($($type:ty => $variant:ident by $get:expr;)+) => { $(
        impl Value for $type {
            fn column<'r>(values: impl Iterator<Item = Option<&'r Self>>) -> Values<'r> {
                Values::$variant(values.map(|value| value.map($get)).collect())
            }
        }

        impl Field for $type {
            type Value = Self;
            fn value(&self) -> Option<&Self> {
                Some(self)
            }
        }
    )+ };
}

values! {
    i64 => Big by |value| *value;
    i32 => Int by |value| *value;
    i16 => Small by |value| *value;
    String => Text by String::as_str;
    Vec<u8> => Bytes by Vec::as_slice;
}

impl Value for &str {
    fn column<'r>(values: impl Iterator<Item = Option<&'r Self>>) -> Values<'r>
    where
        Self: 'r,
    {
        Values::Text(values.map(|value| value.copied()).collect())
    }
}

impl Field for &str {
    type Value = Self;
    fn value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<V: Value> Field for Option<V> {
    type Value = V;
    fn value(&self) -> Option<&V> {
        self.as_ref()
    }
}
