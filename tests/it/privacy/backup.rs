//! Backups without keys, and erasures that a restore does not undo: the program as people run it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::cli::Place;
use crate::support::leaks::without_ids;
use crate::support::posting::{begaran, number};
use crate::support::tables::Raw;
use crate::support::{Backend, Database, on_both};

/// A line of an import.
fn line(mut body: serde_json::Value, at: &str) -> String {
    body["agency"] = json!("FK");
    body["recordedAt"] = json!(at);
    format!("{body}\n")
}

/// Two persons; the one who is hidden later is first.
fn begin(place: &Place) {
    place.pilot_files();
    place.run("organisation import organisation.json").printed();
    let hidden = line(begaran("FK-hidden", &number("1961-05-17"), "2016-10-03"), "2016-10-03T10:00:00Z");
    let other = line(begaran("FK-other", &number("1972-11-08"), "2016-10-03"), "2016-10-03T10:00:00Z");
    place.file("two.ndjson", &format!("{hidden}{other}"));
    place.run("import two.ndjson").printed();
}

fn hide(place: &Place) {
    let body = json!({"kind": "protection", "caseReference": "FK-hidden", "date": "2016-10-04"});
    place.file("hide.ndjson", &line(body, "2016-10-04T10:00:00Z"));
    place.run("import hide.ndjson").printed();
}

/// One more that was registered in error, and one that has ended.
fn begin_old(place: &Place) {
    let at = "2016-10-20T10:00:00Z";
    let wrong = json!({"kind": "felregistrering", "caseReference": "FK-wrong", "reason": {"code": "fel_person"}});
    let mut ended = begaran("FK-ended", &number("1980-02-03"), "2016-10-03");
    ended["answers"] = json!({"anstalld": true, "arbetsgivare": "2021005521"});
    let all = [
        line(begaran("FK-wrong", &number("1955-05-05"), "2016-10-03"), "2016-10-03T10:00:00Z"),
        line(ended, "2016-10-03T10:00:00Z"),
        line(json!({"caseReference": "FK-ended", "step": "avslutat", "date": "2016-10-18"}), at),
        line(wrong, at),
    ];
    place.file("old.ndjson", &all.concat());
    place.run("import old.ndjson").printed();
}

/// What was registered in error goes wholly, what has ended as far as no figure needs it.
const RULES: &str = "[[rule]]\nid = \"fel\"\ntrigger = \"felregistrering\"\nmonths = 1\naction = \"delete\"\n\
    [[rule]]\nid = \"slut\"\ntrigger = \"case_ended\"\nmonths = 1\naction = \"coarsen\"\n";

fn retain(place: Place) -> Place {
    place.file("rules.toml", RULES);
    let place = place.with("SUS_RETENTION_FILE", "rules.toml");
    let told = place.run("retention").printed();
    let counts: Vec<&str> = told.lines().take(2).filter_map(|line| line.split_whitespace().last()).collect();
    assert_eq!(counts, ["1", "1"], "{told}");
    place
}

/// Only the two persons of the beginning are left by name.
fn check_retained(database: &Database) {
    let mut raw = Raw::of(database);
    assert_eq!((raw.count("cases", "true"), raw.count("persons", "true")), (3, 2));
    assert_eq!(raw.count("cases", "identity = 'removed'"), 1);
    assert_eq!(raw.count("case_references", "reference IN ('FK-wrong', 'FK-ended')"), 0);
    assert_eq!(raw.count("answers", "question = 'arbetsgivare' AND value <> '0000000000'"), 0);
    assert_eq!(raw.count("erasures", "reason = 'deletion'"), 1);
    assert_eq!(raw.count("erasures", "reason = 'coarsening'"), 1);
}

