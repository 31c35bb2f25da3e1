//! The one door that every figure passes before a report is rendered in any form.
//!
//! Lives here: what may be shown to whom ([`policy`]), and how figures are protected: by noise that follows from who is
//! counted (`cell_key`, [`p_table`], [`RecordKeys`]) or by withholding (`threshold`). A report has its figures from
//! [`Policy::count`], [`Policy::share`], [`Policy::of_days`] and [`Policy::percentile`] and from nowhere else, so every
//! form, every `ETag` and every difference between reports is made of what is disclosed already. Never here: how figures are counted.
//!
//! | Policy | Counts | Shares | Means, medians, percentiles |
//! |---|---|---|---|
//! | `exact` | as counted | as counted | as counted |
//! | `threshold` | 1–4 withheld, and as many more as it takes that none of them can be worked out | withheld where a count of theirs is | whole days, where their count is shown and at least 5, and of percentiles 5 at or beyond them |
//! | `cell-key` | with noise, zero stays zero | of counts with noise | the same, where the count with noise shows that there are so many; and rounded, the more the fewer and longer (`days`) |
//!
//! # What the noise does not do
//! Whoever compares two tables that differ by one person known beforehand, and sees a figure differ, knows that the
//! person is counted there. The attack test makes thousands of such pairs of free selections, half of the persons
//! being counted: an attacker with the best rule is right in **70 %** of them (50 % is chance, 100 % without noise, 86 %
//! with plain noise of twice the variance), and certain in 20 %. Where mean and median stand beside the count it is
//! 74 %, with percentiles 76 % (told to the day, nearly 100 %). With ten pairs of other selections for the same person
//! the attacker is nearly always right. That is the price of the same records having the same figure everywhere; what
//! stands against it is that whoever asks is known.

mod cell_key;
mod days;
mod notes;
pub mod p_table;
pub mod policy;
mod record_keys;
mod threshold;

#[cfg(test)]
mod attack;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod properties;

pub use days::Whose;
pub use policy::{Grant, Policy, Published, frozen, grant, place};
pub use record_keys::RecordKeys;

use super::cube::Tally;
use super::report::{Figure, Report};
use super::request::Lang;

/// Counts below this are withheld, and means of fewer.
pub const THRESHOLD: u64 = 5;

impl Policy {
    /// A count as it may be shown.
    #[must_use]
    pub fn count(self, cell: Tally) -> Figure {
        match self {
            Self::Exact | Self::Threshold => Figure::Count(cell.n),
            Self::CellKey => cell_key::live().map_or(Figure::Withheld, |table| Figure::Count(table.perturbed(cell))),
        }
    }

    /// A share as it may be shown: of counts as they are shown.
    #[must_use]
    pub fn share(self, cell: Tally, of: Tally) -> Figure {
        match (self, self.count(cell), self.count(of)) {
            (Self::Exact | Self::Threshold, ..) => Figure::share(cell.n, of.n),
            (Self::CellKey, _, Figure::Count(0)) => Figure::NotApplicable,
            // Each has noise of its own, so a part may come out larger than the whole.
            (Self::CellKey, Figure::Count(n), Figure::Count(of)) if of >= THRESHOLD => Figure::share(n.min(of), of),
            (Self::CellKey, ..) => Figure::Withheld,
        }
    }
}

/// The report as it may be shown: with the names of the policies in it, and what they withhold. `live` is the same report with
/// noise on all levels, which whoever reads one that withholds can pull as well; without it everything is withheld that
/// small counts are part of.
#[must_use]
pub fn disclose(mut report: Report, grant: Grant, live: Option<&Report>, lang: Lang) -> Report {
    report.disclosure = grant.own.code();
    report.disclosure_version = grant.own.version();
    for level in &mut report.levels {
        let policy = grant.of(&level.code);
        level.disclosure = policy.code();
        level.disclosure_version = policy.version();
    }
    if grant.withholds() {
        threshold::withhold(&mut report, live, grant);
    }
    let further = report.levels.iter().any(|level| level.disclosure != report.disclosure);
    report.footnotes.extend(notes::of(grant, further, lang));
    report
}
