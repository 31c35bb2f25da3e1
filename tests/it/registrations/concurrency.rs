//! Many at once: no two cases for a person, no broken chain, no two winners on one version, nothing skipped by a
//! reader.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use serde_json::{Value, json};
use sus::domain::rule::Rule;
use sus::domain::step::Agency;
use sus::registrations::job::{Outcome, Refusal};
use sus::registrations::service::Service;
use sus::registrations::wire::Kind;
use sus::storage::changes;

use crate::support::posting::{Ask, begaran, gk, post};
use crate::support::tables::Raw;
use crate::support::{Database, noon, on_both, organisation, service};

const THREADS: usize = 8;

/// Two processes on one database: each has its own writer.
pub fn two_processes(database: &Database) -> [Arc<Service>; 2] {
    let (one, _) = service(database, noon("2016-11-20"));
    one.import_organisation(&organisation()).unwrap();
    let (two, _) = service(database, noon("2016-11-20"));
    [one, two]
}

pub fn all_at_once<T: Send>(services: &[Arc<Service>; 2], each: impl Fn(&Arc<Service>, usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..THREADS)
            .map(|n| {
                let (start, each, service) = (&start, &each, &services[n % 2]);
                scope.spawn(move || {
                    start.wait();
                    each(service, n)
                })
            })
            .collect();
        handles.into_iter().map(|h| h.join().unwrap()).collect()
    })
}

fn registered(outcomes: &[Result<Outcome, Refusal>]) -> usize {
    outcomes.iter().flatten().flat_map(|o| &o.results).filter(|r| r.is_ok()).count()
}

#[test]
fn only_one_of_many_requests_for_a_person_opens_a_case() {
    on_both(|backend, database| {
        let services = two_processes(database);
        let outcomes = all_at_once(&services, |service, n| {
            post(service, vec![begaran(&format!("FK-{n}"), "198503129804", "2016-10-03")])
        });
        assert_eq!(registered(&outcomes), 1, "{backend:?}");
        let refused = outcomes.iter().flatten().flat_map(|o| &o.results).filter_map(|r| r.as_ref().err());
        for findings in refused {
            assert!(findings.contains(Rule::OppetArendeFinns), "{backend:?}: {findings:?}");
        }
    });
}

#[test]
fn protection_reaches_every_case_registered_before_it_and_leaves_no_trace_to_those_after_it() {
    on_both(|backend, database| {
        let services = two_processes(database);
        for round in 0..12 {
            let birth = noon("1970-01-01").date_naive() + chrono::TimeDelta::days(round);
            let number = sus::domain::person::test_number(birth, 980);
            let number = number.as_digits();
            let reference = |n: usize| format!("FK-{round}-{n}");
            let ended = json!({"caseReference": reference(9), "step": "avbrutet", "date": "2016-10-05",
                "answers": {"orsak": "eget_initiativ"}});
            let earlier = post(&services[0], vec![begaran(&reference(9), number, "2016-10-03"), ended]).unwrap();
            let case = earlier.results[0].as_ref().unwrap().case_id();
            let outcomes = all_at_once(&services, |service, n| match n {
                0 => Ask::of(Agency::Fk).change(service, case, Kind::Protection, None, &json!({"date": "2016-11-01"})),
                _ => post(service, vec![begaran(&reference(n), number, "2016-10-10")]),
            });
            let position =
                |outcome: &Result<Outcome, Refusal>| Some(outcome.as_ref().ok()?.results[0].as_ref().ok()?.position);
            let protected = position(&outcomes[0]).unwrap();
            for opened in outcomes[1..].iter().filter_map(position) {
                let named = Raw::of(database).count("cases", &format!("number = {} AND identity = 'named'", opened.0));
                assert_eq!(named == 1, opened > protected, "{backend:?} {round}");
            }
        }
        let mut raw = Raw::of(database);
        let named = raw.count("cases", "identity = 'named'");
        assert_eq!(raw.count("cases", "person IN (SELECT person FROM person_lookups)"), named, "{backend:?}");
        assert_eq!(raw.count("persons", "true"), named, "{backend:?}");
        assert_eq!(raw.count("erasures", "person IN (SELECT id FROM persons)"), 0, "{backend:?}");
    });
}

