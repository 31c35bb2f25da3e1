//! What a caller may do: one pure table. Its whole printout is a committed file that a test compares.
//!
//! Role **and** assignment are needed for personal data: `deltagaransvarig` reaches a case while one of its
//! *present* offices is one where the person has that assignment today; `system` counts as assigned to all offices
//! of its agency. The other roles see no personal data at all.
//! Never here: which agency owns a registration – that is a rule of the domain, told among the other findings.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::caller::Caller;
use crate::domain::code::OfficeCode;
use crate::domain::organisation::{Members, OfficePair, Organisation, Role, SteeringGroup};
use crate::domain::step::Agency;

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
}

/// What an action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Nothing, not even a token: what is published for all.
    Nothing,
    /// Any role of the service.
    AnyRole,
    /// One of these roles.
    Role(&'static [Role]),
    /// A role that sees personal data, and an assignment at an office of the object.
    Assignment,
}

use Need::{AnyRole, Assignment, Nothing};

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident $code:literal $need:expr;)*) => {
        /// Every operation of the API, and what the command line does with the same rights.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $variant),* }

        impl Action {
            /// All actions.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code: also the operation id in the API's document.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            const fn need(self) -> Need {
                match self { $(Self::$variant => $need),* }
            }
        }
    };
}

/// The roles that see personal data, with an assignment.
const PEOPLE: &[Role] = &[Role::Deltagaransvarig, Role::System];

actions! {
    /// The rule catalogue.
    ListRules "list_rules" Nothing;
    /// One rule.
    GetRule "get_rule" Nothing;
    /// The code lists.
    ListCodeLists "list_code_lists" Nothing;
    /// One code list.
    GetCodeList "get_code_list" Nothing;
    /// What API this is.
    GetApiInfo "get_api_info" Nothing;
    /// The API's document.
    GetOpenapi "get_openapi" Nothing;
    /// Registering the request that opens a case.
    OpenCase "open_case" Assignment;
    /// Registering a further step.
    RegisterStep "register_step" Assignment;
    /// Posting registrations at all; each is then decided by the two above.
    CreateRegistrations "create_registrations" Need::Role(PEOPLE);
    /// Registering with an own instant of when it became known: history moved from an older system.
    ImportHistory "import_history" Need::Role(&[Role::Systemforvaltare]);
    /// Reading one registration.
    GetRegistration "get_registration" Assignment;
    /// Reading a case.
    GetCase "get_case" Assignment;
    /// Reading a case as known on an earlier day.
    GetHistory "get_case_history" Assignment;
    /// Listing cases; the list holds those within reach.
    ListCases "list_cases" Need::Role(PEOPLE);
    /// Searching by personnummer or reference; the answer holds those within reach.
    SearchCases "create_case_search" Need::Role(PEOPLE);
    /// Correcting.
    CorrectCase "create_correction" Assignment;
    /// Changing offices.
    ChangeOffices "create_office_change" Assignment;
    /// Changing handläggare.
    ChangeHandlers "create_handler_change" Assignment;
    /// Answering late.
    AnswerLate "create_answers" Assignment;
    /// Recording a withdrawn consent.
    WithdrawConsent "create_consent_withdrawal" Assignment;
    /// Recording a protected identity.
    ProtectIdentity "create_protection" Assignment;
    /// Adding the agency's own number.
    AddReference "create_reference" Assignment;
    /// Reading offices.
    ListOffices "list_offices" AnyRole;
    /// Reading areas.
    ListAreas "list_areas" AnyRole;
    /// Reading kommuner.
    ListMunicipalities "list_municipalities" AnyRole;
    /// Reading län.
    ListCounties "list_counties" AnyRole;
    /// Reading steering groups.
    ListSteeringGroups "list_steering_groups" AnyRole;
    /// Reading handläggare and their assignments.
    ListHandlers "list_handlers" AnyRole;
    /// Reading local agreements.
    ListLocalAgreements "list_local_agreements" AnyRole;
    /// Reading definitions of insatser.
    ListInsatsDefinitions "list_insats_definitions" AnyRole;
    /// Loading the organisation register.
    ImportOrganisation "import_organisation" Need::Role(&[Role::Samverkansadministrator, Role::Systemforvaltare]);
    /// Reading which reports there are.
    ListReports "list_reports" AnyRole;
    /// Pulling a report.
    GetReport "get_report" AnyRole;
    /// Listing the cases behind a figure; the list holds those within reach.
    ListReportCases "list_report_cases" Need::Role(PEOPLE);
    /// Asking why figures changed; the cases behind it are those within reach.
    GetReportDifference "get_report_difference" AnyRole;
    /// Freezing a report: keeping what may be pulled.
    CreateFrozenReport "create_frozen_report" AnyRole;
    /// Reading which reports were frozen.
    ListFrozenReports "list_frozen_reports" AnyRole;
    /// Reading a frozen report.
    GetFrozenReport "get_frozen_report" AnyRole;
    /// Making a package of parts; one of a steering group is made by those of the group ([`steers`]).
    CreateReportPackage "create_report_package" Need::Role(&[Role::Samverkansansvarig]);
    /// Reading which packages there are.
    ListReportPackages "list_report_packages" AnyRole;
    /// Reading a package.
    GetReportPackage "get_report_package" AnyRole;
    /// Changing a package.
    ReplaceReportPackage "replace_report_package" Need::Role(&[Role::Samverkansansvarig]);
    /// Taking a package away.
    DeleteReportPackage "delete_report_package" Need::Role(&[Role::Samverkansansvarig]);
    /// Reading what an export holds.
    ListExports "list_exports" AnyRole;
    /// Exporting all cases without identity. Dates and offices can point people out, so it is only for who reads every
    /// case anyway: not for `systemforvaltare`, who gets exact figures but sees no personal data.
    GetExport "get_export" Need::Role(&[Role::System]);
    /// Following the change feed, which holds no identity.
    ListChanges "list_changes" Need::Role(&[Role::System, Role::Systemforvaltare]);
}

impl Action {
    /// Whether a token is needed at all.
    #[must_use]
    pub fn is_public(self) -> bool {
        self.need() == Nothing
    }
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
        },
    }
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
