//! Over a real listener: clients that are slow on purpose, and the listener for whoever runs the service.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::served::{Served, say};
use crate::support::{Backend, Database, on_both};

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let served = Served::over(&database, &[("SUS_BODY_SECONDS", "1")]);
    let told = served.say(&format!(
        "POST /v1/registrations HTTP/1.1\r\nHost: sus\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{{\"step\":",
        served.token
    ));
    assert!(told.starts_with("HTTP/1.1 408"), "{told}");
    assert!(told.contains("urn:sus:problem:for_langsamt"), "{told}");
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let served = Served::over(&database, &[("SUS_HEAD_SECONDS", "1")]);
    let told = served.say("GET /v1/rules HTTP/1.1\r\nHost: sus\r\nX-Slow: ");
    assert!(told.starts_with("HTTP/1.1 408"), "{told}");
    // The others are still answered.
    assert!(served.say("GET /v1/rules HTTP/1.1\r\nHost: sus\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_body_beyond_the_limit_is_refused_before_it_is_there() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let served = Served::over(&database, &[("SUS_MAX_BODY_BYTES", "1024")]);
    let told = served.say(&format!(
        "POST /v1/registrations HTTP/1.1\r\nHost: sus\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 2000\r\n\r\n{}",
        served.token,
        " ".repeat(2000)
    ));
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
}

/// An address that nobody listens on.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn metrics_and_health_have_a_listener_of_their_own() {
    on_both(|_, database| {
        let admin = free();
        let served = Served::over(database, &[("SUS_ADMIN_LISTEN", &admin.to_string())]);
        let get = |address, path: &str| {
            let token = &served.token;
            say(
                address,
                &format!(
                    "GET {path} HTTP/1.1\r\nHost: sus\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
                ),
            )
        };
        assert!(get(served.address, "/v1/offices").starts_with("HTTP/1.1 200"));
        assert!(get(served.address, "/v1/cases/0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10").starts_with("HTTP/1.1 404"));
        let report = get(served.address, "/v1/reports/status?from=2016-10-01&to=2016-10-07");
        assert!(report.starts_with("HTTP/1.1 200"), "{report}");
        let told = get(admin, "/metrics");
        for line in [
            "sus_requests_total{operation=\"list_offices\",status=\"200\"} 1",
            "sus_requests_total{operation=\"get_case\",status=\"404\"} 1",
            "sus_report_seconds_count 1",
            "sus_writer_waiting 0",
        ] {
            assert!(told.contains(line), "{line} is missing in\n{told}");
        }
        let position = |name: &str| {
            let line = told.lines().find(|line| line.starts_with(&format!("{name} ")));
            line.unwrap_or_else(|| panic!("{name} is missing")).split(' ').nth(1).unwrap().to_owned()
        };
        assert_eq!(position("sus_head_position"), position("sus_columns_position"));
        assert!(!told.contains("0193d7a0") && !told.contains("fk-system"), "no id and no client in a label:\n{told}");
        assert!(get(admin, "/health/ready").starts_with("HTTP/1.1 200"));
        assert!(get(admin, "/v1/offices").starts_with("HTTP/1.1 404"));
        assert!(get(served.address, "/metrics").starts_with("HTTP/1.1 404"));
    });
}

/// Reads until a piece of an answer is there; `None` when none comes in time.
fn heard(stream: &mut TcpStream, wait: Duration) -> Option<String> {
    stream.set_read_timeout(Some(wait)).unwrap();
    let mut piece = [0; 4096];
    match stream.read(&mut piece) {
        Ok(count) => Some(String::from_utf8_lossy(&piece[..count]).into_owned()),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn connections_beyond_the_limit_wait_until_one_is_free() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let served = Served::over(&database, &[("SUS_MAX_CONNECTIONS", "2")]);
    let ask = || {
        let mut stream = TcpStream::connect(served.address).unwrap();
        stream.write_all(b"GET /v1/rules/samtycke_saknas HTTP/1.1\r\nHost: sus\r\n\r\n").unwrap();
        stream
    };
    let patient = Duration::from_secs(20);
    // They stay open, as browsers' do.
    let mut open: Vec<TcpStream> = (0..2).map(|_| ask()).collect();
    for stream in &mut open {
        assert!(heard(stream, patient).unwrap().starts_with("HTTP/1.1 200"));
    }
    let mut third = ask();
    assert_eq!(heard(&mut third, Duration::from_millis(400)), None);
    open.pop();
    assert!(heard(&mut third, patient).unwrap().starts_with("HTTP/1.1 200"));
}
