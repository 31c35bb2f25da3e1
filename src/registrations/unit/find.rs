//! Finding and locking everything that the jobs of a unit touch: keys, then persons, then cases, each in one order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Earlier, Known, Owner, Unit, client_of, replacing, undoes_felregistrering};
use crate::domain::code::{CaseId, CaseReference, RegistrationId};
use crate::domain::command::Command;
use crate::domain::step::{Agency, StepKind};
use crate::registrations::cache::Slot;
use crate::registrations::job::Job;
use crate::registrations::wire::{Item, Target};
use crate::storage::journal::{Selection, load};
use crate::storage::look_up::{Wanted, look_up};
use crate::storage::persons::{self, Lookup};
use crate::storage::receipts::{self, Receipt, Referenced};
use crate::storage::{Link, StorageError, cases};

impl Unit<'_, '_> {
    /// Finds and locks everything the jobs touch: persons first, then cases.
    pub(super) fn prefetch(&mut self, link: &mut Link<'_>, jobs: &[Job]) -> Result<(), StorageError> {
        let items = || jobs.iter().flat_map(|j| &j.posts).filter_map(|p| p.item.as_ref().ok());
        self.lock_keys(link, jobs)?;
        let hashes = hashes_of_people(jobs);
        let back = self.references_that_come_back(link, jobs)?;
        let mut wanted = Wanted {
            people: hashes.iter().map(|(hash, (key, _))| ((*key).to_owned(), hash.to_vec())).collect(),
            client_references: client_references(jobs),
            references: references(items()),
        };
        wanted.references.extend(back.iter().cloned());
        let mut found = look_up(link, &wanted)?;
        // Whose a case is that is still to be opened is known by the request alone.
        let requested: Vec<Vec<u8>> = found.people.iter().map(|known| known.person.clone()).collect();
        for Lookup { hash, person: id } in found.people {
            if let Some((_, newest)) = hashes.get(hash.as_slice()) {
                self.overlay.persons.insert((*newest).clone(), Known { id });
            }
        }
        self.open(found.open);
        let mut numbers: Vec<i64> = found.references.iter().map(|r| r.number).collect();
        numbers.extend(found.client_references.iter().map(|r| r.case_number));
        self.overlay.client_references = found.client_references.into_iter().map(earlier).collect();
        let targets = items().filter_map(|item| match &item.target {
            Target::Id(id) => Some(*id),
            _ => None,
        });
        let ids: HashSet<CaseId> = targets.chain(items().filter_map(replacing)).collect();
        let ids: Vec<Vec<u8>> = ids.into_iter().map(|id| id.0.as_bytes().to_vec()).collect();
        let mut stands = link.lock_cases(&ids, &dedup(numbers.clone()))?;
        if !back.is_empty() && !link.has_one_writer() {
            // Whoever was given one of them while the case was waited for is known only now.
            let since = cases::by_references(link, &back)?;
            let new: Vec<_> = since.into_iter().filter(|row| !numbers.contains(&row.number)).collect();
            if !new.is_empty() {
                numbers.extend(new.iter().map(|row| row.number));
                stands = link.lock_cases(&ids, &dedup(numbers))?;
                found.references.extend(new);
            }
        }
        if items().any(|item| matches!(item.request.command, Command::Correct(_))) {
            // Only a correction can open a case anew; for it the person's other cases must be known too.
            let people: Vec<Vec<u8>> = stands.iter().filter_map(|s| s.person.clone()).collect();
            self.open(cases::open_of_persons(link, &people)?);
        }
        if items().any(|item| self.may_erase(item)) {
            // Protection concerns the person: it reaches every case under that identity. Where a case loses it, the person
            // goes unless there is another.
            stands = with_siblings(link, stands, requested)?;
        }
        let numbered = stands.iter().map(|stand| (stand.number, stand.case_id())).collect();
        self.load(link, stands)?;
        self.name(&numbered, found.references);
        Ok(())
    }