#[test]
fn what_retention_deleted_and_coarsened_does_not_come_back_with_an_older_backup() {
    let database = embedded();
    let place = Place::over(&database);
    begin(&place);
    begin_old(&place);
    place.run("backup backups/one").printed();
    let place = retain(place);
    check_retained(&database);
    place.run("backup backups/two").printed();
    let restored = embedded();
    let journal = format!("{}.erasures", path(&database).display());
    let anew = Place::over(&restored).with("SUS_ERASURE_JOURNAL", &journal);
    anew.run(&format!("restore {}/backups/one", place.folder.path().display())).printed();
    check_retained(&restored);
    let raw = std::fs::read(path(&restored)).unwrap();
    for gone in ["FK-wrong", "FK-ended", "2021005521"] {
        assert!(!String::from_utf8_lossy(&raw).contains(gone), "{gone}, if only in a freed page");
    }
    // Once made up for, it is not done again.
    anew.run("report --from 2016-10-01 --to 2016-12-31").printed();
    check_retained(&restored);
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().filter(|line| line.contains("\"person\"")).count()
}

/// Who is left, in a database that was restored.
fn check_restored(database: &Database) {
    let mut raw = Raw::of(database);
    assert_eq!(raw.count("cases", "identity = 'anonymous'"), 1);
    assert_eq!(raw.count("cases", "identity = 'named'"), 1);
    assert_eq!(raw.count("case_references", "reference = 'FK-hidden'"), 0);
    assert_eq!(raw.count("case_references", "reference = 'FK-other'"), 1);
    for table in ["persons", "person_keys", "person_lookups", "case_subjects"] {
        assert_eq!(raw.count(table, "true"), 1, "{table}");
    }
}

fn embedded() -> Database {
    Database::new(Backend::Sqlite).unwrap()
}

fn path(database: &Database) -> PathBuf {
    PathBuf::from(database.url.strip_prefix("sqlite://").unwrap())
}

#[test]
fn a_backup_from_before_an_erasure_gives_nobody_back() {
    let database = embedded();
    let place = Place::over(&database);
    begin(&place);
    let said = place.run("backup backups/one").printed();
    assert!(said.contains("the keys of 2 persons"), "{said}");
    let keys = place.folder.path().join("backups/person-keys");
    let copy = std::fs::read(place.folder.path().join("backups/one/sus.db")).unwrap();
    for line in std::fs::read_to_string(&keys).unwrap().lines().filter(|line| line.contains("\"person\"")) {
        let person: serde_json::Value = serde_json::from_str(line).unwrap();
        let bytes = |value: &serde_json::Value| sus::storage::erasures::unhex(value.as_str().unwrap()).unwrap();
        let person = &person["person"];
        for held in [bytes(&person["key"]), bytes(&person["lookups"][0][1])] {
            assert!(
                !copy.windows(held.len()).any(|window| window == held),
                "a key is in the copy, if only in a freed page"
            );
        }
    }
    assert!(place.run("backup backups/one").complained().contains("holds a backup already"));
    hide(&place);
    // The newest keys take the place of the former, in which the hidden person still was.
    place.run("backup backups/two").printed();
    assert_eq!(lines(&keys), 1);
    let restored = embedded();
    let journal = format!("{}.erasures", path(&database).display());
    let anew = Place::over(&restored).with("SUS_ERASURE_JOURNAL", &journal);
    let backups = place.folder.path().join("backups");
    let said = anew.run(&format!("restore {}/one", backups.display())).printed();
    assert!(said.contains("The keys of 1 persons"), "{said}");
    check_restored(&restored);
    let raw = std::fs::read(path(&restored)).unwrap();
    assert!(!String::from_utf8_lossy(&raw).contains("FK-hidden"), "nor in a freed page");
    assert!(anew.run(&format!("restore {}/one", backups.display())).complained().contains("is there already"));
    // Without the journal, its copy beside the keys says the same.
    let other = embedded();
    Place::over(&other).run(&format!("restore {}/one", backups.display())).printed();
    check_restored(&other);
}

#[test]
fn a_backup_is_of_no_use_without_its_keys_and_with_older_ones() {
    let database = embedded();
    let place = Place::over(&database);
    begin(&place);
    place.run("backup early").printed();
    let early = place.folder.path().join("early-keys");
    std::fs::rename(place.folder.path().join("person-keys"), &early).unwrap();
    let more = line(begaran("FK-later", &number("1980-02-03"), "2016-10-03"), "2016-10-05T10:00:00Z");
    place.file("more.ndjson", &more);
    place.run("import more.ndjson").printed();
    place.run("backup late").printed();
    let anew = embedded();
    std::fs::copy(place.folder.path().join("late/sus.db"), path(&anew)).unwrap();
    let told = Place::over(&anew).run("report --from 2016-10-01 --to 2016-12-31").complained();
    assert!(told.contains("not their keys"), "{told}");
    let third = embedded();
    let folder = place.folder.path().join("late");
    let told =
        Place::over(&third).run(&format!("restore {} --keys {}", folder.display(), early.display())).complained();
    assert!(told.contains("the file is older than the backup"), "{told}");
    assert!(!path(&third).exists(), "nothing half restored stays");
}

