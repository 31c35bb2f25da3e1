//! Sending again, trying first, and all or nothing: what a client may rely on when its line breaks.

use serde_json::{Value, json};
use sus::domain::rule::{Rule, Severity};
use sus::domain::step::Agency;
use sus::registrations::job::{Outcome, Refusal};

use super::concurrency::two_processes;
use crate::support::posting::{Ask, begaran, gk};
use crate::support::tables::Raw;
use crate::support::{noon, on_both, organisation, service};

const ANNA: &str = "198503129804";

fn with_reference(mut body: Value, own: &str) -> Value {
    body["clientReference"] = json!(own);
    body
}

/// Rules that the only item broke.
fn broken(outcome: &Outcome) -> Vec<Rule> {
    outcome.results[0].as_ref().map_or_else(
        |findings| findings.0.iter().map(|f| f.rule).filter(|rule| rule.row().severity == Severity::Error).collect(),
        |_| Vec::new(),
    )
}

#[test]
fn a_client_reference_stands_for_one_registration_for_ever() {
    on_both(|_, database| {
        let (service, clock) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let fk = Ask::of(Agency::Fk);
        let body = with_reference(begaran("FK-1", ANNA, "2016-10-03"), "own-1");
        let first = fk.post(&service, std::slice::from_ref(&body)).unwrap().results[0].clone().unwrap();
        fk.post(&service, &[gk("FK-1", "2016-10-12")]).unwrap();
        clock.advance(chrono::TimeDelta::days(400));
        let before = Raw::of(database).counts();
        let again = fk.post(&service, &[body]).unwrap().results[0].clone().unwrap();
        assert_eq!((again.registration, again.position, again.repeated), (first.registration, first.position, true));
        let other = with_reference(begaran("FK-2", ANNA, "2016-10-03"), "own-1");
        assert_eq!(broken(&fk.post(&service, &[other]).unwrap()), [Rule::KlientreferensUpptagen]);
        // Fields in another order are the same content.
        let reordered = json!({"clientReference": "own-1", "date": "2016-10-03", "step": "begaran",
            "offices": {"af": "AF-GAVLE", "fk": "FK-GAVLE"}, "caseReference": "FK-1", "municipality": "2180",
            "consent": {"form": "gk-affk-1", "office": "FK-GAVLE", "obtainedBy": "FK", "obtainedOn": "2016-09-26"},
            "participant": {"personnummer": ANNA}});
        assert!(fk.post(&service, &[reordered]).unwrap().results[0].as_ref().unwrap().repeated);
        let after = Raw::of(database).counts();
        let grown = Raw::grown(&before, &after);
        // Heads are signed once a minute, and much time has passed.
        let own = Raw::of(database).count("access_log", "kind = 'heads'");
        let told = "the case was shown twice, and the refusal is written down like a search";
        assert_eq!(grown, [("access_log".to_owned(), 3 + own)], "{told}");
        // Another client has its own references.
        let af = with_reference(gk("FK-1", "2016-10-12"), "own-1");
        assert!(!broken(&Ask::of(Agency::Af).post(&service, &[af]).unwrap()).contains(&Rule::KlientreferensUpptagen));
    });
}

#[test]
fn a_key_gives_the_same_answer_from_every_process_and_stores_once() {
    on_both(|_, database| {
        let services = two_processes(database);
        let body = [begaran("FK-1", ANNA, "2016-10-03")];
        let keyed = Ask::of(Agency::Fk).key("key-1");
        let (first, outcome) = keyed.answer(&services[0], &body).unwrap();
        assert!(outcome.is_some());
        let before = Raw::of(database).counts();
        for service in services.iter().rev() {
            let (again, decided) = keyed.answer(service, &body).unwrap();
            assert_eq!(again, first, "word for word");
            assert!(decided.is_none(), "nothing was decided anew");
            let other = keyed.answer(service, &[begaran("FK-2", ANNA, "2016-10-03")]);
            assert_eq!(other.err(), Some(Refusal::KeyReused));
        }
        assert_eq!(Raw::of(database).counts(), before);
        // A refusal is not kept: mended, the request may be sent again under its key.
        let mended = Ask::of(Agency::Fk).key("key-2");
        assert_eq!(broken(&mended.post(&services[0], &[gk("FK-1", "2016-10-03")]).unwrap()), [Rule::DatumOrdning]);
        assert!(mended.post(&services[1], &[gk("FK-1", "2016-10-04")]).unwrap().results[0].is_ok());
    });
}

#[test]
fn trying_stores_nothing_but_its_row_in_the_access_log() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let fk = Ask::of(Agency::Fk);
        fk.post(&service, &[begaran("FK-1", ANNA, "2016-10-03")]).unwrap();
        let before = Raw::of(database).counts();
        let tried = [
            with_reference(begaran("FK-2", "199001019802", "2016-10-03"), "own-2"),
            with_reference(gk("FK-2", "2016-10-10"), "own-3"),
            gk("FK-1", "2016-10-12"),
            gk("FK-1", "2016-10-11"),
        ];
        let outcome = fk.clone().dry_run().key("key-1").post(&service, &tried).unwrap();
        let ok: Vec<bool> = outcome.results.iter().map(Result::is_ok).collect();
        assert_eq!(ok, [true, true, true, false], "each sees what the ones before it would have done");
        assert_eq!(outcome.results[1].as_ref().unwrap().case.version, 2);
        let after = Raw::of(database).counts();
        let told = "a person was asked about, and a case";
        assert_eq!(Raw::grown(&before, &after), [("access_log".to_owned(), 2)], "{told}");
        // Neither the references nor the key were used up.
        assert!(fk.key("key-1").post(&service, &tried).unwrap().results[0].is_ok());
    });
}

#[test]
fn an_atomic_batch_is_stored_whole_or_not_at_all() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let atomic = Ask::of(Agency::Fk).atomic();
        let before = Raw::of(database).counts();
        let wrong = [
            with_reference(begaran("FK-1", ANNA, "2016-10-03"), "own-1"),
            begaran("FK-2", "199001019802", "2016-10-03"),
            gk("FK-1", "2016-10-03"),
            gk("FK-2", "2016-10-12"),
        ];
        let outcome = atomic.post(&service, &wrong).unwrap();
        let rules: Vec<Rule> = outcome.results.iter().map(|r| r.as_ref().unwrap_err().0[0].rule).collect();
        let fell = Rule::EttIPaketetFoll;
        assert_eq!(rules, [fell, fell, Rule::DatumOrdning, fell]);
        let grown = Raw::grown(&before, &Raw::of(database).counts());
        assert_eq!(grown, [("access_log".to_owned(), 2)], "two persons were asked about, and nothing else is kept");
        let mut right = wrong;
        right[2] = gk("FK-1", "2016-10-04");
        let outcome = atomic.post(&service, &right).unwrap();
        assert!(outcome.results.iter().all(Result::is_ok));
        assert_eq!(Raw::of(database).count("cases", "version = 2"), 2);
    });
}
