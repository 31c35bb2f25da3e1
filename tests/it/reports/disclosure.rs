//! Who is shown what: the table of policies, printed whole and compared with the committed file, and that nothing
//! counted comes out another way.

use std::fmt::Write;

use expect_test::expect_file;
use serde_json::Value;
use sus::auth::Caller;
use sus::demo::pilot;
use sus::domain::code::{ClientId, HandlerId, SteeringGroupCode};
use sus::domain::organisation::{Organisation, Role};
use sus::domain::step::Agency;
use sus::reports::Request;
use sus::reports::disclosure::{Grant, Published, frozen, grant, place};
use sus::reports::follow::Counted;

use crate::http::Api;
use crate::support::posting::import_lines;
use crate::support::{Database, noon, on_both, organisation};

const PERIODS: [(&str, &str, &str); 4] = [
    ("a month", "2016-10-01", "2016-10-31"),
    ("a quarter", "2016-10-01", "2016-12-31"),
    ("a year", "2016-01-01", "2016-12-31"),
    ("other days", "2016-10-01", "2016-12-30"),
];

const PLACES: [(&str, &str); 5] = [
    ("own office", "fk-kontor:FK-GAVLE"),
    ("other office", "fk-kontor:FK-SANDVIKEN"),
    ("own area", "fk-omrade:FK-GAVLEBORG"),
    ("a group", "styrgrupp:gavleborg"),
    ("riket", "riket"),
];

const REPORTS: [(&str, &str); 3] =
    [("baspaket", "fixed tables"), ("deltagare-bakgrund", "free tables"), ("datakvalitet", "free tables")];

#[test]
fn the_whole_table_of_policies_is_as_committed() {
    let day = "2016-10-12".parse().unwrap();
    let register = sus::organisation::read(&organisation(), day).unwrap();
    let mut out = String::from(
        "The policy of the selection / of the levels beside it, by role.\n\
         The handläggare is fk-h-017, with an uppdrag as deltagaransvarig at FK-GAVLE.\n\n",
    );
    let mut callers: Vec<(&str, Vec<Role>)> = vec![("(no role)", Vec::new())];
    callers.extend(Role::ALL.iter().map(|r| (r.code(), vec![*r])));
    let _ = write!(out, "{:<58}", "report, geography, period");
    for (name, _) in &callers {
        let _ = write!(out, " {name:>23}");
    }
    out.push('\n');
    for (report, fixed) in REPORTS {
        for (place, geography) in PLACES {
            for (name, from, to) in PERIODS {
                let _ = write!(out, "{:<58}", format!("{report} ({fixed}), {place}, {name}"));
                for (_, roles) in &callers {
                    let caller = Caller {
                        client: ClientId::parse("client").unwrap(),
                        agency: Some(Agency::Fk),
                        roles: roles.iter().copied().collect(),
                        handler: Some(HandlerId::parse("fk-h-017").unwrap()),
                    };
                    let grant = grant(&caller, &request(report, from, to, geography), &register, day);
                    let _ = write!(out, " {:>23}", told(grant));
                }
                out.push('\n');
            }
        }
    }
    out.push_str("\nFrozen, whoever freezes it and whoever reads it.\n\n");
    let _ = writeln!(
        out,
        "{:<58} {:>23} {:>23} {:>23} {:>23}",
        "report, geography, period", "alone", "a month is frozen", "FK-GAVLEs is frozen", "status is frozen"
    );
    for (report, fixed) in REPORTS {
        for (place, geography) in PLACES {
            for (name, from, to) in PERIODS {
                let wanted = request(report, from, to, geography);
                let _ = write!(out, "{:<58}", format!("{report} ({fixed}), {place}, {name}"));
                let month = published("baspaket", "2016-12-01", "2016-12-31", geography, &register);
                let office = published("baspaket", from, to, "fk-kontor:FK-GAVLE", &register);
                let status = published("status", from, to, geography, &register);
                for already in [vec![], vec![month], vec![office], vec![status]] {
                    let _ = write!(out, " {:>23}", told(frozen(&wanted, Counted::default(), &already, &register)));
                }
                out.push('\n');
            }
        }
    }
    expect_file!["../disclosure.txt"].assert_eq(&out);
}

fn published(report: &str, from: &str, to: &str, geography: &str, register: &Organisation) -> Published {
    let Request { report, period, geography, .. } = request(report, from, to, geography);
    let place = place(&geography, register);
    Published { report, version: 1, period, geography, place, as_of: noon("2017-02-01"), counted_to: 177 }
}

