//! What was counted of a part, and its rows.

use crate::reports::baspaket::{Active, Form, Measures};
use crate::reports::cube::{Durations, Tally};
use crate::reports::disclosure::Policy;
use crate::reports::grid::Grid;
use crate::reports::report::Row;

/// What was counted of a part, or of a share of it.
pub(super) enum Counted {
    Tallies(Grid<Tally>),
    Lengths(Grid<Durations>),
    Stock(Grid<Active>),
}

impl Counted {
    pub(super) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Tallies(all), Self::Tallies(more)) => all.merge(more),
            (Self::Lengths(all), Self::Lengths(more)) => all.merge(more),
            (Self::Stock(all), Self::Stock(more)) => all.merge(more),
            // Shares of a part are of one sort.
            _ => {}
        }
    }

    pub(super) fn rows(self, form: &Form, level: &str, policy: Policy) -> Vec<Row> {
        match (self, form.measures) {
            (Self::Tallies(grid), Measures::Share(over)) => counts(&grid.with_totals(), Some(over), level, policy),
            (Self::Tallies(grid), _) => counts(&grid.with_totals(), None, level, policy),
            (Self::Lengths(grid), Measures::Spread) => spread(&grid.with_totals(), level, policy),
            (Self::Lengths(grid), _) => days(&grid.with_totals(), level, policy),
            (Self::Stock(grid), _) => stock(&grid.with_totals(), level, policy),
        }
    }
}

pub(in crate::reports) fn counts(
    grid: &Grid<Tally>,
    share_over: Option<&str>,
    level: &str,
    policy: Policy,
) -> Vec<Row> {
    grid.rows(level, |place, count| {
        let mut figures = vec![policy.count(*count)];
        figures.extend(share_over.map(|over| policy.share(*count, *grid.whole(place, over))));
        figures
    })
}

fn stock(grid: &Grid<Active>, level: &str, policy: Policy) -> Vec<Row> {
    grid.rows(level, |_, active| vec![policy.count(active.stock), policy.count(active.distinct)])
}

fn days(grid: &Grid<Durations>, level: &str, policy: Policy) -> Vec<Row> {
    grid.rows(level, |_, days| policy.days(days))
}

fn spread(grid: &Grid<Durations>, level: &str, policy: Policy) -> Vec<Row> {
    grid.rows(level, |_, days| {
        // The percentiles stand between the median and n.
        let mut figures = policy.days(days);
        let n = figures.pop();
        let of = days.tally();
        figures.extend(days.percentiles([10, 25, 75, 90]).map(|percentile| policy.of_days(percentile, of)));
        figures.extend(n);
        figures
    })
}
