//! Registers as they were: a report counts by the areas, offices and steering groups that were known with it, so it is
//! the same when the registers have changed since.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::antal;
use crate::http::{ANNA, Api};
use crate::support::posting::{begaran, gk};
use crate::support::{Database, on_both, organisation};

const PERIOD: &str = "/v1/reports/baspaket?from=2016-10-01&to=2016-12-31";

/// One mapping held in Gävle, and two areas of FK.
fn with_a_mapping(database: &Database) -> Api {
    let mut register = organisation();
    register["areas"].as_array_mut().unwrap().push(json!({"code": "FK-OST", "agency": "FK", "name": "Öst"}));
    let api = Api::around(database, "2016-10-12", &register);
    for body in [begaran("FK-1", ANNA, "2016-10-03"), gk("FK-1", "2016-10-12")] {
        assert_eq!(api.post("/v1/registrations", &api.fk(), &body).status, 201);
    }
    api
}

fn pull(api: &Api, query: &str) -> Value {
    let told = api.get(&format!("{PERIOD}{query}"), &api.fk());
    assert_eq!(told.status, 200, "{query}: {}", told.text);
    told.json()
}

fn held(report: &Value) -> i64 {
    antal(report, "nya_gk", &[("initieradAv", "samtliga")])
}

/// The question that gives a report again, by what it says of itself.
fn again(geography: &str, report: &Value) -> String {
    format!("&geography={geography}&asOf={}&countedTo={}", report["asOf"].as_str().unwrap(), report["countedTo"])
}

/// Changes one entry of a register an hour later, and an hour passes.
fn change(api: &Api, kind: &str, code: &str, with: impl FnOnce(&mut Value)) {
    api.clock.advance(TimeDelta::hours(1));
    let mut entry = organisation()[kind].as_array().unwrap().iter().find(|e| e["code"] == code).unwrap().clone();
    with(&mut entry);
    api.service().import_organisation(&json!({kind: [entry]})).unwrap();
    api.clock.advance(TimeDelta::hours(1));
}

#[test]
fn an_office_that_moved_to_another_area_counts_where_it_was() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let office = organisation()["offices"][0].clone();
        let (code, area) = (office["code"].as_str().unwrap(), office["area"].as_str().unwrap());
        let old = format!("fk-omrade:{area}");
        let before = pull(&api, &format!("&geography={old}"));
        assert_eq!(held(&before), 1);
        change(&api, "offices", code, |office| office["area"] = json!("FK-OST"));
        assert_eq!(held(&pull(&api, &format!("&geography={old}"))), 0, "the report of today counts by the new area");
        assert_eq!(held(&pull(&api, "&geography=fk-omrade:FK-OST")), 1);
        assert_eq!(pull(&api, &again(&old, &before)), before, "the earlier report is the same");
        let by_instant = pull(&api, &format!("&geography={old}&asOf={}", before["asOf"].as_str().unwrap()));
        assert_eq!(by_instant["parts"], before["parts"], "also by its instant alone");
        let by_position = pull(&api, &format!("&geography={old}&countedTo={}", before["countedTo"]));
        assert_eq!(by_position["parts"], before["parts"], "and by its position alone");
    });
}

#[test]
fn a_steering_group_that_changed_its_members_counts_those_it_had() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let group = "styrgrupp:gavleborg";
        let before = pull(&api, &format!("&geography={group}"));
        assert_eq!(held(&before), 1);
        change(&api, "steeringGroups", "gavleborg", |group| {
            group.as_object_mut().unwrap().remove("offices");
            group["municipalities"] = json!(["2182"]);
        });
        let after = pull(&api, &format!("&geography={group}"));
        assert_eq!(held(&after), 0);
        change(&api, "steeringGroups", "gavleborg", |group| group["name"] = json!("Gävleborgs län"));
        assert_eq!(pull(&api, &again(group, &before)), before);
        assert_eq!(pull(&api, &again(group, &after)), after);
        assert_eq!(pull(&api, &format!("&geography={group}"))["geography"]["name"], "Gävleborgs län");
    });
}

#[test]
fn before_the_registers_were_loaded_they_are_as_first_loaded() {
    on_both(|_, database| {
        let api = with_a_mapping(database);
        let report = pull(&api, "&geography=styrgrupp:gavleborg&asOf=2016-10-01");
        assert_eq!((held(&report), &report["geography"]["name"]), (0, &organisation()["steeringGroups"][0]["name"]));
    });
}

#[test]
fn before_the_registers_were_loaded_those_that_came_piece_by_piece_are_all_there() {
    on_both(|_, database| {
        let (whole, mut first) = (organisation(), organisation());
        let mut later = whole["offices"].as_array().unwrap().clone();
        let sandviken = |office: &Value| office["code"] != "FK-SANDVIKEN";
        first["offices"].as_array_mut().unwrap().retain(sandviken);
        later.retain(|office| !sandviken(office));
        first["handlers"].as_array_mut().unwrap().retain(|h| h["assignments"][0]["office"] != "FK-SANDVIKEN");
        let group = &mut first["steeringGroups"][0]["offices"];
        group.as_array_mut().unwrap().retain(|code| code != "FK-SANDVIKEN");
        let api = Api::around(database, "2016-10-12", &first);
        let loaded_first = pull(&api, "")["countedTo"].clone();
        api.clock.advance(TimeDelta::days(3));
        api.service().import_organisation(&json!({"offices": later})).unwrap();
        change(&api, "offices", "FK-SANDVIKEN", |office| office["name"] = json!("Sandviken och Hofors"));
        let named = |query: &str| {
            let told = api.get(&format!("{PERIOD}&geography=fk-kontor:FK-SANDVIKEN{query}"), &api.fk());
            told.json()["geography"]["name"].clone()
        };
        let first_name = later[0]["name"].clone();
        assert_eq!(named(""), "Sandviken och Hofors");
        assert_eq!(named("&asOf=2016-10-01"), first_name, "before any were loaded");
        assert_eq!(named("&asOf=2016-10-13"), Value::Null, "when some were, those that were known count");
        assert_eq!(named(&format!("&asOf=2016-10-01&countedTo={loaded_first}")), Value::Null);
    });
}
