//! `sus serve` with a file of issuers, as people run it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::cli::Place;
use crate::support::provider::Provider;

#[test]
fn a_wrong_file_is_told_whole_before_anything_is_made() {
    let place = Place::new().with("SUS_LISTEN", "127.0.0.1:0").with("SUS_AUTH_FILE", "auth.toml");
    place.file("auth.toml", "[[issuer]]\nname = \"a\"\nissuer = \"http://hemlig.example\"\nalgorithms = [\"none\"]\n");
    let told = place.run("serve").complained();
    for wrong in ["auth.toml: issuer[1].issuer", "auth.toml: issuer[1].algorithms", "auth.toml: issuer[1].speaks_for"] {
        assert!(told.contains(wrong), "{told}");
    }
    assert!(!told.contains("hemlig") && !place.exists("data/sus.db"), "{told}");
}

#[test]
fn development_tokens_and_configured_issuers_exclude_each_other() {
    let place = Place::new().with("SUS_LISTEN", "127.0.0.1:0").with("SUS_AUTH_FILE", "auth.toml");
    let told = place.run("serve --dev-auth").complained();
    assert!(told.contains("--dev-auth is refused") && told.contains("SUS_AUTH_FILE"), "{told}");
    assert!(!place.exists("data/sus.db") && !place.exists("data/dev-auth.key"));
}

#[test]
fn people_log_in_over_tls_or_on_the_own_machine_only() {
    let place = Place::new().with("SUS_LISTEN", "127.0.0.1:0").with("SUS_AUTH_FILE", "auth.toml");
    place.file("web.secret", "hemlig");
    place.file(
        "auth.toml",
        "[[issuer]]\nname = \"a\"\nissuer = \"https://a.example\"\nalgorithms = [\"ES256\"]\nspeaks_for = [\"FK\"]\n\
         [[login]]\nissuer = \"a\"\nclient_id = \"web\"\nclient_secret_file = \"web.secret\"\n",
    );
    let told = place.with("SUS_PUBLIC_URL", "http://sus.example").run("serve").complained();
    assert!(told.contains("[[login]] is refused"), "{told}");
}

#[test]
fn the_help_shows_a_file_that_the_program_reads() {
    let told = Place::new().run("serve --help").printed();
    let shown: String = told
        .lines()
        .skip_while(|line| !line.starts_with("  # Who may call"))
        .map(|line| format!("{}\n", line.trim()))
        .collect();
    assert!(shown.contains("[[issuer]]"), "{told}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), shown).unwrap();
    sus::auth::file::read(file.path()).unwrap();
}

#[test]
fn the_program_fetches_the_keys_by_itself_and_is_ready_then() {
    let Some(provider) = Provider::start("http://127.0.0.1:1") else { return };
    let file = provider.file("");
    let place = Place::new().with("SUS_LISTEN", "127.0.0.1:0").with("SUS_AUTH_FILE", file.to_str().unwrap());
    let mut served = place.command("serve").env("SUS_LOG", "info").stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(served.stderr.take().unwrap()).lines().map(Result::unwrap);
    let said = log.find(|line| line.contains("listening on http://")).unwrap();
    let address = said.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    // Each answer takes a while on a machine of this kind; the keys are there after a few.
    let ready = (0..500).any(|_| {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(stream, "GET /health/ready HTTP/1.1\r\nHost: sus\r\nConnection: close\r\n\r\n").unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).unwrap();
        told.contains("\"keys\":\"fresh\"")
    });
    assert!(Command::new("kill").arg(served.id().to_string()).status().unwrap().success());
    assert!(served.wait().unwrap().success());
    assert!(ready);
}
