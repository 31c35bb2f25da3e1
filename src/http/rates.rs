//! How often a caller may ask, by class of what is asked: a generic cell rate each, so that a quota comes back evenly.
//!
//! A caller is a client and the person it acts for, so that nobody uses up what a colleague has by the same client;
//! where nobody has to say who they are, it is the network address. A request is one, whatever it holds: a batch of ten
//! thousand registrations counts as much as one of one, since the writer's queue has a limit of its own. A dry run tells
//! whether somebody has an open case, and so counts as a search.
//!
//! A refused log-in counts by address, and is told apart from others only when there have been too many. A valid token is
//! let in nevertheless: nobody can lock out others behind the same address.
//!
//! What is kept of a caller is forgotten when the quota is whole again; beyond `MOST` callers all are.
//! Never here: what time it is ([`Clock`]), or what a request may take ([`guard`](super::guard)).

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use actix_web::http::header::RETRY_AFTER;
use chrono::{DateTime, NaiveDate, Utc};
use governor::clock::Clock as Ticking;
use governor::middleware::{NoOpMiddleware, StateInformationMiddleware};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::endpoint::{Endpoint, Verb};
use super::problem::{Kind, Problem};
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::clock::Clock;
use crate::config::edge;
use crate::domain::dates::end_of_swedish_day;

/// At most this many callers are known of at a time, in each class.
const MOST: usize = 100_000;
/// After this many requests it is looked at who can be forgotten.
const LOOK_EVERY: u32 = 1024;
/// At most this many selections are known of at a time.
const MOST_SELECTIONS: usize = 2_000_000;
/// Seconds in which a quota comes back: those of [`Quota::per_minute`].
const WINDOW: u32 = 60;

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// What is read.
    Reads,
    /// What registers or changes.
    Writes,
    /// What counts figures.
    Reports,
    /// Tables of an export.
    Exports,
    /// Searches for a person.
    Searches,
    /// Refused log-ins.
    Refused,
}

impl Class {
    const ALL: [Self; 6] = [Self::Reads, Self::Writes, Self::Reports, Self::Exports, Self::Searches, Self::Refused];

    /// The class of a request.
    #[must_use]
    pub fn of(endpoint: &Endpoint, dry_run: bool) -> Self {
        Self::of_action(endpoint.action, endpoint.verb == Verb::Get, dry_run)
    }

    /// The class of what is asked, and whether only to read.
    #[must_use]
    pub fn of_action(action: Action, reads: bool, dry_run: bool) -> Self {
        match action {
            Action::SearchCases => Self::Searches,
            Action::GetExport => Self::Exports,
            Action::GetReport
            | Action::ListReportCases
            | Action::GetReportDifference
            | Action::CreateFrozenReport
            | Action::GetFrozenReport => Self::Reports,
            _ if reads => Self::Reads,
            _ if dry_run => Self::Searches,
            _ => Self::Writes,
        }
    }

    /// The name of its policy in the fields.
    const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Reports => "reports",
            Self::Exports => "exports",
            Self::Searches => "searches",
            Self::Refused => "refused",
        }
    }

    const fn quota(self, rates: &edge::Rates) -> u32 {
        match self {
            Self::Reads => rates.reads,
            Self::Writes => rates.writes,
            Self::Reports => rates.reports,
            Self::Exports => rates.exports,
            Self::Searches => rates.searches,
            Self::Refused => rates.refused,
        }
    }
}

/// How much a caller may still ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    class: Class,
    quota: u32,
    left: u32,
}

impl Standing {
    /// As header fields (draft-ietf-httpapi-ratelimit-headers-11): `q` requests a window of `w` seconds; `r` are left,
    /// and the quota is whole again after `t` seconds.
    #[must_use]
    pub fn fields(self) -> [(&'static str, String); 2] {
        let Self { class, quota, left } = self;
        let missing = u64::from(quota.saturating_sub(left));
        let whole_after = (missing * u64::from(WINDOW)).div_ceil(u64::from(quota.max(1)));
        [
            ("ratelimit-policy", format!("\"{}\";q={quota};w={WINDOW}", class.name())),
            ("ratelimit", format!("\"{}\";r={left};t={whole_after}", class.name())),
        ]
    }
}

/// The time as the limiter wants it.
struct Ticks(Arc<dyn Clock>);

impl Clone for Ticks {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl Ticking for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().timestamp_micros()).unwrap_or(0))
    }
}

