//! What review found, held for good: repeats that meet in one unit or two processes, erasure to the last byte, guards.

use super::concurrency::{all_at_once, two_processes};
use crate::http::Api;
use crate::support::posting::{Ask, begaran, gk, number};
use crate::support::tables::Raw;
use crate::support::{noon, on_both, organisation, service};
use serde_json::{Value, json};
use sus::domain::step::Agency;
use sus::registrations::wire::Kind;
const ANNA: &str = "198503129804";
#[test]
fn many_under_one_key_at_one_process_are_answered_alike() {
    on_both(|backend, database| {
        let [one, _] = two_processes(database);
        let body = [begaran("FK-1", ANNA, "2016-10-03")];
        let keyed = Ask::of(Agency::Fk).key("key-1");
        let answers = all_at_once(&[one.clone(), one], |service, _| keyed.answer(service, &body).unwrap().0);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{backend:?}: {answers:?}");
        assert_ne!(answers[0].body, "[null]", "{backend:?}");
        assert_eq!(Raw::of(database).count("cases", "true"), 1);
    });
}

#[test]
fn a_register_that_can_not_be_read_stops_nothing_once_it_is_mended() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let request = |n: i32| -> Value { begaran(&format!("FK-{n}"), "198503129804", "2016-10-03") };
        let whole =
            "SELECT kind, code, position + PLUS, known_from, BODY FROM organisation_rows WHERE code = 'FK-GAVLE'";
        let insert = |plus: &str, body: &str| {
            let select = whole.replace("PLUS", plus).replace("BODY", body);
            format!("INSERT INTO organisation_rows (kind, code, position, known_from, body) {select}")
        };
        Raw::of(database).run(&insert("1000", "'no JSON'")).unwrap();
        assert!(Ask::of(Agency::Fk).post(&service, &[request(1)]).is_err());
        let mended = insert("2000", "body").replace("WHERE", "WHERE position < 1000 AND");
        Raw::of(database).run(&mended).unwrap();
        let outcome = Ask::of(Agency::Fk).post(&service, &[request(2)]).unwrap();
        assert!(outcome.results[0].is_ok(), "{outcome:?}");
    });
}

