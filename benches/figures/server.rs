//! Over HTTP: the program's own server on loopback, 64 connections that each post their cases step by step, and
//! batches of 500, beside the database's own limit for the same rows. The client runs in the same process and shares the two cores.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use sus::app::App;
use sus::auth::tokens::{DevelopmentIssuer, Grant};
use sus::chance::Generator;
use sus::clock::{Clock, SystemClock};
use sus::config::Config;
use sus::config::edge::Rates;
use sus::domain::code::ClientId;
use sus::domain::organisation::{Handler, Role};
use sus::domain::step::Agency;
use sus::registrations::service::Service;

use crate::figure;
use crate::writes::{Place, chains, place, raw, service};

/// The program serving a database of its own.
struct Served {
    place: Place,
    service: Arc<Service>,
    issuer: DevelopmentIssuer,
    tokens: [String; 2],
    address: SocketAddr,
}

fn serve(backend: &str, name: &str) -> Served {
    let place = place(backend, name);
    let service = service(&place.url);
    let issuer = DevelopmentIssuer::new(&[9; 32], 8).unwrap();
    let token = |agency: Agency| {
        let client = ClientId::parse(&format!("{agency}-system")).unwrap();
        let grant = Grant { client, agency: Some(agency), roles: vec![Role::System], handler: None };
        issuer.issue(&grant, SystemClock.now(), uuid::Uuid::nil()).unwrap()
    };
    let tokens = [token(Agency::Fk), token(Agency::Af)];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = Config::from_variables([("SUS_LOG".to_owned(), "off".to_owned())].into()).unwrap();
    // What the service can do, and not what one client is let do.
    config.edge.rates = Rates::NONE;
    let app = App::new(Arc::clone(&service), issuer.verifier(), config, Arc::new(SystemClock), Generator::seeded(3));
    std::thread::spawn(move || sus::server::run(app, listener));
    Served { place, service, issuer, tokens, address }
}

pub fn run(backend: &str) {
    let label = if backend == "sqlite" { "sqlite" } else { "postgres" };
    batches(label, backend);
    let Served { place, service, issuer, tokens, address } = serve(backend, "sus_bench_http");
    // Other persons each time, of the same history.
    let mut chains = chains(24_000);
    let keyed = chains.split_off(16_000);
    let more = chains.split_off(8_000);
    let (alone, waits) = singles(address, &tokens, &chains, false);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let limit = raw(backend, &place, 64);
    figure(&format!("{label}: single posts over HTTP, 64 connections"), alone, "/s", Some(alone / limit));
    figure(&format!("{label}: … the same rows copied by SQL, commits of 64"), limit, "/s", None);
    figure(&format!("{label}: … p50"), at(0.5), "ms", None);
    figure(&format!("{label}: … p99"), at(0.99), "ms", None);
    let done = AtomicBool::new(false);
    let (beside, pulled) = std::thread::scope(|scope| {
        let reports = scope.spawn(|| {
            let mut client = Client::connect(address);
            let mut pulled = 0;
            while !done.load(Ordering::Relaxed) {
                let report = "/v1/reports/baspaket?from=2014-01-01&to=2026-12-31&geography=riket";
                assert_eq!(client.get(&tokens[0], report), 200);
                pulled += 1;
            }
            pulled
        });
        let (beside, _) = singles(address, &tokens, &more, false);
        done.store(true, Ordering::Relaxed);
        (beside, reports.join().unwrap())
    });
    let what = format!("{label}: single posts while {pulled} reports are pulled without pause");
    figure(&what, beside, "/s", Some(beside / alone));
    let (keyed, _) = singles(address, &tokens, &keyed, true);
    figure(&format!("{label}: single posts, each with an Idempotency-Key"), keyed, "/s", Some(keyed / alone));
    let (_, organisation) = service.organisation().unwrap();
    let person = |handler: &Handler| {
        let client = ClientId::parse("fk-web").unwrap();
        let (agency, roles) = (Some(handler.agency), vec![Role::Deltagaransvarig]);
        let grant = Grant { client, agency, roles, handler: Some(handler.id.clone()) };
        issuer.issue(&grant, SystemClock.now(), uuid::Uuid::nil()).unwrap()
    };
    let people: Vec<String> = organisation.handlers.values().take(READERS).map(person).collect();
    let each_ten_a_second = Some(Duration::from_millis(100));
    readers((label, "own-case lists", OWN_CASES), address, &people, None);
    // The same without database and log: what the machine and its client make of such a pace.
    readers((label, "the description of the API", "/v1/api-info"), address, &people, each_ten_a_second);
    readers((label, "own-case lists", OWN_CASES), address, &people, each_ten_a_second);
    service.stop();
}

/// Posts chains of cases step by step by 64 connections: how many a second, and how long each waited, shortest first.
/// Where they are `keyed`, each has an Idempotency-Key of its own.
fn singles(
    address: SocketAddr,
    tokens: &[String; 2],
    chains: &[Vec<(Agency, Value)>],
    keyed: bool,
) -> (f64, Vec<Duration>) {
    let keys = AtomicU32::new(0);
    let keys = &keys;
    let posts: usize = chains.iter().map(Vec::len).sum();
    let begin = Instant::now();
    let mut waits: Vec<Duration> = std::thread::scope(|scope| {
        let handles: Vec<_> = chains
            .chunks(chains.len().div_ceil(64))
            .map(|mine| {
                scope.spawn(move || {
                    let mut client = Client::connect(address);
                    let mut waits = Vec::new();
                    for (agency, body) in mine.iter().flatten() {
                        let begin = Instant::now();
                        let key = keyed.then(|| keys.fetch_add(1, Ordering::Relaxed));
                        let status = client.post(&tokens[*agency as usize], &body.to_string(), key);
                        waits.push(begin.elapsed());
                        // Chains whose withdrawal was left out above stay open, and a later request of the person is refused.
                        assert!(matches!(status, 201 | 404 | 422), "{status}");
                    }
                    waits
                })
            })
            .collect();
        handles.into_iter().flat_map(|h| h.join().unwrap()).collect()
    });
    let seconds = begin.elapsed().as_secs_f64();
    waits.sort_unstable();
    (posts as f64 / seconds, waits)
}

