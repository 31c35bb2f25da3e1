//! Lead times that are changed between two starts: the due days of lists are those of today's.

use std::sync::{Arc, Barrier};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use sus::domain::due;
use sus::domain::step::Agency;
use sus::domain::transition::Settings;
use sus::registrations::due_days::{Refreshed, refresh_in_pieces};
use sus::registrations::service::Service;
use sus::storage::Db;
use sus::storage::cases::day_of;
use sus::storage::journal::{Selection, load};

use crate::support::posting::{Ask, begaran, gk, number, post};
use crate::support::tables::Raw;
use crate::support::{Database, lines, noon, on_both, organisation, service, service_with};

const PIECE: i64 = 3;

/// Everything twice as long.
fn slower() -> Settings {
    let usual = Settings::default();
    Settings {
        due_after_begaran: 2 * usual.due_after_begaran,
        due_after_gk: 2 * usual.due_after_gk,
        due_after_planned: 2 * usual.due_after_planned,
        follow_up: 2 * usual.follow_up,
        follow_up_aktivitetsersattning: 2 * usual.follow_up_aktivitetsersattning,
        ..usual
    }
}

fn reference(n: u64) -> String {
    format!("FK-{n}")
}

fn opening(n: u64) -> Value {
    let born: NaiveDate = "1960-01-01".parse().unwrap();
    begaran(&reference(n), &number(&(born + Days::new(n)).to_string()), "2016-10-03")
}

/// Open cases at every step, and one that has ended.
fn cases(service: &Arc<Service>, count: u64) {
    service.import_organisation(&organisation()).unwrap();
    let mut fk = Vec::new();
    let mut af = Vec::new();
    for n in 0..count {
        let mut request = opening(n);
        if n % 7 == 6 {
            request["answers"] = json!({"formaner": ["aktivitetsersattning"]});
        }
        fk.push(request);
        if n % 4 > 0 {
            fk.push(gk(&reference(n), "2016-10-12"));
        }
        let meetings = json!({"fortsattHandlaggning": "gemensamt_stod", "moten": ["2016-10-12"]});
        if n % 4 > 1 {
            fk.push(json!({"caseReference": reference(n), "step": "planerad_afi", "date": "2016-10-20", "answers": meetings}));
        }
        if n % 4 > 2 {
            af.push(json!({"caseReference": reference(n), "step": "afi", "date": "2016-11-01"}));
        }
    }
    fk.push(json!({"caseReference": reference(0), "step": "avbrutet", "date": "2016-10-10", "answers": {"orsak": "eget_initiativ"}}));
    for (agency, bodies) in [(Agency::Fk, fk), (Agency::Af, af)] {
        let outcome = Ask::of(agency).post(service, &bodies).unwrap();
        assert!(outcome.results.iter().all(Result::is_ok), "{:?}", outcome.results);
    }
}

/// Every case's due day is the one of these lead times; how many are open.
fn all_are_due_by(db: &Db, settings: &Settings) -> usize {
    let all = load(&mut db.read().unwrap().link(), Selection::Range(0, i64::MAX)).unwrap();
    let due: Vec<Option<NaiveDate>> =
        all.iter().map(|l| due::next(&l.case().unwrap(), settings).map(|d| d.on)).collect();
    let kept: Vec<Option<NaiveDate>> = all.iter().map(|l| l.row.due.map(day_of)).collect();
    assert_eq!(kept, due);
    for loaded in &all {
        assert_eq!(loaded.row.version, loaded.case().unwrap().version, "nothing was registered");
    }
    due.iter().flatten().count()
}

#[test]
fn lead_times_that_were_changed_are_noticed_at_the_start() {
    lines::keep();
    on_both(|backend, database| {
        let (before, _) = service(database, noon("2016-11-20"));
        cases(&before, 9);
        assert_eq!(all_are_due_by(&before.db, &Settings::default()), 8);
        before.stop();
        let (after, _) = service_with(database, noon("2016-11-20"), slower());
        assert_eq!(all_are_due_by(&after.db, &slower()), 8);
        let said = |n: usize| format!("by today's lead times {n} of 8 open cases have another due day");
        assert!(lines::kept().iter().any(|line| line.contains(&said(8))), "{backend:?}: {:?}", lines::kept());
        // Once is enough, and what is registered meanwhile is by the new ones anyway.
        assert_eq!(refresh_in_pieces(&after.db, &slower(), PIECE).unwrap(), Refreshed::default());
        post(&after, vec![opening(100)]).unwrap();
        assert_eq!(all_are_due_by(&after.db, &slower()), 9);
    });
}

