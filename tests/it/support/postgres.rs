//! PostgreSQL for real: `TEST_DATABASE_URL` when given, else a private cluster in a temporary folder, which ends
//! with the tests. Where neither can be had, that is said loudly and the tests of that backend do nothing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

struct Server {
    /// Without a database's name, to which `{name}` is the place.
    pattern: String,
    _keeper: Option<Child>,
}

static SERVER: OnceLock<Option<Server>> = OnceLock::new();
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The URL of an empty database that nobody else uses.
pub fn fresh_database() -> Option<String> {
    let server = SERVER.get_or_init(start).as_ref()?;
    let name = format!("sus_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::establish(&server.pattern.replace("{name}", "postgres")).unwrap();
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name}; ")).unwrap();
    admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    Some(server.pattern.replace("{name}", &name))
}

/// What a restart of the server does to one database and leaves the others alone: every connection to it is lost, and
/// none is had until it is up again.
pub struct Outage {
    name: String,
    /// To the database that every server has.
    beside: PgConnection,
}

impl Outage {
    /// Of the database of this URL; up as yet.
    pub fn of(url: &str) -> Self {
        let (base, query) = url.split_once('?').map_or((url, String::new()), |(b, q)| (b, format!("?{q}")));
        let (server, name) = base.rsplit_once('/').unwrap();
        let beside = PgConnection::establish(&format!("{server}/postgres{query}")).unwrap();
        Self { name: name.to_owned(), beside }
    }

    pub fn begin(&mut self) {
        let name = &self.name;
        self.beside.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
        let all = format!("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'");
        self.beside.batch_execute(&all).unwrap();
    }

    pub fn end(&mut self) {
        self.beside.batch_execute(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name)).unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told of a server by the environment")]
fn start() -> Option<Server> {
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        let (base, query) = url.split_once('?').map_or((url.as_str(), None), |(b, q)| (b, Some(q)));
        let server = base.rsplit_once('/').map_or(base, |(server, _)| server);
        let query = query.map(|q| format!("?{q}")).unwrap_or_default();
        return Some(Server { pattern: format!("{server}/{{name}}{query}"), _keeper: None });
    }
    let started = binaries().and_then(|bin| private_cluster(&bin));
    if started.is_none() {
        say_loudly();
    }
    started
}

fn say_loudly() {
    // Straight to the terminal: what tests print is swallowed when they pass.
    let mut out = std::io::stderr();
    let line = "=".repeat(78);
    writeln!(out, "\n{line}\nPostgreSQL WAS NOT TESTED: no TEST_DATABASE_URL and no server binaries found.\n{line}")
        .unwrap();
}

fn binaries() -> Option<PathBuf> {
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.and_then(|o| String::from_utf8(o.stdout).ok()).map(|s| PathBuf::from(s.trim()));
    let usual = ["17", "16", "15", "14"].map(|v| PathBuf::from(format!("/usr/lib/postgresql/{v}/bin")));
    told.into_iter().chain(usual).find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
}

/// A shell keeps the cluster: it ends it and removes its folder when this process is gone, however it went.
const KEEPER: &str = r#"
set -e
dir="$1"; bin="$2"
mkdir -p "$dir/sock"
run() { if [ "$(id -u)" = 0 ]; then chown -R postgres "$dir"; runuser -u postgres -- "$@"; else "$@"; fi; }
run "$bin/initdb" -D "$dir/data" -U postgres -A trust --no-sync >/dev/null
run "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-c listen_addresses='' -c unix_socket_directories='$dir/sock' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" start >/dev/null
echo ready
cat >/dev/null
run "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
rm -rf "$dir"
"#;

fn private_cluster(bin: &Path) -> Option<Server> {
    let folder = tempfile::Builder::new().prefix("suspg").tempdir().ok()?.keep();
    let mut keeper = Command::new("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(&folder)
        .arg(bin)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut ready = [0; 6];
    std::io::Read::read_exact(keeper.stdout.as_mut()?, &mut ready).ok()?;
    let socket = folder.join("sock");
    let pattern = format!("postgres:///{{name}}?host={}&user=postgres", socket.display());
    Some(Server { pattern, _keeper: Some(keeper) })
}