type Limiter = RateLimiter<String, HashMapStateStore<String>, Ticks, StateInformationMiddleware>;

struct Limit {
    quota: NonZeroU32,
    ticks: Ticks,
    limiter: RwLock<Limiter>,
    asked: AtomicU32,
}

impl Limit {
    fn new(quota: NonZeroU32, ticks: Ticks) -> Self {
        let limiter = RwLock::new(limiter(quota, ticks.clone()));
        Self { quota, ticks, limiter, asked: AtomicU32::new(0) }
    }

    /// How many are left, or how long to wait.
    fn ask(&self, who: &String) -> Result<u32, Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % LOOK_EVERY == LOOK_EVERY - 1 {
            self.forget();
        }
        let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        match limiter.check_key(who) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(until) => Err(until.wait_time_from(self.ticks.now())),
        }
    }

    fn forget(&self) {
        let full = {
            let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
            limiter.retain_recent();
            limiter.len() > MOST
        };
        if full {
            log::warn!("more than {MOST} callers at a time: limits begin anew");
            *self.limiter.write().unwrap_or_else(PoisonError::into_inner) = limiter(self.quota, self.ticks.clone());
        }
    }

    #[cfg(test)]
    fn known(&self) -> usize {
        self.limiter.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn limiter(quota: NonZeroU32, ticks: Ticks) -> Limiter {
    type Plain = RateLimiter<String, HashMapStateStore<String>, Ticks, NoOpMiddleware<Duration>>;
    Plain::new(Quota::per_minute(quota), HashMapStateStore::default(), ticks).with_middleware()
}

/// The limits of one process.
pub struct Rates {
    limits: Vec<(Class, Option<Limit>)>,
    most_selections: usize,
    selections: Mutex<Selections>,
    hasher: RandomState,
}

#[derive(Default)]
struct Selections {
    day: NaiveDate,
    /// By caller and report.
    seen: HashMap<u64, HashSet<u64>>,
    all: usize,
}

impl Rates {
    /// As configured, by this clock.
    #[must_use]
    pub fn new(rates: &edge::Rates, clock: &Arc<dyn Clock>) -> Self {
        let limit =
            |class: Class| NonZeroU32::new(class.quota(rates)).map(|quota| Limit::new(quota, Ticks(Arc::clone(clock))));
        Self {
            limits: Class::ALL.into_iter().map(|class| (class, limit(class))).collect(),
            most_selections: usize::try_from(rates.selections).unwrap_or(usize::MAX),
            selections: Mutex::default(),
            hasher: RandomState::new(),
        }
    }

    /// Counts a request of a caller; `None` where there is no limit.
    ///
    /// # Errors
    /// 429 with when to come back.
    pub fn ask(&self, class: Class, who: &String) -> Result<Option<Standing>, Problem> {
        let limit = self.limits.iter().find(|(of, _)| *of == class).and_then(|(_, limit)| limit.as_ref());
        let Some(limit) = limit else { return Ok(None) };
        let quota = limit.quota.get();
        match limit.ask(who) {
            Ok(left) => Ok(Some(Standing { class, quota, left })),
            Err(wait) => Err(too_many(Standing { class, quota, left: 0 }, wait)),
        }
    }

    /// Counts a selection of a report by one whose figures are protected by noise; the same one again is free. Many
    /// selections that differ by one person tell of that person in spite of the noise (see
    /// [`disclosure`](crate::reports::disclosure)): this is what stands in the way of making them by a program.
    ///
    /// # Errors
    /// When there have been too many different ones today.
    pub fn select(
        &self,
        who: &str,
        report: &str,
        selection: impl Hash,
        now: DateTime<Utc>,
    ) -> Result<(), TooManySelections> {
        if self.most_selections == 0 {
            return Ok(());
        }
        let today = crate::domain::dates::swedish_day(now);
        let (whose, which) = (self.hasher.hash_one((who, report)), self.hasher.hash_one(selection));
        let mut kept = self.selections.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.day != today || kept.all >= MOST_SELECTIONS {
            *kept = Selections { day: today, ..Selections::default() };
        }
        let seen = kept.seen.entry(whose).or_default();
        if seen.contains(&which) {
            return Ok(());
        }
        if seen.len() >= self.most_selections {
            let wait = (end_of_swedish_day(today) - now).num_seconds().max(0) + 1;
            return Err(TooManySelections { most: self.most_selections, seconds: wait });
        }
        seen.insert(which);
        kept.all += 1;
        Ok(())
    }
}

/// Somebody has asked for so many different selections of a report today that no more are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManySelections {
    /// How many there may be in a day.
    pub most: usize,
    /// Until there may be others.
    pub seconds: i64,
}

