//! The house rules as tests: they read the sources, and say file and line of what breaks them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "tidy/code.rs"]
mod code;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use code::{code, lines, mentions, rooms_used};

/// A heavy dependency, by how its name begins in code, and the only rooms it may be used in.
const ONE_DEPENDENCY_ONE_ROOM: &[(&str, &[&str])] = &[
    ("diesel", &["storage"]),
    ("polars", &["reports"]),
    ("actix", &["http", "web", "server", "app"]),
    ("rustls", &["server"]),
    ("askama", &["web"]),
    ("jsonwebtoken", &["auth"]),
    ("ureq", &["auth"]),
    ("clap", &["cli", "main"]),
];

/// Files that use a heavy dependency outside its room until they are put right, with what would put them right.
const NOT_YET: &[(&str, &str, &str)] = &[];

/// A room, and the rooms it never uses. The rest may be used; `domain` uses none.
const NEVER: &[(&str, &[&str])] = &[
    ("storage", &["auth", "registrations", "reports", "http", "web", "server", "app", "cli", "demo"]),
    ("auth", &["registrations", "reports", "http", "web", "server", "app", "cli", "demo"]),
    ("registrations", &["reports", "http", "web", "server", "app", "cli", "demo"]),
    ("reports", &["registrations", "http", "web", "server", "app", "cli", "demo"]),
    ("organisation", &["registrations", "reports", "http", "web", "server", "app", "cli", "demo"]),
    ("http", &["web", "server", "cli"]),
    ("web", &["http", "server", "cli"]),
    ("server", &["cli"]),
    ("app", &["cli"]),
    ("clock", &["storage", "auth", "registrations", "reports", "http", "web", "server", "app", "cli", "demo"]),
    ("background", &["storage", "auth", "registrations", "reports", "http", "web", "server", "app", "cli", "demo"]),
    ("config", &["registrations", "reports", "http", "web", "server", "app", "cli", "demo"]),
];

/// Files above 400 lines, each with the reason why it is one.
const LONG: &[(&str, &str)] = &[
    ("src/domain/answers.rs", "the questions are one table, and their codes and labels stand beside it"),
    ("src/domain/case.rs", "the fold and the questions to its state see the same private helpers"),
    ("src/domain/person.rs", "half of it are the tests of one value"),
    ("src/storage/schema.rs", "every table in one place, as the migrations leave them"),
    ("src/registrations/wire.rs", "the shape of every body in one place, beside each other"),
];

const LONGEST: usize = 400;

/// Files with a test that is left out of an ordinary run, each with the reason why it may be.
const LEFT_OUT: &[(&str, &str)] = &[];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under the folders, in order; a folder that isn't there yet has none.
fn files(folders: &[&str]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut left: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.is_file() {
            all.push(path);
        }
    }
    all.sort();
    all
}

fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let rust = files(folders).into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs"));
    rust.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// The room of a source file: `src/storage/cases.rs` and `src/storage.rs` are in `storage`.
fn room(name: &str) -> &str {
    let inside = name.strip_prefix("src/").unwrap_or(name);
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn none(found: &[String]) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_heavy_dependency_has_one_room() {
    let mut found = Vec::new();
    let mut not_yet = BTreeSet::new();
    for (name, source) in sources(&["src"]) {
        let code = code(&source);
        for (number, line) in lines(&code) {
            for (dependency, rooms) in ONE_DEPENDENCY_ONE_ROOM {
                let used = line.match_indices(dependency).any(|(at, _)| {
                    let whole = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
                    let after = line[at..].trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
                    whole && after.starts_with("::")
                });
                if !used || rooms.contains(&room(&name)) {
                    continue;
                }
                if NOT_YET.iter().any(|(file, what, _)| *file == name && what == dependency) {
                    not_yet.insert(name.clone());
                } else {
                    found.push(format!("{name}:{number}: {dependency} belongs in {rooms:?}"));
                }
            }
        }
    }
    let done = NOT_YET.iter().filter(|(file, ..)| root().join(file).exists() && !not_yet.contains(*file));
    found.extend(done.map(|(file, ..)| format!("{file} is put right; take it out of NOT_YET")));
    none(&found);
}

#[test]
fn only_config_reads_the_environment_and_only_clock_asks_the_time() {
    let mut found = Vec::new();
    for (name, source) in sources(&["src"]) {
        for (number, line) in lines(&code(&source)) {
            let arguments = mentions(line, "env::args") || mentions(line, "env::args_os");
            let may_read = room(&name) == "config" || (arguments && matches!(room(&name), "main" | "cli"));
            if (mentions(line, "std::env") || mentions(line, "env::var")) && !may_read {
                found.push(format!("{name}:{number}: only config reads the environment"));
            }
            let asks = ["Utc::now", "Local::now", "Instant::now", "SystemTime"].iter().any(|path| mentions(line, path));
            if asks && room(&name) != "clock" {
                found.push(format!("{name}:{number}: only clock asks the time"));
            }
        }
    }
    none(&found);
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let mut found = Vec::new();
    for (name, source) in sources(&["src"]) {
        let here = room(&name).to_owned();
        for (number, used) in rooms_used(&code(&source)) {
            let never = NEVER.iter().find(|(room, _)| *room == here).map_or(&[][..], |(_, never)| never);
            let outside_domain = here == "domain" && used != "domain";
            if outside_domain || never.contains(&used.as_str()) {
                found.push(format!("{name}:{number}: {here} never uses {used}"));
            }
        }
    }
    none(&found);
}

#[test]
fn every_source_says_first_what_lives_there() {
    let all = sources(&["src", "tests", "benches"]);
    let headless = all.iter().filter(|(_, source)| !source.starts_with("//! "));
    let real = headless.filter(|(_, source)| source.lines().count() > 1);
    none(&real.map(|(name, _)| format!("{name}:1: begins without //!")).collect::<Vec<_>>());
}

#[test]
fn long_files_have_a_reason() {
    let mut found = Vec::new();
    let mut long = BTreeSet::new();
    for (name, source) in sources(&["src", "tests", "benches"]) {
        let count = source.lines().count();
        if count <= LONGEST {
            continue;
        }
        if !LONG.iter().any(|(listed, _)| *listed == name) {
            found.push(format!("{name}: {count} lines; split it, or give the reason in LONG"));
        }
        long.insert(name);
    }
    let stale = LONG.iter().filter(|(name, _)| root().join(name).exists() && !long.contains(*name));
    found.extend(stale.map(|(name, _)| format!("{name} is not long any more; take it out of LONG")));
    none(&found);
}

/// Whether ten or twelve digits can be somebody's number: a date (a samordningsnummer's day is 60 more), a check digit
/// that agrees, and a birth number that is given to people. 980–999 never are.
fn can_be_somebodys(digits: &[u8]) -> bool {
    let ten = &digits[digits.len() - 10..];
    let number = |part: &[u8]| part.iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(*digit));
    let (month, day, birth) = (number(&ten[2..4]), number(&ten[4..6]) % 60, number(&ten[6..9]));
    if digits.len() == 12 && !(1850..=2100).contains(&number(&digits[..4])) {
        return false;
    }
    let sum: u32 = ten
        .iter()
        .enumerate()
        .map(|(i, digit)| u32::from(*digit) * if i % 2 == 0 { 2 } else { 1 })
        .map(|product| product / 10 + product % 10)
        .sum();
    (1..=12).contains(&month) && (1..=31).contains(&day) && (1..980).contains(&birth) && sum.is_multiple_of(10)
}

