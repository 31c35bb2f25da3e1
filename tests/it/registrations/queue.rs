//! The writer's queue: how full it may be, and that what goes wrong for one harms no other. The writer is held by a
//! lock that the test has, so nothing here depends on who is faster.

use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::json;
use sus::domain::step::Agency;
use sus::registrations::Answered;
use sus::registrations::job::{Job, Refusal};
use sus::registrations::service::Service;
use sus::registrations::wire::Kind;
use sus::storage::StorageError;

use crate::http::Api;
use crate::support::posting::{Ask, begaran, gk};
use crate::support::tables::Raw;
use crate::support::{Backend, Database, noon, on_both, organisation, service};

/// Keeps every writer waiting until it is let go.
struct Held(Raw);

impl Held {
    fn hold(backend: Backend, database: &Database) -> Self {
        let mut raw = Raw::of(database);
        match backend {
            Backend::Sqlite => raw.run("BEGIN IMMEDIATE").unwrap(),
            // Every job reads the registers first.
            Backend::Postgres => {
                raw.run("BEGIN").unwrap();
                raw.run("LOCK TABLE organisation_rows IN ACCESS EXCLUSIVE MODE").unwrap();
            }
        }
        Self(raw)
    }

    fn let_go(mut self) {
        self.0.run("COMMIT").unwrap();
    }
}

/// A job that decides nothing and stores nothing.
fn idle(service: &Service) -> Job {
    Ask::of(Agency::Fk).registrations(service, &[json!({})]).0
}

/// Fills the queue to the brim; how many went in.
fn fill(service: &Service) -> usize {
    let mut taken = 0;
    while service.submit(idle(service)).now_or_never().is_none() {
        taken += 1;
        assert!(taken < 100_000, "the queue has no end");
    }
    taken
}

#[test]
fn a_kept_answer_is_given_again_whatever_else_comes_with_its_key_at_the_same_time() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let keyed = Ask::of(Agency::Fk).key("key-1");
        let [kept, other] = ["198503129804", "197001019804"].map(|number| [begaran("FK-1", number, "2016-10-03")]);
        let (first, _) = keyed.answer(&service, &kept).unwrap();
        let held = Held::hold(backend, database);
        // One is taken and waits; the others come with the next, all at once.
        let bodies = [&other, &other, &kept, &other, &kept];
        let waiting = bodies.map(|body| service.begin(keyed.registrations(&service, body).0).unwrap());
        held.let_go();
        let told = waiting.map(|answer| answer.blocking_recv().unwrap());
        let is_kept = |place: usize| matches!(&told[place], Ok(Answered::Kept(again)) if *again == first);
        assert!(is_kept(2) && is_kept(4), "{backend:?}: {told:?}");
        assert!([0, 1, 3].iter().all(|place| told[*place].as_ref().err() == Some(&Refusal::KeyReused)), "{backend:?}");
    });
}

#[test]
fn a_kept_answer_is_gone_where_what_it_tells_of_is_taken_away_at_the_same_time() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2016-10-13"));
        service.import_organisation(&organisation()).unwrap();
        let opened = Ask::of(Agency::Fk).post(&service, &[begaran("FK-1", "198503129804", "2016-10-03")]).unwrap();
        let case = opened.results[0].as_ref().unwrap().case_id();
        let [before, after] = ["before", "after"].map(|key| Ask::of(Agency::Fk).key(key));
        let held = [gk("FK-1", "2016-10-11")];
        let wait = [json!({"case": case.to_string(), "step": "planerad_ali", "date": "2016-10-12"})];
        let away = json!({"date": "2016-10-13"});
        let protecting = Ask::of(Agency::Fk).changing(&service, case, Kind::Protection, None, &away).0;
        let writer = Held::hold(backend, database);
        // One is taken and waits; the others come with the next, all at once.
        let jobs = [
            idle(&service),
            before.registrations(&service, &held).0,
            protecting,
            after.registrations(&service, &wait).0,
        ];
        let waiting = jobs.map(|job| service.begin(job).unwrap());
        writer.let_go();
        let told = waiting.map(|answer| answer.blocking_recv().unwrap());
        assert!(matches!(&told[1..], [Ok(_), Ok(_), Ok(Answered::Kept(_))]), "{backend:?}: {told:?}");
        let [before, after] = [before.answer(&service, &held), after.answer(&service, &wait)];
        assert_eq!(before.err(), Some(Refusal::Erased), "{backend:?}");
        let is_kept = matches!((&after, &told[3]), (Ok((again, None)), Ok(Answered::Kept(first))) if again == first);
        assert!(is_kept, "{backend:?}: {after:?}");
    });
}