#[test]
fn a_journal_that_is_missing_cut_or_altered_is_refused() {
    let database = embedded();
    let place = Place::over(&database);
    begin(&place);
    hide(&place);
    let journal = PathBuf::from(format!("{}.erasures", path(&database).display()));
    let whole = std::fs::read_to_string(&journal).unwrap();
    assert!(!whole.contains("FK-hidden") && !without_ids(&whole).contains("1961"), "{whole}");
    let report = "report --from 2016-10-01 --to 2016-12-31";
    for (text, why) in
        [(whole.replace("protection", "removal"), "was altered at line 1"), (String::new(), "was cut off")]
    {
        std::fs::write(&journal, text).unwrap();
        let told = place.run(report).complained();
        assert!(told.contains(why) && told.contains("put the newest whole copy of it back"), "{told}");
    }
    std::fs::remove_file(&journal).unwrap();
    assert!(place.run(report).complained().contains("is missing"));
    // A line that was being written when the machine stopped was never committed.
    std::fs::write(&journal, format!("{whole}0123abcd {{\"case\"")).unwrap();
    place.run(report).printed();
}

fn tool(name: &str) -> Option<PathBuf> {
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.and_then(|o| String::from_utf8(o.stdout).ok()).map(|s| PathBuf::from(s.trim()));
    let usual = ["17", "16", "15", "14"].map(|v| PathBuf::from(format!("/usr/lib/postgresql/{v}/bin")));
    told.into_iter().chain(usual).map(|bin| bin.join(name)).find(|tool| tool.exists())
}

#[test]
fn postgres_is_backed_up_and_restored_by_its_own_tools() {
    let (Some(dump), Some(restore)) = (tool("pg_dump"), tool("pg_restore")) else { return };
    on_both(|backend, database| {
        if backend == Backend::Sqlite {
            return;
        }
        let journal = tempfile::tempdir().unwrap();
        let journal = journal.path().join("erasures").display().to_string();
        let over = |database: &Database| Place::over(database).with("SUS_ERASURE_JOURNAL", &journal);
        let place = over(database);
        begin(&place);
        begin_old(&place);
        let advice = place.run("backup somewhere").complained();
        let excluded: Vec<&str> = advice.split(' ').filter(|word| word.starts_with("--exclude")).collect();
        let file = place.folder.path().join("sus.dump");
        let ran = Command::new(&dump).arg("-Fc").args(&excluded).arg("-f").arg(&file).arg(&database.url).status();
        assert!(ran.unwrap().success());
        hide(&place);
        let place = retain(place);
        place.run("backup --keys-only --keys person-keys").printed();
        let anew = Database::new(backend).unwrap();
        let ran = Command::new(&restore).arg("-d").arg(&anew.url).arg(&file).status();
        assert!(ran.unwrap().success());
        let restored = over(&anew);
        let told = restored.run("report --from 2016-10-01 --to 2016-12-31").complained();
        assert!(told.contains("not their keys"), "{told}");
        let keys = place.folder.path().join("person-keys");
        restored.run(&format!("restore --keys {}", keys.display())).printed();
        let mut raw = Raw::of(&anew);
        assert_eq!(raw.count("case_references", "reference = 'FK-hidden'"), 0);
        assert_eq!((raw.count("cases", "true"), raw.count("persons", "true")), (3, 1));
        assert_eq!(raw.count("erasures", "reason IN ('protection', 'removal', 'coarsening', 'deletion')"), 4);
        assert_eq!(raw.count("answers", "question = 'arbetsgivare' AND value <> '0000000000'"), 0);
    });
}
