//! Identity stays where it belongs: found nowhere else after a day of traffic, and gone when it is taken away.

mod backup;
mod coarsened;
mod document;
mod erasure;
mod forgotten;
mod keys;
mod planted;
mod removed;
mod scheduled;
mod traffic;

use sus::domain::person::IdentityNumber;

/// How people and systems write a number.
pub fn spellings(number: &IdentityNumber) -> Vec<String> {
    let digits = number.as_digits();
    let (day, last) = digits.split_at(8);
    let short = &day[2..];
    let mut all = Vec::new();
    for separator in ["", "-", "+", " ", "%20", "%2D", "–"] {
        all.push(format!("{day}{separator}{last}"));
        all.push(format!("{short}{separator}{last}"));
    }
    all
}

/// Where one of the spellings stands in the bytes.
pub fn found(spellings: &[String], bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    spellings.iter().any(|spelling| text.contains(spelling.as_str()))
}
