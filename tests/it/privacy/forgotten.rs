//! What was erased is in no file any more: not in the database's, not in its log, not in what is kept of answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use sus::clock::ManualClock;
use sus::domain::code::CaseId;
use sus::domain::step::Agency;
use sus::registrations::Service;
use sus::registrations::retention::{Rules, run};
use sus::registrations::wire::Kind;
use sus::storage::{Db, persons};

use super::removed::DELETE;
use crate::support::posting::{Ask, begaran, gk, post};
use crate::support::tables::Raw;
use crate::support::{Backend, Database, noon, on_both, organisation, service};

/// The bytes of the database's files with these ends.
fn files(database: &Database, ends: &[&str]) -> Vec<u8> {
    let path = database.url.strip_prefix("sqlite://").unwrap();
    ends.iter().flat_map(|end| std::fs::read(format!("{path}{end}")).unwrap_or_default()).collect()
}

/// Every byte that the database has on the disk.
fn raw(database: &Database) -> Vec<u8> {
    files(database, &["", "-wal", "-shm"])
}

/// How many pages of a file hold something where they should hold nothing: between the pointers to their cells and the
/// first cell. Rows that moved to another page leave copies there.
fn littered(file: &[u8]) -> usize {
    let two = |at: usize| usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
    let size = two(16);
    let starts = (0..file.len()).step_by(size);
    let unused = starts.filter_map(|page| {
        let header = if page == 0 { 100 } else { page };
        let length = *[(2, 12), (5, 12), (10, 8), (13, 8)].iter().find(|(kind, _)| *kind == file[header])?;
        Some(&file[header + length.1 + 2 * two(header + 3)..page + two(header + 5)])
    });
    unused.filter(|unused| unused.iter().any(|byte| *byte != 0)).count()
}

