//! Reports that are pulled without pause leave registrations their part of the processors: half as long again as the writer
//! worked while a report was counted, the next one waits. While nobody registers, none does.
//!
//! Lower priority of the threads that count ([`give_way`](crate::background::give_way)) didn't do it alone: the figures stand
//! in benches/README.md.
//!
//! Never here: how many are counted at the same time.

use std::sync::Mutex;
use std::time::Duration;

use crate::clock::Stopwatch;

/// The longest that one report waits for another's sake.
const LONGEST: Duration = Duration::from_millis(500);
/// What waits at most until reports begin at once again, however long one took.
const AHEAD: Duration = Duration::from_secs(5);

/// When the next report may begin.
#[derive(Debug)]
pub struct Pace {
    began: Stopwatch,
    /// Since it began.
    free: Mutex<Duration>,
}

impl Default for Pace {
    /// At once.
    fn default() -> Self {
        Self { began: Stopwatch::start(), free: Mutex::default() }
    }
}

impl Pace {
    /// How long whoever is to count now waits.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.wait_at(self.began.elapsed())
    }

    /// A report was counted for so long, and the writer worked for so long meanwhile.
    pub fn counted(&self, took: Duration, writer_worked: Duration) {
        self.counted_at(self.began.elapsed(), took, writer_worked);
    }

    fn wait_at(&self, now: Duration) -> Duration {
        self.free.lock().map_or(Duration::ZERO, |free| free.saturating_sub(now).min(LONGEST))
    }

    fn counted_at(&self, now: Duration, took: Duration, writer_worked: Duration) {
        if let Ok(mut free) = self.free.lock() {
            // What the writer began earlier may end in between.
            *free = (now.max(*free) + writer_worked.min(took) * 3 / 2).min(now + AHEAD);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn nobody_waits_while_nobody_registers() {
        let pace = Pace::default();
        pace.counted_at(ms(100), ms(80), ms(0));
        assert_eq!(pace.wait_at(ms(100)), ms(0));
    }

    #[test]
    fn the_next_waits_half_as_long_again_as_the_writer_worked_meanwhile() {
        let pace = Pace::default();
        pace.counted_at(ms(100), ms(80), ms(60));
        assert_eq!([100, 130, 190, 500].map(|now| pace.wait_at(ms(now))), [ms(90), ms(60), ms(0), ms(0)]);
        pace.counted_at(ms(500), ms(10), ms(4000));
        assert_eq!(pace.wait_at(ms(500)), ms(15), "as if it had worked for as long as the report took");
    }

    #[test]
    fn two_at_a_time_gain_nothing_by_it() {
        let pace = Pace::default();
        pace.counted_at(ms(100), ms(80), ms(60));
        pace.counted_at(ms(110), ms(80), ms(60));
        assert_eq!(pace.wait_at(ms(110)), ms(170));
    }

    #[test]
    fn a_long_one_keeps_others_waiting_for_a_moment_only() {
        let pace = Pace::default();
        pace.counted_at(ms(100), ms(60_000), ms(60_000));
        assert_eq!([100, 5000, 5100].map(|now| pace.wait_at(ms(now))), [LONGEST, ms(100), ms(0)]);
    }
}
