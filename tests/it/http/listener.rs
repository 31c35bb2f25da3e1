//! A real listener: stopping finishes what was accepted, and the development issuer stays at home.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use actix_web::web;
use sus::app::{App, check_dev_auth};
use sus::auth::tokens::{DevelopmentIssuer, Grant};
use sus::chance::Generator;
use sus::clock::{Clock, ManualClock};
use sus::config::{Config, Identity};
use sus::domain::code::ClientId;
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::server::serve;

use super::{ANNA, begaran};
use crate::support::{noon, on_both, organisation, service};

/// Posts a request as any client does, and returns the whole answer.
fn post(address: SocketAddr, token: &str) -> std::io::Result<String> {
    let body = begaran("FK-1", ANNA).to_string();
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "POST /v1/registrations HTTP/1.1\r\nHost: sus\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut told = String::new();
    stream.read_to_string(&mut told)?;
    Ok(told)
}

#[test]
fn what_was_accepted_before_the_stop_is_kept() {
    on_both(|_, database| {
        let (running, clock) = service(database, noon("2016-10-12"));
        running.import_organisation(&organisation()).unwrap();
        let issuer = DevelopmentIssuer::new(&[7; 32], 8).unwrap();
        let grant = Grant {
            client: ClientId::parse("fk-system").unwrap(),
            agency: Some(Agency::Fk),
            roles: vec![Role::System],
            handler: None,
        };
        let token = issuer.issue(&grant, clock.now(), uuid::Uuid::nil()).unwrap();
        let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let config = Config::from_variables([("SUS_WORKERS".to_owned(), "1".to_owned())].into()).unwrap();
        let app =
            web::Data::new(App::new(Arc::clone(&running), issuer.verifier(), config, shared, Generator::seeded(1)));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        actix_web::rt::System::new().block_on(async move {
            let (send, started) = tokio::sync::oneshot::channel();
            let serving = actix_web::rt::spawn(serve(app.clone(), listener, |handle| drop(send.send(handle))));
            let handle = started.await.unwrap();
            let told = actix_web::rt::task::spawn_blocking(move || post(address, &token)).await.unwrap().unwrap();
            assert!(told.starts_with("HTTP/1.1 201"), "{told}");
            handle.stop(true).await;
            serving.await.unwrap().unwrap();
            assert!(app.is_stopping());
            assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
        });
        // The writer has ended, and what it was given is in the database.
        drop(running);
        let (again, _) = service(database, noon("2016-10-13"));
        let mut reader = again.db.read().unwrap();
        assert!(sus::storage::changes::head(&mut reader.link()).unwrap() >= 2);
    });
}

#[test]
fn development_tokens_are_refused_on_a_listener_that_others_reach() {
    assert!(check_dev_auth("127.0.0.1:8080".parse().unwrap(), &Identity::default()).is_ok());
    assert!(check_dev_auth("[::1]:8080".parse().unwrap(), &Identity::default()).is_ok());
    assert!(check_dev_auth("0.0.0.0:8080".parse().unwrap(), &Identity::default()).is_err());
}

#[test]
fn development_tokens_are_refused_beside_a_configured_issuer() {
    let configured = Identity { auth_file: Some("auth.toml".into()) };
    let told = check_dev_auth("127.0.0.1:8080".parse().unwrap(), &configured).unwrap_err().to_string();
    assert!(told.contains("SUS_AUTH_FILE"), "{told}");
}

#[test]
fn a_master_key_made_here_is_only_for_the_own_machine() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().display().to_string();
    let config = |pairs: &[(&str, &str)]| {
        let mut all: std::collections::BTreeMap<String, String> = [("SUS_DATA_DIR".to_owned(), dir.clone())].into();
        all.extend(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        Config::from_variables(all).unwrap()
    };
    let key = |pairs: &[(&str, &str)]| sus::app::master_key(&config(pairs), &mut Generator::seeded(3)).map(|k| *k);
    let made = key(&[]).unwrap();
    assert_eq!(key(&[]).unwrap(), made, "found again at the second start");
    assert!(key(&[("SUS_LISTEN", "0.0.0.0:80")]).is_err());
    assert!(key(&[("SUS_DATABASE_URL", "postgres://localhost/sus")]).is_err());
    let given = "0f".repeat(32);
    assert_eq!(key(&[("SUS_LISTEN", "0.0.0.0:80"), ("SUS_MASTER_KEY", &given)]).unwrap(), [15; 32]);
}
