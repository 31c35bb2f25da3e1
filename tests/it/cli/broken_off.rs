//! Commands killed in the middle and started anew: the same as if nothing had happened, and nothing twice.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use sus::domain::person::test_number;

use super::{Place, places};
use crate::support::Database;
use crate::support::posting::begaran;
use crate::support::tables::Raw;

/// What of a database follows from the lines alone: no ids, which are chance, and nothing of when it was imported.
fn content(database: &Database) -> BTreeMap<String, Vec<Vec<u8>>> {
    let tables = [
        "answers",
        "case_handlers",
        "case_offices",
        "case_references",
        "case_subjects",
        "cases",
        "change_head",
        "changes",
        "consents",
        "meetings",
        "registrations",
    ];
    let mut all: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for (place, value) in Raw::of(database).every_value() {
        let (table, column) = place.split_once('.').unwrap();
        if tables.contains(&table) && !["id", "person"].contains(&column) {
            all.entry(place).or_default().push(value);
        }
    }
    all.values_mut().for_each(|values| values.sort_unstable());
    all
}

fn report(place: &Place) -> String {
    place.run("report --from 2014-01-01 --to 2016-12-31 --as-of 2020-01-01 --format csv").printed()
}

/// Lines of a national history; some without a reference of their own, which then follows from their place.
fn history(place: &Place) -> String {
    let lines = place.run("generate national --cases 1000").printed();
    lines
        .lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if line["step"] == "gk" {
                line.as_object_mut().unwrap().remove("clientReference");
            }
            format!("{line}\n")
        })
        .collect()
}

/// A place with the registers and the history, nothing of it imported.
fn prepare(place: &Place, registers: &str, history: &str) {
    place.file("organisation.json", registers);
    place.file("history.ndjson", history);
    place.run("organisation import organisation.json").printed();
}

/// Kills the import as soon as more is committed than before, while it is writing the next.
fn kill_after_a_commit(mut import: Child, raw: &mut Raw, before: i64) {
    while raw.count("changes", "true") <= before {
        assert!(import.try_wait().unwrap().is_none(), "it ended before it was killed");
        std::thread::yield_now();
    }
    import.kill().unwrap();
    import.wait().unwrap();
}

#[test]
fn an_import_that_was_killed_ends_with_the_same_cases_when_it_is_started_anew() {
    let anywhere = Place::new();
    let registers = anywhere.run("generate national --organisation").printed();
    let history = history(&anywhere);
    let total = history.lines().count();
    places(|backend, database, place| {
        prepare(place, &registers, &history);
        let import = place.command("import history.ndjson").stdout(Stdio::null()).spawn().unwrap();
        // The registers are the first change.
        kill_after_a_commit(import, &mut Raw::of(database), 1);
        let told = place.run("import history.ndjson").printed();
        // In the middle: some were in, and some were not.
        assert!(told.starts_with(&format!("{total} lines: ")) && told.contains(" 0 refused;"), "{told}");
        assert!(!told.contains(": 0 registered,") && !told.contains(" 0 in already,"), "{backend:?}: {told}");
        let whole = Database::new(backend).unwrap();
        let at_once = Place::over(&whole);
        prepare(&at_once, &registers, &history);
        at_once.run("import history.ndjson").printed();
        let (broken_off, in_one) = (content(database), content(&whole));
        assert!(broken_off["registrations.position"].len() == total);
        for (place, values) in &in_one {
            assert!(broken_off[place] == *values, "{backend:?}: {place} differs");
        }
        assert_eq!(report(place), report(&at_once), "{backend:?}");
    });
}

/// A request for each of so many people.
fn requests(people: u64) -> Vec<Value> {
    let first: NaiveDate = "1950-01-01".parse().unwrap();
    let request = |n: u64| {
        let number = test_number(first + Days::new(n), 980);
        let mut body = begaran(&format!("FK-{n}"), number.as_digits(), "2016-10-03");
        body["agency"] = json!("FK");
        body
    };
    (0..people).map(request).collect()
}

#[test]
fn a_rotation_that_was_killed_goes_on_where_it_was_and_loses_nobody() {
    // More than two pieces.
    let people = 1100;
    let all = requests(people);
    let lines: String = all.iter().map(|line| format!("{line}\n")).collect();
    let registers = Place::new().run("generate pilot --organisation").printed();
    places(|backend, database, place| {
        prepare(place, &registers, &lines);
        place.run("import history.ndjson").printed();
        let before = report(place);
        let mut raw = Raw::of(database);
        // What tests have is the former key.
        let newer = Place::over(database);
        newer.file("old.key", &"07".repeat(32));
        let newer = newer.with("SUS_MASTER_KEY", &"08".repeat(32)).with("SUS_OLD_MASTER_KEY_FILES", "old.key");
        let former = place.run("rotate-keys --status").printed();
        let former = former.split_once("Master key ").unwrap().1.split(':').next().unwrap().to_owned();
        let sealed_anew = format!("master_key <> '{former}'");
        let mut rotation = newer.command("rotate-keys --lookup").stdout(Stdio::null()).spawn().unwrap();
        while raw.count("person_keys", &sealed_anew) == 0 {
            assert!(rotation.try_wait().unwrap().is_none(), "it ended before it was killed");
            std::thread::yield_now();
        }
        rotation.kill().unwrap();
        rotation.wait().unwrap();
        let status = newer.run("rotate-keys --status").printed();
        assert!(
            status.contains("needed until") || status.contains("in use until"),
            "{backend:?}: killed late: {status}"
        );
        assert_eq!(report(&newer), before, "{backend:?}: meanwhile nothing is lost");
        let told = newer.run("rotate-keys --lookup").printed();
        assert!(told.contains("out of use since"), "{backend:?}: {told}");
        assert_eq!(raw.count("person_keys", &sealed_anew), people as i64, "{backend:?}");
        // From now on the former key is needed no more, and everybody is found by the new look-up key alone.
        let alone = Place::over(database).with("SUS_MASTER_KEY", &"08".repeat(32));
        assert_eq!(report(&alone), before, "{backend:?}");
        let second = |mut line: Value| {
            line["caseReference"] = json!(format!("{}-b", line["caseReference"].as_str().unwrap()));
            format!("{line}\n")
        };
        alone.file("second.ndjson", &all.iter().cloned().map(second).collect::<String>());
        let told = alone.run("import second.ndjson").refused_some();
        assert!(told.contains(&format!(" {people} refused;")), "{backend:?}: {told}");
        assert_eq!(raw.count("persons", "true"), people as i64, "{backend:?}");
    });
}
