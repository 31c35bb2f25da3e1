//! Forgetting who was searched for: gone with its salt, and the chains still verify.

use sus::chance::Generator;
use sus::storage::access::{Chain, Entry, Kind, forget_query, lookup};

use super::{scope, two_chains, verified};
use crate::support::on_both;
use crate::support::tables::Raw;

#[test]
fn a_query_that_was_forgotten_is_counted_and_is_no_tampering() {
    on_both(|_, database| {
        let (one, _two, _) = two_chains(database);
        let again = Entry::of(&scope(&one, "fk-h-017"), Kind::Search, &[]).asked(Some(vec![7; 16]));
        one.log_and_wait(vec![again]).unwrap();
        let asked = |hash: u8| {
            let mut reader = one.db.read().unwrap();
            lookup::about(&mut reader.link(), &[], &[vec![hash; 16]], &(0..i64::MAX)).unwrap().len()
        };
        assert_eq!((asked(7), asked(3)), (3, 1), "by both processes");
        let mut chance = Generator::seeded(4711);
        let mut chain = Chain::new(&one.vault, &mut chance, 0).unwrap();
        let mut connection = one.db.connect().unwrap();
        let mut link = connection.link();
        link.begin_write().unwrap();
        let hashes = [vec![7; 16], vec![99; 16]];
        let forgotten = forget_query(&mut link, &mut chain, &scope(&one, "fk-h-017"), &hashes, &mut chance).unwrap();
        link.run("COMMIT").unwrap();
        assert_eq!(forgotten, 3);
        assert_eq!((asked(7), asked(3)), (0, 1));
        assert_eq!(Raw::of(database).count("access_log", "query IS NULL AND erased IS NOT NULL"), 3);
        let held = Raw::of(database).every_value();
        let left = held
            .iter()
            .filter(|(place, value)| place.starts_with("access_") && value.windows(16).any(|w| w == [7; 16]));
        assert_eq!(left.count(), 0);
        let told = verified(&one, &[]);
        assert_eq!((told.findings, told.forgotten, told.chains), (vec![], 3, 3));
    });
}
