//! What is wrong, or worth noticing, with something that was sent: one value for every door.
//!
//! Never here: which rules there are ([`rule`](super::rule)), or how a finding looks in JSON.

use chrono::NaiveDate;

use super::organisation::Validity;
use super::rule::{Rule, Severity};
use super::shape::Shape;
use super::step::{Agency, StepKind};

/// What would be right instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Any date from this one.
    DateFrom(NaiveDate),
    /// Any date up to this one.
    DateTo(NaiveDate),
    /// Any date between the two, both included.
    DateBetween(NaiveDate, NaiveDate),
    /// One of these steps, each with the agency that owns its registration.
    Steps(Vec<(StepKind, Agency)>),
    /// This agency.
    Agency(Agency),
    /// One of these codes or values.
    Values(Vec<String>),
    /// Something that looks like this.
    Shape(Shape),
}

impl Allowed {
    /// The dates between two limits, either of which may be missing. Where they leave no day, none is allowed.
    #[must_use]
    pub fn dates(first: Option<NaiveDate>, last: Option<NaiveDate>) -> Self {
        match (first, last) {
            (Some(first), Some(last)) if first <= last => Self::DateBetween(first, last),
            (Some(first), None) => Self::DateFrom(first),
            (None, Some(last)) => Self::DateTo(last),
            _ => Self::Values(Vec::new()),
        }
    }

    /// Whether a day is one of the dates that are allowed.
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> bool {
        match self {
            Self::DateFrom(first) => *first <= day,
            Self::DateTo(last) => day <= *last,
            Self::DateBetween(first, last) => (*first..=*last).contains(&day),
            _ => false,
        }
    }

    /// The days on which something is valid.
    #[must_use]
    pub fn within(validity: Validity) -> Self {
        Self::dates(Some(validity.from), validity.to)
    }

    /// As words inside a sentence: dates as 2016-10-13, lists with commas. `or` is the sentence's own word for it,
    /// and so tells its language.
    #[must_use]
    pub fn words(&self, or: &str) -> String {
        match self {
            Self::DateFrom(day) if or == "eller" => format!("från och med {day}"),
            Self::DateFrom(day) => format!("from {day}"),
            Self::DateTo(day) if or == "eller" => format!("till och med {day}"),
            Self::DateTo(day) => format!("up to {day}"),
            Self::DateBetween(first, last) => format!("{first} – {last}"),
            Self::Steps(steps) => join(steps.iter().map(|(step, agency)| format!("{step} ({agency})")).collect(), or),
            Self::Agency(agency) => agency.to_string(),
            Self::Values(values) => join(values.clone(), or),
            Self::Shape(shape) if or == "eller" => shape.sv().to_owned(),
            Self::Shape(shape) => shape.en().to_owned(),
        }
    }
}

fn join(values: Vec<String>, or: &str) -> String {
    match values.split_last() {
        None => "–".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {or} {last}", rest.join(", ")),
    }
}

/// One broken rule, or one notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// Where in the input: a JSON Pointer, `""` for the whole.
    pub pointer: String,
    /// What would be right.
    pub allowed: Option<Allowed>,
    /// Place among several inputs (batch, file), from 0.
    pub index: Option<usize>,
}

impl Finding {
    /// A finding at a place.
    #[must_use]
    pub fn new(rule: Rule, pointer: impl Into<String>) -> Self {
        Self { rule, pointer: pointer.into(), allowed: None, index: None }
    }

    /// With what would be right instead.
    #[must_use]
    pub fn allowed(mut self, allowed: Allowed) -> Self {
        self.allowed = Some(allowed);
        self
    }

    /// The Swedish sentence, what would be right filled in.
    #[must_use]
    pub fn sv(&self) -> String {
        self.rule.row().sv.replace("{allowed}", &self.words("eller"))
    }

    /// The English sentence, what would be right filled in.
    #[must_use]
    pub fn en(&self) -> String {
        self.rule.row().en.replace("{allowed}", &self.words("or"))
    }

    fn words(&self, or: &str) -> String {
        self.allowed.as_ref().map_or_else(|| "–".to_owned(), |a| a.words(or))
    }

    /// Whether it stops the registration.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.rule.row().severity == Severity::Error
    }
}

/// Most findings told of one input.
pub const MOST: usize = 200;

/// All that was found; collected to the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Adds one. Beyond [`MOST`] nothing is added: nobody mends that many at once, and an input made to be wrong must
    /// not fill the memory.
    pub fn push(&mut self, finding: Finding) {
        if self.0.len() < MOST {
            self.0.push(finding);
        }
    }

    /// Adds others, in their order.
    pub fn append(&mut self, others: Self) {
        others.0.into_iter().for_each(|finding| self.push(finding));
    }

    /// Adds a finding without further words.
    pub fn add(&mut self, rule: Rule, pointer: impl Into<String>) {
        self.push(Finding::new(rule, pointer));
    }

    /// Whether anything stops the registration.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Finding::is_error)
    }

    /// Whether a rule is among them.
    #[must_use]
    pub fn contains(&self, rule: Rule) -> bool {
        self.0.iter().any(|f| f.rule == rule)
    }

    /// The same findings, marked with their place among several inputs.
    #[must_use]
    pub fn at_index(mut self, index: usize) -> Self {
        for finding in &mut self.0 {
            finding.index = Some(index);
        }
        self
    }
}

impl From<Finding> for Findings {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}
