//! A unit of work: jobs decided together inside one write transaction.
//!
//! First everything they touch is found and locked, persons before cases, each in ascending order. Then each job
//! is decided in memory, in its turn, seeing what the ones before it did. Last everything is written at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cache::{Cache, Slot};
use super::job::{Actor, Done, Job, Outcome, Post, Refusal, Rendered};
use super::wire::{Item, Target};
use crate::auth::policy::{self, Action, Object};
use crate::chance::{Chance, uuid_v7};
use crate::clock::Clock;
use crate::domain::case::{Case, IdentityState};
use crate::domain::code::{CaseId, CaseReference, ClientReference, Position, RegistrationId};
use crate::domain::command::{Command, CorrectionKind, Participant, Registrar};
use crate::domain::dates::swedish_day;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::journal::{Entry, Event};
use crate::domain::organisation::{OfficePair, Organisation};
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::domain::step::Agency;
use crate::domain::transition::{self, Facts, Settings};
use crate::storage::append::{self, Head, Staged};
use crate::storage::journal::{Selection, load};
use crate::storage::persons::{self, NewPerson};
use crate::storage::receipts::{self, Receipt};
use crate::storage::vault::Vault;
use crate::storage::{Link, StorageError, access, cases};

/// What a unit works with.
pub struct Surroundings<'a> {
    /// The registers.
    pub organisation: Arc<Organisation>,
    /// Lead times and limits.
    pub settings: &'a Settings,
    /// Keys.
    pub vault: &'a Vault,
    /// The time, asked once everything is locked, so that instants follow the order of positions.
    pub clock: &'a dyn Clock,
    /// The instant of the unit.
    pub now: DateTime<Utc>,
    /// Ids, keys and nonces.
    pub chance: &'a mut dyn Chance,
    /// Cases decided on lately.
    pub cache: &'a mut Cache,
}

/// A person, known by hash.
#[derive(Debug, Clone)]
struct Known {
    id: Vec<u8>,
}

/// What the unit knows of the database and of its own decisions so far. Cloned before what may be undone.
#[derive(Default, Clone)]
struct Overlay {
    slots: HashMap<CaseId, Slot>,
    references: HashMap<(Agency, CaseReference), CaseId>,
    persons: HashMap<Vec<u8>, Known>,
    open_cases: HashMap<Vec<u8>, HashSet<CaseId>>,
    client_references: HashMap<Vec<u8>, Earlier>,
    new_persons: Vec<Vec<u8>>,
    staged: usize,
}

/// What a client reference stands for.
#[derive(Clone)]
struct Earlier {
    fingerprint: Option<Vec<u8>>,
    registration: RegistrationId,
    case: CaseId,
    /// The case's number, where it was found in the database.
    number: Option<i64>,
    position: i64,
    /// Its place among what this unit writes, where it was made in it.
    place: Option<usize>,
}

/// How each job ended: its answer, or `None` while its answer waits for positions.
struct Decided {
    outcome: Result<Vec<Result<Pending, Findings>>, Refusal>,
    kept: Option<Rendered>,
    /// The job of this unit whose answer it gets: the same request, sent twice.
    same_as: Option<usize>,
}

impl Decided {
    fn refused(refusal: Refusal) -> Self {
        Self { outcome: Err(refusal), kept: None, same_as: None }
    }
}

/// A registration decided on.
enum Pending {
    /// Staged at this place.
    New { place: usize, done: Done },
    /// Made earlier, or not to be stored.
    Old(Done),
}

/// Carries out jobs in one open write transaction and returns their answers, which hold once it is committed.
///
/// # Errors
/// When the database fails, or another process wrote something that must be unique; then nothing was written.
pub fn carry_out(
    link: &mut Link<'_>,
    jobs: &[Job],
    around: &mut Surroundings<'_>,
) -> Result<(Vec<Result<Rendered, Refusal>>, i64), StorageError> {
    let mut unit = Unit { overlay: Overlay::default(), staged: Vec::new(), sealed: HashMap::new(), around };
    unit.prefetch(link, jobs)?;
    let receipts = find_receipts(link, jobs)?;
    unit.around.now = unit.around.clock.now();
    let mut keys = HashMap::new();
    let decided: Vec<Decided> = jobs
        .iter()
        .enumerate()
        .map(|(place, job)| match unit.same_key_before(job, place, &mut keys) {
            Some(decided) => decided,
            None => unit.decide_job(job, &receipts),
        })
        .collect();
    unit.write(link, jobs, decided)
}

