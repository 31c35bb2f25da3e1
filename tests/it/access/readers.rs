//! Many readers at once: none is lost, and no answer leaves before its row is there.

use std::sync::Barrier;

use actix_web::http::Method;
use sus::storage::access::Seen;
use sus::storage::lists::{Filter, page};

use super::{scope, two_chains, verified};
use crate::http::{ANNA, Api, bearer};
use crate::support::on_both;
use crate::support::tables::Raw;

const READERS: usize = 64;
const EACH: usize = 8;

#[test]
fn none_of_64_readers_is_lost_and_each_row_is_there_before_its_answer() {
    on_both(|backend, database| {
        let (one, two, _) = two_chains(database);
        let start = Barrier::new(READERS);
        let answers: usize = std::thread::scope(|threads| {
            let readers: Vec<_> = (0..READERS)
                .map(|n| {
                    let (start, service) = (&start, if n % 2 == 0 { &one } else { &two });
                    threads.spawn(move || {
                        start.wait();
                        let mut answers = 0;
                        for _ in 0..EACH {
                            let seen = Seen::by(scope(service, &format!("fk-h-{n}")));
                            let mut reader = service.db.read().unwrap();
                            page(&mut reader.link(), &seen, &Filter::default(), (0, 20), None).unwrap();
                            drop(reader);
                            service.log_and_wait(seen.into_entries()).unwrap();
                            answers += 1;
                        }
                        answers
                    })
                })
                .collect();
            readers.into_iter().map(|reader| reader.join().unwrap()).sum()
        });
        assert_eq!(answers, READERS * EACH);
        assert_eq!(Raw::of(database).count("access_log", "kind = 'list'"), answers as i64, "{backend:?}");
        let told = verified(&one, &[]);
        assert_eq!((told.findings, told.chains), (vec![], 2));
    });
}

#[test]
fn without_its_row_no_answer_leaves() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        assert_eq!(api.get(&case, &api.fk()).status, 200);
        // The writer takes no more, as when its queue is full.
        api.service().stop();
        let authorization = bearer(&api.fk());
        for path in [case.as_str(), "/v1/cases", &format!("{case}/histories"), "/v1/exports/steps"] {
            let told = api.call(Method::GET, path, &[("authorization", &authorization)], None);
            assert_eq!(told.status, 503, "{path}: {}", told.text);
            assert!(!told.text.contains("FK-GAVLE") && told.header("retry-after").is_some(), "{path}: {}", told.text);
        }
        assert_eq!(api.get("/v1/offices", &api.fk()).status, 200, "nothing of a person is in it");
    });
}
