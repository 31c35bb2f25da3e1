//! What a caller may do: one pure table. Its whole printout is a committed file that a test compares.
//!
//! Role **and** assignment are needed for personal data: `deltagaransvarig` reaches a case while one of its
//! *present* offices is one where the person has that assignment today; `system` counts as assigned to all offices
//! of its agency. The other roles see no personal data at all.
//! Never here: which agency owns a registration – that is a rule of the domain, told among the other findings.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::caller::Caller;
use crate::domain::assignments::ASSIGNABLE;
use crate::domain::code::OfficeCode;
use crate::domain::organisation::{Members, OfficePair, Organisation, Role, SteeringGroup};
use crate::domain::step::Agency;

mod actions;

pub use actions::Action;
use actions::Need::{AnyRole, Assignment, Giver, Nothing};
use actions::{Need, PEOPLE};

/// What the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Refused, openly: 403. Tells nothing of whether the object exists.
    Forbid,
    /// Refused as if the object did not exist: 404.
    Hide,
    /// Allowed.
    Allow,
}

impl Decision {
    /// The word in the printed table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Hide => "404",
            Self::Forbid => "403",
        }
    }
}

/// What is acted upon.
#[derive(Debug, Clone, Copy)]
pub enum Object<'a> {
    /// The service itself, a register, a list: nothing of one person.
    Service,
    /// A case, by its present offices.
    Case(&'a OfficePair),
    /// A case that is to be opened at these offices.
    NewCase(&'a OfficePair),
    /// An assignment at an office as a role.
    Assignment(&'a OfficeCode, Role),
}

/// THE table: whether `caller` may do `action` with `object`, by the register as it is `today`.
#[must_use]
pub fn may(
    caller: &Caller,
    action: Action,
    object: &Object<'_>,
    organisation: &Organisation,
    today: NaiveDate,
) -> Decision {
    match action.need() {
        Nothing => Decision::Allow,
        AnyRole => allow_if(!caller.roles.is_empty()),
        Need::Role(roles) => allow_if(roles.iter().any(|r| caller.has(*r))),
        Assignment => match object {
            _ if !PEOPLE.iter().any(|r| caller.has(*r)) => Decision::Forbid,
            // Without an object only the role can be judged; the object is judged when it is known.
            Object::Service => Decision::Allow,
            Object::NewCase(offices) => allow_if(reach(caller, organisation, today).holds(offices)),
            Object::Case(offices) if reach(caller, organisation, today).holds(offices) => Decision::Allow,
            Object::Case(_) => Decision::Hide,
            Object::Assignment(..) => Decision::Forbid,
        },
        Giver => match object {
            Object::Service => allow_if(ASSIGNABLE.iter().any(|role| givers(*role).iter().any(|r| caller.has(*r)))),
            Object::Assignment(office, role) => allow_if(gives(caller, office, *role, organisation, today)),
            Object::Case(_) | Object::NewCase(_) => Decision::Forbid,
        },
    }
}

/// Which roles give assignments as a role. Nobody gives the role that they have but whoever runs the service, so that
/// reaching participants always takes two persons: one who gives, and one who is given.
#[must_use]
pub const fn givers(role: Role) -> &'static [Role] {
    match role {
        Role::Deltagaransvarig => &[Role::Insatsansvarig],
        Role::Rapportlasare => &[Role::Insatsansvarig, Role::Samverkansadministrator],
        Role::Insatsansvarig | Role::Samverkansansvarig => &[Role::Samverkansadministrator],
        Role::Samverkansadministrator | Role::Systemforvaltare => &[Role::Systemforvaltare],
        Role::System => &[],
    }
}

/// Whether the caller gives assignments as `role` at `office`: an insatsansvarig where the own assignment is valid today,
/// a samverkansadministrator at the own agency's offices, whoever runs the service anywhere. That there is such an
/// office is a rule of the domain.
fn gives(caller: &Caller, office: &OfficeCode, role: Role, organisation: &Organisation, today: NaiveDate) -> bool {
    let here = |giver: Role| match giver {
        Role::Insatsansvarig => {
            let person = caller.handler.as_ref().and_then(|id| organisation.handlers.get(id));
            person
                .filter(|person| Some(person.agency) == caller.agency)
                .is_some_and(|person| person.has_assignment(Role::Insatsansvarig, office, today))
        }
        Role::Samverkansadministrator => {
            organisation.offices.get(office).is_none_or(|office| Some(office.agency) == caller.agency)
        }
        _ => true,
    };
    givers(role).iter().any(|giver| caller.has(*giver) && here(*giver))
}

/// The part of [`may`] that the role alone decides, before anything is looked up: what no object can allow.
#[must_use]
pub fn role_allows(caller: &Caller, action: Action) -> bool {
    // The register is asked only for objects, and there is none here.
    may(caller, action, &Object::Service, &Organisation::default(), NaiveDate::MIN) == Decision::Allow
}

const fn allow_if(condition: bool) -> Decision {
    if condition { Decision::Allow } else { Decision::Forbid }
}

/// Which cases a caller reaches: the scope of every list and search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Cases with one of these present offices; empty for who sees no personal data.
    Offices(BTreeSet<OfficeCode>),
    /// Cases with a present office of the agency: all, since a case has one of each.
    Agency(Agency),
}

