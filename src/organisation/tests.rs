//! The file's rules by example: one small file, changed in one place at a time.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::*;
use crate::domain::code::{HandlerId, InsatsCode};
use crate::domain::organisation::{Assignment, Confirmed, Validity};

fn today() -> NaiveDate {
    "2026-11-21".parse().unwrap()
}

fn small() -> Value {
    json!({
        "areas": [
            {"code": "FK-MITT", "agency": "FK", "name": "Mitt"},
            {"code": "AF-MITT", "agency": "AF", "name": "Mitt"}
        ],
        "offices": [
            {"code": "FK-GAVLE", "agency": "FK", "area": "FK-MITT", "name": "FK Gävle", "municipalities": ["2180"], "validFrom": "2005-01-01"},
            {"code": "AF-GAVLE", "agency": "AF", "area": "AF-MITT", "name": "AF Gävle", "municipalities": ["2180"], "validFrom": "2005-01-01"},
            {"code": "AF-VALBO", "agency": "AF", "area": "AF-MITT", "name": "AF Valbo", "municipalities": ["2180"],
             "validFrom": "2005-01-01", "validTo": "2015-12-31", "successor": "AF-GAVLE"}
        ],
        "steeringGroups": [
            {"code": "gavle", "name": "Gävle", "offices": ["FK-GAVLE", "AF-GAVLE"], "validFrom": "2016-09-01"},
            {"code": "gavle-kommun", "name": "Gävle kommun", "municipalities": ["2180"], "validFrom": "2016-09-01"}
        ],
        "handlers": [
            {"id": "fk-h-017", "agency": "FK", "name": "Karin Ek", "assignments": [
                {"office": "FK-GAVLE", "role": "deltagaransvarig", "validFrom": "2016-01-01"}]}
        ],
        "localAgreements": [
            {"id": "lok-1", "fk": "FK-GAVLE", "af": "AF-GAVLE", "agency": "FK", "steps": ["afi"], "validFrom": "2016-01-01", "validTo": "2016-12-31"}
        ],
        "insatsDefinitions": [
            {"code": "21-afi-01", "kind": "afi", "lan": "21", "text": "Arbetsträning", "examples": ["I egen takt"], "validFrom": "2016-01-01"},
            {"code": "2180-ali-01", "kind": "ali", "lan": "21", "municipality": "2180", "text": "Praktik", "examples": [], "validFrom": "2016-01-01"}
        ]
    })
}

/// The small file with the value at `pointer` replaced (`Null` removes nothing, it is just null).
fn with(pointer: &str, value: Value) -> Value {
    let mut file = small();
    *file.pointer_mut(pointer).unwrap() = value;
    file
}

#[test]
fn a_right_file_is_read_and_written_back_the_same() {
    let register = read(&small(), today()).unwrap();
    assert_eq!(register.offices.len(), 3);
    let written = to_json(&register);
    assert_eq!(read(&written, today()).unwrap(), register);
    assert_eq!(to_json(&read(&written, today()).unwrap()), written);
}

