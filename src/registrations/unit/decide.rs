//! Deciding jobs in memory, each in its turn, seeing what the ones before it did.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::door::registrar;
use super::{Decided, Earlier, Known, Owner, Pending, Unit, client_of, named, replacing, undoes_felregistrering};
use crate::auth::same_secret;
use crate::chance::uuid_v7;
use crate::domain::case::{Case, IdentityState};
use crate::domain::code::{CaseId, CaseReference, Position, RegistrationId};
use crate::domain::command::{Command, CorrectionKind, Registrar};
use crate::domain::dates::swedish_day;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::journal::{Entry, Event};
use crate::domain::rule::Rule;
use crate::domain::step::Agency;
use crate::domain::transition::{self, Facts};
use crate::registrations::cache::Slot;
use crate::registrations::job::{Actor, Done, Job, Post, Refusal, Rendered};
use crate::registrations::wire::Item;
use crate::storage::append::Staged;
use crate::storage::erase;
use crate::storage::persons::NewPerson;
use crate::storage::receipts::Receipt;

impl Unit<'_, '_> {
    /// A request that was sent twice and landed in one unit: the second gets the first one's answer. Where an answer is kept
    /// already, each is held against that.
    pub(super) fn same_key_before(
        &self,
        job: &Job,
        place: usize,
        receipts: &HashMap<(String, String), Receipt>,
        keys: &mut HashMap<(String, String), (usize, Vec<u8>)>,
    ) -> Option<Decided> {
        let idempotency = job.idempotency.as_ref().filter(|_| !job.dry_run)?;
        let key = (client_of(&job.actor), idempotency.key.clone());
        match keys.get(&key) {
            _ if receipts.contains_key(&key) => None,
            Some((_, fingerprint)) if !same_secret(fingerprint, &idempotency.fingerprint) => {
                Some(Decided::refused(Refusal::KeyReused))
            }
            Some((first, _)) => Some(Decided { outcome: Ok(Vec::new()), kept: None, same_as: Some(*first) }),
            None => {
                keys.insert(key, (place, idempotency.fingerprint.clone()));
                None
            }
        }
    }

    pub(super) fn decide_job(&mut self, job: &Job, receipts: &HashMap<(String, String), Receipt>) -> Decided {
        if let Some(idempotency) = &job.idempotency
            && let Some(receipt) = receipts.get(&(client_of(&job.actor), idempotency.key.clone()))
        {
            return repeated(receipt, &idempotency.fingerprint);
        }
        if let (Err(error), true) = (&self.around.keys, job.posts.iter().any(|post| post.marks.person.is_some())) {
            return Decided::refused(Refusal::Storage(error.clone()));
        }
        if let Err(refusal) = self.precondition(job) {
            return Decided::refused(refusal);
        }
        // What may be undone is kept aside: nothing of a dry run or of an atomic batch that failed may stay.
        let undoable = job.dry_run || (job.atomic && job.posts.len() > 1);
        let before = undoable.then(|| self.overlay.clone());
        let mut results: Vec<Result<Pending, Findings>> =
            job.posts.iter().enumerate().map(|(index, post)| self.decide_post(job, post, index)).collect();
        let failed = job.atomic && results.iter().any(Result::is_err);
        if let Some(before) = before.filter(|_| job.dry_run || failed) {
            self.staged.truncate(before.staged);
            self.overlay = before;
            if failed {
                refuse_the_rest(&mut results);
            } else {
                for result in &mut results {
                    if let Ok(Pending::New { done, .. }) = result {
                        *result = Ok(Pending::Old(done.clone()));
                    }
                }
            }
        }
        Decided { outcome: Ok(results), kept: None, same_as: None }
    }

    fn decide_post(&mut self, job: &Job, post: &Post, index: usize) -> Result<Pending, Findings> {
        let mark = |findings: Findings| if job.posts.len() > 1 { findings.at_index(index) } else { findings };
        let item = post.item.as_ref().map_err(|findings| mark(findings.clone()))?;
        match self.earlier(post) {
            Some(earlier) => self.same_again(job, item, &earlier, post).map_err(mark),
            None => self.decide_item(job, item, post).map_err(mark),
        }
    }

