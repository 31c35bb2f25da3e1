//! Almost the only match on the backend: beside it, keys of two columns are looked up, and what became known is put
//! together, in two ways. `each!` expands one diesel expression once per concrete connection, so both
//! stay checked by the compiler; the statements below are those where the backends need their own form.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, SmallInt, Text};
use diesel::sqlite::SqliteConnection;

use super::cases::CaseRow;
use super::columns::{Statement, column};
use super::error::StorageError;

/// A connection of either backend.
pub enum Link<'a> {
    /// The embedded default.
    Sqlite(&'a mut SqliteConnection),
    /// Where users outgrew it.
    Postgres(&'a mut PgConnection),
}

/// Runs the same diesel expression on whichever connection is there.
macro_rules! each {
    ($link:expr, $c:ident => $body:expr) => {
        match $link {
            $crate::storage::dialect::Link::Sqlite($c) => {
                let $c = &mut **$c;
                $body
            }
            $crate::storage::dialect::Link::Postgres($c) => {
                let $c = &mut **$c;
                $body
            }
        }
    };
}

/// Appends rows: on SQLite by prepared statements for sixteen rows, for four and for one, which are found again by
/// their type; by COPY on PostgreSQL, which is planned once for all rows.
macro_rules! insert_rows {
    ($link:expr, $table:expr, $rows:expr) => {
        match $link {
            $crate::storage::dialect::Link::Sqlite(c) => {
                let (sixteens, rest) = $rows.as_chunks::<16>();
                for rows in sixteens {
                    diesel::insert_into($table).values(rows).execute(&mut **c)?;
                }
                let (fours, rest) = rest.as_chunks::<4>();
                for rows in fours {
                    diesel::insert_into($table).values(rows).execute(&mut **c)?;
                }
                for row in rest {
                    diesel::insert_into($table).values(row).execute(&mut **c)?;
                }
            }
            $crate::storage::dialect::Link::Postgres(c) => {
                if !$rows.is_empty() {
                    diesel::copy_from($table).from_insertable(&$rows[..]).execute(&mut **c)?;
                }
            }
        }
    };
}

/// Appends rows of several tables, and writes the present state of cases over the older one: on PostgreSQL by one
/// statement, unless the rows are many. All of it is there when the statement is done, in no order among the tables.
macro_rules! insert_together {
    ($link:expr, [$($rows:expr),+ $(,)?]) => {
        insert_together!($link, &[], [$($rows),+])
    };
    ($link:expr, $heads:expr, [$($rows:expr),+ $(,)?]) => {
        match &mut *$link {
            $crate::storage::dialect::Link::Postgres(c) if 0 $(+ $rows.len())+ <= $crate::storage::columns::MANY => {
                let statement = $crate::storage::columns::Statement::default()$(.appending(&$rows[..]))+;
                statement.moving($heads).appended().execute(&mut **c)?;
            }
            link => {
                link.update_heads($heads)?;
                $(insert_rows!(link, $crate::storage::columns::table_of(&$rows), $rows);)+
            }
        }
    };
}

impl Link<'_> {
    /// The same connection for a shorter while.
    pub fn again(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(c) => Link::Sqlite(c),
            Self::Postgres(c) => Link::Postgres(c),
        }
    }

    /// Whether the backend lets one transaction write at a time, so that keys need no locks of their own.
    #[must_use]
    pub fn has_one_writer(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Runs fixed SQL without values.
    ///
    /// # Errors
    /// When the database fails.
    pub fn run(&mut self, sql: &str) -> Result<(), StorageError> {
        use diesel::connection::SimpleConnection;
        each!(self, c => c.batch_execute(sql)).map_err(StorageError::from)
    }

    /// Empties SQLite's log into its file, and says whether it could be done: nobody may be reading. Waits for a moment
    /// only, since others wait meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub fn empty_log(&mut self) -> Result<bool, StorageError> {
        self.checkpoint("TRUNCATE", 50)
    }

    /// Has SQLite's log begin anew with the next that is written, and says whether it could be done: nobody may be reading
    /// what stands in it. Waits still less: whoever writes is held up as long.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restart_log(&mut self) -> Result<bool, StorageError> {
        self.checkpoint("RESTART", 5)
    }

    fn checkpoint(&mut self, how: &str, milliseconds: u32) -> Result<bool, StorageError> {
        let Self::Sqlite(c) = self else { return Ok(true) };
        diesel::sql_query(format!("PRAGMA busy_timeout = {milliseconds}")).execute(*c)?;
        let told = diesel::sql_query(format!("PRAGMA wal_checkpoint({how})")).load::<Emptied>(*c);
        diesel::sql_query("PRAGMA busy_timeout = 10000").execute(*c)?;
        Ok(told?.first().is_some_and(|row| row.busy == 0))
    }

    /// Begins a transaction that writes: on SQLite it takes the one write lock at once, so it can't fail later.
    ///
    /// # Errors
    /// When the database fails or the lock isn't had in time.
    pub fn begin_write(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(_) => self.run("BEGIN IMMEDIATE"),
            Self::Postgres(_) => self.run("BEGIN"),
        }
    }

    /// Begins a transaction that reads one state of the database throughout, whatever is committed meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_read(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(_) => self.run("BEGIN"),
            Self::Postgres(_) => self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    /// Writes in a transaction of its own.
    ///
    /// # Errors
    /// What `write` says, or when the database fails; then nothing was written.
    pub fn written<T, E: From<StorageError>>(
        &mut self,
        write: impl FnOnce(&mut Link<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_write()?;
        match write(self).and_then(|done| Ok(self.run("COMMIT").map(|()| done)?)) {
            Ok(done) => Ok(done),
            Err(error) => {
                // What went wrong first is what is told: SQLite may have undone everything by itself. The connection is
                // given up either way.
                self.run("ROLLBACK").unwrap_or_else(|failed| log::debug!("rollback failed: {failed}"));
                Err(error)
            }
        }
    }

    /// Reads one state of the database throughout.
    ///
    /// # Errors
    /// What `read` says, or when the database fails.
    pub fn snapshot<T, E: From<StorageError>>(
        &mut self,
        read: impl FnOnce(&mut Link<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_read()?;
        let result = read(self);
        self.run("COMMIT")?;
        result
    }

    /// Takes the next `count` positions and returns the last before them. Until commit, no other process takes
    /// any: positions are dense and in commit order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn take_positions(&mut self, count: i64) -> Result<i64, StorageError> {
        let last: i64 = each!(self, c => TakePositions(count).get_result(c))?;
        Ok(last - count)
    }

    /// The state of the keys, held until the transaction ends: they change before it or after it. SQLite's write lock
    /// does so already.
    ///
    /// # Errors
    /// When the database fails, or the database has no keys.
    pub fn hold_keys(&mut self) -> Result<i64, StorageError> {
        use super::schema::key_head::dsl::{generation, key_head};
        let Self::Postgres(c) = self else { return super::keys::generation(self) };
        let held: Option<i64> = key_head.select(generation).for_share().get_result(*c).optional()?;
        held.ok_or_else(super::keys::without_keys)
    }

    /// Locks keys (hashes of persons, of client references, of Idempotency-Keys) until commit, in one order for all
    /// processes, so that two requests for the same are decided one after the other, each seeing what the other did.
    /// SQLite's write lock does so already. Keys share a thousand locks, so that a large batch can't exhaust them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lock_keys(&mut self, hashes: &[Vec<u8>]) -> Result<(), StorageError> {
        let Self::Postgres(c) = self else { return Ok(()) };
        let mut keys: Vec<i64> = hashes.iter().map(|h| lock_key(h)).collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(());
        }
        let lock = Statement::default().text("SELECT count(pg_advisory_xact_lock(key)) FROM (SELECT key FROM ");
        lock.rows([column(&keys, |key| key)]).text(" AS k (key) ORDER BY key) AS ordered").execute(*c)?;
        Ok(())
    }

    /// The next persons after one in the order of their ids, kept from being erased until commit. SQLite's write lock does
    /// so already.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lock_persons_after(&mut self, after: &[u8], limit: i64) -> Result<Vec<Vec<u8>>, StorageError> {
        use super::schema::persons::dsl::{id, persons};
        let next = persons.filter(id.gt(after)).order(id).limit(limit).select(id);
        Ok(match self {
            Self::Sqlite(c) => next.load(*c)?,
            Self::Postgres(c) => next.for_key_share().load(*c)?,
        })
    }

    /// Finds cases by id or number and locks them until commit, in one order for all processes. SQLite's write lock
    /// does so already.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lock_cases(&mut self, ids: &[Vec<u8>], numbers: &[i64]) -> Result<Vec<super::cases::Stand>, StorageError> {
        use super::cases::Stand;
        use super::schema::cases::dsl as t;
        let mut found = Vec::with_capacity(ids.len() + numbers.len());
        match self {
            Self::Sqlite(c) => {
                // Not `first`: SQLite compiles a statement anew each time its LIMIT is bound.
                for id in ids {
                    found.extend(t::cases.filter(t::id.eq(id)).select(Stand::as_select()).load::<Stand>(*c)?);
                }
                for number in numbers {
                    found.extend(t::cases.filter(t::number.eq(number)).select(Stand::as_select()).load::<Stand>(*c)?);
                }
            }
            Self::Postgres(c) => {
                if !ids.is_empty() {
                    let all = "SELECT number, id, person, version FROM cases WHERE number = ANY (ARRAY(SELECT * FROM ";
                    let named = Statement::default().text(all).rows([column(numbers, |number| number)]);
                    let both = named.text(" UNION ALL ").looking_up(
                        "number",
                        "cases WHERE id = wanted.first",
                        [column(ids, |id| id)],
                    );
                    found = both.text(")) ORDER BY number FOR UPDATE").load(*c)?;
                } else if !numbers.is_empty() {
                    let query = t::cases.filter(t::number.eq_any(numbers)).order(t::number);
                    found = query.for_update().select(Stand::as_select()).load(*c)?;
                }
            }
        }
        Ok(found)
    }

    /// Writes the present state of cases over the older one.
    ///
    /// # Errors
    /// When the database fails, or a second open case for a person would come to be.
    pub fn update_heads(&mut self, heads: &[CaseRow]) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(c) => {
                for head in heads {
                    UpdateHead(head).execute(*c)?;
                }
            }
            Self::Postgres(_) if heads.is_empty() => {}
            Self::Postgres(c) => drop(Statement::default().over(heads).execute(*c)?),
        }
        Ok(())
    }
}

