//! What is wrong with a question for the reasons of changed figures.

use expect_test::expect;
use serde_json::json;

use crate::http::Api;
use crate::support::on_both;

#[test]
fn everything_wrong_with_the_question_is_told() {
    on_both(|_, database| {
        let api = Api::over(database);
        let ask = |query: &str| api.get(&format!("/v1/reports/{query}"), &api.fk());
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
              "code": "falt_saknas",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/query/asOf",
              "sv": "Fältet saknas. Väntat värde: en tidpunkt som 2016-12-31T10:00:00Z, eller ett datum.",
              "en": "The field is missing. Expected: an instant such as 2016-12-31T10:00:00Z, or a date.",
              "allowed": {
                "shape": {
                  "sv": "en tidpunkt som 2016-12-31T10:00:00Z, eller ett datum",
                  "en": "an instant such as 2016-12-31T10:00:00Z, or a date"
                }
              },
              "link": "/v1/rules/falt_saknas"
            }
          ]
        }"#]]
        .assert_eq(&ask("baspaket/difference?from=2016-10-01&to=2016-12-31").whole());
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
              "code": "falt_ogiltigt_varde",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/query/and",
              "sv": "Värdet är inte tillåtet. Tillåtet: en tidpunkt som inte är före asOf.",
              "en": "The value is not allowed. Allowed: an instant that is not before asOf.",
              "allowed": {
                "shape": {
                  "sv": "en tidpunkt som inte är före asOf",
                  "en": "an instant that is not before asOf"
                }
              },
              "link": "/v1/rules/falt_ogiltigt_varde"
            }
          ]
        }"#]]
        .assert_eq(&ask("baspaket/difference?from=2016-10-01&to=2016-12-31&asOf=2016-10-12&and=2016-10-11").whole());
        let ahead = ask("baspaket/difference?from=2016-10-01&to=2016-12-31&countedTo=99").json();
        assert_eq!(ahead["errors"][0]["pointer"], "/query/countedTo");
        let ahead = ask("baspaket/difference?from=2016-10-01&to=2016-12-31&asOf=2016-10-12&andCountedTo=99").json();
        assert_eq!(ahead["errors"][0]["pointer"], "/query/andCountedTo");
        assert_eq!(ask("mars/difference?from=2016-10-01&to=2016-12-31&asOf=2016-10-12").status, 404);
    });
}

#[test]
fn positions_instants_and_places_that_are_wrong_are_told_together() {
    on_both(|_, database| {
        let api = Api::over(database);
        let pointers = |query: &str| {
            let told = api.get(&format!("/v1/reports/{query}"), &api.fk());
            assert_eq!(told.status, 400, "{query}");
            let errors = told.json()["errors"].as_array().cloned().unwrap_or_default();
            errors.iter().map(|e| e["pointer"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
        };
        let nowhere = "from=2016-10-01&to=2016-12-31&geography=lan:99";
        assert_eq!(pointers(&format!("baspaket?{nowhere}&countedTo=99")), ["/query/countedTo", "/query/geography"]);
        let both = format!("baspaket?{nowhere}&atLeast=99&countedTo=98");
        assert_eq!(pointers(&both), ["/query/countedTo", "/query/atLeast", "/query/geography"]);
        let ahead = format!("baspaket/difference?{nowhere}&countedTo=98&andCountedTo=99");
        assert_eq!(pointers(&ahead), ["/query/countedTo", "/query/andCountedTo", "/query/geography"]);
        let reversed = format!("baspaket/difference?{nowhere}&asOf=2016-10-12&and=2016-10-11&page=0");
        assert_eq!(pointers(&reversed), ["/query/and", "/query/page", "/query/geography"]);
        let both = "baspaket/difference?from=2016-10-01&to=2016-12-31&asOf=2016-10-12&and=2016-10-11&andCountedTo=99";
        assert_eq!(pointers(both), ["/query/and", "/query/andCountedTo"]);
        let package = "package=0157bdb2-e380-7cc4-8868-d11b3bada1da";
        let no_period = format!("baspaket?from=2016-12-31&to=2016-10-01&geography=lan:99&countedTo=99&{package}");
        let all = ["/query/to", "/query/countedTo", "/query/geography", "/query/package"];
        assert_eq!(pointers(&no_period), all);
        assert_eq!(pointers(&format!("baspaket?{nowhere}&countedTo=99&{package}")), all[1..]);
        let cases = format!("datakvalitet/cases?{nowhere}&part=forsenade&countedTo=99");
        assert_eq!(pointers(&cases), ["/query/countedTo", "/query/geography"]);
        let cases = format!("datakvalitet/cases?{nowhere}&part=april&enhet=FK-MARS&forfallet=zz");
        assert_eq!(pointers(&cases), ["/query/part", "/query/forfallet", "/query/geography", "/query/enhet"]);
        let days = ("2016-10-01", "2016-09-30");
        let body = json!({"name": "", "report": "baspaket", "from": days.0, "to": days.1, "geography": "lan:99", "atLeast": 99});
        let frozen = api.post("/v1/frozen-reports", &api.fk(), &body).json();
        let pointers = frozen["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap());
        assert_eq!(pointers.collect::<Vec<_>>(), ["/name", "/to", "/atLeast", "/geography"]);
    });
}
