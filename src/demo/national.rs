//! A made-up national history of any size, landing on the published figures year by year.
//!
//! Lives here: how many joint mappings each year has, how long cases last, and the stream of cases in order of their
//! request. Never here: what is said in a single case (`case`, `answers`), or the whole history in memory: a stream
//! holds the cases of some weeks, and which numbers are taken.
//!
//! **Volume.** The full size is about 10 000 requests a year from 2014 on; `cases` asks for a share of it, and every
//! published count is compared at that share ([`National::factor`]). **Years.** Published years are met by the yearly
//! plan below; years without a published figure continue their neighbours. **Beginning.** Requests begin in 2014, so
//! that 2016 has cases of all ages. **End.** What is dated or registered after `until` is not there yet; about 9 900
//! cases are open then at full size.
//!
//! **Kept out:** a follow-up registration of an anonymous case, since an import file has no name for such a case; so
//! each is its request only.

mod answers;
mod case;
mod chance;
mod people;
mod register;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use chrono::{Datelike, Duration, NaiveDate};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use case::Writer;
use chance::Even;
use register::Register;

use super::wording::workday;

/// The first year with requests.
const FIRST_YEAR: i32 = 2014;
/// Of the named requests, how many come to a joint mapping.
const HELD: f64 = 0.9;
/// Anonymous requests for each named one.
const ANONYMOUS: f64 = 0.02;
/// The longest time from a request to its joint mapping, in days, with a week for weekends.
const LONGEST_LEAD: i64 = 50;

/// What a history is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct National {
    /// The same seed gives the same lines on every machine.
    pub seed: u64,
    /// About how many cases; see [`National::factor`].
    pub cases: u64,
    /// The last day on which anything is registered.
    pub until: NaiveDate,
}

/// A year at full size.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Joint mappings held.
    gk: f64,
    /// Of them, the share that goes on to an insats, sooner or later.
    starts: f64,
    /// Of those, the share that has an insats of the other kind as well.
    both: f64,
    /// Days from the first insats to the end; the mean is near this.
    days: f64,
}

/// The plan of the joint mappings of a year. Tuned by running: the test of the outcome shows the table.
fn plan(year: i32) -> Plan {
    let (gk, starts, both, days) = match year {
        ..=2014 => (9_800.0, 0.77, 0.40, 380.0),
        2015 => (10_400.0, 0.77, 0.35, 445.0),
        2016 => (10_678.0, 0.78, 0.57, 430.0),
        2017 => (10_010.0, 0.78, 0.50, 430.0),
        2018 => (8_638.0, 0.77, 0.45, 435.0),
        2019 => (8_662.0, 0.77, 0.45, 440.0),
        2020 => (8_800.0, 0.76, 0.45, 440.0),
        2021 => (9_000.0, 0.755, 0.45, 440.0),
        _ => (9_000.0, 0.77, 0.45, 440.0),
    };
    Plan { gk, starts, both, days }
}

/// The national organisation file: 21 län, about 100 FK and 300 AF offices for all 290 kommuner, areas, about 4 000
/// handläggare, a steering group per län.
#[must_use]
pub fn organisation() -> Value {
    Register::new().to_json()
}

impl National {
    /// The volume as a share of the full size, which follows from the yearly plan up to `until`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of cases are far below 2^52")]
    pub fn factor(&self) -> f64 {
        let full: f64 = (FIRST_YEAR..=self.until.year())
            .map(|year| {
                let part = if year == self.until.year() { f64::from(self.until.ordinal()) / 365.0 } else { 1.0 };
                plan(year).gk / HELD * (1.0 + ANONYMOUS) * part
            })
            .sum();
        if full > 0.0 { self.cases as f64 / full } else { 0.0 }
    }

    /// The import lines: each case's lines together, cases in order of their request.
    #[must_use]
    pub fn lines(&self) -> Lines {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let held = Even::new(0, chance::start(&mut rng));
        let anonymous = Even::new(1, chance::start(&mut rng));
        let lead = Even::new(2, chance::start(&mut rng));
        Lines {
            factor: self.factor(),
            until: self.until,
            writer: Writer::new(self.until, rng),
            year: FIRST_YEAR,
            slot: 0,
            ahead: BinaryHeap::new(),
            ready: VecDeque::new(),
            held,
            anonymous,
            lead,
            number: 0,
        }
    }
}

/// A request that will come, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    on: NaiveDate,
    number: u64,
    kind: Kind,
    gk: NaiveDate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Held,
    NotHeld,
    Anonymous,
}

/// The stream of import lines.
pub struct Lines {
    factor: f64,
    until: NaiveDate,
    writer: Writer,
    /// Joint mappings are laid out evenly over their year: the year and the next place in it.
    year: i32,
    slot: u64,
    /// Requests whose place in the order is not sure yet.
    ahead: BinaryHeap<Reverse<Request>>,
    ready: VecDeque<Value>,
    held: Even,
    anonymous: Even,
    lead: Even,
    number: u64,
}