fn batches(label: &str, backend: &str) {
    let Served { place, service, tokens, address, .. } = serve(backend, "sus_bench_http_batches");
    let tokens = &tokens;
    let chains = chains(12_000);
    let mut requests: Vec<(Agency, Vec<Value>)> = Vec::new();
    for agency in Agency::ALL {
        let of: Vec<Value> = chains
            .iter()
            .flatten()
            .filter(|(a, _)| *a == agency)
            .map(|(_, body)| {
                let mut body = body.clone();
                body.as_object_mut().unwrap().remove("clientReference");
                body
            })
            .collect();
        requests.extend(of.chunks(500).map(|c| (agency, c.to_vec())));
    }
    let posts: usize = requests.iter().map(|(_, bodies)| bodies.len()).sum();
    let requests: Vec<(Agency, String)> =
        requests.into_iter().map(|(agency, bodies)| (agency, Value::Array(bodies).to_string())).collect();
    let begin = Instant::now();
    // FK's part first, since AF continues what FK began.
    for agency in Agency::ALL {
        let mine: Vec<&String> = requests.iter().filter(|(a, _)| *a == agency).map(|(_, body)| body).collect();
        std::thread::scope(|scope| {
            for share in mine.chunks(mine.len().div_ceil(CLIENTS).max(1)) {
                scope.spawn(move || {
                    let mut client = Client::connect(address);
                    for body in share {
                        assert_eq!(client.post(&tokens[agency as usize], body, None), 200);
                    }
                });
            }
        });
    }
    let rate = posts as f64 / begin.elapsed().as_secs_f64();
    let limit = raw(backend, &place, 500);
    figure(&format!("{label}: batches of 500 over HTTP, {CLIENTS} clients"), rate, "/s", Some(rate / limit));
    figure(&format!("{label}: … the same rows copied by SQL, commits of 500"), limit, "/s", None);
    service.stop();
}

/// This many handläggare look at their own cases at the same time.
const READERS: usize = 64;
/// So many times each.
const LOOKS: u32 = 100;
/// What they look at: an answer leaves when its row in the access log is durable.
const OWN_CASES: &str = "/v1/cases?handler=me&limit=100";

/// Each asks again at once, or when it is time to: each in every `pause`, at a moment of its own. What is waited is counted
/// from that moment, so that whoever is late because of the answer before has waited longer.
fn readers((label, what, path): (&str, &str, &str), address: SocketAddr, tokens: &[String], pause: Option<Duration>) {
    let begin = Instant::now();
    let mut waits: Vec<Duration> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..)
            .zip(tokens)
            .map(|(reader, token)| {
                let own = pause.map(|pause| pause * reader / tokens.len() as u32);
                scope.spawn(move || {
                    let mut client = Client::connect(address);
                    let look = |look| {
                        let due = own.zip(pause).map(|(own, pause)| begin + pause + own + pause * look);
                        if let Some(early) = due.and_then(|due| due.checked_duration_since(Instant::now())) {
                            std::thread::sleep(early);
                        }
                        let since = due.unwrap_or_else(Instant::now);
                        assert_eq!(client.get(token, path), 200);
                        since.elapsed()
                    };
                    (0..LOOKS).map(look).collect::<Vec<_>>()
                })
            })
            .collect();
        handles.into_iter().flat_map(|h| h.join().unwrap()).collect()
    });
    let seconds = begin.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    figure(
        &format!(
            "{label}: {what}, {} readers{}",
            tokens.len(),
            if pause.is_some() { ", each ten a second" } else { "" }
        ),
        waits.len() as f64 / seconds,
        "/s",
        None,
    );
    figure(&format!("{label}: … p50"), at(0.5), "ms", None);
    figure(&format!("{label}: … p99"), at(0.99), "ms", None);
}

/// So that the next batch is read while the last one is decided.
const CLIENTS: usize = 4;

/// As little of a client as possible, so that the server is measured.
struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(address: SocketAddr) -> Self {
        for _ in 0..50 {
            if let Ok(stream) = TcpStream::connect(address) {
                stream.set_nodelay(true).unwrap();
                return Self(BufReader::new(stream));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        unreachable!("the server starts within a second");
    }

    fn post(&mut self, token: &str, body: &str, key: Option<u32>) -> u16 {
        let key = key.map_or_else(String::new, |key| format!("Idempotency-Key: \"post-{key:08}\"\r\n"));
        let head = format!(
            "POST /v1/registrations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{key}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.send(&[head.as_bytes(), body.as_bytes()].concat())
    }

    fn get(&mut self, token: &str, path: &str) -> u16 {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        self.send(head.as_bytes())
    }

    fn send(&mut self, request: &[u8]) -> u16 {
        self.0.get_mut().write_all(request).unwrap();
        let mut status = 0;
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if status == 0 {
                status = line.split(' ').nth(1).unwrap().parse().unwrap();
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        status
    }
}
