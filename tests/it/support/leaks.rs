//! Whether a personnummer stands where none belongs: looked for in everything that any test sees or leaves behind.
//!
//! Tests use only numbers that nobody has (the last but one to fourth digits are 980–999), so whatever has that form, in
//! any spelling, is a number of somebody in a test. Nothing has to be told which were used.

use std::io::Cursor;
use std::path::Path;
use std::sync::Mutex;

use calamine::{Reader as _, Xlsx};
use polars_io::SerReader as _;
use polars_io::parquet::read::ParquetReader;

/// What was found where a test can't fail at once: in the log, which all tests share.
static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The numbers that stand in the bytes by themselves: twelve or ten digits, or eight or six and four with something
/// between. What is packed is unpacked first.
pub fn numbers(bytes: &[u8]) -> Vec<String> {
    if bytes.starts_with(b"PK\x03\x04") {
        return in_text(workbook(bytes).as_bytes());
    }
    if bytes.starts_with(b"PAR1") {
        return in_text(columns(bytes).as_bytes());
    }
    in_text(bytes)
}

/// Fails the test when a number is found; `what` says of what kind the bytes are.
pub fn none_in(what: impl FnOnce() -> String, bytes: &[u8]) {
    let found = numbers(bytes);
    assert!(found.is_empty() || std::thread::panicking(), "{found:?} in {}", what());
}

/// A page without those fields of these names that show again what somebody typed, so that they can put it right.
pub fn without_typed(page: &str, names: &[String]) -> String {
    let mut kept = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<input ") {
        let (field, behind) = after.split_once('>').unwrap_or((after, ""));
        kept += before;
        if !names.iter().any(|name| field.contains(&format!(" name=\"{name}\""))) {
            kept += field;
        }
        rest = behind;
    }
    kept + rest
}

/// The text without what chance made: ids, tokens and traces, which are written in twenty characters or more, and in which
/// any four digits may stand. What is looked for by a few characters is looked for in the rest.
pub fn without_ids(text: &str) -> String {
    let part_of_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(|c| !part_of_id(c)).filter(|word| word.len() < 20).collect::<Vec<_>>().join(" ")
}

/// The names of a form's fields in which a number was typed.
pub fn typed_in(form: &str) -> Vec<String> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(form).unwrap_or_default();
    fields.into_iter().filter(|(_, value)| !numbers(value.as_bytes()).is_empty()).map(|(name, _)| name).collect()
}

/// Notes what is found for the next test that ends.
pub fn note(what: impl FnOnce() -> String, bytes: &[u8]) {
    let found = numbers(bytes);
    if !found.is_empty() {
        FOUND.lock().unwrap().push(format!("{found:?} in {}", what()));
    }
}

/// Fails the test when something was noted since the last look.
pub fn none_noted() {
    let found = std::mem::take(&mut *FOUND.lock().unwrap());
    assert!(found.is_empty() || std::thread::panicking(), "{}", found.join("\n"));
}

/// Fails the test when a file in the folder holds a number, but for those of which `may` says so.
pub fn none_in_folder(folder: &Path, may: &dyn Fn(&Path) -> bool) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            none_in_folder(&path, may);
        } else if path.is_file() && !may(&path) {
            none_in(|| path.display().to_string(), &std::fs::read(&path).unwrap());
        }
    }
}

fn workbook(bytes: &[u8]) -> String {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for name in book.sheet_names() {
        text += &name;
        for row in book.worksheet_range(&name).unwrap().rows() {
            row.iter().for_each(|cell| text += &format!("\n{cell}"));
        }
    }
    text
}

fn columns(bytes: &[u8]) -> String {
    let frame = ParquetReader::new(Cursor::new(bytes)).finish().unwrap();
    let mut text = String::new();
    for column in frame.columns() {
        text += &format!("\n{}", column.name());
        (0..frame.height()).for_each(|row| text += &format!("\n{}", column.get(row).unwrap()));
    }
    text
}

/// What may stand between the day and the last four.
const BETWEEN: [&[u8]; 5] = [b"-", b"+", b" ", "–".as_bytes(), "\u{a0}".as_bytes()];

fn in_text(bytes: &[u8]) -> Vec<String> {
    // An address may have it behind percent signs.
    let decoded = bytes.contains(&b'%').then(|| unescaped(bytes));
    let bytes = decoded.as_deref().unwrap_or(bytes);
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let first = digits(at);
        let begin = at;
        at += first;
        if !matches!(first, 6 | 8 | 10 | 12) || !apart_before(bytes, begin) {
            continue;
        }
        let mut number = bytes[begin..at].to_vec();
        let mut end = at;
        if first < 10 {
            let Some(between) = BETWEEN.iter().find(|between| bytes[at..].starts_with(between)) else { continue };
            let last = at + between.len();
            if digits(last) != 4 {
                continue;
            }
            number.extend(&bytes[last..last + 4]);
            end = last + 4;
        }
        if !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) && is_of_a_test(&number) {
            found.push(String::from_utf8_lossy(&bytes[begin..end]).into_owned());
        }
    }
    found
}

/// A letter before it makes it part of something else, unless it is the letter of an escaped line end.
fn apart_before(bytes: &[u8], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).map(|place| bytes[place]);
    before(1).is_none_or(|b| !b.is_ascii_alphanumeric() || before(2) == Some(b'\\'))
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// A day, a last part that nobody has, and a check digit that agrees.
fn is_of_a_test(digits: &[u8]) -> bool {
    let ten = &digits[digits.len() - 10..];
    let number = |part: &[u8]| part.iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let (month, day, birth) = (number(&ten[2..4]), number(&ten[4..6]) % 60, number(&ten[6..9]));
    let century = digits.len() == 10 || (18..=21).contains(&number(&digits[..2]));
    let doubled = ten.iter().enumerate().map(|(i, digit)| u32::from(digit - b'0') * if i % 2 == 0 { 2 } else { 1 });
    let sum: u32 = doubled.map(|product| product / 10 + product % 10).sum();
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
    century && is_day && (980..=999).contains(&birth) && sum.is_multiple_of(10)
}
