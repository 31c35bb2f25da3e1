//! What the columns hold of a case that retention has deleted.

use chrono::DateTime;

use crate::domain::answers::Answers;
use crate::domain::case::{Case, IdentityState};
use crate::domain::code::{CaseId, ClientId, OfficeCode, Position, RegistrationId};
use crate::domain::command::{Handlers, Registrar};
use crate::domain::journal::{Entry, Event, Opened};
use crate::domain::organisation::OfficePair;
use crate::domain::person::Sex;
use crate::domain::step::{Agency, StepKind};

/// What stands where a case stood that was deleted: nothing of it is known, and no figure counts it.
pub(super) fn deleted() -> Option<Case> {
    let offices = OfficePair { fk: OfficeCode::parse("0").ok()?, af: OfficeCode::parse("0").ok()? };
    let opened = Opened {
        anonymous: true,
        sex: Sex::Kvinna,
        birth: None,
        offices,
        handlers: Handlers::default(),
        consent: None,
        municipality: None,
        district: None,
    };
    let entry = Entry {
        id: RegistrationId(uuid::Uuid::nil()),
        position: Position(0),
        known_from: DateTime::default(),
        by: Registrar { agency: Agency::Fk, client: ClientId::parse("0").ok()?, handler: None },
        agreement: None,
        event: Event::Step {
            kind: StepKind::Begaran,
            date: chrono::NaiveDate::default(),
            answers: Answers::default(),
            opened: Some(Box::new(opened)),
        },
    };
    let case = Case::begin(CaseId(uuid::Uuid::nil()), IdentityState::Removed, &entry)?;
    Some(Case { felregistrering: true, ..case })
}