#[test]
fn only_one_of_many_next_steps_wins_and_the_chain_stays_whole() {
    on_both(|backend, database| {
        let services = two_processes(database);
        post(&services[0], vec![begaran("FK-1", "198503129804", "2016-10-03")]).unwrap();
        let outcomes =
            all_at_once(&services, |service, n| post(service, vec![gk("FK-1", &format!("2016-10-{:02}", 10 + n))]));
        assert_eq!(registered(&outcomes), 1, "{backend:?}");
        let winner = outcomes.iter().flatten().flat_map(|o| &o.results).find_map(|r| r.as_ref().ok()).unwrap();
        let chain: Vec<&str> = winner.case.steps.iter().map(|s| s.kind.code()).collect();
        assert_eq!(chain, ["begaran", "gk"]);
    });
}

#[test]
fn only_one_of_many_that_saw_the_same_version_wins() {
    on_both(|backend, database| {
        let services = two_processes(database);
        let opened = post(&services[0], vec![begaran("FK-1", "198503129804", "2016-10-03")]).unwrap();
        let case = opened.results[0].as_ref().unwrap().case_id();
        let outcomes = all_at_once(&services, |service, n| {
            let date = format!("2016-10-{:02}", 4 + n);
            Ask::of(Agency::Fk).change(service, case, Kind::Handlers, Some(1), &json!({"date": date, "fk": "fk-h-017"}))
        });
        assert_eq!(registered(&outcomes), 1, "{backend:?}");
        assert!(
            outcomes.iter().filter(|o| o.is_err()).all(|o| matches!(o, Err(Refusal::Stale(2)))),
            "{backend:?}: {outcomes:?}"
        );
    });
}

#[test]
fn a_reader_following_two_writing_processes_skips_nothing() {
    on_both(|backend, database| {
        let services = two_processes(database);
        let writing = AtomicBool::new(true);
        let per_thread = 20;
        let seen: Vec<i64> = std::thread::scope(|scope| {
            let follower = scope.spawn(|| {
                let mut seen = Vec::new();
                loop {
                    let was_writing = writing.load(Ordering::SeqCst);
                    let mut reader = services[0].db.read().unwrap();
                    let after = seen.last().copied().unwrap_or(0);
                    seen.extend(changes::after(&mut reader.link(), after, 1000).unwrap().iter().map(|c| c.position));
                    if !was_writing {
                        return seen;
                    }
                }
            });
            all_at_once(&services, |service, n| {
                for i in 0..per_thread {
                    let number = sus::domain::person::test_number(
                        "1970-01-01".parse::<chrono::NaiveDate>().unwrap()
                            + chrono::TimeDelta::days((n * per_thread + i) as i64),
                        980,
                    );
                    post(service, vec![begaran(&format!("FK-{n}-{i}"), number.as_digits(), "2016-10-03")]).unwrap();
                }
            });
            writing.store(false, Ordering::SeqCst);
            follower.join().unwrap()
        });
        // One position for the registers, one for each case; dense, and each read once in order.
        let expected: Vec<i64> = (1..=1 + (THREADS * per_thread) as i64).collect();
        assert_eq!(seen, expected, "{backend:?}");
    });
}

#[test]
fn many_in_one_batch_keep_their_order_and_one_wrong_item_harms_no_other() {
    on_both(|_, database| {
        let [service, _] = two_processes(database);
        let items: Vec<Value> = vec![
            begaran("FK-1", "198503129804", "2016-10-03"),
            gk("FK-1", "2016-10-12"),
            gk("FK-1", "2016-10-13"),
            begaran("FK-2", "199001019802", "2016-10-03"),
            gk("FK-2", "2016-10-14"),
        ];
        let outcome = post(&service, items).unwrap();
        let ok: Vec<bool> = outcome.results.iter().map(Result::is_ok).collect();
        assert_eq!(ok, [true, true, false, true, true]);
        let positions: BTreeSet<i64> = outcome.results.iter().flatten().map(|d| d.position.0).collect();
        assert_eq!(positions, BTreeSet::from([2, 3, 4, 5]));
    });
}
