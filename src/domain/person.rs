//! A person as far as the domain needs one: the identity number, and what can be read from it.
//!
//! Lives here: personnummer and samordningsnummer as one parsed value, sex, birth date, age, test numbers, and
//! finding such numbers in free text. Never here: names (participants' names are never stored), how a number is kept
//! secret at rest, and any text that shows its digits – neither `Debug` nor an error does.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// The first birth number of those that are never given to anyone.
const FIRST_TEST_SERIAL: u16 = 980;
/// Nobody born before this year can have got a number (they came in 1947).
const FIRST_BIRTH_YEAR: i32 = 1850;

/// Sex as the ninth digit says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Even ninth digit.
    Kvinna,
    /// Odd ninth digit.
    Man,
}

impl Sex {
    /// Both, in the order of the tables.
    pub const ALL: [Self; 2] = [Self::Kvinna, Self::Man];

    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kvinna => "kvinna",
            Self::Man => "man",
        }
    }

    /// The sex of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// Which of the two series a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityKind {
    /// Given at folkbokföring.
    Personnummer,
    /// Given to people who are not folkbokförda; the day is raised by 60.
    Samordningsnummer,
}

/// Why a text is no identity number. Never says what the text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityNumberError {
    /// Not ten or twelve digits with at most one separator before the last four.
    Shape,
    /// The date part is no date, or the birth number is 000.
    Date,
    /// The last digit does not agree with the others.
    Checksum,
    /// The birth would lie after today.
    FutureBirth,
}

impl fmt::Display for IdentityNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "expected YYYYMMDDNNNN, YYYYMMDD-NNNN, YYMMDD-NNNN, YYMMDD+NNNN or YYMMDDNNNN",
            Self::Date => "the date part is not a date that such a number can have",
            Self::Checksum => "the check digit does not agree with the other digits",
            Self::FutureBirth => "the birth date lies in the future",
        })
    }
}

impl std::error::Error for IdentityNumberError {}

/// A personnummer or samordningsnummer: twelve digits, checked.
///
/// No `Display`, and a `Debug` without digits, so that it can't slip into a log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNumber([u8; 12]);

impl IdentityNumber {
    /// The only way to have the value: `YYYYMMDDNNNN`, `YYYYMMDD-NNNN`, `YYMMDD-NNNN`, `YYMMDD+NNNN` (from the year in
    /// which the person turns 100) or `YYMMDDNNNN` (read as with `-`). Space around is ignored.
    ///
    /// The check digit covers the last ten digits as written, so with the + 60 of a samordningsnummer. One whose day
    /// (60) or month (00) is unknown is accepted.
    ///
    /// # Errors
    /// [`IdentityNumberError`], which holds nothing of the text.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, IdentityNumberError> {
        let digits = twelve_digits(text.trim().as_bytes(), today)?;
        let number = Self(digits);
        let year = number.birth_year();
        let (month, day) = (number.value(4..6), number.value(6..8) % 60);
        if year < FIRST_BIRTH_YEAR || number.serial() == 0 {
            return Err(IdentityNumberError::Date);
        }
        // The earliest day that the birth can have had decides whether it lies ahead.
        let earliest = match number.kind() {
            IdentityKind::Personnummer => number.birth_date(),
            IdentityKind::Samordningsnummer => {
                let month_or_first = if month == 0 { 1 } else { month };
                let day_or_first = if day == 0 { 1 } else { day };
                (number.value(6..8) <= 91)
                    .then(|| NaiveDate::from_ymd_opt(year, month_or_first, day_or_first))
                    .flatten()
            }
        }
        .ok_or(IdentityNumberError::Date)?;
        if number.0[11] != check_digit(&number.0) {
            return Err(IdentityNumberError::Checksum);
        }
        if earliest > today {
            return Err(IdentityNumberError::FutureBirth);
        }
        Ok(number)
    }

    /// The twelve digits. The caller answers for where they go.
    #[must_use]
    pub fn as_digits(&self) -> &str {
        // Only ASCII digits get in, so the default is never used.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Personnummer or samordningsnummer.
    #[must_use]
    pub fn kind(&self) -> IdentityKind {
        if self.value(6..8) >= 60 { IdentityKind::Samordningsnummer } else { IdentityKind::Personnummer }
    }

    /// By the ninth digit of ten.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.0[10] % 2 == 1 { Sex::Man } else { Sex::Kvinna }
    }

    /// The birth date; `None` when a samordningsnummer has no day or no month.
    #[must_use]
    pub fn birth_date(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.birth_year(), self.value(4..6), self.value(6..8) % 60)
    }

    /// The birth year, which every number has.
    #[must_use]
    pub fn birth_year(&self) -> i32 {
        self.0[..4].iter().fold(0, |sum, d| sum * 10 + i32::from(d - b'0'))
    }

    /// For the eyes of someone who already knows whom it is about: the birth year stays, as lists are sorted out by
    /// it; month, day and the last four never show, since day and sex would nearly tell who it is.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}••••-••••", &self.as_digits()[..4])
    }

    /// Whether the number is one that is never given to anyone (birth number 980–999).
    #[must_use]
    pub fn is_test_number(&self) -> bool {
        self.serial() >= u32::from(FIRST_TEST_SERIAL)
    }

    fn serial(&self) -> u32 {
        self.value(8..11)
    }

    fn value(&self, range: std::ops::Range<usize>) -> u32 {
        self.0[range].iter().fold(0, |sum, d| sum * 10 + u32::from(d - b'0'))
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityNumber(…)")
    }
}

