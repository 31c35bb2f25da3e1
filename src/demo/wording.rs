//! Words that both data sets use: made-up names, work days, instants, and an employer's number.
//!
//! Never here: what happens in a case.

use chrono::{Datelike, Duration, NaiveDate, Weekday};

/// First names, of people who work at an agency in the data.
const FIRST: [&str; 24] = [
    "Karin", "Anders", "Fatima", "Lars", "Eva", "Johan", "Amina", "Mikael", "Sara", "Peter", "Maria", "Ali", "Helena",
    "Björn", "Ingrid", "Omar", "Åsa", "Erik", "Leila", "Göran", "Malin", "Nils", "Susanne", "Tomas",
];
/// Last names, chosen among words of nature.
const LAST: [&str; 29] = [
    "Ek",
    "Björk",
    "Alm",
    "Lind",
    "Rönn",
    "Hassel",
    "Sjö",
    "Berg",
    "Dal",
    "Forsell",
    "Åkerö",
    "Strand",
    "Holm",
    "Vik",
    "Näs",
    "Myrén",
    "Tallund",
    "Granvik",
    "Ängdal",
    "Hagström",
    "Kvist",
    "Löv",
    "Sten",
    "Backe",
    "Tjärn",
    "Udd",
    "Selet",
    "Vass",
    "Öhr",
];

/// The `n`th made-up name; the first 696 differ.
pub(super) fn name(n: usize) -> String {
    format!("{} {}", FIRST[n % FIRST.len()], LAST[n % LAST.len()])
}

/// The day itself, or the Monday after a weekend.
pub(super) fn workday(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => day + Duration::days(2),
        Weekday::Sun => day + Duration::days(1),
        _ => day,
    }
}

/// An instant in office hours of `day`, told apart by `minute` (0–359): 08:00–13:59 UTC is the same day in Sweden.
pub(super) fn instant(day: NaiveDate, minute: u32) -> String {
    let minute = minute % 360;
    format!("{day}T{:02}:{:02}:00Z", 8 + minute / 60, minute % 60)
}

/// An organisation number of the made-up series 559900–, with its check digit.
pub(super) fn employer(n: u32) -> String {
    let nine = format!("5599{:05}", n % 100_000);
    let sum: u32 = nine
        .bytes()
        .zip([2, 1].into_iter().cycle())
        .map(|(d, w)| {
            let product = u32::from(d - b'0') * w;
            product / 10 + product % 10
        })
        .sum();
    format!("{nine}{}", (10 - sum % 10) % 10)
}
