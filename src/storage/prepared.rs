//! Pieces of statements that are kept prepared: `sql`, `eq_any` and `limit` of diesel make SQLite compile a statement anew
//! each time that it is asked, which for the lists of cases cost more than reading them.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, BigInt, Bool, HasSqlType, SingleValue};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl};

/// So many values are looked for by one statement.
pub(super) const CHUNK: usize = 1024;

/// A condition that is always the same text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Always(pub &'static str);

/// A column is one of some values. On SQLite there is a statement for each power of two, so that a few serve all lengths.
///
/// Not for the second column of a key: while a table is small, PostgreSQL plans to go through all that the first column
/// finds, and keeps the plan when it is large. [`Statement::looking_up`](super::columns::Statement::looking_up) is for that.
#[derive(Debug, Clone)]
pub(super) struct Among<Column, Value> {
    column: Column,
    /// At least one.
    values: Vec<Value>,
}

impl<Column, Value: Copy> Among<Column, Value> {
    /// None where there are no values, and so nothing to look for.
    pub(super) fn new(column: Column, values: impl IntoIterator<Item = Value>) -> Option<Self> {
        let mut values: Vec<Value> = values.into_iter().collect();
        let last = *values.last()?;
        // A value that is said twice finds what it finds once. At least two, since SQLite reads "one of one" as "equal to"
        // and may plan otherwise.
        values.resize(values.len().next_power_of_two().max(2), last);
        Some(Self { column, values })
    }
}

/// A page of what a query finds. The cast hides the numbers from SQLite, which would otherwise plan anew for each.
#[derive(Debug, Clone)]
pub(super) struct Paged<Q> {
    /// The query.
    pub query: Q,
    /// How many rows are passed over.
    pub offset: i64,
    /// How many are wanted at most.
    pub limit: i64,
}

impl<DB: Backend> QueryFragment<DB> for Always {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<Column, Value> QueryFragment<Sqlite> for Among<Column, Value>
where
    Column: Expression<SqlType: SingleValue> + QueryFragment<Sqlite>,
    Sqlite: HasSqlType<Column::SqlType>,
    Value: ToSql<Column::SqlType, Sqlite>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        for (at, value) in self.values.iter().enumerate() {
            out.push_sql(if at == 0 { " IN (" } else { ", " });
            out.push_bind_param::<Column::SqlType, Value>(value)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl<Column, Value> QueryFragment<Pg> for Among<Column, Value>
where
    Column: Expression<SqlType: SingleValue> + QueryFragment<Pg>,
    Pg: HasSqlType<Array<Column::SqlType>>,
    Vec<Value>: ToSql<Array<Column::SqlType>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<Column::SqlType>, Vec<Value>>(&self.values)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<Q, DB> QueryFragment<DB> for Paged<Q>
where
    DB: Backend + HasSqlType<BigInt>,
    Q: QueryFragment<DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT CAST(");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(" AS BIGINT) OFFSET CAST(");
        out.push_bind_param::<BigInt, _>(&self.offset)?;
        out.push_sql(" AS BIGINT)");
        Ok(())
    }
}

impl Expression for Always {
    type SqlType = Bool;
}

impl<Source> SelectableExpression<Source> for Always {}
impl<Source> AppearsOnTable<Source> for Always {}

// Found again by the text.
impl QueryId for Always {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Group> ValidGrouping<Group> for Always {
    type IsAggregate = is_aggregate::Never;
}

impl<Column: Expression, Value> Expression for Among<Column, Value> {
    type SqlType = Bool;
}

impl<Source, Column: SelectableExpression<Source>, Value> SelectableExpression<Source> for Among<Column, Value> {}
impl<Source, Column: AppearsOnTable<Source>, Value> AppearsOnTable<Source> for Among<Column, Value> {}

// Found again by the text, too.
impl<Column, Value> QueryId for Among<Column, Value> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Group, Column, Value> ValidGrouping<Group> for Among<Column, Value> {
    type IsAggregate = is_aggregate::Never;
}

impl<Q> QueryId for Paged<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Paged<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Connection> RunQueryDsl<Connection> for Paged<Q> {}