/// Checks the shape, and fills in the century of a short form.
fn twelve_digits(text: &[u8], today: NaiveDate) -> Result<[u8; 12], IdentityNumberError> {
    let (date, separator, last) = match text.len() {
        10 | 12 => (&text[..text.len() - 4], b'-', &text[text.len() - 4..]),
        11 | 13 => (&text[..text.len() - 5], text[text.len() - 5], &text[text.len() - 4..]),
        _ => return Err(IdentityNumberError::Shape),
    };
    let plus = separator == b'+';
    let separator_fits = separator == b'-' || (plus && date.len() == 6);
    if !separator_fits || !date.iter().chain(last).all(u8::is_ascii_digit) {
        return Err(IdentityNumberError::Shape);
    }
    let mut digits = [b'0'; 12];
    if let [y, z, ..] = *date
        && date.len() == 6
    {
        // The latest such year that is not after this one; the plus means a hundred years more.
        let short = i32::from(y - b'0') * 10 + i32::from(z - b'0');
        let year = today.year() - (today.year() - short).rem_euclid(100) - if plus { 100 } else { 0 };
        write_number(&mut digits[..2], (year / 100).unsigned_abs());
    }
    digits[8 - date.len()..8].copy_from_slice(date);
    digits[8..].copy_from_slice(last);
    Ok(digits)
}

/// Luhn over the nine digits before the last of twelve.
fn check_digit(digits: &[u8; 12]) -> u8 {
    let sum: u32 = digits[2..11]
        .iter()
        .zip([2, 1].into_iter().cycle())
        .map(|(d, weight)| {
            let product = u32::from(d - b'0') * weight;
            product / 10 + product % 10
        })
        .sum();
    // At most 9, so it fits.
    b'0' + ((10 - sum % 10) % 10) as u8
}

