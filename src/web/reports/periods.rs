//! Periods that steering groups often want, by name: what has been of this half-year or year, and whole ones before it.
//!
//! Never here: how a period is asked for ([`super::question`]).

use chrono::{Datelike, Months, NaiveDate};

use crate::reports::Period;
use crate::web::texts::reports::ReportTexts;

/// A period by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// This half-year until today.
    HalfYear,
    /// The whole half-year before.
    LastHalfYear,
    /// The whole quarter before.
    LastQuarter,
    /// This year until today.
    Year,
    /// The whole year before.
    LastYear,
}

impl Preset {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::HalfYear, Self::LastHalfYear, Self::LastQuarter, Self::Year, Self::LastYear];

    /// As in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HalfYear => "halvar",
            Self::LastHalfYear => "forra-halvaret",
            Self::LastQuarter => "forra-kvartalet",
            Self::Year => "ar",
            Self::LastYear => "forra-aret",
        }
    }

    /// That of a code.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.code() == code)
    }

    /// What people call it.
    pub const fn text(self, t: &ReportTexts) -> &'static str {
        match self {
            Self::HalfYear => t.half_year,
            Self::LastHalfYear => t.last_half_year,
            Self::LastQuarter => t.last_quarter,
            Self::Year => t.this_year,
            Self::LastYear => t.last_year,
        }
    }

    /// Its days, as seen `today`.
    pub fn days(self, today: NaiveDate) -> Period {
        let (months, whole) = match self {
            Self::HalfYear => (6, false),
            Self::LastHalfYear => (6, true),
            Self::LastQuarter => (3, true),
            Self::Year => (12, false),
            Self::LastYear => (12, true),
        };
        let first = NaiveDate::from_ymd_opt(today.year(), today.month0() / months * months + 1, 1).unwrap_or(today);
        let (from, to) = if whole {
            (first.checked_sub_months(Months::new(months)), first.pred_opt())
        } else {
            (Some(first), Some(today))
        };
        let days = from.zip(to).and_then(|(from, to)| Period::new(from, to).ok());
        days.unwrap_or_else(|| Period::day(today))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_and_end_where_people_expect_them_to() {
        let days = |preset: Preset, today: &str| {
            let period = preset.days(today.parse().unwrap());
            format!("{} – {}", period.from(), period.to())
        };
        for (preset, today, expected) in [
            (Preset::HalfYear, "2026-11-22", "2026-07-01 – 2026-11-22"),
            (Preset::HalfYear, "2026-01-01", "2026-01-01 – 2026-01-01"),
            (Preset::LastHalfYear, "2026-11-22", "2026-01-01 – 2026-06-30"),
            (Preset::LastHalfYear, "2026-06-30", "2025-07-01 – 2025-12-31"),
            (Preset::LastQuarter, "2026-11-22", "2026-07-01 – 2026-09-30"),
            (Preset::LastQuarter, "2026-02-28", "2025-10-01 – 2025-12-31"),
            (Preset::Year, "2026-11-22", "2026-01-01 – 2026-11-22"),
            (Preset::LastYear, "2024-02-29", "2023-01-01 – 2023-12-31"),
        ] {
            assert_eq!(days(preset, today), expected, "{preset:?} {today}");
        }
        assert!(Preset::ALL.iter().all(|preset| Preset::named(preset.code()) == Some(*preset)));
    }
}
