//! Registering: one, many, again.

use actix_web::http::Method;
use expect_test::expect;
use serde_json::json;

use super::{ANNA, Api, bearer, begaran};
use crate::support::leaks::without_ids;
use crate::support::on_both;

#[test]
fn a_registration_answers_where_it_is_and_what_comes_next() {
    on_both(|_, database| {
        let api = Api::over(database);
        expect![[r#"
        201
        cache-control: no-store
        content-type: application/json
        etag: "1"
        location: /v1/registrations/<id>

        {
          "registration": "<id>",
          "position": 2,
          "repeated": false,
          "knownFrom": "2016-10-12T11:00:00Z",
          "case": {
            "version": 1,
            "status": "open",
            "identity": "named",
            "step": "begaran",
            "stepDate": "2016-10-03",
            "offices": {
              "fk": "FK-GAVLE",
              "af": "AF-GAVLE"
            },
            "handlers": {},
            "next": {
              "owner": "FK",
              "due": "2016-10-31",
              "overdue": false,
              "steps": [
                {
                  "step": "gk",
                  "owner": "FK"
                },
                {
                  "step": "avslutat",
                  "owner": "FK"
                },
                {
                  "step": "avbrutet",
                  "owner": "FK"
                }
              ]
            },
            "id": "<id>",
            "link": "/v1/cases/<id>"
          },
          "notices": [
            {
              "code": "svar_saknas",
              "ruleVersion": 1,
              "severity": "notice",
              "pointer": "/answers",
              "sv": "Frågor är obesvarade: initieradAv, anstalld, egetForetag, inskrivenAf, arbetar, studerar, program, formaner, tidOffentligForsorjning eller utbildning.",
              "en": "Questions are unanswered: initieradAv, anstalld, egetForetag, inskrivenAf, arbetar, studerar, program, formaner, tidOffentligForsorjning or utbildning.",
              "allowed": {
                "values": [
                  "initieradAv",
                  "anstalld",
                  "egetForetag",
                  "inskrivenAf",
                  "arbetar",
                  "studerar",
                  "program",
                  "formaner",
                  "tidOffentligForsorjning",
                  "utbildning"
                ]
              },
              "link": "/v1/rules/svar_saknas"
            }
          ],
          "dryRun": false
        }"#]].assert_eq(&api.post("/v1/registrations", &api.fk(), &begaran("FK-1", ANNA)).whole());
    });
}

#[test]
fn all_findings_are_told_at_once() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let gk = json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-12"});
        assert_eq!(api.post("/v1/registrations", &api.fk(), &gk).status, 201);
        let wrong = json!({"caseReference": "FK-1", "step": "planerad_afi", "date": "2016-10-12",
        "answers": {"fortsattHandlaggning": "endast_fk", "moten": ["2016-10-01"]}});
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
              "code": "gk_planerad_samma_dag",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/date",
              "sv": "Gemensam kartläggning och planerad insats har aldrig samma datum: planerad insats dateras tidigast dagen efter. Tillåtet: från och med 2016-10-13.",
              "en": "Joint mapping and the planned measure never share a date: the planned measure is dated at the earliest the day after. Allowed: from 2016-10-13.",
              "allowed": {
                "from": "2016-10-13"
              },
              "link": "/v1/rules/gk_planerad_samma_dag"
            },
            {
              "code": "moten_utanfor_gk",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/answers/moten",
              "sv": "Mötesdatum ska ligga inom kartläggningen. Tillåtet: 2016-10-12 – 2016-10-12.",
              "en": "Meeting dates must lie within the joint mapping. Allowed: 2016-10-12 – 2016-10-12.",
              "allowed": {
                "from": "2016-10-12",
                "to": "2016-10-12"
              },
              "link": "/v1/rules/moten_utanfor_gk"
            },
            {
              "code": "fortsatt_stammer_inte",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/answers/fortsattHandlaggning",
              "sv": "Fortsatt handläggning stämmer inte med nästa steg. Tillåtet: gemensamt_stod.",
              "en": "The further handling does not agree with the next step. Allowed: gemensamt_stod.",
              "allowed": {
                "values": [
                  "gemensamt_stod"
                ]
              },
              "link": "/v1/rules/fortsatt_stammer_inte"
            },
            {
              "code": "svar_saknas",
              "ruleVersion": 1,
              "severity": "notice",
              "pointer": "/answers",
              "sv": "Frågor är obesvarade: specialister.",
              "en": "Questions are unanswered: specialister.",
              "allowed": {
                "values": [
                  "specialister"
                ]
              },
              "link": "/v1/rules/svar_saknas"
            }
          ]
        }"#]].assert_eq(&api.post("/v1/registrations", &api.fk(), &wrong).whole());
    });
}