#[test]
fn what_was_computed_before_it_was_kept_is_computed_anew_once() {
    on_both(|_, database| {
        let (before, _) = service(database, noon("2016-11-20"));
        cases(&before, 5);
        // As after the migration of a database that had cases already.
        Raw::of(database)
            .run("UPDATE due_basis SET lead_times = '', reached = NULL; UPDATE cases SET due = 1")
            .unwrap();
        let usual = Settings::default();
        assert_eq!(refresh_in_pieces(&before.db, &usual, PIECE).unwrap(), Refreshed { looked_at: 4, changed: 4 });
        Raw::of(database).run("UPDATE cases SET due = NULL WHERE state <> 0").unwrap();
        assert_eq!(all_are_due_by(&before.db, &usual), 4);
    });
}

#[test]
fn where_it_broke_off_it_goes_on_at_the_next_start() {
    on_both(|_, database| {
        let (before, _) = service(database, noon("2016-11-20"));
        cases(&before, 9);
        let begun = format!("UPDATE due_basis SET lead_times = '{}', reached = 0", due::basis(&slower()));
        Raw::of(database).run(&begun).unwrap();
        // The fourth open case is as far as it came.
        let fourth = load(&mut before.db.read().unwrap().link(), Selection::Range(0, i64::MAX)).unwrap()[4].row.number;
        Raw::of(database).run(&format!("UPDATE due_basis SET reached = {fourth}")).unwrap();
        let done = refresh_in_pieces(&before.db, &slower(), PIECE).unwrap();
        assert_eq!(done, Refreshed { looked_at: 4, changed: 4 });
        assert_eq!(refresh_in_pieces(&before.db, &slower(), PIECE).unwrap(), Refreshed::default());
    });
}

/// Each with a pool of its own, as processes have, all at the same moment.
fn at_once(database: &Database, settings: &[Settings]) -> Vec<Refreshed> {
    let start = Barrier::new(settings.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = settings
            .iter()
            .map(|settings| {
                let (start, db) = (&start, Db::open(&database.url, 2).unwrap());
                scope.spawn(move || {
                    start.wait();
                    refresh_in_pieces(&db, settings, PIECE).unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn processes_that_start_at_once_share_the_cases_while_registering_goes_on() {
    on_both(|backend, database| {
        let (running, _) = service_with(database, noon("2016-11-20"), slower());
        cases(&running, 60);
        Raw::of(database)
            .run("UPDATE due_basis SET lead_times = 'others'; UPDATE cases SET due = 1 WHERE state = 0")
            .unwrap();
        let done = std::thread::scope(|scope| {
            let registering = scope.spawn(|| {
                for n in (0..60).filter(|n| n % 4 == 1) {
                    let body = json!({"caseReference": reference(n), "step": "planerad_ali", "date": "2016-10-21",
                        "answers": {"fortsattHandlaggning": "gemensamt_stod"}});
                    assert!(post(&running, vec![body, opening(1000 + n)]).unwrap().results.iter().all(Result::is_ok));
                }
            });
            let done = at_once(database, &[slower(), slower(), slower(), slower()]);
            registering.join().unwrap();
            done
        });
        let looked_at: usize = done.iter().map(|d| d.looked_at).sum();
        assert!((59..=59 + 15).contains(&looked_at), "{backend:?}: each open case once: {done:?}");
        assert_eq!(all_are_due_by(&running.db, &slower()), 59 + 15);
    });
}

#[test]
fn of_processes_with_different_lead_times_the_last_to_start_prevails() {
    on_both(|_, database| {
        let (running, _) = service(database, noon("2016-11-20"));
        cases(&running, 30);
        let slowest = Settings { due_after_gk: 300, ..slower() };
        at_once(database, &[slower(), slowest.clone()]);
        let kept = Raw::of(database).count("due_basis", &format!("lead_times = '{}'", due::basis(&slowest)));
        let prevailing = if kept == 1 { slowest } else { slower() };
        assert_eq!(all_are_due_by(&running.db, &prevailing), 29);
        assert_eq!(refresh_in_pieces(&running.db, &prevailing, PIECE).unwrap(), Refreshed::default());
    });
}