impl Lines {
    /// The day of the next booked joint mapping; `None` after the last that can matter.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "days of a year")]
    fn next_gk(&mut self) -> Option<NaiveDate> {
        loop {
            let first = NaiveDate::from_ymd_opt(self.year, 1, 1)?;
            if first > self.until + Duration::days(LONGEST_LEAD) {
                return None;
            }
            let places = plan(self.year).gk * self.factor / HELD;
            let place = (self.slot as f64 + 0.5) / places;
            if place < 1.0 {
                self.slot += 1;
                let day = workday(first + Duration::days((place * 365.0) as i64));
                // A weekend at New Year must not move a joint mapping into the next year.
                let kept = if day.year() == self.year { day } else { day - Duration::days(4) };
                return Some(kept);
            }
            self.year += 1;
            self.slot = 0;
        }
    }

    /// Books the next joint mapping, and an anonymous one now and then.
    #[expect(clippy::cast_possible_truncation, reason = "days")]
    fn book(&mut self, gk: NaiveDate) {
        let kind = if self.held.below(HELD) { Kind::Held } else { Kind::NotHeld };
        let mut kinds = vec![kind];
        if self.anonymous.below(ANONYMOUS) {
            kinds.push(Kind::Anonymous);
        }
        for kind in kinds {
            let lead = Duration::days(8 + (self.lead.next() * 32.0) as i64);
            let on = workday(gk - lead);
            self.number += 1;
            if on <= self.until {
                self.ahead.push(Reverse(Request { on, number: self.number, kind, gk }));
            }
        }
    }
}

impl Iterator for Lines {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        while self.ready.is_empty() {
            // A request is sure of its place when every later joint mapping is too far off to have an earlier one.
            let sure = loop {
                let Some(gk) = self.next_gk() else { break NaiveDate::MAX };
                self.book(gk);
                let sure = gk - Duration::days(LONGEST_LEAD);
                if self.ahead.peek().is_some_and(|r| r.0.on < sure) {
                    break sure;
                }
            };
            let mut any = false;
            while self.ahead.peek().is_some_and(|r| r.0.on < sure) {
                let Reverse(request) = self.ahead.pop()?;
                self.writer.write(request, &mut self.ready);
                any = true;
                if self.ready.len() > 1_000 {
                    break;
                }
            }
            if !any {
                return None;
            }
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::follow::follow_rules;
    use crate::demo::replay::replay;
    use crate::demo::targets::{Tally, table};

    fn until() -> NaiveDate {
        "2026-10-31".parse().unwrap()
    }

    #[test]
    fn the_organisation_serves_every_kommun() {
        let file = organisation();
        let register = crate::organisation::read(&file, until()).unwrap();
        let offices = |agency: &str| register.offices.values().filter(|o| o.agency.code() == agency).count();
        assert!((95..=110).contains(&offices("FK")), "{}", offices("FK"));
        assert!((290..=310).contains(&offices("AF")), "{}", offices("AF"));
        assert!((3_600..=4_400).contains(&register.handlers.len()), "{}", register.handlers.len());
        assert_eq!(register.steering_groups.len(), 21);
        for agency in ["FK", "AF"] {
            let mut served: Vec<_> = register
                .offices
                .values()
                .filter(|o| o.agency.code() == agency)
                .flat_map(|o| o.municipalities.iter().map(ToString::to_string))
                .collect();
            served.sort();
            served.dedup();
            assert_eq!(served.len(), 290);
        }
    }

    #[test]
    fn the_pilot_and_the_nation_fit_in_one_register() {
        let nation = crate::organisation::read(&organisation(), until()).unwrap();
        let both = crate::organisation::import(&nation, &crate::demo::pilot::organisation(), until());
        assert!(both.is_ok(), "{both:?}");
    }

    #[test]
    fn every_line_follows_the_rules() {
        let register = crate::organisation::read(&organisation(), until()).unwrap();
        let lines: Vec<Value> = National { seed: 3, cases: 1_500, until: until() }.lines().collect();
        assert_eq!(follow_rules(&lines, &register, until()), Vec::<String>::new());
        assert_eq!(replay(&lines, &register), Vec::<String>::new());
        let requests: Vec<&Value> = lines.iter().filter(|l| l["step"] == "begaran").collect();
        assert!(requests.is_sorted_by_key(|l| l["date"].as_str()));
        assert!((1_450..=1_550).contains(&requests.len()), "{}", requests.len());
    }

    #[test]
    fn the_same_seed_gives_the_same_lines() {
        let lines = |seed| National { seed, cases: 200, until: until() }.lines().take(300).collect::<Vec<_>>();
        assert_eq!(lines(1), lines(1));
        assert_ne!(lines(1), lines(2));
    }

    /// Every published figure within 3 per cent.
    fn check(seed: u64, cases: u64) {
        let history = National { seed, cases, until: "2022-12-31".parse().unwrap() };
        let mut tally = Tally::default();
        history.lines().for_each(|l| tally.add(&l));
        let (rows, tally) = tally.rows(history.factor());
        assert!(rows.iter().all(|r| r.deviation().is_none_or(|d| d.abs() <= 0.03)), "seed {seed}\n{}", table(&rows));
        let open = tally.open as f64 / history.factor();
        assert!((9_400.0..10_400.0).contains(&open), "seed {seed}: {open} open at full size");
        let anonymous = tally.anonymous as f64 / tally.cases as f64;
        assert!((0.015..0.025).contains(&anonymous), "seed {seed}: {anonymous} anonymous");
    }

    #[test]
    fn the_published_figures_come_out() {
        check(1, 6_000);
    }
}
