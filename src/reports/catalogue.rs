//! What each report says: the files `reports/*.toml`, embedded and checked.
//!
//! Lives here: titles, definitions and labels in both languages, and whether they agree with the codes that are
//! counted. Never here: a formula.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::baspaket;
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
    /// Names of its dimensions.
    pub dimensions: Vec<String>,
    /// Names of its measures.
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

/// All reports; this is what `GET /reports` answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Catalogue {
    reports: Vec<Definition>,
}

impl Catalogue {
    /// Every report.
    #[must_use]
    pub fn reports(&self) -> &[Definition] {
        &self.reports
    }

    /// A report.
    #[must_use]
    pub fn report(&self, id: &str) -> Option<&Definition> {
        self.reports.iter().find(|r| r.id == id)
    }
}

const FILES: [&str; 1] = [include_str!("../../reports/baspaket.toml")];

/// The embedded reports. A file that can't be read or disagrees with what is counted is left out; a test demands that
/// none is.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue { reports: FILES.iter().filter_map(|file| read(file).ok()).collect() })
}

/// Reads and checks a file.
///
/// # Errors
/// What is wrong with it.
pub fn read(file: &str) -> Result<Definition, String> {
    let definition: Definition = toml::from_str(file).map_err(|e| e.to_string())?;
    if definition.id == "baspaket" {
        check(&definition, &baspaket::PARTS)?;
    }
    Ok(definition)
}

/// The parts of the file are those that are counted, with the same dimensions, codes and measures.
fn check(definition: &Definition, forms: &[baspaket::Form]) -> Result<(), String> {
    if definition.parts.len() != forms.len() {
        return Err(format!("{} parts, {} are counted", definition.parts.len(), forms.len()));
    }
    for (i, (part, form)) in definition.parts.iter().zip(forms).enumerate() {
        let wrong = |what: &str| Err(format!("{}: {what}", part.id));
        if part.id != form.id || part.number as usize != i + 1 {
            return wrong("id or number");
        }
        if !part.dimensions.iter().eq(form.axes.iter().map(|a| a.name)) {
            return wrong("dimensions");
        }
        if !part.measures.iter().eq(form.measures.names()) {
            return wrong("measures");
        }
        if part.measures.iter().any(|m| !definition.measures.contains_key(m)) {
            return wrong("a measure without label");
        }
        for axis in form.axes {
            let labels = definition.labels(&part.id, axis.name);
            if !labels.is_some_and(|l| l.codes.iter().map(|c| c.code.as_str()).eq(axis.values())) {
                return wrong(axis.name);
            }
        }
        if part.labels.keys().any(|name| !part.dimensions.contains(name)) {
            return wrong("labels of a dimension it does not have");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_agrees_with_what_is_counted() {
        for file in FILES {
            read(file).unwrap();
        }
        assert_eq!(catalogue().reports().len(), FILES.len());
    }

    #[test]
    fn a_changed_code_or_an_unknown_field_is_refused() {
        let file = FILES[0];
        assert!(read(&file.replace("\"endast_af\"", "\"enbart_af\"")).unwrap_err().contains("utfall"));
        assert!(read(&file.replace("number = 3", "number = 4")).is_err());
        assert!(read(&format!("formula = \"1\"\n{file}")).unwrap_err().contains("formula"));
    }

    #[test]
    fn labels_are_found_for_the_part_they_belong_to() {
        let baspaket = catalogue().report("baspaket").unwrap();
        assert_eq!(baspaket.label("utfall_gk", "utfall", "ingen", Lang::Sv), "Ingen fortsatt handläggning");
        assert_eq!(baspaket.label("till_insats", "insats", "ingen", Lang::En), "No measure started");
        assert_eq!(baspaket.label("nya_gk", "kon", "man", Lang::Sv), "Män");
    }
}
