//! Each migration on an empty database, there and back: what it brings it takes away again.

use diesel::migration::MigrationSource;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use sus::storage::Db;

use crate::support::posting::{begaran, post};
use crate::support::schema::things;
use crate::support::tables::Raw;
use crate::support::{Backend, noon, on_both, organisation, service};

fn migrations(backend: Backend) -> FileBasedMigrations {
    let folder = if backend == Backend::Sqlite { "sqlite" } else { "postgres" };
    FileBasedMigrations::from_path(format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// How many there are.
fn count(backend: Backend) -> usize {
    match backend {
        Backend::Sqlite => MigrationSource::<diesel::sqlite::Sqlite>::migrations(&migrations(backend)).unwrap().len(),
        Backend::Postgres => MigrationSource::<diesel::pg::Pg>::migrations(&migrations(backend)).unwrap().len(),
    }
}

fn up(backend: Backend, raw: &mut Raw) {
    match raw {
        Raw::Sqlite(c) => drop(c.run_next_migration(migrations(backend)).unwrap()),
        Raw::Postgres(c) => drop(c.run_next_migration(migrations(backend)).unwrap()),
    }
}

fn down(backend: Backend, raw: &mut Raw) {
    match raw {
        Raw::Sqlite(c) => drop(c.revert_last_migration(migrations(backend)).unwrap()),
        Raw::Postgres(c) => drop(c.revert_last_migration(migrations(backend)).unwrap()),
    }
}

#[test]
fn every_migration_takes_away_what_it_brought_and_can_be_made_again() {
    on_both(|backend, database| {
        let mut raw = Raw::of(database);
        let mut stages = vec![things(&mut raw)];
        assert_eq!(stages[0], Vec::<String>::new(), "{backend:?}");
        for _ in 0..count(backend) {
            up(backend, &mut raw);
            stages.push(things(&mut raw));
        }
        for (after, stage) in stages.iter().enumerate().rev().skip(1) {
            down(backend, &mut raw);
            assert_eq!(things(&mut raw), *stage, "{backend:?}: after the migration down to {after}");
        }
        // And up again, as the program does it at its start; then it is used.
        drop(Db::open(&database.url, 1).unwrap());
        assert_eq!(things(&mut raw), stages[count(backend)], "{backend:?}");
        let (service, _) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        assert!(post(&service, vec![begaran("FK-1", "198503129804", "2016-10-03")]).unwrap().results[0].is_ok());
    });
}
