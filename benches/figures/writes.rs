//! Registrations per second into the writer, without HTTP: single posts from 64 threads, batches of 500, and a file;
//! beside the database's own limit: the same rows, already made, copied by SQL in commits of the same size.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;
use sus::auth::Caller;
use sus::auth::policy::Action;
use sus::chance::Generator;
use sus::clock::SystemClock;
use sus::demo::national;
use sus::domain::code::ClientId;
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::domain::transition::Settings;
use sus::registrations::import::import;
use sus::registrations::job::{Actor, Job, Post};
use sus::registrations::registers::Registers;
use sus::registrations::service::Service;
use sus::registrations::wire;
use sus::registrations::writer::Parts;
use sus::storage::Db;
use sus::storage::access::Scope;
use sus::storage::vault::Vault;

use crate::figure;

/// A database of its own.
pub struct Place {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

pub fn place(backend: &str, name: &str) -> Place {
    if backend == "sqlite" {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("sus.db").display());
        return Place { url, _folder: Some(folder) };
    }
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, PgConnection};
    let mut admin = PgConnection::establish(backend).unwrap();
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
    admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let (base, query) = backend.split_once('?').unwrap_or((backend, ""));
    let server = base.rsplit_once('/').unwrap().0;
    Place { url: format!("{server}/{name}?{query}"), _folder: None }
}

pub fn service(url: &str) -> Arc<Service> {
    let parts = Parts {
        db: Db::open(url, 4).unwrap(),
        vault: Arc::new(Vault::new([7; 32])),
        settings: Settings::default(),
        queue: 4096,
        registers: Arc::new(Registers::default()),
        clock: Arc::new(SystemClock),
        chance: Box::new(Generator::seeded(1)),
        erasures: None,
    };
    let service = Arc::new(Service::start(parts).unwrap());
    service.import_organisation(&national::organisation()).unwrap();
    service
}

/// Chains of cases as posts of the API: without what only a file carries.
pub fn chains(cases: u32) -> Vec<Vec<(Agency, Value)>> {
    let until = "2026-06-30".parse().unwrap();
    let mut chains: Vec<Vec<(Agency, Value)>> = Vec::new();
    for mut line in (national::National { seed: 5, cases: cases.into(), until }).lines() {
        let opens = line["step"] == "begaran";
        let kind = line.get("kind").is_some();
        let fields = line.as_object_mut().unwrap();
        fields.remove("recordedAt");
        fields.remove("registeredBy");
        let agency = fields.remove("agency").and_then(|a| Agency::from_code(a.as_str()?)).unwrap();
        if opens {
            chains.push(Vec::new());
        }
        if !kind {
            chains.last_mut().unwrap().push((agency, line));
        }
    }
    chains
}

pub fn job(service: &Service, agency: Agency, bodies: &[Value]) -> Job {
    let client = ClientId::parse(&format!("{agency}-system")).unwrap();
    let caller = Caller { client, agency: Some(agency), roles: [Role::System].into(), handler: None };
    let posts = bodies
        .iter()
        .map(|body| Post::new(wire::registration(body, service.reading()), service.fingerprint(body)))
        .collect();
    let scope = Scope {
        client: caller.client.to_string(),
        agency: Some(agency.code().to_owned()),
        handler: None,
        action: Action::CreateRegistrations.code(),
        trace: None,
        at: 0,
    };
    Job {
        actor: Actor::Caller(Arc::new(caller)),
        action: Action::CreateRegistrations,
        posts,
        atomic: false,
        dry_run: false,
        if_match: None,
        idempotency: None,
        scope,
    }
}

pub fn run(backend: &str) {
    let label = if backend == "sqlite" { "sqlite" } else { "postgres" };
    let chains = chains(8_000);
    let posts: usize = chains.iter().map(Vec::len).sum();

    let single = place(backend, "sus_bench_single");
    let service_single = service(&single.url);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for mine in chains.chunks(chains.len().div_ceil(64)) {
            let service = &service_single;
            scope.spawn(move || {
                for (agency, body) in mine.iter().flatten() {
                    service.submit_and_wait(job(service, *agency, std::slice::from_ref(body))).unwrap();
                }
            });
        }
    });
    let rate = posts as f64 / begin.elapsed().as_secs_f64();
    service_single.stop();
    let raw = raw(backend, &single, 64);
    figure(&format!("{label}: single posts, 64 threads, no HTTP"), rate, "/s", Some(rate / raw));
    figure(&format!("{label}: the same rows copied by SQL, commits of 64"), raw, "/s", None);

    let batch = place(backend, "sus_bench_batch");
    let service_batch = service(&batch.url);
    let mut requests: Vec<(Agency, Vec<Value>)> = Vec::new();
    for agency in Agency::ALL {
        let of: Vec<Value> =
            chains.iter().flatten().filter(|(a, _)| *a == agency).map(|(_, body)| body.clone()).collect();
        requests.extend(of.chunks(500).map(|c| (agency, c.to_vec())));
    }
    let begin = Instant::now();
    // FK's part first, since AF continues what FK began.
    for agency in Agency::ALL {
        let mine: Vec<&Vec<Value>> = requests.iter().filter(|(a, _)| *a == agency).map(|(_, bodies)| bodies).collect();
        std::thread::scope(|scope| {
            for share in mine.chunks(mine.len().div_ceil(4).max(1)) {
                let service = &service_batch;
                scope.spawn(move || {
                    for bodies in share {
                        service.submit_and_wait(job(service, agency, bodies)).unwrap();
                    }
                });
            }
        });
    }
    let rate = posts as f64 / begin.elapsed().as_secs_f64();
    service_batch.stop();
    let raw = self::raw(backend, &batch, 500);
    figure(&format!("{label}: batches of 500, four threads, no HTTP"), rate, "/s", Some(rate / raw));
    figure(&format!("{label}: the same rows copied by SQL, commits of 500"), raw, "/s", None);

    let file = place(backend, "sus_bench_file");
    let service_file = service(&file.url);
    let until = "2026-06-30".parse().unwrap();
    let mut text = String::new();
    let mut lines = 0;
    for line in (national::National { seed: 5, cases: 20_000, until }).lines() {
        text.push_str(&line.to_string());
        text.push('\n');
        lines += 1;
    }
    let begin = Instant::now();
    let client = ClientId::parse("bench").unwrap();
    let summary = import(&service_file, &client, Cursor::new(text), &mut Vec::new(), &mut |_, _| {}).unwrap();
    let rate = f64::from(lines) / begin.elapsed().as_secs_f64();
    figure(&format!("{label}: import of a file ({} refused)", summary.refused), rate, "/s", None);
    service_file.stop();
}