#[test]
fn each_thing_that_is_wrong_is_found_where_it_stands() {
    let number = crate::domain::person::test_number("1985-03-12".parse().unwrap(), 980);
    for (pointer, value, code, at) in [
        ("/areas/0/agency", json!("XX"), "org_format", "/areas/0/agency"),
        ("/areas/0/agency", json!(1), "org_type", "/areas/0/agency"),
        ("/areas/0/name", json!(null), "org_missing", "/areas/0/name"),
        ("/areas/0/name", json!(format!("Mitt {}", number.as_digits())), "org_identity_number", "/areas/0/name"),
        ("/areas", json!({}), "org_type", "/areas"),
        ("/offices/0/area", json!("FINNS-EJ"), "org_unknown_reference", "/offices/0/area"),
        ("/offices/0/area", json!("AF-MITT"), "org_agency", "/offices/0/area"),
        ("/offices/0/municipalities", json!(["2180", "9999"]), "org_unknown_reference", "/offices/0/municipalities/1"),
        ("/offices/0/validFrom", json!("2005-02-30"), "org_format", "/offices/0/validFrom"),
        ("/offices/2/validTo", json!("2004-12-31"), "org_validity", "/offices/2/validTo"),
        ("/offices/2/validTo", json!(null), "org_successor", "/offices/2/successor"),
        ("/offices/2/successor", json!("FK-GAVLE"), "org_agency", "/offices/2/successor"),
        ("/offices/2/successor", json!("AF-VALBO"), "org_successor", "/offices/2/successor"),
        ("/offices/2/successor", json!("AF-X"), "org_unknown_reference", "/offices/2/successor"),
        ("/offices/2/code", json!("AF-GAVLE"), "org_duplicate", "/offices/2/code"),
        ("/steeringGroups/0/offices", json!(["FK-GAVLE"]), "org_members", "/steeringGroups/0/offices"),
        ("/steeringGroups/0/offices", json!([]), "org_members", "/steeringGroups/0"),
        ("/steeringGroups/0/offices/1", json!("AF-X"), "org_unknown_reference", "/steeringGroups/0/offices/1"),
        ("/handlers/0/agency", json!("AF"), "org_agency", "/handlers/0/assignments/0/office"),
        ("/handlers/0/assignments/0/role", json!("chef"), "org_format", "/handlers/0/assignments/0/role"),
        ("/localAgreements/0/steps", json!(["gk"]), "org_steps", "/localAgreements/0/steps"),
        ("/localAgreements/0/steps/0", json!("vila"), "org_format", "/localAgreements/0/steps/0"),
        ("/localAgreements/0/fk", json!("AF-GAVLE"), "org_agency", "/localAgreements/0/fk"),
        ("/insatsDefinitions/0/kind", json!("gk"), "org_format", "/insatsDefinitions/0/kind"),
        ("/insatsDefinitions/0/lan", json!("99"), "org_unknown_reference", "/insatsDefinitions/0/lan"),
        ("/insatsDefinitions/1/municipality", json!("0180"), "org_outside_lan", "/insatsDefinitions/1/municipality"),
        (
            "/insatsDefinitions/0/examples/0",
            json!(number.as_digits()),
            "org_identity_number",
            "/insatsDefinitions/0/examples/0",
        ),
    ] {
        let findings = read(&with(pointer, value), today()).unwrap_err();
        assert!(findings.iter().any(|f| f.code == code && f.pointer == at), "{pointer}: {findings:?}");
        assert!(!format!("{findings:?}").contains(number.as_digits()));
    }
}

#[test]
fn all_findings_come_at_once_and_a_broken_entry_is_not_reported_twice() {
    let mut file = with("/offices/0/name", json!(""));
    file["areas"][1]["color"] = json!("blue");
    let findings = read(&file, today()).unwrap_err();
    let found: Vec<_> = findings.iter().map(|f| (f.code, f.pointer.as_str())).collect();
    assert_eq!(found, [("org_unknown_field", "/areas/1/color"), ("org_format", "/offices/0/name")]);
    assert_eq!(read(&json!([]), today()).unwrap_err()[0].pointer, "");
}

#[test]
fn what_an_entry_refers_to_is_checked_also_where_the_rest_of_it_cannot_be_read() {
    let mut file = with("/offices/0/validFrom", json!("2005"));
    file["offices"][0]["area"] = json!("FK-NORD");
    file["offices"][0]["successor"] = json!("FK-BORTA");
    file["offices"][0]["municipalities"] = json!(["2180", "9999", 1]);
    file["handlers"][0]["name"] = json!("");
    file["handlers"][0]["assignments"][0]["office"] = json!("FK-BORTA");
    // Which is in the file, though it can't be read.
    file["localAgreements"][0]["steps"] = json!(["x"]);
    let findings = read(&file, today()).unwrap_err();
    let found: Vec<_> = findings.iter().map(|f| (f.code, f.pointer.as_str())).collect();
    assert_eq!(
        found,
        [
            ("org_type", "/offices/0/municipalities/2"),
            ("org_format", "/offices/0/validFrom"),
            ("org_format", "/handlers/0/name"),
            ("org_format", "/localAgreements/0/steps/0"),
            ("org_unknown_reference", "/offices/0/area"),
            ("org_unknown_reference", "/offices/0/municipalities/1"),
            ("org_unknown_reference", "/offices/0/successor"),
            ("org_unknown_reference", "/handlers/0/assignments/0/office"),
        ]
    );
}

