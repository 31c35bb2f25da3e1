//! Connections: which backend by URL, a pool for reading, links of their own for writing, migrations at start.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::dialect::Link;
use super::error::StorageError;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Readers wait at most this long for a free connection.
const WAIT: Duration = Duration::from_secs(5);

/// An opened database.
#[derive(Clone)]
pub struct Db {
    url: Arc<str>,
    pool: Readers,
    /// Something was erased that may still stand in SQLite's log.
    overwrite: Arc<AtomicBool>,
    /// SQLite's log is to begin anew.
    large: Arc<AtomicBool>,
    /// How many checkpoints are made before that is tried again.
    rests: Arc<AtomicU32>,
}

#[derive(Clone)]
enum Readers {
    Sqlite(Pool<ConnectionManager<SqliteConnection>>),
    Postgres(Pool<ConnectionManager<PgConnection>>),
}

/// A connection from the pool, for reading.
pub enum Reader {
    /// SQLite.
    Sqlite(PooledConnection<ConnectionManager<SqliteConnection>>),
    /// PostgreSQL.
    Postgres(PooledConnection<ConnectionManager<PgConnection>>),
}

impl Reader {
    /// As a link.
    pub fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(c) => Link::Sqlite(c),
            Self::Postgres(c) => Link::Postgres(c),
        }
    }
}

/// A connection of its own, for writing.
pub enum Owned {
    /// SQLite.
    Sqlite(Box<SqliteConnection>),
    /// PostgreSQL.
    Postgres(Box<PgConnection>),
}

impl Owned {
    /// As a link.
    pub fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(c) => Link::Sqlite(c),
            Self::Postgres(c) => Link::Postgres(c),
        }
    }
}

#[derive(Debug)]
struct Pragmas;

/// WAL lets readers go on while one writes; FULL makes a commit durable; checkpoints are made by
/// [`Db::checkpoint`] beside the writer, so that no commit waits for one, and a log that grew beyond [`LARGE_LOG`] is cut
/// to that when it begins anew.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 0; \
                       PRAGMA journal_size_limit = 268435456; PRAGMA foreign_keys = ON; \
                       PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; \
                       PRAGMA recursive_triggers = ON;";

/// Every statement of the writer is a look-up by key. A plan made while the tables were small would scan them when
/// they are large, so scanning is ruled out.
const WRITER_SETTINGS: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
                               SET jit = off; SET client_min_messages = warning;";

/// What readers ask takes at most some seconds, of which PostgreSQL would spend some tenths on compiling it.
const READER_SETTINGS: &str = "SET jit = off;";

