//! The API's document: as committed, and every point of the national REST API profile.

use expect_test::expect_file;
use serde_json::{Map, Value};
use sus::http::openapi;

use super::Api;
use crate::support::on_both;

fn document() -> Value {
    serde_json::from_str(&openapi::json().unwrap()).unwrap()
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(String, Value)> {
    object(&document["paths"])
        .iter()
        .flat_map(|(path, item)| object(item).iter().map(move |(verb, op)| (format!("{verb} {path}"), op.clone())))
        .collect()
}

/// What a reference stands for.
fn resolved<'a>(document: &'a Value, answer: &'a Value) -> &'a Value {
    match answer["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => answer,
    }
}

/// Every media type of every body, with where it stands.
fn bodies(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (name, op) in operations(document) {
        for (media, content) in op["requestBody"]["content"].as_object().into_iter().flatten() {
            all.push((format!("{name} request"), media.clone(), content.clone()));
        }
        for (status, answer) in object(&op["responses"]) {
            let answer = resolved(document, answer);
            for (media, content) in answer["content"].as_object().into_iter().flatten() {
                all.push((format!("{name} {status}"), media.clone(), content.clone()));
            }
        }
    }
    all
}

#[test]
fn the_document_is_as_committed() {
    expect_file!["../../../openapi/v1.json"].assert_eq(&openapi::json().unwrap());
}

#[test]
fn the_document_is_served_as_json_and_yaml() {
    on_both(|_, database| {
        let api = Api::over(database);
        assert_eq!(api.get_public("/v1/openapi.json").text, openapi::json().unwrap());
        let yaml = api.get_public("/v1/openapi.yaml");
        assert_eq!(yaml.header("content-type"), Some("application/yaml"));
        assert!(yaml.text.starts_with("openapi: "), "{}", &yaml.text[..40]);
    });
}

#[test]
fn the_head_says_what_the_profile_demands() {
    let document = document();
    let info = &document["info"];
    for pointer in [
        "/title",
        "/version",
        "/description",
        "/termsOfService",
        "/contact/name",
        "/contact/url",
        "/contact/email",
        "/license/name",
        "/license/url",
        "/x-sla/availability",
        "/x-sla/responseTime",
        "/x-sla/support",
    ] {
        assert!(info.pointer(pointer).is_some_and(|v| v.as_str().is_some_and(|t| !t.is_empty())), "info{pointer}");
    }
    let about = info["description"].as_str().unwrap();
    for words in ["Kända begränsningar", "Known limits", "registrerar", "register every step", "MOG.03"] {
        assert!(about.contains(words), "{words}");
    }
    assert!(document["externalDocs"]["url"].is_string());
    for server in document["servers"].as_array().unwrap() {
        let url = server["url"].as_str().unwrap();
        assert!(url.starts_with("https://") && url.ends_with("/v1") && url.split('/').count() == 5, "{url}");
    }
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert!(!document.to_string().contains("\"basic\""));
}

#[test]
fn paths_are_lower_case_with_hyphens_and_hold_no_personnummer() {
    let document = document();
    for path in object(&document["paths"]).keys() {
        assert!(!path.contains('_') && !path.ends_with('/'), "{path}");
        assert!(path.chars().all(|c| c.is_ascii_lowercase() || "/-{}.".contains(c)), "{path}");
    }
    for (name, op) in operations(&document) {
        for parameter in op["parameters"].as_array().unwrap() {
            let parameter_name = parameter["name"].as_str().unwrap().to_lowercase();
            assert!(!parameter_name.contains("personnummer"), "{name}");
            if parameter["in"] == "query" {
                assert_eq!(parameter["required"], false, "{name}: {parameter_name}");
                assert!(parameter["name"].as_str().unwrap().chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
            }
        }
    }
}

#[test]
fn every_operation_and_answer_is_described_and_takes_a_trace() {
    let document = document();
    let mut ids = Vec::new();
    for (name, op) in operations(&document) {
        assert!(op["description"].as_str().is_some_and(|d| d.contains(" / ")), "{name} in both languages");
        ids.push(op["operationId"].as_str().unwrap().to_owned());
        let parameters = op["parameters"].as_array().unwrap();
        assert!(parameters.iter().any(|p| p["name"] == "traceparent" && p["in"] == "header"), "{name}");
        assert!(parameters.iter().all(|p| p["description"].is_string()), "{name}");
        for (status, answer) in object(&op["responses"]) {
            let answer = resolved(&document, answer);
            assert!(answer["description"].as_str().is_some_and(|d| !d.is_empty()), "{name} {status}");
        }
        for status in ["405", "500"] {
            assert!(op["responses"].get(status).is_some(), "{name} {status}");
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "operation ids are unique");
}

#[test]
fn every_body_has_examples_and_every_error_is_a_problem() {
    let document = document();
    for (place, media, content) in bodies(&document) {
        assert!(content["examples"].as_object().is_some_and(|e| !e.is_empty()), "{place} {media}");
        assert!(content.get("example").is_none(), "{place}: examples, not example");
        let status: Option<u16> = place.rsplit(' ').next().and_then(|s| s.parse().ok());
        if status.is_some_and(|s| s >= 400) {
            assert_eq!(media, "application/problem+json", "{place}");
            for example in object(&content["examples"]).values() {
                for member in ["type", "title", "status", "detail", "instance"] {
                    assert!(example["value"].get(member).is_some(), "{place}: {member}");
                }
            }
        }
    }
}

#[test]
fn property_names_are_camel_case_ascii_and_references_are_met() {
    let document = document();
    let mut names = Vec::new();
    collect(&document["components"]["schemas"], &mut names);
    for name in names.iter().filter(|n| !["_meta", "_links"].contains(&n.as_str())) {
        let first = name.chars().next().unwrap();
        assert!(first.is_ascii_lowercase() && name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
    }
    let text = document.to_string();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
    }
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                names.extend(properties.keys().cloned());
            }
            map.values().for_each(|v| collect(v, names));
        }
        Value::Array(items) => items.iter().for_each(|v| collect(v, names)),
        _ => {}
    }
}

