//! Frozen reports: kept as they were told, whatever is registered or changed later, and given again by the same key.

use std::collections::BTreeSet;

use actix_web::http::Method;
use chrono::TimeDelta;
use expect_test::expect;
use serde_json::{Value, json};
use sus::domain::organisation::Role;

use crate::http::{ANNA, Api, bearer};
use crate::support::posting::{begaran, gk};
use crate::support::tables::Raw;
use crate::support::{Database, on_both, organisation};

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

#[test]
fn a_frozen_report_stays_as_it_was_in_every_form() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let made = api.post("/v1/frozen-reports", &reader(&api), &wanted());
        assert_eq!(made.status, 201, "{}", made.text);
        let link = made.header("location").unwrap().to_owned();
        assert_eq!(made.json()["link"], link);
        let forms = ["json", "csv&separator=semicolon", "xlsx", "html", "json-stat2", "parquet"].map(str::to_owned);
        let one = ["px", "svg", "png"].map(|form| format!("{form}&part=utfall_gk"));
        let pulled = || -> Vec<(String, Vec<u8>)> {
            let forms = forms.iter().chain(&one);
            forms
                .map(|form| {
                    let told = api.get(&format!("{link}?format={form}"), &reader(&api));
                    assert_eq!(told.status, 200, "{form}: {}", told.text);
                    (form.clone(), told.bytes)
                })
                .collect()
        };
        let before = pulled();

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

        for ((form, before), (_, after)) in before.iter().zip(pulled()) {
            assert!(*before == after, "{form} changed");
        }
        let frozen = api.get(&link, &reader(&api));
        assert_eq!(frozen.json()["frozen"], made.json());
        assert_eq!((&frozen.json()["lang"], &frozen.json()["geography"]["name"]), (&json!("en"), &json!("Gävleborg")));
        assert_eq!(frozen.header("sus-counted-to"), Some(made.json()["countedTo"].to_string().as_str()));
        assert_eq!(made.json()["frozenBy"], json!({"client": "rapport", "agency": null, "handler": null}));
        assert_eq!(api.get(&format!("{link}?format=px"), &reader(&api)).status, 400, "px holds one part");
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
fn a_frozen_report_withholds_small_counts_whoever_freezes_and_reads_it() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let freeze = |body: &Value| {
            let made = api.post("/v1/frozen-reports", &api.fk(), body);
            assert_eq!(made.status, 201, "{}", made.text);
            let frozen = api.get(made.header("location").unwrap(), &api.fk()).json();
            assert_eq!(made.header("sus-disclosure").unwrap(), frozen["disclosure"].as_str().unwrap());
            frozen
        };
        let quarter = freeze(&wanted());
        let levels = |report: &Value| {
            let rows = report["parts"][0]["rows"].as_array().unwrap().clone();
            let of = |row: &Value| row["disclosure"].as_str().or(report["disclosure"].as_str()).unwrap().to_owned();
            rows.iter().map(|row| (row["level"].as_str().unwrap().to_owned(), of(row))).collect::<BTreeSet<_>>()
        };
        let told = |levels: &[(&str, &str)]| {
            levels.iter().map(|(level, policy)| ((*level).to_owned(), (*policy).to_owned())).collect::<BTreeSet<_>>()
        };
        let with_noise = told(&[("urval", "cell-key"), ("lan:21", "cell-key"), ("riket", "cell-key")]);
        assert_eq!(levels(&quarter), told(&[("urval", "threshold"), ("lan:21", "cell-key"), ("riket", "cell-key")]));
        let own = quarter["parts"][0]["rows"].as_array().unwrap().iter().filter(|row| row["level"] == "urval");
        let own: Vec<&Value> = own.collect();
        assert!(own.iter().all(|row| row["antal"] != 1), "{own:?}");
        assert!(own.iter().any(|row| row["status"] == "withheld"), "{own:?}");

        let mut status = wanted();
        status["report"] = json!("status");
        assert_eq!(levels(&freeze(&status)), with_noise, "another state than that of the quarter");
        assert_eq!(levels(&freeze(&wanted())), with_noise, "the same quarter a while later");

        let mut month = wanted();
        month["to"] = json!("2016-10-31");
        assert_eq!(levels(&freeze(&month)), with_noise, "a month of a quarter that is published");
        let mut office = wanted();
        office["geography"] = json!("fk-kontor:FK-GAVLE");
        assert_eq!(levels(&freeze(&office)), with_noise, "another division of the country");
        let mut year = wanted();
        year["from"] = json!("2017-01-01");
        year["to"] = json!("2017-12-31");
        let first = freeze(&year);
        assert_eq!(first["disclosure"], "threshold", "another year");
        year["asOf"] = first["asOf"].clone();
        year["countedTo"] = first["countedTo"].clone();
        assert_eq!(freeze(&year)["disclosure"], "threshold", "the very same once more");
        year["report"] = json!("status");
        assert_eq!(levels(&freeze(&year)), with_noise, "another report of the same cases withholds other figures");
    });
}

