//! Loading registers and history, and making them up.

use expect_test::expect;
use serde_json::json;

use sus::demo::pilot;

use super::{Place, lines, places};
use crate::support::posting::number;
use crate::support::tables::Raw;

#[test]
fn a_file_of_registers_is_refused_whole_with_everything_that_is_wrong() {
    let place = Place::new();
    let wrong = json!({
        "areas": [{"code": "FK-X", "agency": "FK", "name": "X"}],
        "offices": [{"code": "FK-1", "agency": "AF", "area": "NOWHERE", "name": "Ett", "municipalities": ["9999"],
            "validFrom": "2016-13-01"},
            {"code": "FK-3", "agency": "AF", "area": "FK-X", "name": "Tre", "municipalities": ["9999"], "validFrom": "2016-01-01"},
            {"code": "FK-4", "agency": "FK", "area": "NOWHERE", "name": "Fyra", "municipalities": [], "validFrom": "2016-01-01",
            "validTo": "2015-01-01", "successor": "FK-5"}],
        "steeringGroups": [{"code": "g", "name": "G", "offices": ["FK-2"], "validFrom": "2010-01-01"}],
        "handlers": [{"id": "h", "agency": "FK", "name": "850312-9804", "assignments": []}],
        "kommuner": []
    });
    place.file("organisation.json", &wrong.to_string());
    let told = place.run("organisation import organisation.json").complained();
    expect![[r#"
        /kommuner                                org_unknown_field: There is no such field.
        /offices/0/validFrom                     org_format: The value is not valid. Right is: YYYY-MM-DD
        /offices/2/validTo                       org_validity: The first day lies after the last day.
        /handlers/0/name                         org_identity_number: The text seems to hold an identity number. None may stand here.
        /offices/1/area                          org_agency: The agencies do not agree: office and area
        /offices/1/municipalities/0              org_unknown_reference: The code is not in the register: kommun
        /steeringGroups/0/offices/0              org_unknown_reference: The code is not in the register: office
        /offices/0/area                          org_unknown_reference: The code is not in the register: area
        /offices/0/municipalities/0              org_unknown_reference: The code is not in the register: kommun
        /offices/2/area                          org_unknown_reference: The code is not in the register: area
        /offices/2/successor                     org_unknown_reference: The code is not in the register: office
        sus: 11 findings; nothing was loaded
    "#]].assert_eq(&told);
    assert!(!told.contains("850312"));
    let exported: serde_json::Value = serde_json::from_str(&place.run("organisation export").printed()).unwrap();
    assert_eq!(exported["areas"], json!([]), "nothing was loaded");
    assert!(place.run("organisation import nowhere.json").complained().contains("nowhere.json can't be read"));
    place.file("broken.json", "{");
    assert!(place.run("organisation import broken.json").complained().contains("broken.json is no JSON"));
}

#[test]
fn registers_are_exported_as_they_were_imported() {
    let place = Place::new();
    place.pilot_files();
    expect![[r#"
        areas                         2 added      0 changed      0 unchanged
        offices                      13 added      0 changed      0 unchanged
        steering groups               6 added      0 changed      0 unchanged
        handläggare                  37 added      0 changed      0 unchanged
        local agreements              2 added      0 changed      0 unchanged
        definitions of insatser       8 added      0 changed      0 unchanged
        The registers stand at position 1.
    "#]]
    .assert_eq(&place.run("organisation import organisation.json").printed());
    place.file("exported.json", &place.run("organisation export").printed());
    let again = place.run("organisation import exported.json").printed();
    assert!(!again.lines().any(|line| line.contains(" 1 added") || line.contains(" 1 changed")), "{again}");
}

#[test]
fn closing_an_office_says_which_cases_were_moved_and_which_stay() {
    let place = Place::new();
    place.pilot_files();
    place.run("organisation import organisation.json").printed();
    let request = |n: u32, fk: &str| {
        json!({"agency": "FK", "caseReference": format!("C-{n}"), "step": "begaran", "date": "2016-10-03",
            "participant": {"personnummer": number(&format!("1980-01-0{n}"))}, "offices": {"fk": fk, "af": "AF-GAVLE"},
            "municipality": "2180",
            "consent": {"obtainedOn": "2016-09-26", "obtainedBy": "AF", "office": "AF-GAVLE", "form": "gk-affk-1"}})
    };
    place.file("cases.ndjson", &format!("{}\n{}\n", request(1, "FK-GAVLE"), request(2, "FK-SANDVIKEN")));
    place.run("import cases.ndjson").printed();
    let mut closed = pilot::organisation();
    for office in closed["offices"].as_array_mut().unwrap() {
        if ["FK-GAVLE", "AF-GAVLE"].contains(&office["code"].as_str().unwrap()) {
            office["validTo"] = json!("2016-12-31");
        }
        if office["code"] == "AF-GAVLE" {
            office["successor"] = json!("AF-SANDVIKEN");
        }
    }
    place.file("closed.json", &closed.to_string());
    let told = place.run("organisation import closed.json").printed();
    assert!(told.contains("Open cases moved from closed offices to their successors: 1.\n"), "{told}");
    assert!(told.contains("Open cases that rules keep at closed offices: 1.\n  "), "{told}");
    assert!(
        told.ends_with(
            " at AF-GAVLE: kontor_inte_giltigt The office is not valid on that day. \
             Allowed: 2005-01-01 – 2016-12-31.\n"
        ),
        "{told}"
    );
}

#[test]
fn an_import_tells_what_it_refused_and_is_simply_started_anew() {
    places(|_, _, place| {
        place.pilot_files();
        place.run("organisation import organisation.json").printed();
        let pilot = place.read("pilot.ndjson");
        let whole: Vec<&str> = pilot.lines().collect();
        // Broken off after a hundred lines, one of them no JSON and one of a kommun that isn't there.
        let mut first: Vec<String> = whole[..100].iter().map(|line| (*line).to_owned()).collect();
        first[50] = "{\"agency\":".to_owned();
        first[0] = first[0].replace("\"municipality\":\"21", "\"municipality\":\"99");
        place.file("history.ndjson", &first.join("\n"));
        let told = place.run("import history.ndjson").refused_some();
        assert!(told.starts_with("100 lines: "), "{told}");
        assert!(
            told.contains("The refused lines stand with their findings in history.ndjson.refused.ndjson."),
            "{told}"
        );
        let refused = lines(&place.read("history.ndjson.refused.ndjson"));
        assert_eq!(
            (refused[0]["line"].as_i64(), &refused[0]["findings"][0]["code"]),
            (Some(1), &json!("kommun_okand"))
        );
        assert!(refused.iter().any(|line| line["line"] == 51 && line["input"] == "{\"agency\":"));
        // The same name, now whole and right: what is in is passed over, what was refused goes in.
        place.file("history.ndjson", &pilot);
        let told = place.run("import history.ndjson --refused none.ndjson").printed();
        assert!(told.contains(&format!("{} lines: ", whole.len())) && told.contains(" 0 refused"), "{told}");
        assert!(!told.contains(" 0 in already"), "{told}");
        assert!(!place.exists("none.ndjson"), "a file of nothing is not made");
        assert!(place.exists("history.ndjson.refused.ndjson"), "another file than this run's is left alone");
        let told = place.run("import history.ndjson").printed();
        assert!(told.contains(&format!("0 registered, {} in already, 0 refused", whole.len())), "{told}");
        assert!(!place.exists("history.ndjson.refused.ndjson"), "nothing is refused any more");
    });
}

#[test]
fn an_import_reads_standard_input_and_says_what_can_not_be_read() {
    let place = Place::new();
    place.pilot_files();
    place.run("organisation import organisation.json").printed();
    let file = std::fs::File::open(place.folder.path().join("pilot.ndjson")).unwrap();
    let output = place.command("import -").stdin(file).output().unwrap();
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains(" 0 refused"), "{output:?}");
    assert!(place.run("import nowhere.ndjson").complained().contains("nowhere.ndjson can't be read"));
    assert!(place.run("import pilot.ndjson --client å").complained().contains("the client:"));
}

#[test]
fn an_import_ends_with_a_code_of_its_own_when_lines_were_refused() {
    let place = Place::new();
    place.file("wrong.ndjson", "{}\n");
    let told = place.run("import wrong.ndjson").refused_some();
    assert!(told.starts_with("1 lines: 0 registered, 0 in already, 1 refused;"), "{told}");
    assert!(!told.contains("Position"), "nothing is in: {told}");
    assert_eq!(place.run("import nowhere.ndjson").code, Some(1));
    assert_eq!(place.run("import").code, Some(2));
    place.file("empty.ndjson", "");
    assert_eq!(place.run("import empty.ndjson").code, Some(0));
    let told = place.run("import empty.ndjson --client 198503129804").complained();
    assert!(told.contains("the client") && !told.contains("9804"), "{told}");
    for help in ["import --help", "--help"] {
        let told = place.run(help).printed();
        assert!(told.contains("Exit status:") && told.contains("refused"), "{told}");
    }
}

#[test]
fn only_a_file_of_refused_lines_is_taken_away() {
    let place = Place::new();
    place.file("empty.ndjson", "");
    // Whatever is named by mistake stays as it is, and so does what is imported.
    place.file("notes.txt", "mine\n");
    place.run("import empty.ndjson --refused notes.txt").printed();
    assert_eq!(place.read("notes.txt"), "mine\n");
    place.file("wrong.ndjson", "{}\n");
    let told = place.run("import wrong.ndjson --refused ./wrong.ndjson").complained();
    assert!(told.contains("names the file that is imported"), "{told}");
    assert_eq!(place.read("wrong.ndjson"), "{}\n");
    place.run("import wrong.ndjson --refused refused.ndjson").refused_some();
    place.run("import empty.ndjson --refused refused.ndjson").printed();
    assert!(!place.exists("refused.ndjson"));
}

#[test]
fn a_demo_loads_everything_and_shows_the_pilot() {
    let place = Place::new();
    let told = place.run("demo --cases 200 --no-serve").printed();
    assert!(told.contains(" 0 refused"), "{told}");
    assert!(!told.contains("The first refused"), "{told}");
    assert!(told.contains("Baspaket för uppföljning av AF/FK-samarbete"), "{told}");
    assert!(told.contains("2016") && told.contains("2021"), "years beside their targets: {told}");
    // A second one begins from nothing again.
    assert!(place.run("demo --cases 0 --no-serve").ok);
}

#[test]
fn made_up_data_is_the_same_for_the_same_seed() {
    let place = Place::new();
    let one = place.run("generate national --cases 50 --seed 7").printed();
    assert_eq!(one, place.run("generate national --cases 50 --seed 7").printed());
    assert_ne!(one, place.run("generate national --cases 50 --seed 8").printed());
    assert!(lines(&one).len() > 100);
    let targets = place.run("generate national --cases 2000 --targets").printed();
    for year in ["2016", "2017", "2018", "2019", "2021"] {
        assert!(targets.contains(year), "{year} in {targets}");
    }
    place.run("generate nonsense").complained();
}

#[test]
fn migrating_twice_changes_nothing() {
    places(|_, _, place| {
        let first = place.run("migrate").printed();
        assert!(first.contains("position 0"), "{first}");
        assert_eq!(place.run("migrate").printed(), first);
    });
}

#[test]
fn only_what_writes_computes_due_days_by_the_lead_times_it_is_given() {
    places(|_, database, place| {
        place.pilot_files();
        place.run("organisation import organisation.json").printed();
        place.run("import pilot.ndjson").printed();
        let other = || Place::over(database).with("SUS_DUE_AFTER_GK", "20");
        let kept = |days: u32| Raw::of(database).count("due_basis", &format!("lead_times LIKE '% gk {days},%'"));
        // Somebody who pulls a report without the service's configuration changes nothing.
        other().run("report --from 2016-10-01 --to 2016-12-31").printed();
        other().run("organisation export").printed();
        other().run("migrate").printed();
        assert_eq!((kept(14), kept(20)), (1, 0));
        let file = place.folder.path().join("pilot.ndjson");
        other().run(&format!("import {}", file.display())).printed();
        assert_eq!((kept(14), kept(20)), (0, 1));
    });
}