#[test]
fn a_full_queue_is_told_at_once_and_afterwards_all_goes_on() {
    on_both(|backend, database| {
        let api = Api::over(database);
        let held = Held::hold(backend, database);
        let taken = fill(api.service());
        assert!(taken >= 4096, "{backend:?}: only {taken} may wait");
        let full = api.service().submit(idle(api.service())).now_or_never();
        assert_eq!(full.unwrap().err(), Some(Refusal::Busy));
        let told = api.post("/v1/registrations", &api.fk(), &begaran("FK-1", "198503129804", "2016-10-03"));
        assert_eq!((told.status, told.header("retry-after")), (503, Some("1")), "{}", told.text);
        assert_eq!(told.json()["type"], "urn:sus:problem:upptagen");
        held.let_go();
        // All that was taken is carried out before this one is.
        let told = loop {
            let told = api.post("/v1/registrations", &api.fk(), &begaran("FK-1", "198503129804", "2016-10-03"));
            if told.status != 503 {
                break told;
            }
        };
        assert_eq!(told.status, 201, "{}", told.text);
    });
}

#[test]
fn what_was_taken_is_carried_out_before_the_service_stops() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let held = Held::hold(backend, database);
        let bodies = [begaran("FK-1", "198503129804", "2016-10-03"), gk("FK-1", "2016-10-12")];
        for body in bodies {
            let (job, _) = Ask::of(Agency::Fk).registrations(&service, &[body]);
            assert!(service.submit(job).now_or_never().is_none());
        }
        held.let_go();
        service.stop();
        let late = service.submit(idle(&service)).now_or_never().unwrap();
        assert_eq!(late.err(), Some(Refusal::Stopping));
        assert_eq!(Raw::of(database).count("cases", "version = 2"), 1);
    });
}

#[test]
fn a_unit_that_meets_something_unexpected_is_carried_out_item_by_item() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        // A reference that stands for a case which isn't there: the rules can't see it, the database does.
        let row =
            "INSERT INTO case_references (agency, reference, case_number, position) VALUES ('FK', 'FK-2', 999, 999)";
        Raw::of(database).run(row).unwrap();
        let third = sus::domain::person::test_number("1975-12-31".parse().unwrap(), 980);
        let held = Held::hold(backend, database);
        let jobs: Vec<Job> = [
            json!({}),
            begaran("FK-1", "198503129804", "2016-10-03"),
            begaran("FK-2", "199001019802", "2016-10-03"),
            begaran("FK-3", third.as_digits(), "2016-10-03"),
            gk("FK-1", "2016-10-12"),
        ]
        .into_iter()
        .map(|body| Ask::of(Agency::Fk).registrations(&service, &[body]).0)
        .collect();
        // While the first of them waits for the lock the others come together behind it.
        let answers: Vec<_> = std::thread::scope(|scope| {
            let waiting: Vec<_> = jobs.into_iter().map(|job| submit(&service, job)).collect();
            scope.spawn(move || held.let_go());
            waiting.into_iter().map(answer).collect()
        });
        let told: Vec<&str> = answers
            .iter()
            .map(|answer| match answer {
                Ok(Answered::Outcome(outcome)) if outcome.results.iter().all(Result::is_err) => "refused",
                Ok(_) => "registered",
                Err(Refusal::Storage(StorageError::Conflict(_))) => "in conflict",
                Err(_) => "failed",
            })
            .collect();
        assert_eq!(told, ["refused", "registered", "in conflict", "registered", "registered"], "{backend:?}");
        assert_eq!(Raw::of(database).count("cases", "true"), 2, "{backend:?}");
        // Nothing of the conflict is left, and positions have no hole.
        let positions = Raw::of(database).count("changes", "true");
        let after = Ask::of(Agency::Fk).post(&service, &[gk("FK-3", "2016-10-12")]).unwrap();
        assert_eq!(after.position.0, positions + 1);
    });
}

type Waiting = std::pin::Pin<Box<dyn Future<Output = Result<Answered, Refusal>> + Send>>;

/// Hands in a job at once; its answer comes later.
fn submit(service: &Arc<Service>, job: Job) -> Waiting {
    let service = Arc::clone(service);
    let mut waiting: Waiting = Box::pin(async move { service.submit(job).await });
    assert!((&mut waiting).now_or_never().is_none(), "the writer is held");
    waiting
}

fn answer(waiting: Waiting) -> Result<Answered, Refusal> {
    actix_web::rt::System::new().block_on(waiting)
}
