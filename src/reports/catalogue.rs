//! What each report says: the files `reports/*.toml`, embedded and checked.
//!
//! Lives here: which reports there are in which versions, and whether their texts agree with the codes that are
//! counted. Never here: a formula.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::baspaket::Form;
use super::cube::{Axis, SAMTLIGA};
pub use super::definition::{Definition, Label, Labels, PartDefinition, Text};
use super::forms;
use super::report::{Code, Dimension};
use super::request::Lang;
use super::variables::Variable;

/// The ids of a report's parts, in their order; none when there is no such report.
#[must_use]
pub fn part_ids(report: &str, version: Option<u32>) -> Vec<&'static str> {
    let definition = catalogue().version(report, version);
    definition.map(|d| d.parts.iter().map(|part| part.id.as_str()).collect()).unwrap_or_default()
}

/// All reports in their newest version, which is what `GET /reports` answers; and the versions before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Catalogue {
    reports: Vec<Definition>,
    #[serde(skip)]
    earlier: Vec<Definition>,
}

impl Catalogue {
    /// From definitions; of those with the same id the one with the highest version is the newest.
    fn of(definitions: impl Iterator<Item = Definition>) -> Self {
        let mut all = Self::default();
        for definition in definitions {
            match all.reports.iter_mut().find(|r| r.id == definition.id) {
                None => all.reports.push(definition),
                Some(newest) if newest.version < definition.version => {
                    all.earlier.push(std::mem::replace(newest, definition));
                }
                Some(_) => all.earlier.push(definition),
            }
        }
        all.earlier.sort_by(|a, b| (&a.id, b.version).cmp(&(&b.id, a.version)));
        all
    }

    /// Every report in its newest version.
    #[must_use]
    pub fn reports(&self) -> &[Definition] {
        &self.reports
    }

    /// A report in its newest version.
    #[must_use]
    pub fn report(&self, id: &str) -> Option<&Definition> {
        self.reports.iter().find(|r| r.id == id)
    }

    /// A report in a version; in its newest when none is named.
    #[must_use]
    pub fn version(&self, id: &str, version: Option<u32>) -> Option<&Definition> {
        self.of_report(id).find(|r| version.is_none_or(|v| r.version == v))
    }

    /// The versions of a report that can be called, newest first.
    #[must_use]
    pub fn versions(&self, id: &str) -> Vec<u32> {
        self.of_report(id).map(|r| r.version).collect()
    }

    fn of_report(&self, id: &str) -> impl Iterator<Item = &Definition> {
        self.reports.iter().chain(&self.earlier).filter(move |r| r.id == id)
    }
}

/// The newest version of each report, and after them the versions before, as `reports/earlier/ID-VERSION.toml`.
const FILES: [&str; 15] = [
    include_str!("../../reports/baspaket.toml"),
    include_str!("../../reports/status.toml"),
    include_str!("../../reports/resultat-fortsatt-efter-gk.toml"),
    include_str!("../../reports/resultat-arbete-studier.toml"),
    include_str!("../../reports/resultat-fortsatt-fk.toml"),
    include_str!("../../reports/deltagare-sysselsattning.toml"),
    include_str!("../../reports/deltagare-arbete-studier.toml"),
    include_str!("../../reports/deltagare-forman.toml"),
    include_str!("../../reports/deltagare-forman-efter.toml"),
    include_str!("../../reports/deltagare-bakgrund.toml"),
    include_str!("../../reports/deltagare-tider.toml"),
    include_str!("../../reports/deltagare-floden.toml"),
    include_str!("../../reports/flaskhalsar.toml"),
    include_str!("../../reports/datakvalitet.toml"),
    include_str!("../../reports/earlier/flaskhalsar-1.toml"),
];

/// The labels that reports share: variables with their codes, and measures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    /// By the name of the variable or dimension.
    dimensions: BTreeMap<String, Labels>,
    /// By the name of the measure.
    measures: BTreeMap<String, Text>,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    // A test demands that the file can be read.
    SHARED.get_or_init(|| toml::from_str(include_str!("../../reports/variabler.toml")).unwrap_or_default())
}

/// A variable with the labels of its codes.
#[must_use]
pub fn variable_labels(variable: Variable, lang: Lang) -> Dimension {
    let name = variable.row().name;
    let text = |sv: &String, en: &String| if lang == Lang::Sv { sv.clone() } else { en.clone() };
    let codes = |labels: &Labels| {
        let code = |l: &Label| Code { code: l.code.clone().into(), label: text(&l.sv, &l.en) };
        labels.codes.iter().map(code).collect()
    };
    match shared().dimensions.get(name) {
        Some(labels) => Dimension { name, label: text(&labels.sv, &labels.en), codes: codes(labels) },
        None => Dimension { name, label: name.to_owned(), codes: Vec::new() },
    }
}