#[test]
fn the_other_agency_is_told_who_owns_the_registration() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let id = case.rsplit('/').next().unwrap();
        let told = api.post("/v1/registrations", &api.af(), &json!({"case": id, "step": "gk", "date": "2016-10-12"}));
        assert_eq!(told.status, 422);
        assert_eq!(told.json()["errors"][0]["code"], "fel_myndighet");
        assert_eq!(told.json()["errors"][0]["allowed"], json!({"agency": "FK"}));
    });
}

#[test]
fn an_office_that_is_not_the_callers_is_refused() {
    on_both(|_, database| {
        let api = Api::over(database);
        let told = api.post("/v1/registrations", &api.person("fk-h-018"), &begaran("FK-1", ANNA));
        assert_eq!(told.status, 403);
        assert_eq!(told.json()["errors"][0]["code"], "kontoret_inte_ditt");
    });
}

#[test]
fn a_repeated_key_gives_the_same_answer_word_for_word() {
    on_both(|_, database| {
        let api = Api::over(database);
        let key = [("idempotency-key", "\"abc-1\"")];
        let first = api.post_with("/v1/registrations", &api.fk(), &key, &begaran("FK-1", ANNA));
        let again = api.post_with("/v1/registrations", &api.fk(), &key, &begaran("FK-1", ANNA));
        assert_eq!((first.status, &first.text), (again.status, &again.text));
        assert_eq!(first.header("location"), again.header("location"));
        assert_eq!(first.header("etag"), again.header("etag"));
        let other = api.post_with("/v1/registrations", &api.fk(), &key, &begaran("FK-2", ANNA));
        expect![[r#"
        422
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:nyckel_ateranvand",
          "title": "Idempotency-Key är redan använd med annat innehåll",
          "titleEn": "The Idempotency-Key was used with other content",
          "status": 422,
          "detail": "Idempotency-Key är redan använd med annat innehåll",
          "detailEn": "The Idempotency-Key was used with other content",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&other.whole());
        let af = api.post_with("/v1/registrations", &api.af(), &key, &begaran("FK-2", ANNA));
        assert_eq!(af.json()["type"], "urn:sus:problem:regelbrott", "keys are per client");
    });
}

#[test]
fn a_key_that_is_somebodys_number_is_refused_unseen() {
    on_both(|_, database| {
        let api = Api::over(database);
        let key = [("idempotency-key", ANNA)];
        let told = api.post_with("/v1/registrations", &api.fk(), &key, &begaran("FK-1", ANNA));
        assert_eq!(told.status, 400);
        assert!(!told.text.contains(ANNA));
    });
}

#[test]
fn a_batch_answers_item_by_item_in_order() {
    on_both(|_, database| {
        let api = Api::over(database);
        let batch = json!([
            {"clientReference": "r1", "caseReference": "FK-9", "step": "gk", "date": "2016-10-12"},
            begaran("FK-1", ANNA),
            {"clientReference": "r3", "caseReference": "FK-1", "step": "gk", "date": "2016-10-12"},
            {"clientReference": "r3", "caseReference": "FK-1", "step": "gk", "date": "2016-10-12"},
        ]);
        let told = api.post("/v1/registrations", &api.fk(), &batch);
        assert_eq!(told.status, 200);
        let body = told.json();
        let seen: Vec<(u64, u64)> = body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| (i["index"].as_u64().unwrap(), i["status"].as_u64().unwrap()))
            .collect();
        assert_eq!(seen[1..], [(1, 201), (2, 201), (3, 200)]);
        assert!(seen[0].1 >= 400);
        assert_eq!(body["items"][0]["findings"][0]["index"], 0);
        assert_eq!(body["items"][3]["registration"], body["items"][2]["registration"]);
        assert_eq!(body["_meta"]["refused"], 1);
    });
}

