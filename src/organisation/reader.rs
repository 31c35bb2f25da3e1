//! Reading JSON piece by piece, so that one wrong field does not hide the next.
//!
//! Never here: what the fields mean.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::finding::{OrganisationFinding, Problem};
use crate::domain::code::NotACode;
use crate::domain::organisation::Validity;
use crate::domain::person::contains_identity_number;
use crate::domain::shape;

/// Collects what is wrong on the way.
pub(super) struct Reader {
    pub findings: Vec<OrganisationFinding>,
    pub today: NaiveDate,
}

/// An object and where it stands.
pub(super) struct Object<'v> {
    pub fields: &'v Map<String, Value>,
    pub pointer: String,
}

impl Object<'_> {
    /// The pointer of a field.
    pub fn at(&self, field: &str) -> String {
        format!("{}/{field}", self.pointer)
    }
}

/// A field's name as a JSON Pointer writes it.
fn escaped(field: &str) -> String {
    field.replace('~', "~0").replace('/', "~1")
}

impl Reader {
    pub fn report(&mut self, finding: OrganisationFinding) {
        self.findings.push(finding);
    }

    /// The value as an object with no other fields than the known ones.
    pub fn object<'v>(&mut self, value: &'v Value, pointer: String, known: &[&str]) -> Option<Object<'v>> {
        let Some(fields) = value.as_object() else {
            self.report(Problem::Type.with(pointer, "ett objekt", "an object"));
            return None;
        };
        for field in fields.keys().filter(|f| !known.contains(&f.as_str())) {
            // The name is the client's own text: it is repeated only where it can be nobody's number.
            let shown = if field.chars().any(|c| c.is_ascii_digit()) { String::new() } else { escaped(field) };
            self.report(Problem::UnknownField.at(format!("{pointer}/{shown}")));
        }
        Some(Object { fields, pointer })
    }

    /// The elements of a list field with their pointers; absent or null is empty.
    pub fn list<'v>(&mut self, object: &Object<'v>, field: &str) -> Vec<(&'v Value, String)> {
        match object.fields.get(field) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => {
                items.iter().enumerate().map(|(i, v)| (v, format!("{}/{field}/{i}", object.pointer))).collect()
            }
            Some(_) => {
                self.report(Problem::Type.with(object.at(field), "en lista", "a list"));
                Vec::new()
            }
        }
    }

    /// A value parsed by `parse`, which says what would be right.
    pub fn value<T>(
        &mut self,
        value: &Value,
        pointer: String,
        parse: impl FnOnce(&str) -> Result<T, NotACode>,
    ) -> Option<T> {
        let Some(text) = value.as_str() else {
            self.report(Problem::Type.with(pointer, "en text", "a text"));
            return None;
        };
        match parse(text) {
            Ok(_) if contains_identity_number(text, self.today) => {
                self.report(Problem::IdentityNumber.at(pointer));
                None
            }
            Ok(parsed) => Some(parsed),
            Err(NotACode { expected }) => {
                self.report(Problem::Format.with(pointer, expected.sv(), expected.en()));
                None
            }
        }
    }

    /// A field that must be there.
    pub fn field<T>(
        &mut self,
        object: &Object<'_>,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, NotACode>,
    ) -> Option<T> {
        match object.fields.get(field) {
            None | Some(Value::Null) => {
                self.report(Problem::Missing.at(object.at(field)));
                None
            }
            Some(value) => self.value(value, object.at(field), parse),
        }
    }

    /// A field that may be absent. The outer option is empty when it is there and wrong.
    #[expect(clippy::option_option, reason = "absent and wrong are two things")]
    pub fn optional<T>(
        &mut self,
        object: &Object<'_>,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, NotACode>,
    ) -> Option<Option<T>> {
        match object.fields.get(field) {
            None | Some(Value::Null) => Some(None),
            Some(value) => self.value(value, object.at(field), parse).map(Some),
        }
    }

    /// Every element of a list; none when one of them is wrong.
    pub fn all<T>(
        &mut self,
        object: &Object<'_>,
        field: &str,
        parse: impl Fn(&str) -> Result<T, NotACode>,
    ) -> Option<Vec<T>> {
        let items = self.list(object, field);
        let wanted = items.len();
        let parsed: Vec<T> = items.into_iter().filter_map(|(v, p)| self.value(v, p, &parse)).collect();
        (parsed.len() == wanted).then_some(parsed)
    }

    /// `validFrom` and `validTo`.
    pub fn validity(&mut self, object: &Object<'_>) -> Option<Validity> {
        let from = self.field(object, "validFrom", date);
        let to = self.optional(object, "validTo", date);
        let (from, to) = (from?, to?);
        if to.is_some_and(|to| to < from) {
            self.report(Problem::Validity.at(object.at("validTo")));
            return None;
        }
        Some(Validity { from, to })
    }
}

/// A calendar date.
pub(super) fn date(text: &str) -> Result<NaiveDate, NotACode> {
    let wrong = NotACode { expected: shape::PLAIN_DATE };
    if text.len() == 10 { text.parse().map_err(|_| wrong) } else { Err(wrong) }
}

/// A name or a short text: one line.
pub(super) fn name(text: &str) -> Result<String, NotACode> {
    line(text, 200).ok_or(NotACode { expected: shape::LINE_200 })
}

/// A longer text of one paragraph.
pub(super) fn paragraph(text: &str) -> Result<String, NotACode> {
    line(text, 2_000).ok_or(NotACode { expected: shape::LINE_2000 })
}

fn line(text: &str, max: usize) -> Option<String> {
    let fits =
        !text.is_empty() && text.trim() == text && text.chars().count() <= max && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}
