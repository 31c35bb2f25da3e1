//! Why something is put right: a short code from a list of our own, and words without personal data.

use super::super::words::Words;
use crate::web::form::{Choice, Field, Kind};

/// The fields of a reason.
pub fn fields(words: &Words) -> [Field; 2] {
    let t = words.t;
    let codes = [
        ("fel_vid_registrering", t.reason_mistyped),
        ("fel_uppgift", t.reason_misinformed),
        ("fel_person", t.reason_person),
        ("dubblett", t.reason_twice),
        ("annat", t.reason_other),
    ];
    let choices = codes.into_iter().map(|(code, text)| Choice::new(code, text)).collect();
    [
        Field::new("reason.code", t.reason, Kind::Radios(choices)).required(),
        Field::new("reason.text", t.reason_text, Kind::Area).hint(t.reason_hint),
    ]
}
