//! Every action with what it needs: one row each.
//!
//! Never here: who has it ([`may`](super::may)).

use crate::domain::organisation::Role;

/// What an action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing, not even a token: what is published for all.
    Nothing,
    /// Any role of the service.
    AnyRole,
    /// One of these roles.
    Role(&'static [Role]),
    /// A role that sees personal data, and an assignment at an office of the object.
    Assignment,
    /// A role that gives assignments as the role of the object at its office.
    Giver,
}

use Need::{AnyRole, Assignment, Giver, Nothing};

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

            /// What it needs.
            pub(super) const fn need(self) -> Need {
                match self { $(Self::$variant => $need),* }
            }
        }
    };
}

/// The roles that see personal data, with an assignment.
pub const PEOPLE: &[Role] = &[Role::Deltagaransvarig, Role::System];

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
    /// Making an extract for a person of what is kept; the extract holds cases within reach.
    RegisterExtract "create_register_extract" Need::Role(PEOPLE);
    /// Asking who has read a case, on behalf of the person: whoever may read it may say who else has.
    ListCaseAccesses "list_case_accesses" Assignment;
    /// Asking who has read a person's cases or searched for the person; of cases, those within reach.
    SearchAccesses "create_access_search" Need::Role(PEOPLE);
    /// Spot checks of what handläggare at the own offices have read: managers, who see no personal data.
    ListAccesses "list_accesses" Need::Role(&[Role::Insatsansvarig]);
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
    /// Reading who has which assignment.
    ListAssignments "list_assignments" AnyRole;
    /// Giving an assignment.
    CreateAssignment "create_assignment" Giver;
    /// Ending one.
    CreateAssignmentEnding "create_assignment_ending" Giver;
    /// Confirming at the yearly review that one is needed.
    CreateAssignmentReview "create_assignment_review" Giver;
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
    /// Making a package of parts; one of a steering group is made by those of the group ([`steers`](super::steers)).
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