/// What a checkpoint says of itself.
#[derive(QueryableByName)]
struct Emptied {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// How many advisory locks keys share.
const LOCKS: i64 = 1024;

fn lock_key(hash: &[u8]) -> i64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = *from;
    }
    i64::from_be_bytes(bytes).rem_euclid(LOCKS)
}

/// diesel never caches an UPDATE; this one and the next are hot, so they are fragments with a fixed id.
struct TakePositions(i64);

impl diesel::query_builder::QueryId for TakePositions {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl diesel::query_builder::Query for TakePositions {
    type SqlType = BigInt;
}

impl<C> diesel::RunQueryDsl<C> for TakePositions {}

impl<DB> diesel::query_builder::QueryFragment<DB> for TakePositions
where
    DB: diesel::backend::Backend + diesel::sql_types::HasSqlType<BigInt>,
    i64: diesel::serialize::ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: diesel::query_builder::AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE change_head SET position = position + ");
        out.push_bind_param::<BigInt, _>(&self.0)?;
        out.push_sql(" RETURNING position");
        Ok(())
    }
}

struct UpdateHead<'a>(&'a CaseRow);

impl diesel::query_builder::QueryId for UpdateHead<'_> {
    type QueryId = UpdateHead<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl diesel::query_builder::Query for UpdateHead<'_> {
    type SqlType = Integer;
}

