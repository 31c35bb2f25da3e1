//! What protection takes away is gone, and what is appended can't be taken away by hand.

use serde_json::json;

use super::spellings;
use crate::http::Api;
use crate::support::leaks::without_ids;
use crate::support::posting::{begaran, gk};
use crate::support::tables::Raw;
use crate::support::{on_both, organisation};

fn number(birth: &str, serial: u16) -> String {
    sus::domain::person::test_number(birth.parse().unwrap(), serial).as_digits().to_owned()
}

#[test]
fn protection_takes_identity_references_and_answers_away_and_leaves_everybody_else_alone() {
    on_both(|_, database| {
        let api = Api::around(database, "2016-10-13", &organisation());
        let (hidden, other) = (number("1961-05-17", 980), number("1972-11-08", 981));
        let case = api.opened("FK-hidden", &hidden);
        api.opened("FK-other", &other);
        let mapped = api.post("/v1/registrations", &api.fk(), &gk("FK-hidden", "2016-10-12")).json();
        assert_eq!(mapped["case"]["version"], 2, "{mapped}");
        let begun = api.get(&case, &api.fk()).json()["steps"][0]["registration"].clone();
        let post = |name: &str, version: &str, token: &str, body: &serde_json::Value| {
            let told = api.post_with(&format!("{case}/{name}"), token, &[("if-match", version)], body);
            assert_eq!(told.status, 201, "{name}: {}", told.text);
        };
        post("answers", "\"2\"", &api.fk(), &json!({"registration": begun, "answers": {"utbildning": "gymnasium"}}));
        post("references", "\"3\"", &api.af(), &json!({"caseReference": "AF-hidden"}));
        let reason = json!({"code": "fel_kommun", "text": "flyttade i somras"});
        let moved = json!({"kind": "municipality", "municipality": "2181", "district": "Nordost", "reason": reason});
        post("corrections", "\"4\"", &api.fk(), &moved);
        let ended = json!({"caseReference": "FK-hidden", "step": "avbrutet", "date": "2016-10-13",
            "answers": {"orsak": "eget_initiativ", "moten": ["2016-10-12"]}});
        let told = api.post("/v1/registrations", &api.fk(), &ended);
        assert_eq!(told.status, 201, "{}", told.text);
        let search = json!({"personnummer": hidden});
        assert_eq!(api.post("/v1/case-searches", &api.fk(), &search).status, 200);
        assert_eq!(Raw::of(database).count("access_queries", "true"), 1);
        post("protections", "\"6\"", &api.fk(), &json!({"date": "2016-10-13"}));

        let mut raw = Raw::of(database);
        // The hidden case's number is the position of its request: after the registers, the first.
        let of_hidden = "case_number = 2";
        for table in ["case_subjects", "case_references", "consents", "reason_texts"] {
            assert_eq!(raw.count(table, of_hidden), 0, "{table}");
        }
        assert_eq!(raw.count("answers", &format!("{of_hidden} AND question NOT IN ('orsak')")), 0);
        assert_eq!(raw.count("answers", &format!("{of_hidden} AND question = 'orsak'")), 1, "the reason of an ending");
        assert_eq!(raw.count("meetings", of_hidden), 1);
        assert_eq!(raw.count("erasures", of_hidden), 1);
        assert_eq!((raw.count("persons", "true"), raw.count("person_lookups", "true")), (1, 1), "the other's");
        assert_eq!(raw.count("case_references", "true"), 1);
        assert_eq!(raw.count("access_queries", "true"), 0, "who was searched for is forgotten");
        assert_eq!(raw.count("access_log", "query IS NOT NULL"), 0);
        assert_eq!(raw.count("cases", "number = 2 AND person IS NULL"), 1);

        let shown = api.get(&case, &api.fk());
        assert_eq!(shown.json()["identity"], "anonymous");
        let histories = api.get(&format!("{case}/histories"), &api.fk());
        for text in [&shown.text, &histories.text].map(|text| without_ids(text)) {
            for gone in ["FK-hidden", "AF-hidden", "Nordost", "2181", "gymnasium", "flyttade", "gk-affk-1", "1961"] {
                assert!(!text.contains(gone), "{gone} in {text}");
            }
        }
        for written in spellings(&sus::domain::person::test_number("1961-05-17".parse().unwrap(), 980)) {
            let found = api.post("/v1/case-searches", &api.fk(), &json!({"personnummer": written}));
            if found.status == 200 {
                assert_eq!(found.json()["items"], json!([]), "{written}");
            }
        }
        let found = api.post("/v1/case-searches", &api.fk(), &json!({"caseReference": "FK-hidden"})).json();
        assert_eq!(found["items"], json!([]));
        // The person may have a new case, and the reference may be used again.
        let anew = begaran("FK-hidden", &hidden, "2016-10-13");
        assert_eq!(api.post("/v1/registrations", &api.fk(), &anew).status, 201);
    });
}

