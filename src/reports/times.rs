//! A period cut into months, quarters or years, and how a time is told.
//!
//! Never here: figures.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};

use super::report::{Code, Dimension};
use super::request::{Lang, Period};
use crate::domain::dates::swedish_day;

/// The name of the dimension of time.
pub const TIME: &str = "tid";

/// How a period is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Every {
    /// Month by month.
    Month,
    /// Quarter by quarter.
    Quarter,
    /// Year by year.
    Year,
}

impl Every {
    /// All, the shortest first.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// The code in queries.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// That of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|every| every.code() == code)
    }

    /// The first day after the month, quarter or year that `day` is in; `None` at the end of the calendar.
    fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        let (first, months) = match self {
            Self::Month => (day.month(), 1),
            Self::Quarter => (day.month0() / 3 * 3 + 1, 3),
            Self::Year => (1, 12),
        };
        NaiveDate::from_ymd_opt(day.year(), first, 1)?.checked_add_months(Months::new(months))
    }

    /// The times of a period, in order and without gaps; the first and the last may be parts of a month, quarter or
    /// year.
    #[must_use]
    pub fn periods(self, period: Period) -> Vec<Period> {
        let mut all = Vec::new();
        let mut from = period.from();
        loop {
            let next = self.after(from).filter(|next| *next <= period.to());
            let to = next.and_then(|next| next.pred_opt()).unwrap_or(period.to());
            all.extend(Period::new(from, to));
            match next {
                Some(next) => from = next,
                None => return all,
            }
        }
    }
}

/// The day on which states are measured: the last of the period, but none that wasn't known yet.
#[must_use]
pub fn measured_on(period: Period, as_of: DateTime<Utc>) -> NaiveDate {
    period.to().min(swedish_day(as_of))
}

/// The whole months that end with the one that `day` is in.
#[must_use]
pub fn months_until(day: NaiveDate, months: u32) -> Vec<Period> {
    let first = day.with_day(1).and_then(|first| first.checked_sub_months(Months::new(months.saturating_sub(1))));
    let last = Every::Month.after(day).and_then(|next| next.pred_opt());
    let whole = Period::new(first.unwrap_or(day), last.unwrap_or(day));
    whole.map_or(Vec::new(), |whole| Every::Month.periods(whole))
}

/// A period as statistics tell it.
#[derive(Debug, PartialEq, Eq)]
pub struct Time {
    /// `A1`, `Q1` or `M1`, and the value as PX's TIMEVAL has it, where the period is a whole year, quarter or month.
    pub regular: Option<(&'static str, String)>,
    /// `2016`, `2016K4`, `2016M10`; both days otherwise.
    pub code: String,
}

impl Time {
    /// That of a period.
    #[must_use]
    pub fn of(from: NaiveDate, to: NaiveDate) -> Self {
        let last = to.checked_add_days(Days::new(1)).is_some_and(|next| next.day() == 1);
        let whole = from.day() == 1 && last && from.year() == to.year() && (0..=9999).contains(&from.year());
        let (year, first, months) = (from.year(), from.month0(), to.month().saturating_sub(from.month0()));
        let regular = |scale, value: String, code: String| Self { regular: Some((scale, value)), code };
        match months {
            12 if whole => regular("A1", format!("{year:04}"), format!("{year:04}")),
            3 if whole && first.is_multiple_of(3) => {
                let quarter = first / 3 + 1;
                regular("Q1", format!("{year:04}{quarter}"), format!("{year:04}K{quarter}"))
            }
            1 if whole => {
                let month = first + 1;
                regular("M1", format!("{year:04}{month:02}"), format!("{year:04}M{month:02}"))
            }
            _ => Self { regular: None, code: format!("{from}/{to}") },
        }
    }

