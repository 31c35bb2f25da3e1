//! The attack by difference: two tables of a free selection that differ by one person, whom the attacker knows to be the
//! difference and wants to learn one thing of. States how often the attacker is right, at best.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::p_table::{LIVE, PTable, Parameters};
use super::record_keys::RecordKeys;
use crate::domain::code::CaseId;
use crate::reports::cube::Tally;

/// Someone with values of eight variables, and whether what the attacker wants to know is so: of half of them it is.
struct Person {
    key: u32,
    values: [u32; 8],
    secret: bool,
}

fn people(choice: &mut ChaCha8Rng) -> Vec<Person> {
    let keys = RecordKeys::new(&[9; 32], "attack");
    let person = |i| Person {
        key: keys.of(CaseId(uuid::Uuid::from_u128(i))),
        values: [2, 3, 5, 6, 8, 12, 21, 2].map(|codes| choice.random_range(0..codes)),
        secret: choice.random_bool(0.5),
    };
    (0..2000).map(person).collect()
}

/// What the attacker learns of pairs of tables.
#[derive(Debug, Default)]
struct Success {
    pairs: u32,
    /// The difference of the figures is taken for the difference of the people.
    at_face_value: u32,
    /// Right with the best rule there is: different figures show it, and otherwise it is not so.
    at_best: u32,
    /// Of these, known for certain.
    certain: u32,
}

impl Success {
    fn rate(&self, of: u32) -> f64 {
        f64::from(of) / f64::from(self.pairs)
    }
}

/// Thousands of pairs: a selection by values of some variables, with and without one person in it.
fn attack(disclosed: impl Fn(Tally) -> u64) -> Success {
    let mut choice = ChaCha8Rng::seed_from_u64(7);
    let people = people(&mut choice);
    let mut success = Success::default();
    while success.pairs < 4000 {
        let victim = &people[choice.random_range(0..people.len())];
        // The selection holds the victim: each variable is left open, or fixed to the victim's value.
        let open = [0; 8].map(|_| choice.random_bool(0.65));
        let chosen = |p: &&Person| (0..8).all(|v| open[v] || p.values[v] == victim.values[v]);
        let mut with = Tally::default();
        people.iter().filter(chosen).filter(|p| p.secret).for_each(|p| with.add(p.key));
        let mut without = with;
        if victim.secret {
            without.n -= 1;
            without.key -= u64::from(victim.key);
        }
        let difference = disclosed(with) as i64 - disclosed(without) as i64;
        success.pairs += 1;
        success.at_face_value += u32::from(difference == i64::from(victim.secret));
        success.at_best += u32::from((difference != 0) == victim.secret);
        success.certain += u32::from(difference != 0);
        assert!(difference == 0 || victim.secret, "the same records have the same figure");
    }
    success
}

#[test]
fn an_attacker_by_difference_is_right_seven_times_of_ten_where_five_are_chance() {
    let table = PTable::new(LIVE).unwrap();
    let live = attack(|cell| table.perturbed(cell));
    println!("cell-key: at best {:.3}, certain {:.3}", live.rate(live.at_best), live.rate(live.certain));
    assert!(live.rate(live.at_best) < 0.72, "{live:?}");
    assert!(live.rate(live.certain) < 0.22, "{live:?}");
    assert!(live.rate(live.at_face_value) < 0.52, "never tells a difference of one: {live:?}");
}

#[test]
fn without_noise_the_attacker_is_always_right_and_with_plain_noise_nearly() {
    let exact = attack(|cell| cell.n);
    assert_eq!((exact.at_best, exact.at_face_value), (exact.pairs, exact.pairs));
    let plain = PTable::new(Parameters { base: 1, minimum: 3, largest: 6, variance: 2.5, keys: 1024 }).unwrap();
    let plain = attack(|cell| plain.perturbed(cell));
    println!("plain noise: at best {:.3}, certain {:.3}", plain.rate(plain.at_best), plain.rate(plain.certain));
    assert!(plain.rate(plain.at_best) > 0.8, "why figures are rounded: {plain:?}");
}
