//! What is asked for: report, period, selections and splits.
//!
//! Lives here: parsing at the door, with every error at once. Never here: figures, and which places a geography is
//! ([`super::geography`]).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::organisation::Organisation;

use super::catalogue::{Definition, catalogue, variable_labels};
use super::cube::SAMTLIGA;
use super::forms::{self, ReportForm};
pub use super::geography::{GEOGRAPHY_FORMS, Geography};
use super::report::Dimension;
pub use super::request_error::RequestError;
use super::request_error::{clipped, names};
use super::split::{Choice, unknown_places};
use super::times::Every;
use super::variables::Variable;

/// The language of titles, definitions and labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Swedish.
    #[default]
    Sv,
    /// English.
    En,
}

/// A period; both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

impl Period {
    /// The only way to have the value.
    ///
    /// # Errors
    /// When the first day is after the last.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, RequestError> {
        if from > to {
            return Err(RequestError::PeriodReversed { from, to });
        }
        Ok(Self { from, to })
    }

    /// A period of one day.
    #[must_use]
    pub const fn day(day: NaiveDate) -> Self {
        Self { from: day, to: day }
    }

    /// First day.
    #[must_use]
    pub const fn from(self) -> NaiveDate {
        self.from
    }

    /// Last day.
    #[must_use]
    pub const fn to(self) -> NaiveDate {
        self.to
    }

    /// Whether `day` is one of the days.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

/// What one pull asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    /// The id of the report, such as `baspaket`.
    pub report: String,
    /// The period.
    pub period: Period,
    /// The geography.
    pub geography: Geography,
    /// What is selected of the variables.
    pub choices: Vec<Choice>,
    /// The variables that rows are split by, in this order.
    pub splits: Vec<Variable>,
    /// How the period is cut into times that stand beside each other; whole when `None`.
    pub every: Option<Every>,
    /// By which version of the report's definitions; the newest when `None`.
    pub version: Option<u32>,
    /// The parts that are counted, by id; all when there are none.
    pub parts: Vec<String>,
}

/// This many rows at most are answered on all levels together.
pub const MOST_ROWS: usize = 100_000;
/// This many splits at most, beside sex.
pub const MOST_SPLITS: usize = 3;

impl Request {
    /// A report as it stands, of everyone.
    #[must_use]
    pub fn plain(report: &str, period: Period, geography: Geography) -> Self {
        Self {
            report: report.to_owned(),
            period,
            geography,
            choices: Vec::new(),
            splits: Vec::new(),
            every: None,
            version: None,
            parts: Vec::new(),
        }
    }