/// The places of a line where ten or twelve digits stand by themselves, with at most one `-` or `+` before the last
/// four.
fn identity_numbers(line: &str) -> Vec<Vec<u8>> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let apart = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b"_-.+".contains(&bytes[at - 1]));
        if !bytes[at].is_ascii_digit() || !apart {
            at += 1;
            continue;
        }
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let first = digits(at);
        let mut end = at + first;
        let mut all = bytes[at..end].to_vec();
        if matches!(first, 6 | 8) && bytes.get(end).is_some_and(|b| b"-+".contains(b)) && digits(end + 1) == 4 {
            all.extend(&bytes[end + 1..end + 5]);
            end += 5;
        }
        let alone = !bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || b"_-".contains(b));
        if alone && matches!(all.len(), 10 | 12) {
            found.push(all.iter().map(|b| b - b'0').collect());
        }
        at = end.max(at + 1);
    }
    found
}

#[test]
fn nobodys_number_is_committed() {
    let mut found = Vec::new();
    let committed =
        ["src", "tests", "reports", "benches", "openapi", "migrations", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"];
    for path in files(&committed) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            if identity_numbers(line).iter().any(|digits| can_be_somebodys(digits)) {
                found.push(format!("{}:{}: looks like a person's number; use 980–999", name(&path), number + 1));
            }
        }
    }
    none(&found);
}

#[test]
fn a_number_is_told_from_a_test_number() {
    // Put together here, so that the number itself stands nowhere.
    let real = |birth: &str| format!("x 640823-{birth} y");
    let somebodys = |line: &str| identity_numbers(line).iter().any(|digits| can_be_somebodys(digits));
    assert!(somebodys(&real(&format!("{}{}", 323, 4))), "the documented example of a valid check digit");
    assert!(!somebodys(&real("3235")), "a wrong check digit");
    assert!(!somebodys("\"198503129804\""), "a test number");
    assert!(!somebodys("2021005521"), "an organisation number");
}

#[test]
fn every_dependency_has_its_reason_beside_it() {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut found = Vec::new();
    let mut inside = false;
    let mut explained = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
            explained = false;
        } else if line.starts_with('#') {
            explained = true;
        } else if line.trim().is_empty() {
            explained = false;
        } else if inside && !explained {
            found.push(format!("Cargo.toml:{}: no comment above {line}", number + 1));
        }
    }
    none(&found);
}

#[test]
fn both_backends_have_the_same_migrations() {
    let names = |backend: &str| -> BTreeSet<String> {
        let folder = format!("migrations/{backend}");
        let inside = root().join(&folder);
        files(&[&folder]).iter().map(|path| path.strip_prefix(&inside).unwrap().display().to_string()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn tests_neither_sleep_nor_are_left_out() {
    let mut found = Vec::new();
    for (name, source) in sources(&["src", "tests", "benches"]) {
        for (number, line) in lines(&code(&source)) {
            let left_out = line.contains("#[ignore") && !LEFT_OUT.iter().any(|(listed, _)| *listed == name);
            let sleeps =
                name.starts_with("tests") && (mentions(line, "thread::sleep") || mentions(line, "time::sleep"));
            if left_out || sleeps {
                found.push(format!("{name}:{number}: {}", line.trim()));
            }
        }
    }
    none(&found);
}

#[test]
fn code_is_told_from_words() {
    let source =
        "let a = \"std::env\"; // std::env\nlet b = r#\"crate::x\"#; let c = '\"'; use crate::{a, b::{c, d}, e};";
    let code = code(source);
    assert!(!code.contains("std::env"));
    assert_eq!(rooms_used(&code), [(2, "a".to_owned()), (2, "b".to_owned()), (2, "e".to_owned())]);
}
