//! When a run is due, and running it then.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveTime, Utc};

use super::{Rules, run};
use crate::background::Background;
use crate::domain::dates::swedish_time;
use crate::registrations::Service;
use crate::storage::StorageError;
use crate::storage::erasures::Journal;
use crate::storage::journal::instant;
use crate::storage::retention;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(30);

/// Whether a run is due: the Swedish time of the day has come, and there was no run since it last came. A service that was
/// down at the time makes up for it.
#[must_use]
pub fn is_due(now: DateTime<Utc>, last: Option<DateTime<Utc>>, at: NaiveTime) -> bool {
    let local = swedish_time(now);
    let day = if local.time() >= at { Some(local.date()) } else { local.date().pred_opt() };
    let came = day.map(|day| day.and_time(at));
    match last {
        None => local.time() >= at,
        Some(last) => came.is_some_and(|came| swedish_time(last) < came),
    }
}

/// Runs the rules each day at a time, until dropped.
///
/// # Errors
/// When the system has no thread left.
pub fn daily(
    service: Arc<Service>,
    rules: Rules,
    journal: Option<Journal>,
    at: NaiveTime,
) -> std::io::Result<Background> {
    Background::start("retention", move |stopped| {
        while !stopped.within(LOOK) {
            match run_when_due(&service, &rules, journal.as_ref(), at) {
                Ok(false) => {}
                Ok(true) => log::info!("retention ran by the rules {}", rules.digest),
                // Nothing is lost: it is due until it has run.
                Err(error) => log::error!("retention failed: {error}"),
            }
        }
    })
}

/// Runs the rules if it is time to; says whether it was.
///
/// # Errors
/// When the database fails.
pub fn run_when_due(
    service: &Service,
    rules: &Rules,
    journal: Option<&Journal>,
    at: NaiveTime,
) -> Result<bool, StorageError> {
    let last = retention::runs(&mut service.db.read()?.link())?.pop().map(|run| instant(run.at));
    if !is_due(service.clock.now(), last, at) {
        return Ok(false);
    }
    run(service, rules, journal, &mut |_| true)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_due_once_a_day_by_swedish_time_and_is_made_up_for() {
        let at = NaiveTime::from_hms_opt(3, 30, 0).unwrap();
        let instant = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let due = |now: &str, last: Option<&str>| is_due(instant(now), last.map(instant), at);
        // Summer time: 03:30 in Sweden is 01:30 in Greenwich; in winter 02:30.
        assert!(!due("2026-07-01T01:29:59Z", Some("2026-06-30T01:31:00Z")));
        assert!(due("2026-07-01T01:30:00Z", Some("2026-06-30T01:31:00Z")));
        assert!(!due("2026-07-01T23:00:00Z", Some("2026-07-01T01:30:05Z")));
        assert!(!due("2026-12-01T02:29:00Z", Some("2026-11-30T02:30:05Z")));
        assert!(due("2026-12-01T02:30:00Z", Some("2026-11-30T02:30:05Z")));
        assert!(due("2026-12-04T00:10:00Z", Some("2026-11-30T02:30:05Z")), "down for days");
        assert!(!due("2026-12-01T00:10:00Z", None) && due("2026-12-01T12:00:00Z", None));
    }
}
