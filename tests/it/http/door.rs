//! Before anything is read: who, role, query, formats, method, size. Whole answers.

use actix_web::http::Method;
use chrono::TimeDelta;
use expect_test::expect;
use serde_json::json;
use sus::domain::organisation::Role;
use sus::domain::step::Agency;

use super::{Api, TRACEPARENT, bearer, begaran};
use crate::support::on_both;

#[test]
fn without_a_token_nobody_is_let_in() {
    on_both(|_, database| {
        let api = Api::over(database);
        expect![[r#"
        401
        cache-control: no-store
        content-type: application/problem+json
        www-authenticate: Bearer realm="sus"

        {
          "type": "urn:sus:problem:ej_inloggad",
          "title": "Giltig åtkomst saknas",
          "titleEn": "There is no valid access token",
          "status": 401,
          "detail": "Ingen åtkomst (bearer token) skickades.",
          "detailEn": "No bearer token was sent.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&api.get_public("/v1/cases").whole());
    });
}

#[test]
fn a_token_that_has_expired_is_told_so() {
    on_both(|_, database| {
        let api = Api::over(database);
        let token = api.fk();
        api.clock.advance(TimeDelta::hours(9));
        expect![[r#"
        401
        cache-control: no-store
        content-type: application/problem+json
        www-authenticate: Bearer realm="sus", error="invalid_token"

        {
          "type": "urn:sus:problem:ej_inloggad",
          "title": "Giltig åtkomst saknas",
          "titleEn": "There is no valid access token",
          "status": 401,
          "detail": "Åtkomsten har gått ut.",
          "detailEn": "The token has expired.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&api.get("/v1/cases", &token).whole());
    });
}

#[test]
fn an_administrator_who_is_also_responsible_for_participants_is_refused() {
    on_both(|_, database| {
        let api = Api::over(database);
        let roles = [Role::Samverkansadministrator, Role::Deltagaransvarig];
        let token = api.token("fk-web", Some(Agency::Fk), &roles, Some("fk-h-017"));
        expect![[r#"
        403
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:ej_behorig",
          "title": "Behörighet saknas",
          "titleEn": "Not allowed",
          "status": 403,
          "detail": "Rollerna i åtkomsten går inte ihop eller saknar det de kräver.",
          "detailEn": "Samverkansadministrator can't be combined with deltagaransvarig or system.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&api.get("/v1/offices", &token).whole());
    });
}

#[test]
fn a_role_without_personal_data_is_refused_whether_the_case_exists_or_not() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", super::ANNA);
        let token = api.token("rapport", None, &[Role::Rapportlasare], None);
        let there = api.get(&case, &token);
        let not_there = api.get("/v1/cases/0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10", &token);
        assert_eq!(there.whole(), not_there.whole());
        assert_eq!(there.status, 403);
    });
}

#[test]
fn a_case_out_of_reach_is_as_one_that_does_not_exist() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", super::ANNA);
        let there = api.get(&case, &api.person("fk-h-018"));
        let not_there = api.get("/v1/cases/0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10", &api.person("fk-h-018"));
        assert_eq!(there.whole(), not_there.whole());
        assert_eq!(there.status, 404);
        assert_eq!(api.get(&case, &api.person("fk-h-017")).status, 200);
    });
}

#[test]
fn unknown_and_repeated_query_names_are_refused_by_name() {
    on_both(|_, database| {
        let api = Api::over(database);
        expect![[r#"
        400
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:frageparameter_fel",
          "title": "Frågan kan inte läsas",
          "titleEn": "The query can't be read",
          "status": 400,
          "detail": "Frågan kan inte läsas",
          "detailEn": "The query can't be read",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c",
          "errors": [
            {
              "code": "falt_okant",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/query/sida",
              "sv": "Fältet finns inte. Tillåtna fält: handler, office, status, step, dueBefore, waiting, missing, atLeast, page eller limit.",
              "en": "There is no such field. Allowed fields: handler, office, status, step, dueBefore, waiting, missing, atLeast, page or limit.",
              "allowed": {
                "values": [
                  "handler",
                  "office",
                  "status",
                  "step",
                  "dueBefore",
                  "waiting",
                  "missing",
                  "atLeast",
                  "page",
                  "limit"
                ]
              },
              "link": "/v1/rules/falt_okant"
            },
            {
              "code": "falt_ogiltigt_varde",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/query/page",
              "sv": "Värdet är inte tillåtet. Tillåtet: parametern en gång.",
              "en": "The value is not allowed. Allowed: the parameter once.",
              "allowed": {
                "shape": {
                  "sv": "parametern en gång",
                  "en": "the parameter once"
                }
              },
              "link": "/v1/rules/falt_ogiltigt_varde"
            }
          ]
        }"#]].assert_eq(&api.get("/v1/cases?sida=2&page=1&page=2", &api.fk()).whole());
        let told = api.get("/v1/cases?198503129804=1", &api.fk());
        assert_eq!(told.status, 400);
        assert!(!told.text.contains("198503129804"));
    });
}

#[test]
fn wrong_values_of_a_query_are_told_together() {
    on_both(|_, database| {
        let api = Api::over(database);
        let told = api.get("/v1/cases?page=0&limit=101&status=closed&dueBefore=ig%C3%A5r&handler=me", &api.fk());
        let errors = told.json()["errors"].clone();
        let pointers: Vec<&str> = errors.as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/query/page", "/query/limit", "/query/handler", "/query/status", "/query/dueBefore"]);
    });
}

#[test]
fn a_wrong_method_format_or_media_type_is_told_what_would_be_right() {
    on_both(|_, database| {
        let api = Api::over(database);
        let token = bearer(&api.fk());
        let deleted = api.call(Method::DELETE, "/v1/cases", &[("authorization", &token)], None);
        expect![[r#"
        405
        allow: GET, HEAD, OPTIONS
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:metod_ej_tillaten",
          "title": "Metoden är inte tillåten här",
          "titleEn": "The method is not allowed here",
          "status": 405,
          "detail": "Tillåtna metoder: GET, HEAD, OPTIONS.",
          "detailEn": "Allowed methods: GET, HEAD, OPTIONS.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&deleted.whole());
        let html = api.call(Method::GET, "/v1/rules", &[("accept", "text/html")], None);
        expect![[r#"
        406
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:format_saknas",
          "title": "Begärt format finns inte",
          "titleEn": "The format asked for is not available",
          "status": 406,
          "detail": "Format som finns: application/json.",
          "detailEn": "Available formats: application/json.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&html.whole());
        let xml = [("authorization", token.as_str()), ("content-type", "application/xml")];
        expect![[r#"
        415
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:fel_medietyp",
          "title": "Innehållets medietyp stöds inte",
          "titleEn": "The media type of the body is not supported",
          "status": 415,
          "detail": "Väntat: application/json, application/x-ndjson.",
          "detailEn": "Expected: application/json, application/x-ndjson.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&api.call(Method::POST, "/v1/registrations", &xml, Some("<a/>")).whole());
    });
}

#[test]
fn broken_json_is_told_by_its_place_only() {
    on_both(|_, database| {
        let api = Api::over(database);
        let headers = [("authorization", &*bearer(&api.fk())), ("content-type", "application/json")];
        let told = api.call(Method::POST, "/v1/registrations", &headers, Some("{\"participant\":198503129804"));
        expect![[r#"
        400
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:json_fel",
          "title": "Innehållet är inte giltig JSON",
          "titleEn": "The body is not valid JSON",
          "status": 400,
          "detail": "Rad 1, tecken 27.",
          "detailEn": "Line 1, column 27.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&told.whole());
    });
}

#[test]
fn the_announced_limits_hold() {
    on_both(|_, database| {
        let api = Api::over(database);
        let long = json!({"caseReference": "x".repeat(30_000)});
        expect![[r#"
        413
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:for_stort",
          "title": "Innehållet är för stort",
          "titleEn": "The body is too large",
          "status": 413,
          "detail": "Högst 20000 byte.",
          "detailEn": "At most 20000 bytes.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&api.post("/v1/registrations", &api.fk(), &long).whole());
        let many = json!(vec![json!({}); 21]);
        assert_eq!(api.post("/v1/registrations", &api.fk(), &many).status, 413);
    });
}

#[test]
fn a_trace_is_taken_given_back_and_made_when_absent() {
    on_both(|_, database| {
        let api = Api::over(database);
        let kept = api.get_public("/v1/rules");
        assert_eq!(kept.header("traceparent").unwrap().split('-').nth(1), TRACEPARENT.split('-').nth(1));
        assert_ne!(kept.header("traceparent"), Some(TRACEPARENT), "the span is our own");
        let made = api.call(Method::GET, "/v1/nowhere", &[("traceparent", "nonsense")], None);
        let id = made.header("traceparent").unwrap().split('-').nth(1).unwrap().to_owned();
        assert_eq!(id.len(), 32);
        assert_eq!(made.json()["instance"], format!("urn:sus:trace:{id}"));
        expect![[r#"
        404
        cache-control: no-store
        content-type: application/problem+json

        {
          "type": "urn:sus:problem:finns_inte",
          "title": "Finns inte",
          "titleEn": "Not found",
          "status": 404,
          "detail": "Finns inte",
          "detailEn": "Not found",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
        .assert_eq(&api.get_public("/v1/nowhere").whole());
    });
}

#[test]
fn health_is_outside_the_api_and_asks_for_no_token() {
    on_both(|_, database| {
        let api = Api::over(database);
        assert_eq!(api.get_public("/health/live").status, 200);
        assert_eq!(api.get_public("/health/ready").json()["status"], "ready");
    });
}

#[test]
fn head_is_answered_as_get_without_a_body() {
    on_both(|_, database| {
        let api = Api::over(database);
        assert_eq!(api.call(Method::HEAD, "/v1/rules", &[], None).status, 200);
    });
}

#[test]
fn no_answer_that_says_no_repeats_a_personnummer() {
    on_both(|_, database| {
        let api = Api::over(database);
        let mut body = begaran("198503129804", "198503129805");
        body["198503129804"] = json!(1);
        body["district"] = json!("198503129804");
        body["clientReference"] = json!("850312-9804");
        for (path, body) in [("/v1/registrations", body.clone()), ("/v1/registrations?atomic=true", json!([body]))] {
            let told = api.post(path, &api.fk(), &body);
            assert_eq!(told.status, 422, "{}", told.text);
            assert!(!told.text.contains("1985031298") && !told.text.contains("850312"), "{}", told.text);
        }
        for path in
            ["/v1/cases?office=198503129804", "/v1/reports/baspaket?from=2016-10-01&geography=kommun:850312-9804"]
        {
            let told = api.get(path, &api.fk());
            assert_eq!(told.status, 400, "{}", told.text);
            assert_eq!(told.json()["errors"][0]["code"], "fritext_personnummer");
            assert!(!told.text.contains("850312"), "{}", told.text);
        }
    });
}

#[test]
fn names_that_are_not_there_are_told_with_what_is_wrong_with_values() {
    on_both(|_, database| {
        let api = Api::over(database);
        let told = |path: &str| {
            let answer = api.get(path, &api.fk());
            assert_eq!(answer.status, 400, "{path}");
            let problem = answer.json();
            let errors = problem["errors"].as_array().unwrap();
            errors.iter().map(|e| e["pointer"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let report = "/v1/reports/baspaket?from=x&to=2018-01-01&to=2018-01-02&lang=no";
        assert_eq!(told(report), ["/query/to", "/query/from", "/query/lang"]);
        assert_eq!(told("/v1/cases?sida=2&status=x"), ["/query/sida", "/query/status"]);
        // Nothing else is wrong with it.
        assert_eq!(told("/v1/rules?bar=1"), ["/query/bar"]);
        let twice = told("/v1/reports/deltagare-tider?from=2018-01-01&to=2018-02-01&split=,");
        assert_eq!(twice, ["/query/split"], "once is enough");
    });
}
