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

/// The kind of page that an address is of: ids and queries are left out.
fn kind(path: &str) -> String {
    let plain = path.split(['?', '#']).next().unwrap_or_default();
    let parts = plain.split('/').map(|part| if uuid::Uuid::parse_str(part).is_ok() { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Every page that links lead to from the start page, once a kind, with what is wrong with it.
fn judged(place: &mut Place, who: &str) -> (BTreeSet<String>, Vec<String>) {
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
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
    (seen, wrong)
}

#[test]
fn every_page_is_for_everybody() {
    let Some(database) = Database::new(Backend::Sqlite) else { return };
    let Some(mut place) = Place::around(&database, BY_KEY, &register()) else { return };
    let (_, mut wrong) = judged(&mut place, "nobody");
    for who in ["siv", "ulla", "adam"] {
        place.browser.order(&json!({"do": "forget"}));
        place.log_in(who);
        wrong.extend(judged(&mut place, who).1);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
