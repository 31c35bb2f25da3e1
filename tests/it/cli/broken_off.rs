//! `sus import` killed in the middle and started anew: the same cases as if nothing had happened, and nothing twice.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::{Place, places};
use crate::support::Database;
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
