//! Frozen reports: kept as they were told, whatever is registered or changed later, and given again by the same key.

use actix_web::http::Method;
use chrono::TimeDelta;
use expect_test::expect;
use serde_json::{Value, json};
use sus::domain::organisation::Role;

use crate::http::{ANNA, Api, bearer};
use crate::support::posting::{begaran, gk};
use crate::support::tables::Raw;
use crate::support::{Database, on_both, organisation};

const PERIOD: &str = "from=2016-10-01&to=2016-12-31";

fn with_a_mapping(database: &Database) -> Api {
    let api = Api::over(database);
    for body in [begaran("FK-1", ANNA, "2016-10-03"), gk("FK-1", "2016-10-12")] {
        assert_eq!(api.post("/v1/registrations", &api.fk(), &body).status, 201);
    }
    api
}

fn reader(api: &Api) -> String {
    api.token("rapport", None, &[Role::Rapportlasare], None)
}

fn wanted() -> Value {
    json!({"name": "Styrgruppen i oktober", "report": "baspaket", "from": "2016-10-01", "to": "2016-12-31",
        "geography": "styrgrupp:gavleborg", "lang": "en"})
}

/// All but who froze it and when.
fn report(told: &Value) -> Value {
    let mut report = told.clone();
    report.as_object_mut().unwrap().remove("frozen");
    report
}

#[test]
fn a_frozen_report_stays_as_it_was_in_every_form() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let path = format!("/v1/reports/baspaket?{PERIOD}&geography=styrgrupp:gavleborg&lang=en");
        let (live, csv) = (api.get(&path, &reader(&api)).json(), api.get(&format!("{path}&format=csv"), &reader(&api)));
        let made = api.post("/v1/frozen-reports", &reader(&api), &wanted());
        assert_eq!(made.status, 201, "{}", made.text);
        let link = made.header("location").unwrap().to_owned();
        assert_eq!(made.json()["link"], link);

        api.clock.advance(TimeDelta::hours(30));
        let wrong = json!({"kind": "felregistrering", "reason": {"code": "fel_person"}});
        let case = api.post("/v1/case-searches", &api.fk(), &json!({"personnummer": ANNA})).json();
        let case = case["items"][0]["link"].as_str().unwrap().to_owned();
        let told = api.post_with(&format!("{case}/corrections"), &api.fk(), &[("if-match", "\"2\"")], &wrong);
        assert_eq!(told.status, 201, "{}", told.text);
        let told = api.post_with(
            &format!("{case}/protections"),
            &api.fk(),
            &[("if-match", "\"3\"")],
            &json!({"date": "2016-10-13"}),
        );
        assert_eq!(told.status, 201, "{}", told.text);
        let mut group = organisation()["steeringGroups"][0].clone();
        group["name"] = json!("Annat namn");
        group["offices"] = json!(["FK-SANDVIKEN", "AF-SANDVIKEN"]);
        api.service().import_organisation(&json!({"steeringGroups": [group]})).unwrap();

        let frozen = api.get(&link, &reader(&api));
        assert_eq!(report(&frozen.json()), live);
        assert_eq!(frozen.json()["frozen"], made.json());
        assert_eq!(made.json()["frozenBy"], json!({"client": "rapport", "agency": null, "handler": null}));
        let frozen_csv = api.get(&format!("{link}?format=csv"), &reader(&api));
        assert_eq!((&frozen_csv.text, frozen_csv.header("content-type")), (&csv.text, csv.header("content-type")));
        let tag = frozen.header("etag").unwrap();
        let headers = [("authorization", &*bearer(&reader(&api))), ("if-none-match", tag)];
        assert_eq!(api.call(Method::GET, &link, &headers, None).status, 304);
        let all = api.get("/v1/frozen-reports", &reader(&api)).json();
        assert_eq!(all["items"], json!([made.json()]));
        assert_eq!(api.get("/v1/frozen-reports/0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b14", &reader(&api)).status, 404);
        assert_eq!(api.get("/v1/frozen-reports/mars", &reader(&api)).status, 404);
    });
}

