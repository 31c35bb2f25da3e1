//! One case: reading it, changing it, as it was known; and finding it.

use expect_test::expect;
use serde_json::json;

use super::{ANNA, Api};

#[test]
fn a_case_is_shown_with_its_participant_masked() {
    let api = Api::new();
    let case = api.opened("FK-1", ANNA);
    let told = api.get(&case, &api.fk());
    assert_eq!(told.header("etag"), Some("\"1\""));
    assert_eq!(told.header("cache-control"), Some("no-store"));
    assert!(!told.text.contains(ANNA));
    expect![].assert_eq(&told.whole());
}

#[test]
fn a_change_asks_for_the_version_that_was_seen() {
    let api = Api::new();
    let case = api.opened("FK-1", ANNA);
    let path = format!("{case}/references");
    let body = json!({"caseReference": "AF-77"});
    expect![].assert_eq(&api.post(&path, &api.af(), &body).whole());
    let stale = api.post_with(&path, &api.af(), &[("if-match", "\"7\"")], &body);
    expect![].assert_eq(&stale.whole());
    assert_eq!(api.post_with(&path, &api.af(), &[("if-match", "*")], &body).status, 400);
    let done = api.post_with(&path, &api.af(), &[("if-match", "\"1\"")], &body);
    assert_eq!(done.status, 201, "{}", done.text);
    assert_eq!(done.header("etag"), Some("\"2\""));
}

#[test]
fn every_change_of_a_case_has_its_door() {
    let api = Api::new();
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
    assert_eq!(shown["identity"], "anonymous");
    assert_eq!(shown.get("participant"), None);
    assert_eq!(shown["step"], "avbrutet");
}

#[test]
fn access_follows_the_present_offices() {
    let api = Api::new();
    let case = api.opened("FK-1", ANNA);
    let body = json!({"date": "2016-10-12", "offices": {"fk": "FK-SANDVIKEN", "af": "AF-GAVLE"}});
    let told = api.post_with(&format!("{case}/office-changes"), &api.fk(), &[("if-match", "\"1\"")], &body);
    assert_eq!(told.status, 201, "{}", told.text);
    assert_eq!(api.get(&case, &api.person("fk-h-017")).status, 404);
    assert_eq!(api.get(&case, &api.person("fk-h-018")).status, 200);
}

#[test]
fn a_case_can_be_read_as_it_was_known() {
    let api = Api::new();
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
    assert_eq!(history("?asOf=2016-10-12&countedTo=1").status, 400);
}

#[test]
fn a_search_finds_what_is_within_reach_and_tells_only_that_there_is_more() {
    let api = Api::new();
    let case = api.opened("FK-1", ANNA);
    let search = |token: &str| api.post("/v1/case-searches", token, &json!({"personnummer": "850312-9804"}));
    let found = search(&api.person("fk-h-017")).json();
    assert_eq!(found["items"][0]["link"], *case);
    let elsewhere = search(&api.person("fk-h-018"));
    expect![].assert_eq(&elsewhere.whole());
    expect![].assert_eq(&api.post("/v1/case-searches", &api.fk(), &json!({"namn": "Anna"})).whole());
}
