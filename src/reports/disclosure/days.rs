//! Figures of days: from how many on they may be shown, and how finely.
//!
//! A mean is made of persons, however many, and moves when one comes or goes: shown to the day it would tell that one did,
//! whatever noise the count has. So, where counts have noise, figures of days are rounded, the more the fewer and the
//! longer they are, to less than the figure is uncertain by. A percentile of few is the time of one person, the lowest
//! and the highest of all: it takes [`THRESHOLD`] on its outer side, its own among them.

use super::{Policy, THRESHOLD, p_table};
use crate::reports::cube::{Durations, Tally};
use crate::reports::report::Figure;

/// Figures are rounded to no less than so many times what a person may move the mean by.
const MOVES: f64 = 4.0;

/// Whose days figures tell of.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    /// Their mean.
    pub mean: Option<f64>,
    /// How many they are.
    pub cell: Tally,
}

impl From<&Durations> for Whose {
    fn from(days: &Durations) -> Self {
        Self { mean: days.mean(), cell: days.tally() }
    }
}

impl Policy {
    /// A mean or median as it may be shown.
    #[must_use]
    pub fn of_days(self, days: Option<f64>, of: Whose) -> Figure {
        self.where_enough(THRESHOLD, days, of)
    }

    /// A percentile as it may be shown.
    #[must_use]
    pub fn percentile(self, percent: u64, days: Option<f64>, of: Whose) -> Figure {
        self.where_enough(enough(percent), days, of)
    }

    /// Mean, median and count of days as they may be shown.
    #[must_use]
    pub fn days(self, days: &Durations) -> Vec<Figure> {
        let of = Whose::from(days);
        vec![self.of_days(of.mean, of), self.of_days(days.median(), of), self.count(of.cell)]
    }

    fn where_enough(self, enough: u64, days: Option<f64>, of: Whose) -> Figure {
        match (self, self.count(of.cell)) {
            (Self::Exact, _) => Figure::number(days),
            // Nothing that was counted and nothing that is shown look alike.
            (_, Figure::Count(0)) => Figure::NotApplicable,
            (Self::Threshold, Figure::Count(n)) if n >= enough => Figure::number(days.map(f64::round)),
            (Self::CellKey, Figure::Count(n)) if n >= surely(enough) => {
                let step = step(of.mean.unwrap_or_default(), n);
                Figure::number(days.map(|days| (days / step).round() * step))
            }
            _ => Figure::Withheld,
        }
    }
}

/// Of how many a percentile has [`THRESHOLD`] on its outer side.
pub(super) fn enough(percent: u64) -> u64 {
    (THRESHOLD * 100).div_ceil(percent.min(100 - percent).max(1))
}

/// From which count with noise there are at least `enough`, whatever the noise was.
pub(super) const fn surely(enough: u64) -> u64 {
    enough + p_table::LIVE.largest as u64
}

/// What figures of `shown` persons with this mean are rounded to: 1, 2, 5, 10, 20, 50 … days.
fn step(mean: f64, shown: u64) -> f64 {
    let least = MOVES * mean / shown as f64;
    let steps = [1.0, 10.0, 100.0, 1_000.0, 10_000.0].into_iter().flat_map(|power| [power, 2.0 * power, 5.0 * power]);
    steps.clone().find(|step| *step >= least).or(steps.last()).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose(n: u64, mean: f64) -> Whose {
        // With this sum of keys a count that is a multiple of three has no noise.
        Whose { mean: Some(mean), cell: Tally { n, key: 0 } }
    }

    #[test]
    fn few_and_long_times_are_rounded_more_than_many_and_short_ones() {
        let steps = [(8, 20.0), (33, 20.0), (100, 20.0), (9, 420.0), (99, 420.0), (999, 420.0), (30_000, 420.0)];
        assert_eq!(steps.map(|(n, mean)| step(mean, n)), [10.0, 5.0, 1.0, 200.0, 20.0, 2.0, 1.0]);
    }

    #[test]
    fn a_percentile_takes_five_on_its_outer_side() {
        let shown =
            |policy: Policy, percent, n| policy.percentile(percent, Some(7.0), whose(n, 7.0)) == Figure::Number(7.0);
        for (percent, least) in [(10, 50), (25, 20), (75, 20), (90, 50)] {
            assert!(shown(Policy::Threshold, percent, least) && !shown(Policy::Threshold, percent, least - 1));
            assert!(shown(Policy::Exact, percent, 1));
            let first = (1..100).find(|n| shown(Policy::CellKey, percent, *n)).unwrap();
            assert!(first >= least, "{percent}: {first}");
        }
    }
}
