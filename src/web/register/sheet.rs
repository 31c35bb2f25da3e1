//! A form as data: what it says, its fields in parts, and what it sends along unseen. Filled with what was typed, and with
//! what is wrong beside each field.
//!
//! Never here: what a field is about; that stands with the form that has it.

use super::typed::Typed;
use super::words::Words;
use crate::domain::finding::{Finding, Findings};
use crate::registrations::fields::parse_date;
use crate::web::form::{Field, Kind, Mistake};

/// A form.
#[derive(Default)]
pub struct Sheet {
    /// The heading of its page.
    pub title: String,
    /// What is to know before filling it in.
    pub lead: Vec<String>,
    /// What can't be taken back.
    pub warning: Vec<String>,
    /// Its fields.
    pub parts: Vec<Part>,
    /// Sent along unseen.
    pub hidden: Vec<(&'static str, String)>,
    /// On its button.
    pub button: &'static str,
    /// Whether it takes something away.
    pub takes_away: bool,
    /// On the button that only makes its lists anew, as after another office was chosen; empty for none.
    pub again: &'static str,
}

/// Some of the fields, under a heading.
#[derive(Default)]
pub struct Part {
    /// The heading; empty for none.
    pub legend: String,
    /// What is to know for these.
    pub text: Vec<String>,
    /// The fields.
    pub rows: Vec<Row>,
}

/// A field at its place.
pub struct Row {
    /// The field.
    pub field: Field,
    /// Whether it follows another answer, and so stands indented below it.
    pub follows: bool,
}

impl Part {
    /// Under a heading.
    pub fn new(legend: impl Into<String>, fields: impl IntoIterator<Item = Field>) -> Self {
        let rows = fields.into_iter().map(|field| Row { field, follows: false }).collect();
        Self { legend: legend.into(), text: Vec::new(), rows }
    }
}

impl Sheet {
    /// Every field.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.parts.iter().flat_map(|part| &part.rows).map(|row| &row.field)
    }

    fn fields_mut(&mut self) -> impl Iterator<Item = &mut Field> {
        self.parts.iter_mut().flat_map(|part| &mut part.rows).map(|row| &mut row.field)
    }

    /// With what was typed in the place of what it offered.
    #[must_use]
    pub fn filled(mut self, typed: &Typed) -> Self {
        for field in self.fields_mut() {
            field.values = typed.all(&field.name).to_vec();
        }
        self
    }

    /// With what was found beside the fields that it is about, and what is missing. What no field is about is given back, for the summary.
    pub fn marked(&mut self, findings: &Findings, words: &Words) -> Vec<String> {
        let mut whole = Vec::new();
        for finding in findings.0.iter().filter(|finding| finding.is_error()) {
            let places = self.about(finding);
            if places.is_empty() {
                whole.push(words.of(finding, None));
            }
            for at in places {
                let Some(field) = self.fields_mut().nth(at) else { continue };
                let said = words.of(finding, Some(&field.label));
                if !field.errors.contains(&said) {
                    field.errors.push(said);
                }
            }
        }
        // What is badly written is found before the rules are asked; what is missing beside it is told all the same.
        if findings.has_errors() {
            let missing =
                |f: &&mut Field| f.required && f.kind != Kind::Hidden && f.errors.is_empty() && f.value().is_empty();
            self.fields_mut()
                .filter(missing)
                .for_each(|field| field.errors.push(words.language.texts().missing.to_owned()));
        }
        whole
    }

    /// The place of the field that a finding is about: the one of its name, or of what it lies in, or the first within it. Of
    /// several days within it, those of each that isn't allowed.
    fn about(&self, finding: &Finding) -> Vec<usize> {
        let mut name = finding.pointer.trim_start_matches('/').replace('/', ".");
        // The agency of a consent is chosen by its office.
        if name == "consent.obtainedBy" {
            name = "consent.office".to_owned();
        }
        // Where handläggare are all that is changed, they stand by themselves.
        if let Some(agency) = name.strip_prefix("handlers.").filter(|agency| self.fields().any(|f| f.name == *agency)) {
            name = agency.to_owned();
        }
        while !name.is_empty() {
            let within = format!("{name}.");
            let seen = |field: &Field| field.kind != Kind::Hidden;
            let exact = self.fields().position(|field| seen(field) && field.name == name);
            let inside = |field: &Field| seen(field) && field.name.starts_with(&within);
            let not_allowed = |field: &Field| {
                let day = parse_date(field.value());
                day.zip(finding.allowed.as_ref()).is_some_and(|(day, allowed)| !allowed.holds(day))
            };
            let days = self.fields().enumerate().filter(|(_, field)| inside(field) && not_allowed(field));
            let days: Vec<usize> = days.map(|(at, _)| at).collect();
            let place = exact.or_else(|| self.fields().position(inside));
            // An answer that has no field here is about none of the other answers.
            if name == "answers" {
                return Vec::new();
            }
            match place {
                Some(_) if exact.is_none() && !days.is_empty() => return days,
                Some(place) => return vec![place],
                None => name.truncate(name.rfind('.').unwrap_or(0)),
            }
        }
        Vec::new()
    }
}

/// The summary of everything that is wrong, each line leading to its field.
pub fn mistakes(whole: Vec<String>, sheet: &Sheet) -> Vec<Mistake> {
    crate::web::form::mistakes(whole, sheet.fields())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rule::Rule;
    use crate::web::texts::Language;

    fn sheet() -> Sheet {
        let field = |name: &str| Field::new(name, name.to_uppercase(), Kind::Line("text"));
        let names = ["date", "participant.personnummer", "answers.formaner", "answers.moten.0", "answers.moten.1"];
        Sheet { parts: vec![Part::new("", names.map(field))], ..Sheet::default() }
    }

    #[test]
    fn each_finding_stands_at_the_field_that_it_is_about() {
        let words = Words::of_language(Language::Swedish);
        for (pointer, name) in [
            ("/date", Some("date")),
            ("/participant", Some("participant.personnummer")),
            ("/answers/formaner/0", Some("answers.formaner")),
            ("/answers/moten/1", Some("answers.moten.1")),
            ("/answers/moten", Some("answers.moten.0")),
            ("/answers/arbetar", None),
            ("/onBehalfOf", None),
            ("", None),
        ] {
            let mut sheet = sheet();
            let whole = sheet.marked(&Finding::new(Rule::RattelseUtanAndring, pointer).into(), &words);
            let at = sheet.fields().find(|field| !field.errors.is_empty()).map(|field| field.name.as_str());
            assert_eq!((at, whole.len()), (name, usize::from(name.is_none())), "{pointer}");
        }
    }

    #[test]
    fn notices_stop_nothing_and_are_no_mistakes() {
        let mut sheet = sheet();
        let words = Words::of_language(Language::Swedish);
        let whole = sheet.marked(&Finding::new(Rule::SenRegistrering, "/date").into(), &words);
        assert!(whole.is_empty() && mistakes(whole, &sheet).is_empty());
    }
}