    /// The question as pairs of an address, each name once: without its parts, and without the state it is asked of.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = vec![
            ("from".to_owned(), self.period.from().to_string()),
            ("to".to_owned(), self.period.to().to_string()),
            ("geography".to_owned(), self.geography.to_string()),
        ];
        let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if let Some(every) = self.every {
            add("every", every.code().to_owned());
        }
        if let Some(version) = self.version {
            add("version", version.to_string());
        }
        for choice in &self.choices {
            add(choice.variable.row().name, choice.codes.join(","));
        }
        if !self.splits.is_empty() {
            add("split", self.splits.iter().map(|v| v.row().name).collect::<Vec<_>>().join(","));
        }
        pairs
    }

    /// The same question by the one way to ask it: whatever the order of selections, codes and splits, and whether the newest
    /// version is named. It counts the same figures.
    #[must_use]
    pub fn plainest(&self) -> Self {
        let mut plainest = self.clone();
        plainest.choices.iter_mut().for_each(|choice| choice.codes.sort_unstable());
        plainest.choices.sort_unstable_by_key(|choice| choice.variable.row().name);
        plainest.splits.sort_unstable_by_key(|variable| variable.row().name);
        plainest.version = self.form().map(|form| form.version);
        plainest
    }

    /// What is selected, for people: each variable with the codes that are chosen.
    #[must_use]
    pub fn selections(&self, organisation: &Organisation, lang: Lang) -> Vec<Dimension> {
        let told = |choice: &Choice| choice.told(variable_labels(choice.variable, lang), organisation);
        self.choices.iter().map(told).collect()
    }

    /// What the register doesn't know of the places that are asked for.
    #[must_use]
    pub fn unknown(&self, organisation: &Organisation) -> Vec<RequestError> {
        let geography = self.geography.resolve(organisation).err();
        geography.into_iter().chain(unknown_places(&self.choices, organisation)).collect()
    }

    /// Whether a part is wanted.
    pub(super) fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|id| id == part)
    }

    /// What the report counts, in the version that is asked for.
    #[must_use]
    pub fn form(&self) -> Option<&'static ReportForm> {
        forms::version(&self.report, self.version)
    }

    /// What the report says, in the version that is asked for.
    ///
    /// # Errors
    /// When there is no such report, or no such version of it; the error lists those that there are.
    pub fn definition(&self) -> Result<&'static Definition, RequestError> {
        let versions = catalogue().versions(&self.report);
        catalogue().version(&self.report, self.version).ok_or_else(|| match versions.as_slice() {
            [] => RequestError::ReportUnknown { given: clipped(&self.report) },
            _ => RequestError::VersionUnknown { versions },
        })
    }

    /// Reads what is selected and split by: pairs of a variable's name and codes separated by commas, and names of
    /// variables separated by commas. Everything that the report doesn't take is refused by name.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn choose<'a>(
        &mut self,
        selections: impl IntoIterator<Item = (&'a str, &'a str)>,
        splits: Option<&str>,
    ) -> Result<(), Vec<RequestError>> {
        let mut errors = Vec::new();
        let Some(form) = self.form() else { return Ok(()) };
        for (name, codes) in selections {
            let Some(variable) = Variable::from_name(name) else {
                errors.push(RequestError::VariableUnknown { given: clipped(name), allowed: names(form.selectable()) });
                continue;
            };
            if let Err(reason) = form.selects(variable) {
                let allowed = names(form.selectable());
                errors.push(RequestError::VariableNotTaken { variable, split: false, reason, allowed });
                continue;
            }
            // As rows are named: all of them.
            if codes.trim() == SAMTLIGA {
                continue;
            }
            let mut codes: Vec<String> = codes.split(',').map(|code| code.trim().to_owned()).collect();
            let mut seen = BTreeSet::new();
            codes.retain(|code| seen.insert(code.clone()));
            let row = variable.row();
            let known = |code: &String| {
                !code.is_empty() && code.len() <= 60 && (row.codes.is_empty() || row.codes.contains(&code.as_str()))
            };
            if codes.iter().all(known) {
                self.choices.retain(|choice| choice.variable != variable);
                self.choices.push(Choice { variable, codes });
            } else {
                errors.push(RequestError::CodeUnknown { variable });
            }
        }
        for name in splits.into_iter().flat_map(|all| all.split(',')).map(str::trim) {
            match Variable::from_name(name).map(|variable| (variable, form.splits(variable))) {
                None => {
                    errors.push(RequestError::SplitUnknown { given: clipped(name), allowed: names(form.splittable()) });
                }
                Some((variable, Err(reason))) => {
                    let allowed = names(form.splittable());
                    errors.push(RequestError::VariableNotTaken { variable, split: true, reason, allowed });
                }
                Some((variable, Ok(()))) if !self.splits.contains(&variable) => self.splits.push(variable),
                Some(_) => {}
            }
        }
        if self.splits.len() > MOST_SPLITS {
            errors.push(RequestError::TooManySplits { given: self.splits.len() });
        }
        let missing = form.requires.filter(|wanted| !self.choices.iter().any(|choice| choice.variable == *wanted));
        errors.extend(missing.map(|variable| RequestError::SelectionMissing { variable }));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// From the texts of a query or a command line, with every error at once.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn parse(report: &str, from: &str, to: &str, geography: &str) -> Result<Self, Vec<RequestError>> {
        let mut errors = Vec::new();
        let known = catalogue().report(report).is_some();
        if !known {
            errors.push(RequestError::ReportUnknown { given: report.chars().take(60).collect() });
        }
        let mut day = |parameter: &'static str, text: &str| {
            let parsed = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
            if parsed.is_none() {
                errors.push(RequestError::NotADate { parameter });
            }
            parsed
        };
        let days = (day("from", from), day("to", to));
        let period = match days {
            (Some(from), Some(to)) => Period::new(from, to).map_err(|e| errors.push(e)).ok(),
            _ => None,
        };
        let geography = Geography::parse(geography).map_err(|e| errors.push(e)).ok();
        match (period, geography) {
            (Some(period), Some(geography)) if known => Ok(Self::plain(report, period, geography)),
            _ => Err(errors),
        }
    }
}