impl Reach {
    /// Whether a case at these offices is within reach.
    #[must_use]
    pub fn holds(&self, offices: &OfficePair) -> bool {
        match self {
            Self::Offices(own) => Agency::ALL.iter().any(|a| own.contains(offices.of(*a))),
            Self::Agency(_) => true,
        }
    }
}

/// Which cases `caller` reaches by the register as it is `today`.
#[must_use]
pub fn reach(caller: &Caller, organisation: &Organisation, today: NaiveDate) -> Reach {
    match caller.agency {
        Some(agency) if caller.has(Role::System) => Reach::Agency(agency),
        Some(agency) if caller.has(Role::Deltagaransvarig) => {
            Reach::Offices(assigned(caller, agency, organisation, today))
        }
        _ => Reach::Offices(BTreeSet::new()),
    }
}

/// Whether a steering group is one of the caller's: the person has an assignment as samverkansansvarig today at an office
/// of the group, or at one that serves a kommun of it.
#[must_use]
pub fn steers(caller: &Caller, group: &SteeringGroup, organisation: &Organisation, today: NaiveDate) -> bool {
    let person = caller.handler.as_ref().and_then(|id| organisation.handlers.get(id));
    let Some(person) = person.filter(|h| caller.has(Role::Samverkansansvarig) && Some(h.agency) == caller.agency)
    else {
        return false;
    };
    let of_group = |office: &OfficeCode| match &group.members {
        Members::Offices(offices) => offices.contains(office),
        Members::Municipalities(kommuner) => {
            organisation.offices.get(office).is_some_and(|o| o.municipalities.iter().any(|m| kommuner.contains(m)))
        }
    };
    let assignments = person.assignments.iter();
    assignments
        .filter(|a| a.role == Role::Samverkansansvarig && a.validity.contains(today))
        .any(|a| of_group(&a.office))
}

/// The offices of the agency where the person has an assignment as deltagaransvarig today.
fn assigned(caller: &Caller, agency: Agency, organisation: &Organisation, today: NaiveDate) -> BTreeSet<OfficeCode> {
    let person = caller.handler.as_ref().and_then(|id| organisation.handlers.get(id)).filter(|h| h.agency == agency);
    let Some(person) = person else {
        return BTreeSet::new();
    };
    person
        .assignments
        .iter()
        .filter(|a| a.role == Role::Deltagaransvarig && a.validity.contains(today))
        .filter(|a| organisation.offices.get(&a.office).is_some_and(|o| o.agency == agency))
        .map(|a| a.office.clone())
        .collect()
}
