//! What is asked for: report, period and geography.
//!
//! Lives here: parsing at the door and resolving against the register, with every error at once. Never here: figures.

use std::fmt;

use chrono::NaiveDate;

use crate::domain::code::{AreaCode, CountyCode, MunicipalityCode, OfficeCode, SteeringGroupCode};
use crate::domain::geography;
use crate::domain::organisation::{Members, Organisation};
use crate::domain::step::Agency;

use super::forms::{self, NotTaken};
use super::selection::{Resolved, Selection};
use super::split::Choice;
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

/// A geography, as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Geography {
    /// The whole country.
    Riket,
    /// A län, by folkbokföring at the request.
    Lan(CountyCode),
    /// A kommun, by folkbokföring at the request.
    Kommun(MunicipalityCode),
    /// An area of an agency, by that agency's office of the event.
    Omrade(Agency, AreaCode),
    /// An office of an agency, by that agency's office of the event.
    Kontor(Agency, OfficeCode),
    /// A steering group.
    Styrgrupp(SteeringGroupCode),
}

/// What a geography may look like.
pub const GEOGRAPHY_FORMS: [&str; 8] =
    ["riket", "lan:NN", "kommun:NNNN", "fk-omrade:…", "af-omrade:…", "fk-kontor:…", "af-kontor:…", "styrgrupp:…"];

impl Geography {
    /// The only way from text.
    ///
    /// # Errors
    /// When the text has none of [`GEOGRAPHY_FORMS`].
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        let form = || RequestError::GeographyForm { given: text.chars().take(60).collect() };
        if text == "riket" {
            return Ok(Self::Riket);
        }
        let (kind, code) = text.split_once(':').ok_or_else(form)?;
        let parsed = match kind {
            "lan" => CountyCode::parse(code).map(Self::Lan),
            "kommun" => MunicipalityCode::parse(code).map(Self::Kommun),
            "fk-omrade" => AreaCode::parse(code).map(|c| Self::Omrade(Agency::Fk, c)),
            "af-omrade" => AreaCode::parse(code).map(|c| Self::Omrade(Agency::Af, c)),
            "fk-kontor" => OfficeCode::parse(code).map(|c| Self::Kontor(Agency::Fk, c)),
            "af-kontor" => OfficeCode::parse(code).map(|c| Self::Kontor(Agency::Af, c)),
            "styrgrupp" => SteeringGroupCode::parse(code).map(Self::Styrgrupp),
            _ => return Err(form()),
        };
        parsed.map_err(|_| form())
    }

    /// Finds the geography in the register.
    ///
    /// # Errors
    /// When no such län, kommun, area, office or steering group exists; the error lists those that do.
    pub fn resolve(&self, organisation: &Organisation) -> Result<Resolved, RequestError> {
        let code = self.to_string();
        let unknown = |allowed: Vec<String>| RequestError::GeographyUnknown { given: self.to_string(), allowed };
        let prefix = code.split(':').next().unwrap_or_default();
        let listed = |codes: &mut dyn Iterator<Item = String>| codes.map(|c| format!("{prefix}:{c}")).collect();
        match self {
            Self::Riket => Ok(Resolved::new(code, "Riket".to_owned(), Selection::All, std::iter::empty())),
            Self::Lan(county) => {
                let found = geography::county(county).ok_or_else(|| {
                    let open = geography::counties().iter().filter(|c| c.validity.to.is_none());
                    unknown(listed(&mut open.map(|c| c.code.to_string())))
                })?;
                let any = MunicipalityCode::parse(&format!("{county}00")).ok();
                Ok(Resolved::new(code, found.name.clone(), Selection::County(county.clone()), any.iter()))
            }
            Self::Kommun(kommun) => {
                let found = geography::municipality(kommun).ok_or_else(|| {
                    let open = geography::municipalities().iter().filter(|m| m.validity.to.is_none());
                    unknown(listed(&mut open.map(|m| m.code.to_string())))
                })?;
                let selection = Selection::Municipalities([kommun.clone()].into());
                Ok(Resolved::new(code, found.name.clone(), selection, std::iter::once(kommun)))
            }
            Self::Omrade(agency, area) => {
                let found = organisation.areas.get(area).filter(|a| a.agency == *agency).ok_or_else(|| {
                    let areas = organisation.areas.values().filter(|a| a.agency == *agency);
                    unknown(listed(&mut areas.map(|a| a.code.to_string())))
                })?;
                let offices = || organisation.offices.values().filter(|o| o.agency == *agency && &o.area == area);
                let selection = by_agency(*agency, offices().map(|o| o.code.clone()).collect());
                let served = offices().flat_map(|o| &o.municipalities);
                Ok(Resolved::new(code, found.name.clone(), selection, served))
            }
            Self::Kontor(agency, office) => {
                let found = organisation.offices.get(office).filter(|o| o.agency == *agency).ok_or_else(|| {
                    let offices = organisation.offices.values().filter(|o| o.agency == *agency);
                    unknown(listed(&mut offices.map(|o| o.code.to_string())))
                })?;
                let selection = by_agency(*agency, [office.clone()].into());
                Ok(Resolved::new(code, found.name.clone(), selection, found.municipalities.iter()))
            }
            Self::Styrgrupp(group) => {
                let found = organisation.steering_groups.get(group).ok_or_else(|| {
                    unknown(listed(&mut organisation.steering_groups.keys().map(ToString::to_string)))
                })?;
                let name = found.name.clone();
                match &found.members {
                    Members::Municipalities(codes) => {
                        let selection = Selection::Municipalities(codes.iter().cloned().collect());
                        Ok(Resolved::new(code, name, selection, codes.iter()))
                    }
                    Members::Offices(codes) => {
                        let served = codes.iter().filter_map(|c| organisation.offices.get(c));
                        let served = served.flat_map(|o| &o.municipalities);
                        Ok(Resolved::new(code, name, Selection::Both(codes.iter().cloned().collect()), served))
                    }
                }
            }
        }
    }
}