fn find_receipts(link: &mut Link<'_>, jobs: &[Job]) -> Result<HashMap<(String, String), Receipt>, StorageError> {
    let keys: Vec<(String, String)> =
        jobs.iter().filter_map(|job| Some((client_of(&job.actor), job.idempotency.as_ref()?.key.clone()))).collect();
    let found = receipts::find(link, &keys)?;
    Ok(found.into_iter().map(|r| ((r.client.clone(), r.idempotency_key.clone()), r)).collect())
}

fn client_of(actor: &Actor) -> String {
    match actor {
        Actor::Caller(caller) => caller.client.to_string(),
        Actor::Import(client) => client.to_string(),
    }
}

struct Unit<'a, 'b> {
    overlay: Overlay,
    staged: Vec<Staged>,
    sealed: HashMap<Vec<u8>, NewPerson>,
    around: &'a mut Surroundings<'b>,
}

impl Unit<'_, '_> {
    /// Finds and locks everything the jobs touch: persons first, then cases.
    fn prefetch(&mut self, link: &mut Link<'_>, jobs: &[Job]) -> Result<(), StorageError> {
        let items = || jobs.iter().flat_map(|j| &j.posts).filter_map(|p| p.item.as_ref().ok());
        self.lock_keys(link, jobs)?;
        let mut people = self.people(link, items())?;
        let mut numbers = self.client_references(link, jobs)?;
        let referred = Self::references(link, items())?;
        numbers.extend(referred.iter().map(|r| r.number));
        let targets = items().filter_map(|item| match &item.target {
            Target::Id(id) => Some(*id),
            _ => None,
        });
        let ids: HashSet<CaseId> = targets.chain(items().filter_map(replacing)).collect();
        let ids: Vec<Vec<u8>> = ids.into_iter().map(|id| id.0.as_bytes().to_vec()).collect();
        let mut stands = link.lock_cases(&ids, &dedup(numbers))?;
        if items().any(|item| matches!(item.request.command, Command::Correct(_))) {
            // Only a correction can open a case anew; for it the person's other cases must be known too.
            people.extend(stands.iter().filter_map(|s| s.person.clone()));
        }
        if items().any(|item| matches!(item.request.command, Command::Protect { .. })) {
            // Protection concerns the person: it reaches every case under that identity.
            stands = self.with_siblings(link, stands)?;
        }
        self.name(&stands, referred);
        self.load(link, stands)?;
        for (person, case) in cases::open_of_persons(link, &people)? {
            let case = CaseId(uuid::Uuid::from_slice(&case).unwrap_or_default());
            self.overlay.open_cases.entry(person.unwrap_or_default()).or_default().insert(case);
        }
        Ok(())
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
            for item in job.posts.iter().filter_map(|p| p.item.as_ref().ok()) {
                keys.extend(named(item).map(|number| self.around.vault.lookup(number).1));
                keys.extend(references_of(item).map(|r| self.reference_hash(&client, r.as_str())));
            }
        }
        link.lock_keys(&keys)
    }

    fn reference_hash(&self, client: &str, reference: &str) -> Vec<u8> {
        self.around.vault.fingerprint(format!("{client} reference {reference}").as_bytes())
    }

    /// The same cases and all others of the same persons.
    fn with_siblings(&self, link: &mut Link<'_>, stands: Vec<cases::Stand>) -> Result<Vec<cases::Stand>, StorageError> {
        let people: Vec<Vec<u8>> = stands.iter().filter_map(|s| s.person.clone()).collect();
        let mut numbers: Vec<i64> = stands.iter().map(|s| s.number).collect();
        numbers.extend(cases::of_persons(link, &people)?.iter().map(|row| row.number));
        link.lock_cases(&[], &dedup(numbers))
    }

    /// Gives references and client references the ids of the cases they stand for.
    fn name(&mut self, stands: &[cases::Stand], referred: Vec<cases::Referred>) {
        let ids: HashMap<i64, CaseId> = stands.iter().map(|s| (s.number, s.case_id())).collect();
        for row in referred {
            let parsed = (Agency::from_code(&row.agency), CaseReference::parse(&row.reference));
            if let ((Some(agency), Ok(reference)), Some(id)) = (parsed, ids.get(&row.number)) {
                self.overlay.references.insert((agency, reference), *id);
            }
        }
        for earlier in self.overlay.client_references.values_mut() {
            if let Some(id) = earlier.number.and_then(|number| ids.get(&number)) {
                earlier.case = *id;
            }
        }
    }

    /// The persons of requests.
    fn people<'i>(
        &mut self,
        link: &mut Link<'_>,
        items: impl Iterator<Item = &'i Item>,
    ) -> Result<Vec<Vec<u8>>, StorageError> {
        let lookups: Vec<(String, Vec<u8>)> =
            items.filter_map(|item| Some(self.around.vault.lookup(named(item)?))).collect();
        let Some((key_id, _)) = lookups.first().cloned() else { return Ok(Vec::new()) };
        let hashes: Vec<Vec<u8>> = lookups.into_iter().map(|(_, hash)| hash).collect();
        let mut people = Vec::new();
        for (hash, id) in persons::by_hashes(link, &key_id, &hashes)? {
            people.push(id.clone());
            self.overlay.persons.insert(hash, Known { id });
        }
        Ok(people)
    }

    /// What client references stand for; returns the numbers of their cases.
    fn client_references(&mut self, link: &mut Link<'_>, jobs: &[Job]) -> Result<Vec<i64>, StorageError> {
        let mut hashes = Vec::new();
        for job in jobs {
            let client = client_of(&job.actor);
            for item in job.posts.iter().filter_map(|p| p.item.as_ref().ok()) {
                hashes.extend(references_of(item).map(|r| self.reference_hash(&client, r.as_str())));
            }
        }
        let mut numbers = Vec::new();
        for row in receipts::referenced(link, &hashes)? {
            numbers.push(row.case_number);
            let earlier = Earlier {
                fingerprint: row.fingerprint,
                registration: RegistrationId(uuid::Uuid::from_slice(&row.registration).unwrap_or_default()),
                case: CaseId(uuid::Uuid::nil()),
                number: Some(row.case_number),
                position: row.position,
                place: None,
            };
            self.overlay.client_references.insert(row.hash, earlier);
        }
        Ok(numbers)
    }

    fn references<'i>(
        link: &mut Link<'_>,
        items: impl Iterator<Item = &'i Item>,
    ) -> Result<Vec<cases::Referred>, StorageError> {
        let mut wanted: Vec<String> = Vec::new();
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
        cases::by_references(link, &wanted)
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

    /// A request that was sent twice and landed in one unit: the second gets the first one's answer.
    fn same_key_before(
        &self,
        job: &Job,
        place: usize,
        keys: &mut HashMap<(String, String), (usize, Vec<u8>)>,
    ) -> Option<Decided> {
        let idempotency = job.idempotency.as_ref().filter(|_| !job.dry_run)?;
        let key = (client_of(&job.actor), idempotency.key.clone());
        match keys.get(&key) {
            Some((_, fingerprint)) if fingerprint != &idempotency.fingerprint => {
                Some(Decided::refused(Refusal::KeyReused))
            }
            Some((first, _)) => Some(Decided { outcome: Ok(Vec::new()), kept: None, same_as: Some(*first) }),
            None => {
                keys.insert(key, (place, idempotency.fingerprint.clone()));
                None
            }
        }
    }

    fn decide_job(&mut self, job: &Job, receipts: &HashMap<(String, String), Receipt>) -> Decided {
        if let Some(idempotency) = &job.idempotency
            && let Some(receipt) = receipts.get(&(client_of(&job.actor), idempotency.key.clone()))
        {
            return repeated(receipt, &idempotency.fingerprint);
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

    /// What concerns the whole request under a case: that it is there for the caller, and unchanged.
    fn precondition(&self, job: &Job) -> Result<(), Refusal> {
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
            if post.item.as_ref().is_ok_and(|item| self.earlier(job, item).is_some()) {
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

    fn reaches(&self, job: &Job, action: Action, object: &Object<'_>) -> bool {
        match &job.actor {
            Actor::Import(_) => true,
            Actor::Caller(caller) => {
                let today = swedish_day(self.around.now);
                policy::may(caller, action, object, &self.around.organisation, today) == policy::Decision::Allow
            }
        }
    }

    fn decide_post(&mut self, job: &Job, post: &Post, index: usize) -> Result<Pending, Findings> {
        let mark = |findings: Findings| if job.posts.len() > 1 { findings.at_index(index) } else { findings };
        let item = post.item.as_ref().map_err(|findings| mark(findings.clone()))?;
        match self.earlier(job, item) {
            Some(earlier) => self.same_again(job, item, &earlier, post).map_err(mark),
            None => self.decide_item(job, item, post).map_err(mark),
        }
    }

    fn earlier(&self, job: &Job, item: &Item) -> Option<Earlier> {
        let reference = item.client_reference.as_ref()?;
        let hash = self.reference_hash(&client_of(&job.actor), reference.as_str());
        self.overlay.client_references.get(&hash).cloned()
    }

    /// The same client reference: the original when the content is the same, as the case stands now.
    fn same_again(&self, job: &Job, item: &Item, earlier: &Earlier, post: &Post) -> Result<Pending, Findings> {
        let slot = self.overlay.slots.get(&earlier.case);
        // What was once the caller's to register may have moved out of reach since.
        self.allowed(job, item, slot)?;
        match slot {
            Some(slot) if earlier.fingerprint.as_ref() == Some(&post.fingerprint) => {
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
        let slot = self.target(&client_of(&job.actor), &by, item)?;
        self.allowed(job, item, slot.as_ref())?;
        if let (Some(version), Some(slot)) = (item.case_version, &slot)
            && slot.case.version != version
        {
            let present = Allowed::Values(vec![slot.case.version.to_string()]);
            return Err(Finding::new(Rule::VersionInaktuell, "/caseVersion").allowed(present).into());
        }
        let known_from = self.known_from(job, item, slot.as_ref())?;
        let person = self.person(item, slot.as_ref());
        let case_id = slot.as_ref().map(|s| s.case.id);
        let facts = Facts {
            organisation: &self.around.organisation,
            settings: self.around.settings,
            by: &by,
            known_from,
            today: swedish_day(known_from),
            other_open_case: self.other_open_case(person.as_deref(), case_id),
            reference_taken: self.reference_taken(&by, item, case_id),
            replacement_unknown: replacing(item).is_some_and(|id| !self.knows_of(job, id)),
        };
        let known = slot.as_ref().map(|s| (&*s.case, s.case.id));
        let decision = transition::decide(known, &item.request, &facts)?;
        let siblings = matches!(item.request.command, Command::Protect { .. }).then(|| (person.clone(), by.clone()));
        let pending = self.stage(job, item, post, slot, person, by, known_from, decision);
        if let Some((Some(person), by)) = siblings {
            self.protect_siblings(&person, &by, item);
        }
        Ok(pending)
    }

    #[expect(clippy::too_many_arguments, reason = "everything that one decision leaves behind, in one place")]
    fn stage(
        &mut self,
        job: &Job,
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
        let erased = person.clone().filter(|_| matches!(entry.event, Event::Protection { .. }));
        let (case_id, number) = match &slot {
            Some(slot) => (slot.case.id, slot.number),
            None => (CaseId(uuid_v7(self.around.now, self.around.chance)), None),
        };
        let mut case = decision.case;
        case.adopt(transition::PROVISIONAL, id, case_id);
        let case = Arc::new(case);
        self.remember(job, item, post, &entry, &case, number, person, reference.as_ref());
        let reference = reference.filter(|_| slot.is_none());
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
            client_reference: item
                .client_reference
                .as_ref()
                .map(|own| (self.reference_hash(&client_of(&job.actor), own.as_str()), post.fingerprint.clone())),
            erased,
            reference,
        });
        self.overlay.staged = self.staged.len();
        Pending::New { place, done }
    }

    /// The same protection in every other case of the person: an identity is protected as a whole or not at all.
    fn protect_siblings(&mut self, person: &[u8], by: &Registrar, item: &Item) {
        let Command::Protect { date } = item.request.command else { return };
        let others: Vec<Slot> =
            self.overlay.slots.values().filter(|s| s.person.as_deref() == Some(person)).cloned().collect();
        for slot in others {
            let entry = Entry {
                id: RegistrationId(uuid_v7(self.around.now, self.around.chance)),
                position: Position(0),
                known_from: slot.case.last_known_from.max(self.around.now),
                by: by.clone(),
                agreement: None,
                event: Event::Protection { date },
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

    #[expect(clippy::too_many_arguments, reason = "everything that one decision leaves behind, in one place")]
    fn remember(
        &mut self,
        job: &Job,
        item: &Item,
        post: &Post,
        entry: &Entry,
        case: &Arc<Case>,
        number: Option<i64>,
        person: Option<Vec<u8>>,
        reference: Option<&(Agency, CaseReference)>,
    ) {
        if let Some((agency, reference)) = reference {
            self.overlay.references.insert((*agency, reference.clone()), case.id);
        }
        if let Some(own) = &item.client_reference {
            let hash = self.reference_hash(&client_of(&job.actor), own.as_str());
            let earlier = Earlier {
                fingerprint: Some(post.fingerprint.clone()),
                registration: entry.id,
                case: case.id,
                number: None,
                position: 0,
                place: Some(self.staged.len()),
            };
            self.overlay.client_references.insert(hash, earlier);
        }
        if let Some(person) = &person {
            let open = self.overlay.open_cases.entry(person.clone()).or_default();
            if case.is_open() && !matches!(entry.event, Event::Protection { .. }) {
                open.insert(case.id);
            } else {
                open.remove(&case.id);
            }
        }
        let person = person.filter(|_| case.identity == IdentityState::Named);
        self.overlay.slots.insert(case.id, Slot { case: Arc::clone(case), number, person });
    }

    /// The case that an item is about; `None` when it opens one.
    fn target(&self, client: &str, by: &Registrar, item: &Item) -> Result<Option<Slot>, Findings> {
        let opens = matches!(&item.request.command, Command::Register(new) if new.opening.is_some());
        if opens {
            return Ok(None);
        }
        let id = match &item.target {
            Target::Id(id) => Some(*id),
            Target::New => None,
            Target::Of(of) => {
                let hash = self.reference_hash(client, of.as_str());
                self.overlay.client_references.get(&hash).map(|earlier| earlier.case)
            }
            Target::Reference(reference) => [by.agency, by.agency.other()]
                .into_iter()
                .find_map(|agency| self.overlay.references.get(&(agency, reference.clone())).copied()),
        };
        let slot = id.and_then(|id| self.overlay.slots.get(&id)).cloned();
        slot.map(Some).ok_or_else(|| unknown_case(item))
    }

    /// Role and assignment come before all rules.
    fn allowed(&self, job: &Job, item: &Item, slot: Option<&Slot>) -> Result<(), Findings> {
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

    /// Whether a case is there, and the caller may know of it.
    fn knows_of(&self, job: &Job, id: CaseId) -> bool {
        let slot = self.overlay.slots.get(&id);
        slot.is_some_and(|s| self.reaches(job, Action::GetCase, &Object::Case(s.case.present_offices())))
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
    fn person(&mut self, item: &Item, slot: Option<&Slot>) -> Option<Vec<u8>> {
        let Some(number) = named(item) else { return slot.and_then(|s| s.person.clone()) };
        let (key_id, hash) = self.around.vault.lookup(number);
        if let Some(known) = self.overlay.persons.get(&hash) {
            return Some(known.id.clone());
        }
        let id = uuid_v7(self.around.now, self.around.chance).as_bytes().to_vec();
        // Sealing can't fail for a text this short; were it to, the person would be missing and the write refused.
        if let Ok(sealed) = self.around.vault.seal(&id, number, self.around.chance) {
            let person = NewPerson { id: id.clone(), key_id, hash: hash.clone(), sealed };
            self.sealed.insert(id.clone(), person);
        }
        self.overlay.new_persons.push(id.clone());
        self.overlay.persons.insert(hash, Known { id: id.clone() });
        Some(id)
    }

    fn other_open_case(&self, person: Option<&[u8]>, case: Option<CaseId>) -> bool {
        let open = person.and_then(|p| self.overlay.open_cases.get(p));
        open.is_some_and(|cases| cases.iter().any(|id| Some(*id) != case))
    }

    fn reference_taken(&self, by: &Registrar, item: &Item, case: Option<CaseId>) -> bool {
        let Some((agency, reference)) = new_reference(item, by) else { return false };
        let owner = self.overlay.references.get(&(agency, reference));
        owner.is_some() && owner.copied() != case
    }

    /// Writes what was decided, gives positions, renders and keeps the answers.
    fn write(
        mut self,
        link: &mut Link<'_>,
        jobs: &[Job],
        decided: Vec<Decided>,
    ) -> Result<(Vec<Result<Rendered, Refusal>>, i64), StorageError> {
        let touched: HashSet<CaseId> = self.staged.iter().map(|s| s.case).collect();
        if !self.staged.is_empty() {
            let heads: Vec<Head<'_>> = touched
                .iter()
                .filter_map(|id| self.overlay.slots.get(id))
                .map(|s| Head { case: &s.case, number: s.number, person: s.person.clone() })
                .collect();
            let wanted: HashSet<Vec<u8>> = heads.iter().filter_map(|h| h.person.clone()).collect();
            let new: Vec<NewPerson> = self
                .overlay
                .new_persons
                .iter()
                .filter(|id| wanted.contains(*id))
                .filter_map(|id| self.sealed.remove(id))
                .collect();
            let numbers = append::append(link, &new, &mut self.staged, &heads, self.around.settings)?;
            for id in &touched {
                if let Some(slot) = self.overlay.slots.get(id) {
                    let slot = Slot { number: numbers.get(id).copied(), ..slot.clone() };
                    self.around.cache.put(slot);
                }
            }
        }
        let last = self.staged.last().map_or(0, |s| s.entry.position.0);
        let now = self.around.now.timestamp_micros();
        let mut answers = Vec::with_capacity(jobs.len());
        let mut kept = Vec::new();
        let mut reads = Vec::new();
        for (job, decided) in jobs.iter().zip(decided) {
            reads.extend(self.looked_up(job, &decided));
            if let Some(first) = decided.same_as {
                answers.push(answers.get(first).cloned().unwrap_or(Err(Refusal::Busy)));
                continue;
            }
            let answer = match (decided.kept, decided.outcome) {
                (Some(rendered), _) => Ok(rendered),
                (None, Err(refusal)) => Err(refusal),
                (None, Ok(results)) => {
                    let outcome = self.outcome(job, results);
                    let rendered = (job.render)(&outcome);
                    let number = self.only_case(&outcome);
                    kept.extend(receipt(job, &outcome, &rendered, number, now));
                    Ok(rendered)
                }
            };
            answers.push(answer);
        }
        receipts::insert(link, &kept)?;
        access::append(link, &reads)?;
        Ok((answers, last))
    }

    /// What a request told of persons without registering anything: a dry run or a refusal is no way to look somebody
    /// up, and is written down like a search, by the keyed hash of the number.
    fn looked_up(&self, job: &Job, decided: &Decided) -> Vec<access::AccessRow> {
        let refused = |place: usize| match &decided.outcome {
            Ok(results) => results.get(place).is_some_and(Result::is_err),
            // Refused before anything was looked up.
            Err(_) => false,
        };
        let mut rows: Vec<access::AccessRow> = job
            .posts
            .iter()
            .enumerate()
            .filter(|(place, _)| job.dry_run || refused(*place))
            .filter_map(|(_, post)| named(post.item.as_ref().ok()?))
            .map(|number| access::row(&job.scope, Some(self.around.vault.lookup(number).1), &[]))
            .collect();
        if job.dry_run && rows.is_empty() {
            rows.push(access::row(&job.scope, None, &[]));
        }
        rows
    }

    /// The number of the one case that an outcome tells of: its receipt goes with the case's identity.
    fn only_case(&mut self, outcome: &Outcome) -> Option<i64> {
        let [Ok(done)] = &outcome.results[..] else { return None };
        self.around.cache.get(done.case_id(), done.case.version)?.number
    }

    fn outcome(&self, job: &Job, results: Vec<Result<Pending, Findings>>) -> Outcome {
        let mut position = Position(0);
        let results = results
            .into_iter()
            .map(|result| {
                result.map(|pending| {
                    let done = match pending {
                        Pending::Old(done) => done,
                        Pending::New { place, mut done } => {
                            done.position = self.staged.get(place).map_or(Position(0), |s| s.entry.position);
                            done
                        }
                    };
                    position = position.max(done.position);
                    done
                })
            })
            .collect();
        Outcome { results, position, atomic: job.atomic, dry_run: job.dry_run }
    }
}

fn dedup(mut numbers: Vec<i64>) -> Vec<i64> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn named(item: &Item) -> Option<&crate::domain::person::IdentityNumber> {
    let Command::Register(new) = &item.request.command else { return None };
    match &new.opening.as_ref()?.participant {
        Participant::Named(number) => Some(number),
        Participant::Anonymous(_) => None,
    }
}

fn new_reference(item: &Item, by: &Registrar) -> Option<(Agency, CaseReference)> {
    match &item.request.command {
        Command::Register(new) => Some((by.agency, new.opening.as_ref()?.reference.clone()?)),
        Command::AddReference { reference } => Some((by.agency, reference.clone())),
        _ => None,
    }
}

/// The case that an item names as standing instead of its own.
fn replacing(item: &Item) -> Option<CaseId> {
    let Command::Correct(correction) = &item.request.command else { return None };
    match correction.kind {
        CorrectionKind::Felregistrering { replaced_by } => replaced_by,
        _ => None,
    }
}

/// From when a registration was known: its step says so, else the latest entry is the best there is.
fn known_from_of(case: &Case, registration: RegistrationId) -> DateTime<Utc> {
    case.index_of(registration).map_or(case.last_known_from, |index| case.steps[index].known_from)
}

/// The client references that an item carries: its own, and that of the registration whose case it is about.
fn references_of(item: &Item) -> impl Iterator<Item = &ClientReference> {
    let of = match &item.target {
        Target::Of(of) => Some(of),
        _ => None,
    };
    item.client_reference.iter().chain(of)
}

/// The same words for a case that isn't there and for one that isn't the caller's to know of.
fn unknown_case(item: &Item) -> Findings {
    let pointer = match item.target {
        Target::Reference(_) => "/caseReference",
        Target::Of(_) => "/caseOf",
        Target::Id(_) | Target::New => "/case",
    };
    Finding::new(Rule::ArendeOkant, pointer).into()
}

fn registrar(job: &Job, item: &Item) -> Result<Registrar, Findings> {
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

fn repeated(receipt: &Receipt, fingerprint: &[u8]) -> Decided {
    if receipt.fingerprint != fingerprint {
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

fn receipt(job: &Job, outcome: &Outcome, rendered: &Rendered, case_number: Option<i64>, now: i64) -> Option<Receipt> {
    let idempotency = job.idempotency.as_ref().filter(|_| !job.dry_run)?;
    let stored = outcome.results.iter().any(Result::is_ok);
    // A refusal is not kept: nothing happened, and the client may mend the request and send it anew.
    stored.then(|| Receipt {
        client: client_of(&job.actor),
        idempotency_key: idempotency.key.clone(),
        fingerprint: idempotency.fingerprint.clone(),
        status: i16::try_from(rendered.status).unwrap_or(200),
        headers: serde_json::to_string(&rendered.headers).unwrap_or_default(),
        body: Some(rendered.body.clone()),
        case_number,
        created: now,
    })
}
