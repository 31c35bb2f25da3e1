//! The attack by difference: two tables of a free selection that differ by one person, whom the attacker knows to be the
//! difference and wants to learn one thing of. States how often the attacker is right, at best.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::p_table::{LIVE, PTable, Parameters};
use super::record_keys::RecordKeys;
use super::{Policy, Whose};
use crate::domain::code::CaseId;
use crate::reports::cube::{Durations, Tally};
use crate::reports::report::Figure;

/// Someone with values of eight variables, and whether what the attacker wants to know is so: of half of them it is.
struct Person {
    key: u32,
    values: [u32; 8],
    secret: bool,
    days: i32,
}

fn people(choice: &mut ChaCha8Rng) -> Vec<Person> {
    let keys = RecordKeys::new(&[9; 32], "attack");
    let mut lengths = ChaCha8Rng::seed_from_u64(11);
    let person = |i| Person {
        key: keys.of(CaseId(uuid::Uuid::from_u128(i))),
        values: [2, 3, 5, 6, 8, 12, 21, 2].map(|codes| choice.random_range(0..codes)),
        secret: choice.random_bool(0.5),
        // Most are short and some last years, as times in the cooperation do.
        days: (-lengths.random::<f64>().ln() * 300.0) as i32 + 1,
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

/// Thousands of pairs of counts.
fn attack(disclosed: impl Fn(Tally) -> u64) -> Success {
    attack_rows(|people| {
        let mut tally = Tally::default();
        people.iter().for_each(|person| tally.add(person.key));
        vec![Figure::Count(disclosed(tally))]
    })
}

/// Thousands of pairs: a selection by values of some variables, with and without one person in it. What is told of those
/// who are counted begins with their number.
fn attack_rows(disclosed: impl Fn(&[&Person]) -> Vec<Figure>) -> Success {
    let mut choice = ChaCha8Rng::seed_from_u64(7);
    let people = people(&mut choice);
    let mut success = Success::default();
    while success.pairs < 4000 {
        let victim = &people[choice.random_range(0..people.len())];
        // The selection holds the victim: each variable is left open, or fixed to the victim's value.
        let open = [0; 8].map(|_| choice.random_bool(0.65));
        let chosen = |p: &&Person| (0..8).all(|v| open[v] || p.values[v] == victim.values[v]);
        let with: Vec<&Person> = people.iter().filter(chosen).filter(|p| p.secret).collect();
        let without: Vec<&Person> = with.iter().filter(|p| p.key != victim.key).copied().collect();
        let [with, without] = [with, without].map(|counted| disclosed(&counted));
        let n = |row: &[Figure]| if let Figure::Count(n) = row[0] { n as i64 } else { panic!("{row:?}") };
        let differs = with != without;
        success.pairs += 1;
        success.at_face_value += u32::from(n(&with) - n(&without) == i64::from(victim.secret));
        success.at_best += u32::from(differs == victim.secret);
        success.certain += u32::from(differs);
        assert!(!differs || victim.secret, "the same records have the same figure");
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

/// Number, mean and median of those counted, and their percentiles where `whole`, as they are shown.
fn times(policy: Policy, people: &[&Person], whole: bool) -> Vec<Figure> {
    let mut days = Durations::default();
    people.iter().for_each(|person| days.add(person.days, person.key));
    let mut figures = policy.days(&days);
    figures.rotate_right(1);
    if whole {
        let told = [10, 25, 75, 90].into_iter().zip(days.percentiles([10, 25, 75, 90]));
        figures.extend(told.map(|(percent, days_of)| policy.percentile(percent, days_of, Whose::from(&days))));
    }
    figures
}

#[test]
fn times_tell_an_attacker_hardly_more_than_their_number_does() {
    for (whole, most) in [(false, 0.77), (true, 0.79)] {
        let live = attack_rows(|people| times(Policy::CellKey, people, whole));
        let rate = live.rate(live.at_best);
        println!("times, percentiles {whole}: at best {rate:.3}, certain {:.3}", live.rate(live.certain));
        assert!(rate < most, "{live:?}");
    }
    let to_the_day = attack_rows(|people| {
        let mut row = times(Policy::Exact, people, false);
        row[0] = times(Policy::CellKey, people, false)[0];
        row
    });
    assert!(to_the_day.rate(to_the_day.at_best) > 0.97, "why they are rounded: {to_the_day:?}");
}