impl diesel::RunQueryDsl<SqliteConnection> for UpdateHead<'_> {}

impl diesel::query_builder::QueryFragment<diesel::sqlite::Sqlite> for UpdateHead<'_> {
    fn walk_ast<'b>(
        &'b self,
        mut out: diesel::query_builder::AstPass<'_, 'b, diesel::sqlite::Sqlite>,
    ) -> QueryResult<()> {
        let head = self.0;
        out.push_sql("UPDATE cases SET person = ");
        out.push_bind_param::<Nullable<Binary>, _>(&head.person)?;
        out.push_sql(", identity = ");
        out.push_bind_param::<Text, _>(&head.identity)?;
        out.push_sql(", version = ");
        out.push_bind_param::<BigInt, _>(&head.version)?;
        out.push_sql(", state = ");
        out.push_bind_param::<SmallInt, _>(&head.state)?;
        out.push_sql(", step = ");
        out.push_bind_param::<Text, _>(&head.step)?;
        out.push_sql(", step_date = ");
        out.push_bind_param::<Integer, _>(&head.step_date)?;
        out.push_sql(", next_owner = ");
        out.push_bind_param::<Nullable<Text>, _>(&head.next_owner)?;
        out.push_sql(", due = ");
        out.push_bind_param::<Nullable<Integer>, _>(&head.due)?;
        out.push_sql(", missing = ");
        out.push_bind_param::<Integer, _>(&head.missing)?;
        out.push_sql(", fk_office = ");
        out.push_bind_param::<Text, _>(&head.fk_office)?;
        out.push_sql(", af_office = ");
        out.push_bind_param::<Text, _>(&head.af_office)?;
        out.push_sql(", fk_handler = ");
        out.push_bind_param::<Nullable<Text>, _>(&head.fk_handler)?;
        out.push_sql(", af_handler = ");
        out.push_bind_param::<Nullable<Text>, _>(&head.af_handler)?;
        out.push_sql(" WHERE number = ");
        out.push_bind_param::<BigInt, _>(&head.number)?;
        Ok(())
    }
}