#[test]
fn two_processes_answer_one_key_alike() {
    on_both(|backend, database| {
        let services = two_processes(database);
        let body = [begaran("FK-1", ANNA, "2016-10-03")];
        let keyed = Ask::of(Agency::Fk).key("key-1");
        let answers = all_at_once(&services, |service, _| keyed.answer(service, &body).unwrap().0.body);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{backend:?}: {answers:?}");
    });
}
#[test]
fn two_processes_answer_one_client_reference_alike() {
    on_both(|backend, database| {
        let services = two_processes(database);
        Ask::of(Agency::Fk).post(&services[0], &[begaran("FK-1", ANNA, "2016-10-03")]).unwrap();
        let mut body = gk("FK-1", "2016-10-12");
        body["clientReference"] = json!("own-1");
        let body = [body];
        let ask = Ask::of(Agency::Fk);
        let answers = all_at_once(&services, |service, _| ask.answer(service, &body).unwrap().0.body);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{backend:?}: {answers:?}");
    });
}
#[test]
fn a_reference_repeated_in_one_batch_tells_the_position_it_got() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let mut body = gk("FK-1", "2016-10-12");
        body["clientReference"] = json!("own-1");
        let told = api.post("/v1/registrations", &api.fk(), &json!([body, body])).json();
        assert_eq!(told["items"][0]["position"], told["items"][1]["position"], "{told}");
    });
}
#[test]
fn what_is_appended_is_neither_replaced_nor_truncated() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let mut raw = Raw::of(database);
        for table in ["registrations", "changes", "organisation_rows"] {
            let sql = if database.url.starts_with("sqlite") {
                format!("REPLACE INTO {table} SELECT * FROM {table}")
            } else {
                format!("TRUNCATE {table}")
            };
            assert!(raw.run(&sql).is_err(), "{sql}");
        }
    });
}
#[test]
fn what_protection_erases_is_not_left_in_the_file() {
    on_both(|_, database| {
        let api = Api::around(database, "2016-10-13", &organisation());
        let case = api.opened("FK-hidden", ANNA);
        let path = format!("{case}/protections");
        let told = api.post_with(&path, &api.fk(), &[("if-match", "\"1\"")], &json!({"date": "2016-10-12"}));
        assert_eq!(told.status, 201, "{}", told.text);
        drop(api);
        let Some(path) = database.url.strip_prefix("sqlite://") else { return };
        let mut raw = Raw::of(database);
        let _ = raw.run("PRAGMA wal_checkpoint(TRUNCATE)");
        drop(raw);
        let bytes = std::fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("FK-hidden"), "reference in free pages");
    });
}
#[test]
fn a_receipt_goes_with_the_identity_it_told_of() {
    on_both(|_, database| {
        let api = Api::around(database, "2016-10-13", &organisation());
        let body = begaran("FK-hidden", ANNA, "2016-10-03");
        let key = [("idempotency-key", "key-1")];
        let first = api.post_with("/v1/registrations", &api.fk(), &key, &body);
        let case = first.json()["case"]["link"].as_str().unwrap().to_owned();
        let path = format!("{case}/protections");
        let told = api.post_with(&path, &api.fk(), &[("if-match", "\"1\"")], &json!({"date": "2016-10-12"}));
        assert_eq!(told.status, 201, "{}", told.text);
        let again = api.post_with("/v1/registrations", &api.fk(), &key, &body);
        assert_eq!(again.status, 410, "{}", again.text);
    });
}
#[test]
fn a_kept_answer_of_several_goes_with_the_identity_of_any_of_them_and_with_no_other() {
    on_both(|_, database| {
        let api = Api::around(database, "2016-10-13", &organisation());
        let [anna, bo, carl, diana, eva] =
            ["1985-03-12", "1986-03-12", "1987-03-12", "1988-03-12", "1989-03-12"].map(number);
        let other = api.opened("FK-other", &bo);
        let batches = [
            json!([begaran("FK-1", &anna, "2016-10-03"), gk("FK-other", "2016-10-12")]),
            json!([begaran("FK-2", &carl, "2016-10-03"), begaran("FK-3", &diana, "2016-10-03")]),
            json!([gk("FK-1", "2016-10-12"), begaran("FK-5", &eva, "2016-10-03")]),
        ];
        let post = |at: usize| {
            let key = format!("batch-{at}");
            api.post_with("/v1/registrations", &api.fk(), &[("idempotency-key", &*key)], &batches[at])
        };
        let first = [0, 1, 2].map(post);
        assert_eq!(first.each_ref().map(|told| told.status), [200; 3], "{}", first[2].text);
        let path = format!("{other}/protections");
        let told = api.post_with(&path, &api.fk(), &[("if-match", "\"2\"")], &json!({"date": "2016-10-12"}));
        assert_eq!(told.status, 201, "{}", told.text);
        let again = [0, 1, 2].map(post);
        assert_eq!(again.each_ref().map(|told| told.status), [410, 200, 200]);
        assert_eq!([&again[1].text, &again[2].text], [&first[1].text, &first[2].text]);
    });
}
#[test]
fn a_kept_answer_of_what_was_in_already_goes_with_its_own_case_only() {
    on_both(|_, database| {
        let [anna, bo] = ["1985-03-12", "1986-03-12"].map(number);
        let api = Api::around(database, "2016-10-13", &organisation());
        let mut body = begaran("FK-1", &anna, "2016-10-03");
        body["clientReference"] = json!("own-1");
        let own = api.post("/v1/registrations", &api.fk(), &body).json()["case"]["link"].as_str().unwrap().to_owned();
        let other = api.opened("FK-2", &bo);
        // A process that has none of the cases in memory.
        let api = Api::around(database, "2016-10-13", &organisation());
        let repeat = || api.post_with("/v1/registrations", &api.fk(), &[("idempotency-key", "key-1")], &body);
        let first = repeat();
        assert_eq!((first.status, &first.json()["repeated"]), (200, &json!(true)), "{}", first.text);
        let protect = |case: &str| {
            let path = format!("{case}/protections");
            api.post_with(&path, &api.fk(), &[("if-match", "\"1\"")], &json!({"date": "2016-10-12"})).status
        };
        assert_eq!((protect(&other), repeat().text), (201, first.text));
        assert_eq!((protect(&own), repeat().status), (201, 410));
    });
}
#[test]
fn a_kept_answer_is_not_for_another_person_of_the_same_client() {
    on_both(|_, database| {
        let api = Api::around(database, "2016-10-13", &organisation());
        api.opened("FK-1", ANNA);
        let post = |person: &str| {
            let key = [("idempotency-key", "key-1")];
            api.post_with("/v1/registrations", &api.person(person), &key, &gk("FK-1", "2016-10-12"))
        };
        let first = post("fk-h-017");
        assert_eq!(first.status, 201, "{}", first.text);
        let other = post("fk-h-044");
        assert_eq!(other.status, 422);
        assert_eq!(other.json()["type"], "urn:sus:problem:nyckel_ateranvand");
        assert_eq!(post("fk-h-017").text, first.text);
    });
}
#[test]
fn a_refused_request_for_a_person_is_in_the_access_log() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let before = Raw::of(database).count("access_log", "true");
        let told = api.post("/v1/registrations", &api.person("fk-h-017"), &begaran("FK-2", ANNA, "2016-10-03"));
        assert_eq!(told.status, 422);
        assert!(Raw::of(database).count("access_log", "true") > before);
    });
}
#[test]
fn a_token_whose_client_is_a_number_is_refused() {
    on_both(|_, database| {
        let api = Api::over(database);
        let token =
            api.token(ANNA, Some(sus::domain::step::Agency::Fk), &[sus::domain::organisation::Role::System], None);
        let told = api.post("/v1/registrations", &token, &begaran("FK-2", ANNA, "2016-10-03"));
        assert!(told.status >= 400, "{}", told.text);
    });
}
#[test]
fn receipts_are_forgotten_after_seven_days() {
    on_both(|_, database| {
        let api = Api::over(database);
        let key = [("idempotency-key", "key-1")];
        let first = api.post_with("/v1/registrations", &api.fk(), &key, &begaran("FK-1", ANNA, "2016-10-03"));
        assert_eq!(first.status, 201);
        api.clock.advance(chrono::TimeDelta::days(8));
        let told = api.post_with("/v1/registrations", &api.fk(), &key, &gk("FK-1", "2016-10-12"));
        assert_eq!(told.status, 201, "{}", told.text);
    });
}

