//! Forms: what one holds, once its token has shown that this service made it for this session; and the fields that a
//! page shows, with what was typed and what is wrong with it. Drawn by the macros of `templates/form.html`.

use std::collections::BTreeMap;

use actix_web::web;
use chrono::NaiveDate;

use super::texts::Language;
use super::visitor::Person;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::organisation::{Office, Organisation};
use crate::domain::rule::Rule;
use crate::domain::step::Agency;

/// The name of the field that carries the token.
const TOKEN: &str = "token";

/// The fields of a form as they were sent.
pub type Sent = Option<web::Form<Vec<(String, String)>>>;

/// The fields, when the form was made for the session of this person; `None` when it wasn't: then nothing is done.
#[must_use]
pub fn checked(sent: Sent, person: &Person) -> Option<Fields> {
    let mut fields = sent?.into_inner();
    let at = fields.iter().position(|(name, _)| name == TOKEN)?;
    let (_, token) = fields.remove(at);
    person.secret.made(&token).then_some(Fields(fields))
}

/// What was sent: values by name, several of a name where several were chosen. Debug shows the names only.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Fields {
    /// From pairs, as a query has them.
    #[must_use]
    pub const fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name, without the space around it; `None` where there is nothing.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().filter(|(of, _)| of == name).map(|(_, value)| value.trim()).find(|value| !value.is_empty())
    }

    /// Every value of a name that holds something.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(of, _)| of == name);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// All of them, in the order sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// One of several to choose among.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// What is said about it; empty for nothing.
    pub hint: String,
}

impl Choice {
    /// Without more words.
    #[must_use]
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into(), hint: String::new() }
    }
}

/// Choices under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The heading; empty for none.
    pub label: String,
    /// What there is to choose.
    pub choices: Vec<Choice>,
}

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A line; the second is the HTML type: `text`, `date`, `number`, `search` …
    Line(&'static str),
    /// Several lines.
    Area,
    /// Not seen.
    Hidden,
    /// One of a list.
    Select(Vec<Group>),
    /// One of a few.
    Radios(Vec<Choice>),
    /// Any of a few.
    Checks(Vec<Choice>),
}

/// A field as the page shows it.
#[derive(Clone)]
pub struct Field {
    /// What it is sent as.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What helps to fill it in; empty for nothing.
    pub hint: String,
    /// How it is filled in.
    pub kind: Kind,
    /// What it holds; several where several are chosen.
    pub values: Vec<String>,
    /// What is wrong with it.
    pub errors: Vec<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Attributes of the line: `inputmode`, `autocomplete`, `min`, `max`.
    pub attributes: Vec<(&'static str, String)>,
}

impl Field {
    /// An empty one.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            kind,
            values: Vec::new(),
            errors: Vec::new(),
            required: false,
            attributes: Vec::new(),
        }
    }

    /// With help.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// With something in it.
    #[must_use]
    pub fn holding(mut self, value: impl Into<String>) -> Self {
        self.values = vec![value.into()];
        self
    }

    /// To be filled in.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// With an attribute of the line.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// With what was sent, if anything was sent at all.
    #[must_use]
    pub fn filled(mut self, fields: Option<&Fields>) -> Self {
        if let Some(fields) = fields {
            self.values = fields.all(&self.name).map(str::to_owned).collect();
        }
        self
    }

    /// The id of its element, that errors link to.
    #[must_use]
    pub fn id(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        format!("f-{}", self.name.chars().map(plain).collect::<String>())
    }

    /// What stands in a line.
    #[must_use]
    pub fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// Whether a choice is made.
    #[must_use]
    pub fn holds(&self, value: &str) -> bool {
        self.values.iter().any(|held| held == value)
    }

    /// The elements that describe it, for `aria-describedby`; empty for none.
    #[must_use]
    pub fn described_by(&self) -> String {
        let id = self.id();
        let hint = (!self.hint.is_empty()).then(|| format!("{id}-hint"));
        let error = (!self.errors.is_empty()).then(|| format!("{id}-error"));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

/// What a finding says beside a field: what to do, where nothing was filled in.
#[must_use]
pub fn says(finding: &Finding, language: Language) -> String {
    let t = language.texts();
    let is_date = || finding.pointer.ends_with("ate") || finding.pointer.ends_with("On");
    match (finding.rule, &finding.allowed) {
        (Rule::FaltSaknas, Some(Allowed::Shape(_))) if is_date() => t.missing_date.to_owned(),
        (Rule::FaltSaknas, _) => t.missing.to_owned(),
        _ => language.pick(&finding.sv(), &finding.en()).to_owned(),
    }
}

/// Puts findings beside the fields they are about, a field being named by its JSON Pointer with dots (`answers.arbetar` for
/// `/answers/arbetar`); what is about no field is given back. Notices are left out.
#[must_use]
pub fn place(fields: &mut [Field], findings: &Findings, language: Language) -> Vec<String> {
    let mut whole = Vec::new();
    for finding in findings.0.iter().filter(|finding| finding.is_error()) {
        let text = says(finding, language);
        let name = finding.pointer.trim_start_matches('/').replace('/', ".");
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.errors.push(text),
            None => whole.push(text),
        }
    }
    whole
}

