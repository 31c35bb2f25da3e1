//! What may be wrong with a request for a report, in both languages, with what would be right.

use chrono::NaiveDate;

use super::forms::NotTaken;
use super::request::{GEOGRAPHY_FORMS, MOST_ROWS, MOST_SPLITS};
use super::variables::Variable;

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestError {
    /// No such report.
    ReportUnknown {
        /// The start of what was given.
        given: String,
    },
    /// The report has no such version.
    VersionUnknown {
        /// Those it has, newest first.
        versions: Vec<u32>,
    },
    /// Not a date.
    NotADate {
        /// Which parameter.
        parameter: &'static str,
    },
    /// The first day is after the last.
    PeriodReversed {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
    /// Not the form of a geography.
    GeographyForm {
        /// The start of what was given.
        given: String,
    },
    /// No such län, kommun, area, office or group.
    GeographyUnknown {
        /// What was given.
        given: String,
        /// What there is.
        allowed: Vec<String>,
    },
    /// No such variable.
    VariableUnknown {
        /// The start of what was given.
        given: String,
        /// What the report selects by.
        allowed: Vec<String>,
    },
    /// No such variable to split by.
    SplitUnknown {
        /// The start of what was given.
        given: String,
        /// What the report splits by.
        allowed: Vec<String>,
    },
    /// The report doesn't take the variable.
    VariableNotTaken {
        /// Which.
        variable: Variable,
        /// As a split, not a selection.
        split: bool,
        /// Why not.
        reason: NotTaken,
        /// Those it takes.
        allowed: Vec<String>,
    },
    /// The variable has no such code.
    CodeUnknown {
        /// Which.
        variable: Variable,
    },
    /// The register has no such place.
    PlaceUnknown {
        /// Of this variable.
        variable: Variable,
        /// What there is.
        allowed: Vec<String>,
    },
    /// The report is about those with a chosen code.
    SelectionMissing {
        /// Of this variable.
        variable: Variable,
    },
    /// More splits than can be shown.
    TooManySplits {
        /// How many.
        given: usize,
    },
    /// More rows than can be answered.
    TooManyRows {
        /// How many there would be.
        rows: usize,
        /// The parameter that makes them many.
        by: &'static str,
    },
}

/// The start of what was given.
pub(super) fn clipped(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The names of variables.
pub(super) fn names(variables: impl Iterator<Item = Variable>) -> Vec<String> {
    variables.map(|v| v.row().name.to_owned()).collect()
}

impl RequestError {
    /// A stable key.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReportUnknown { .. } => "rapport_okand",
            Self::VersionUnknown { .. } => "version_okand",
            Self::NotADate { .. } => "datum_ogiltigt",
            Self::PeriodReversed { .. } => "period_omvand",
            Self::GeographyForm { .. } => "geografi_form",
            Self::GeographyUnknown { .. } => "geografi_okand",
            Self::VariableUnknown { .. } | Self::SplitUnknown { .. } => "variabel_okand",
            Self::VariableNotTaken { .. } => "variabel_ej_har",
            Self::CodeUnknown { .. } | Self::PlaceUnknown { .. } => "kod_okand",
            Self::SelectionMissing { .. } => "urval_saknas",
            Self::TooManySplits { .. } => "for_manga_delningar",
            Self::TooManyRows { .. } => "for_manga_rader",
        }
    }

    /// Which parameter of the query it is about.
    #[must_use]
    pub const fn parameter(&self) -> &'static str {
        match self {
            Self::ReportUnknown { .. } => "report",
            Self::VersionUnknown { .. } => "version",
            Self::NotADate { parameter } => parameter,
            Self::PeriodReversed { .. } => "to",
            Self::GeographyForm { .. } | Self::GeographyUnknown { .. } => "geography",
            // An unknown name is not repeated as a parameter: it may be anything.
            Self::VariableUnknown { .. } => "variable",
            Self::VariableNotTaken { split: true, .. } | Self::SplitUnknown { .. } | Self::TooManySplits { .. } => {
                "split"
            }
            Self::TooManyRows { by, .. } => by,
            Self::VariableNotTaken { variable, .. }
            | Self::CodeUnknown { variable }
            | Self::PlaceUnknown { variable, .. }
            | Self::SelectionMissing { variable } => variable.row().name,
        }
    }

    /// What would be right.
    #[must_use]
    pub fn allowed(&self) -> Vec<String> {
        match self {
            Self::ReportUnknown { .. } => {
                super::catalogue::catalogue().reports().iter().map(|r| r.id.clone()).collect()
            }
            Self::VersionUnknown { versions } => versions.iter().map(u32::to_string).collect(),
            Self::NotADate { .. } => vec!["YYYY-MM-DD".to_owned()],
            Self::PeriodReversed { from, .. } => vec![format!("≥ {from}")],
            Self::GeographyForm { .. } => GEOGRAPHY_FORMS.map(str::to_owned).to_vec(),
            Self::GeographyUnknown { allowed, .. }
            | Self::VariableUnknown { allowed, .. }
            | Self::SplitUnknown { allowed, .. }
            | Self::PlaceUnknown { allowed, .. }
            | Self::VariableNotTaken { allowed, .. } => allowed.clone(),
            Self::CodeUnknown { variable } | Self::SelectionMissing { variable } => {
                variable.row().codes.iter().map(|code| (*code).to_owned()).collect()
            }
            Self::TooManySplits { .. } => vec![format!("≤ {MOST_SPLITS}")],
            Self::TooManyRows { .. } => vec![format!("≤ {MOST_ROWS}")],
        }
    }

    /// The Swedish sentence.
    #[must_use]
    pub fn sv(&self) -> String {
        match self {
            Self::ReportUnknown { given } => format!("Rapporten ”{given}” finns inte."),
            Self::VersionUnknown { .. } => "Rapporten har ingen sådan version.".to_owned(),
            Self::NotADate { parameter } => format!("”{parameter}” är inte ett datum i formen ÅÅÅÅ-MM-DD."),
            Self::PeriodReversed { from, to } => format!("Periodens första dag {from} är efter dess sista {to}."),
            Self::GeographyForm { given } => format!("”{given}” har inte formen av en geografi."),
            Self::GeographyUnknown { given, .. } => format!("Geografin ”{given}” finns inte i registret."),
            Self::VariableUnknown { given, .. } | Self::SplitUnknown { given, .. } => {
                format!("Variabeln ”{given}” finns inte.")
            }
            Self::VariableNotTaken { variable, split, reason, .. } => {
                let what = if *split { "delas inte på" } else { "väljer inte på" };
                format!("Rapporten {what} ”{}”: {}.", variable.row().name, reason.sv())
            }
            Self::CodeUnknown { variable } => format!("”{}” har inte en sådan kod.", variable.row().name),
            Self::PlaceUnknown { variable, .. } => format!("Registret har ingen sådan ”{}”.", variable.row().name),
            Self::SelectionMissing { variable } => {
                format!("Rapporten gäller dem med ett valt värde: ange ”{}”.", variable.row().name)
            }
            Self::TooManySplits { given } => format!("{given} delningar är fler än {MOST_SPLITS}."),
            Self::TooManyRows { rows, .. } => format!(
                "Tabellen skulle få {rows} rader; den får ha {MOST_ROWS}. Be om färre delar, en kortare period eller \
                 längre tider i den, eller dela på färre variabler."
            ),
        }
    }

    /// The English sentence.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::ReportUnknown { given } => format!("There is no report “{given}”."),
            Self::VersionUnknown { .. } => "The report has no such version.".to_owned(),
            Self::NotADate { parameter } => format!("“{parameter}” is not a date of the form YYYY-MM-DD."),
            Self::PeriodReversed { from, to } => format!("The period's first day {from} is after its last {to}."),
            Self::GeographyForm { given } => format!("“{given}” does not have the form of a geography."),
            Self::GeographyUnknown { given, .. } => format!("The geography “{given}” is not in the register."),
            Self::VariableUnknown { given, .. } | Self::SplitUnknown { given, .. } => {
                format!("There is no variable “{given}”.")
            }
            Self::VariableNotTaken { variable, split, reason, .. } => {
                let what = if *split { "split by" } else { "select by" };
                format!("The report does not {what} “{}”: {}.", variable.row().name, reason.en())
            }
            Self::CodeUnknown { variable } => format!("“{}” has no such code.", variable.row().name),
            Self::PlaceUnknown { variable, .. } => format!("The register has no such “{}”.", variable.row().name),
            Self::SelectionMissing { variable } => {
                format!("The report is about those with a chosen value: give “{}”.", variable.row().name)
            }
            Self::TooManySplits { given } => format!("{given} splits are more than {MOST_SPLITS}."),
            Self::TooManyRows { rows, .. } => format!(
                "The table would have {rows} rows; it may have {MOST_ROWS}. Ask for fewer parts, a shorter period or \
                 longer times in it, or split by fewer variables."
            ),
        }
    }
}