fn write_number(into: &mut [u8], mut number: u32) {
    for place in into.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// A valid personnummer that is never given to anyone; an odd serial is a man, an even one a woman.
///
/// A serial outside 980–999 is brought into that range, so that no call can make a number somebody has.
#[must_use]
pub fn test_number(birth: NaiveDate, serial: u16) -> IdentityNumber {
    test_number_of(birth, birth.day(), serial)
}

/// A valid samordningsnummer that is never given to anyone; as [`test_number`] otherwise.
#[must_use]
pub fn test_coordination_number(birth: NaiveDate, serial: u16) -> IdentityNumber {
    test_number_of(birth, birth.day() + 60, serial)
}

fn test_number_of(birth: NaiveDate, day: u32, serial: u16) -> IdentityNumber {
    let serial = if (FIRST_TEST_SERIAL..1000).contains(&serial) { serial } else { FIRST_TEST_SERIAL + serial % 20 };
    let mut digits = [b'0'; 12];
    write_number(&mut digits[..4], birth.year().unsigned_abs());
    write_number(&mut digits[4..6], birth.month());
    write_number(&mut digits[6..8], day);
    write_number(&mut digits[8..11], u32::from(serial));
    digits[11] = check_digit(&digits);
    IdentityNumber(digits)
}

/// Age in whole years on a day. Who is born on 29 February gets a year older on 1 March in years without that day.
///
/// Negative before the birth.
#[must_use]
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> i32 {
    let before_birthday = (day.month(), day.day()) < (birth.month(), birth.day());
    day.year() - birth.year() - i32::from(before_birthday)
}

/// Whether a free text holds a valid identity number of ten or twelve digits, in the forms people write: together, with
/// something before the last four, with something in the date (`1985-03-12 …`), or two digits at a time. What stands in
/// between is up to four characters that are neither letters, digits nor colons; characters that are not seen are passed over
/// wherever they stand; digits may be those of any script.
///
/// A number inside a longer row of digits is none, nor is a date followed by a comma, the beginning of another date or a time
/// of the day. Takes time in proportion to the text.
#[must_use]
pub fn contains_identity_number(text: &str, today: NaiveDate) -> bool {
    // Most texts have too few digits to hold one.
    if text.chars().filter(|c| ascii_digit(*c).is_ascii_digit()).nth(9).is_none() {
        return false;
    }
    let chars: Vec<char> = text.chars().filter(|c| !is_unseen(*c)).map(ascii_digit).collect();
    (0..chars.len())
        .filter(|&i| chars[i].is_ascii_digit() && (i == 0 || !chars[i - 1].is_ascii_digit()))
        .any(|start| [true, false].into_iter().any(|century| number_at(&chars[start..], century, today)))
}

/// The same where there is no day to hold births against: of whoever will be born until 2199.
#[must_use]
pub fn contains_identity_number_ever(text: &str) -> bool {
    contains_identity_number(text, NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or_default())
}

/// The zeros of all scripts but the usual one, in order: Unicode's decimal digits, each followed by its nine others.
const ZEROS: [u32; 65] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
    0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// A digit of any script as the usual one; every other character as it is.
fn ascii_digit(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let code = u32::from(c);
    let before = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1);
    before.and_then(|place| char::from_digit(code - ZEROS[place], 10)).unwrap_or(c)
}

/// Characters that take no room: soft hyphens, joiners, marks of direction, selectors.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// How many characters may stand between two digits.
const GAP: usize = 4;

/// What may stand there. A colon is of a time of the day: `05:08.790573` is no number.
fn is_between(c: char) -> bool {
    !c.is_alphanumeric() && c != ':'
}

/// Whether the characters begin with an identity number, with or without its century. Looks at 40 characters at most.
fn number_at(chars: &[char], century: bool, today: NaiveDate) -> bool {
    let mut compact = String::with_capacity(13);
    let mut rest = chars;
    // Between century and year, year and month, month and day, day and the last four, and in the middle of these.
    let mut gaps: [&[char]; 5] = [&[]; 5];
    for part in usize::from(!century)..=5 {
        if part > usize::from(!century) {
            let (gap, after) = rest.split_at(rest.iter().take_while(|c| is_between(**c)).count());
            if gap.len() > GAP {
                return false;
            }
            gaps[part - 1] = gap;
            rest = after;
        }
        if rest.len() < 2 || !rest[..2].iter().all(char::is_ascii_digit) {
            return false;
        }
        compact.extend(&rest[..2]);
        rest = &rest[2..];
    }
    let [in_year, after_year, after_month, before_last, in_last] = gaps;
    let in_pieces = !after_year.is_empty();
    let by_fours = century && in_year.is_empty() && in_pieces && after_month.is_empty() && !before_last.is_empty();
    let date_is_whole = by_fours || (in_pieces != after_month.is_empty() && (in_pieces || in_year.is_empty()));
    // `10.30` is a time of the day.
    let is_time = in_last.iter().any(|c| c.is_ascii_punctuation());
    // `2019-12-24, 3175 kr` is a date and an amount.
    let is_list = in_pieces && before_last.contains(&',');
    if !date_is_whole || is_time || is_list || rest.first().is_some_and(char::is_ascii_digit) || goes_on(&compact, rest)
    {
        return false;
    }
    if IdentityNumber::parse(&compact, today).is_ok() {
        return true;
    }
    // Someone of a hundred years: with the plus sign or, in haste, without it.
    compact.insert(compact.len() - 4, '+');
    IdentityNumber::parse(&compact, today).is_ok()
}

