//! Versions of definitions: a figure can be had again by the definition it was made by, and no definition changes
//! without a new number.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sus::reports::catalogue::{Definition, catalogue};

use crate::http::Api;
use crate::support::{on_both, organisation};

const QUESTION: &str = "from=2016-10-01&to=2016-12-31";

#[test]
fn every_version_of_a_report_can_be_pulled_compared_and_frozen_by_its_number() {
    on_both(|_, database| {
        let api = Api::around(database, "2016-12-12", &organisation());
        let listed = api.get("/v1/reports?limit=100", &api.fk()).json();
        for report in listed["items"].as_array().unwrap() {
            let (id, newest) = (report["id"].as_str().unwrap(), &report["version"]);
            let versions = report["versions"].as_array().unwrap();
            assert_eq!(versions.first(), Some(newest), "{id}");
            let needed = if id == "deltagare-forman-efter" { "&formanFore=sjukpenning" } else { "" };
            for version in versions {
                let pulled = api.get(&format!("/v1/reports/{id}?{QUESTION}{needed}&version={version}"), &api.fk());
                assert_eq!((pulled.status, &pulled.json()["version"]), (200, version), "{id}: {}", pulled.text);
            }
            for path in ["", "/difference"] {
                let asked = format!("/v1/reports/{id}{path}?{QUESTION}{needed}&asOf=2016-12-01&version=99");
                let told = api.get(&asked, &api.fk());
                assert_eq!(told.status, 400, "{id}{path}: {}", told.text);
                let error = &told.json()["errors"][0];
                assert_eq!(error["pointer"], "/query/version", "{}", told.text);
                let named: Vec<String> = versions.iter().map(ToString::to_string).collect();
                assert_eq!(error["allowed"]["values"], json!(named), "{}", told.text);
            }
        }
        let mut wanted = json!({"name": "Möte", "report": "baspaket", "from": "2016-10-01", "to": "2016-10-31",
            "version": 1, "asOf": "2016-12-01"});
        let frozen = api.post("/v1/frozen-reports", &api.fk(), &wanted);
        assert_eq!((frozen.status, &frozen.json()["version"]), (201, &json!(1)), "{}", frozen.text);
        wanted["version"] = json!(99);
        let refused = api.post("/v1/frozen-reports", &api.fk(), &wanted);
        assert_eq!((refused.status, &refused.json()["errors"][0]["pointer"]), (422, &json!("/version")));
    });
}

/// What a definition says of populations, measures and codes; its titles, labels and footnotes may be put better.
fn counted(definition: &Definition) -> Value {
    let codes = |part: &str, name: &String| -> Vec<String> {
        let labels = definition.labels(part, name);
        labels.map(|labels| labels.codes.iter().map(|label| label.code.clone()).collect()).unwrap_or_default()
    };
    let part = |part: &sus::reports::catalogue::PartDefinition| {
        let dimensions: BTreeMap<&String, Vec<String>> =
            part.dimensions.iter().map(|name| (name, codes(&part.id, name))).collect();
        json!([part.id, part.definition, part.measures, part.dimensions, dimensions])
    };
    json!([definition.definition, definition.parts.iter().map(part).collect::<Vec<_>>()])
}

/// The committed file is written by hand: whoever changes a definition gives it a new number, keeps the one before in
/// `reports/earlier`, and adds a line.
#[test]
fn a_definition_keeps_its_number_only_while_it_says_the_same() {
    let committed = include_str!("../golden/definitions.txt");
    let mut told = String::new();
    for report in catalogue().reports() {
        for version in catalogue().versions(&report.id) {
            let definition = catalogue().version(&report.id, Some(version)).unwrap();
            let digest = Sha256::digest(counted(definition).to_string().as_bytes());
            let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            let _ = writeln!(told, "{} {version} {digest}", report.id);
        }
    }
    assert_eq!(told, committed, "a changed definition is a new version");
}
