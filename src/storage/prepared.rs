//! Pieces of statements that are kept prepared: `sql`, `eq_any` and `limit` of diesel make SQLite compile a statement anew
//! each time that it is asked, which for the lists of cases cost more than reading them.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Text};
use diesel::{QueryResult, RunQueryDsl};

/// A condition that is always the same text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Always(pub &'static str);

/// A column is one of some texts. There are as many statements as there are lengths.
#[derive(Debug, Clone)]
pub(super) struct OneOf<'a> {
    /// The column, with its table.
    pub column: &'static str,
    /// The texts; at least one.
    pub texts: Vec<&'a str>,
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

impl<DB> QueryFragment<DB> for OneOf<'_>
where
    DB: Backend + HasSqlType<Text>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.column);
        for (at, text) in self.texts.iter().enumerate() {
            out.push_sql(if at == 0 { " IN (" } else { ", " });
            out.push_bind_param::<Text, str>(text)?;
        }
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

macro_rules! condition {
    ($($condition:ty),*) => {$(
        impl Expression for $condition {
            type SqlType = Bool;
        }

        // Found again by the text.
        impl QueryId for $condition {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl<Source> SelectableExpression<Source> for $condition {}
        impl<Source> AppearsOnTable<Source> for $condition {}

        impl<Group> ValidGrouping<Group> for $condition {
            type IsAggregate = is_aggregate::Never;
        }
    )*};
}

condition!(Always, OneOf<'_>);

impl<Q> QueryId for Paged<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Paged<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Connection> RunQueryDsl<Connection> for Paged<Q> {}
