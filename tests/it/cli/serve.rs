//! `sus serve`: what it refuses to serve, and that it serves the rest until told to stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use super::{Place, places};
use crate::support::Backend;

#[test]
fn development_tokens_are_refused_where_others_can_reach_the_listener() {
    for key in [true, false] {
        let place = Place::new().with("SUS_LISTEN", "0.0.0.0:0");
        let place = if key { place.with("SUS_MASTER_KEY", &"07".repeat(32)) } else { place };
        let told = place.run("serve --dev-auth").complained();
        assert!(told.contains("--dev-auth is refused"), "{told}");
        assert!(!place.exists("data/sus.db"), "refused before anything is made");
    }
}

#[test]
fn a_key_made_at_the_first_start_is_refused_with_postgres_and_with_an_open_listener() {
    let wanted =
        "SUS_MASTER_KEY or SUS_MASTER_KEY_FILE is required with postgres:// or a listener that is not loopback";
    let open = Place::new().with("SUS_LISTEN", "0.0.0.0:0").with("SUS_PLAIN_HTTP", "yes");
    let postgres = Place::new().with("SUS_DATABASE_URL", "postgres://nobody@127.0.0.1:1/sus");
    for place in [open, postgres] {
        assert!(place.run("serve").complained().contains(wanted));
        assert!(!place.exists("data/master.key"));
    }
}

#[test]
fn a_database_that_can_not_be_reached_is_told_without_its_password() {
    let place = Place::new()
        .with("SUS_DATABASE_URL", "postgres://u:hemlig@127.0.0.1:1/sus")
        .with("SUS_MASTER_KEY", &"07".repeat(32));
    let told = place.run("serve").complained();
    assert!(told.contains("PostgreSQL refused the connection") && !told.contains("hemlig"), "{told}");
}

/// Asks as curl does.
fn get(address: &str, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: sus\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n")
        .unwrap();
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    told
}

#[test]
fn a_served_database_answers_and_ends_when_told_to() {
    places(|backend, _, place| {
        place.pilot_files();
        place.run("organisation import organisation.json").printed();
        let token = place.run("token rapportlasare").printed();
        let mut served = place
            .command("serve --dev-auth")
            .env("SUS_LISTEN", "127.0.0.1:0")
            .env("SUS_LOG", "info")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(served.stderr.take().unwrap()).lines().map(Result::unwrap);
        let said = log.find(|line| line.contains("listening on http://")).unwrap();
        let address = said.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        assert!(said.contains(if backend == Backend::Sqlite { "(sqlite)" } else { "(postgres)" }), "{said}");
        let told = get(&address, "/v1/offices", token.trim());
        assert!(told.starts_with("HTTP/1.1 200"), "{told}");
        assert!(get(&address, "/v1/offices", "nonsense").starts_with("HTTP/1.1 401"));
        let asked: String = log.by_ref().take_while(|line| !line.contains("status=401")).collect();
        assert!(asked.contains("route=\"/v1/offices\"") || asked.contains("route=/v1/offices"), "{asked}");
        assert!(Command::new("kill").arg(served.id().to_string()).status().unwrap().success());
        assert!(served.wait().unwrap().success());
    });
}
