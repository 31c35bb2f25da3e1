//! The baspaket over HTTP: form, freshness, and what is wrong with a question.

use actix_web::http::Method;
use expect_test::expect;
use serde_json::{Value, json};
use sus::domain::organisation::Role;

use super::{ANNA, Api, bearer};
use crate::support::on_both;

const PERIOD: &str = "from=2016-10-01&to=2016-12-31";

fn reader(api: &Api) -> String {
    api.token("rapport", None, &[Role::Rapportlasare], None)
}

#[test]
fn a_report_after_a_registration_includes_it() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let gk = json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-12"});
        let position = api.post("/v1/registrations", &api.fk(), &gk).json()["position"].clone();
        let path = format!("/v1/reports/baspaket?{PERIOD}&geography=styrgrupp:gavleborg&atLeast={position}");
        let told = api.get(&path, &api.fk());
        assert_eq!(told.status, 200, "{}", told.text);
        let body = told.json();
        assert_eq!(body["report"], "baspaket");
        assert_eq!(body["countedTo"], position);
        let part = body["parts"].as_array().unwrap().iter().find(|p| p["id"] == "nya_gk").unwrap().clone();
        let whole =
            |r: &&serde_json::Value| r["initieradAv"] == "samtliga" && r["kon"] == "samtliga" && r["level"] == "urval";
        assert_eq!(part["rows"].as_array().unwrap().iter().find(whole).unwrap()["antal"], 1);
    });
}

#[test]
fn what_a_report_says_of_itself_gives_it_again() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let path = format!("/v1/reports/baspaket?{PERIOD}");
        let first = api.get(&path, &api.fk()).json();
        let gk = json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-12"});
        assert_eq!(api.post("/v1/registrations", &api.fk(), &gk).status, 201);
        let (as_of, counted_to) = (first["asOf"].as_str().unwrap(), &first["countedTo"]);
        let again = api.get(&format!("{path}&asOf={as_of}&countedTo={counted_to}"), &api.fk()).json();
        assert_eq!(again, first);
        assert_ne!(api.get(&path, &api.fk()).json()["parts"], first["parts"]);
    });
}

#[test]
fn csv_comes_by_accept_or_by_name() {
    on_both(|_, database| {
        let api = Api::over(database);
        let path = format!("/v1/reports/baspaket?{PERIOD}");
        let headers = [("authorization", &*bearer(&reader(&api))), ("accept", "text/csv")];
        let by_accept = api.call(Method::GET, &path, &headers, None);
        let by_name = api.get(&format!("{path}&format=csv"), &reader(&api));
        assert_eq!(by_accept.text, by_name.text);
        assert!(by_accept.text.starts_with("part,"), "{}", by_accept.text);
        assert!(by_accept.header("content-type").unwrap().starts_with("text/csv"));
    });
}

#[test]
fn everything_wrong_with_a_question_is_told_at_once() {
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
              "code": "falt_ogiltigt_varde",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/query/to",
              "sv": "Värdet är inte tillåtet. Tillåtet: ett datum som 2016-10-12, från 1900 till 2199.",
              "en": "The value is not allowed. Allowed: a date such as 2016-10-12, from 1900 to 2199.",
              "allowed": {
                "shape": {
                  "sv": "ett datum som 2016-10-12, från 1900 till 2199",
                  "en": "a date such as 2016-10-12, from 1900 to 2199"
                }
              },
              "link": "/v1/rules/falt_ogiltigt_varde"
            },
            {
              "code": "falt_saknas",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/query/from",
              "sv": "Fältet saknas. Väntat värde: ett datum som 2016-10-12, från 1900 till 2199.",
              "en": "The field is missing. Expected: a date such as 2016-10-12, from 1900 to 2199.",
              "allowed": {
                "shape": {
                  "sv": "ett datum som 2016-10-12, från 1900 till 2199",
                  "en": "a date such as 2016-10-12, from 1900 to 2199"
                }
              },
              "link": "/v1/rules/falt_saknas"
            },
            {
              "code": "falt_ogiltigt_varde",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/query/geography",
              "sv": "Värdet är inte tillåtet. Tillåtet: riket, lan:NN, kommun:NNNN, fk-omrade:…, af-omrade:…, fk-kontor:…, af-kontor:…, fk-kontor-med-foregangare:…, af-kontor-med-foregangare:… eller styrgrupp:….",
              "en": "The value is not allowed. Allowed: riket, lan:NN, kommun:NNNN, fk-omrade:…, af-omrade:…, fk-kontor:…, af-kontor:…, fk-kontor-med-foregangare:…, af-kontor-med-foregangare:… or styrgrupp:….",
              "allowed": {
                "values": [
                  "riket",
                  "lan:NN",
                  "kommun:NNNN",
                  "fk-omrade:…",
                  "af-omrade:…",
                  "fk-kontor:…",
                  "af-kontor:…",
                  "fk-kontor-med-foregangare:…",
                  "af-kontor-med-foregangare:…",
                  "styrgrupp:…"
                ]
              },
              "link": "/v1/rules/falt_ogiltigt_varde"
            },
            {
              "code": "falt_ogiltigt_varde",
              "ruleVersion": 1,
              "severity": "error",
              "pointer": "/query/lang",
              "sv": "Värdet är inte tillåtet. Tillåtet: sv eller en.",
              "en": "The value is not allowed. Allowed: sv or en.",
              "allowed": {
                "values": [
                  "sv",
                  "en"
                ]
              },
              "link": "/v1/rules/falt_ogiltigt_varde"
            }
          ]
        }"#]].assert_eq(&api.get("/v1/reports/baspaket?to=2016&geography=mars&lang=fi", &reader(&api)).whole());
        let unknown = api.get(&format!("/v1/reports/baspaket?{PERIOD}&geography=styrgrupp:mars"), &reader(&api));
        assert_eq!(unknown.status, 400);
        assert_eq!(unknown.json()["errors"][0]["allowed"], json!({"values": ["styrgrupp:gavleborg"]}));
        let ahead = api.get(&format!("/v1/reports/baspaket?{PERIOD}&atLeast=999999"), &reader(&api));
        assert_eq!(ahead.json()["errors"][0]["pointer"], "/query/atLeast");
    });
}