    pub(super) fn earlier(&self, post: &Post) -> Option<Earlier> {
        self.overlay.client_references.get(post.marks.own.as_ref()?).cloned()
    }

    /// The same client reference: the original when the content is the same, as the case stands now.
    fn same_again(&self, job: &Job, item: &Item, earlier: &Earlier, post: &Post) -> Result<Pending, Findings> {
        let slot = self.overlay.slots.get(&earlier.case);
        // What was once the caller's to register may have moved out of reach since.
        self.allowed(job, item, slot)?;
        match slot {
            // What was sent was erased with the identity: then the reference alone says that it is in already.
            Some(slot) if earlier.fingerprint.as_ref().is_none_or(|kept| same_secret(kept, &post.fingerprint)) => {
                let done = Done {
                    registration: earlier.registration,
                    position: Position(earlier.position),
                    known_from: known_from_of(&slot.case, earlier.registration),
                    case: Arc::clone(&slot.case),
                    notices: Findings::default(),
                    repeated: true,
                };
                Ok(earlier
                    .place
                    .map_or_else(|| Pending::Old(done.clone()), |place| Pending::New { place, done: done.clone() }))
            }
            _ => Err(Finding::new(Rule::KlientreferensUpptagen, "/clientReference").into()),
        }
    }

    fn decide_item(&mut self, job: &Job, item: &Item, post: &Post) -> Result<Pending, Findings> {
        let by = registrar(job, item)?;
        // Who registered may be gone from the register by now, and was of the agency that registered.
        let known = by.handler.as_ref().and_then(|id| self.around.organisation.handlers.get(id));
        if matches!(job.actor, Actor::Import(_)) && known.is_some_and(|handler| handler.agency != by.agency) {
            let finding = Finding::new(Rule::HandlaggareFelMyndighet, "/registeredBy");
            return Err(finding.allowed(Allowed::Agency(by.agency)).into());
        }
        let slot = self.target(&by, item, post)?;
        self.allowed(job, item, slot.as_ref())?;
        if let (Some(version), Some(slot)) = (item.case_version, &slot)
            && slot.case.version != version
        {
            let present = Allowed::Values(vec![slot.case.version.to_string()]);
            return Err(Finding::new(Rule::VersionInaktuell, "/caseVersion").allowed(present).into());
        }
        let known_from = self.known_from(job, item, slot.as_ref())?;
        let person = self.person(item, post, slot.as_ref());
        let case_id = slot.as_ref().map(|s| s.case.id);
        let facts = Facts {
            organisation: &self.around.organisation,
            settings: self.around.settings,
            by: &by,
            known_from,
            today: swedish_day(known_from),
            other_open_case: self.other_open_case(person.as_deref(), case_id),
            reference_taken: self.reference_taken(&by, item, slot.as_ref()),
            replacement_unknown: replacing(item).is_some_and(|id| !self.knows_of(job, id)),
        };
        let withdrawn_from = person.clone();
        let known = slot.as_ref().map(|s| (&*s.case, s.case.id));
        let decision = transition::decide(known, &item.request, &facts)?;
        let withdrawn = known.is_some_and(|(case, _)| case.withdrawal.is_none()) && decision.case.withdrawal.is_some();
        let siblings = matches!(item.request.command, Command::Protect { .. }).then(|| (person.clone(), by.clone()));
        if self.overlay.erased && erase::reason(&decision.event).is_none() {
            self.cut();
        }
        let first = self.staged.len();
        let mut pending = self.stage(item, post, slot, person, by, known_from, decision);
        if let Some((Some(person), by)) = siblings {
            self.protect_siblings(&person, &by, item, known_from);
        }
        if let (true, Some(case), true) = (withdrawn, case_id, self.around.settings.withdrawal_removes) {
            self.remove_withdrawn(case, withdrawn_from, &mut pending);
        }
        self.forget_erased(first);
        Ok(pending)
    }

