//! One case: reading it, changing it, as it was known; and finding it.

use expect_test::expect;
use serde_json::json;

use super::{ANNA, Api, begaran};
use crate::support::on_both;
use crate::support::posting::number;

#[test]
fn a_case_is_shown_with_its_participant_masked() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let told = api.get(&case, &api.fk());
        assert_eq!(told.header("etag"), Some("\"1\""));
        assert_eq!(told.header("cache-control"), Some("no-store"));
        assert!(!told.text.contains(ANNA));
        expect![[r#"
        200
        cache-control: no-store
        content-type: application/json
        etag: "1"

        {
          "id": "<id>",
          "version": 1,
          "status": "open",
          "identity": "named",
          "participant": {
            "personnummer": "1985••••-••••"
          },
          "sex": "kvinna",
          "municipality": "2180",
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
          "steps": [
            {
              "registration": "<id>",
              "step": "begaran",
              "date": "2016-10-03",
              "agency": "FK",
              "knownFrom": "2016-10-12T11:00:00Z",
              "answers": {},
              "missing": [
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
            }
          ],
          "officeChanges": [
            {
              "registration": "<id>",
              "from": "2016-10-03",
              "offices": {
                "fk": "FK-GAVLE",
                "af": "AF-GAVLE"
              }
            }
          ],
          "consent": {
            "obtainedOn": "2016-09-26",
            "obtainedBy": "FK",
            "office": "FK-GAVLE",
            "form": "gk-affk-1"
          },
          "references": [
            {
              "agency": "FK",
              "caseReference": "FK-1"
            }
          ],
          "corrections": 0,
          "position": 2
        }"#]]
        .assert_eq(&told.whole());
    });
}

#[test]
fn a_change_asks_for_the_version_that_was_seen() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let path = format!("{case}/references");
        let body = json!({"caseReference": "AF-77"});
        expect![[r#"
        428
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:version_saknas",
          "title": "If-Match saknas",
          "titleEn": "If-Match is missing",
          "status": 428,
          "detail": "Ange If-Match med ärendets ETag, så att ingen ändring skrivs över.",
          "detailEn": "Give If-Match with the ETag of the case, so that no change is overlooked.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&api.post(&path, &api.af(), &body).whole());
        let stale = api.post_with(&path, &api.af(), &[("if-match", "\"7\"")], &body);
        expect![[r#"
        412
        cache-control: no-store
        content-type: application/problem+json
        etag: "1"

        {
          "type": "urn:sus:problem:inaktuell_version",
          "title": "Ärendet har ändrats sedan det lästes",
          "titleEn": "The case has changed since it was read",
          "status": 412,
          "detail": "Nuvarande version: 1.",
          "detailEn": "Present version: 1.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&stale.whole());
        assert_eq!(api.post_with(&path, &api.af(), &[("if-match", "*")], &body).status, 400);
        let done = api.post_with(&path, &api.af(), &[("if-match", "\"1\"")], &body);
        assert_eq!(done.status, 201, "{}", done.text);
        assert_eq!(done.header("etag"), Some("\"2\""));
    });
}

#[test]
fn every_change_of_a_case_has_its_door() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let registration = api.get(&case, &api.fk()).json()["steps"][0]["registration"].clone();
        let steps = [
            ("answers", json!({"registration": registration, "answers": {"utbildning": "gymnasium"}})),
            ("handlers", json!({"date": "2016-10-12", "fk": "fk-h-017"})),
            ("office-changes", json!({"date": "2016-10-12", "offices": {"fk": "FK-SANDVIKEN", "af": "AF-SANDVIKEN"}})),
            ("corrections", json!({"kind": "municipality", "municipality": "2181", "reason": {"code": "fel_kommun"}})),
            ("consent-withdrawals", json!({"date": "2016-10-11"})),
            ("protections", json!({"date": "2016-10-12"})),
        ];
        for (version, (name, body)) in steps.iter().enumerate() {
            let version = format!("\"{}\"", version + 1);
            let told = api.post_with(&format!("{case}/{name}"), &api.fk(), &[("if-match", &version)], body);
            assert_eq!(told.status, 201, "{name}: {}", told.text);
            let location = told.header("location").unwrap().to_owned();
            assert_eq!(api.get(&location, &api.fk()).status, 200, "{location}");
        }
        let shown = api.get(&case, &api.fk()).json();
        assert_eq!(shown["identity"], "removed", "its consent was withdrawn before");
        assert_eq!(shown.get("participant"), None);
        assert_eq!(shown["step"], "avbrutet");
    });
}

#[test]
fn a_case_registered_in_error_is_replaced_only_by_another_that_the_caller_may_know_of() {
    on_both(|_, database| {
        let api = Api::over(database);
        let (case, near) = (api.opened("FK-1", ANNA), api.opened("FK-2", &number("1990-01-02")));
        let mut body = begaran("FK-3", &number("1970-07-07"));
        body["offices"] = json!({"fk": "FK-SANDVIKEN", "af": "AF-SANDVIKEN"});
        let far = api.post("/v1/registrations", &api.fk(), &body).json()["case"]["link"].as_str().unwrap().to_owned();
        let id = |case: &str| case.rsplit('/').next().unwrap().to_owned();
        let mark = |token: &str, other: &str| {
            let body = json!({"kind": "felregistrering", "replacedBy": id(other), "reason": {"code": "fel_person"}});
            api.post_with(&format!("{case}/corrections"), token, &[("if-match", "\"1\"")], &body)
        };
        // One that isn't there and one out of reach are told of in the same words.
        let unknown = mark(&api.person("fk-h-017"), "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10");
        assert_eq!(unknown.whole(), mark(&api.person("fk-h-017"), &far).whole());
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
              "code": "ersattare_okand",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/replacedBy",
              "sv": "Ärendet som ska gälla i stället finns inte, eller är inte ditt att se.",
              "en": "There is no such case to stand instead, or it is not yours to see.",
              "link": "/v1/rules/ersattare_okand"
            }
          ]
        }"#]]
        .assert_eq(&unknown.whole());
        let itself = mark(&api.fk(), &case);
        assert_eq!(itself.status, 422);
        assert_eq!(itself.json()["errors"][0]["code"], "ersattare_samma_arende");
        assert_eq!(mark(&api.fk(), "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10").status, 422);
        assert_eq!(mark(&api.person("fk-h-017"), &near).status, 201);
        let shown = api.get(&case, &api.fk()).json();
        assert_eq!((&shown["status"], &shown["replacedBy"]), (&json!("felregistrering"), &json!(id(&near))));
    });
}