/// A client that knows nothing but the list asks for every report, each selected and split by something of all that it
/// takes, and follows the registers to the codes of places.
#[test]
fn the_list_of_reports_alone_is_enough_to_ask_for_any_of_them() {
    on_both(|_, database| {
        let api = Api::over(database);
        let token = reader(&api);
        let get = |path: &str| {
            let told = api.get(path, &token);
            assert_eq!(told.status, 200, "{path}: {}", told.text);
            told.json()
        };
        let list = get("/v1/reports?limit=100");
        let question = &list["question"];
        let places: Vec<&str> =
            question["geographies"].as_array().unwrap().iter().filter_map(|g| g["register"].as_str()).collect();
        assert!(places.iter().all(|register| get(register)["items"].as_array().is_some_and(|all| !all.is_empty())));
        let required: Vec<&Value> =
            question["parameters"].as_array().unwrap().iter().filter(|p| p["required"] == true).collect();
        let required: Vec<String> = required
            .iter()
            .map(|p| format!("{}={}", p["name"].as_str().unwrap(), p["example"].as_str().unwrap()))
            .collect();
        for report in list["items"].as_array().unwrap() {
            let variables = &report["variables"];
            for (at, variable) in variables["selections"].as_array().unwrap().iter().enumerate() {
                assert!(variable["sv"] != variable["name"] && variable["en"].is_string(), "{variable}");
                let labels = variable["labels"].as_array().unwrap();
                let register = variable["register"].as_str().map(&get);
                let code = match &register {
                    Some(register) => &register["items"][0]["code"],
                    None => &labels[at % labels.len()]["code"],
                };
                let mut query = required.clone();
                let name = variable["name"].as_str().unwrap();
                query.push(format!("{name}={}", code.as_str().unwrap()));
                let needed = variables["requires"].as_str().filter(|needed| *needed != name);
                query.extend(needed.map(|needed| format!("{needed}=ingen")));
                let splits = variables["splits"].as_array().unwrap();
                query.extend(
                    (!splits.is_empty()).then(|| format!("split={}", splits[at % splits.len()].as_str().unwrap())),
                );
                get(&format!("{}?{}&part=1", report["link"].as_str().unwrap(), query.join("&")));
            }
            let refused = variables["refused"].as_array().unwrap();
            let taken = variables["selections"].as_array().unwrap().len();
            assert_eq!(taken + refused.iter().filter(|r| r["as"] == "selection").count(), 21, "{report}");
        }
        for form in question["formats"].as_array().unwrap() {
            let part = if form["onePart"] == true { "&part=1" } else { "" };
            let path =
                format!("/v1/reports/status?{}&format={}{part}", required.join("&"), form["format"].as_str().unwrap());
            assert_eq!(api.get(&path, &token).status, 200, "{path}");
        }
    });
}

#[test]
fn the_list_of_reports_says_what_each_means() {
    on_both(|_, database| {
        let api = Api::over(database);
        let body = api.get("/v1/reports", &reader(&api)).json();
        assert_eq!(body["items"][0]["id"], "baspaket");
        assert_eq!(body["items"][0]["parts"].as_array().unwrap().len(), 10);
    });
}