/// Offices that are open on a day, under their areas, each with its agency's where both are shown.
#[must_use]
pub fn offices(organisation: &Organisation, of: impl Fn(&Office) -> bool, day: NaiveDate) -> Vec<Group> {
    let mut groups: BTreeMap<(Agency, String), Vec<Choice>> = BTreeMap::new();
    let open = organisation.offices.values().filter(|office| office.validity.contains(day) && of(office));
    for office in open {
        let area =
            organisation.areas.get(&office.area).map_or_else(|| office.area.to_string(), |area| area.name.clone());
        groups.entry((office.agency, area)).or_default().push(Choice::new(office.code.as_str(), office.name.as_str()));
    }
    groups.into_iter().map(|((_, label), choices)| Group { label, choices }).collect()
}

/// A line of an error summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The element it is about; empty for the whole form.
    pub at: String,
    /// What is wrong, and what would be right.
    pub text: String,
}

/// The error summary of fields, and of what is wrong with the whole.
#[must_use]
pub fn mistakes<'a>(
    whole: impl IntoIterator<Item = String>,
    fields: impl IntoIterator<Item = &'a Field>,
) -> Vec<Mistake> {
    let whole = whole.into_iter().map(|text| Mistake { at: String::new(), text });
    let fields = fields.into_iter().flat_map(|field| {
        let says = |text: &String| Mistake { at: field.id(), text: format!("{}: {text}", field.label) };
        field.errors.iter().map(says).collect::<Vec<_>>()
    });
    whole.chain(fields).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Fields {
        Fields::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_was_typed_stays_and_nothing_shows_it_in_a_log() {
        let fields = sent(&[("a", " 1 "), ("b", ""), ("a", "2")]);
        assert_eq!(fields.one("a"), Some("1"));
        assert_eq!(fields.one("b"), None);
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(format!("{fields:?}"), r#"["a", "b", "a"]"#);
        let field = Field::new("a", "A", Kind::Line("text")).holding("before");
        assert_eq!(field.clone().filled(None).value(), "before");
        assert_eq!(field.filled(Some(&fields)).values, ["1", "2"]);
    }

    #[test]
    fn a_mistake_leads_to_its_field() {
        let mut field = Field::new("answers.arbetar", "Arbetar", Kind::Line("text")).hint("Ja eller nej.");
        field.errors.push("Svara ja eller nej.".to_owned());
        assert_eq!(field.described_by(), "f-answers-arbetar-hint f-answers-arbetar-error");
        let told = mistakes(["Allt.".to_owned()], [&field]);
        assert_eq!(told[0], Mistake { at: String::new(), text: "Allt.".to_owned() });
        assert_eq!(told[1].at, field.id());
        assert_eq!(told[1].text, "Arbetar: Svara ja eller nej.");
    }

    #[derive(askama::Template)]
    #[template(
        source = r#"{% import "form.html" as form %}{% for field in fields %}{% call form::field(t, field) %}{% endcall %}{% endfor %}{% call form::summary(t, mistakes) %}{% endcall %}"#,
        ext = "html",
        config = "src/web/askama.toml"
    )]
    struct Drawn {
        t: &'static super::super::texts::Texts,
        fields: Vec<Field>,
        mistakes: Vec<Mistake>,
    }

    #[test]
    fn every_kind_of_field_is_drawn_with_its_name_its_value_and_what_is_wrong() {
        let choices = || vec![Choice::new("ja", "Ja"), Choice::new("nej", "Nej")];
        let kinds = [
            Kind::Line("date"),
            Kind::Area,
            Kind::Hidden,
            Kind::Select(vec![Group { label: "Svar".to_owned(), choices: choices() }]),
            Kind::Radios(choices()),
            Kind::Checks(choices()),
        ];
        let mut fields: Vec<Field> =
            kinds.into_iter().map(|kind| Field::new("n", "Namn <b>", kind).holding("ja")).collect();
        fields.iter_mut().for_each(|field| field.errors.push("Fel & brister.".to_owned()));
        let t = super::super::texts::Language::Swedish.texts();
        let mistakes = mistakes([], &fields);
        let drawn = askama::Template::render(&Drawn { t, fields, mistakes }).unwrap();
        assert_eq!(drawn.matches("name=\"n\"").count(), 8, "{drawn}");
        assert_eq!(drawn.matches(" checked").count() + drawn.matches(" selected").count(), 3, "{drawn}");
        assert_eq!(drawn.matches("aria-invalid=\"true\"").count(), 5, "{drawn}");
        assert_eq!(
            drawn.matches("Fel &#38; brister.").count(),
            5 + 6,
            "beside each field that is seen, and in the summary: {drawn}"
        );
        assert!(!drawn.contains("<b>") && drawn.contains("href=\"#f-n\""), "{drawn}");
    }
}
