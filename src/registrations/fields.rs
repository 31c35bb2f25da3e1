//! Reading a JSON object field by field: every wrong, missing and unknown field is a finding with its place, and
//! reading goes on to the end.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::code::NotACode;
use crate::domain::dates::end_of_swedish_day;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::rule::Rule;
use crate::domain::shape::{self, Shape};

/// An object being read.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: String,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Begins to read an object; anything else is a finding.
    pub fn of(value: &'a Value, path: &str, findings: &mut Findings) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self { object, path: path.to_owned(), known: Vec::new() }),
            _ => {
                wrong_type(path, shape::OBJECT, findings);
                None
            }
        }
    }

    /// The place of a field.
    #[must_use]
    pub fn pointer(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// A field as it is; `null` counts as not given.
    pub fn raw(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.object.get(name).filter(|v| !v.is_null())
    }

    /// Whether a field was given, even as `null`.
    pub fn given(&mut self, name: &'static str) -> bool {
        self.known.push(name);
        self.object.contains_key(name)
    }

    /// A field that must be there.
    pub fn required(&mut self, name: &'static str, expected: Shape, findings: &mut Findings) -> Option<&'a Value> {
        let found = self.raw(name);
        if found.is_none() {
            let finding = Finding::new(Rule::FaltSaknas, self.pointer(name));
            findings.push(finding.allowed(Allowed::Shape(expected)));
        }
        found
    }

    /// A text.
    pub fn text(&mut self, name: &'static str, findings: &mut Findings) -> Option<&'a str> {
        let value = self.raw(name)?;
        if value.as_str().is_none() {
            wrong_type(&self.pointer(name), shape::TEXT, findings);
        }
        value.as_str()
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &'static str, findings: &mut Findings) -> Option<bool> {
        let value = self.raw(name)?;
        if value.as_bool().is_none() {
            wrong_type(&self.pointer(name), shape::TRUE_OR_FALSE, findings);
        }
        value.as_bool()
    }

    /// A whole number.
    pub fn number(&mut self, name: &'static str, findings: &mut Findings) -> Option<i64> {
        let value = self.raw(name)?;
        if value.as_i64().is_none() {
            wrong_type(&self.pointer(name), shape::WHOLE_NUMBER, findings);
        }
        value.as_i64()
    }

    /// A date.
    pub fn date(&mut self, name: &'static str, findings: &mut Findings) -> Option<NaiveDate> {
        let text = self.text(name, findings)?;
        let day = parse_date(text);
        if day.is_none() {
            wrong_value(&self.pointer(name), shape::DATE, findings);
        }
        day
    }

    /// A date that must be there.
    pub fn required_date(&mut self, name: &'static str, findings: &mut Findings) -> Option<NaiveDate> {
        self.required(name, shape::DATE, findings)?;
        self.date(name, findings)
    }

    /// An instant.
    pub fn instant(&mut self, name: &'static str, findings: &mut Findings) -> Option<DateTime<Utc>> {
        let text = self.text(name, findings)?;
        let instant = DateTime::parse_from_rfc3339(text).ok().map(|i| i.with_timezone(&Utc));
        if instant.is_none() {
            wrong_value(&self.pointer(name), shape::INSTANT, findings);
        }
        instant
    }

    /// A public id.
    pub fn id(&mut self, name: &'static str, findings: &mut Findings) -> Option<Uuid> {
        let text = self.text(name, findings)?;
        let id = Uuid::parse_str(text).ok();
        if id.is_none() {
            wrong_value(&self.pointer(name), shape::UUID, findings);
        }
        id
    }

    /// A code, by its own parser.
    pub fn code<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, NotACode>,
        findings: &mut Findings,
    ) -> Option<T> {
        let text = self.text(name, findings)?;
        match parse(text) {
            Ok(code) => Some(code),
            Err(NotACode { expected }) => {
                wrong_value(&self.pointer(name), expected, findings);
                None
            }
        }
    }

    /// One of some codes.
    pub fn choice<T>(
        &mut self,
        name: &'static str,
        of: impl Fn(&str) -> Option<T>,
        all: &[&str],
        findings: &mut Findings,
    ) -> Option<T> {
        let text = self.text(name, findings)?;
        let found = of(text);
        if found.is_none() {
            not_among(&self.pointer(name), all, findings);
        }
        found
    }

    /// Ends reading: every field that nobody asked for is refused by name.
    pub fn finish(self, findings: &mut Findings) {
        for name in self.object.keys().filter(|name| !self.known.contains(&name.as_str())) {
            let mut known: Vec<String> = self.known.iter().map(ToString::to_string).collect();
            known.dedup();
            let finding = Finding::new(Rule::FaltOkant, format!("{}/{}", self.path, shown(name)));
            findings.push(finding.allowed(Allowed::Values(known)));
        }
    }
}

/// A date as YYYY-MM-DD and nothing else, between 1900 and 2199 so that no arithmetic on it can overflow.
#[must_use]
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    let has_its_form = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if [4, 7].contains(&at) { byte == b'-' } else { byte.is_ascii_digit() });
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| has_its_form)?;
    (1900..2200).contains(&day.year()).then_some(day)
}

/// As known on: an instant, or a date, which means the end of that day in Sweden.
#[must_use]
pub fn parse_known(text: &str) -> Option<DateTime<Utc>> {
    let day = parse_date(text).map(end_of_swedish_day);
    day.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)))
}

/// An unknown field's name as a pointer may show it: escaped, and never a number that might be a person's.
#[must_use]
pub fn shown(name: &str) -> String {
    if name.chars().filter(|c| c.is_numeric()).count() >= 10 {
        return "…".to_owned();
    }
    let short: String = name.chars().take(60).collect();
    short.replace('~', "~0").replace('/', "~1")
}

/// The value has the wrong JSON type.
pub fn wrong_type(pointer: &str, expected: Shape, findings: &mut Findings) {
    findings.push(Finding::new(Rule::FaltFelTyp, pointer).allowed(Allowed::Shape(expected)));
}

/// The value doesn't look as it should.
pub fn wrong_value(pointer: &str, expected: Shape, findings: &mut Findings) {
    findings.push(Finding::new(Rule::FaltOgiltigtVarde, pointer).allowed(Allowed::Shape(expected)));
}

/// The value is none of the allowed ones.
pub fn not_among(pointer: &str, all: &[&str], findings: &mut Findings) {
    let all = all.iter().map(ToString::to_string).collect();
    findings.push(Finding::new(Rule::FaltOgiltigtVarde, pointer).allowed(Allowed::Values(all)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_as_of_is_the_end_of_the_swedish_day() {
        assert_eq!(parse_known("2016-12-31").unwrap().to_rfc3339(), "2016-12-31T22:59:59.999999+00:00");
        assert_eq!(parse_known("2016-06-30").unwrap().to_rfc3339(), "2016-06-30T21:59:59.999999+00:00");
        assert_eq!(parse_known("2016-12-31T10:00:00+01:00").unwrap().to_rfc3339(), "2016-12-31T09:00:00+00:00");
        assert_eq!(parse_known("yesterday"), None);
    }
}