/// Beyond this size SQLite's log is to begin anew.
const LARGE_LOG: u64 = 256 << 20;
/// So many checkpoints are made before that is tried again where a reader stood in the way.
const RESTS: u32 = 20;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Pragmas {
    fn on_acquire(&self, c: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        c.batch_execute(PRAGMAS).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// The settings of readers of PostgreSQL.
#[derive(Debug)]
struct Settings;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, c: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        c.batch_execute(READER_SETTINGS).map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Db {
    /// Opens `sqlite://path` or `postgres://…` and brings its schema up to date.
    ///
    /// # Errors
    /// [`StorageError::Setup`] when the URL has another scheme or the schema can't be made;
    /// [`StorageError::Unavailable`] when the database can't be reached.
    pub fn open(url: &str, readers: u32) -> Result<Self, StorageError> {
        let pool = if let Some(path) = url.strip_prefix("sqlite://") {
            make_folder(path)?;
            make_private(path)?;
            migrate_sqlite(path)?;
            let manager = ConnectionManager::new(path);
            let pool = Pool::builder()
                .max_size(readers)
                .min_idle(Some(1))
                .connection_timeout(WAIT)
                .connection_customizer(Box::new(Pragmas))
                .build(manager)?;
            Readers::Sqlite(pool)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            migrate_postgres(url)?;
            let manager = ConnectionManager::new(url);
            let pool = Pool::builder()
                .max_size(readers)
                .min_idle(Some(1))
                .connection_timeout(WAIT)
                .connection_customizer(Box::new(Settings))
                .build(manager)?;
            Readers::Postgres(pool)
        } else {
            return Err(StorageError::Setup("the URL begins with sqlite:// or postgres://".to_owned()));
        };
        Ok(Self { url: Arc::from(url), pool, overwrite: Arc::default(), large: Arc::default(), rests: Arc::default() })
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn backend(&self) -> &'static str {
        match self.pool {
            Readers::Sqlite(_) => "sqlite",
            Readers::Postgres(_) => "postgres",
        }
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when none is free in time.
    pub fn read(&self) -> Result<Reader, StorageError> {
        Ok(match &self.pool {
            Readers::Sqlite(pool) => Reader::Sqlite(pool.get()?),
            Readers::Postgres(pool) => Reader::Postgres(pool.get()?),
        })
    }

    /// A connection of one's own: the writer's.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the database can't be reached.
    pub fn connect(&self) -> Result<Owned, StorageError> {
        if let Some(path) = self.url.strip_prefix("sqlite://") {
            let mut c = establish_sqlite(path)?;
            c.batch_execute(PRAGMAS)?;
            return Ok(Owned::Sqlite(Box::new(c)));
        }
        let mut c = establish_postgres(&self.url)?;
        c.batch_execute(WRITER_SETTINGS)?;
        Ok(Owned::Postgres(Box::new(c)))
    }

    /// Has SQLite forget what was erased: its file is overwritten where it stood (`secure_delete`), and its log is emptied.
    /// Where a reader stands in the way, that is done as soon as it is gone. PostgreSQL keeps its log and the space of
    /// deleted rows for as long as it is configured to.
    pub fn overwrite(&self, link: &mut Link<'_>) {
        if !link.has_one_writer() {
            return;
        }
        self.overwrite.store(true, Ordering::Release);
        match link.empty_log() {
            Ok(true) => self.overwrite.store(false, Ordering::Release),
            Ok(false) => log::debug!("what was erased leaves the log when a reader is done"),
            Err(error) => log::warn!("the log could not be emptied of what was erased: {error}"),
        }
    }

    /// Has SQLite's log begin anew where it has grown. Done by the writer between two transactions, since nobody may write
    /// meanwhile; most of the log has been moved by [`Db::checkpoint`], so it takes a moment. A reader that stays is not
    /// waited for: it is tried again later.
    pub fn restart_large_log(&self, link: &mut Link<'_>) {
        if !self.large.swap(false, Ordering::AcqRel) {
            return;
        }
        match link.restart_log() {
            Ok(true) => {}
            Ok(false) => self.rests.store(RESTS, Ordering::Relaxed),
            Err(error) => log::warn!("the log could not begin anew: {error}"),
        }
    }

    /// Moves what was committed from SQLite's log into its file, without holding up the writer. Does nothing on
    /// PostgreSQL, which does so itself.
    ///
    /// # Errors
    /// When the database fails.
    pub fn checkpoint(&self) -> Result<(), StorageError> {
        match &self.pool {
            Readers::Sqlite(pool) => {
                if self.overwrite.load(Ordering::Acquire) {
                    let mut c = pool.get()?;
                    self.overwrite(&mut Link::Sqlite(&mut c));
                    return Ok(());
                }
                let log = self.url.strip_prefix("sqlite://").map(|path| format!("{path}-wal"));
                let size = log.and_then(|log| std::fs::metadata(log).ok()).map_or(0, |m| m.len());
                pool.get()?.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")?;
                let rests = self.rests.load(Ordering::Relaxed);
                self.rests.store(rests.saturating_sub(1), Ordering::Relaxed);
                if size > LARGE_LOG && rests == 0 {
                    self.large.store(true, Ordering::Release);
                }
                Ok(())
            }
            Readers::Postgres(_) => Ok(()),
        }
    }
}

fn make_folder(path: &str) -> Result<(), StorageError> {
    match Path::new(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|e| StorageError::Setup(format!("the folder of the database can't be made: {e}"))),
        _ => Ok(()),
    }
}

/// The file is its owner's only; SQLite gives its log the same rights.
fn make_private(path: &str) -> Result<(), StorageError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(|e| StorageError::Setup(format!("the database's file can't be made: {e}")))
}

fn establish_sqlite(path: &str) -> Result<SqliteConnection, StorageError> {
    SqliteConnection::establish(path).map_err(|e| StorageError::Unavailable(e.to_string()))
}

fn establish_postgres(url: &str) -> Result<PgConnection, StorageError> {
    // libpq's text may quote the URL, and with it a password; it goes to nobody.
    PgConnection::establish(url).map_err(|_| StorageError::Unavailable("PostgreSQL refused the connection".to_owned()))
}

fn migrate_sqlite(path: &str) -> Result<(), StorageError> {
    let mut c = establish_sqlite(path)?;
    c.batch_execute(PRAGMAS)?;
    c.run_pending_migrations(SQLITE_MIGRATIONS)
        .map(|_| ())
        .map_err(|e| StorageError::Setup(format!("the schema can't be brought up to date: {e}")))
}

/// Several processes may start at once; the first one migrates, the others wait for it.
fn migrate_postgres(url: &str) -> Result<(), StorageError> {
    let mut c = establish_postgres(url)?;
    c.batch_execute("SET client_min_messages = warning; SELECT pg_advisory_lock(7232001)")?;
    let result = c
        .run_pending_migrations(POSTGRES_MIGRATIONS)
        .map(|_| ())
        .map_err(|e| StorageError::Setup(format!("the schema can't be brought up to date: {e}")));
    c.batch_execute("SELECT pg_advisory_unlock(7232001)")?;
    result
}
