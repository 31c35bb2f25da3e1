//! The cell key method beside the package `cell-key-perturbation` (ONS), cell by cell: the same records and p-tables
//! gave `tests/oracle/expected.csv` (`tests/oracle/cell_key.py` says how; `.ci/oracle` asks the package again).

use std::fmt::Write;

use expect_test::expect_file;

use super::p_table::{LIVE, PTable, Parameters};
use crate::reports::cube::Tally;

const RECORDS: &str = include_str!("../../../tests/oracle/records.csv");
const EXPECTED: &str = include_str!("../../../tests/oracle/expected.csv");

const PLAIN: Parameters = Parameters { base: 1, minimum: 3, largest: 6, variance: 2.5, keys: 1024 };
const FIVES: Parameters = Parameters { base: 5, minimum: 10, largest: 10, variance: 0.0, keys: 1280 };

fn table(name: &str) -> PTable {
    let all = [("live", LIVE), ("plain", PLAIN), ("fives", FIVES)];
    PTable::new(all.into_iter().find(|(known, _)| *known == name).unwrap().1).unwrap()
}

#[test]
fn the_p_tables_are_as_committed() {
    let text = |name| {
        let mut text = String::from("pcv,first,last,pvalue\n");
        for (count, first, last, noise) in table(name).ranges() {
            let _ = writeln!(text, "{count},{first},{last},{noise}");
        }
        text
    };
    expect_file!["../../../tests/oracle/p-table-live.csv"].assert_eq(&text("live"));
    expect_file!["../../../tests/oracle/p-table-plain.csv"].assert_eq(&text("plain"));
    expect_file!["../../../tests/oracle/p-table-fives.csv"].assert_eq(&text("fives"));
}

#[test]
fn every_cell_is_what_the_package_says() {
    let records: Vec<Vec<&str>> = RECORDS.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let names = ["live", "plain", "fives"];
    let tables = names.map(table);
    let mut cells = [0; 3];
    for line in EXPECTED.lines().skip(1) {
        let told: Vec<&str> = line.split(',').collect();
        let (values, numbers) = (&told[1..6], &told[6..]);
        let mut tally = Tally::default();
        for record in &records {
            if values.iter().zip(&record[1..]).all(|(wanted, value)| wanted.is_empty() || wanted == value) {
                tally.add(record[0].parse().unwrap());
            }
        }
        let at = names.iter().position(|name| *name == told[0]).unwrap();
        let table = &tables[at];
        let ours = [tally.n, table.cell_key(tally).into(), table.perturbed(tally)].map(|n| n.to_string());
        assert_eq!(ours, numbers, "{line}");
        cells[at] += 1;
    }
    assert_eq!(cells, [1 + 2 + 3 + 5 + 10 + 36 + 180; 3]);
}
