//! What a database really holds: read table by table past the program, as whoever stole the disk would.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};

use super::Database;

/// A connection of the test's own.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Binary)]
    value: Vec<u8>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Binary)]
    value: Vec<u8>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Beside `access_log` itself.
const OF_THE_LOG: [&str; 4] = ["access_chains", "access_heads", "access_subjects", "access_queries"];

const SQLITE_COLUMNS: &str = "SELECT t.name AS of, c.name AS name, c.type AS kind FROM sqlite_master t \
    JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1, 2";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text AS of, column_name::text AS name, data_type::text AS kind \
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2";

impl Raw {
    pub fn of(database: &Database) -> Self {
        match database.url.strip_prefix("sqlite://") {
            Some(path) => {
                let mut c = SqliteConnection::establish(path).unwrap();
                c.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                Self::Sqlite(c)
            }
            None => Self::Postgres(PgConnection::establish(&database.url).unwrap()),
        }
    }

    /// Runs SQL as somebody at a console would.
    pub fn run(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Self::Sqlite(c) => c.batch_execute(sql),
            Self::Postgres(c) => c.batch_execute(sql),
        }
    }

    fn columns(&mut self) -> Vec<Column> {
        match self {
            Self::Sqlite(c) => sql_query(SQLITE_COLUMNS).load(c).unwrap(),
            Self::Postgres(c) => sql_query(POSTGRES_COLUMNS).load(c).unwrap(),
        }
    }

    /// Every value of every column of every table, with where it stands.
    pub fn every_value(&mut self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        for Column { of, name, kind } in self.columns() {
            let from = format!("FROM \"{of}\" WHERE \"{name}\" IS NOT NULL");
            let held: Vec<Held> = match self {
                Self::Sqlite(c) => {
                    sql_query(format!("SELECT CAST(\"{name}\" AS BLOB) AS value {from}")).load(c).unwrap()
                }
                Self::Postgres(c) if kind == "bytea" => {
                    sql_query(format!("SELECT \"{name}\" AS value {from}")).load(c).unwrap()
                }
                Self::Postgres(c) => {
                    sql_query(format!("SELECT convert_to(\"{name}\"::text, 'UTF8') AS value {from}")).load(c).unwrap()
                }
            };
            all.extend(held.into_iter().map(|held| (format!("{of}.{name}"), held.value)));
        }
        all
    }

    /// Every row of every table, with where it stands, asked for at once: what is text or number side by side, each
    /// column of bytes by itself.
    pub fn every_row(&mut self) -> Vec<(String, Vec<u8>)> {
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut asked = Vec::new();
        for Column { of, name, kind } in self.columns() {
            match kind.to_lowercase().as_str() {
                "blob" | "bytea" => asked.push(format!(
                    "SELECT '{of}.{name}' AS \"of\", \"{name}\" AS value FROM \"{of}\" WHERE \"{name}\" IS NOT NULL"
                )),
                _ => texts.entry(of).or_default().push(format!("\"{name}\"")),
            }
        }
        for (of, names) in texts {
            let names = names.join(", ");
            let value = match self {
                Self::Sqlite(_) => format!("CAST(concat_ws(char(10), {names}) AS BLOB)"),
                Self::Postgres(_) => format!("convert_to(concat_ws(chr(10), {names}), 'UTF8')"),
            };
            asked.push(format!("SELECT '{of}' AS \"of\", {value} AS value FROM \"{of}\""));
        }
        if asked.is_empty() {
            return Vec::new();
        }
        let all = sql_query(asked.join(" UNION ALL "));
        let rows: Vec<Row> = match self {
            Self::Sqlite(c) => all.load(c).unwrap(),
            Self::Postgres(c) => all.load(c).unwrap(),
        };
        rows.into_iter().map(|row| (row.of, row.value)).collect()
    }

    /// How many rows.
    pub fn count(&mut self, table: &str, condition: &str) -> i64 {
        let query = sql_query(format!("SELECT count(*) AS n FROM \"{table}\" WHERE {condition}"));
        let count: Count = match self {
            Self::Sqlite(c) => query.get_result(c).unwrap(),
            Self::Postgres(c) => query.get_result(c).unwrap(),
        };
        count.n
    }

    /// How many rows each table has.
    pub fn counts(&mut self) -> BTreeMap<String, i64> {
        let mut tables: Vec<String> = self.columns().into_iter().map(|column| column.of).collect();
        tables.dedup();
        tables.into_iter().map(|table| (table.clone(), self.count(&table, "true"))).collect()
    }

    /// What counts changed between two looks. The tables that the access log is sealed and found by grow with it.
    pub fn grown(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> Vec<(String, i64)> {
        let changed = after.iter().map(|(table, n)| (table.clone(), n - before.get(table).copied().unwrap_or(0)));
        changed
            .filter(|(table, by)| *by != 0 && !table.starts_with("sqlite_") && !OF_THE_LOG.contains(&table.as_str()))
            .collect()
    }
}
