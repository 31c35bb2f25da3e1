//! Columns through bytes, and what they mean.

use std::sync::Arc;

use expect_test::expect;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sha2::{Digest, Sha256};

use super::form::{self, FORMAT};
use crate::domain::case::Case;
use crate::domain::code::Position;
use crate::domain::transition::Settings;
use crate::reports::arbitrary::any_case;
use crate::reports::disclosure::RecordKeys;
use crate::reports::facts::Facts;
use crate::reports::observations::Kind;

fn built(cases: &[Case]) -> Facts {
    Facts::build((1..).map(|n| n * 3).zip(cases), Position(cases.len() as i64)).unwrap()
}

/// Everything that figures are counted of.
fn whole(facts: &Facts) -> String {
    let rows = Kind::ALL.map(|kind| {
        let frame = facts.base.frame(kind);
        format!("{:?} {:?}", frame.columns(kind.more()).unwrap(), frame.places())
    });
    let cases: Vec<_> = facts
        .numbers
        .iter()
        .map(|(case, number)| (case, facts.record_key(number), facts.profiles.of(number), facts.numbers.get(case)))
        .collect();
    let places: Vec<_> = facts.places.iter().collect();
    format!("{:?}\n{}\n{cases:?}\n{places:?}", facts.counted_to, rows.join("\n"))
}

fn read(facts: &Facts, keys: RecordKeys, settings: Settings) -> Option<Facts> {
    form::read(form::write(facts).unwrap(), &Arc::new(keys), &Arc::new(settings)).unwrap()
}

proptest! {
    #[test]
    fn columns_are_read_as_they_were_written(
        cases in proptest::collection::vec(any_case(), 0..30),
        later in proptest::collection::vec((0..40_usize, any_case()), 0..20),
    ) {
        let mut later: Vec<(i64, &Case)> = later.iter().map(|(place, case)| (*place as i64 * 3, case)).collect();
        later.sort_by_key(|(key, _)| *key);
        later.dedup_by_key(|(key, _)| *key);
        let facts = built(&cases).apply(&later, Position(77)).unwrap().compacted().unwrap();
        let again = read(&facts, RecordKeys::default(), Settings::default()).unwrap();
        prop_assert_eq!(whole(&again), whole(&facts));
    }
}

#[test]
fn others_columns_are_not_read() {
    let facts = built(&[]);
    assert!(read(&facts, RecordKeys::default(), Settings::default()).is_some());
    assert!(read(&facts, RecordKeys::new(&[1; 32], "open"), Settings::default()).is_none());
    assert!(read(&facts, RecordKeys::default(), Settings { due_after_gk: 15, ..Settings::default() }).is_none());
    let mut pieces = form::write(&facts).unwrap();
    pieces[0] = String::from_utf8(pieces[0].clone()).unwrap().replace("\"format\":", "\"format\":1").into_bytes();
    assert!(form::read(pieces, &Arc::default(), &Arc::default()).unwrap().is_none());
    let mut pieces = form::write(&facts).unwrap();
    pieces.pop();
    assert!(form::read(pieces, &Arc::default(), &Arc::default()).is_err());
}

/// A case gives other rows or bits than before: then columns that were saved before would tell other figures than new ones.
/// Raise `FORMAT`, then accept what came out. Where only the random cases became others, accepting it is enough.
#[test]
fn what_the_columns_mean_is_what_their_format_says() {
    let mut runner = TestRunner::deterministic();
    let cases: Vec<Case> = (0..300).map(|_| any_case().new_tree(&mut runner).unwrap().current()).collect();
    let mut hash = String::new();
    for byte in &Sha256::digest(whole(&built(&cases)))[..8] {
        hash += &format!("{byte:02x}");
    }
    expect!["3 ccd1d1983b66fc6a"].assert_eq(&format!("{FORMAT} {hash}"));
}
