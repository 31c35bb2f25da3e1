//! Why figures changed: on a history where everything that can change a figure happens, what was and all causes
//! together are what is, on both backends.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::{Value, json};
use sus::domain::organisation::Role;

use super::antal;
use crate::http::{ANNA, Api};
use crate::support::posting::{begaran, gk, number};
use crate::support::tables::Raw;
use crate::support::{Database, on_both, organisation};

const QUESTION: &str = "from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg";
/// A period that ends before the mapping was moved, at an office that a case leaves.
const OFFICE: &str = "from=2016-10-01&to=2016-10-11&geography=fk-kontor:FK-GAVLE";

/// What was done, and what a report said of itself right after: its instant and position.
type Moment = (&'static str, String, i64);

struct History {
    api: Api,
    moments: Vec<Moment>,
    report: &'static str,
}

impl History {
    fn pull(&self, query: &str) -> Value {
        let told = self.api.get(&format!("/v1/reports/{}?{query}", self.report), &self.api.fk());
        assert_eq!(told.status, 200, "{query}: {}", told.text);
        told.json()
    }

    fn seen(&mut self, what: &'static str) {
        let report = self.pull(QUESTION);
        let as_of = report["asOf"].as_str().unwrap().to_owned();
        self.moments.push((what, as_of, report["countedTo"].as_i64().unwrap()));
        self.api.clock.advance(TimeDelta::hours(3));
    }

    fn post(&mut self, what: &'static str, path: &str, version: Option<i64>, body: &Value) -> Value {
        let tag = version.map(|v| format!("\"{v}\""));
        let headers: Vec<(&str, &str)> = tag.as_deref().map(|t| ("if-match", t)).into_iter().collect();
        let told = self.api.post_with(path, &self.api.fk(), &headers, body);
        assert_eq!(told.status, 201, "{what}: {}", told.text);
        self.seen(what);
        told.json()
    }

    fn register(&mut self, what: &'static str, body: &Value) -> Value {
        self.post(what, "/v1/registrations", None, body)
    }

    fn difference(&self, question: &str, earlier: &Moment, later: &Moment) -> Value {
        let (_, since, from) = earlier;
        let (_, until, to) = later;
        let query = format!("{question}&asOf={since}&countedTo={from}&and={until}&andCountedTo={to}");
        let told = self.api.get(&format!("/v1/reports/{}/difference?{query}", self.report), &self.api.fk());
        assert_eq!(told.status, 200, "{}", told.text);
        told.json()
    }
}

fn history(database: &Database) -> History {
    let mut all = History { api: Api::over(database), moments: Vec::new(), report: "baspaket" };
    all.seen("nothing yet");
    let case = |opened: &Value| format!("/v1/cases/{}", opened["case"]["id"].as_str().unwrap());
    let opened = all.register("a request", &begaran("FK-1", ANNA, "2016-10-03"));
    let first = case(&opened);
    all.register("its mapping", &gk("FK-1", "2016-10-12"));
    all.api.clock.advance(TimeDelta::days(9));
    let late = all.register("a late request", &begaran("FK-2", &number("1990-01-01"), "2016-10-03"));
    let late = case(&late);
    let mapped = all.register("a late mapping", &gk("FK-2", "2016-10-11"));
    let answers = json!({"registration": opened["registration"], "answers": {"initieradAv": "AF"}});
    all.post("a late answer", &format!("{first}/answers"), Some(2), &answers);
    let moved = json!({"kind": "move", "registration": mapped["registration"], "date": "2016-10-12",
        "reason": {"code": "fel_datum"}});
    all.post("a mapping moved", &format!("{late}/corrections"), Some(2), &moved);
    let offices = json!({"date": "2016-10-10", "offices": {"fk": "FK-SANDVIKEN", "af": "AF-SANDVIKEN"}});
    all.post("another office", &format!("{first}/office-changes"), Some(3), &offices);
    all.register("a planned insats", &json!({"caseReference": "FK-2", "step": "planerad_afi", "date": "2016-10-20"}));
    all.post("consent withdrawn", &format!("{late}/consent-withdrawals"), Some(4), &json!({"date": "2016-10-18"}));
    let wrong = json!({"kind": "felregistrering", "reason": {"code": "fel_person"}});
    all.post("an error", &format!("{first}/corrections"), Some(4), &wrong);
    let right = json!({"kind": "undo_felregistrering", "reason": {"code": "angrat"}});
    all.post("no error", &format!("{first}/corrections"), Some(5), &right);
    let mut group = organisation()["steeringGroups"][0].clone();
    group["offices"] = json!(["FK-GAVLE", "AF-GAVLE"]);
    all.api.service().import_organisation(&json!({"steeringGroups": [group]})).unwrap();
    all.seen("a group with other members");
    all
}

/// Every figure that is told: the part, its row and its measure, with what is told of it.
fn figures(difference: &Value) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for part in difference["parts"].as_array().unwrap() {
        for row in part["rows"].as_array().unwrap() {
            let codes: Vec<&str> = part["dimensions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|d| row[d.as_str().unwrap()].as_str().unwrap())
                .collect();
            for measure in part["measures"].as_array().unwrap() {
                let measure = measure.as_str().unwrap();
                let name = format!("{} {} {} {measure}", part["id"], codes.join("/"), row["level"]);
                all.insert(name, row[measure].clone());
            }
        }
    }
    all.insert("anonymous".to_owned(), difference["anonymous"].clone());
    all
}

/// Before and all causes are after, and each is what the report told. Returns the causes.
fn check(all: &History, question: &str, earlier: &Moment, later: &Moment) -> String {
    let between = format!("{question}: {} – {}", earlier.0, later.0);
    let mut causes = BTreeSet::new();
    let report = |(_, at, to): &Moment| figures(&all.pull(&format!("{question}&asOf={at}&countedTo={to}")));
    let reports = [report(earlier), report(later)];
    let difference = figures(&all.difference(question, earlier, later));
    let untold = reports.iter().flat_map(BTreeMap::keys).find(|name| !difference.contains_key(*name));
    assert_eq!(untold, None, "{between}: each figure of both is told");
    for (name, told) in difference {
        // The selection has nothing at a place that one of the reports doesn't show; what stands beside it may.
        let nothing = if told["causes"].is_object() { json!(0) } else { Value::Null };
        for (side, report) in ["before", "after"].into_iter().zip(&reports) {
            let was = report.get(&name).or_else(|| name.contains(" \"urval\" ").then_some(&nothing));
            assert!(was.is_none_or(|was| *was == told[side]), "{between}: {name}, {side}: {told}, but {was:?}");
        }
        let Some(of) = told["causes"].as_object() else { continue };
        let (before, after) = (told["before"].as_i64().unwrap(), told["after"].as_i64().unwrap());
        let sum: i64 = of.values().map(|n| n.as_i64().unwrap()).sum();
        assert_eq!((before + sum, told["change"].as_i64()), (after, Some(after - before)), "{between}: {name}: {told}");
        causes.extend(of.keys().cloned());
    }
    causes.into_iter().collect::<Vec<_>>().join(" ")
}

#[test]
fn before_and_all_causes_are_after_whatever_happened() {
    on_both(|_, database| {
        let all = history(database);
        let at = |what: &str| all.moments.iter().position(|m| m.0 == what).unwrap();
        let causes: Vec<(&str, String)> =
            all.moments.windows(2).map(|pair| (pair[1].0, check(&all, QUESTION, &pair[0], &pair[1]))).collect();
        let causes: Vec<(&str, &str)> = causes.iter().map(|(what, causes)| (*what, causes.as_str())).collect();
        assert_eq!(
            causes,
            [
                ("a request", ""),
                ("its mapping", "sen_registrering"),
                ("a late request", ""),
                ("a late mapping", "sen_registrering"),
                ("a late answer", "sent_svar"),
                ("a mapping moved", ""),
                ("another office", ""),
                ("a planned insats", "sen_registrering"),
                ("consent withdrawn", "atertaget_samtycke"),
                ("an error", "felregistrering"),
                ("no error", "felregistrering"),
                ("a group with other members", "register_andrat"),
            ]
        );
        let office = |what: &str| check(&all, OFFICE, &all.moments[at(what) - 1], &all.moments[at(what)]);
        assert_eq!((office("a mapping moved").as_str(), office("another office").as_str()), ("rattelse", ""));
        let late = "2016-10-01&to=2016-10-31&geography=fk-kontor:FK-GAVLE";
        let late = check(
            &all,
            &format!("from={late}"),
            &all.moments[at("another office") - 1],
            &all.moments[at("another office")],
        );
        assert_eq!(late, "kontorsbyte");
        let through = check(&all, QUESTION, &all.moments[0], &all.moments[at("no error")]);
        assert_eq!(through, "atertaget_samtycke ny_registrering sen_registrering sent_svar");
        assert_eq!(check(&all, QUESTION, &all.moments[at("an error") - 1], &all.moments[at("no error")]), "", "undone");
    });
}

#[test]
fn a_group_that_is_new_in_the_registers_had_nobody_before() {
    on_both(|_, database| {
        let mut all = history(database);
        let offices = ["FK-GAVLE", "AF-GAVLE", "FK-SANDVIKEN", "AF-SANDVIKEN"];
        let group = json!({"code": "ny", "name": "Ny", "offices": offices, "validFrom": "2016-01-01"});
        all.api.service().import_organisation(&json!({"steeringGroups": [group]})).unwrap();
        all.seen("a new group");
        let question = QUESTION.replace("gavleborg", "ny");
        let [.., earlier, later] = &all.moments[..] else { panic!("{:?}", all.moments) };
        let now = figures(&all.pull(&question));
        let told = figures(&all.difference(&question, earlier, later));
        let mut grown = 0;
        for (name, told) in
            told.iter().filter(|(name, told)| name.contains(" \"urval\" ") && told["causes"].is_object())
        {
            assert_eq!((&told["before"], &told["after"]), (&json!(0), &now[name]), "{name}: {told}");
            let causes: Vec<&String> = told["causes"].as_object().unwrap().keys().collect();
            assert!(causes.iter().all(|cause| *cause == "register_andrat"), "{name}: {told}");
            grown += causes.len();
        }
        assert!(grown > 0);
    });
}

#[test]
fn every_report_is_explained_selected_split_and_cut() {
    on_both(|_, database| {
        let mut all = history(database);
        let nothing = all.moments[0].clone();
        all.api.clock.advance(TimeDelta::days(40));
        all.seen("forty days later");
        let later = all.moments.pop().unwrap();
        let (mut causes, mut waited) = (Vec::new(), Vec::new());
        for (report, chosen) in [
            ("baspaket", "&kon=kvinna&split=verksamhetsomrade&every=month"),
            ("status", "&split=fkKontor"),
            ("resultat-fortsatt-efter-gk", ""),
            ("deltagare-bakgrund", "&afKontor=AF-GAVLE"),
            ("deltagare-floden", "&split=alder&every=month"),
            ("flaskhalsar", "&split=initieradAv"),
            ("datakvalitet", "&every=month"),
        ] {
            all.report = report;
            let question = format!("{QUESTION}{chosen}");
            let moved = all.moments.len() - 1;
            check(&all, &question, &all.moments[moved - 1], &all.moments[moved]);
            let last = all.moments.last().unwrap();
            causes.push((report, check(&all, &question, &nothing, last)));
            waited.push((report, check(&all, &question, last, &later)));
        }
        assert!(causes.iter().all(|(_, causes)| causes.contains("_registrering")), "{causes:?}");
        let (_, waits) = causes.iter().find(|(report, _)| *report == "flaskhalsar").unwrap();
        assert!(waits.contains("ny_registrering"), "a new step is one also where time makes waits longer: {waits}");
        let by_time: Vec<&str> =
            waited.iter().filter(|(_, causes)| causes.contains("tid_gatt")).map(|(report, _)| *report).collect();
        assert_eq!(by_time, ["flaskhalsar", "datakvalitet"], "what falls due and waits does so without a registration");
    });
}

#[test]
fn between_positions_alone_a_step_is_new_when_it_happened_after_the_earlier_was_the_newest() {
    on_both(|_, database| {
        let all = history(database);
        let of = |earlier: &str, later: &str| {
            let at = |what: &str| all.moments.iter().find(|(of, ..)| *of == what).unwrap().2;
            let query = format!("{QUESTION}&countedTo={}&andCountedTo={}", at(earlier), at(later));
            let told = all.api.get(&format!("/v1/reports/baspaket/difference?{query}"), &all.api.fk());
            assert_eq!(told.status, 200, "{}", told.text);
            let mut causes = BTreeSet::new();
            for figure in figures(&told.json()).values() {
                causes.extend(figure["causes"].as_object().into_iter().flatten().map(|(cause, _)| cause.clone()));
            }
            causes.into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of("another office", "a planned insats"), "sen_registrering", "of the 20th, registered on the 21st");
        assert_eq!(of("a request", "its mapping"), "sen_registrering", "of the 12th, registered on the 12th");
        let grown = of("its mapping", "a planned insats");
        assert!(grown.contains("ny_registrering"), "of the 20th, where the 12th was the newest: {grown}");
        assert_eq!(all.moments[0].2, 1, "nothing but the registers");
        assert_eq!(of("nothing yet", "its mapping"), "ny_registrering", "there was nothing to be late for");
    });
}

#[test]
fn the_reasons_are_told_of_some_parts_or_those_of_a_package() {
    on_both(|_, database| {
        let all = history(database);
        let (first, last) = (&all.moments[0], all.moments.last().unwrap());
        let whole = all.difference(&format!("{QUESTION}&limit=100"), first, last);
        let some = all.difference(&format!("{QUESTION}&limit=100&part=nya_gk,6"), first, last);
        let of = |told: &Value| {
            let parts = told["parts"].as_array().unwrap().clone();
            let wanted = parts.into_iter().filter(|part| part["id"] == "nya_gk" || part["number"] == 6);
            wanted.collect::<Vec<_>>()
        };
        assert_eq!((of(&some).len(), some["parts"].as_array().unwrap().len()), (2, 2));
        assert_eq!(of(&some), of(&whole));
        let parts = |told: &Value| -> BTreeSet<String> {
            let entries = told["entries"]["items"].as_array().unwrap().iter();
            let changes = entries.flat_map(|entry| entry["changes"].as_array().unwrap());
            changes.map(|change| change["part"].to_string()).collect()
        };
        assert!(parts(&whole).len() > 2 && parts(&whole).is_superset(&parts(&some)), "{whole}");
        assert_eq!(parts(&some).into_iter().collect::<Vec<_>>(), ["\"nya_gk\"", "\"tid_samarbete\""]);
    });
}

#[test]
fn the_entries_behind_are_shown_to_those_who_may_read_the_cases_and_logged() {
    on_both(|_, database| {
        let all = history(database);
        let logged = || Raw::of(database).count("access_log", "kind = 'list'");
        let before = logged();
        let more = format!("{QUESTION}&limit=2&page=2&changed=true");
        let entries = all.difference(&more, &all.moments[0], all.moments.last().unwrap())["entries"].clone();
        assert_eq!(logged(), before + 1);
        assert_eq!(entries["_meta"]["totalItems"], 7);
        let shown: Vec<(&str, i64)> = entries["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| (e["cause"].as_str().unwrap(), e["position"].as_i64().unwrap()))
            .collect();
        assert_eq!(shown, [("sent_svar", 6), ("ny_registrering", 9)]);
        let item = &entries["items"][0];
        let change = json!({"part": "nya_gk", "initieradAv": "AF", "kon": "kvinna", "measure": "antal", "change": 1});
        assert!(item["changes"].as_array().unwrap().contains(&change), "{item}");
        let case = all.api.get(item["link"].as_str().unwrap(), &all.api.fk());
        assert_eq!(case.status, 200, "{}", case.text);

        let path = format!("/v1/reports/baspaket/difference?{QUESTION}&asOf=2016-10-12");
        let reader = all.api.token("rapport", None, &[Role::Rapportlasare], None);
        let told = all.api.get(&path, &reader);
        assert_eq!((told.status, told.json().get("entries")), (200, None), "who sees no personal data sees figures");
        // The first case stands at Sandviken's offices now, the second at Gävle's.
        let entries = |id: &str| {
            let told = all.api.get(&format!("{path}&limit=100"), &all.api.person(id)).json();
            let items = told["entries"]["items"].as_array().unwrap().clone();
            items.iter().map(|i| i["cause"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(entries("fk-h-018"), ["sent_svar", "felregistrering", "felregistrering"]);
        assert_eq!(entries("fk-h-017"), ["sen_registrering", "ny_registrering", "atertaget_samtycke"]);
    });
}

#[test]
fn an_identity_taken_away_in_between_is_told_apart() {
    on_both(|_, database| {
        let mut all = history(database);
        let early = all.pull(&format!("{QUESTION}&asOf=2016-10-12"));
        assert_eq!(antal(&early, "nya_gk", &[("initieradAv", "samtliga")]), 1);
        let case = all.api.post("/v1/case-searches", &all.api.fk(), &json!({"personnummer": ANNA})).json();
        let path = format!("{}/protections", case["items"][0]["link"].as_str().unwrap());
        all.post("a protected identity", &path, Some(6), &json!({"date": "2016-10-17"}));
        let told =
            all.api.get("/v1/reports/baspaket/difference?from=2016-10-01&to=2016-12-31&asOf=2016-10-12", &all.api.fk());
        let difference = told.json();
        assert_eq!(difference["anonymised"], 1);
        assert_eq!(difference["anonymous"], json!({"before": 1, "after": 1, "change": 0, "causes": {}}));
        let reader = all.api.token("rapport", None, &[Role::Rapportlasare], None);
        let told =
            all.api.get("/v1/reports/baspaket/difference?from=2016-10-01&to=2016-12-31&asOf=2016-10-12", &reader);
        assert_eq!(told.json()["anonymised"].as_i64().map(|n| n % 3), Some(0), "with noise for others");
        let all = figures(&difference);
        let mapped = &all["\"nya_gk\" samtliga/samtliga \"urval\" antal"];
        assert_eq!(*mapped, json!({"before": 0, "after": 1, "change": 1, "causes": {"sen_registrering": 1}}));
        assert!(
            all.values().filter_map(|f| f["causes"].as_object()).all(|causes| !causes.contains_key("anonymiserad"))
        );
    });
}

#[test]
fn who_sees_figures_with_noise_sees_causes_with_noise() {
    on_both(|_, database| {
        let all = history(database);
        let reader = all.api.token("rapport", None, &[Role::Rapportlasare], None);
        let (since, from) = (&all.moments[0].1, all.moments[0].2);
        let earlier = format!("{QUESTION}&asOf={since}&countedTo={from}");
        let told = all.api.get(&format!("/v1/reports/baspaket/difference?{earlier}"), &reader);
        assert_eq!(told.status, 200, "{}", told.text);
        let told = told.json();
        let levels: Vec<&str> =
            told["levels"].as_array().unwrap().iter().map(|l| l["disclosure"].as_str().unwrap()).collect();
        assert_eq!((&told["disclosure"], levels), (&json!("cell-key"), vec!["cell-key"; 3]));
        let report = |query: &str| figures(&all.api.get(&format!("/v1/reports/baspaket?{query}"), &reader).json());
        let (before, after) = (report(&earlier), report(QUESTION));
        let noisy = |n: &Value| n.as_i64().is_none_or(|n| n % 3 == 0);
        for (name, figure) in figures(&told) {
            assert_eq!((&figure["before"], &figure["after"]), (&before[&name], &after[&name]), "{name}");
            let Some(of) = figure["causes"].as_object() else { continue };
            assert!(of.values().all(noisy) && noisy(&figure["change"]), "{name}: {figure}");
        }
    });
}
