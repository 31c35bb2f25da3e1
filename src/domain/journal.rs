//! What was registered about a case, in the order in which it became known. A [`Case`](super::case::Case) is a
//! fold over its entries, so any earlier state can be read "as known on" by folding fewer of them.

use chrono::{DateTime, NaiveDate, Utc};

use super::answers::Answers;
use super::code::{AgreementId, CaseReference, District, MunicipalityCode, Position, RegistrationId};
use super::command::{Consent, Correction, HandlerChange, Handlers, Opening, Participant, Registrar};
use super::organisation::OfficePair;
use super::person::Sex;
use super::step::{Agency, StepKind};

/// What a request says of its case. Kommun and birth date are `None` where the identity was taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Registered without identity from the start.
    pub anonymous: bool,
    /// Woman or man.
    pub sex: Sex,
    /// Birth date; unknown for some samordningsnummer.
    pub birth: Option<NaiveDate>,
    /// The two offices.
    pub offices: OfficePair,
    /// The responsible.
    pub handlers: Handlers,
    /// The consent.
    pub consent: Option<Consent>,
    /// Folkbokföringskommun.
    pub municipality: Option<MunicipalityCode>,
    /// Stadsdel.
    pub district: Option<District>,
}

impl Opened {
    /// As it is asked for: of a number stay sex and birth date.
    #[must_use]
    pub fn of(opening: &Opening) -> Self {
        let (anonymous, sex, birth) = match &opening.participant {
            Participant::Named(number) => (false, number.sex(), number.birth_date()),
            Participant::Anonymous(sex) => (true, *sex, None),
        };
        Self {
            anonymous,
            sex,
            birth,
            offices: opening.offices.clone(),
            handlers: opening.handlers.clone(),
            consent: opening.consent.clone(),
            municipality: opening.municipality.clone(),
            district: opening.district.clone(),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A step; the request with what it opened.
    Step {
        /// Which.
        kind: StepKind,
        /// Its date.
        date: NaiveDate,
        /// Answers given with it.
        answers: Answers,
        /// The request's.
        opened: Option<Box<Opened>>,
    },
    /// The consent was withdrawn: steps after `date` are superseded and `avbrutet` stands on `ending`.
    Withdrawal {
        /// The day of the withdrawal.
        date: NaiveDate,
        /// The day of `avbrutet`.
        ending: NaiveDate,
    },
    /// Late answers.
    Answers {
        /// The step they belong to.
        registration: RegistrationId,
        /// The answers.
        answers: Answers,
    },
    /// A change of office.
    Offices {
        /// From when.
        date: NaiveDate,
        /// Both offices.
        offices: OfficePair,
        /// What became of the handläggare.
        handlers: HandlerChange,
    },
    /// A change of handläggare.
    Handlers {
        /// From when.
        date: NaiveDate,
        /// Whose.
        handlers: HandlerChange,
    },
    /// Identity was taken away, irreversibly.
    Protection {
        /// From when.
        date: NaiveDate,
    },
    /// Identity was taken away after withdrawal or retention, irreversibly; the case counts as before.
    Removal {
        /// From when.
        date: NaiveDate,
    },
    /// What no figure needs was taken away by retention, irreversibly; the case counts as before.
    Coarsening {
        /// From when.
        date: NaiveDate,
    },
    /// An agency's own number of the case; the number itself stands with the identity.
    Reference {
        /// Whose.
        agency: Agency,
        /// The number; `None` where the identity was taken away.
        reference: Option<CaseReference>,
    },
    /// A correction.
    Correction(Box<Correction>),
}

impl Event {
    /// The code in storage, in the change feed and in histories.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Step { .. } => "step",
            Self::Withdrawal { .. } => "consent_withdrawal",
            Self::Answers { .. } => "answers",
            Self::Offices { .. } => "office_change",
            Self::Handlers { .. } => "handlers",
            Self::Protection { .. } => "protection",
            Self::Removal { .. } => "removal",
            Self::Coarsening { .. } => "coarsening",
            Self::Reference { .. } => "reference",
            Self::Correction(_) => "correction",
        }
    }
}

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its public id.
    pub id: RegistrationId,
    /// Its place in the order of everything.
    pub position: Position,
    /// From when it was known.
    pub known_from: DateTime<Utc>,
    /// By whom.
    pub by: Registrar,
    /// On whose behalf, by which agreement.
    pub agreement: Option<AgreementId>,
    /// What.
    pub event: Event,
}
