//! Offices close, and anonymous cases are followed without a number.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use sus::domain::case::{Case, IdentityState};
use sus::domain::code::CaseId;
use sus::domain::rule::Rule;
use sus::domain::step::Agency;
use sus::registrations::service::Service;
use sus::registrations::successors::Moves;
use sus::registrations::wire::Kind;
use sus::storage::cases;
use sus::storage::journal::{Selection, load};

use crate::support::posting::{Ask, begaran, gk, number, post};
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
fn a_closing_planned_ahead_takes_effect_on_its_day_while_the_service_runs() {
    on_both(|_, database| {
        let (service, clock) = service(database, noon("2016-10-04"));
        service.import_organisation(&closed(&[(AF_GAVLE, Some("AF-SANDVIKEN"))])).unwrap();
        let case = opened(&service, vec![request(1, "FK-GAVLE", "2016-10-03")])[0];
        let today = service.today();
        assert_eq!(service.begin_day(today), today);
        clock.set(noon("2016-10-10"));
        let last = service.begin_day(today);
        assert_eq!(offices(&stored(&service, case)), pair("FK-GAVLE", "AF-GAVLE"), "its last day");
        clock.set(noon("2016-10-11"));
        assert_eq!(service.begin_day(last), "2016-10-11".parse().unwrap());
        assert_eq!(offices(&stored(&service, case)), pair("FK-GAVLE", "AF-SANDVIKEN"));
    });
}

#[test]
fn whoever_is_registered_back_to_before_a_closing_follows_on_the_same_day() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2016-10-20"));
        service.import_organisation(&closed(&[(AF_GAVLE, Some("AF-SANDVIKEN"))])).unwrap();
        let today = service.today();
        let case = opened(&service, vec![request(1, "FK-GAVLE", "2016-10-03")])[0];
        assert_eq!(offices(&stored(&service, case)), pair("FK-GAVLE", "AF-GAVLE"));
        assert_eq!(service.begin_day(today), today);
        let moved = stored(&service, case);
        assert_eq!(offices(&moved), pair("FK-GAVLE", "AF-SANDVIKEN"));
        assert_eq!(moved.offices[1].from.to_string(), "2016-10-11");
        let outcome = post(&service, vec![gk("FK-1", "2016-10-12")]).unwrap();
        assert!(outcome.results[0].is_ok(), "{:?}", outcome.results);
    });
}

/// The registers with these offices closed after 2016-10-10, each with its successor if it has one.
fn closed(offices: &[(usize, Option<&str>)]) -> Value {
    let mut after = organisation();
    for (place, successor) in offices {
        after["offices"][place]["validTo"] = json!("2016-10-10");
        after["offices"][place]["successor"] = json!(successor);
    }
    after
}

const FK_GAVLE: usize = 0;
const AF_GAVLE: usize = 1;

/// A request of the nth person, at FK's office in Gävle or Sandviken and AF's in Gävle.
fn request(n: u64, fk: &str, date: &str) -> Value {
    let born: NaiveDate = "1950-01-01".parse().unwrap();
    let mut body = begaran(&format!("FK-{n}"), &number(&(born + Days::new(n)).to_string()), date);
    body["offices"]["fk"] = json!(fk);
    body
}

fn opened(service: &Arc<Service>, bodies: Vec<Value>) -> Vec<CaseId> {
    post(service, bodies).unwrap().results.iter().map(|r| r.as_ref().unwrap().case_id()).collect()
}

fn stored(service: &Service, id: CaseId) -> Case {
    let mut reader = service.db.read().unwrap();
    let row = cases::by_ids(&mut reader.link(), &[id.0.as_bytes().to_vec()]).unwrap().remove(0);
    load(&mut reader.link(), Selection::Numbers(&[row.number])).unwrap()[0].case().unwrap()
}

fn offices(case: &Case) -> (String, String) {
    (case.present_offices().fk.to_string(), case.present_offices().af.to_string())
}

fn pair(fk: &str, af: &str) -> (String, String) {
    (fk.to_owned(), af.to_owned())
}

#[test]
fn a_case_that_a_rule_keeps_at_a_closed_office_is_told_of_and_stays_as_it_was() {
    on_both(|backend, database| {
        let (service, clock) = service(database, noon("2016-10-04"));
        service.import_organisation(&organisation()).unwrap();
        // More than are moved in one transaction, and all before the one that can be moved.
        let kept = opened(&service, (0..505).map(|n| request(n, "FK-GAVLE", "2016-10-03")).collect());
        let movable = opened(&service, vec![request(900, "FK-SANDVIKEN", "2016-10-03")])[0];
        let before = stored(&service, kept[0]);
        clock.set(noon("2016-10-12"));
        // FK's office in Gävle has closed too, and nobody has taken over.
        let taken =
            service.import_organisation(&closed(&[(FK_GAVLE, None), (AF_GAVLE, Some("AF-SANDVIKEN"))])).unwrap();
        let moves = taken.moves.unwrap();
        assert_eq!((moves.moved, moves.kept, moves.named.len()), (1, 505, 20), "{backend:?}");
        assert_eq!((moves.named[0].case, moves.named[0].office.as_str()), (kept[0], "AF-GAVLE"));
        let finding = &moves.named[0].findings.0[0];
        assert_eq!((finding.rule, finding.pointer.as_str()), (Rule::KontorInteGiltigt, "/offices/fk"));
        assert_eq!(offices(&stored(&service, movable)), pair("FK-SANDVIKEN", "AF-SANDVIKEN"));
        assert_eq!(stored(&service, kept[0]), before, "nothing of it was touched");
        // When somebody takes over, they are moved like any others.
        let both = closed(&[(FK_GAVLE, Some("FK-SANDVIKEN")), (AF_GAVLE, Some("AF-SANDVIKEN"))]);
        let moves = service.import_organisation(&both).unwrap().moves.unwrap();
        assert_eq!(moves, Moves { moved: 505, ..Moves::default() });
        let case = stored(&service, kept[504]);
        assert_eq!(offices(&case), pair("FK-SANDVIKEN", "AF-SANDVIKEN"));
        assert_eq!((case.version, case.offices[1].from.to_string()), (2, "2016-10-11".to_owned()));
    });
}

