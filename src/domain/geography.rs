//! Sweden's län and kommuner by SCB's codes, with the days on which each code and name was in use.
//!
//! Lives here: the register (two small files beside this one) and look-ups in it. Never here: which offices serve a
//! kommun ([`super::organisation`]), and how a report is cut by geography.
//!
//! **Covered:** every code in use at any time since 1995-01-01, which is also the first day known here: Skåne
//! (1997), Västra Götaland (1998, with Habo and Mullsjö to Jönköpings län), Dalarna's name (1997), Nykvarn (1999),
//! Knivsta (2003), Heby's move from 1917 to 0331 (2007), Malung's name (2008). Bollebygd and Lekeberg were new on
//! that first day. A code whose name changed has one row a name.

use std::sync::OnceLock;

use chrono::NaiveDate;

use super::code::{CountyCode, MunicipalityCode};
use super::organisation::Validity;

/// A kommun under one code and one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    /// SCB's four digits.
    pub code: MunicipalityCode,
    /// The name without "kommun".
    pub name: String,
    /// When code and name were in use.
    pub validity: Validity,
    /// The code that followed, where the kommun got another code or name.
    pub successor: Option<MunicipalityCode>,
}

/// A län under one code and one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    /// SCB's two digits.
    pub code: CountyCode,
    /// The name with "län".
    pub name: String,
    /// When code and name were in use.
    pub validity: Validity,
    /// The code that followed, where the län was merged or renamed.
    pub successor: Option<CountyCode>,
}

/// One line of the files: code, name, from, to, successor.
struct Line<'a> {
    code: &'a str,
    name: &'a str,
    validity: Validity,
    successor: &'a str,
}

/// Reads a file. A line that does not fit is left out; the tests count the lines, so none is.
fn lines(file: &str) -> impl Iterator<Item = Line<'_>> {
    file.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',');
        let mut field = || fields.next();
        let (code, name) = (field()?, field()?);
        let from = field()?.parse().ok()?;
        let to = field()?.parse::<NaiveDate>().ok();
        Some(Line { code, name, validity: Validity { from, to }, successor: field()? })
    })
}

/// Every kommun since 1995, by code and then by time; a code stands more than once when its name changed.
pub fn municipalities() -> &'static [Municipality] {
    static ALL: OnceLock<Vec<Municipality>> = OnceLock::new();
    ALL.get_or_init(|| {
        lines(include_str!("geography/kommuner.csv"))
            .filter_map(|line| {
                Some(Municipality {
                    code: MunicipalityCode::parse(line.code).ok()?,
                    name: line.name.to_owned(),
                    validity: line.validity,
                    successor: MunicipalityCode::parse(line.successor).ok(),
                })
            })
            .collect()
    })
}

/// Every län since 1995, by code and then by time; a code stands more than once when its name changed.
pub fn counties() -> &'static [County] {
    static ALL: OnceLock<Vec<County>> = OnceLock::new();
    ALL.get_or_init(|| {
        lines(include_str!("geography/lan.csv"))
            .filter_map(|line| {
                Some(County {
                    code: CountyCode::parse(line.code).ok()?,
                    name: line.name.to_owned(),
                    validity: line.validity,
                    successor: CountyCode::parse(line.successor).ok(),
                })
            })
            .collect()
    })
}

/// The kommuner that exist on `day`.
pub fn municipalities_on(day: NaiveDate) -> impl Iterator<Item = &'static Municipality> {
    municipalities().iter().filter(move |m| m.validity.contains(day))
}

/// The län that exist on `day`.
pub fn counties_on(day: NaiveDate) -> impl Iterator<Item = &'static County> {
    counties().iter().filter(move |c| c.validity.contains(day))
}

/// The kommun of a code, under its latest name, whether or not it still exists.
#[must_use]
pub fn municipality(code: &MunicipalityCode) -> Option<&'static Municipality> {
    // By code and then time: the one before the first greater code is the latest of this code.
    let after = municipalities().partition_point(|m| &m.code <= code);
    municipalities()[..after].last().filter(|m| &m.code == code)
}