    /// What a code of [`Time::of`] is as PX's TIMEVAL has it.
    #[must_use]
    pub fn regular_of(code: &str) -> Option<(&'static str, String)> {
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        let (year, rest) = code.split_at_checked(4).filter(|(year, _)| digits(year, 4))?;
        match rest.split_at_checked(1) {
            None => Some(("A1", year.to_owned())),
            Some(("K", quarter)) if digits(quarter, 1) => Some(("Q1", format!("{year}{quarter}"))),
            Some(("M", month)) if digits(month, 2) => Some(("M1", format!("{year}{month}"))),
            _ => None,
        }
    }

    /// For people: `2016`, `2016 kv 4`, `2016-10`; both days otherwise.
    #[must_use]
    pub fn label(&self, lang: Lang) -> String {
        let quarter = if lang == Lang::Sv { "kv" } else { "Q" };
        match &self.regular {
            Some(("Q1", _)) => {
                self.code.replace('K', &format!(" {quarter}{}", if lang == Lang::Sv { " " } else { "" }))
            }
            Some(("M1", _)) => self.code.replace('M', "-"),
            Some(_) => self.code.clone(),
            None => self.code.replace('/', " – "),
        }
    }
}

/// The dimension of these times.
#[must_use]
pub fn dimension(times: &[Period], lang: Lang) -> Dimension {
    let code = |period: &Period| {
        let time = Time::of(period.from(), period.to());
        Code { label: time.label(lang), code: time.code.into() }
    };
    let label = if lang == Lang::Sv { "Tid" } else { "Time" };
    Dimension { name: TIME, label: label.to_owned(), codes: times.iter().map(code).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_whole_year_quarter_or_month_is_a_time_and_other_periods_are_days() {
        let time = |from: &str, to: &str| Time::of(from.parse().unwrap(), to.parse().unwrap());
        let whole =
            |scale, value: &str, code: &str| Time { regular: Some((scale, value.to_owned())), code: code.to_owned() };
        assert_eq!(time("2016-01-01", "2016-12-31"), whole("A1", "2016", "2016"));
        assert_eq!(time("2016-10-01", "2016-12-31"), whole("Q1", "20164", "2016K4"));
        assert_eq!(time("2016-02-01", "2016-02-29"), whole("M1", "201602", "2016M02"));
        for (from, to) in [("2016-02-01", "2016-04-30"), ("2016-02-02", "2016-02-29"), ("2016-01-01", "2017-12-31")] {
            let time = time(from, to);
            assert_eq!(time, Time { regular: None, code: format!("{from}/{to}") });
            assert_eq!(Time::regular_of(&time.code), None);
        }
        for time in ["2016", "2016K4", "2016M02"].into_iter().zip([("A1", "2016"), ("Q1", "20164"), ("M1", "201602")]) {
            let (code, (scale, value)) = time;
            assert_eq!(Time::regular_of(code), Some((scale, value.to_owned())));
        }
    }

    #[test]
    fn a_period_is_cut_where_months_quarters_and_years_begin() {
        let told = |every: Every, from: &str, to: &str| {
            let all = dimension(&every.periods(period(from, to)), Lang::Sv);
            all.codes.into_iter().map(|c| c.label).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(told(Every::Month, "2016-10-03", "2016-12-31"), "2016-10-03 – 2016-10-31, 2016-11, 2016-12");
        assert_eq!(told(Every::Quarter, "2016-10-01", "2017-02-01"), "2016 kv 4, 2017-01-01 – 2017-02-01");
        assert_eq!(told(Every::Year, "2015-01-01", "2016-12-31"), "2015, 2016");
        assert_eq!(told(Every::Year, "2016-02-02", "2016-02-02"), "2016-02-02 – 2016-02-02");
        let months = months_until("2016-02-10".parse().unwrap(), 3);
        assert_eq!(months, Every::Month.periods(period("2015-12-01", "2016-02-29")));
        let last = NaiveDate::MAX;
        assert_eq!(Every::Month.periods(Period::day(last)), [Period::day(last)]);
        assert_eq!(months_until(last, 1).len(), 1);
    }
}
