//! Every page that each role can reach by links, held against axe-core, the keyboard, 320 pixels, large text, forced
//! colours and print, in a real browser.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::place::{BY_KEY, Place};
use crate::support::{Backend, Database, organisation};

/// The small register, with people of the roles that have no case.
pub fn register() -> Value {
    let mut register = organisation();
    let person = |id: &str, name: &str, role: &str| {
        json!({"id": id, "agency": "FK", "name": name,
            "assignments": [{"office": "FK-GAVLE", "role": role, "validFrom": "2010-01-01"}]})
    };
    let people = register["handlers"].as_array_mut().unwrap();
    people.push(person("fk-s-001", "Ulla Vik", "samverkansansvarig"));
    people.push(person("fk-a-001", "Adam Ros", "samverkansadministrator"));
    register
}

/// The kind of page that an address is of: ids and queries are left out, and reports that have no page of their own kind
/// are one.
fn kind(path: &str) -> String {
    let plain = path.split(['?', '#']).next().unwrap_or_default();
    let of_its_own = ["baspaket", "datakvalitet", "flaskhalsar"];
    let parts: Vec<&str> = plain.split('/').collect();
    let named = parts.iter().enumerate().map(|(at, part)| match parts.get(1) {
        _ if uuid::Uuid::parse_str(part).is_ok() => "{id}",
        Some(&"rapporter") if at == 2 && !of_its_own.contains(part) => "{report}",
        _ => part,
    });
    named.collect::<Vec<_>>().join("/")
}

/// What is wrong with the pages that links lead to from the start page: each kind once, whoever sees it, but the start page
/// for everybody.
fn judged(place: &mut Place, who: &str, seen: &mut BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    seen.remove("/");
    let mut left = vec!["/".to_owned()];
    while let Some(path) = left.pop() {
        if !seen.insert(kind(&path)) {
            continue;
        }
        let shown = place.go(&path);
        if shown.0["status"] != 200 {
            wrong.push(format!("{who} {path}: {}", shown.0["status"]));
            continue;
        }
        let (found, links) = place.judge();
        wrong.extend(found.into_iter().map(|line| format!("{who} {path}: {line}")));
        let base = place.base.clone();
        let own = links.into_iter().filter_map(|link| link.strip_prefix(&base).map(str::to_owned));
        // Files and the interface for systems are no pages.
        left.extend(
            own.filter(|link| !link.starts_with("/v1/") && !link.contains("/hamta") && !link.starts_with("/login")),
        );
        place.picture(&format!("{who}{}", kind(&path).replace(['/', '{', '}'], "_")));
    }
    wrong
}

#[test]
fn every_page_is_for_everybody() {
    let Some(database) = Database::new(Backend::Sqlite) else { return };
    let Some(mut place) = Place::around(&database, BY_KEY, &register()) else { return };
    let mut seen = BTreeSet::new();
    let mut wrong = judged(&mut place, "nobody", &mut seen);
    for who in ["siv", "ulla", "adam"] {
        place.now(who);
        wrong.extend(judged(&mut place, who, &mut seen));
    }
    assert!(seen.len() > 12, "{seen:?}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
