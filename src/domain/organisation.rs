//! Who is who: offices, areas, steering groups, handläggare with their assignments, local agreements and the
//! register of what an insats is.
//!
//! Lives here: the register as one value, and questions put to it. Never here: how it is loaded or stored.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::code::{
    AgreementId, AreaCode, CountyCode, HandlerId, InsatsCode, MunicipalityCode, OfficeCode, SteeringGroupCode,
};
use super::step::{Agency, StepKind};

/// The days on which something is valid; both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First day.
    pub from: NaiveDate,
    /// Last day; open when `None`.
    pub to: Option<NaiveDate>,
}

impl Validity {
    /// Whether `day` is one of the days.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// An area of one agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its code.
    pub code: AreaCode,
    /// Whose it is.
    pub agency: Agency,
    /// Its name.
    pub name: String,
}

/// An office (kontor, arbetsförmedling).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its code.
    pub code: OfficeCode,
    /// Whose it is.
    pub agency: Agency,
    /// The area it belongs to.
    pub area: AreaCode,
    /// Its name.
    pub name: String,
    /// The kommuner it serves.
    pub municipalities: Vec<MunicipalityCode>,
    /// First and last day.
    pub validity: Validity,
    /// Which office took over when it closed.
    pub successor: Option<OfficeCode>,
}

/// What a steering group follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Members {
    /// Office pairs: an event counts when both its offices are listed.
    Offices(Vec<OfficeCode>),
    /// Kommuner: an event counts by folkbokföringskommun at the request.
    Municipalities(Vec<MunicipalityCode>),
}

/// A steering group (styrgrupp).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SteeringGroup {
    /// Its code.
    pub code: SteeringGroupCode,
    /// Its name.
    pub name: String,
    /// What it follows.
    pub members: Members,
    /// From when.
    pub valid_from: NaiveDate,
}

/// What a person may do (domain.md §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Registers and sees personal data, at offices where the person has an assignment.
    Deltagaransvarig,
    /// Gives assignments at an office; sees no personal data.
    Insatsansvarig,
    /// Administers organisation data; sees no personal data; never together with deltagaransvarig.
    Samverkansadministrator,
    /// Pulls reports only.
    Rapportlasare,
    /// Pulls reports and manages the packages of its steering groups.
    Samverkansansvarig,
    /// Runs the service; sees no personal data.
    Systemforvaltare,
    /// A machine client acting for one agency, counting as assigned to all its offices.
    System,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 7] = [
        Self::Deltagaransvarig,
        Self::Insatsansvarig,
        Self::Samverkansadministrator,
        Self::Rapportlasare,
        Self::Samverkansansvarig,
        Self::Systemforvaltare,
        Self::System,
    ];

    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deltagaransvarig => "deltagaransvarig",
            Self::Insatsansvarig => "insatsansvarig",
            Self::Samverkansadministrator => "samverkansadministrator",
            Self::Rapportlasare => "rapportlasare",
            Self::Samverkansansvarig => "samverkansansvarig",
            Self::Systemforvaltare => "systemforvaltare",
            Self::System => "system",
        }
    }

    /// What people call it, in Swedish and in English.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Deltagaransvarig => ("Deltagaransvarig", "Responsible for participants"),
            Self::Insatsansvarig => ("Insatsansvarig", "Responsible for measures"),
            Self::Samverkansadministrator => ("Samverkansadministratör", "Cooperation administrator"),
            Self::Rapportlasare => ("Rapportläsare", "Report reader"),
            Self::Samverkansansvarig => ("Samverkansansvarig", "Responsible for the cooperation"),
            Self::Systemforvaltare => ("Systemförvaltare", "System manager"),
            Self::System => ("System", "Machine client"),
        }
    }

    /// The role of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// An assignment (uppdrag): a role at an office for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Where.
    pub office: OfficeCode,
    /// As what.
    pub role: Role,
    /// When.
    pub validity: Validity,
    /// When somebody last said that it is needed: gave it, or confirmed it at a review. `None` for what came with the
    /// register.
    pub confirmed: Option<Confirmed>,
}

/// That an assignment is needed, as somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// On which day.
    pub on: NaiveDate,
    /// Who: a handläggare id, else a client.
    pub by: String,
}

/// A handläggare or arbetsförmedlare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// The agency's own user id.
    pub id: HandlerId,
    /// Whose employee.
    pub agency: Agency,
    /// The person's name at work: the only names the service keeps.
    pub name: String,
    /// What the person may do where.
    pub assignments: Vec<Assignment>,
}