#[test]
fn frozen_groups_with_an_office_in_common_are_one_place_and_others_stand_beside_each_other() {
    let register = sus::organisation::read(&pilot::organisation(), "2016-10-12".parse().unwrap()).unwrap();
    let beside = |group: &str, already: &str, then: &Organisation| {
        let wanted = request("baspaket", "2016-10-01", "2016-12-31", &format!("styrgrupp:{group}"));
        let already = published("baspaket", "2016-10-01", "2016-12-31", &format!("styrgrupp:{already}"), then);
        told(frozen(&wanted, Counted::default(), &[already], &register))
    };
    let of = |group: &str, already: &str| beside(group, already, &register);
    assert_eq!(of("gavleborg", "gavle"), "cell-key / cell-key", "a group less another would tell of the rest");
    assert_eq!(of("gavle", "gavleborg"), "cell-key / cell-key");
    assert_eq!(of("gavle", "bollnas"), "threshold / cell-key");
    assert_eq!(of("gavle", "gone"), "cell-key / cell-key", "a group that isn't there any more may have been any");
    let mut then = register.clone();
    let all = register.steering_groups[&SteeringGroupCode::parse("gavleborg").unwrap()].members.clone();
    then.steering_groups.get_mut(&SteeringGroupCode::parse("bollnas").unwrap()).unwrap().members = all;
    let why = "whom a group had when it was frozen is what counts";
    assert_eq!(beside("gavle", "bollnas", &then), "cell-key / cell-key", "{why}");
}

fn request(report: &str, from: &str, to: &str, geography: &str) -> Request {
    let mut request = Request::parse("baspaket", from, to, geography).unwrap();
    report.clone_into(&mut request.report);
    request
}

fn told(grant: Grant) -> String {
    format!("{} / {}", grant.own.code(), grant.beside.code())
}

const QUERY: &str = "/v1/reports/baspaket?from=2016-10-01&to=2016-12-31&geography=";

fn pilot_of(database: &Database) -> Api {
    let api = Api::around(database, "2026-11-21", &pilot::organisation());
    let (summary, _) = import_lines(api.service(), &pilot::registrations());
    assert_eq!(summary.refused, 0);
    api
}

fn rows(report: &Value) -> Vec<&Value> {
    report["parts"].as_array().unwrap().iter().flat_map(|part| part["rows"].as_array().unwrap()).collect()
}

#[test]
fn a_reader_sees_no_figure_as_counted_in_any_form() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let reader = api.token("rapport", None, &[Role::Rapportlasare], None);
        let path = format!("{QUERY}styrgrupp:gavleborg");
        let (shown, exact) = (api.get(&path, &reader), api.get(&path, &api.fk()));
        assert_ne!(shown.header("etag"), exact.header("etag"), "a tag is of what is shown");
        let (shown, exact) = (shown.json(), exact.json());
        assert_eq!((&shown["disclosure"], &shown["disclosureVersion"]), (&"cell-key".into(), &"1".into()));
        assert_eq!((&exact["disclosure"], &exact["disclosureVersion"]), (&"exact".into(), &Value::Null));
        assert!(shown["footnotes"].as_array().unwrap().len() > exact["footnotes"].as_array().unwrap().len());
        for (shown, exact) in rows(&shown).iter().zip(rows(&exact)) {
            for measure in ["antal", "distinkta", "n"] {
                let (Some(shown), Some(exact)) = (shown[measure].as_u64(), exact[measure].as_u64()) else { continue };
                assert!(shown.is_multiple_of(3) && shown.abs_diff(exact) < 3, "{shown} for {exact}");
                assert!(exact > 0 || shown == 0, "zero stays zero");
            }
            for measure in ["dagarMedel", "dagarMedian"] {
                assert!(shown[measure].as_f64().is_none_or(|days| days.fract() == 0.0), "{shown}");
                assert!(shown[measure].is_null() || exact["n"].as_u64().unwrap() >= 5, "{shown} for {exact}");
            }
        }
        let csv = api.get(&format!("{path}&format=csv"), &reader).text;
        let told: Vec<&str> = csv.lines().filter(|line| line.starts_with("nya_gk,")).collect();
        assert!(told.iter().all(|line| line.ends_with(",cell-key,1")), "{told:?}");
        let antal: Vec<u64> = told.iter().map(|line| line.split(',').nth(11).unwrap().parse().unwrap()).collect();
        let rows = &shown["parts"][0]["rows"];
        assert_eq!(antal, rows.as_array().unwrap().iter().map(|r| r["antal"].as_u64().unwrap()).collect::<Vec<_>>());
    });
}

#[test]
fn the_own_office_is_told_as_counted_and_the_levels_beside_it_are_not() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let handler = pilot::organisation()["handlers"]
            .as_array()
            .unwrap()
            .iter()
            .find(|h| h["agency"] == "FK" && h["assignments"][0]["role"] == "deltagaransvarig")
            .unwrap()
            .clone();
        let office = handler["assignments"][0]["office"].as_str().unwrap();
        let own = api.token("fk-own", Some(Agency::Fk), &[Role::Deltagaransvarig], handler["id"].as_str());
        let path = format!("{QUERY}fk-kontor:{office}");
        let (shown, exact) = (api.get(&path, &own).json(), api.get(&path, &api.fk()).json());
        assert_eq!(shown["disclosure"], "exact");
        for (shown, exact) in rows(&shown).iter().zip(rows(&exact)) {
            if shown["level"] == "urval" {
                assert_eq!(*shown, exact);
            } else {
                assert_eq!((&shown["disclosure"], &shown["disclosureVersion"]), (&"cell-key".into(), &"1".into()));
                assert!(shown["antal"].as_u64().is_none_or(|n| n.is_multiple_of(3)), "{shown}");
            }
        }
        let elsewhere = api.get(&format!("{QUERY}riket"), &own).json();
        assert_eq!(elsewhere["disclosure"], "cell-key");
    });
}