const TABLES: [&str; 9] = [
    "registrations",
    "changes",
    "case_subjects",
    "answers",
    "meetings",
    "consents",
    "case_offices",
    "case_handlers",
    "case_references",
];

/// The database's own limit: registrations with everything beside them, copied by SQL in commits of `group`.
pub fn raw(backend: &str, from: &Place, group: i64) -> f64 {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    let target = place(backend, "sus_bench_raw");
    drop(Db::open(&target.url, 1).unwrap());
    if backend == "sqlite" {
        let path = |url: &str| url.strip_prefix("sqlite://").unwrap().to_owned();
        let mut c = SqliteConnection::establish(&path(&target.url)).unwrap();
        c.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;").unwrap();
        c.batch_execute(&format!("ATTACH '{}' AS source; INSERT INTO persons SELECT * FROM source.persons; INSERT INTO person_lookups SELECT * FROM source.person_lookups;", path(&from.url))).unwrap();
        return copy(
            group,
            "source.",
            &mut |sql| c.batch_execute(sql).unwrap(),
            last(&mut SqliteConnection::establish(&path(&from.url)).unwrap()),
        );
    }
    // PostgreSQL has no ATTACH: the rows stand in a second schema of the same database.
    let mut c = PgConnection::establish(&from.url).unwrap();
    let end = last(&mut c);
    c.batch_execute("CREATE SCHEMA raw").unwrap();
    for table in TABLES.iter().chain(&["cases"]) {
        c.batch_execute(&format!("CREATE TABLE raw.{table} (LIKE public.{table} INCLUDING ALL)")).unwrap();
    }
    c.batch_execute("SET search_path = raw").unwrap();
    copy(group, "public.", &mut |sql| c.batch_execute(sql).unwrap(), end)
}

fn last<C: diesel::Connection>(c: &mut C) -> i64
where
    diesel::query_builder::SqlQuery: diesel::query_dsl::methods::LoadQuery<'static, C, Last>,
{
    use diesel::RunQueryDsl;
    let row: Last = diesel::sql_query("SELECT max(position) AS position FROM changes").get_result(c).unwrap();
    row.position
}

#[derive(diesel::QueryableByName)]
struct Last {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    position: i64,
}

fn copy(group: i64, source: &str, run: &mut dyn FnMut(&str), end: i64) -> f64 {
    let begin = Instant::now();
    let mut first = 1;
    while first <= end {
        let to = first + group - 1;
        let mut sql = "BEGIN;".to_owned();
        for table in TABLES {
            // By case number and position, the key, so that finding the rows costs as little as can be.
            let key = if table == "changes" { "position" } else { "case_number" };
            let more = if key == "position" {
                String::new()
            } else {
                format!(
                    " AND position BETWEEN {first} AND {to} AND case_number IN (SELECT case_number FROM {source}changes WHERE position BETWEEN {first} AND {to})"
                )
            };
            let bound = if key == "position" {
                format!("position BETWEEN {first} AND {to}")
            } else {
                format!("case_number <= {to}")
            };
            sql.push_str(&format!("INSERT INTO {table} SELECT * FROM {source}{table} WHERE {bound}{more};"));
        }
        sql.push_str(&format!("INSERT INTO cases SELECT * FROM {source}cases WHERE number BETWEEN {first} AND {to};"));
        sql.push_str(&format!("UPDATE cases SET version = version + 1 WHERE number IN (SELECT case_number FROM {source}changes WHERE position BETWEEN {first} AND {to} AND case_number < {first});"));
        sql.push_str("COMMIT;");
        run(&sql);
        first = to + 1;
    }
    (end - 1) as f64 / begin.elapsed().as_secs_f64()
}