#[test]
fn the_same_key_freezes_once() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let post = |key: &str, body: &Value| {
            api.post_with("/v1/frozen-reports", &reader(&api), &[("idempotency-key", key)], body)
        };
        let first = post("\"frys-1\"", &wanted());
        assert_eq!(first.status, 201, "{}", first.text);
        api.clock.advance(TimeDelta::minutes(5));
        // A protected identity empties what was kept of cases, and nothing else.
        let case = api.post("/v1/case-searches", &api.fk(), &json!({"personnummer": ANNA})).json();
        let path = format!("{}/protections", case["items"][0]["link"].as_str().unwrap());
        let told = api.post_with(&path, &api.fk(), &[("if-match", "\"2\"")], &json!({"date": "2016-10-12"}));
        assert_eq!(told.status, 201, "{}", told.text);
        let again = post("\"frys-1\"", &wanted());
        assert_eq!((again.status, &again.text, again.header("location")), (201, &first.text, first.header("location")));
        let mut other = wanted();
        other["name"] = json!("En annan");
        let told = post("\"frys-1\"", &other);
        assert_eq!((told.status, told.json()["type"].as_str()), (422, Some("urn:sus:problem:nyckel_ateranvand")));
        assert_eq!(post("\"frys-2\"", &wanted()).status, 201);
        assert_eq!(api.get("/v1/frozen-reports", &reader(&api)).json()["_meta"]["totalItems"], 2);
    });
}

#[test]
fn all_that_is_wrong_with_what_is_to_be_frozen_is_told() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let told = api.post(
            "/v1/frozen-reports",
            &reader(&api),
            &json!({"name": " två\nrader", "report": "mars", "from": "2016-10-01", "geography": "mars", "parts": "alla"}),
        );
        let found: Vec<String> = told.json()["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| format!("{} {}", e["code"].as_str().unwrap(), e["pointer"].as_str().unwrap()))
            .collect();
        assert_eq!(
            (told.status, found.join(", ").as_str()),
            (
                422,
                "falt_ogiltigt_varde /name, falt_ogiltigt_varde /report, falt_saknas /to, falt_ogiltigt_varde /geography, \
                 falt_fel_typ /parts"
            )
        );
        let mut unknown = wanted();
        unknown["geography"] = json!("styrgrupp:mars");
        expect![[r#"
        422
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:regelbrott",
          "title": "Innehållet bryter mot en eller flera regler",
          "titleEn": "The content breaks one or more rules",
          "status": 422,
          "detail": "Innehållet bryter mot en eller flera regler",
          "detailEn": "The content breaks one or more rules",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c",
          "errors": [
            {
              "code": "falt_ogiltigt_varde",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/geography",
              "sv": "Värdet är inte tillåtet. Tillåtet: styrgrupp:gavleborg.",
              "en": "The value is not allowed. Allowed: styrgrupp:gavleborg.",
              "allowed": {
                "values": [
                  "styrgrupp:gavleborg"
                ]
              },
              "link": "/v1/rules/falt_ogiltigt_varde"
            }
          ]
        }"#]]
        .assert_eq(&api.post("/v1/frozen-reports", &reader(&api), &unknown).whole());
        let mut named = wanted();
        named["name"] = json!(format!("om {ANNA}"));
        let told = api.post("/v1/frozen-reports", &reader(&api), &named);
        assert_eq!((told.status, told.json()["errors"][0]["code"].as_str()), (422, Some("fritext_personnummer")));
        let mut ahead = wanted();
        ahead["countedTo"] = json!(99);
        let told = api.post("/v1/frozen-reports", &reader(&api), &ahead);
        assert_eq!((told.status, told.json()["errors"][0]["pointer"].as_str()), (422, Some("/countedTo")));
        assert_eq!(api.get("/v1/frozen-reports", &reader(&api)).json()["items"], json!([]));
    });
}

#[test]
fn what_is_kept_is_neither_changed_nor_deleted_by_hand() {
    on_both(|backend, database| {
        let api = with_a_mapping(database);
        assert_eq!(api.post("/v1/frozen-reports", &reader(&api), &wanted()).status, 201);
        let package = json!({"name": "Allas", "report": "baspaket", "parts": ["nya_gk"]});
        let steering = api.token("fk-web", None, &[Role::Samverkansansvarig], None);
        assert_eq!(api.post("/v1/report-packages", &steering, &package).status, 201);
        let mut raw = Raw::of(database);
        for table in ["frozen_reports", "report_packages"] {
            for sql in [format!("UPDATE {table} SET name = 'x'"), format!("DELETE FROM {table}")] {
                assert!(raw.run(&sql).is_err(), "{backend:?}: {sql}");
            }
        }
    });
}