    /// Takes note of persons' open cases. One may have ended since it was looked up, before it was locked: then a request is
    /// refused that came before that was told to anybody. That none has two, the database sees to in the end.
    fn open(&mut self, cases: Vec<cases::PersonCase>) {
        for (person, case) in cases {
            let case = CaseId(uuid::Uuid::from_slice(&case).unwrap_or_default());
            self.overlay.open_cases.entry(person.unwrap_or_default()).or_default().insert(case);
        }
    }

    /// Locks what two requests may be about without naming a case: persons, client references, Idempotency-Keys.
    fn lock_keys(&self, link: &mut Link<'_>, jobs: &[Job]) -> Result<(), StorageError> {
        // SQLite has one writer at a time.
        if link.has_one_writer() {
            return Ok(());
        }
        let mut keys = Vec::new();
        for job in jobs {
            let client = client_of(&job.actor);
            if let Some(idempotency) = &job.idempotency {
                keys.push(self.around.vault.fingerprint(format!("{client} key {}", idempotency.key).as_bytes()));
            }
            keys.extend(job.posts.iter().flat_map(|post| post.marks.all()).cloned());
        }
        keys.extend(self.hashes_of_erased(link, jobs)?);
        link.lock_keys(&keys)
    }

    /// Whether an item can take an identity away.
    fn may_erase(&self, item: &Item) -> bool {
        match &item.request.command {
            Command::Protect { .. } | Command::RemoveIdentity { .. } => true,
            Command::Register(new) => self.around.settings.withdrawal_removes && new.step == StepKind::Avbrutet,
            Command::WithdrawConsent { .. } | Command::Answer { .. } | Command::Correct(_) => {
                self.around.settings.withdrawal_removes
            }
            _ => false,
        }
    }

    /// By which hashes the persons are looked up whose identity may be taken away: a request for one of them comes before it
    /// or after it. Whose a case is never becomes somebody else's, so this needs no lock.
    fn hashes_of_erased(&self, link: &mut Link<'_>, jobs: &[Job]) -> Result<Vec<Vec<u8>>, StorageError> {
        let rows = targets(link, jobs, |item| self.may_erase(item))?;
        persons::hashes_of_cases(link, rows)
    }

    /// The references of cases that are to be no more in error. A case keeps those that it has, so this needs no lock either.
    fn references_that_come_back(&self, link: &mut Link<'_>, jobs: &[Job]) -> Result<Vec<String>, StorageError> {
        let numbers: Vec<i64> = targets(link, jobs, undoes_felregistrering)?.iter().map(|row| row.number).collect();
        cases::references_of(link, &numbers)
    }

    /// Gives references and client references the ids of the cases they stand for.
    fn name(&mut self, ids: &HashMap<i64, CaseId>, mut referred: Vec<cases::Referred>) {
        let in_error = |id: &CaseId| self.overlay.slots.get(id).is_some_and(|slot| slot.case.felregistrering);
        // The one that stands comes last, and of those in error the one that got it last.
        referred.sort_by_cached_key(|row| (!ids.get(&row.number).is_some_and(in_error), row.turn));
        for row in referred {
            let parsed = (Agency::from_code(&row.agency), CaseReference::parse(&row.reference));
            if let ((Some(agency), Ok(reference)), Some(id)) = (parsed, ids.get(&row.number)) {
                let before = self.overlay.references.get(&(agency, reference.clone())).map_or(0, |owner| owner.turn);
                let owner = Owner { case: Some(*id), turn: before.max(row.turn) };
                self.overlay.references.insert((agency, reference), owner);
            }
        }
        for earlier in self.overlay.client_references.values_mut() {
            if let Some(id) = earlier.number.and_then(|number| ids.get(&number)) {
                earlier.case = *id;
            }
        }
    }

