//! Any address below `/v1/reports` and its query, through the whole service: never a 5xx, and never a panic.
#![no_main]

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::rt::SystemRunner;
use actix_web::test::{self, TestRequest};
use actix_web::web;
use libfuzzer_sys::fuzz_target;
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

type Answering = Box<dyn Fn(TestRequest) -> u16>;

thread_local! {
    static SERVED: OnceCell<Answering> = const { OnceCell::new() };
}

fn start() -> Answering {
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
    let mut config = Config::from_variables(BTreeMap::new()).unwrap();
    config.edge.rates = edge::Rates::NONE;
    let app = web::Data::new(App::new(service, issuer.verifier(), config, clock, Generator::seeded(1)));
    let system: &'static SystemRunner = Box::leak(Box::new(actix_web::rt::System::new()));
    let wired = system.block_on(test::init_service(sus::server::application(app)));
    Box::new(move |request| {
        let request = request.insert_header(("authorization", format!("Bearer {token}"))).to_request();
        system.block_on(async {
            let answer: ServiceResponse<_> = wired.call(request).await.unwrap();
            answer.status().as_u16()
        })
    })
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let address = format!("/v1/reports/{text}");
    if address.parse::<actix_web::http::Uri>().is_err() {
        return;
    }
    SERVED.with(|served| {
        let status = served.get_or_init(start)(TestRequest::get().uri(&address));
        assert!(status < 500, "{status}");
    });
});
