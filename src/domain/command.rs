//! What can be asked of a case. Each value is already parsed; whether it may happen is decided in
//! [`transition`](super::transition).

use chrono::NaiveDate;

use super::answers::{Answers, Question};
use super::code::{
    AgreementId, CaseId, CaseReference, ClientId, ConsentForm, District, HandlerId, MunicipalityCode, OfficeCode,
    RegistrationId,
};
use super::organisation::OfficePair;
use super::person::{IdentityNumber, Sex};
use super::step::{Agency, StepKind};

/// Who registers: an agency, through a client, by a person when one is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrar {
    /// For which agency.
    pub agency: Agency,
    /// Through which client.
    pub client: ClientId,
    /// By which person.
    pub handler: Option<HandlerId>,
}

/// Who the case is about, as sent with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Participant {
    /// By number; a consent goes with it.
    Named(IdentityNumber),
    /// Without identity: no consent, or protected identity.
    Anonymous(Sex),
}

/// A written consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The day it was obtained.
    pub obtained_on: NaiveDate,
    /// By which agency.
    pub obtained_by: Agency,
    /// At which office.
    pub office: OfficeCode,
    /// On which version of the form.
    pub form: ConsentForm,
}

/// The responsible handläggare; one of each agency, neither required.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Handlers {
    /// FK's.
    pub fk: Option<HandlerId>,
    /// AF's.
    pub af: Option<HandlerId>,
}

impl Handlers {
    /// The one of an agency.
    #[must_use]
    pub fn of(&self, agency: Agency) -> Option<&HandlerId> {
        match agency {
            Agency::Fk => self.fk.as_ref(),
            Agency::Af => self.af.as_ref(),
        }
    }

    /// Sets the one of an agency.
    pub fn set(&mut self, agency: Agency, handler: Option<HandlerId>) {
        match agency {
            Agency::Fk => self.fk = handler,
            Agency::Af => self.af = handler,
        }
    }
}

/// What a request opens a case with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// About whom.
    pub participant: Participant,
    /// The two offices.
    pub offices: OfficePair,
    /// The responsible.
    pub handlers: Handlers,
    /// The consent; required for a named participant.
    pub consent: Option<Consent>,
    /// Folkbokföringskommun; required for a named participant.
    pub municipality: Option<MunicipalityCode>,
    /// Stadsdel, where the kommun has them.
    pub district: Option<District>,
    /// The registering agency's own number of the case.
    pub reference: Option<CaseReference>,
}

/// A step to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// Which.
    pub step: StepKind,
    /// Its date.
    pub date: NaiveDate,
    /// Answers for leaving the old step and for the new one together.
    pub answers: Answers,
    /// With `begaran` only.
    pub opening: Option<Opening>,
}

/// Why something is corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// A short code of the client's choice, such as `fel_datum`.
    pub code: String,
    /// Free text without personal data.
    pub text: Option<String>,
}

/// What is corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorrectionKind {
    /// The last step never happened.
    Undo {
        /// The step.
        registration: RegistrationId,
    },
    /// A step has another date.
    Move {
        /// The step.
        registration: RegistrationId,
        /// The right date.
        date: NaiveDate,
    },
    /// A step was another step.
    Replace {
        /// The step.
        registration: RegistrationId,
        /// What it was.
        step: StepKind,
        /// The answers that go with it; `None` keeps those that still apply.
        answers: Option<Answers>,
    },
    /// Answers were others. `withdrawn` become unanswered.
    Answers {
        /// The step they belong to.
        registration: RegistrationId,
        /// The right answers.
        answers: Answers,
        /// Answers that should not have been given.
        withdrawn: Vec<Question>,
    },
    /// The kommun at the request was another.
    Municipality {
        /// The right kommun.
        municipality: MunicipalityCode,
        /// Its stadsdel.
        district: Option<District>,
    },
    /// The consent's data was other.
    Consent(Consent),
    /// An office change (or the offices of the request) was other.
    OfficeChange {
        /// The change, or the request.
        registration: RegistrationId,
        /// The right day; a request's offices have none.
        date: Option<NaiveDate>,
        /// The right offices.
        offices: Option<OfficePair>,
    },
    /// The whole case was registered in error.
    Felregistrering {
        /// The case that stands instead, when the number was wrong.
        replaced_by: Option<CaseId>,
    },
    /// It was not.
    UndoFelregistrering,
}

impl CorrectionKind {
    /// The code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Undo { .. } => "undo",
            Self::Move { .. } => "move",
            Self::Replace { .. } => "replace",
            Self::Answers { .. } => "answers",
            Self::Municipality { .. } => "municipality",
            Self::Consent(_) => "consent",
            Self::OfficeChange { .. } => "office_change",
            Self::Felregistrering { .. } => "felregistrering",
            Self::UndoFelregistrering => "undo_felregistrering",
        }
    }

    /// All codes.
    pub const CODES: [&'static str; 9] = [
        "undo",
        "move",
        "replace",
        "answers",
        "municipality",
        "consent",
        "office_change",
        "felregistrering",
        "undo_felregistrering",
    ];
}

/// A correction with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// What.
    pub kind: CorrectionKind,
    /// Why.
    pub reason: Reason,
}

/// New handläggare: `None` leaves an agency's as it is, `Some(None)` clears it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HandlerChange {
    /// FK's.
    pub fk: Option<Option<HandlerId>>,
    /// AF's.
    pub af: Option<Option<HandlerId>>,
}

impl HandlerChange {
    /// The change of an agency's.
    #[must_use]
    pub fn of(&self, agency: Agency) -> Option<&Option<HandlerId>> {
        match agency {
            Agency::Fk => self.fk.as_ref(),
            Agency::Af => self.af.as_ref(),
        }
    }
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A step.
    Register(Box<NewStep>),
    /// Answers to questions never answered.
    Answer {
        /// The step they belong to.
        registration: RegistrationId,
        /// The answers.
        answers: Answers,
    },
    /// Other offices from a day on.
    ChangeOffices {
        /// From when.
        date: NaiveDate,
        /// Both offices.
        offices: OfficePair,
        /// New handläggare at the changed office.
        handlers: HandlerChange,
    },
    /// Other handläggare from a day on.
    ChangeHandlers {
        /// From when.
        date: NaiveDate,
        /// Whose.
        handlers: HandlerChange,
    },
    /// The participant withdrew the consent.
    WithdrawConsent {
        /// That day.
        date: NaiveDate,
    },
    /// The participant got a protected identity.
    Protect {
        /// That day.
        date: NaiveDate,
    },
    /// Withdrawal or retention takes the identity away; never asked for by an agency.
    RemoveIdentity {
        /// That day.
        date: NaiveDate,
    },
    /// Retention takes away what no figure needs; never asked for by an agency.
    Coarsen {
        /// That day.
        date: NaiveDate,
    },
    /// The agency's own number of the case.
    AddReference {
        /// The number.
        reference: CaseReference,
    },
    /// A correction.
    Correct(Box<Correction>),
}

/// A command with what surrounds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What.
    pub command: Command,
    /// By which local agreement an agency registers for the other.
    pub agreement: Option<AgreementId>,
}
