//! Age bands, and a birth date no more exact than they are.

use chrono::{Days, Months, NaiveDate};

/// Where a new band begins, in years: those of the reports.
pub const BANDS: [u32; 5] = [25, 30, 40, 50, 60];
/// Nobody is older.
const OLDEST: u32 = 120;

/// The place of the band that somebody of this birth is in on a day.
#[must_use]
pub fn band(birth: NaiveDate, day: NaiveDate) -> usize {
    let years = day.years_since(birth).unwrap_or(0);
    BANDS.iter().take_while(|limit| years >= **limit).count()
}

/// A birth date that says nothing but the bands in which the real one was on these days: the same for all births that were
/// in the same bands. Without a day there is nothing to say.
#[must_use]
pub fn coarse(birth: NaiveDate, days: &[NaiveDate]) -> Option<NaiveDate> {
    let (first, last) = (*days.iter().min()?, *days.iter().max()?);
    let same = |candidate: NaiveDate| days.iter().all(|day| band(candidate, *day) == band(birth, *day));
    let oldest = first.checked_sub_months(Months::new(OLDEST * 12))?.min(birth);
    let earliest = edge(oldest, birth, &same)?;
    let latest = edge(last.max(birth), birth, &same)?;
    let middle = earliest.checked_add_days(Days::new((latest - earliest).num_days().unsigned_abs() / 2))?;
    // A first of January is seen to be made up.
    let new_year = NaiveDate::from_ymd_opt(chrono::Datelike::year(&middle), 1, 1)?;
    Some(if new_year >= earliest { new_year } else { middle })
}

/// The date farthest from `inside` towards `end` up to which all dates pass.
fn edge(end: NaiveDate, inside: NaiveDate, passes: &dyn Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
    if passes(end) {
        return Some(end);
    }
    let (mut good, mut bad) = (inside, end);
    while (good - bad).num_days().abs() > 1 {
        let middle = good.checked_add_signed((bad - good) / 2)?;
        if passes(middle) { good = middle } else { bad = middle }
    }
    Some(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_coarse_birth_is_in_the_same_bands_and_tells_no_two_of_them_apart() {
        let days = [date("2016-10-03"), date("2016-10-20")];
        for born in (0..30_000).step_by(7).map(|n| date("1925-01-01") + Days::new(n)) {
            let made = coarse(born, &days).unwrap();
            for day in days {
                assert_eq!(band(made, day), band(born, day), "{born}");
            }
            assert_eq!(coarse(made, &days), Some(made), "{born}: made again it stays");
        }
        let all: std::collections::BTreeSet<NaiveDate> =
            (0..30_000).filter_map(|n| coarse(date("1925-01-01") + Days::new(n), &days[..1])).collect();
        assert_eq!(all.len(), BANDS.len() + 1, "{all:?}");
    }
}
