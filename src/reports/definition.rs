//! What one report says, as its file defines it: texts, dimensions with their codes, measures and parts.
//!
//! Never here: which reports there are, and whether a file agrees with what is counted ([`super::catalogue`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::report::{Code, Dimension, Measure, Unit};
use super::request::Lang;

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
}

impl Text {
    /// In Swedish and in English.
    #[must_use]
    pub fn new(sv: &str, en: &str) -> Self {
        Self { sv: sv.to_owned(), en: en.to_owned() }
    }

    /// A name, which has no translation.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self::new(name, name)
    }

    /// In one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Sv => &self.sv,
            Lang::En => &self.en,
        }
    }
}

/// A code with its labels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "(String, String, String)")]
pub struct Label {
    /// As in rows.
    pub code: String,
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
}

impl From<(String, String, String)> for Label {
    fn from((code, sv, en): (String, String, String)) -> Self {
        Self { code, sv, en }
    }
}

/// The labels of a dimension and its codes, `samtliga` included.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
    /// Its codes in the order of the rows.
    pub codes: Vec<Label>,
}

/// A part as the file defines it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PartDefinition {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: Text,
    /// Population, measure and unit.
    pub definition: Text,
    /// The kind of diagram that suits it.
    pub chart: String,
    /// Names of its dimensions; those that are counted, where the file leaves them out.
    #[serde(default)]
    pub dimensions: Vec<String>,
    /// Names of its measures; likewise.
    #[serde(default)]
    pub measures: Vec<String>,
    /// What to bear in mind.
    #[serde(default)]
    pub footnotes: Vec<Text>,
    /// Labels of dimensions that are the part's own.
    #[serde(default)]
    pub labels: BTreeMap<String, Labels>,
}

/// A report as the file defines it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its id.
    pub id: String,
    /// The version of the definitions.
    pub version: u32,
    /// Its title.
    pub title: Text,
    /// What it is.
    pub definition: Text,
    /// What to bear in mind.
    #[serde(default)]
    pub footnotes: Vec<Text>,
    /// Labels of dimensions that several parts share.
    #[serde(default)]
    pub dimensions: BTreeMap<String, Labels>,
    /// Labels of the measures.
    #[serde(default)]
    pub measures: BTreeMap<String, Text>,
    /// Its parts.
    pub parts: Vec<PartDefinition>,
}

impl Definition {
    /// A part.
    #[must_use]
    pub fn part(&self, id: &str) -> Option<&PartDefinition> {
        self.parts.iter().find(|p| p.id == id)
    }

    /// The ids of parts that are named by id or number.
    #[must_use]
    pub fn ids(&self, named: &[String]) -> Vec<String> {
        let of = |name: &String| self.parts.iter().find(|p| p.id == *name || p.number.to_string() == *name);
        named.iter().filter_map(of).map(|part| part.id.clone()).collect()
    }

    /// The labels of a dimension of a part: its own, else the shared ones.
    #[must_use]
    pub fn labels(&self, part: &str, dimension: &str) -> Option<&Labels> {
        let own = self.part(part).and_then(|p| p.labels.get(dimension));
        own.or_else(|| self.dimensions.get(dimension))
    }

    /// A dimension of a part with its labels.
    #[must_use]
    pub fn dimension(&self, part: &str, name: &'static str, lang: Lang) -> Dimension {
        let of = |label: &Label| Code {
            code: label.code.clone().into(),
            label: if lang == Lang::Sv { label.sv.clone() } else { label.en.clone() },
        };
        match self.labels(part, name) {
            Some(labels) => Dimension {
                name,
                label: if lang == Lang::Sv { labels.sv.clone() } else { labels.en.clone() },
                codes: labels.codes.iter().map(of).collect(),
            },
            None => Dimension { name, label: name.to_owned(), codes: Vec::new() },
        }
    }

    /// A measure with its label.
    #[must_use]
    pub fn measure(&self, name: &'static str, lang: Lang) -> Measure {
        let label = self.measures.get(name).map_or(name, |text| text.get(lang)).to_owned();
        Measure { name, label, unit: Unit::of(name) }
    }

    /// The label of a code; the code itself where there is none.
    #[must_use]
    pub fn label<'a>(&'a self, part: &str, dimension: &str, code: &'a str, lang: Lang) -> &'a str {
        let label = self.labels(part, dimension).and_then(|l| l.codes.iter().find(|c| c.code == code));
        label.map_or(code, |l| if lang == Lang::Sv { &l.sv } else { &l.en })
    }
}