/// The keys of all persons, as they are kept.
fn sealed_keys(database: &Database) -> BTreeSet<Vec<u8>> {
    let all = Raw::of(database).every_value().into_iter();
    all.filter(|(place, _)| place == "person_keys.sealed_key").map(|(_, key)| key).collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn born(n: u64) -> String {
    let day = chrono::NaiveDate::from_ymd_opt(1960, 1, 1).unwrap() + chrono::Days::new(n * 3);
    sus::domain::person::test_number(day, 980).as_digits().to_owned()
}

struct Hidden {
    service: Arc<Service>,
    clock: Arc<ManualClock>,
    case: CaseId,
    /// What leads to the person, and must be gone.
    traces: Vec<(&'static str, Vec<u8>)>,
}

/// Somebody among many others, with all that can be told of them, and what that is kept as.
fn somebody(database: &Database) -> Hidden {
    let (service, clock) = service(database, noon("2016-10-20"));
    service.import_organisation(&organisation()).unwrap();
    let many = |from: u64| (from..from + 150).map(|n| begaran(&format!("FK-annan-{n}"), &born(n), "2016-10-03"));
    post(&service, many(1).collect()).unwrap();
    let mut body = begaran("FK-alldeles-egen", &born(0), "2016-10-03");
    body["answers"] = json!({"arbetsgivare": "2021005521", "anstalld": true});
    body["district"] = json!("Nordostpassagen");
    let ask = Ask::of(Agency::Fk).key("en-egen-nyckel");
    let others = sealed_keys(database);
    let outcome = ask.post(&service, &[body]).unwrap();
    let sealed_key = sealed_keys(database).difference(&others).next().unwrap().clone();
    let case = outcome.results[0].as_ref().unwrap().case_id();
    post(&service, vec![gk("FK-alldeles-egen", "2016-10-12")]).unwrap();
    let reason = json!({"code": "fel_kommun", "text": "en helt egen anledning"});
    let moved =
        json!({"kind": "municipality", "municipality": "2181", "district": "Nordostpassagen", "reason": reason});
    let change = |kind, body| Ask::of(Agency::Fk).change(&service, case, kind, None, &body).unwrap();
    assert!(change(Kind::Correction, moved).results[0].is_ok());
    post(&service, many(200).collect()).unwrap();
    let mut reader = service.db.read().unwrap();
    let number = sus::domain::person::IdentityNumber::parse(&born(0), service.today()).unwrap();
    let person = persons::by_number(&mut reader.link(), &service.vault, &number).unwrap().remove(0);
    let traces = vec![
        ("the person's id", person),
        ("the sealed key", sealed_key),
        ("the look-up hash", service.vault.lookup(&number).1),
        ("the reference", b"FK-alldeles-egen".to_vec()),
        ("the stadsdel", b"Nordostpassagen".to_vec()),
        ("the free text", b"en helt egen anledning".to_vec()),
    ];
    drop(reader);
    Hidden { service, clock, case, traces }
}

/// That each trace is in the files before, and none after.
fn check(backend: Backend, database: &Database, hidden: &Hidden, kind: Kind, body: &serde_json::Value) {
    if backend == Backend::Sqlite {
        let before = raw(database);
        for (what, bytes) in &hidden.traces {
            assert!(holds(&before, bytes), "{what} is looked for as it is kept");
        }
    }
    let done = Ask::of(Agency::Fk).change(&hidden.service, hidden.case, kind, None, body).unwrap();
    assert!(done.results[0].is_ok(), "{:?}", done.results);
    let mut tables = Raw::of(database);
    for (place, value) in tables.every_value() {
        for (what, bytes) in &hidden.traces {
            // The table of erasures says whose identity it was, by the random id that nothing else has any more.
            let said = place == "erasures.person";
            assert!(said || !holds(&value, bytes), "{backend:?}: {what} stands in {place}");
        }
    }
    assert_eq!(tables.count("receipts", "idempotency_key = 'en-egen-nyckel' AND body IS NOT NULL"), 0, "{backend:?}");
    if backend == Backend::Sqlite {
        gone(database, hidden);
    }
}

/// That no trace is in the files once the service has stopped.
fn gone(database: &Database, hidden: &Hidden) {
    // Where something stood in the way for a moment, be it the log's being moved, it is done right after; and pages
    // that rows moved away from are overwritten some at a time.
    hidden.service.stop();
    let after = raw(database);
    for (what, bytes) in hidden.traces.iter().filter(|(what, _)| *what != "the person's id") {
        assert!(!holds(&after, bytes), "{what} is still in the files");
    }
    // The log and its index have no such pages, whatever their bytes look like.
    assert_eq!(littered(&files(database, &[""])), 0, "pages with what moved away from them");
}

#[test]
fn nothing_of_a_protected_person_is_left_in_tables_or_files() {
    on_both(|backend, database| {
        let hidden = somebody(database);
        check(backend, database, &hidden, Kind::Protection, &json!({"date": "2016-10-20"}));
        drop(hidden.clock);
    });
}

#[test]
fn nothing_of_deleted_cases_is_left_in_the_files() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let hidden = somebody(&database);
    hidden.clock.set(noon("2018-10-22"));
    let rules = Rules::parse(DELETE).unwrap();
    // Not by the writer, which learns of it from the file.
    assert_eq!(run(&hidden.service, &rules, None, &mut |_| true).unwrap()["bort"], 301);
    gone(&database, &hidden);
}

#[test]
fn what_a_reader_kept_in_the_log_is_gone_when_the_reader_is() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let hidden = somebody(&database);
    let db = Db::open(&database.url, 1).unwrap();
    let mut reader = db.read().unwrap();
    let mut link = reader.link();
    link.begin_read().unwrap();
    sus::storage::changes::head(&mut link).unwrap();
    let body = json!({"date": "2016-10-20"});
    assert!(
        Ask::of(Agency::Fk).change(&hidden.service, hidden.case, Kind::Protection, None, &body).unwrap().results[0]
            .is_ok()
    );
    let text = b"en helt egen anledning";
    assert!(holds(&raw(&database), text), "somebody still reads the state before");
    link.run("COMMIT").unwrap();
    hidden.service.stop();
    assert!(!holds(&raw(&database), text));
}
