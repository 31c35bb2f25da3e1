//! Pages for people: a handläggare with 10 000 own cases among a million looks at pages of the list, counts included, and
//! each is in the access log before it leaves. The aim is 50 ms on the server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use sus::app::App;
use sus::auth::tokens::DevelopmentIssuer;
use sus::chance::Generator;
use sus::clock::SystemClock;
use sus::config::Config;
use sus::config::edge::Rates;
use sus::domain::organisation::{Handler, Role};
use sus::domain::step::Agency;

use crate::figure;
use crate::writes::{place, service};

/// Cases in all, one in ten of them open.
const CASES: u64 = 1_000_000;
/// Every this many is the handläggare's and open.
const OWN: u64 = 100;
/// Looks at each page.
const LOOKS: usize = 50;

pub fn run(backend: &str) {
    let label = if backend == "sqlite" { "sqlite" } else { "postgres" };
    let place = place(backend, "sus_bench_pages");
    let service = service(&place.url);
    let (_, organisation) = service.organisation().unwrap();
    let works = |person: &&Handler| {
        person.agency == Agency::Fk && person.assignments.iter().any(|a| a.role == Role::Deltagaransvarig)
    };
    let person = organisation.handlers.values().find(works).unwrap();
    fill(&place.url, person.id.as_str(), person.assignments[0].office.as_str());
    let issuer = DevelopmentIssuer::new(&[9; 32], 8).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = Config::from_variables([("SUS_LOG".to_owned(), "off".to_owned())].into()).unwrap();
    config.edge.rates = Rates::NONE;
    let app = App::new(Arc::clone(&service), issuer.verifier(), config, Arc::new(SystemClock), Generator::seeded(3));
    let app = app.for_practice();
    std::thread::spawn(move || sus::server::run(app, listener));
    let mut client = Client::log_in(address, person.id.as_str());
    for (what, query) in [
        ("the first page", ""),
        ("the last page", "?page=200"),
        ("the last page of those with missing answers that wait", "?missing=true&waiting=true&page=57"),
        ("overdue", "?due=overdue"),
        ("ended, the last page", "?status=ended&page=200"),
        ("all 10 000 of the office, the first page", "?handler=all"),
    ] {
        let look = |_| {
            let begin = Instant::now();
            assert_eq!(client.get(&format!("/arenden{query}")).0, 200, "{query}");
            begin.elapsed()
        };
        let mut waits: Vec<Duration> = (0..LOOKS).map(look).collect();
        waits.sort_unstable();
        let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
        figure(&format!("{label}: 10 000 own cases, {what}, p50"), at(0.5), "ms", None);
        figure(&format!("{label}: … p99"), at(0.99), "ms", None);
    }
    service.stop();
}

/// Straight into the table that lists are read from.
fn fill(url: &str, handler: &str, office: &str) {
    let path = url.strip_prefix("sqlite://");
    let (id, numbers) = match path {
        Some(_) => (
            "randomblob(16)",
            "WITH RECURSIVE all_of(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM all_of WHERE n < {})",
        ),
        None => ("decode(md5(n::text), 'hex')", "WITH all_of AS (SELECT generate_series(1, {}) AS n)"),
    };
    let numbers = numbers.replace("{}", &CASES.to_string());
    let own = format!("(n % {OWN} IN (0, 1))");
    // One in ten is open, and of the handläggare's as many are open as have ended.
    let sql = format!(
        "{numbers} INSERT INTO cases (number, id, identity, sex, version, state, step, step_date, next_owner, due, missing, \
         fk_office, af_office, fk_handler, af_handler) SELECT n, {id}, 'named', 'kvinna', 4, \
         CASE WHEN n % 10 = 0 THEN 0 ELSE 1 END, CASE WHEN n % 10 = 0 THEN 'gk' ELSE 'avslutat' END, 20000 + n % 3000, \
         CASE WHEN n % 10 = 0 THEN CASE WHEN n % 3 = 0 THEN 'AF' ELSE 'FK' END END, \
         CASE WHEN n % 10 = 0 THEN 20400 + n % 500 END, n % 7, CASE WHEN {own} THEN '{office}' ELSE 'FK-' || (n % 97) END, \
         'AF-' || (n % 300), CASE WHEN {own} THEN '{handler}' ELSE 'h-' || (n % 997) END, 'a-' || (n % 991) FROM all_of"
    );
    match path {
        Some(path) => {
            let mut raw = SqliteConnection::establish(path).unwrap();
            raw.batch_execute(&format!("PRAGMA busy_timeout = 60000; {sql}")).unwrap();
        }
        None => {
            let mut raw = PgConnection::establish(url).unwrap();
            raw.batch_execute(&sql).unwrap();
            raw.batch_execute("VACUUM ANALYZE cases").unwrap();
        }
    }
}

/// A browser's connection, logged in.
struct Client {
    stream: BufReader<TcpStream>,
    cookie: String,
}

impl Client {
    fn log_in(address: SocketAddr, handler: &str) -> Self {
        let stream = (0..50).find_map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            TcpStream::connect(address).ok()
        });
        let stream = stream.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut client = Self { stream: BufReader::new(stream), cookie: String::new() };
        let body = format!("handler={handler}");
        let head = format!(
            "POST /login/practice HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let (status, cookie) = client.send(&head);
        assert_eq!(status, 303);
        client.cookie = cookie.unwrap();
        client
    }

    fn get(&mut self, path: &str) -> (u16, Option<String>) {
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {}\r\n\r\n", self.cookie);
        self.send(&head)
    }

    /// The status, and the cookie that was set.
    fn send(&mut self, request: &str) -> (u16, Option<String>) {
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut status, mut length, mut cookie) = (0, 0, None);
        let mut line = String::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if status == 0 {
                status = line.split(' ').nth(1).unwrap().parse().unwrap();
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if lower.starts_with("set-cookie:") {
                cookie = line["set-cookie:".len()..].trim().split(';').next().map(str::to_owned);
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        (status, cookie)
    }
}
