//! Whether a request may come in at all, before any rule: role, assignment, and the case it names.

use super::Unit;
use crate::auth::policy::{self, Action, Object};
use crate::domain::code::CaseId;
use crate::domain::command::{Command, Registrar};
use crate::domain::dates::swedish_day;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::organisation::OfficePair;
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::registrations::cache::Slot;
use crate::registrations::job::{Actor, Job, Post, Refusal};
use crate::registrations::wire::{Item, Target};

impl Unit<'_, '_> {
    /// What concerns the whole request under a case: that it is there for the caller, and unchanged.
    pub(super) fn precondition(&self, job: &Job) -> Result<(), Refusal> {
        let Actor::Caller(caller) = &job.actor else { return Ok(()) };
        if !policy::role_allows(caller, job.action) {
            return Err(Refusal::Forbidden);
        }
        let Some(version) = job.if_match else { return Ok(()) };
        for post in &job.posts {
            let target = match &post.item {
                Ok(Item { target: Target::Id(id), .. }) => *id,
                _ => continue,
            };
            // A repeated item was what raised the version.
            if self.earlier(post).is_some() {
                continue;
            }
            let slot = self.overlay.slots.get(&target).ok_or(Refusal::NotFound)?;
            if !self.reaches(job, job.action, &Object::Case(slot.case.present_offices())) {
                return Err(Refusal::NotFound);
            }
            if slot.case.version != version {
                return Err(Refusal::Stale(slot.case.version));
            }
        }
        Ok(())
    }

    pub(super) fn reaches(&self, job: &Job, action: Action, object: &Object<'_>) -> bool {
        match &job.actor {
            Actor::Import(_) => true,
            Actor::Caller(caller) => {
                let today = swedish_day(self.around.now);
                policy::may(caller, action, object, &self.around.organisation, today) == policy::Decision::Allow
            }
        }
    }

    /// Whether a case is there, and the caller may know of it.
    pub(super) fn knows_of(&self, job: &Job, id: CaseId) -> bool {
        let slot = self.overlay.slots.get(&id);
        slot.is_some_and(|s| self.reaches(job, Action::GetCase, &Object::Case(s.case.present_offices())))
    }

    /// The case that an item is about; `None` when it opens one.
    pub(super) fn target(&self, by: &Registrar, item: &Item, post: &Post) -> Result<Option<Slot>, Findings> {
        let opens = matches!(&item.request.command, Command::Register(new) if new.opening.is_some());
        if opens {
            return Ok(None);
        }
        let id = match &item.target {
            Target::Id(id) => Some(*id),
            Target::New => None,
            Target::Of(_) => {
                post.marks.of.as_ref().and_then(|of| self.overlay.client_references.get(of)).map(|earlier| earlier.case)
            }
            Target::Reference(reference) => [by.agency, by.agency.other()]
                .into_iter()
                .find_map(|agency| self.overlay.references.get(&(agency, reference.clone()))?.case),
        };
        let slot = id.and_then(|id| self.overlay.slots.get(&id)).cloned();
        slot.map(Some).ok_or_else(|| unknown_case(item))
    }

    /// Role and assignment come before all rules.
    pub(super) fn allowed(&self, job: &Job, item: &Item, slot: Option<&Slot>) -> Result<(), Findings> {
        match (slot, &item.request.command) {
            (Some(slot), command) => {
                let action = match command {
                    Command::Register(_) => Action::RegisterStep,
                    _ => job.action,
                };
                if self.reaches(job, action, &Object::Case(slot.case.present_offices())) {
                    return Ok(());
                }
                Err(unknown_case(item))
            }
            (None, Command::Register(new)) => {
                let offices: Option<&OfficePair> = new.opening.as_ref().map(|o| &o.offices);
                match offices {
                    Some(pair) if !self.reaches(job, Action::OpenCase, &Object::NewCase(pair)) => {
                        Err(Finding::new(Rule::KontoretInteDitt, "/offices").into())
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

/// The same words for a case that isn't there and for one that isn't the caller's to know of.
pub(super) fn unknown_case(item: &Item) -> Findings {
    let pointer = match item.target {
        Target::Reference(_) => "/caseReference",
        Target::Of(_) => "/caseOf",
        Target::Id(_) | Target::New => "/case",
    };
    Finding::new(Rule::ArendeOkant, pointer).into()
}

pub(super) fn registrar(job: &Job, item: &Item) -> Result<Registrar, Findings> {
    let missing = || {
        let finding = Finding::new(Rule::FaltSaknas, "/agency");
        Findings::from(finding.allowed(Allowed::Shape(shape::AGENCY)))
    };
    match &job.actor {
        Actor::Caller(caller) => caller.registrar().ok_or_else(missing),
        Actor::Import(client) => Ok(Registrar {
            agency: item.agency.ok_or_else(missing)?,
            client: client.clone(),
            handler: item.registered_by.clone(),
        }),
    }
}