impl Handler {
    /// Whether the person has `role` at `office` on `day`.
    #[must_use]
    pub fn has_assignment(&self, role: Role, office: &OfficeCode, day: NaiveDate) -> bool {
        self.assignments.iter().any(|a| a.role == role && &a.office == office && a.validity.contains(day))
    }
}

/// A local agreement (lokal överenskommelse): two offices, and which agency may register what for the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalAgreement {
    /// Its id.
    pub id: AgreementId,
    /// The FK office.
    pub fk: OfficeCode,
    /// The AF office.
    pub af: OfficeCode,
    /// The agency that may register for the other.
    pub agency: Agency,
    /// Which steps.
    pub steps: Vec<StepKind>,
    /// When.
    pub validity: Validity,
}

/// One version of what counts as an insats of a kind, in a län or one of its kommuner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsatsDefinition {
    /// The code that registrations carry.
    pub code: InsatsCode,
    /// From 1; a changed text is a new version under the same code.
    pub version: i32,
    /// [`StepKind::Afi`] or [`StepKind::Ali`].
    pub kind: StepKind,
    /// The län it applies in.
    pub county: CountyCode,
    /// The kommun of a local addition.
    pub municipality: Option<MunicipalityCode>,
    /// What it is, in words.
    pub text: String,
    /// Examples shown where the choice is made.
    pub examples: Vec<String>,
    /// When.
    pub validity: Validity,
}

/// The whole register, as known at one position of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    /// Areas by code.
    pub areas: BTreeMap<AreaCode, Area>,
    /// Offices by code.
    pub offices: BTreeMap<OfficeCode, Office>,
    /// Steering groups by code.
    pub steering_groups: BTreeMap<SteeringGroupCode, SteeringGroup>,
    /// Handläggare by id.
    pub handlers: BTreeMap<HandlerId, Handler>,
    /// Local agreements by id.
    pub agreements: BTreeMap<AgreementId, LocalAgreement>,
    /// Definitions by code, oldest version first.
    pub insatser: BTreeMap<InsatsCode, Vec<InsatsDefinition>>,
}

impl Organisation {
    /// The version of a definition that is valid on `day`, the newest when several are.
    #[must_use]
    pub fn insats_on(&self, code: &InsatsCode, day: NaiveDate) -> Option<&InsatsDefinition> {
        self.insatser.get(code)?.iter().rev().find(|d| d.validity.contains(day))
    }

    /// Whether one of these offices has closed before a day, and another took over.
    #[must_use]
    pub fn were_taken_over(&self, offices: &OfficePair, day: NaiveDate) -> bool {
        Agency::ALL
            .into_iter()
            .filter_map(|agency| self.offices.get(offices.of(agency)))
            .any(|office| office.successor.is_some() && office.validity.to.is_some_and(|last| last < day))
    }

    /// An office with those that it took over, and those that they had taken over.
    #[must_use]
    pub fn with_predecessors<'a>(&'a self, office: &'a OfficeCode) -> BTreeSet<&'a OfficeCode> {
        let mut all = BTreeSet::from([office]);
        let mut latest = vec![office];
        while let Some(successor) = latest.pop() {
            let before = self.offices.values().filter(|office| office.successor.as_ref() == Some(successor));
            // Whatever the register says, nothing is gone through twice.
            latest.extend(before.map(|office| &office.code).filter(|code| all.insert(code)));
        }
        all
    }

    /// The agreements by which `agency` may register `step` for the other at this pair of offices on `day`.
    pub fn agreements_for<'a>(
        &'a self,
        agency: Agency,
        step: StepKind,
        offices: &'a OfficePair,
        day: NaiveDate,
    ) -> impl Iterator<Item = &'a LocalAgreement> {
        self.agreements.values().filter(move |a| {
            a.agency == agency
                && a.steps.contains(&step)
                && a.fk == offices.fk
                && a.af == offices.af
                && a.validity.contains(day)
        })
    }
}

/// The two offices that a case always has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OfficePair {
    /// FK's.
    pub fk: OfficeCode,
    /// AF's.
    pub af: OfficeCode,
}

impl OfficePair {
    /// The office of an agency.
    #[must_use]
    pub fn of(&self, agency: Agency) -> &OfficeCode {
        match agency {
            Agency::Fk => &self.fk,
            Agency::Af => &self.af,
        }
    }
}