#[test]
fn of_several_frozen_at_once_one_withholds_and_all_others_have_noise() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let made = api.post_at_once(8, "/v1/frozen-reports", &api.fk(), &wanted());
        let protected = made.iter().map(|made| {
            assert_eq!(made.status, 201, "{}", made.text);
            let report = api.get(made.header("location").unwrap(), &api.fk()).json();
            let rows = report["parts"][0]["rows"].as_array().unwrap().clone();
            let own = rows.into_iter().find(|row| row["level"] == "urval").unwrap();
            own["disclosure"].as_str().or(report["disclosure"].as_str()).unwrap().to_owned()
        });
        let mut protected: Vec<_> = protected.collect();
        protected.sort();
        assert_eq!(protected, [vec!["cell-key"; 7], vec!["threshold"]].concat());
    });
}

#[test]
fn a_frozen_report_tells_what_was_selected_and_how_it_was_split() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let mut body = wanted();
        body["report"] = json!("deltagare-bakgrund");
        body["selections"] = json!({"kon": ["kvinna"], "kommun": ["2180"]});
        body["split"] = json!(["insatstyp"]);
        let made = api.post("/v1/frozen-reports", &reader(&api), &body);
        assert_eq!(made.status, 201, "{}", made.text);
        let frozen = api.get(made.header("location").unwrap(), &reader(&api)).json();
        assert_eq!(
            frozen["selections"],
            json!([
                {"variable": "kon", "label": "Sex", "codes": [{"code": "kvinna", "label": "Women"}]},
                {"variable": "kommun", "label": "Municipality of registration at the request",
                    "codes": [{"code": "2180", "label": "Gävle"}]},
            ])
        );
        // So it stands in every form that people read, and in the name of its file.
        let read = |form: &str| api.get(&format!("{}?format={form}", made.header("location").unwrap()), &reader(&api));
        let selection = "Sex: Women; Municipality of registration at the request: Gävle";
        let page = read("html");
        assert!(page.text.contains(&format!("<dt>Selection</dt><dd>{selection}</dd>")), "{}", page.text);
        assert!(page.text.contains(&format!("{selection}</title>")), "{}", page.text);
        let name = "inline; filename=\"deltagare-bakgrund_styrgrupp-gavleborg_2016-10-01_2016-12-31_kon-kvinna_kommun-2180.html\"";
        assert_eq!(page.header("content-disposition"), Some(name));
        assert!(frozen["parts"][0]["dimensions"].as_array().unwrap().contains(&json!("insatstyp")), "{frozen}");

        body["selections"] = json!({"kon": "kvinna", "mars": ["a"], "alder": ["hundra"]});
        body["split"] = json!(["mars"]);
        let told = api.post("/v1/frozen-reports", &reader(&api), &body).json();
        let found: Vec<&str> =
            told["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(found, ["/selections/kon", "/selections", "/selections/alder", "/split"], "{told}");
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
        // Also where the same question would be wrong by now.
        let mut of_group = wanted();
        of_group["geography"] = json!("styrgrupp:gavleborg");
        let kept = post("\"frys-3\"", &of_group);
        assert_eq!(kept.status, 201, "{}", kept.text);
        let turns = api.app.report_turns.try_acquire_many(api.app.report_turns.available_permits() as u32).unwrap();
        assert_eq!(post("\"frys-3\"", &of_group).text, kept.text, "nothing is counted for an answer that is kept");
        drop(turns);
        let mut other = wanted();
        other["name"] = json!("En annan");
        let told = post("\"frys-1\"", &other);
        assert_eq!((told.status, told.json()["type"].as_str()), (422, Some("urn:sus:problem:nyckel_ateranvand")));
        assert_eq!(post("\"frys-2\"", &wanted()).status, 201);
        assert_eq!(api.get("/v1/frozen-reports", &reader(&api)).json()["_meta"]["totalItems"], 3);
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
        ahead["geography"] = json!("styrgrupp:mars");
        let told = api.post("/v1/frozen-reports", &reader(&api), &ahead).json();
        let pointers = told["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap());
        assert_eq!(pointers.collect::<Vec<_>>(), ["/countedTo", "/geography"], "{told}");
        let mut needs = wanted();
        needs["report"] = json!("deltagare-forman-efter");
        needs.as_object_mut().unwrap().remove("parts");
        let told = api.post("/v1/frozen-reports", &reader(&api), &needs).json();
        let missing = (told["errors"][0]["code"].as_str(), told["errors"][0]["pointer"].as_str());
        assert_eq!(missing, (Some("falt_saknas"), Some("/selections/formanFore")), "{told}");
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
