//! The number that an agency has for a case, when the case was registered in error.

use std::sync::Arc;

use serde_json::{Value, json};
use sus::domain::code::CaseId;
use sus::domain::rule::Rule;
use sus::domain::step::Agency;
use sus::registrations::service::Service;
use sus::registrations::wire::Kind;

use crate::support::posting::{Ask, begaran, gk, import_lines, number, post};
use crate::support::tables::Raw;
use crate::support::{noon, on_both, organisation, service};

/// What one registration came to: its case, or the rules it broke with their places.
fn one(service: &Arc<Service>, body: Value) -> Result<CaseId, Vec<(Rule, String)>> {
    let result = post(service, vec![body]).unwrap().results.remove(0);
    result
        .map(|done| done.case_id())
        .map_err(|findings| findings.0.into_iter().map(|finding| (finding.rule, finding.pointer)).collect())
}

fn correct(service: &Arc<Service>, case: CaseId, kind: &str) -> Result<(), Vec<(Rule, String)>> {
    let body = json!({"kind": kind, "reason": {"code": "fel_person"}});
    let done = Ask::of(Agency::Fk).change(service, case, Kind::Correction, None, &body).unwrap();
    let result = done.results.into_iter().next().unwrap();
    result.map(|_| ()).map_err(|findings| findings.0.into_iter().map(|f| (f.rule, f.pointer)).collect())
}

#[test]
fn the_number_of_a_case_in_error_is_for_the_right_case() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2016-10-20"));
        service.import_organisation(&organisation()).unwrap();
        let request = |birth: &str| begaran("FK-1", &number(birth), "2016-10-03");
        let taken = |at: &str| Err(vec![(Rule::ReferensUpptagen, at.to_owned())]);
        let wrong = one(&service, request("1985-03-12")).unwrap();
        let refused = one(&service, request("1990-01-01")).unwrap_err();
        assert!(refused.contains(&(Rule::ReferensUpptagen, "/caseReference".to_owned())), "{backend:?}: {refused:?}");
        correct(&service, wrong, "felregistrering").unwrap();
        let right = one(&service, request("1990-01-01")).unwrap();
        assert_eq!(one(&service, gk("FK-1", "2016-10-12")), Ok(right), "{backend:?}: the number is the right case's");
        assert_eq!(correct(&service, wrong, "undo_felregistrering"), taken(""), "{backend:?}");
        let third = one(&service, request("1975-12-31")).unwrap_err();
        assert!(third.contains(&(Rule::ReferensUpptagen, "/caseReference".to_owned())), "{backend:?}: {third:?}");
        // It was the other way round.
        correct(&service, right, "felregistrering").unwrap();
        correct(&service, wrong, "undo_felregistrering").unwrap();
        assert_eq!(one(&service, gk("FK-1", "2016-10-13")), Ok(wrong), "{backend:?}");
        assert_eq!(correct(&service, right, "undo_felregistrering"), taken(""), "{backend:?}");
        // And neither.
        correct(&service, wrong, "felregistrering").unwrap();
        let last = one(&service, request("1975-12-31")).unwrap();
        assert_eq!(one(&service, gk("FK-1", "2016-10-14")), Ok(last), "{backend:?}");
    });
}

#[test]
fn in_one_piece_of_an_import_too() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2016-10-20"));
        service.import_organisation(&organisation()).unwrap();
        let line = |mut body: Value, own: &str| {
            (body["agency"], body["recordedAt"]) = (json!("FK"), json!("2016-10-12T12:00:00Z"));
            body["clientReference"] = json!(own);
            body
        };
        let in_error = json!({"kind": "correction", "caseOf": "wrong", "reason": {"code": "fel_person"},
            "correction": "felregistrering"});
        let lines = [
            line(begaran("FK-1", &number("1985-03-12"), "2016-10-03"), "wrong"),
            line(in_error, "error"),
            line(begaran("FK-1", &number("1990-01-01"), "2016-10-03"), "right"),
            line(gk("FK-1", "2016-10-12"), "mapping"),
        ];
        let (summary, refused) = import_lines(&service, &lines);
        assert_eq!((summary.registered, refused.as_str()), (4, ""), "{backend:?}");
    });
}

/// What is gone with an identity can be found by nothing that led to the case.
#[test]
fn with_the_identity_of_the_right_case_the_number_goes_from_the_one_in_error_too() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2016-10-20"));
        service.import_organisation(&organisation()).unwrap();
        let wrong = one(&service, begaran("FK-1", &number("1985-03-12"), "2016-10-03")).unwrap();
        correct(&service, wrong, "felregistrering").unwrap();
        let right = one(&service, begaran("FK-1", &number("1990-01-01"), "2016-10-03")).unwrap();
        let with_number = |of: &str| Raw::of(database).count("case_references", of);
        assert_eq!((with_number("reference = 'FK-1'"), with_number("turn = 1")), (2, 1), "{backend:?}");
        let protection = json!({"date": "2016-10-20"});
        let done = Ask::of(Agency::Fk).change(&service, right, Kind::Protection, None, &protection).unwrap();
        assert!(done.results[0].is_ok(), "{backend:?}: {:?}", done.results);
        assert_eq!(with_number("true"), 0, "{backend:?}");
        // Who comes back has no number, and another case may get it.
        correct(&service, wrong, "undo_felregistrering").unwrap();
        let last = one(&service, begaran("FK-1", &number("1975-12-31"), "2016-10-03")).unwrap();
        assert_eq!(one(&service, gk("FK-1", "2016-10-12")), Ok(last), "{backend:?}");
        // The other way round the number stays where it belongs.
        let error = one(&service, begaran("FK-2", &number("1980-01-01"), "2016-10-03")).unwrap();
        correct(&service, error, "felregistrering").unwrap();
        one(&service, begaran("FK-2", &number("1981-01-01"), "2016-10-03")).unwrap();
        let done = Ask::of(Agency::Fk).change(&service, error, Kind::Protection, None, &protection).unwrap();
        assert!(done.results[0].is_ok(), "{backend:?}: {:?}", done.results);
        assert_eq!(with_number("reference = 'FK-2'"), 1, "{backend:?}");
    });
}
