//! A service on a real listener, as in main, with variables of one's own.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::web;
use sus::app::App;
use sus::auth::tokens::{DevelopmentIssuer, Grant};
use sus::chance::Generator;
use sus::clock::{Clock, ManualClock};
use sus::config::Config;
use sus::domain::code::ClientId;
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::server::serve;

use crate::support::{Database, leaks, noon, organisation, service};

pub struct Served {
    pub address: SocketAddr,
    /// A token of FK's system.
    pub token: String,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Served {
    pub fn over(database: &Database, variables: &[(&str, &str)]) -> Self {
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
        let mut all: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.insert("SUS_WORKERS".to_owned(), "1".to_owned());
        let app =
            App::new(running, issuer.verifier(), Config::from_variables(all).unwrap(), shared, Generator::seeded(1));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (send, started) = channel();
        let thread = std::thread::spawn(move || {
            let serving = serve(web::Data::new(app), listener, move |handle| send.send(handle).unwrap());
            actix_web::rt::System::new().block_on(serving)
        });
        let handle = started.recv().unwrap();
        Self { address, token, handle, thread: Some(thread) }
    }

    /// Sends what is given, and reads until the other end closes.
    pub fn say(&self, words: &str) -> String {
        say(self.address, words)
    }
}

pub fn say(address: SocketAddr, words: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(words.as_bytes()).unwrap();
    let mut told = String::new();
    // A connection that is cut after the answer has told all the same.
    let _ = stream.read_to_string(&mut told);
    leaks::none_in(|| format!("the answer {told}"), told.as_bytes());
    told
}

impl Drop for Served {
    fn drop(&mut self) {
        actix_web::rt::System::new().block_on(self.handle.stop(true));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(Ok(())))), "{ended:?}");
    }
}