const NEVER: [&str; 9] = [
    "changes",
    "registrations",
    "erasures",
    "organisation_rows",
    "access_log",
    "access_chains",
    "access_heads",
    "meetings",
    "case_offices",
];
const ONLY_ERASED: [&str; 6] =
    ["case_subjects", "answers", "consents", "case_references", "case_handlers", "reason_texts"];

#[test]
fn what_is_appended_is_neither_changed_nor_deleted_by_hand() {
    on_both(|backend, database| {
        let api = Api::around(database, "2016-10-13", &organisation());
        let whole = |reference: &str, number: &str| {
            let mut body = begaran(reference, number, "2016-10-03");
            body["handlers"] = json!({"fk": "fk-h-017"});
            body["answers"] = json!({"utbildning": "gymnasium"});
            let told = api.post("/v1/registrations", &api.fk(), &body);
            assert_eq!(told.status, 201, "{}", told.text);
            let step = json!({"caseReference": reference, "step": "gk", "date": "2016-10-12",
                "answers": {"moten": ["2016-10-12"]}});
            let told = api.post("/v1/registrations", &api.fk(), &step);
            assert_eq!(told.status, 201, "{}", told.text);
            let case = told.json()["case"]["link"].as_str().unwrap().to_owned();
            let reason = json!({"code": "fel_kommun", "text": "flyttade i somras"});
            let body = json!({"kind": "municipality", "municipality": "2181", "reason": reason});
            let path = format!("{case}/corrections");
            let told = api.post_with(&path, &api.fk(), &[("if-match", "\"2\"")], &body);
            assert_eq!(told.status, 201, "{}", told.text);
            case
        };
        whole("FK-1", &number("1961-05-17", 980));
        let hidden = whole("FK-2", &number("1972-11-08", 981));
        let path = format!("{hidden}/protections");
        let told = api.post_with(&path, &api.fk(), &[("if-match", "\"3\"")], &json!({"date": "2016-10-12"}));
        assert_eq!(told.status, 201, "{}", told.text);
        assert_eq!(api.get(&hidden, &api.fk()).status, 200, "which is written in the access log");
        api.service().sign_log().unwrap();
        let mut raw = Raw::of(database);
        let before = raw.counts();
        for table in NEVER.into_iter().chain(ONLY_ERASED) {
            assert!(before[table] > 0, "{table} has nothing to guard");
            let same = first_column(table);
            assert!(raw.run(&format!("UPDATE {table} SET {same} = {same}")).is_err(), "{backend:?}: UPDATE {table}");
            assert!(raw.run(&format!("DELETE FROM {table}")).is_err(), "{backend:?}: DELETE FROM {table}");
        }
        assert_eq!(raw.counts(), before);
    });
}

fn first_column(table: &str) -> &'static str {
    match table {
        "organisation_rows" => "body",
        "access_log" => "client",
        "access_chains" => "began",
        "access_heads" => "signer",
        _ => "position",
    }
}