/// The län of a code, under its latest name, whether or not it still exists.
#[must_use]
pub fn county(code: &CountyCode) -> Option<&'static County> {
    counties().iter().rev().find(|c| &c.code == code)
}

/// Whether a kommun has this code on `day`.
#[must_use]
pub fn is_known_on(code: &MunicipalityCode, day: NaiveDate) -> bool {
    let after = municipalities().partition_point(|m| &m.code <= code);
    municipalities()[..after].iter().rev().take_while(|m| &m.code == code).any(|m| m.validity.contains(day))
}

/// A key by which names sort as Swedes expect: case aside, å ä ö last, é as e, ü as y.
#[must_use]
pub fn swedish_key(name: &str) -> String {
    // The three characters after z in ASCII stand in for å, ä and ö.
    name.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'å' => '{',
            'ä' | 'æ' => '|',
            'ö' | 'ø' => '}',
            'é' | 'è' | 'ë' | 'ê' => 'e',
            'á' | 'à' => 'a',
            'ü' => 'y',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    #[test]
    fn no_line_of_the_files_is_lost() {
        assert_eq!(municipalities().len(), include_str!("geography/kommuner.csv").lines().count() - 1);
        assert_eq!(counties().len(), include_str!("geography/lan.csv").lines().count() - 1);
    }

    #[test]
    fn the_number_of_kommuner_and_lan_is_known_for_every_time() {
        for (on, kommuner, lan) in [
            ("1995-06-01", 288, 24),
            ("1997-06-01", 288, 23),
            ("1998-06-01", 288, 21),
            ("1999-06-01", 289, 21),
            ("2003-06-01", 290, 21),
            ("2016-10-01", 290, 21),
            ("2026-11-21", 290, 21),
        ] {
            assert_eq!((municipalities_on(day(on)).count(), counties_on(day(on)).count()), (kommuner, lan), "{on}");
        }
    }

    #[test]
    fn every_kommun_lies_in_a_lan_and_every_successor_exists() {
        for m in municipalities() {
            assert!(county(&m.code.county()).is_some());
            assert_eq!(m.validity.to.is_some(), m.successor.is_some());
            if let (Some(next), Some(to)) = (&m.successor, m.validity.to) {
                assert!(is_known_on(next, to.succ_opt().unwrap()), "{}", m.code);
            }
        }
        for c in counties() {
            if let Some(next) = &c.successor {
                assert!(county(next).is_some_and(|n| n.validity.to.is_none()));
            }
        }
    }

    #[test]
    fn heby_changed_lan_in_2007() {
        assert!(is_known_on(&code("1917"), day("2006-12-31")));
        assert!(!is_known_on(&code("1917"), day("2007-01-01")));
        assert!(!is_known_on(&code("0331"), day("2006-12-31")));
        assert!(is_known_on(&code("0331"), day("2007-01-01")));
        assert_eq!(municipality(&code("1917")).unwrap().successor, Some(code("0331")));
    }

    #[test]
    fn a_code_answers_with_its_latest_name() {
        assert_eq!(municipality(&code("2023")).unwrap().name, "Malung-Sälen");
        assert_eq!(municipality(&code("2180")).unwrap().name, "Gävle");
        assert_eq!(county(&code("2180").county()).unwrap().name, "Gävleborgs län");
        assert_eq!(county(&CountyCode::parse("14").unwrap()).unwrap().name, "Västra Götalands län");
        assert!(municipality(&code("9999")).is_none());
        assert!(is_known_on(&code("2023"), day("2005-01-01")));
    }

    #[test]
    fn swedish_letters_sort_last() {
        let mut names = vec!["Örebro", "Ängelholm", "Åmål", "Zinkgruvan", "alingsås", "Borås"];
        names.sort_by_key(|n| swedish_key(n));
        assert_eq!(names, ["alingsås", "Borås", "Zinkgruvan", "Åmål", "Ängelholm", "Örebro"]);
    }
}