/// The embedded reports. A file that can't be read or disagrees with what is counted is left out; a test demands that
/// none is.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::of(FILES.iter().filter_map(|file| read(file).ok())))
}

/// Reads and checks a file.
///
/// # Errors
/// What is wrong with it.
pub fn read(file: &str) -> Result<Definition, String> {
    let definition: Definition = toml::from_str(file).map_err(|e| e.to_string())?;
    let form = forms::version(&definition.id, Some(definition.version))
        .ok_or_else(|| format!("nothing counts {} in version {}", definition.id, definition.version))?;
    let mut definition = definition;
    fill_in(&mut definition, form.parts);
    check(&definition, form.parts)?;
    Ok(definition)
}

/// What a file leaves out is what is counted, with the labels that reports share.
fn fill_in(definition: &mut Definition, forms: &[Form]) {
    for (part, form) in definition.parts.iter_mut().zip(forms) {
        if part.dimensions.is_empty() {
            part.dimensions = form.axes.iter().map(|axis| axis.name.to_owned()).collect();
        }
        if part.measures.is_empty() {
            part.measures = form.measures.names().iter().map(|name| (*name).to_owned()).collect();
        }
        for axis in form.axes {
            if !part.labels.contains_key(axis.name) && !definition.dimensions.contains_key(axis.name) {
                part.labels.extend(shared_labels(axis).map(|labels| (axis.name.to_owned(), labels)));
            }
        }
        for name in form.measures.names() {
            if let Some(text) = shared().measures.get(*name) {
                definition.measures.entry((*name).to_owned()).or_insert_with(|| text.clone());
            }
        }
    }
}

/// The shared labels of an axis, in its order; `None` where one is missing.
fn shared_labels(axis: &Axis) -> Option<Labels> {
    let labels = shared().dimensions.get(axis.name)?;
    let total = shared().dimensions.get(SAMTLIGA)?;
    let label = |code: &str| labels.codes.iter().chain(&total.codes).find(|l| l.code == code).cloned();
    let codes: Option<Vec<Label>> = axis.values().map(label).collect();
    Some(Labels { sv: labels.sv.clone(), en: labels.en.clone(), codes: codes? })
}

/// The parts of the file are those that are counted, with the same dimensions, codes and measures.
fn check(definition: &Definition, forms: &[Form]) -> Result<(), String> {
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
        let versions = catalogue().reports().iter().map(|report| catalogue().versions(&report.id).len());
        assert_eq!(versions.sum::<usize>(), FILES.len());
    }

    #[test]
    fn a_changed_code_or_an_unknown_field_is_refused() {
        let file = FILES[0];
        assert!(read(&file.replace("\"endast_af\"", "\"enbart_af\"")).unwrap_err().contains("utfall"));
        assert!(read(&file.replace("number = 3", "number = 4")).is_err());
        assert!(read(&format!("formula = \"1\"\n{file}")).unwrap_err().contains("formula"));
    }

    #[test]
    fn the_newest_version_answers_and_the_earlier_stay_callable() {
        let baspaket = || read(FILES[0]).unwrap();
        let of = |version| Definition { version, ..baspaket() };
        for order in [[1, 2, 3], [3, 1, 2], [2, 3, 1]] {
            let all = Catalogue::of(order.into_iter().map(of).chain([read(FILES[1]).unwrap()]));
            assert_eq!((all.reports().len(), all.versions("baspaket")), (2, vec![3, 2, 1]));
            assert_eq!(all.report("baspaket").map(|r| r.version), Some(3));
            let version = |v| all.version("baspaket", v).map(|r| r.version);
            assert_eq!((version(None), version(Some(1)), version(Some(4))), (Some(3), Some(1), None));
        }
        assert!(read(&FILES[0].replacen("version = 1", "version = 2", 1)).unwrap_err().contains("version 2"));
    }

    #[test]
    fn labels_are_found_for_the_part_they_belong_to() {
        let baspaket = catalogue().report("baspaket").unwrap();
        assert_eq!(baspaket.label("utfall_gk", "utfall", "ingen", Lang::Sv), "Ingen fortsatt handläggning");
        assert_eq!(baspaket.label("till_insats", "insats", "ingen", Lang::En), "No measure started");
        assert_eq!(baspaket.label("nya_gk", "kon", "man", Lang::Sv), "Män");
    }
}
