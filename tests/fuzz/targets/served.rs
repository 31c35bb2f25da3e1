//! The service in memory with the pilot's cases in it, asked without a network, as whoever is wanted.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::header::SET_COOKIE;
use actix_web::rt::SystemRunner;
use actix_web::test::{self, TestRequest};
use actix_web::web;
use sus::app::App;
use sus::auth::tokens::{DevelopmentIssuer, Grant};
use sus::chance::Generator;
use sus::clock::{Clock, ManualClock};
use sus::config::{Config, edge};
use sus::domain::code::ClientId;
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::domain::transition::Settings;
use sus::registrations::registers::Registers;
use sus::registrations::service::Service;
use sus::registrations::writer::Parts;
use sus::storage::Db;
use sus::storage::vault::Vault;

type Answering = Box<dyn Fn(TestRequest) -> (u16, String, String)>;

/// A number of a person with a case, and nobody's.
#[allow(dead_code)]
pub const NUMBER: &str = "198503129804";

pub struct Served {
    answering: Answering,
    #[allow(dead_code)]
    pub token: String,
}

impl Served {
    pub fn start() -> Self {
        let folder = Box::leak(Box::new(tempfile::tempdir().unwrap()));
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2016-10-12T11:00:00Z".parse().unwrap()));
        let service = Service::start(Parts {
            db: Db::open(&format!("sqlite://{}", folder.path().join("sus.sqlite").display()), 2).unwrap(),
            vault: Arc::new(Vault::new([7; 32])),
            settings: Settings::default(),
            queue: 64,
            registers: Arc::new(Registers::default()),
            clock: Arc::clone(&clock),
            chance: Box::new(Generator::seeded(1)),
            erasures: None,
        });
        let service = Arc::new(service.unwrap());
        service.import_organisation(&sus::demo::pilot::organisation()).unwrap();
        let issuer = DevelopmentIssuer::new(&[7; 32], 8).unwrap();
        let grant = Grant {
            client: ClientId::parse("fk-system").unwrap(),
            agency: Some(Agency::Fk),
            roles: vec![Role::System],
            handler: None,
        };
        let token = issuer.issue(&grant, clock.now(), uuid::Uuid::nil()).unwrap();
        let trusting = BTreeMap::from([("SUS_TRUSTED_PROXIES".to_owned(), "127.0.0.0/8,::1/128".to_owned())]);
        let mut config = Config::from_variables(trusting).unwrap();
        config.edge.rates = edge::Rates::NONE;
        let app = App::new(service, issuer.verifier(), config, clock, Generator::seeded(1)).for_practice();
        let app = web::Data::new(app);
        let system: &'static SystemRunner = Box::leak(Box::new(actix_web::rt::System::new()));
        let wired = system.block_on(test::init_service(sus::server::application(app)));
        let answering = move |request: TestRequest| {
            let request = request.peer_addr(SocketAddr::from(([127, 0, 0, 1], 4000))).to_request();
            system.block_on(async {
                let answer: ServiceResponse<_> = wired.call(request).await.unwrap();
                let status = answer.status().as_u16();
                let cookie = answer.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok());
                let cookie = cookie.and_then(|all| all.split(';').next()).unwrap_or_default().to_owned();
                let body = test::read_body(answer).await;
                (status, cookie, String::from_utf8_lossy(&body).into_owned())
            })
        };
        Self { answering: Box::new(answering), token }
    }

    /// Status and body.
    pub fn ask(&self, request: TestRequest) -> (u16, String) {
        let (status, _, body) = (self.answering)(request);
        (status, body)
    }

    /// Logs in by choosing whom to be: the session's cookie, and the token that forms are sent with.
    #[allow(dead_code)]
    pub fn log_in(&self, field: &str) -> (String, String) {
        let begun = TestRequest::post().uri("/login/practice").set_payload(field.to_owned());
        let typed = ("content-type", "application/x-www-form-urlencoded");
        let (status, cookie, told) = (self.answering)(begun.insert_header(typed));
        assert_eq!(status, 303, "{told}");
        let (_, start) = self.ask(TestRequest::get().uri("/").insert_header(("cookie", cookie.as_str())));
        let (_, after) = start.split_once("name=\"token\" value=\"").unwrap();
        (cookie, after.split('"').next().unwrap().to_owned())
    }
}