fn by_agency(agency: Agency, offices: std::collections::BTreeSet<OfficeCode>) -> Selection {
    match agency {
        Agency::Fk => Selection::Fk(offices),
        Agency::Af => Selection::Af(offices),
    }
}

impl fmt::Display for Geography {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = |agency: &Agency| if *agency == Agency::Fk { "fk" } else { "af" };
        match self {
            Self::Riket => f.write_str("riket"),
            Self::Lan(code) => write!(f, "lan:{code}"),
            Self::Kommun(code) => write!(f, "kommun:{code}"),
            Self::Omrade(agency, code) => write!(f, "{}-omrade:{code}", prefix(agency)),
            Self::Kontor(agency, code) => write!(f, "{}-kontor:{code}", prefix(agency)),
            Self::Styrgrupp(code) => write!(f, "styrgrupp:{code}"),
        }
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
}

/// This many rows at most are answered on all levels together.
pub const MOST_ROWS: usize = 100_000;
/// This many splits at most, beside sex.
pub const MOST_SPLITS: usize = 3;

impl Request {
    /// A report as it stands, of everyone.
    #[must_use]
    pub fn plain(report: &str, period: Period, geography: Geography) -> Self {
        Self { report: report.to_owned(), period, geography, choices: Vec::new(), splits: Vec::new() }
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
        let Some(form) = forms::report(&self.report) else { return Ok(()) };
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
            let codes: Vec<String> = codes.split(',').map(|code| code.trim().to_owned()).collect();
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
        let known = super::catalogue::catalogue().report(report).is_some();
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

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestError {
    /// No such report.
    ReportUnknown {
        /// The start of what was given.
        given: String,
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
    },
}

fn clipped(text: &str) -> String {
    text.chars().take(60).collect()
}

fn names(variables: impl Iterator<Item = Variable>) -> Vec<String> {
    variables.map(|v| v.row().name.to_owned()).collect()
}

impl RequestError {
    /// A stable key.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReportUnknown { .. } => "rapport_okand",
            Self::NotADate { .. } => "datum_ogiltigt",
            Self::PeriodReversed { .. } => "period_omvand",
            Self::GeographyForm { .. } => "geografi_form",
            Self::GeographyUnknown { .. } => "geografi_okand",
            Self::VariableUnknown { .. } | Self::SplitUnknown { .. } => "variabel_okand",
            Self::VariableNotTaken { .. } => "variabel_ej_har",
            Self::CodeUnknown { .. } => "kod_okand",
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
            Self::NotADate { parameter } => parameter,
            Self::PeriodReversed { .. } => "to",
            Self::GeographyForm { .. } | Self::GeographyUnknown { .. } => "geography",
            // An unknown name is not repeated as a parameter: it may be anything.
            Self::VariableUnknown { .. } => "variable",
            Self::VariableNotTaken { split: true, .. }
            | Self::SplitUnknown { .. }
            | Self::TooManySplits { .. }
            | Self::TooManyRows { .. } => "split",
            Self::VariableNotTaken { variable, .. }
            | Self::CodeUnknown { variable }
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
            Self::NotADate { .. } => vec!["YYYY-MM-DD".to_owned()],
            Self::PeriodReversed { from, .. } => vec![format!("≥ {from}")],
            Self::GeographyForm { .. } => GEOGRAPHY_FORMS.map(str::to_owned).to_vec(),
            Self::GeographyUnknown { allowed, .. }
            | Self::VariableUnknown { allowed, .. }
            | Self::SplitUnknown { allowed, .. }
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
            Self::SelectionMissing { variable } => {
                format!("Rapporten gäller dem med ett valt värde: ange ”{}”.", variable.row().name)
            }
            Self::TooManySplits { given } => format!("{given} delningar är fler än {MOST_SPLITS}."),
            Self::TooManyRows { rows } => {
                format!(
                    "Tabellen skulle få {rows} rader; den får ha {MOST_ROWS}. Dela på färre variabler eller välj färre värden."
                )
            }
        }
    }

    /// The English sentence.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::ReportUnknown { given } => format!("There is no report “{given}”."),
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
            Self::SelectionMissing { variable } => {
                format!("The report is about those with a chosen value: give “{}”.", variable.row().name)
            }
            Self::TooManySplits { given } => format!("{given} splits are more than {MOST_SPLITS}."),
            Self::TooManyRows { rows } => format!(
                "The table would have {rows} rows; it may have {MOST_ROWS}. Split by fewer variables or select fewer values."
            ),
        }
    }
}
