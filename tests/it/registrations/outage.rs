//! PostgreSQL goes away and comes back, as at a restart: nothing is lost, nothing is registered twice, and nobody has to
//! restart the service.

use std::sync::{Arc, Mutex};

use serde_json::json;
use sus::domain::step::Agency;

use crate::http::Api;
use crate::support::postgres::Outage;
use crate::support::posting::{Ask, begaran, gk};
use crate::support::tables::Raw;
use crate::support::{Backend, Database, noon, organisation, service};

const ANNA: &str = "198503129804";

#[test]
fn after_a_restart_of_the_server_writing_and_reading_go_on() {
    let Some(database) = Database::new(Backend::Postgres) else { return };
    let api = Api::over(&database);
    let case = api.opened("FK-1", ANNA);
    let mut outage = Outage::of(&database.url);
    for date in ["2016-10-11", "2016-10-12"] {
        outage.begin();
        outage.end();
        let body = json!({"date": date, "fk": "fk-h-017", "af": (date == "2016-10-12").then_some("af-h-201")});
        let version = api.get(&case, &api.fk()).header("etag").unwrap().to_owned();
        let told = api.post_with(&format!("{case}/handlers"), &api.fk(), &[("if-match", &version)], &body);
        assert_eq!(told.status, 201, "{}", told.text);
    }
    assert_eq!(api.get(&case, &api.fk()).json()["version"], 3);
}

#[test]
fn while_the_server_is_away_clients_are_told_to_come_back() {
    let Some(database) = Database::new(Backend::Postgres) else { return };
    let api = Api::over(&database);
    api.opened("FK-1", ANNA);
    let mut outage = Outage::of(&database.url);
    outage.begin();
    let gk = gk("FK-1", "2016-10-12");
    for _ in 0..3 {
        let told = api.post("/v1/registrations", &api.fk(), &gk);
        assert_eq!((told.status, told.header("retry-after")), (503, Some("1")), "{}", told.text);
    }
    assert!(api.service().is_writing(), "the writer waits for better days");
    outage.end();
    let told = api.post("/v1/registrations", &api.fk(), &gk);
    assert_eq!(told.status, 201, "{}", told.text);
    // Registers 1, request 2, joint mapping 3: the attempts in between took no position.
    assert_eq!(told.json()["position"], 3);
    assert_eq!(api.get("/v1/cases", &api.fk()).json()["items"][0]["step"], "gk");
}

#[test]
fn what_was_under_way_when_the_server_went_away_is_carried_out_once() {
    let Some(database) = Database::new(Backend::Postgres) else { return };
    let (service, _) = service(&database, noon("2016-10-12"));
    service.import_organisation(&organisation()).unwrap();
    let (mut job, _) = Ask::of(Agency::Fk).key("once").registrations(&service, &[begaran("FK-1", ANNA, "2016-10-03")]);
    // An answer that is kept is rendered when everything is written and nothing is committed: there it goes away, twice.
    let outage = Mutex::new((2, Outage::of(&database.url)));
    let kept = job.idempotency.as_mut().unwrap();
    let render = Arc::clone(&kept.render);
    kept.render = Arc::new(move |outcome| {
        let (left, outage) = &mut *outage.lock().unwrap();
        if *left > 0 {
            *left -= 1;
            outage.begin();
            outage.end();
        }
        render(outcome)
    });
    service.submit_and_wait(job).unwrap();
    let mut raw = Raw::of(&database);
    for table in ["cases", "registrations", "persons", "client_references", "receipts", "case_references"] {
        let expected = i64::from(table != "client_references");
        assert_eq!(raw.count(table, "true"), expected, "{table}");
    }
    assert_eq!(raw.count("change_head", "position = 2"), 1, "no position is left empty");
}
