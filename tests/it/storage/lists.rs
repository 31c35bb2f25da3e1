//! Lists of many cases are read by their index, whether open or ended: the statements that the program sends, explained
//! by the database.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, Instrumentation, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use sus::domain::step::Agency;
use sus::storage::Db;
use sus::storage::Link;
use sus::storage::access::{Scope, Seen};
use sus::storage::cases::{CaseRow, ENDED, FELREGISTRERING, OPEN, by_references};
use sus::storage::lists::{Counts, Filter, counts, page};
use sus::storage::persons::by_hashes;

use crate::support::tables::Raw;
use crate::support::{Backend, on_both};

/// This many, of whom one in ten is open and one in a hundred registered in error.
const CASES: i64 = 20_000;

fn fill(raw: &mut Raw) {
    let (id, numbers) = match raw {
        Raw::Sqlite(_) => (
            "randomblob(16)",
            "WITH RECURSIVE all_of(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM all_of WHERE n < {})",
        ),
        Raw::Postgres(_) => ("decode(md5(n::text), 'hex')", "WITH all_of AS (SELECT generate_series(1, {}) AS n)"),
    };
    let numbers = numbers.replace("{}", &CASES.to_string());
    raw.run(&format!(
        "{numbers} INSERT INTO cases (number, id, identity, sex, version, state, step, step_date, next_owner, due, missing, \
         fk_office, af_office, fk_handler, af_handler) SELECT n, {id}, 'named', 'kvinna', 1, \
         CASE WHEN n % 100 = 7 THEN 2 WHEN n % 10 = 0 THEN 0 ELSE 1 END, 'gk', 17000 + n % 500, NULL, \
         CASE WHEN n % 10 = 0 AND n % 100 <> 7 THEN 17000 + n % 500 END, 0, 'FK-' || (n % 97), 'AF-' || (n % 89), \
         'fk-h-' || (n % 997), 'af-h-' || (n % 991) FROM all_of"
    ))
    .unwrap();
    raw.run("ANALYZE").unwrap();
}

/// Keeps what is sent.
struct Sent(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Sent {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let text = text.split(" -- binds").next().unwrap().to_owned();
            let of_lists = ["cases", "case_references", "person_lookups"].iter().any(|table| text.contains(table));
            if of_lists && text.starts_with("SELECT") {
                self.0.lock().unwrap().push(text);
            }
        }
    }
}

