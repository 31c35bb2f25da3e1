//! How often a caller may ask, what a request may take, and the header fields of every answer.

use std::collections::BTreeMap;

use actix_web::http::Method;
use chrono::TimeDelta;
use expect_test::expect;
use serde_json::json;
use sus::domain::organisation::Role;
use sus::domain::step::Agency;

use super::{ANNA, Api, bearer, begaran};
use crate::support::{Backend, Database, on_both, organisation};

/// An API on SQLite with a few variables set: none of this is about the database.
fn api(database: &Database, variables: &[(&str, &str)]) -> Api {
    let all: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Api::configured(database, "2016-10-12", &organisation(), all)
}

fn sqlite() -> Database {
    Database::new(Backend::Sqlite).unwrap()
}

#[test]
fn a_caller_who_asks_too_often_is_told_when_to_come_back() {
    let database = sqlite();
    let api = api(&database, &[("SUS_RATE_READS", "3")]);
    let (siv, ove) = (api.person("fk-h-017"), api.person("fk-h-018"));
    let first = api.get("/v1/cases", &siv);
    assert_eq!(first.status, 200);
    assert_eq!(first.header("ratelimit-policy"), Some("\"reads\";q=3;w=60"));
    assert_eq!(first.header("ratelimit"), Some("\"reads\";r=2;t=20"));
    assert_eq!([api.get("/v1/offices", &siv).status, api.get("/v1/cases", &siv).status], [200, 200]);
    let refused = api.get("/v1/cases", &siv);
    assert_eq!(refused.header("ratelimit"), Some("\"reads\";r=0;t=60"));
    assert_eq!(refused.header("ratelimit-policy"), Some("\"reads\";q=3;w=60"));
    expect![[r#"
        429
        cache-control: no-store
        content-type: application/problem+json
        retry-after: 20

        {
          "type": "urn:sus:problem:for_manga_anrop",
          "title": "För många anrop",
          "titleEn": "Too many requests",
          "status": 429,
          "detail": "Högst 3 anrop per minut av det här slaget. Försök igen om 20 s.",
          "detailEn": "At most 3 requests of this kind a minute. Try again in 20 s.",
          "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
        }"#]]
    .assert_eq(&refused.whole());
    assert_eq!(api.get("/v1/cases", &ove).status, 200, "another person by the same client has a quota of its own");
    api.clock.advance(TimeDelta::seconds(20));
    assert_eq!(api.get("/v1/cases", &siv).status, 200);
}

#[test]
fn a_batch_counts_as_one_and_a_dry_run_as_a_search() {
    on_both(|_, database| {
        let api = api(database, &[("SUS_RATE_WRITES", "2"), ("SUS_RATE_SEARCHES", "1")]);
        let bodies: Vec<_> = (0..10).map(|n| json!(begaran(&format!("FK-{n}"), ANNA))).collect();
        let batch = api.post("/v1/registrations", &api.fk(), &json!(bodies));
        assert_eq!(batch.header("ratelimit"), Some("\"writes\";r=1;t=30"));
        let dry = api.post("/v1/registrations?dryRun=true", &api.fk(), &begaran("FK-99", ANNA));
        assert_eq!(dry.header("ratelimit"), Some("\"searches\";r=0;t=60"));
        let search = api.post("/v1/case-searches", &api.fk(), &json!({"personnummer": ANNA}));
        assert_eq!(search.status, 429, "a dry run tells as much of a person as a search, and has used it up");
        assert_eq!(api.post("/v1/registrations", &api.fk(), &begaran("FK-98", ANNA)).status, 422);
    });
}

#[test]
fn refused_log_ins_are_counted_by_address_and_shut_nobody_out_who_has_a_token() {
    let database = sqlite();
    let api = api(&database, &[("SUS_RATE_REFUSED", "2"), ("SUS_TRUSTED_PROXIES", "127.0.0.0/8")]);
    assert_eq!([api.get_public("/v1/cases").status, api.get("/v1/cases", "guess").status], [401, 401]);
    let refused = api.get("/v1/cases", "guess");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("30"));
    assert_eq!(api.get("/v1/cases", &api.fk()).status, 200);
}

#[test]
fn what_needs_no_token_is_counted_by_address_as_is_what_is_not_there() {
    let database = sqlite();
    let api = api(&database, &[("SUS_RATE_READS", "2")]);
    let told: Vec<u16> = ["/v1/rules", "/v1/nowhere", "/v1/rules", "/elsewhere", "/health/live"]
        .into_iter()
        .map(|path| api.get_public(path).status)
        .collect();
    assert_eq!(told, [200, 404, 429, 429, 200]);
}

#[test]
fn many_different_selections_of_a_report_are_refused_where_figures_have_noise() {
    let database = sqlite();
    let api = api(&database, &[("SUS_RATE_SELECTIONS", "2")]);
    let reader = api.token("fk-web", Some(Agency::Fk), &[Role::Rapportlasare], None);
    let ask = |day: u32, lang: &str, token: &str| {
        api.get(&format!("/v1/reports/status?from=2016-10-01&to=2016-10-{day:02}&lang={lang}"), token).status
    };
    assert_eq!([ask(7, "sv", &reader), ask(8, "sv", &reader), ask(7, "en", &reader)], [200, 200, 200]);
    assert_eq!(ask(9, "sv", &reader), 429);
    let told = api.get("/v1/reports/status?from=2016-10-01&to=2016-10-10", &reader);
    assert_eq!(told.json()["type"], "urn:sus:problem:for_manga_urval");
    let elsewhere = api.get("/v1/reports/resultat-fortsatt-fk?from=2016-10-01&to=2016-10-10", &reader);
    assert_eq!(elsewhere.status, 200, "each report is counted by itself");
    // The same question put in another way is the same question.
    let other =
        |query: &str| api.get(&format!("/v1/reports/deltagare-tider?from=2016-10-01&to=2016-10-07&{query}"), &reader);
    let alike = [
        "alder=25_29,30_39&kon=man&split=kommun,fkKontor",
        "kon=man&alder=30_39,25_29,30_39&split=fkKontor,kommun&version=1",
    ];
    for query in [alike[0], alike[1], "alder=25_29", alike[1]] {
        assert_eq!(other(query).status, 200, "{query}: {}", other(query).text);
    }
    assert_eq!(other("alder=30_39").status, 429);
    let difference = "/v1/reports/status/difference?from=2016-10-01&to=2016-10-11&countedTo=0";
    assert_eq!(api.get(difference, &reader).status, 429, "a difference tells as much");
    assert_eq!([ask(9, "sv", &api.fk()), ask(10, "sv", &api.fk()), ask(11, "sv", &api.fk())], [200, 200, 200]);
}

#[test]
fn so_are_those_of_an_own_office_whose_other_levels_have_noise() {
    let database = sqlite();
    let api = api(&database, &[("SUS_RATE_SELECTIONS", "2")]);
    let own = api.person("fk-h-017");
    let ask = |day: u32| {
        let query = format!("from=2016-10-01&to=2016-10-{day:02}&geography=fk-kontor:FK-GAVLE");
        api.get(&format!("/v1/reports/status?{query}"), &own)
    };
    let first = ask(7);
    assert_eq!((first.status, &first.json()["disclosure"]), (200, &serde_json::json!("exact")), "{}", first.text);
    assert_eq!([ask(8).status, ask(7).status, ask(9).status], [200, 200, 429]);
}

#[test]
fn addresses_and_fields_have_an_end() {
    let database = sqlite();
    let api = api(&database, &[]);
    let long = api.get_public(&format!("/v1/rules?page={}", "1".repeat(9000)));
    assert_eq!((long.status, long.json()["detailEn"].as_str()), (414, Some("At most 8192 bytes.")));
    let many: Vec<(String, &str)> = (0..80).map(|n| (format!("x-{n}"), "1")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(api.call(Method::GET, "/v1/rules", &many, None).status, 431);
    let large = "x".repeat(40_000);
    let told = api.call(Method::GET, "/v1/rules", &[("x-large", &large)], None);
    assert_eq!(told.status, 431);
    assert!(!told.text.contains("xxx"));
}

#[test]
fn a_busy_service_says_so_and_lives() {
    let database = sqlite();
    let api = api(&database, &[("SUS_MAX_IN_FLIGHT", "1")]);
    let turn = std::sync::Arc::clone(&api.app.in_flight).try_acquire_owned().unwrap();
    let told = api.get_public("/v1/rules");
    assert_eq!((told.status, told.header("retry-after")), (503, Some("1")));
    assert_eq!(api.get_public("/health/live").status, 200);
    drop(turn);
    assert_eq!(api.get_public("/v1/rules").status, 200);
}

#[test]
fn a_report_does_not_wait_for_its_turn_for_ever() {
    let database = sqlite();
    let api = api(&database, &[("SUS_TURN_SECONDS", "1")]);
    let turns = std::sync::Arc::clone(&api.app.report_turns).try_acquire_many_owned(2).unwrap();
    let told = api.get("/v1/reports/status?from=2016-10-01&to=2016-10-07", &api.fk());
    assert_eq!((told.status, told.header("retry-after")), (503, Some("5")));
    drop(turns);
}

#[test]
fn every_answer_says_what_browsers_must_not_do_with_it() {
    let database = sqlite();
    let api = api(&database, &[]);
    let case = api.opened("FK-1", ANNA);
    let told = [
        api.get(&case, &api.fk()),
        api.get(&case, "nonsense"),
        api.get("/v1/nowhere", &api.fk()),
        api.get_public("/elsewhere"),
        api.get_public("/health/live"),
        api.get_public("/health/ready"),
        api.get_public("/v1/openapi.yaml"),
        api.get("/v1/reports/status?from=2016-10-01&to=2016-10-07&format=html", &api.fk()),
        api.call(Method::DELETE, "/v1/cases", &[], None),
        api.call(Method::OPTIONS, "/v1/cases", &[], None),
        api.post("/v1/registrations", &api.fk(), &json!({})),
    ];
    for told in told {
        let field = |name| told.header(name).unwrap_or_else(|| panic!("{name} is missing: {told:?}"));
        assert_eq!(field("x-content-type-options"), "nosniff");
        assert_eq!(field("referrer-policy"), "no-referrer");
        assert_eq!(field("cross-origin-resource-policy"), "same-origin");
        assert!(field("permissions-policy").contains("camera=()"));
        assert!(field("content-security-policy").starts_with("default-src 'none'"), "{told:?}");
        assert!(!field("cache-control").is_empty());
        for absent in ["server", "x-powered-by", "strict-transport-security", "access-control-allow-origin"] {
            assert_eq!(told.header(absent), None, "{absent}");
        }
    }
    assert_eq!(api.get(&case, &api.fk()).header("cache-control"), Some("no-store"));
}

#[test]
fn browsers_are_told_to_use_https_where_a_trusted_proxy_has_it() {
    let database = sqlite();
    let told = |trusted: &str| {
        let api = api(&database, &[("SUS_TRUSTED_PROXIES", trusted)]);
        let fields = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
        let told = api.call(Method::GET, "/v1/rules", &fields, None);
        told.header("strict-transport-security").map(str::to_owned)
    };
    // A request of the tests comes from no address, which is told as the unspecified one.
    assert_eq!(told("::/128").as_deref(), Some("max-age=31536000"));
    assert_eq!(told("10.0.0.0/8"), None);
}

#[test]
fn options_tells_the_methods_and_opens_nothing() {
    let database = sqlite();
    let api = api(&database, &[]);
    let fields = [("origin", "https://elsewhere.example"), ("access-control-request-method", "GET")];
    let told = api.call(Method::OPTIONS, "/v1/registrations", &fields, None);
    assert_eq!((told.status, told.header("allow")), (204, Some("POST, OPTIONS")));
    assert_eq!(told.header("access-control-allow-origin"), None);
    let refused = api.call(Method::PUT, "/v1/cases", &[], None);
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
}

#[test]
fn only_configured_origins_may_be_shown_answers() {
    let database = sqlite();
    let api = api(&database, &[("SUS_CORS_ORIGINS", "https://own.example")]);
    let preflight = |origin: &str| {
        let fields = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization, if-match"),
        ];
        let told = api.call(Method::OPTIONS, "/v1/registrations", &fields, None);
        told.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(preflight("https://own.example").as_deref(), Some("https://own.example"));
    assert_eq!(preflight("https://elsewhere.example"), None);
    let token = bearer(&api.fk());
    for (path, status) in [("/v1/offices", 200), ("/v1/cases/0", 404), ("/v1/offices?x=1", 400)] {
        let asked = |origin| api.call(Method::GET, path, &[("origin", origin), ("authorization", &token)], None);
        let own = asked("https://own.example");
        assert_eq!((own.status, own.header("access-control-allow-origin")), (status, Some("https://own.example")));
        assert!(own.header("access-control-allow-credentials").is_none());
        let other = asked("https://elsewhere.example");
        assert_eq!((other.status, other.header("access-control-allow-origin")), (status, None));
    }
}

#[test]
fn a_page_that_is_refused_for_today_says_when_to_come_again() {
    let database = sqlite();
    let api = api(&database, &[("SUS_RATE_SELECTIONS", "1")]);
    let reader = crate::web::log_in_as(&api, "rapportlasare");
    let ask = |day: u32| reader.get(&format!("/rapporter/status?from=2016-10-01&to=2016-10-{day:02}&geography=riket"));
    assert_eq!(ask(7).status, 200);
    let told = ask(8);
    let seconds: i64 = told.header("retry-after").unwrap().parse().unwrap();
    assert!(told.status == 429 && (1..=86_401).contains(&seconds), "{}", told.text);
}
