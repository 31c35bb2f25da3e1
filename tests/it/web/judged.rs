//! Every page that each role can reach by links, held against axe-core, the keyboard, 320 pixels, large text, forced
//! colours and print, in a real browser.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};
use sus::domain::dates::earlier;

use crate::cli;
use crate::support::place::{BY_KEY, Place};
use crate::support::posting::{begaran, number};
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

/// A case in every phase, with Siv Lind at FK and Åsa Holm at AF: early, without the questions answered, and late.
fn cases(today: NaiveDate) -> Vec<Value> {
    let ago = |days: u64| earlier(today, days).to_string();
    let chain = [("gk", 30), ("planerad_afi", 20), ("afi", 10), ("avslutat", 1)];
    let mut lines = Vec::new();
    for steps in 0..=chain.len() {
        let reference = format!("FK-FAS-{steps}");
        let mut request = begaran(&reference, &number(&format!("1985-03-1{steps}")), &ago(40));
        request["agency"] = json!("FK");
        request["handlers"] = json!({"fk": "fk-h-017", "af": "af-h-201"});
        request["consent"]["obtainedOn"] = json!(ago(45));
        lines.push(request);
        for (step, days) in &chain[..steps] {
            let agency = if ["afi", "avslutat"].contains(step) { "AF" } else { "FK" };
            let mut line = json!({"agency": agency, "caseReference": reference, "step": step, "date": ago(*days)});
            if *step == "afi" {
                line["answers"] = json!({"insats": "2180-afi-01"});
            }
            lines.push(line);
        }
    }
    let anonymous = json!({"agency": "FK", "step": "begaran", "date": ago(12),
        "participant": {"anonymous": {"sex": "kvinna"}}, "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"},
        "handlers": {"fk": "fk-h-017"}});
    lines.push(anonymous);
    lines
}

/// The kind of page that an address is of: ids and queries are left out, and reports that have no page of their own kind
/// are one. The page of a case is one of its own for each case, and so is what may be registered next.
fn kind(path: &str) -> String {
    let of_its_own = ["baspaket", "datakvalitet", "flaskhalsar", "frysta"];
    let parts: Vec<&str> = path.split('/').collect();
    if parts.get(1) == Some(&"arenden") && (parts.len() == 3 || parts.len() == 4 && parts[3] == "registrera") {
        return path.to_owned();
    }
    let named = parts.iter().enumerate().map(|(at, part)| match parts.get(1) {
        _ if uuid::Uuid::parse_str(part).is_ok() => "{id}",
        Some(&"rapporter") if at == 2 && !of_its_own.contains(part) => "{report}",
        _ => part,
    });
    named.collect::<Vec<_>>().join("/")
}

fn plain(link: &str) -> &str {
    link.split(['?', '#']).next().unwrap_or_default()
}

/// The pages that a page leads to. Files and the interface for systems are no pages.
fn ways(html: &str) -> Vec<String> {
    let links = html.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next());
    let pages = links.filter(|link| {
        let file = link.starts_with("v1/")
            || link.contains("/hamta")
            || link.starts_with("login")
            || plain(link).contains('.');
        !file
    });
    pages.map(|link| format!("/{}", link.replace("&amp;", "&"))).collect()
}

/// What is wrong with the pages that links lead to from the start page: each kind once, whoever sees it, but the start page
/// for everybody.
fn judged(place: &mut Place, who: &str, seen: &mut BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    seen.remove("/");
    let mut left = vec!["/".to_owned()];
    let mut visited = BTreeSet::new();
    while let Some(path) = left.pop() {
        if !visited.insert(plain(&path).to_owned()) {
            continue;
        }
        let shown = place.go(&path);
        if shown.0["status"] != 200 {
            wrong.push(format!("{who} {path}: {}", shown.0["status"]));
            continue;
        }
        left.extend(ways(shown.html()));
        let kind = kind(plain(&path));
        if !seen.insert(kind.clone()) {
            continue;
        }
        wrong.extend(place.judge().into_iter().map(|line| format!("{who} {path}: {line}")));
        place.picture(&format!("{who}{}", kind.replace(['/', '{', '}'], "_")));
    }
    wrong
}

#[test]
fn every_page_is_for_everybody() {
    let Some(database) = Database::new(Backend::Sqlite) else { return };
    let Some(mut place) = Place::with_cases(&database, BY_KEY, &register(), cases) else { return };
    let mut seen = BTreeSet::new();
    let mut wrong = judged(&mut place, "nobody", &mut seen);
    for who in ["siv", "asa", "ulla", "adam"] {
        place.now(who);
        wrong.extend(judged(&mut place, who, &mut seen));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // Among them a case in every phase, each of its forms, and each way of putting something right.
    let of = |text: &str| seen.iter().filter(|kind| kind.contains(text)).count();
    assert!(of("/ratta/") >= 8 && of("/registrera/") >= 8 && of("/svar/") >= 1 && seen.len() > 50, "{seen:#?}");
}

#[test]
fn the_extract_that_is_handed_to_a_person_is_for_everybody() {
    let Some(database) = Database::new(Backend::Sqlite) else { return };
    let Some(mut place) = Place::around(&database, BY_KEY, &register()) else { return };
    let program = cli::Place::new();
    program.file("organisation.json", &organisation().to_string());
    program.run("organisation import organisation.json").printed();
    let mut request = begaran("FK-1", &number("1961-05-17"), "2016-10-03");
    request["agency"] = json!("FK");
    request["answers"] = json!({"anstalld": true, "formaner": ["sjukpenning", "a_kassa"]});
    program.file("one.ndjson", &format!("{request}\n"));
    program.run("import one.ndjson").printed();
    program.file("number.txt", &number("1961-05-17"));
    for lang in ["sv", "en"] {
        let page = program.run(&format!("extract --number-file number.txt --format html --lang {lang}")).printed();
        let shown = place.open_for_person(&program.file("extract.html", &page));
        assert!(shown.shows("FK-1") && shown.forbidden().is_empty(), "{shown:?}");
        assert_eq!(place.judge(), Vec::<String>::new(), "{lang}");
        place.picture(&format!("extract-{lang}"));
    }
}
