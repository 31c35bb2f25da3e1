//! Who is counted: a geography resolved against the register of offices.
//!
//! Lives here: whether an event at two offices, of a case with a kommun, belongs to a selection. Never here: how a
//! geography is written ([`super::request`]), and periods.

use std::collections::BTreeSet;

use crate::domain::code::{CountyCode, MunicipalityCode, OfficeCode};
use crate::domain::geography::county;

use super::definition::Text;
use super::report::LevelName;
use super::request::Lang;

/// The events that a figure counts, by place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selection {
    /// Everything.
    All,
    /// By the FK office of the event.
    Fk(BTreeSet<OfficeCode>),
    /// By the AF office of the event.
    Af(BTreeSet<OfficeCode>),
    /// When both offices of the event are listed.
    Both(BTreeSet<OfficeCode>),
    /// By folkbokföringskommun at the request.
    Municipalities(BTreeSet<MunicipalityCode>),
    /// By the län of that kommun.
    County(CountyCode),
}

impl Selection {
    /// Whether cases are selected by their kommun, which an anonymous case doesn't have.
    #[must_use]
    pub const fn is_by_municipality(&self) -> bool {
        matches!(self, Self::Municipalities(_) | Self::County(_))
    }

    /// Whether something may be counted by both: places by kommun and by office may have anything in common.
    #[must_use]
    pub fn may_share(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fk(own), Self::Fk(others)) | (Self::Af(own), Self::Af(others)) => !own.is_disjoint(others),
            (Self::Both(own), Self::Both(others)) => !own.is_disjoint(others),
            (Self::Municipalities(own), Self::Municipalities(others)) => !own.is_disjoint(others),
            (Self::County(own), Self::County(other)) => own == other,
            _ => true,
        }
    }

    /// Whether an event at these offices, of a case with this kommun, is counted.
    #[must_use]
    pub fn includes(&self, fk: &OfficeCode, af: &OfficeCode, municipality: Option<&MunicipalityCode>) -> bool {
        match self {
            Self::All => true,
            Self::Fk(offices) => offices.contains(fk),
            Self::Af(offices) => offices.contains(af),
            Self::Both(offices) => offices.contains(fk) && offices.contains(af),
            Self::Municipalities(codes) => municipality.is_some_and(|m| codes.contains(m)),
            Self::County(code) => municipality.is_some_and(|m| m.as_str().starts_with(code.as_str())),
        }
    }
}

/// A level of comparison, as it stands in a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Level {
    /// `urval`, `lan:NN` or `riket`.
    pub code: String,
    /// Who is counted.
    pub selection: Selection,
}

impl Level {
    /// The level for people; `geography` is the name of what was asked for.
    #[must_use]
    pub fn named(&self, geography: &str, lang: Lang) -> LevelName {
        let name = match &self.selection {
            _ if self.code == "urval" => geography.to_owned(),
            Selection::County(code) => county(code).map_or_else(|| self.code.clone(), |c| c.name.clone()),
            _ if lang == Lang::En => "Sweden".to_owned(),
            _ => "Riket".to_owned(),
        };
        LevelName { code: self.code.clone(), name, disclosure: "", disclosure_version: None }
    }
}

/// A geography that exists: its name, and the levels to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// As asked for, such as `styrgrupp:gavleborg`.
    pub code: String,
    /// For people; a place's own name is the same in both languages.
    pub name: Text,
    /// Urval, län where there is one, riket.
    pub levels: Vec<Level>,
}

impl Resolved {
    /// The same where there is nobody yet.
    pub(super) fn of_nobody(mut self) -> Self {
        if let Some(urval) = self.levels.first_mut() {
            urval.selection = Selection::Both(BTreeSet::new());
        }
        self
    }

    /// The levels of a selection that serves `municipalities`.
    pub(super) fn new<'a>(
        code: String,
        name: Text,
        selection: Selection,
        municipalities: impl Iterator<Item = &'a MunicipalityCode>,
    ) -> Self {
        let counties: BTreeSet<CountyCode> = municipalities.map(MunicipalityCode::county).collect();
        let mut levels = vec![Level { code: "urval".to_owned(), selection }];
        if counties.len() == 1 {
            levels.extend(
                counties.into_iter().map(|c| Level { code: format!("lan:{c}"), selection: Selection::County(c) }),
            );
        }
        levels.push(Level { code: "riket".to_owned(), selection: Selection::All });
        Self { code, name, levels }
    }
}
