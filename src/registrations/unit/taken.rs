//! Taking identity away within a unit: which other cases it reaches, and what the unit may know no more, so that whoever comes
//! after it finds what the database will have.
//!
//! Never here: whether it may be done, and what is erased of the rows ([`crate::storage::erase`]).

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Pending, Segment, Unit};
use crate::chance::uuid_v7;
use crate::domain::case::IdentityState;
use crate::domain::code::{CaseId, Position, RegistrationId};
use crate::domain::command::{Command, Registrar};
use crate::domain::journal::{Entry, Event};
use crate::domain::transition;
use crate::registrations::cache::Slot;
use crate::registrations::wire::Item;
use crate::storage::append::Staged;
use crate::storage::erase;

impl Unit<'_, '_> {
    /// The same protection in every other case of the person: an identity is protected as a whole or not at all.
    pub(super) fn protect_siblings(&mut self, person: &[u8], by: &Registrar, item: &Item, known_from: DateTime<Utc>) {
        let Command::Protect { date } = item.request.command else { return };
        let others: Vec<Slot> =
            self.overlay.slots.values().filter(|s| s.person.as_deref() == Some(person)).cloned().collect();
        for slot in others {
            let entry = Entry {
                id: RegistrationId(uuid_v7(self.around.now, self.around.chance)),
                position: Position(0),
                known_from: slot.case.last_known_from.max(known_from),
                by: by.clone(),
                agreement: None,
                event: transition::protection_of(&slot.case, date),
            };
            let mut case = (*slot.case).clone();
            case.apply(&entry);
            let case = Arc::new(case);
            self.overlay.slots.insert(case.id, Slot { case: Arc::clone(&case), number: slot.number, person: None });
            let erased = Some(person.to_vec());
            self.staged.push(Staged { case: case.id, entry, client_reference: None, erased, reference: None });
        }
        self.overlay.staged = self.staged.len();
    }

    /// A withdrawn consent takes the identity of its case with it, where that is so configured. What is answered is the case
    /// as it then is.
    pub(super) fn remove_withdrawn(&mut self, id: CaseId, person: Option<Vec<u8>>, pending: &mut Pending) {
        let Some(slot) = self.overlay.slots.get(&id).cloned() else { return };
        let Some(date) = slot.case.withdrawal.as_ref().map(|withdrawal| withdrawal.date) else { return };
        let Some(by) = self.staged.last().filter(|s| s.case == id).map(|s| s.entry.by.clone()) else { return };
        if slot.case.identity != IdentityState::Named {
            return;
        }
        let entry = Entry {
            id: RegistrationId(uuid_v7(self.around.now, self.around.chance)),
            position: Position(0),
            known_from: slot.case.last_known_from,
            by,
            agreement: None,
            event: Event::Removal { date },
        };
        let mut case = (*slot.case).clone();
        case.apply(&entry);
        let case = Arc::new(case);
        if let Pending::New { place, done } = pending {
            (*place, done.case) = (self.staged.len(), Arc::clone(&case));
        }
        self.overlay.slots.insert(id, Slot { case, number: slot.number, person: None });
        self.staged.push(Staged { case: id, entry, client_reference: None, erased: person, reference: None });
        self.overlay.staged = self.staged.len();
    }

    /// What follows is written after what was staged so far.
    pub(super) fn cut(&mut self) {
        let before = self.overlay.segments.last().map_or(0, |segment| segment.upto);
        let touched: HashSet<CaseId> = self.staged[before..].iter().map(|staged| staged.case).collect();
        let slots = touched.iter().filter_map(|id| self.overlay.slots.get(id)).cloned().collect();
        self.overlay.segments.push(Segment { upto: self.staged.len(), slots });
        self.overlay.erased = false;
    }

    /// The unit forgets what entries since a place take away: by what a case was found, and the person, unless another case
    /// stands under that identity.
    pub(super) fn forget_erased(&mut self, since: usize) {
        for Staged { case, entry, erased, .. } in &self.staged[since..] {
            let Some(reason) = erase::reason(&entry.event) else { continue };
            let overlay = &mut self.overlay;
            overlay.erased = true;
            let owned = overlay.references.values_mut().filter(|owner| owner.case == Some(*case));
            owned.for_each(|owner| owner.case = None);
            if reason == erase::COARSENING {
                overlay.client_references.retain(|_, earlier| earlier.case != *case);
            }
            let of_case = overlay.client_references.values_mut().filter(|earlier| earlier.case == *case);
            of_case.for_each(|earlier| earlier.fingerprint = None);
            for open in overlay.open_cases.values_mut() {
                open.remove(case);
            }
            if let Some(person) = erased
                && !overlay.slots.values().any(|slot| slot.person.as_ref() == Some(person))
            {
                overlay.persons.retain(|_, known| known.id != *person);
            }
        }
    }
}
