//! Made-up people: who asks for a joint mapping, at what age, and who comes back.
//!
//! Lives here: numbers that nobody has (birth number 980–999), each held by at most one open case. There are ten a
//! sex and birth date as personnummer and ten as samordningsnummer, which bounds how many can be open at once (about
//! 600 000 among the ages here). Never here: what happens to them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{Datelike, Duration, NaiveDate};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::chance::quantile;
use crate::demo::pilot;
use crate::domain::person::{IdentityNumber, Sex, age_on, test_coordination_number, test_number};

/// The first birth year that can occur.
const FIRST_YEAR: i32 = 1940;
/// How many birth years there is room for.
const YEARS: usize = 80;
/// Numbers a birth date: 20 personnummer and 20 samordningsnummer.
const PER_DATE: usize = 40;
/// Ages at the request, as ventiles: half are between 30 and 49.
const AGES: [f64; 11] = [19.0, 23.5, 27.0, 30.5, 34.5, 38.5, 42.5, 46.5, 51.0, 56.5, 64.0];
/// How often somebody comes back who has had a case before.
const RETURNS: f64 = 0.05;

pub(super) struct People {
    used: Vec<u64>,
    /// People without an open case and from which day, per sex; the one who ended first comes first.
    free: [BinaryHeap<Reverse<(NaiveDate, u32)>>; 2],
}

/// Somebody, by the number's place among all numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub id: u32,
    pub sex: Sex,
}

impl People {
    pub fn new() -> Self {
        let mut people =
            Self { used: vec![0; YEARS * 366 * PER_DATE / 64 + 1], free: [BinaryHeap::new(), BinaryHeap::new()] };
        // Both histories may be imported into one service.
        for (birth, serial) in pilot::people() {
            people.take(place(birth) * PER_DATE as u32 + u32::from(serial - 980));
        }
        people
    }

    /// Somebody who has no open case on `day` nor for two weeks before; `None` when every number is taken.
    pub fn come(&mut self, sex: Sex, day: NaiveDate, rng: &mut ChaCha8Rng) -> Option<Person> {
        let returns = rng.random::<f64>() < RETURNS;
        let known = if returns { self.back(sex, day) } else { None };
        known
            .or_else(|| self.unknown(sex, day, 1, rng))
            .or_else(|| self.back(sex, day))
            .or_else(|| self.unknown(sex, day, 40, rng))
            .map(|id| Person { id, sex })
    }

    /// The person has no open case from `day` on.
    pub fn leave(&mut self, person: Person, day: NaiveDate) {
        self.free[person.sex as usize].push(Reverse((day, person.id)));
    }

    /// Marks a number as somebody's; `false` when it was already.
    fn take(&mut self, id: u32) -> bool {
        let bit = 1 << (id % 64);
        self.used.get_mut(id as usize / 64).is_some_and(|word| {
            let free = *word & bit == 0;
            *word |= bit;
            free
        })
    }

    fn back(&mut self, sex: Sex, day: NaiveDate) -> Option<u32> {
        loop {
            let Reverse((free, id)) = *self.free[sex as usize].peek()?;
            if free + Duration::days(14) >= day {
                return None;
            }
            self.free[sex as usize].pop();
            if birth(id).is_some_and(|b| age_on(b, day) < 66) {
                return Some(id);
            }
        }
    }

    fn unknown(&mut self, sex: Sex, day: NaiveDate, rounds: u32, rng: &mut ChaCha8Rng) -> Option<u32> {
        let age = quantile(&AGES, rng.random::<f64>());
        let mut born = day - Duration::days((age * 365.25) as i64);
        let first = rng.random_range(0..10_u32);
        // Personnummer of the days around, then samordningsnummer of the same days, then further away.
        for _ in 0..rounds {
            for coordination in [0, 1] {
                for _ in 0..20 {
                    let date = place(born);
                    for n in 0..10 {
                        let serial = ((first + n) % 10) * 2 + u32::from(sex == Sex::Man);
                        let id = date * PER_DATE as u32 + coordination * 20 + serial;
                        if self.take(id) {
                            return Some(id);
                        }
                    }
                    born += Duration::days(1);
                }
                born -= Duration::days(20);
            }
            // Anywhere among the ages, since this corner is full.
            born = day - Duration::days(rng.random_range(19 * 366..64 * 365));
        }
        None
    }
}

/// The place of a birth date among all.
fn place(birth: NaiveDate) -> u32 {
    (birth.year() - FIRST_YEAR).unsigned_abs() * 366 + birth.ordinal0()
}

fn birth(id: u32) -> Option<NaiveDate> {
    let date = id / PER_DATE as u32;
    NaiveDate::from_yo_opt(FIRST_YEAR + (date / 366) as i32, date % 366 + 1)
}

/// The number of a person.
pub(super) fn number(person: Person) -> Option<IdentityNumber> {
    let birth = birth(person.id)?;
    let place = person.id % PER_DATE as u32;
    let serial = 980 + (place % 20) as u16;
    Some(if place < 20 { test_number(birth, serial) } else { test_coordination_number(birth, serial) })
}