#[test]
fn a_case_that_changed_its_other_office_since_follows_from_the_closing_on() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2016-10-20"));
        service.import_organisation(&organisation()).unwrap();
        let case = opened(&service, vec![request(1, "FK-GAVLE", "2016-10-03")])[0];
        let change = json!({"date": "2016-10-15", "offices": {"fk": "FK-GAVLE", "af": "AF-SANDVIKEN"}});
        let done = Ask::of(Agency::Af).change(&service, case, Kind::OfficeChange, None, &change).unwrap();
        assert!(done.results[0].is_ok(), "{:?}", done.results);
        let taken = service.import_organisation(&closed(&[(FK_GAVLE, Some("FK-SANDVIKEN"))])).unwrap();
        let moves = taken.moves.unwrap();
        assert_eq!((moves.moved, moves.kept), (1, 0), "{backend:?}");
        let moved = stored(&service, case);
        let on = |day: &str| moved.offices_on(day.parse().unwrap());
        let told = ["2016-10-10", "2016-10-11", "2016-10-14", "2016-10-15"].map(|day| {
            let on = on(day);
            (on.fk.to_string(), on.af.to_string())
        });
        let followed = pair("FK-SANDVIKEN", "AF-GAVLE");
        let last = pair("FK-SANDVIKEN", "AF-SANDVIKEN");
        assert_eq!(told, [pair("FK-GAVLE", "AF-GAVLE"), followed.clone(), followed, last], "{backend:?}");
        let again = service.import_organisation(&closed(&[(FK_GAVLE, Some("FK-SANDVIKEN"))])).unwrap().moves;
        assert!(again.is_none_or(|moves| (moves.moved, moves.kept) == (0, 0)), "{backend:?}");
    });
}

#[test]
fn what_was_agreed_upon_at_a_closed_office_stays_there_and_the_case_follows_on_the_day_after() {
    on_both(|backend, database| {
        let (service, clock) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let case = opened(&service, vec![request(1, "FK-GAVLE", "2016-10-03")])[0];
        let on_behalf = json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-12", "onBehalfOf": "lok-1"});
        let done = Ask::of(Agency::Af).post(&service, &[on_behalf]).unwrap();
        assert!(done.results[0].is_ok(), "{:?}", done.results);
        // The closing is known later than it was; Sandviken has no such agreement.
        clock.set(noon("2016-10-20"));
        let moves = service.import_organisation(&closed(&[(FK_GAVLE, Some("FK-SANDVIKEN"))])).unwrap().moves.unwrap();
        assert_eq!((moves.moved, moves.kept), (1, 0), "{backend:?}: {:?}", moves.named);
        let moved = stored(&service, case);
        let fk = ["2016-10-12", "2016-10-13"].map(|day| moved.offices_on(day.parse().unwrap()).fk.to_string());
        assert_eq!(fk, ["FK-GAVLE", "FK-SANDVIKEN"], "{backend:?}");
    });
}

#[test]
fn both_offices_of_a_case_may_close_on_one_day() {
    on_both(|_, database| {
        let (service, clock) = service(database, noon("2016-10-04"));
        service.import_organisation(&organisation()).unwrap();
        let case = opened(&service, vec![request(1, "FK-GAVLE", "2016-10-03")])[0];
        clock.set(noon("2016-10-12"));
        let both = closed(&[(FK_GAVLE, Some("FK-SANDVIKEN")), (AF_GAVLE, Some("AF-SANDVIKEN"))]);
        let moves = service.import_organisation(&both).unwrap().moves.unwrap();
        assert_eq!(moves, Moves { moved: 1, ..Moves::default() });
        assert_eq!(offices(&stored(&service, case)), pair("FK-SANDVIKEN", "AF-SANDVIKEN"));
        assert_eq!(stored(&service, case).version, 2, "in one change");
    });
}

#[test]
fn a_case_that_begins_after_the_last_day_is_moved_from_its_beginning() {
    on_both(|_, database| {
        let (service, clock) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        // One request is dated ahead; of the other, joint mapping is registered already.
        let mut bodies = vec![request(1, "FK-SANDVIKEN", "2016-11-01"), request(2, "FK-SANDVIKEN", "2016-10-11")];
        bodies.push(gk("FK-2", "2016-10-12"));
        let cases = opened(&service, bodies);
        clock.set(noon("2016-10-20"));
        let moves = service.import_organisation(&closed(&[(AF_GAVLE, Some("AF-SANDVIKEN"))])).unwrap().moves.unwrap();
        assert_eq!(moves, Moves { moved: 2, ..Moves::default() });
        for (case, from) in [(cases[0], "2016-11-01"), (cases[1], "2016-10-11")] {
            let case = stored(&service, case);
            assert_eq!(
                (offices(&case).1.as_str(), case.offices[1].from.to_string()),
                ("AF-SANDVIKEN", from.to_owned())
            );
        }
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
            erasures: None,
        });
        let error = again.err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("sealed by master key"), "{error}");
    });
}