#[test]
fn an_administrator_is_never_responsible_for_participants_at_the_same_time() {
    let both = |to: Value| {
        with(
            "/handlers/0/assignments",
            json!([
            {"office": "FK-GAVLE", "role": "deltagaransvarig", "validFrom": "2016-01-01", "validTo": to},
            {"office": "FK-GAVLE", "role": "samverkansadministrator", "validFrom": "2017-01-01"}]),
        )
    };
    assert!(read(&both(json!("2016-12-31")), today()).is_ok());
    let findings = read(&both(json!("2017-01-01")), today()).unwrap_err();
    assert_eq!((findings[0].code, findings[0].pointer.as_str()), ("org_role_combination", "/handlers/0/assignments"));
}

#[test]
fn a_file_may_lean_on_the_register_and_says_what_it_changed() {
    let register = read(&small(), today()).unwrap();
    let file = json!({
        "offices": [
            {"code": "AF-GAVLE", "agency": "AF", "area": "AF-MITT", "name": "AF Gävle centrum", "municipalities": ["2180"], "validFrom": "2005-01-01"},
            {"code": "AF-BOLLNAS", "agency": "AF", "area": "AF-MITT", "name": "AF Bollnäs", "municipalities": ["2183"], "validFrom": "2005-01-01"}],
        "insatsDefinitions": [
            {"code": "21-afi-01", "kind": "afi", "lan": "21", "text": "Arbetsträning med stöd", "examples": [], "validFrom": "2018-01-01"}]
    });
    assert!(read(&file, today()).is_err(), "alone it has no areas");
    let (merged, changes) = import(&register, &file, today()).unwrap();
    assert_eq!(changes.offices, Counts { added: 1, changed: 1, unchanged: 0 });
    assert_eq!(changes.insats_definitions, Counts { added: 0, changed: 1, unchanged: 0 });
    let code = InsatsCode::parse("21-afi-01").unwrap();
    let versions: Vec<_> = merged.insatser[&code].iter().map(|v| (v.version, v.text.as_str())).collect();
    assert_eq!(versions, [(1, "Arbetsträning"), (2, "Arbetsträning med stöd")]);
    assert_eq!(merged.insats_on(&code, "2017-05-01".parse().unwrap()).map(|d| d.version), Some(1));

    let written = to_json(&merged);
    assert_eq!(read(&written, today()).unwrap(), merged);
    let (again, changes) = import(&merged, &written, today()).unwrap();
    assert!(changes.is_empty());
    assert_eq!(again, merged);
}

/// By office, the last day and who confirmed it, of the only handläggare.
fn assignments(organisation: &Organisation) -> Vec<(String, Option<String>, Option<String>)> {
    let of = |a: &Assignment| {
        let confirmed = a.confirmed.as_ref().map(|confirmed| confirmed.by.clone());
        (a.office.to_string(), a.validity.to.map(|day| day.to_string()), confirmed)
    };
    organisation.handlers[&HandlerId::parse("fk-h-017").unwrap()].assignments.iter().map(of).collect()
}

#[test]
fn a_file_imported_again_leaves_what_was_done_with_assignments_since() {
    let original = small();
    let mut register = read(&original, today()).unwrap();
    let entry = register.handlers.get_mut(&HandlerId::parse("fk-h-017").unwrap()).unwrap();
    let came = entry.assignments[0].clone();
    let given = Confirmed { on: "2026-01-10".parse().unwrap(), by: "fk-i-001".to_owned() };
    entry.assignments[0].validity.to = Some("2026-10-31".parse().unwrap());
    let from = "2026-01-10".parse().unwrap();
    let more = Assignment { validity: Validity { from, to: None }, confirmed: Some(given), ..came };
    entry.assignments.push(more);
    let stands = assignments(&register);
    assert_eq!((stands.len(), stands[0].1.as_deref()), (2, Some("2026-10-31")));

    let (again, changes) = import(&register, &original, today()).unwrap();
    assert_eq!((assignments(&again), changes.is_empty()), (stands.clone(), true));
    // A file ends earlier, and prolongs nothing.
    for (last, expected) in [("2026-05-31", "2026-05-31"), ("2027-12-31", "2026-10-31")] {
        let mut file = original.clone();
        file["handlers"][0]["assignments"][0]["validTo"] = json!(last);
        let (merged, _) = import(&register, &file, today()).unwrap();
        assert_eq!(assignments(&merged)[0].1.as_deref(), Some(expected));
    }
    // What only came with a file goes with it.
    let mut file = original;
    file["handlers"][0]["assignments"] = json!([]);
    let (merged, _) = import(&register, &file, today()).unwrap();
    assert_eq!(assignments(&merged), stands[1..]);
}