    /// Cases from the cache where their version still stands, else from their journals.
    fn load(&mut self, link: &mut Link<'_>, stands: Vec<cases::Stand>) -> Result<(), StorageError> {
        let mut missing = Vec::new();
        for stand in stands {
            match self.around.cache.get(stand.case_id(), stand.version) {
                Some(slot) => {
                    self.overlay.slots.insert(stand.case_id(), slot);
                }
                None => missing.push(stand.number),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        for loaded in load(link, Selection::Numbers(&missing))? {
            let slot = Slot {
                case: Arc::new(loaded.case()?),
                number: Some(loaded.row.number),
                person: loaded.row.person.clone(),
            };
            self.overlay.slots.insert(slot.case.id, slot);
        }
        Ok(())
    }
}

/// The cases that some items are about, as far as they are there already.
fn targets(
    link: &mut Link<'_>,
    jobs: &[Job],
    is_wanted: impl Fn(&Item) -> bool,
) -> Result<Vec<cases::CaseRow>, StorageError> {
    let mut wanted = Wanted::default();
    let mut ids = Vec::new();
    for post in jobs.iter().flat_map(|job| &job.posts) {
        let Some(item) = post.item.as_ref().ok().filter(|item| is_wanted(item)) else { continue };
        match &item.target {
            Target::Id(id) => ids.push(id.0.as_bytes().to_vec()),
            Target::Of(_) => wanted.client_references.extend(post.marks.of.clone()),
            Target::Reference(reference) => wanted.references.push(reference.to_string()),
            Target::New => {}
        }
    }
    let found = look_up(link, &wanted)?;
    let mut numbers: Vec<i64> = found.references.iter().map(|r| r.number).collect();
    numbers.extend(found.client_references.iter().map(|r| r.case_number));
    let mut rows = cases::by_ids(link, &ids)?;
    rows.extend(cases::by_numbers(link, &numbers)?);
    Ok(rows)
}

/// The same cases and all others of their persons, and those of other people.
fn with_siblings(
    link: &mut Link<'_>,
    stands: Vec<cases::Stand>,
    mut people: Vec<Vec<u8>>,
) -> Result<Vec<cases::Stand>, StorageError> {
    people.extend(stands.iter().filter_map(|s| s.person.clone()));
    let mut numbers: Vec<i64> = stands.iter().map(|s| s.number).collect();
    numbers.extend(cases::of_persons(link, &people)?.iter().map(|row| row.number));
    link.lock_cases(&[], &dedup(numbers))
}

/// By hash of a person in a request: by which key it is, and the hash by the newest key, under which the unit knows the person.
fn hashes_of_people(jobs: &[Job]) -> HashMap<&[u8], (&str, &Vec<u8>)> {
    let mut hashes = HashMap::new();
    for marks in jobs.iter().flat_map(|job| &job.posts).map(|post| &post.marks) {
        let Some(newest) = &marks.person else { continue };
        hashes.extend(marks.lookups.iter().map(|(key, hash)| (hash.as_slice(), (key.as_str(), newest))));
    }
    hashes
}

fn client_references(jobs: &[Job]) -> Vec<Vec<u8>> {
    let posts = jobs.iter().flat_map(|job| &job.posts);
    posts.flat_map(|post| post.marks.references()).cloned().collect()
}

/// What a client reference was found to stand for; its case is named when that is known.
fn earlier(row: Referenced) -> (Vec<u8>, Earlier) {
    let earlier = Earlier {
        fingerprint: row.fingerprint,
        registration: RegistrationId(uuid::Uuid::from_slice(&row.registration).unwrap_or_default()),
        case: CaseId(uuid::Uuid::nil()),
        number: Some(row.case_number),
        position: row.position,
        place: None,
    };
    (row.hash, earlier)
}

/// The agencies' references that items name or give.
fn references<'i>(items: impl Iterator<Item = &'i Item>) -> Vec<String> {
    let mut wanted = Vec::new();
    for item in items {
        if let Target::Reference(reference) = &item.target {
            wanted.push(reference.to_string());
        }
        if let Command::AddReference { reference } = &item.request.command {
            wanted.push(reference.to_string());
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

pub(super) fn find_receipts(
    link: &mut Link<'_>,
    jobs: &[Job],
) -> Result<HashMap<(String, String), Receipt>, StorageError> {
    let keys: Vec<(String, String)> =
        jobs.iter().filter_map(|job| Some((client_of(&job.actor), job.idempotency.as_ref()?.key.clone()))).collect();
    let found = receipts::find(link, &keys)?;
    Ok(found.into_iter().map(|r| ((r.client.clone(), r.idempotency_key.clone()), r)).collect())
}

fn dedup(mut numbers: Vec<i64>) -> Vec<i64> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
