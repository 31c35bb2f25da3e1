//! What a database consists of beside its rows: tables, columns, indexes, triggers, functions.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use super::tables::Raw;

#[derive(QueryableByName)]
struct Thing {
    #[diesel(sql_type = Text)]
    name: String,
}

const SQLITE: &str = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS name FROM sqlite_master ORDER BY 1";

const POSTGRES: &str = "
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
        coalesce(column_default, '') AS name FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'relation ' || relkind::text || ' ' || relname || ' ' || coalesce(pg_get_indexdef(i.indexrelid), '')
        FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
    ORDER BY 1";

/// Everything there is, with how it is defined, but for what the migrations keep of themselves.
pub fn things(raw: &mut Raw) -> Vec<String> {
    let all: Vec<Thing> = match raw {
        Raw::Sqlite(c) => sql_query(SQLITE).load(c).unwrap(),
        Raw::Postgres(c) => sql_query(POSTGRES).load(c).unwrap(),
    };
    let own = ["__diesel_schema_migrations", "sqlite_sequence", "function diesel_"];
    all.into_iter().map(|thing| thing.name).filter(|name| !own.iter().any(|own| name.contains(own))).collect()
}
