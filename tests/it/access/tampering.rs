//! Whoever can write in the database but lacks the key: each way of changing the log is found, and said where.

use sus::storage::access::verify::{Fault, Finding, Kept};

use super::{two_chains, verified};
use crate::support::tables::Raw;
use crate::support::{Backend, on_both};

/// Where the entries of the second chain begin.
const TWO: &str = "2 * 1099511627776";

/// One way of tampering: what is done, and what must be found – the fault, in which chain, at which row.
struct Case(&'static str, String, Fault, Option<i64>, Option<i64>);

const TABLES: [&str; 5] = ["access_log", "access_chains", "access_heads", "access_subjects", "access_queries"];

fn cases(backend: Backend) -> Vec<Case> {
    let (bytes, zeros) = match backend {
        Backend::Sqlite => ("X'00112233445566778899AABBCCDDEEFF'", "zeroblob(16)"),
        Backend::Postgres => {
            ("'\\x00112233445566778899aabbccddeeff'::bytea", "'\\x00000000000000000000000000000000'::bytea")
        }
    };
    let mut all = Vec::new();
    let mut add = |name, sql: String, fault, chain, row| all.push(Case(name, sql, fault, chain, row));
    let of_two = |row: i64| format!("entry = {TWO} + {row}");
    for column in [
        "at = at + 1",
        "kind = 'list'",
        "client = 'af-web'",
        "agency = NULL",
        "handler = 'fk-h-999'",
        "action = 'list_cases'",
        "counted = 0",
        "trace = NULL",
        "query = NULL",
    ] {
        add(
            "a field altered",
            format!("UPDATE access_log SET {column} WHERE {}", of_two(4)),
            Fault::Altered,
            Some(2),
            Some(4),
        );
    }
    for column in ["query", "cases", "salts", "hash"] {
        add(
            "a field altered",
            format!("UPDATE access_log SET {column} = {bytes} WHERE {}", of_two(4)),
            Fault::Altered,
            Some(2),
            Some(4),
        );
    }
    add("a row removed", format!("DELETE FROM access_log WHERE {}", of_two(3)), Fault::Removed, Some(2), Some(3));
    add(
        "the first row removed",
        format!("DELETE FROM access_log WHERE {}", of_two(1)),
        Fault::Removed,
        Some(2),
        Some(1),
    );
    add(
        "several rows removed",
        format!("DELETE FROM access_log WHERE entry BETWEEN {TWO} + 3 AND {TWO} + 5"),
        Fault::Removed,
        Some(2),
        Some(3),
    );
    let swap = format!(
        "UPDATE access_log SET entry = -1 WHERE {}; UPDATE access_log SET entry = {TWO} + 3 WHERE {}; \
         UPDATE access_log SET entry = {TWO} + 6 WHERE entry = -1",
        of_two(3),
        of_two(6)
    );
    add("two rows in each other's place", swap.clone(), Fault::Moved, Some(2), Some(3));
    add("two rows in each other's place", swap, Fault::Moved, Some(2), Some(6));
    let later = |from: i64, by: i64| {
        format!(
            "UPDATE access_log SET entry = entry + 1000000 WHERE entry > {TWO} + {from} AND entry < 3 * 1099511627776; \
         UPDATE access_log SET entry = entry - 1000000 + {by} WHERE entry > {TWO} + 1000000 AND entry < 3 * 1099511627776"
        )
    };
    let copy = "at, kind, client, agency, handler, action, query, cases, counted, trace, salts, erased, hash";
    let put = |at: i64| {
        format!(
            "INSERT INTO access_log (entry, {copy}) SELECT {TWO} + {at}, {copy} FROM access_log WHERE {}",
            of_two(2)
        )
    };
    add("a row put in", format!("{}; {}", later(4, 1), put(5)), Fault::Altered, Some(2), Some(5));
    add("a row put in", format!("{}; {}", later(4, 1), put(5)), Fault::Moved, Some(2), Some(7));
    add("a row put at the end", put(10), Fault::Altered, Some(2), Some(10));
    add(
        "a row removed and the gap closed",
        format!("DELETE FROM access_log WHERE {}; {}", of_two(4), later(4, -1)),
        Fault::Moved,
        Some(2),
        Some(5),
    );
    add(
        "the tail cut off",
        format!("DELETE FROM access_log WHERE entry > {TWO} + 6 AND entry < 3 * 1099511627776"),
        Fault::CutOff,
        Some(2),
        Some(8),
    );
    add(
        "the tail cut off with what it signed",
        format!(
            "DELETE FROM access_log WHERE entry > {TWO} + 6 AND entry < 3 * 1099511627776; DELETE FROM access_heads WHERE signer > {TWO}"
        ),
        Fault::CutOff,
        Some(2),
        Some(8),
    );
    add(
        "all rows of a chain removed",
        format!("DELETE FROM access_log WHERE entry > {TWO}"),
        Fault::CutOff,
        Some(2),
        None,
    );
    add(
        "a chain removed",
        format!(
            "DELETE FROM access_log WHERE entry > {TWO}; DELETE FROM access_chains WHERE number = 2; DELETE FROM access_heads WHERE signer > {TWO}"
        ),
        Fault::MissingChain,
        Some(2),
        None,
    );
    add(
        "a chain taken from the register",
        "DELETE FROM access_chains WHERE number = 2".to_owned(),
        Fault::MissingChain,
        Some(2),
        None,
    );
    add(
        "a chain given another beginning",
        "UPDATE access_chains SET began = began + 1 WHERE number = 2".to_owned(),
        Fault::Altered,
        Some(2),
        Some(1),
    );
    add(
        "a chain given another key",
        "UPDATE access_chains SET key_id = 'other' WHERE number = 2".to_owned(),
        Fault::KeyMissing,
        Some(2),
        None,
    );
    add(
        "a row moved to a chain of its own",
        format!("UPDATE access_log SET entry = 7 * 1099511627776 + 1 WHERE {}", of_two(3)),
        Fault::MissingChain,
        Some(7),
        None,
    );
    add(
        "a signature altered",
        "UPDATE access_heads SET sequence = sequence - 1 WHERE chain = 2".to_owned(),
        Fault::WrongSignature,
        Some(1),
        Some(5),
    );
    add(
        "a signature altered",
        format!("UPDATE access_heads SET hash = {bytes} WHERE chain = 2"),
        Fault::WrongSignature,
        Some(1),
        Some(5),
    );
    add(
        "a signature removed",
        "DELETE FROM access_heads WHERE chain = 2".to_owned(),
        Fault::WrongSignature,
        Some(1),
        Some(5),
    );
    add("all signatures removed", "DELETE FROM access_heads".to_owned(), Fault::WrongSignature, Some(2), Some(9));
    add(
        "a hash where nothing was forgotten",
        format!("UPDATE access_log SET erased = {bytes} WHERE {}", of_two(4)),
        Fault::Forgotten,
        Some(2),
        Some(4),
    );
    let erased = |salts: &str| format!("UPDATE access_log SET query = NULL, salts = {salts} WHERE {}", of_two(4));
    add("a query taken away without its hash", erased(zeros), Fault::Altered, Some(2), Some(4));
    let everything: Vec<String> = TABLES.iter().map(|table| format!("DELETE FROM {table}")).collect();
    add("the whole log removed", everything.join("; "), Fault::MissingChain, None, None);
    add("a look-up taken away", "DELETE FROM access_subjects".to_owned(), Fault::Lookup, None, None);
    add("a look-up altered", "UPDATE access_subjects SET day = day + 1".to_owned(), Fault::Lookup, None, None);
    add(
        "a query's look-up taken away",
        format!("DELETE FROM access_queries WHERE entry = {TWO} + 4"),
        Fault::Lookup,
        None,
        None,
    );
    all
}

/// Takes the guards away, as whoever may do anything in the database would, and keeps everything to be put back.
fn unguarded(backend: Backend, raw: &mut Raw) {
    match backend {
        Backend::Sqlite => {
            for guard in [
                "access_chains_no_update",
                "access_chains_no_delete",
                "access_rows_forget_only",
                "access_rows_no_delete",
                "access_rows_no_replace",
                "access_heads_no_update",
                "access_heads_no_delete",
            ] {
                raw.run(&format!("DROP TRIGGER {guard}")).unwrap();
            }
        }
        Backend::Postgres => {
            for table in TABLES {
                raw.run(&format!("ALTER TABLE {table} DISABLE TRIGGER USER")).unwrap();
            }
        }
    }
    for table in TABLES {
        raw.run(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).unwrap();
    }
}

fn put_back(backend: Backend, raw: &mut Raw) {
    for table in TABLES {
        let how = if backend == Backend::Postgres && table == "access_chains" { "OVERRIDING SYSTEM VALUE" } else { "" };
        raw.run(&format!("DELETE FROM {table}; INSERT INTO {table} {how} SELECT * FROM kept_{table}")).unwrap();
    }
}

#[test]
fn every_way_of_tampering_is_found_where_it_was_done() {
    on_both(|backend, database| {
        let (one, two, _) = two_chains(database);
        // What a process that goes on would write is not part of this.
        two.stop();
        one.stop();
        let mut raw = Raw::of(database);
        unguarded(backend, &mut raw);
        assert_eq!(verified(&one, &[]).findings, []);
        for Case(name, sql, fault, chain, row) in cases(backend) {
            raw.run(&sql).unwrap_or_else(|error| panic!("{name}: {sql}: {error}"));
            let findings = verified(&one, &[]).findings;
            let is_it = |f: &&Finding| f.fault == fault && f.chain == chain && (row.is_none() || f.sequence == row);
            assert!(findings.iter().any(|f| is_it(&f)), "{backend:?} {name}: {sql}\n{findings:#?}");
            put_back(backend, &mut raw);
        }
        assert_eq!(verified(&one, &[]).findings, []);
    });
}

#[test]
fn a_query_that_vanished_as_if_it_had_been_forgotten_is_found_by_the_count() {
    on_both(|backend, database| {
        let (one, two, _) = two_chains(database);
        two.stop();
        one.stop();
        let mut raw = Raw::of(database);
        unguarded(backend, &mut raw);
        // As forgetting does it, taken from the row itself, but without the row that says so.
        let mut link = one.db.connect().unwrap();
        let mut row =
            sus::storage::access::lookup::by_entries(&mut link.link(), &[2 * (1 << 40) + 4]).unwrap().remove(0);
        sus::storage::access::seal::forget(&mut row);
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let blob = |bytes: &[u8]| match backend {
            Backend::Sqlite => format!("X'{}'", hex(bytes)),
            Backend::Postgres => format!("'\\x{}'::bytea", hex(bytes)),
        };
        raw.run(&format!(
            "UPDATE access_log SET query = NULL, salts = {}, erased = {} WHERE entry = {TWO} + 4; DELETE FROM access_queries WHERE entry = {TWO} + 4",
            blob(&row.salts),
            blob(&row.erased.unwrap())
        ))
        .unwrap();
        let faults: Vec<Fault> = verified(&one, &[]).findings.iter().map(|f| f.fault).collect();
        assert_eq!(faults, [Fault::Forgotten], "{backend:?}");
    });
}

#[test]
fn a_database_that_was_put_back_is_found_by_a_head_kept_elsewhere() {
    on_both(|backend, database| {
        let (one, two, _) = two_chains(database);
        two.stop();
        one.stop();
        let mut raw = Raw::of(database);
        unguarded(backend, &mut raw);
        let heads = verified(&one, &[]).heads;
        let kept: Vec<Kept> = heads
            .into_iter()
            .map(|(chain, sequence, hash)| Kept { chain, sequence, hash: hash[..16].to_owned() })
            .collect();
        assert_eq!(verified(&one, &kept).findings, []);
        // Everything that was written after an instant is gone from every table, so nothing contradicts itself.
        raw.run("DELETE FROM access_heads; DELETE FROM access_log WHERE kind = 'heads'").unwrap();
        assert_eq!(verified(&one, &[]).findings, []);
        let faults: Vec<Fault> = verified(&one, &kept).findings.iter().map(|f| f.fault).collect();
        assert_eq!(faults, [Fault::CutOff; 2], "{backend:?}");
    });
}