#[derive(QueryableByName)]
struct Sqlite {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Postgres {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// How the database goes about a statement whose values it doesn't know yet.
fn plan(raw: &mut Raw, statement: &str) -> String {
    let lines: Vec<String> = match raw {
        Raw::Sqlite(c) => {
            let rows: Vec<Sqlite> = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(c).unwrap();
            rows.into_iter().map(|row| row.detail).collect()
        }
        Raw::Postgres(c) => {
            let values = (1..).take_while(|n| statement.contains(&format!("${n}"))).count();
            let values = vec!["NULL"; values].join(", ");
            let values = if values.is_empty() { values } else { format!("({values})") };
            sql_query("SET plan_cache_mode = force_generic_plan").execute(c).unwrap();
            sql_query(format!("PREPARE asked AS {statement}")).execute(c).unwrap();
            let rows: Vec<Postgres> = sql_query(format!("EXPLAIN EXECUTE asked{values}")).load(c).unwrap();
            sql_query("DEALLOCATE asked").execute(c).unwrap();
            rows.into_iter().map(|row| row.line).collect()
        }
    };
    lines.join("\n")
}

fn nobody() -> Seen {
    let client = "test".to_owned();
    Seen::by(Scope { client, agency: None, handler: None, action: "list_cases", trace: None, at: 0 })
}

/// What the program reads, and the statements that it sent for it.
fn sent<T>(raw: &mut Raw, read: impl FnOnce(&mut Link<'_>) -> T) -> (T, Vec<String>) {
    let sent = Arc::default();
    let value = match raw {
        Raw::Sqlite(c) => {
            c.set_instrumentation(Sent(Arc::clone(&sent)));
            read(&mut Link::Sqlite(c))
        }
        Raw::Postgres(c) => {
            c.set_instrumentation(Sent(Arc::clone(&sent)));
            read(&mut Link::Postgres(c))
        }
    };
    let sent = std::mem::take(&mut *sent.lock().unwrap());
    (value, sent)
}

/// The list by the program, and the statements that it sent.
fn listed(raw: &mut Raw, filter: &Filter) -> (Vec<CaseRow>, i64, Vec<String>) {
    let ((rows, total), sent) = sent(raw, |link| page(link, &nobody(), filter, (0, 20), None).unwrap());
    assert_eq!(sent.len(), 2, "how many, and a page: {sent:?}");
    (rows, total, sent)
}

fn one(agency: Agency, office: &str) -> Option<(Agency, Vec<String>)> {
    Some((agency, vec![office.to_owned()]))
}

#[test]
fn lists_of_open_and_of_ended_cases_are_read_by_their_index() {
    on_both(|backend, database| {
        drop(Db::open(&database.url, 1).unwrap());
        let mut raw = Raw::of(database);
        fill(&mut raw);
        let ended = || Filter { state: Some(ENDED), ..Filter::default() };
        let person = |agency: Agency| Some((agency, format!("{}-h-12", agency.code().to_lowercase())));
        let both = Some((Agency::Fk, vec!["FK-3".to_owned(), "FK-12".to_owned()]));
        for (filter, index) in [
            (Filter { offices: one(Agency::Fk, "FK-3"), ..ended() }, "cases_fk_office_ended"),
            (Filter { offices: one(Agency::Af, "AF-3"), ..ended() }, "cases_af_office_ended"),
            (Filter { offices: both.clone(), step: Some("gk".to_owned()), ..ended() }, "cases_fk_office_ended"),
            (Filter { handler: person(Agency::Fk), ..ended() }, "cases_fk_handler_ended"),
            (Filter { handler: person(Agency::Af), ..ended() }, "cases_af_handler_ended"),
            (Filter { handler: person(Agency::Fk), offices: both, ..ended() }, "_ended"),
            (Filter { state: Some(FELREGISTRERING), ..Filter::default() }, "cases_felregistrering"),
            (Filter { offices: one(Agency::Fk, "FK-3"), ..Filter::default() }, "cases_fk_office"),
            (Filter { handler: person(Agency::Af), state: Some(OPEN), ..Filter::default() }, "cases_af_handler"),
        ] {
            let (rows, total, statements) = listed(&mut raw, &filter);
            for statement in statements {
                let plan = plan(&mut raw, &statement);
                assert!(plan.contains(index), "{backend:?} {filter:?}\n{statement}\n{plan}");
                let scans = plan.lines().any(|line| line == "SCAN cases" || line.contains("Seq Scan"));
                assert!(!scans, "{backend:?} {filter:?}\n{plan}");
            }
            let state = filter.state.unwrap_or(OPEN);
            assert!(rows.iter().all(|row| row.state == state), "{filter:?}");
            assert_eq!(rows.len() as i64, total.min(20), "{filter:?}");
            assert!(total > 0, "{filter:?}");
            let order: Vec<(Option<i32>, i64)> = rows.iter().map(|row| (row.due, row.number)).collect();
            assert!(order.is_sorted(), "{backend:?} {filter:?} {order:?}");
        }
        // All that have ended in the country: they are most of all there are, so the first of them are near, and they
        // are counted in an index.
        let (_, total, statements) = listed(&mut raw, &ended());
        assert_eq!(total, raw.count("cases", "state = 1"));
        let counting = plan(&mut raw, &statements[0]);
        if backend == Backend::Sqlite {
            assert!(counting.contains("_ended"), "{counting}");
        }
    });
}

/// Whatever is asked for beside, the index of one handläggare has it: nothing is sorted, and what is only counted or left
/// behind on earlier pages is not read case by case.
#[test]
fn a_handlaggares_own_cases_are_counted_and_ordered_in_their_index() {
    on_both(|backend, database| {
        drop(Db::open(&database.url, 1).unwrap());
        let mut raw = Raw::of(database);
        fill(&mut raw);
        raw.run(
            "UPDATE cases SET fk_handler = 'fk-h-12', missing = number % 3, next_owner = 'AF' WHERE number % 40 = 0",
        )
        .unwrap();
        raw.run("ANALYZE").unwrap();
        let own = Filter {
            handler: Some((Agency::Fk, "fk-h-12".to_owned())),
            offices: Some((Agency::Fk, (0..97).map(|n| format!("FK-{n}")).collect())),
            ..Filter::default()
        };
        let chosen = Filter {
            step: Some("gk".to_owned()),
            due_from: Some(17_000),
            due_before: Some(17_400),
            next_owner: Some(Agency::Af),
            missing: true,
            ..own.clone()
        };
        let ended = Filter { state: Some(ENDED), missing: true, ..own.clone() };
        let at_one = Filter { offices: one(Agency::Fk, "FK-3"), ..own.clone() };
        let ended_at_one = Filter { state: Some(ENDED), ..at_one.clone() };
        let (found, mut counting) = sent(&mut raw, |link| counts(link, &own, Agency::Fk, 17_100, 17_108).unwrap());
        let open = "state = 0 AND fk_handler = 'fk-h-12'";
        let expected = Counts {
            open: raw.count("cases", open),
            overdue: raw.count("cases", &format!("{open} AND due < 17100")),
            soon: raw.count("cases", &format!("{open} AND due >= 17100 AND due < 17108")),
            other: raw.count("cases", &format!("{open} AND next_owner = 'AF'")),
            missing: raw.count("cases", &format!("{open} AND missing > 0")),
        };
        assert_eq!(found, expected);
        assert!([found.overdue, found.soon, found.other, found.missing].iter().all(|n| *n > 0), "{found:?}");
        let mut paging = Vec::new();
        counting.extend(sent(&mut raw, |link| counts(link, &at_one, Agency::Fk, 17_100, 17_108).unwrap()).1);
        for filter in [&own, &chosen, &ended, &at_one, &ended_at_one] {
            let (.., statements) = listed(&mut raw, filter);
            counting.push(statements[0].clone());
            paging.push(statements[1].clone());
        }
        if backend == Backend::Sqlite {
            for statement in &counting {
                let plan = plan(&mut raw, statement);
                assert!(plan.contains("USING COVERING INDEX cases_fk_handler"), "{statement}\n{plan}");
            }
        }
        for statement in counting.iter().chain(&paging) {
            let plan = plan(&mut raw, statement);
            assert!(plan.contains("cases_fk_handler"), "{backend:?} {statement}\n{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Seq Scan"), "{backend:?} {statement}\n{plan}");
        }
    });
}

#[test]
fn a_key_of_two_columns_is_looked_up_whole_by_a_plan_that_was_made_while_the_table_was_small() {
    on_both(|backend, database| {
        drop(Db::open(&database.url, 1).unwrap());
        let mut raw = Raw::of(database);
        if backend == Backend::Postgres {
            // As the writer has it.
            raw.run("SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off").unwrap();
        }
        let ((), statements) = sent(&mut raw, |link| {
            assert_eq!(by_references(link, &["A".to_owned(), "B".to_owned()]).unwrap(), []);
            assert_eq!(by_hashes(link, "key", &[vec![1], vec![2]]).unwrap(), []);
        });
        let expected = match backend {
            Backend::Sqlite => 3,
            Backend::Postgres => 2,
        };
        assert_eq!(statements.len(), expected, "references (SQLite: of FK, of AF), and persons: {statements:?}");
        for statement in statements {
            let plan = plan(&mut raw, &statement);
            let whole = plan.lines().any(|line| match backend {
                Backend::Sqlite => line.contains("=? AND "),
                Backend::Postgres => line.contains("Index Cond") && line.contains(" AND "),
            });
            assert!(whole, "{backend:?}: {statement}\n{plan}");
        }
    });
}