#[test]
fn protection_reaches_every_case_of_the_person() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2016-11-20"));
        service.import_organisation(&organisation()).unwrap();
        let fk = Ask::of(Agency::Fk);
        let ended = json!({"caseReference": "FK-1", "step": "avbrutet", "date": "2016-10-10"});
        let first = [begaran("FK-1", ANNA, "2016-10-03"), ended, begaran("FK-2", ANNA, "2016-11-01")];
        let outcome = fk.post(&service, &first).unwrap();
        let open = outcome.results[2].as_ref().unwrap().case_id();
        let told = fk.change(&service, open, Kind::Protection, Some(1), &json!({"date": "2016-11-19"})).unwrap();
        assert!(told.results[0].is_ok(), "{:?}", told.results);
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("cases", "identity = 'anonymous' AND person IS NULL"), 2);
        assert_eq!((raw.count("persons", "true"), raw.count("person_lookups", "true")), (0, 0));
        assert_eq!((raw.count("case_references", "true"), raw.count("fingerprints", "true")), (0, 0));
        assert_eq!(raw.count("erasures", "true"), 2);
    });
}

#[test]
fn the_same_report_asked_again_answers_that_nothing_has_changed() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let path = "/v1/reports/baspaket?from=2016-10-01&to=2016-12-31";
        let bearer = format!("Bearer {}", api.fk());
        let ask = |tag: &str| {
            api.clock.advance(chrono::TimeDelta::seconds(1));
            let headers = [("authorization", &*bearer), ("if-none-match", tag)];
            api.call(actix_web::http::Method::GET, path, &headers, None)
        };
        let first = ask("\"none\"");
        let tag = first.header("etag").unwrap().to_owned();
        assert_eq!((first.status, ask(&tag).status), (200, 304));
        api.post("/v1/registrations", &api.fk(), &gk("FK-1", "2016-10-12"));
        assert_eq!(ask(&tag).status, 200);
    });
}

#[test]
fn a_repeated_registration_tells_from_when_it_was_known() {
    on_both(|_, database| {
        let api = Api::over(database);
        let mut body = begaran("FK-1", ANNA, "2016-10-03");
        body["clientReference"] = json!("own-1");
        let first = api.post("/v1/registrations", &api.fk(), &body).json();
        api.clock.advance(chrono::TimeDelta::hours(1));
        api.post("/v1/registrations", &api.fk(), &gk("FK-1", "2016-10-12"));
        let again = api.post("/v1/registrations", &api.fk(), &body).json();
        assert_eq!(first["knownFrom"], again["knownFrom"]);
    });
}
