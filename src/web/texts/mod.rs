//! Every text of the pages, in Swedish and English: a table a part of the pages, and how dates and numbers are written.
//!
//! Never here: the words of rules, questions and reports – those stand with the rules, questions and reports.

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Stockholm;

use crate::domain::organisation::Role;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Swedish, first.
    Swedish,
    /// English.
    English,
}

/// Makes a struct of texts, in both languages, and the way from a language to it: a line a text, Swedish first.
macro_rules! texts {
    ($(#[$about:meta])* $texts:ident; $($name:ident: $sv:literal, $en:literal;)*) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $texts { $(#[doc = $en] pub $name: &'static str),* }

        impl $texts {
            /// In a language.
            #[must_use]
            pub const fn of(language: $crate::web::texts::Language) -> &'static Self {
                const SWEDISH: $texts = $texts { $($name: $sv),* };
                const ENGLISH: $texts = $texts { $($name: $en),* };
                match language {
                    $crate::web::texts::Language::Swedish => &SWEDISH,
                    $crate::web::texts::Language::English => &ENGLISH,
                }
            }
        }
    };
}

pub mod assignments;
pub mod cases;
pub mod common;
pub mod extract;
pub mod frozen;
pub mod guide;
pub mod register;
pub mod reports;

pub use common::Texts;

impl Language {
    /// The texts that all pages share.
    #[must_use]
    pub const fn texts(self) -> &'static Texts {
        Texts::of(self)
    }

    /// One of two sentences.
    #[must_use]
    pub const fn pick<'a>(self, sv: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Swedish => sv,
            Self::English => en,
        }
    }

    /// As HTML and addresses have it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Swedish => "sv",
            Self::English => "en",
        }
    }

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Swedish => Self::English,
            Self::English => Self::Swedish,
        }
    }

    /// A role's name.
    pub const fn role(self, role: Role) -> &'static str {
        let (sv, en) = role.names();
        self.pick(sv, en)
    }

    /// By its code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Swedish, Self::English].into_iter().find(|language| language.code() == code)
    }

    /// The language that a reader asks for: by name, else by the browser; Swedish when nothing is said.
    #[must_use]
    pub fn wanted(named: Option<&str>, accept: Option<&str>) -> Self {
        if let Some(named) = named.and_then(Self::from_code) {
            return named;
        }
        let quality = |code: &str| {
            let ranges = accept.unwrap_or_default().split(',').map(str::trim);
            let of = ranges.filter_map(|range| {
                let (name, q) = range.split_once(";q=").unwrap_or((range, "1"));
                let fits = name.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(code));
                fits.then(|| q.trim().parse::<f32>().unwrap_or(0.0))
            });
            of.fold(0.0_f32, f32::max)
        };
        if quality("en") > quality("sv") { Self::English } else { Self::Swedish }
    }
}

/// A whole number as people read it: `1 234`, with spaces that don't break.
#[must_use]
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::from(if value < 0 { "\u{2212}" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// Swedish time, as people read it: `2026-01-15 13.05`.
#[must_use]
pub fn instant(at: DateTime<Utc>) -> String {
    at.with_timezone(&Stockholm).format("%Y-%m-%d %H.%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swedish_comes_first_and_english_by_choice() {
        for (named, accept, wanted) in [
            (None, None, Language::Swedish),
            (Some("en"), Some("sv"), Language::English),
            (Some("sv"), Some("en"), Language::Swedish),
            (Some("fi"), None, Language::Swedish),
            (None, Some("en-GB,en;q=0.9,sv;q=0.8"), Language::English),
            (None, Some("sv-SE,sv;q=0.9,en;q=0.8"), Language::Swedish),
            (None, Some("fi,*;q=0.1"), Language::Swedish),
            (None, Some("sv;q=nonsense,en;q=0.1"), Language::English),
        ] {
            assert_eq!(Language::wanted(named, accept), wanted, "{named:?} {accept:?}");
        }
    }

    #[test]
    fn numbers_are_written_in_groups_of_three() {
        for (value, text) in [(0, "0"), (999, "999"), (1_234, "1 234"), (-1_234_567, "−1 234 567")] {
            assert_eq!(number(value), text.replace(' ', "\u{a0}"));
        }
    }
}