#[test]
fn an_atomic_batch_that_fails_registers_nothing() {
    on_both(|_, database| {
        let api = Api::over(database);
        let batch = json!([begaran("FK-1", ANNA), {"caseReference": "FK-1", "step": "afi", "date": "2016-10-12"}]);
        let told = api.post("/v1/registrations?atomic=true", &api.fk(), &batch);
        assert_eq!(told.status, 422);
        assert_eq!(told.header("content-type"), Some("application/problem+json"));
        let problem = told.json();
        assert_eq!((&problem["type"], &problem["status"]), (&json!("urn:sus:problem:regelbrott"), &json!(422)));
        let codes = |findings: &serde_json::Value| {
            let all = findings.as_array().unwrap().iter();
            all.map(|f| format!("{} {}", f["index"], f["code"].as_str().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(codes(&problem["errors"])[0], "0 ett_i_paketet_foll");
        assert!(codes(&problem["errors"])[1..].iter().all(|code| code.starts_with("1 ")), "{problem}");
        assert_eq!(problem["items"][0]["findings"][0]["code"], "ett_i_paketet_foll");
        assert_eq!(api.get("/v1/cases", &api.fk()).json()["_meta"]["totalItems"], 0);
    });
}

#[test]
fn a_line_that_is_no_json_falls_alone() {
    on_both(|_, database| {
        let api = Api::over(database);
        let headers = [("authorization", &*bearer(&api.fk())), ("content-type", "application/x-ndjson")];
        let body = format!("{}\nnonsense\n\n", begaran("FK-1", ANNA));
        let told = api.call(Method::POST, "/v1/registrations", &headers, Some(&body));
        assert_eq!(told.status, 200);
        assert_eq!(told.json()["items"][0]["status"], 201);
        assert_eq!(told.json()["items"][1]["findings"][0]["code"], "falt_fel_typ");
    });
}

#[test]
fn a_dry_run_stores_nothing() {
    on_both(|_, database| {
        let api = Api::over(database);
        let told = api.post("/v1/registrations?dryRun=true", &api.fk(), &begaran("FK-1", ANNA));
        assert_eq!(told.status, 200);
        assert_eq!(told.json()["dryRun"], true);
        assert_eq!(told.header("location"), None);
        assert_eq!(told.json()["case"].get("id"), None);
        assert_eq!(api.get("/v1/cases", &api.fk()).json()["_meta"]["totalItems"], 0);
        assert_eq!(api.post("/v1/registrations", &api.fk(), &begaran("FK-1", ANNA)).status, 201);
    });
}

#[test]
fn a_position_is_answered_only_where_something_is_registered() {
    on_both(|_, database| {
        let api = Api::over(database);
        let whole = json!([begaran("FK-1", ANNA), {"caseReference": "FK-1", "step": "gk", "date": "2016-10-12"}]);
        let broken = json!([begaran("FK-1", ANNA), {"caseReference": "FK-1", "step": "gk", "date": "2016-10-03"}]);
        let wrong = json!([{"step": "gk"}]);
        let ask = |query: &str, body: &serde_json::Value| {
            let told = api.post(&format!("/v1/registrations{query}"), &api.fk(), body);
            (told.status, told.json()["items"].as_array().unwrap().len(), told.json().get("position").cloned())
        };
        assert_eq!(ask("?dryRun=true", &whole), (200, 2, None));
        assert_eq!(ask("?atomic=true", &broken), (422, 2, None));
        assert_eq!(ask("", &wrong), (200, 1, None));
        assert_eq!(ask("?dryRun=true", &wrong), (200, 1, None));
        assert_eq!(api.post("/v1/registrations?dryRun=true", &api.fk(), &whole[0]).json().get("position"), None);
        // One of two; then the other, with the one that is there already.
        assert_eq!(ask("", &broken), (200, 2, Some(json!(2))));
        assert_eq!(ask("", &json!([whole[1]])), (200, 1, Some(json!(3))));
        assert_eq!(api.get("/v1/cases?atLeast=3", &api.fk()).json()["_meta"]["totalItems"], 1);
    });
}

#[test]
fn no_answer_to_a_post_holds_identity() {
    on_both(|_, database| {
        let api = Api::over(database);
        for told in [
            api.post("/v1/registrations", &api.fk(), &begaran("FK-1", ANNA)),
            api.post("/v1/case-searches", &api.fk(), &json!({"personnummer": ANNA})),
            api.post("/v1/case-searches", &api.fk(), &json!({"caseReference": "FK-1"})),
        ] {
            assert!(told.status < 300, "{}", told.text);
            assert!(!told.text.contains("FK-1\""), "{}", told.text);
            let text = without_ids(&told.text);
            for secret in ["1985", "personnummer"] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
    });
}

#[test]
fn the_instant_of_becoming_known_is_not_the_agencys_to_state() {
    on_both(|_, database| {
        let api = Api::over(database);
        let mut body = begaran("FK-1", ANNA);
        body["recordedAt"] = json!("2016-10-04T08:00:00Z");
        let told = api.post("/v1/registrations", &api.fk(), &body);
        assert!([403, 422].contains(&told.status), "{}", told.text);
    });
}
