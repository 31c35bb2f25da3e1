//! What the reader may do with a case: the links that its page shows.
//!
//! Whether a registration is right is decided when it is sent; a link is shown where the role, the office and the owner
//! allow it.

use chrono::NaiveDate;

use super::words::Words;
use crate::auth::Caller;
use crate::auth::policy::{self, Action, Decision, Object};
use crate::domain::case::{Case, IdentityState};
use crate::domain::due;
use crate::domain::organisation::Organisation;
use crate::domain::ownership;
use crate::domain::step::{Agency, StepKind};
use crate::domain::transition::Settings;

/// A page beside the case's own: the last part of its address, and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Door {
    pub place: &'static str,
    pub text: &'static str,
}

/// Who asks, of what.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub caller: &'a Caller,
    pub organisation: &'a Organisation,
    pub settings: &'a Settings,
    pub today: NaiveDate,
}

impl Asker<'_> {
    fn may(&self, action: Action, case: &Case) -> bool {
        let object = Object::Case(case.present_offices());
        policy::may(self.caller, action, &object, self.organisation, self.today) == Decision::Allow
    }

    /// Whether the caller's agency owns what `owner` owns, or may register it by a local agreement.
    fn registers(&self, owner: Agency, step: StepKind, case: &Case, day: NaiveDate) -> bool {
        let Some(agency) = self.caller.agency else { return false };
        let agreed = || self.organisation.agreements_for(agency, step, case.offices_on(day), day).next().is_some();
        agency == owner || agreed()
    }

    /// Whether the next registration of the case is one that the caller may make.
    pub fn may_register(&self, case: &Case) -> bool {
        let due = due::next(case, self.settings);
        let mut steps = due.iter().flat_map(|due| &due.steps);
        self.may(Action::RegisterStep, case)
            && steps.any(|(step, owner)| self.registers(*owner, *step, case, self.today))
    }

    fn may_answer(&self, case: &Case) -> bool {
        let missing = case.missing_answers();
        let mut places = missing.iter().filter_map(|(registration, _)| case.index_of(*registration));
        !case.felregistrering
            && self.may(Action::AnswerLate, case)
            && places.any(|index| {
                let step = &case.steps[index];
                self.registers(ownership::owner_of(case, index), step.kind, case, step.date)
            })
    }

    /// A consent can be withdrawn once, and protection can arise while there is an identity to protect.
    fn may_withdraw(&self, case: &Case) -> bool {
        case.identity == IdentityState::Named
            && case.withdrawal.is_none()
            && !case.felregistrering
            && (self.may(Action::WithdrawConsent, case) || self.may(Action::ProtectIdentity, case))
    }
}

/// Every page that is open to the reader, that of registering left out.
pub(super) fn doors(case: &Case, asker: &Asker<'_>, words: &Words<'_>) -> Vec<Door> {
    let t = words.t;
    let standing = !case.felregistrering;
    let all = [
        (asker.may_answer(case), Door { place: "svar", text: t.do_answer }),
        (standing && asker.may(Action::ChangeHandlers, case), Door { place: "handlaggare", text: t.do_hand_over }),
        (standing && asker.may(Action::ChangeOffices, case), Door { place: "kontor", text: t.do_change_office }),
        (asker.may(Action::CorrectCase, case), Door { place: "ratta", text: t.do_correct }),
        (asker.may_withdraw(case), Door { place: "samtycke", text: t.do_consent }),
    ];
    all.into_iter().filter(|(open, _)| *open).map(|(_, door)| door).collect()
}