    #[expect(clippy::too_many_arguments, reason = "everything that one decision leaves behind, in one place")]
    fn stage(
        &mut self,
        item: &Item,
        post: &Post,
        slot: Option<Slot>,
        person: Option<Vec<u8>>,
        by: Registrar,
        known_from: DateTime<Utc>,
        decision: transition::Decision,
    ) -> Pending {
        let id = RegistrationId(uuid_v7(self.around.now, self.around.chance));
        let entry =
            Entry { id, position: Position(0), known_from, by, agreement: decision.agreement, event: decision.event };
        let reference = new_reference(item, &entry.by);
        let erased = person.clone().filter(|_| erase::reason(&entry.event).is_some());
        let (case_id, number) = match &slot {
            Some(slot) => (slot.case.id, slot.number),
            None => (CaseId(uuid_v7(self.around.now, self.around.chance)), None),
        };
        let mut case = decision.case;
        case.adopt(transition::PROVISIONAL, id, case_id);
        let case = Arc::new(case);
        let today = swedish_day(self.around.now);
        *self.around.left_behind |=
            case.is_open() && self.around.organisation.were_taken_over(case.present_offices(), today);
        let reference = reference.map(|(agency, reference)| {
            let turn = self.overlay.references.get(&(agency, reference.clone())).map_or(0, |owner| owner.turn + 1);
            (agency, reference, turn)
        });
        self.remember(post, &entry, &case, number, person, reference.as_ref());
        let done = Done {
            registration: id,
            position: Position(0),
            known_from,
            case: Arc::clone(&case),
            notices: decision.notices,
            repeated: false,
        };
        let place = self.staged.len();
        self.staged.push(Staged {
            case: case.id,
            entry,
            client_reference: post.marks.own.clone().map(|hash| (hash, post.fingerprint.clone())),
            erased,
            reference,
        });
        self.overlay.staged = self.staged.len();
        Pending::New { place, done }
    }

    fn remember(
        &mut self,
        post: &Post,
        entry: &Entry,
        case: &Arc<Case>,
        number: Option<i64>,
        person: Option<Vec<u8>>,
        reference: Option<&(Agency, CaseReference, i64)>,
    ) {
        if let Some((agency, reference, turn)) = reference {
            let owner = Owner { case: Some(case.id), turn: *turn };
            self.overlay.references.insert((*agency, reference.clone()), owner);
        }
        if matches!(&entry.event, Event::Correction(made) if made.kind == CorrectionKind::UndoFelregistrering) {
            for reference in &case.references {
                if let Some(owner) = self.overlay.references.get_mut(reference) {
                    owner.case = Some(case.id);
                }
            }
        }
        if let Some(hash) = &post.marks.own {
            let earlier = Earlier {
                fingerprint: Some(post.fingerprint.clone()),
                registration: entry.id,
                case: case.id,
                number: None,
                position: 0,
                place: Some(self.staged.len()),
            };
            self.overlay.client_references.insert(hash.clone(), earlier);
        }
        if let Some(person) = &person {
            let open = self.overlay.open_cases.entry(person.clone()).or_default();
            if case.is_open() && erase::reason(&entry.event).is_none() {
                open.insert(case.id);
            } else {
                open.remove(&case.id);
            }
        }
        let person = person.filter(|_| case.identity == IdentityState::Named);
        self.overlay.slots.insert(case.id, Slot { case: Arc::clone(case), number, person });
    }

    /// The commit's instant, or for imported history the one given.
    fn known_from(&self, job: &Job, item: &Item, slot: Option<&Slot>) -> Result<DateTime<Utc>, Findings> {
        let now = self.around.now;
        match item.recorded_at {
            Some(_) if !matches!(job.actor, Actor::Import(_)) => {
                Err(Finding::new(Rule::KandFranEjTillaten, "/recordedAt").into())
            }
            Some(at) if at > now => {
                let latest = Allowed::Values(vec![now.to_rfc3339()]);
                Err(Finding::new(Rule::KandFranFramtid, "/recordedAt").allowed(latest).into())
            }
            Some(at) => Ok(at),
            // Another process' clock may be a little ahead; within a case instants never fall.
            None => Ok(slot.map_or(now, |s| s.case.last_known_from.max(now))),
        }
    }

