//! Every sentence that the service says is wholly in its language.

use sus::domain::rule::RULES;
use sus::domain::shape;
use sus::http::problem::Kind;
use sus::organisation::finding::Problem;

use crate::support::words::foreign;

#[test]
fn every_text_is_wholly_in_its_language() {
    let shapes = shape::ALL.iter().map(|s| (s.sv(), s.en()));
    let rules = RULES.iter().map(|r| (r.sv, r.en));
    let problems = Kind::ALL.iter().map(|k| k.titles());
    let organisation = Problem::ALL.iter().map(|p| (p.sv(), p.en()));
    let all = shapes.chain(rules).chain(problems).chain(organisation);
    let wrong: Vec<String> = all.flat_map(|(sv, en)| foreign(sv, en)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The check itself sees what it is there for.
    assert_eq!(foreign("Väntat: a date such as 2016-10-12.", "Expected: ett datum.").len(), 2);
}