#[test]
fn access_follows_the_present_offices() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let body = json!({"date": "2016-10-12", "offices": {"fk": "FK-SANDVIKEN", "af": "AF-GAVLE"}});
        let told = api.post_with(&format!("{case}/office-changes"), &api.fk(), &[("if-match", "\"1\"")], &body);
        assert_eq!(told.status, 201, "{}", told.text);
        assert_eq!(api.get(&case, &api.person("fk-h-017")).status, 404);
        assert_eq!(api.get(&case, &api.person("fk-h-018")).status, 200);
    });
}

#[test]
fn a_case_can_be_read_as_it_was_known() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        api.clock.advance(chrono::TimeDelta::days(2));
        let gk = json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-12"});
        assert_eq!(api.post("/v1/registrations", &api.fk(), &gk).status, 201);
        let history = |query: &str| api.get(&format!("{case}/histories{query}"), &api.fk());
        assert_eq!(history("").json()["case"]["step"], "gk");
        assert_eq!(history("?asOf=2016-10-12").json()["case"]["step"], "begaran");
        assert_eq!(history("?asOf=2016-10-12").json()["entries"].as_array().unwrap().len(), 1);
        assert_eq!(history("?asOf=2016-10-01").status, 404);
        let position = history("?asOf=2016-10-12").json()["countedTo"].clone();
        assert_eq!(history(&format!("?countedTo={position}")).json()["case"]["step"], "begaran");
        // Together they say of what an answer tells: known then, and committed by then.
        assert_eq!(history("?asOf=2016-12-31&countedTo=2").json()["case"]["step"], "begaran");
    });
}

#[test]
fn a_history_tells_the_instant_that_was_asked_for_or_now() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        api.clock.advance(chrono::TimeDelta::days(2));
        let history = |query: &str| api.get(&format!("{case}/histories{query}"), &api.fk()).json();
        let as_of = |query: &str| history(query)["asOf"].as_str().unwrap().to_owned();
        // Registered at 11 on the twelfth; now it is the fourteenth.
        let now = "2016-10-14T11:00:00Z";
        assert_eq!(as_of(""), now);
        assert_eq!(as_of("?asOf=2016-10-13T08:30:00%2B02:00"), "2016-10-13T06:30:00Z");
        assert_eq!(as_of("?asOf=2016-10-12"), "2016-10-12T21:59:59.999999Z");
        assert_eq!(as_of("?countedTo=2"), now);
        assert_eq!(as_of("?asOf=2030-01-01"), now, "an instant to come is now");
        // What an answer says of itself gives the same answer again, also when more has been registered.
        let told = history("");
        api.clock.advance(chrono::TimeDelta::seconds(1));
        let gk = json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-12"});
        assert_eq!(api.post("/v1/registrations", &api.fk(), &gk).status, 201);
        let query = format!("?asOf={}&countedTo={}", told["asOf"].as_str().unwrap(), told["countedTo"]);
        assert_eq!(history(&query), told);
    });
}

#[test]
fn a_search_finds_what_is_within_reach_and_tells_only_that_there_is_more() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let search = |token: &str| api.post("/v1/case-searches", token, &json!({"personnummer": "850312-9804"}));
        let found = search(&api.person("fk-h-017")).json();
        assert_eq!(found["items"][0]["link"], *case);
        let elsewhere = search(&api.person("fk-h-018"));
        expect![[r#"
        200
        cache-control: no-store
        content-type: application/json

        {
          "items": [],
          "openCaseElsewhere": true
        }"#]]
        .assert_eq(&elsewhere.whole());
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
              "code": "falt_okant",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/namn",
              "sv": "Fältet finns inte. Tillåtna fält: personnummer eller caseReference.",
              "en": "There is no such field. Allowed fields: personnummer or caseReference.",
              "allowed": {
                "values": [
                  "personnummer",
                  "caseReference"
                ]
              },
              "link": "/v1/rules/falt_okant"
            }
          ]
        }"#]]
        .assert_eq(&api.post("/v1/case-searches", &api.fk(), &json!({"namn": "Anna"})).whole());
    });
}

#[test]
fn a_list_includes_ones_own_write_and_says_when_it_is_asked_too_soon() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let list = |at_least: i64| api.get(&format!("/v1/cases?atLeast={at_least}"), &api.person("fk-h-017"));
        assert_eq!(list(2).json()["items"].as_array().unwrap().len(), 1);
        let early = list(99);
        assert_eq!(early.status, 400, "{}", early.text);
        assert_eq!(early.json()["errors"][0]["pointer"], "/query/atLeast");
    });
}
