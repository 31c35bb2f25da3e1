//! What was counted of a part, and its rows.

use super::Count;
use crate::reports::baspaket::{Active, Form, Measures};
use crate::reports::cube::{Durations, Merge, Tally};
use crate::reports::disclosure::{Policy, Whose};
use crate::reports::grid::Grid;
use crate::reports::report::Row;

/// What was counted of a part, or of a share of its rows: the cells of its own axes, those of classes or splits in each.
pub(super) enum Counted {
    Tallies(Vec<Tally>),
    Lengths(Vec<Durations>),
    Stock(Vec<Active>),
}

fn merged<T: Merge>(all: &mut [T], more: &[T]) {
    all.iter_mut().zip(more).for_each(|(all, more)| all.merge(more));
}

impl Counted {
    pub(super) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Tallies(all), Self::Tallies(more)) => merged(all, more),
            (Self::Lengths(all), Self::Lengths(more)) => merged(all, more),
            (Self::Stock(all), Self::Stock(more)) => merged(all, more),
            // Shares of a part are of one sort.
            _ => {}
        }
    }

    /// The rows of the part that `count` counted.
    pub(super) fn rows(self, count: &Count<'_>, form: &Form, level: &str, policy: Policy) -> Vec<Row> {
        match (self, form.measures) {
            (Self::Tallies(cells), measures) => {
                let over = if let Measures::Share(over) = measures { Some(over) } else { None };
                counts(&count.grid(form, cells).with_totals(), over, level, policy)
            }
            (Self::Lengths(cells), Measures::Spread) => spread(&count.grid(form, cells).with_totals(), level, policy),
            (Self::Lengths(cells), _) => days(&count.grid(form, cells).with_totals(), level, policy),
            (Self::Stock(cells), _) => stock(&count.grid(form, cells).with_totals(), level, policy),
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

const PERCENTS: [u64; 4] = [10, 25, 75, 90];

fn spread(grid: &Grid<Durations>, level: &str, policy: Policy) -> Vec<Row> {
    grid.rows(level, |_, days| {
        // The percentiles stand between the median and n.
        let mut figures = policy.days(days);
        let n = figures.pop();
        let (of, told) = (Whose::from(days), PERCENTS.into_iter().zip(days.percentiles(PERCENTS)));
        figures.extend(told.map(|(percent, percentile)| policy.percentile(percent, percentile, of)));
        figures.extend(n);
        figures
    })
}