impl From<TooManySelections> for Problem {
    fn from(TooManySelections { most, seconds }: TooManySelections) -> Self {
        Self::new(Kind::ForMangaUrval)
            .detail(
                format!("Högst {most} olika urval av rapporten per dygn, eftersom siffrorna är skyddade med brus."),
                format!(
                    "At most {most} different selections of the report a day, since the figures are protected by noise."
                ),
            )
            .header(RETRY_AFTER.as_str(), seconds.to_string())
    }
}

fn too_many(standing: Standing, wait: Duration) -> Problem {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let quota = standing.quota;
    let mut problem = Problem::new(Kind::ForMangaAnrop)
        .detail(
            format!("Högst {quota} anrop per minut av det här slaget. Försök igen om {seconds} s."),
            format!("At most {quota} requests of this kind a minute. Try again in {seconds} s."),
        )
        .header(RETRY_AFTER.as_str(), seconds.max(1).to_string());
    for (name, value) in standing.fields() {
        problem = problem.header(name, value);
    }
    problem
}

/// What limits of a caller are counted by.
#[must_use]
pub fn name(caller: &Caller) -> String {
    let person = caller.handler.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{} {person}", caller.client)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::clock::ManualClock;

    fn limit(quota: u32) -> (Limit, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at("2026-11-22T10:00:00Z".parse().unwrap()));
        let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        (Limit::new(NonZeroU32::new(quota).unwrap(), Ticks(shared)), clock)
    }

    #[test]
    fn a_quota_is_used_up_and_comes_back_evenly() {
        let (limit, clock) = limit(3);
        let who = "a".to_owned();
        assert_eq!([limit.ask(&who), limit.ask(&who), limit.ask(&who)], [Ok(2), Ok(1), Ok(0)]);
        assert_eq!(limit.ask(&who), Err(Duration::from_secs(20)));
        assert_eq!(limit.ask(&"b".to_owned()), Ok(2), "another caller has a quota of its own");
        clock.advance(TimeDelta::seconds(20));
        assert_eq!(limit.ask(&who), Ok(0));
        clock.advance(TimeDelta::seconds(3600));
        assert_eq!(limit.ask(&who), Ok(2));
    }

    #[test]
    fn who_has_a_whole_quota_is_forgotten() {
        let (limit, clock) = limit(3);
        for caller in 0..500 {
            limit.ask(&caller.to_string()).unwrap();
        }
        assert_eq!(limit.known(), 500);
        clock.advance(TimeDelta::seconds(61));
        limit.forget();
        assert_eq!(limit.known(), 0);
    }

    #[test]
    fn more_callers_than_can_be_known_begin_anew() {
        let (limit, _) = limit(3);
        for caller in 0..=MOST + LOOK_EVERY as usize {
            limit.ask(&caller.to_string()).unwrap();
        }
        assert!(limit.known() <= MOST, "{}", limit.known());
    }

    #[test]
    fn the_largest_quota_is_one() {
        let (limit, _) = limit(100_000_000);
        assert_eq!(limit.ask(&"a".to_owned()), Ok(99_999_999));
    }

    #[test]
    fn fields_say_what_is_left_and_when_it_is_whole() {
        let standing = Standing { class: Class::Reads, quota: 120, left: 20 };
        assert_eq!(standing.fields()[0].1, "\"reads\";q=120;w=60");
        assert_eq!(standing.fields()[1].1, "\"reads\";r=20;t=50");
    }

    #[test]
    fn different_selections_are_counted_and_the_same_one_is_free() {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2026-11-22T10:00:00Z".parse().unwrap()));
        let rates = Rates::new(&edge::Rates { selections: 2, ..edge::Rates::NONE }, &clock);
        let now = clock.now();
        let ask = |who: &str, selection: u32, now| {
            rates.select(who, "status", selection, now).map_err(|refused| Problem::from(refused).status())
        };
        assert_eq!([ask("a", 1, now), ask("a", 2, now), ask("a", 1, now)], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(ask("a", 3, now), Err(429));
        assert_eq!(ask("b", 3, now), Ok(()));
        assert_eq!(ask("a", 2, now), Ok(()), "what was seen can be seen again");
        assert_eq!(ask("a", 3, now + TimeDelta::days(1)), Ok(()));
    }
}
