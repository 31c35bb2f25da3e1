//! What the program says of itself.

use super::Place;

const COMMANDS: [&str; 18] = [
    "",
    "serve",
    "demo",
    "organisation",
    "organisation import",
    "organisation export",
    "import",
    "report",
    "export",
    "access",
    "access person",
    "access case",
    "access office",
    "verify-audit",
    "token",
    "migrate",
    "generate",
    "rules",
];

#[test]
fn every_help_has_an_example_that_names_its_command() {
    let place = Place::new();
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            let told = place.run(&format!("{command} {flag}")).printed();
            let (_, after) = told.split_once("Example").unwrap_or_else(|| panic!("{command} {flag}: {told}"));
            assert!(after.contains(format!("sus {command}").trim_end()), "{command}: {told}");
        }
    }
}

#[test]
fn every_variable_stands_in_the_long_help_and_unknown_ones_are_refused_by_name() {
    let place = Place::new();
    let told = place.run("--help").printed();
    for variable in sus::config::VARIABLES {
        assert!(told.contains(variable.name), "{}", variable.name);
    }
    let odd = Place::new().with("SUS_DATABSE_URL", "postgres://u:hemlig@db/sus").with("SUS_WORKERS", "0");
    let told = odd.run("migrate").complained();
    assert!(told.contains("SUS_DATABSE_URL") && told.contains("SUS_WORKERS") && !told.contains("hemlig"), "{told}");
}

#[test]
fn rules_are_listed_and_told_one_by_one_in_both_languages() {
    let place = Place::new();
    let all = place.run("rules").printed();
    assert_eq!(all.lines().count(), sus::domain::rule::RULES.len());
    let one = place.run("rules gk_planerad_samma_dag").printed();
    assert!(one.contains("sv: ") && one.contains("en: ") && one.contains("Example: "), "{one}");
    assert_ne!(place.run("rules --lang en").printed(), all);
    let told = place.run("rules nonsense").complained();
    assert_eq!(told, "sus: no rule is called nonsense; `sus rules` lists them\n");
}

#[test]
fn a_token_says_what_its_role_needs() {
    let place = Place::new();
    for (line, told) in [
        ("token chef", "sus: no role is called chef; the roles are "),
        ("token system", "sus: system acts for an agency: give --agency FK or --agency AF"),
        ("token system --agency SKV", "sus: the agency is FK or AF"),
        ("token deltagaransvarig --agency FK", "sus: deltagaransvarig is a person: give --handler ID"),
        ("token rapportlasare --client å", "sus: the client: "),
    ] {
        let said = place.run(line).complained();
        assert!(said.starts_with(told), "{line}: {said}");
    }
    let token = place.run("token rapportlasare").printed();
    assert_eq!(token.trim().split('.').count(), 3, "a JWT and nothing else: {token}");
}
