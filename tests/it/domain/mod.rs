//! The domain by scenarios that people can read, by its whole table, and by properties.

mod check;
mod desk;
mod difference;
mod due;
mod line;
mod organisation;
mod ownership;
mod properties;
mod registers;
mod table;
mod window;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sus::domain::rule::RULES;

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "txt"));
    files.sort();
    files
}

/// Rules that are decided before or around the domain, with where they are tested.
const DECIDED_ELSEWHERE: &[(&str, &str)] = &[
    // The shape of the body.
    ("falt_saknas", "http"),
    ("falt_fel_typ", "http"),
    ("falt_ogiltigt_varde", "http"),
    ("fraga_okand", "http"),
    ("personnummer_ogiltigt", "http"),
    ("fritext_personnummer", "http"),
    ("organisationsnummer_ogiltigt", "http"),
    ("andel_utanfor", "http"),
    // Assignments, which belong to no case.
    ("uppdrag_giltighet", "http"),
    ("uppdrag_slut", "http"),
    ("uppdrag_finns", "http"),
    ("uppdrag_finns_inte", "http"),
    ("uppdrag_eget", "http"),
    ("uppdrag_roller_krockar", "http"),
    ("handlaggare_namn_saknas", "http"),
    // Its surroundings: the caller, the client's references, other cases.
    ("klientreferens_upptagen", "http"),
    ("kand_fran_framtid", "http"),
    ("kand_fran_ej_tillaten", "http"),
    ("version_inaktuell", "http"),
    ("arende_okant", "http"),
    ("kontoret_inte_ditt", "http"),
    ("ett_i_paketet_foll", "http"),
];

#[test]
fn every_scenario_goes_as_it_says_and_every_rule_speaks_in_one() {
    let mut spoke = BTreeSet::new();
    let mut wrong = Vec::new();
    for path in scenarios() {
        match check::check(&path) {
            Ok(codes) => spoke.extend(codes),
            Err(difference) => wrong.push(difference),
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 writes what happened into the files.\n{}", wrong.join("\n"));
    let elsewhere: BTreeSet<&str> = DECIDED_ELSEWHERE.iter().map(|(code, _)| *code).collect();
    let silent: Vec<&str> =
        RULES.iter().map(|r| r.code).filter(|c| !elsewhere.contains(c) && !spoke.contains(c)).collect();
    assert!(silent.is_empty(), "no scenario breaks {silent:?}");
    let unknown: Vec<&&str> = elsewhere.iter().filter(|c| RULES.iter().all(|r| r.code != **c)).collect();
    assert!(unknown.is_empty(), "no such rule: {unknown:?}");
    let both: Vec<&&str> = elsewhere.iter().filter(|c| spoke.contains(**c)).collect();
    assert!(both.is_empty(), "decided elsewhere, and yet here: {both:?}");
}
