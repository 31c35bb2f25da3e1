//! The access log as proof: nothing is lost, nothing can be changed unseen, and what may be forgotten is.

mod chain;
mod forgetting;
mod readers;
mod tampering;

use std::sync::Arc;

use sus::clock::ManualClock;
use sus::domain::code::CaseId;
use sus::registrations::service::Service;
use sus::storage::access::verify::{Kept, Verified, verify};
use sus::storage::access::{Entry, Kind, Scope};

use crate::support::posting::{begaran, gk, number, post};
use crate::support::{Database, noon, organisation, service};

pub fn scope(service: &Service, handler: &str) -> Scope {
    Scope {
        client: "fk-web".to_owned(),
        agency: Some("FK".to_owned()),
        handler: Some(handler.to_owned()),
        action: "get_case",
        trace: Some("0af7651916cd43dd8448eb211c80319c".to_owned()),
        at: service.clock.now().timestamp_micros(),
    }
}

/// Two processes, each with a chain: the first registers and searches, the second reads, and each signs the other.
pub fn two_chains(database: &Database) -> (Arc<Service>, Arc<Service>, Arc<ManualClock>) {
    let (one, clock) = service(database, noon("2016-10-12"));
    one.import_organisation(&organisation()).unwrap();
    for (place, born) in ["1961-05-17", "1972-11-08"].iter().enumerate() {
        let reference = format!("FK-{place}");
        assert!(post(&one, vec![begaran(&reference, &number(born), "2016-10-03")]).unwrap().results[0].is_ok());
    }
    let changed = post(&one, vec![gk("FK-0", "2016-10-12")]).unwrap().results[0].clone().unwrap();
    let searched = Entry::of(&scope(&one, "fk-h-017"), Kind::Search, &[]).asked(Some(vec![7; 16]));
    one.log_and_wait(vec![searched]).unwrap();
    let (two, _) = service(database, noon("2016-10-12"));
    for round in 0..8 {
        let handler = if round % 2 == 0 { "fk-h-017" } else { "fk-h-018" };
        let entry = Entry::of(&scope(&two, handler), Kind::Read, &[changed.case_id()]);
        two.log_and_wait(vec![entry.asked(Some(vec![round; 16]))]).unwrap();
    }
    one.sign_log().unwrap();
    two.sign_log().unwrap();
    (one, two, clock)
}

/// A case's id that is nobody's.
pub fn case(n: u128) -> CaseId {
    CaseId(uuid::Uuid::from_u128(n))
}

pub fn verified(service: &Service, kept: &[Kept]) -> Verified {
    verify(&mut service.db.read().unwrap().link(), &service.vault, kept, &mut |_, _| {}).unwrap()
}