/// Whether the last four digits are the year of a date that goes on with its month.
fn goes_on(compact: &str, rest: &[char]) -> bool {
    let year = compact.get(compact.len() - 4..).unwrap_or_default();
    let [separator, tens, ones, after @ ..] = rest else { return false };
    let month = tens.to_digit(10).zip(ones.to_digit(10)).map(|(tens, ones)| tens * 10 + ones);
    (year.starts_with("19") || year.starts_with("20"))
        && !separator.is_alphanumeric()
        && month.is_some_and(|month| (1..=12).contains(&month))
        && !after.first().is_some_and(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn parse(text: &str) -> Result<IdentityNumber, IdentityNumberError> {
        IdentityNumber::parse(text, day("2026-11-21"))
    }

    #[test]
    fn every_usual_form_gives_the_same_number() {
        for text in ["198503129804", "19850312-9804", "850312-9804", "8503129804", " 850312-9804 "] {
            assert_eq!(parse(text).unwrap().as_digits(), "198503129804");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        use IdentityNumberError::*;
        for (text, reason) in [
            ("", Shape),
            ("1985031298041", Shape),
            ("19850312+9804", Shape),
            ("850312/9804", Shape),
            ("8503l29804", Shape),
            ("åååååååå", Shape),
            ("198513129804", Date),
            ("198502309804", Date),
            ("198503120005", Date),
            ("198503929804", Date),
            ("178503129804", Date),
            ("198503129805", Checksum),
        ] {
            assert_eq!(parse(text), Err(reason), "{text}");
        }
        let unborn = test_number(day("2026-11-22"), 980);
        assert_eq!(parse(unborn.as_digits()), Err(FutureBirth));
        assert_eq!(parse(&unborn.as_digits()[2..]), Err(FutureBirth));
    }

    #[test]
    fn a_plus_means_the_year_of_the_hundredth_birthday_or_later() {
        let old = test_number(day("1926-12-31"), 981);
        let text = format!("{}+{}", &old.as_digits()[2..8], &old.as_digits()[8..]);
        assert_eq!(parse(&text).unwrap(), old);
        let hundred_and_one = test_number(day("1925-01-01"), 981);
        let text = format!("{}+{}", &hundred_and_one.as_digits()[2..8], &hundred_and_one.as_digits()[8..]);
        assert_eq!(parse(&text).unwrap().birth_year(), 1925);
    }

    fn with_check_digit(eleven: &str) -> String {
        let mut digits = [b'0'; 12];
        digits[..11].copy_from_slice(eleven.as_bytes());
        format!("{eleven}{}", char::from(check_digit(&digits)))
    }

    #[test]
    fn a_samordningsnummer_may_lack_its_day_or_month() {
        for (eleven, birth) in [
            ("19850372980", Some(day("1985-03-12"))),
            ("19850360980", None),
            ("19850060980", None),
            ("19850072980", None),
        ] {
            let number = parse(&with_check_digit(eleven)).unwrap();
            assert_eq!(number.kind(), IdentityKind::Samordningsnummer);
            assert_eq!(number.birth_date(), birth);
            assert_eq!(number.birth_year(), 1985);
        }
        assert_eq!(parse(&with_check_digit("20261260980")), Err(IdentityNumberError::FutureBirth));
        assert_eq!(parse(&with_check_digit("19850392980")), Err(IdentityNumberError::Date));
        assert_eq!(parse(&with_check_digit("19850012980")), Err(IdentityNumberError::Date));
    }

    #[test]
    fn sex_age_and_mask() {
        assert_eq!(parse("198503129804").unwrap().sex(), Sex::Kvinna);
        assert_eq!(test_number(day("1985-03-12"), 981).sex(), Sex::Man);
        assert_eq!(parse("198503129804").unwrap().masked(), "1985••••-••••");
        assert_eq!(age_on(day("1985-03-12"), day("2016-03-11")), 30);
        assert_eq!(age_on(day("1985-03-12"), day("2016-03-12")), 31);
        assert_eq!(age_on(day("2000-02-29"), day("2018-02-28")), 17);
        assert_eq!(age_on(day("2000-02-29"), day("2018-03-01")), 18);
        assert_eq!(Sex::from_code("man"), Some(Sex::Man));
    }

    #[test]
    fn numbers_in_free_text_are_found_and_other_figures_are_not() {
        let today = day("2026-11-21");
        for text in [
            "Ring 850312-9804 om mötet",
            "pnr:198503129804.",
            "1985-03-12-9804",
            "1985 03 12 9804",
            "1985 0312 9804",
            "1985-0312-9804",
            "850312 – 9804",
            "850312+9804 och 850312‑9804",
            "ärende 7, 8503129804",
            "850312/9804",
            "1985.03.12-9804",
            "850312-98 04",
            "850312\u{ad}-9804",
            "850312 ·/ 9804",
            "850312\u{200b}9804",
            "(850312)9804",
            "850312-9804-1",
            "850312-9804, 3 gånger",
            "19 85 03 12 98 04",
            "８５０３１２-９８０４",
            "٨٥٠٣١٢٩٨٠٤",
            "৮৫০৩১২-৯৮০৪",
            "𝟠𝟝𝟘𝟛𝟙𝟚𝟡𝟠𝟘𝟜",
            "8503\u{200b}12-9804",
            "8\u{ad}5\u{2060}0\u{feff}3\u{200d}12-98\u{200e}04",
        ] {
            assert!(contains_identity_number(text, today), "{text}");
        }
        for text in [
            "",
            "070-123 45 67",
            "1198503129804",
            "1985031298041",
            "850312-98042",
            "850312-9805",
            "556036-0793",
            "möten 2016-10-12 2016-10-26",
            "möten 1985-03-12, 2016.10.26",
            "1985-03-12",
            "1985-03-12 98:04",
            "2026-11-23T17:05:08.790573Z",
            "1985-03-12 98.04",
            "beslut 1985-03-12, 9804 kr",
            "²²²²²²²²²² ①②③④⑤⑥⑦⑧⑨⑩ 三四",
            "850312     9804",
            "850312 och 9804",
        ] {
            assert!(!contains_identity_number(text, today), "{text}");
        }
    }

    #[test]
    fn a_long_text_of_digits_and_spaces_is_searched_in_linear_time() {
        let text = "85 03 12 - ".repeat(100_000);
        assert!(!contains_identity_number(&text, day("2026-11-21")));
    }

    fn births() -> impl Strategy<Value = NaiveDate> {
        (0..40_000_i64).prop_map(|days| day("1915-01-01") + chrono::Duration::days(days))
    }

    proptest! {
        #[test]
        fn changing_one_digit_is_refused(birth in births(), serial in 980_u16..1000, at in 2_usize..12, by in 1_u8..10) {
            let mut digits = test_number(birth, serial).as_digits().as_bytes().to_vec();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            prop_assert!(parse(std::str::from_utf8(&digits).unwrap()).is_err());
        }

        #[test]
        fn what_is_made_can_be_read(birth in births(), serial in 980_u16..1000) {
            let number = test_number(birth, serial);
            prop_assert_eq!(parse(number.as_digits()), Ok(number.clone()));
            prop_assert_eq!(number.birth_date(), Some(birth));
            prop_assert!(number.is_test_number());
            prop_assert_eq!(number.sex() == Sex::Man, serial % 2 == 1);
            prop_assert!(contains_identity_number(number.as_digits(), day("2026-11-21")));
            let other = test_coordination_number(birth, serial);
            prop_assert_eq!(parse(other.as_digits()), Ok(other.clone()));
            prop_assert_eq!((other.kind(), other.birth_date()), (IdentityKind::Samordningsnummer, Some(birth)));
        }

        #[test]
        fn debug_shows_no_digits(birth in births(), serial in 980_u16..1000) {
            let shown = format!("{:?} {:?}", test_number(birth, serial), parse("12"));
            prop_assert!(!shown.chars().any(|c| c.is_ascii_digit()));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,40}") {
            let _ = parse(&text);
            let _ = contains_identity_number(&text, day("2026-11-21"));
        }
    }
}
