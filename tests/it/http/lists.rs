//! Lists: cases by what is due, the change feed, registers, code lists, rules.

use actix_web::http::Method;
use serde_json::json;
use sus::domain::organisation::Role;

use super::{ANNA, Api, bearer};
use crate::support::leaks::without_ids;
use crate::support::{Database, on_both};

fn numbers() -> [&'static str; 3] {
    [ANNA, "199001019802", "197512319809"]
}

fn three(database: &Database) -> Api {
    let api = Api::over(database);
    for (index, number) in valid_numbers().iter().enumerate() {
        api.opened(&format!("FK-{index}"), number);
    }
    api
}

/// The first is as given; the others get the check digit that fits.
fn valid_numbers() -> Vec<String> {
    let births = [(1985, 3, 12), (1990, 1, 1), (1975, 12, 31)];
    let number = |(y, m, d)| {
        let birth = chrono::NaiveDate::from_ymd_opt(y, m, d).unwrap();
        sus::domain::person::test_number(birth, 980).as_digits().to_owned()
    };
    assert_eq!(numbers().len(), births.len());
    births.into_iter().map(number).collect()
}

#[test]
fn pages_keep_the_other_parameters() {
    on_both(|_, database| {
        let api = three(database);
        let first = api.get("/v1/cases?limit=2&step=begaran&office=FK-GAVLE", &api.fk()).json();
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        assert_eq!(first["_meta"], json!({"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}));
        assert_eq!(first["_links"].get("prev"), None);
        let next = first["_links"]["next"]["href"].as_str().unwrap();
        assert_eq!(next, "/v1/cases?page=2&limit=2&step=begaran&office=FK-GAVLE");
        let second = api.get(next, &api.fk()).json();
        assert_eq!(second["items"].as_array().unwrap().len(), 1);
        let beyond = api.get("/v1/cases?page=9", &api.fk());
        assert_eq!((beyond.status, beyond.json()["items"].clone()), (200, json!([])));
    });
}

#[test]
fn cases_are_chosen_by_office_handler_status_step_and_due_day() {
    on_both(|_, database| {
        let api = three(database);
        let count = |query: &str, token: &str| {
            let told = api.get(&format!("/v1/cases?{query}"), token);
            assert_eq!(told.status, 200, "{}", told.text);
            told.json()["_meta"]["totalItems"].as_i64().unwrap()
        };
        for (query, expected) in [
            ("", 3),
            ("office=FK-SANDVIKEN", 0),
            ("office=NOWHERE", 0),
            ("status=ended", 0),
            ("step=gk", 0),
            ("dueBefore=2016-10-31", 0),
            ("dueBefore=2016-11-01", 3),
            ("waiting=false", 3),
            ("waiting=true", 0),
            ("missing=true", 3),
        ] {
            assert_eq!(count(query, &api.fk()), expected, "{query}");
        }
        assert_eq!(count("waiting=true", &api.af()), 3);
        assert_eq!(count("", &api.person("fk-h-017")), 3);
        assert_eq!(count("", &api.person("fk-h-018")), 0);
        assert_eq!(count("handler=me", &api.person("fk-h-017")), 0);
    });
}

#[test]
fn the_feed_tells_everything_in_order_without_identity() {
    on_both(|_, database| {
        let api = three(database);
        let token = api.token("drift", None, &[Role::Systemforvaltare], None);
        let mut after = 0;
        let mut seen = Vec::new();
        loop {
            let told = api.get(&format!("/v1/changes?after={after}&limit=2"), &token);
            assert_eq!(told.status, 200, "{}", told.text);
            let body = told.json();
            let items = body["items"].as_array().unwrap().clone();
            if items.is_empty() {
                break;
            }
            after = body["_meta"]["last"].as_i64().unwrap();
            seen.extend(items);
            let text = without_ids(&told.text);
            assert!(!text.contains("1985") && !text.contains("kvinna"), "{text}");
        }
        let positions: Vec<i64> = seen.iter().map(|i| i["position"].as_i64().unwrap()).collect();
        assert_eq!(positions, (1..=positions.len() as i64).collect::<Vec<_>>());
        assert_eq!(seen.iter().filter(|i| i["step"] == "begaran").count(), 3);
        assert_eq!(api.get("/v1/changes", &api.person("fk-h-017")).status, 403);
    });
}

#[test]
fn registers_are_open_to_every_role_and_kept_by_their_etag() {
    on_both(|_, database| {
        let api = Api::over(database);
        let token = api.token("rapport", None, &[Role::Rapportlasare], None);
        for (path, count) in [
            ("offices", 4),
            ("areas", 2),
            ("steering-groups", 1),
            ("handlers", 3),
            ("local-agreements", 1),
            ("insats-definitions", 1),
            ("counties?validOn=2016-10-12", 21),
            ("municipalities?validOn=2016-10-12", 290),
            ("offices?agency=FK&validOn=2016-10-12", 2),
            ("offices?validOn=2009-12-31", 0),
        ] {
            let told = api.get(&format!("/v1/{path}"), &token);
            assert_eq!(told.status, 200, "{path}: {}", told.text);
            assert_eq!(told.json()["_meta"]["totalItems"], count, "{path}");
            let tag = told.header("etag").unwrap().to_owned();
            let headers = [("authorization", &*bearer(&token)), ("if-none-match", &*tag)];
            assert_eq!(api.call(Method::GET, &format!("/v1/{path}"), &headers, None).status, 304, "{path}");
        }
        assert_eq!(api.get_public("/v1/offices").status, 401);
    });
}

#[test]
fn rules_and_code_lists_are_public_and_cacheable() {
    on_both(|_, database| {
        let api = Api::over(database);
        let rule = api.get_public("/v1/rules/gk_planerad_samma_dag");
        assert_eq!(rule.json()["code"], "gk_planerad_samma_dag");
        assert!(rule.header("cache-control").unwrap().starts_with("max-age"));
        let tag = rule.header("etag").unwrap().to_owned();
        let again = [("if-none-match", tag.as_str())];
        assert_eq!(api.call(Method::GET, "/v1/rules/gk_planerad_samma_dag", &again, None).status, 304);
        assert_eq!(api.get_public("/v1/rules/nonsense").status, 404);
        let lists = api.get_public("/v1/code-lists?limit=100").json();
        for list in lists["items"].as_array().unwrap() {
            let whole = api.get_public(list["link"].as_str().unwrap()).json();
            let codes = whole["codes"].as_array().unwrap();
            assert_eq!(codes.len() as u64, list["count"].as_u64().unwrap());
            assert!(codes.iter().all(|c| c["code"].is_string() && c["sv"].is_string() && c["en"].is_string()));
        }
        for id in ["steps", "roles", "formaner", "tid-offentlig-forsorjning", "counties"] {
            assert_eq!(api.get_public(&format!("/v1/code-lists/{id}")).status, 200, "{id}");
        }
    });
}