#[test]
fn lists_take_page_and_limit_and_answer_meta_and_links() {
    let document = document();
    for (name, op) in operations(&document) {
        let schema =
            op["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_default();
        if !schema.ends_with("List") || schema.ends_with("/CodeList") {
            continue;
        }
        let takes = |wanted: &str| op["parameters"].as_array().unwrap().iter().any(|p| p["name"] == wanted);
        assert!(takes("limit"), "{name}");
        assert!(takes("page") || takes("after"), "{name}");
    }
}

#[test]
fn the_api_says_what_it_is() {
    on_both(|_, database| {
        let api = Api::over(database);
        let info = api.get_public("/v1/api-info").json();
        for name in ["apiName", "apiVersion", "apiReleased", "apiDocumentation", "apiStatus"] {
            assert!(info[name].is_string(), "{name}");
        }
        assert_eq!(info["apiVersion"], openapi::VERSION);
    });
}

#[test]
fn every_documented_operation_is_served() {
    on_both(|_, database| {
        let api = Api::over(database);
        for (name, op) in operations(&document()) {
            let (verb, path) = name.split_once(' ').unwrap();
            let path =
                format!("/v1{}", path.replace("{id}", "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10").replace("{code}", "x"));
            let method = actix_web::http::Method::from_bytes(verb.to_uppercase().as_bytes()).unwrap();
            let told = api.call(method, &path, &[], None);
            let public = op["security"].as_array().unwrap().is_empty();
            assert!(told.status != 405 && (public || told.status == 401), "{name}: {}", told.status);
            assert_eq!(told.header("content-type").unwrap().contains("problem"), told.status >= 400, "{name}");
        }
    });
}

/// A small check of a value against a schema: types, required and known properties, codes. Says where it differs.
fn differs(document: &Value, schema: &Value, value: &Value, place: &str, out: &mut Vec<String>) {
    let schema = resolved(document, schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &Value| {
            let mut wrong = Vec::new();
            differs(document, choice, value, place, &mut wrong);
            wrong.is_empty()
        };
        if !choices.iter().any(fits) {
            out.push(format!("{place}: none of the choices"));
        }
        return;
    }
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => true,
    };
    let fits = match &schema["type"] {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().any(|k| is(k.as_str().unwrap())),
        _ => true,
    };
    if !fits {
        out.push(format!("{place}: not {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        out.push(format!("{place}: {value} is no code"));
    }
    for item in value.as_array().into_iter().flatten() {
        differs(document, &schema["items"], item, &format!("{place}[]"), out);
    }
    let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else { return };
    for (name, field) in fields {
        match properties.get(name) {
            Some(property) => differs(document, property, field, &format!("{place}/{name}"), out),
            None => out.push(format!("{place}/{name}: not in the document")),
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            out.push(format!("{place}/{name}: missing"));
        }
    }
}

#[test]
fn examples_look_as_their_schemas_say() {
    let document = document();
    let mut wrong = Vec::new();
    for (place, media, content) in bodies(&document).into_iter().filter(|(_, media, _)| media.contains("json")) {
        for example in object(&content["examples"]).values() {
            differs(&document, &content["schema"], &example["value"], &format!("{place} {media}"), &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn real_answers_look_as_their_schemas_say() {
    on_both(|_, database| {
        let api = Api::over(database);
        let document = document();
        let fk = api.fk();
        let registered = api.post("/v1/registrations", &fk, &super::begaran("FK-1", super::ANNA));
        let case = registered.json()["case"]["link"].as_str().unwrap().to_owned();
        let batch =
            serde_json::json!([{"caseReference": "FK-1", "step": "gk", "date": "2016-10-12", "answers": {}}, {}]);
        let answers = [
            ("Registered", registered),
            ("BatchResult", api.post("/v1/registrations", &fk, &batch)),
            ("Case", api.get(&case, &fk)),
            ("History", api.get(&format!("{case}/histories"), &fk)),
            ("CaseList", api.get("/v1/cases", &fk)),
            ("SearchResult", api.post("/v1/case-searches", &fk, &serde_json::json!({"caseReference": "FK-1"}))),
            (
                "RegisterExtract",
                api.post("/v1/register-extracts", &fk, &serde_json::json!({"personnummer": super::ANNA})),
            ),
            ("ChangeList", api.get("/v1/changes", &fk)),
            ("OfficeList", api.get("/v1/offices", &fk)),
            ("AreaList", api.get("/v1/areas", &fk)),
            ("MunicipalityList", api.get("/v1/municipalities", &fk)),
            ("CountyList", api.get("/v1/counties", &fk)),
            ("SteeringGroupList", api.get("/v1/steering-groups", &fk)),
            ("HandlerList", api.get("/v1/handlers", &fk)),
            ("LocalAgreementList", api.get("/v1/local-agreements", &fk)),
            ("InsatsDefinitionList", api.get("/v1/insats-definitions", &fk)),
            ("RuleList", api.get("/v1/rules", &fk)),
            ("CodeListList", api.get("/v1/code-lists", &fk)),
            ("ApiInfo", api.get("/v1/api-info", &fk)),
            ("Problem", api.post("/v1/registrations", &fk, &serde_json::json!({}))),
        ];
        let mut wrong = Vec::new();
        for (schema, told) in answers {
            differs(&document, &document["components"]["schemas"][schema], &told.json(), schema, &mut wrong);
        }
        wrong.sort();
        wrong.dedup();
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}