    /// Whose case it is: the participant of a request, made known to the unit; else the case's.
    fn person(&mut self, item: &Item, post: &Post, slot: Option<&Slot>) -> Option<Vec<u8>> {
        let (Some(number), Some(hash)) = (named(item), &post.marks.person) else {
            return slot.and_then(|s| s.person.clone());
        };
        if let Some(known) = self.overlay.persons.get(hash) {
            return Some(known.id.clone());
        }
        let id = uuid_v7(self.around.now, self.around.chance).as_bytes().to_vec();
        // Sealing can't fail for a text this short; were it to, the person would be missing and the write refused.
        if let Ok(sealed) = self.around.vault.seal(&id, number, self.around.chance) {
            let person = NewPerson { id: id.clone(), lookups: post.marks.lookups.clone(), sealed };
            self.sealed.insert(id.clone(), person);
        }
        self.overlay.new_persons.push(id.clone());
        self.overlay.persons.insert(hash.clone(), Known { id: id.clone() });
        Some(id)
    }

    fn other_open_case(&self, person: Option<&[u8]>, case: Option<CaseId>) -> bool {
        let open = person.and_then(|p| self.overlay.open_cases.get(p));
        open.is_some_and(|cases| cases.iter().any(|id| Some(*id) != case))
    }

    /// Whether another case that stands has the reference that is given, or one that comes back with a case: what was registered
    /// in error leaves its number to the right case.
    fn reference_taken(&self, by: &Registrar, item: &Item, slot: Option<&Slot>) -> bool {
        let back = slot.filter(|_| undoes_felregistrering(item)).map_or(&[][..], |slot| &slot.case.references);
        let own = slot.map(|slot| slot.case.id);
        new_reference(item, by).iter().chain(back).any(|reference| {
            let owner =
                self.overlay.references.get(reference).and_then(|owner| owner.case).filter(|id| Some(*id) != own);
            owner.is_some_and(|id| self.overlay.slots.get(&id).is_none_or(|slot| !slot.case.felregistrering))
        })
    }
}

fn new_reference(item: &Item, by: &Registrar) -> Option<(Agency, CaseReference)> {
    match &item.request.command {
        Command::Register(new) => Some((by.agency, new.opening.as_ref()?.reference.clone()?)),
        Command::AddReference { reference } => Some((by.agency, reference.clone())),
        _ => None,
    }
}

/// From when a registration was known: its step says so, else the latest entry is the best there is.
fn known_from_of(case: &Case, registration: RegistrationId) -> DateTime<Utc> {
    case.index_of(registration).map_or(case.last_known_from, |index| case.steps[index].known_from)
}

fn repeated(receipt: &Receipt, fingerprint: &[u8]) -> Decided {
    if !same_secret(&receipt.fingerprint, fingerprint) {
        return Decided::refused(Refusal::KeyReused);
    }
    let Some(body) = receipt.body.clone() else {
        return Decided::refused(Refusal::Erased);
    };
    let rendered = Rendered {
        status: u16::try_from(receipt.status).unwrap_or(200),
        headers: serde_json::from_str(&receipt.headers).unwrap_or_default(),
        body,
    };
    Decided { outcome: Ok(Vec::new()), kept: Some(rendered), same_as: None }
}

/// In an atomic batch that failed, what was right by itself is refused too, and says why.
fn refuse_the_rest(results: &mut [Result<Pending, Findings>]) {
    for (index, result) in results.iter_mut().enumerate() {
        if result.is_ok() {
            *result = Err(Findings::from(Finding::new(Rule::EttIPaketetFoll, "")).at_index(index));
        }
    }
}
