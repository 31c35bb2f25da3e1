//! Offices close, and anonymous cases are followed without a number.

use serde_json::json;
use sus::domain::case::IdentityState;
use sus::domain::rule::Rule;

use crate::support::posting::{begaran, gk, post};
use crate::support::{noon, on_both, organisation, service};

#[test]
fn closing_an_office_moves_its_open_cases_to_the_successor() {
    on_both(|_, database| {
        let (service, clock) = service(database, noon("2016-10-04"));
        service.import_organisation(&organisation()).unwrap();
        let opened = post(&service, vec![begaran("FK-1", "198503129804", "2016-10-03")]).unwrap();
        let case = opened.results[0].as_ref().unwrap().case_id();
        let mut after = organisation();
        after["offices"][1]["validTo"] = json!("2016-10-10");
        after["offices"][1]["successor"] = json!("AF-SANDVIKEN");
        // Planned ahead it changes nothing yet; the day after its last day it does.
        service.import_organisation(&after).unwrap();
        assert_eq!(
            post(&service, vec![gk("FK-1", "2016-10-04")]).unwrap().results[0].as_ref().unwrap().case.offices.len(),
            1
        );
        clock.set(noon("2016-10-11"));
        after["offices"][1]["name"] = json!("Af Gävle (stängt)");
        service.import_organisation(&after).unwrap();
        let planned = json!({"case": case.to_string(), "step": "planerad_afi", "date": "2016-10-12",
            "answers": {"fortsattHandlaggning": "gemensamt_stod"}});
        let outcome = post(&service, vec![planned]).unwrap();
        let moved = &outcome.results[0].as_ref().unwrap().case;
        assert_eq!(moved.present_offices().af.as_str(), "AF-SANDVIKEN");
        assert_eq!(moved.offices[1].from.to_string(), "2016-10-11");
        assert_eq!(moved.offices_on("2016-10-10".parse().unwrap()).af.as_str(), "AF-GAVLE");
    });
}

#[test]
fn an_anonymous_case_is_followed_in_its_batch_by_the_reference_of_its_request() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2016-11-20"));
        service.import_organisation(&organisation()).unwrap();
        let request = json!({"clientReference": "anon-1", "step": "begaran", "date": "2016-10-03",
            "participant": {"anonymous": {"sex": "kvinna"}}, "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"}});
        let next = json!({"caseOf": "anon-1", "step": "gk", "date": "2016-10-12"});
        let outcome = post(&service, vec![request, next]).unwrap();
        let case = &outcome.results[1].as_ref().unwrap().case;
        assert_eq!((case.identity, case.steps.len()), (IdentityState::Anonymous, 2));
        // In a later batch too, and for this client only.
        let later = json!({"caseOf": "anon-1", "step": "planerad_ali", "date": "2016-10-20"});
        assert!(post(&service, vec![later]).unwrap().results[0].is_ok());
        let unknown = json!({"caseOf": "anon-2", "step": "gk", "date": "2016-10-12"});
        assert!(post(&service, vec![unknown]).unwrap().results[0].as_ref().unwrap_err().contains(Rule::ArendeOkant));
    });
}

#[test]
fn a_person_may_end_one_case_and_open_another_in_one_batch() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2016-11-20"));
        service.import_organisation(&organisation()).unwrap();
        post(&service, vec![begaran("FK-1", "198503129804", "2016-10-03")]).unwrap();
        let ended = json!({"caseReference": "FK-1", "step": "avbrutet", "date": "2016-10-10", "answers": {"orsak": "eget_initiativ"}});
        let outcome = post(&service, vec![ended, begaran("FK-2", "198503129804", "2016-11-01")]).unwrap();
        assert!(outcome.results.iter().all(Result::is_ok), "{:?}", outcome.results);
    });
}

#[test]
fn another_master_key_is_refused_at_the_start() {
    on_both(|_, database| {
        drop(service(database, noon("2016-11-20")));
        let again = sus::registrations::Service::start(sus::registrations::writer::Parts {
            db: sus::storage::Db::open(&database.url, 2).unwrap(),
            vault: std::sync::Arc::new(sus::storage::vault::Vault::new([8; 32])),
            settings: sus::domain::transition::Settings::default(),
            queue: 16,
            registers: std::sync::Arc::default(),
            clock: std::sync::Arc::new(sus::clock::SystemClock),
            chance: Box::new(sus::chance::Generator::seeded(1)),
        });
        let error = again.err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("sealed by master key"), "{error}");
    });
}
