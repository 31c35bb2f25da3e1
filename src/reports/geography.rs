//! A geography, as asked for: how it is written, and what it is by the register.
//!
//! Never here: figures.

use std::collections::BTreeSet;
use std::fmt;

use crate::domain::code::{AreaCode, CountyCode, MunicipalityCode, OfficeCode, SteeringGroupCode};
use crate::domain::geography;
use crate::domain::organisation::{Members, Organisation};
use crate::domain::step::Agency;

use super::definition::Text;
use super::request_error::RequestError;
use super::selection::{Resolved, Selection};

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
    /// An office together with those that it took over, near or far back: a code alone counts itself only.
    MedForegangare(Agency, OfficeCode),
    /// A steering group.
    Styrgrupp(SteeringGroupCode),
}

/// What a geography may look like.
pub const GEOGRAPHY_FORMS: [&str; 10] = [
    "riket",
    "lan:NN",
    "kommun:NNNN",
    "fk-omrade:…",
    "af-omrade:…",
    "fk-kontor:…",
    "af-kontor:…",
    "fk-kontor-med-foregangare:…",
    "af-kontor-med-foregangare:…",
    "styrgrupp:…",
];

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
            "fk-kontor-med-foregangare" => OfficeCode::parse(code).map(|c| Self::MedForegangare(Agency::Fk, c)),
            "af-kontor-med-foregangare" => OfficeCode::parse(code).map(|c| Self::MedForegangare(Agency::Af, c)),
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
            Self::Riket => Ok(Resolved::new(code, Text::new("Riket", "Sweden"), Selection::All, std::iter::empty())),
            Self::Lan(county) => {
                let found = geography::county(county).ok_or_else(|| {
                    let open = geography::counties().iter().filter(|c| c.validity.to.is_none());
                    unknown(listed(&mut open.map(|c| c.code.to_string())))
                })?;
                let any = MunicipalityCode::parse(&format!("{county}00")).ok();
                Ok(Resolved::new(code, Text::of_name(&found.name), Selection::County(county.clone()), any.iter()))
            }
            Self::Kommun(kommun) => {
                let found = geography::municipality(kommun).ok_or_else(|| {
                    let open = geography::municipalities().iter().filter(|m| m.validity.to.is_none());
                    unknown(listed(&mut open.map(|m| m.code.to_string())))
                })?;
                let selection = Selection::Municipalities([kommun.clone()].into());
                Ok(Resolved::new(code, Text::of_name(&found.name), selection, std::iter::once(kommun)))
            }
            Self::Omrade(agency, area) => {
                let found = organisation.areas.get(area).filter(|a| a.agency == *agency).ok_or_else(|| {
                    let areas = organisation.areas.values().filter(|a| a.agency == *agency);
                    unknown(listed(&mut areas.map(|a| a.code.to_string())))
                })?;
                let offices = || organisation.offices.values().filter(|o| o.agency == *agency && &o.area == area);
                let selection = by_agency(*agency, offices().map(|o| o.code.clone()).collect());
                let served = offices().flat_map(|o| &o.municipalities);
                Ok(Resolved::new(code, Text::of_name(&found.name), selection, served))
            }
            Self::Kontor(agency, office) | Self::MedForegangare(agency, office) => {
                let found = organisation.offices.get(office).filter(|o| o.agency == *agency).ok_or_else(|| {
                    let offices = organisation.offices.values().filter(|o| o.agency == *agency);
                    unknown(listed(&mut offices.map(|o| o.code.to_string())))
                })?;
                if matches!(self, Self::Kontor(..)) {
                    let selection = by_agency(*agency, [office.clone()].into());
                    return Ok(Resolved::new(code, Text::of_name(&found.name), selection, found.municipalities.iter()));
                }
                let all = organisation.with_predecessors(office);
                let served = all.iter().filter_map(|c| organisation.offices.get(c)).flat_map(|o| &o.municipalities);
                let name = |with: &str| format!("{} {with}", found.name);
                let name = Text { sv: name("med föregångare"), en: name("with predecessors") };
                Ok(Resolved::new(code, name, by_agency(*agency, all.iter().map(|c| (*c).clone()).collect()), served))
            }
            Self::Styrgrupp(group) => {
                let found = organisation.steering_groups.get(group).ok_or_else(|| {
                    unknown(listed(&mut organisation.steering_groups.keys().map(ToString::to_string)))
                })?;
                let name = Text::of_name(&found.name);
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

fn by_agency(agency: Agency, offices: BTreeSet<OfficeCode>) -> Selection {
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
            Self::MedForegangare(agency, code) => write!(f, "{}-kontor-med-foregangare:{code}", prefix(agency)),
            Self::Styrgrupp(code) => write!(f, "styrgrupp:{code}"),
        }
    }
}
