//! Writing what was decided, and telling it: rows, positions, answers, receipts, and what was looked up.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Decided, Pending, Segment, Unit, client_of};
use crate::domain::code::{CaseId, Position};
use crate::domain::finding::Findings;
use crate::registrations::cache::Slot;
use crate::registrations::job::{Answer, Answered, Done, Job, Outcome, Refusal, Rendered};
use crate::storage::access::{self, Entry, Scope};
use crate::storage::append::{self, Head, Staged};
use crate::storage::erase::{self, Forgotten};
use crate::storage::erasures::Erasure;
use crate::storage::persons::NewPerson;
use crate::storage::receipts::{self, Receipt, ReceiptCases, SEVERAL};
use crate::storage::{Link, StorageError};

/// The answers that a unit keeps.
#[derive(Default)]
struct Kept {
    receipts: Vec<Receipt>,
    cases: Vec<ReceiptCases>,
    /// What the unit takes away, and the position at which it does.
    erased: HashMap<CaseId, Position>,
    /// The numbers of the cases that it writes to.
    numbers: HashMap<CaseId, i64>,
    now: i64,
}

impl Unit<'_, '_> {
    /// Writes what was decided, gives positions, renders and keeps the answers.
    pub(super) fn write(
        mut self,
        link: &mut Link<'_>,
        jobs: &[Job],
        decided: Vec<Decided>,
    ) -> Result<(Vec<Answer>, i64), StorageError> {
        let now = self.around.now.timestamp_micros();
        let told = jobs.iter().zip(&decided);
        let mut logged: Vec<Entry> = told.flat_map(|(job, decided)| self.logged(job, decided)).collect();
        let mut numbers = HashMap::new();
        if !self.staged.is_empty() {
            // Where identities are taken away, the log first forgets what was asked for them.
            let erases = self.staged.iter().any(|staged| erase::reason(&staged.entry.event).is_some());
            let beside = if erases { Vec::new() } else { std::mem::take(&mut logged) };
            numbers = self.write_segments(link, beside)?;
        }
        let last = self.staged.last().map_or(0, |s| s.entry.position.0);
        let mut answers = Vec::with_capacity(jobs.len());
        let mut kept = Kept { erased: self.erased_at(), numbers, now, ..Kept::default() };
        for (job, decided) in jobs.iter().zip(decided) {
            if let Some(first) = decided.same_as {
                answers.push(answers.get(first).cloned().unwrap_or(Err(Refusal::Busy)));
                continue;
            }
            let answer = match (decided.kept, decided.outcome) {
                (Some(rendered), _) => Ok(Answered::Kept(rendered)),
                (None, Err(refusal)) => Err(refusal),
                (None, Ok(results)) => {
                    let outcome = self.outcome(job, results);
                    Ok(match &job.idempotency {
                        None => Answered::Outcome(outcome),
                        Some(idempotency) => {
                            let rendered = (idempotency.render)(&outcome);
                            self.keep(&mut kept, job, &outcome, &rendered);
                            Answered::Kept(rendered)
                        }
                    })
                }
            };
            answers.push(answer);
        }
        receipts::insert(link, &kept.receipts, &kept.cases)?;
        self.around.chain.append(link, logged, now, self.around.chance)?;
        Ok((answers, last))
    }

    /// Writes what is staged: each segment by itself, and then the rest with rows of the access log. The numbers of the cases.
    fn write_segments(
        &mut self,
        link: &mut Link<'_>,
        beside: Vec<Entry>,
    ) -> Result<HashMap<CaseId, i64>, StorageError> {
        let mut segments = std::mem::take(&mut self.overlay.segments);
        let done = segments.last().map_or(0, |segment| segment.upto);
        if done < self.staged.len() {
            let touched: HashSet<CaseId> = self.staged[done..].iter().map(|staged| staged.case).collect();
            let slots = touched.iter().filter_map(|id| self.overlay.slots.get(id)).cloned().collect();
            segments.push(Segment { upto: self.staged.len(), slots });
        }
        let mut numbers = HashMap::new();
        let mut begin = 0;
        // There are several only where something is taken away; then the log comes afterwards.
        let mut beside = beside;
        for Segment { upto, slots } in segments {
            let beside = std::mem::take(&mut beside);
            let beside = self.around.chain.add(link, beside, self.around.now.timestamp_micros(), self.around.chance)?;
            let new = self.new_persons_of(&slots);
            let heads: Vec<Head<'_>> = slots
                .iter()
                .map(|s| Head {
                    case: &s.case,
                    number: s.number.or_else(|| numbers.get(&s.case.id).copied()),
                    person: s.person.clone(),
                })
                .collect();
            let staged = &mut self.staged[begin..upto];
            let (written, forgotten) = append::append(link, new, staged, &heads, self.around.settings, &beside)?;
            numbers.extend(written);
            begin = upto;
            self.forget_searches(link, forgotten)?;
        }
        let erased: HashSet<CaseId> = self.erased();
        for id in self.staged.iter().map(|staged| staged.case).collect::<HashSet<_>>() {
            let slot = self.overlay.slots.get(&id);
            if erased.contains(&id) || slot.is_some_and(|slot| slot.case.felregistrering) {
                // What is in memory of it is more than what is kept, or will be: of a case in error that has the number of
                // another, the number goes with that one's identity.
                self.around.cache.forget(id);
            } else if let Some(slot) = slot {
                let slot = Slot { number: numbers.get(&id).copied(), ..slot.clone() };
                self.around.cache.put(slot);
            }
        }
        Ok(numbers)
    }

    /// The persons that some cases are of and the database doesn't have yet.
    fn new_persons_of(&mut self, slots: &[Slot]) -> Vec<NewPerson> {
        let wanted: HashSet<&Vec<u8>> = slots.iter().filter_map(|slot| slot.person.as_ref()).collect();
        let new = self.overlay.new_persons.iter().filter(|id| wanted.contains(id));
        new.filter_map(|id| self.sealed.remove(id)).collect()
    }

    /// Whom searches were for goes from the access log with the person.
    fn forget_searches(&mut self, link: &mut Link<'_>, forgotten: Vec<Forgotten>) -> Result<(), StorageError> {
        for Forgotten { by, hashes } in forgotten {
            let scope = Scope {
                client: by.client.to_string(),
                agency: Some(by.agency.code().to_owned()),
                handler: by.handler.as_ref().map(ToString::to_string),
                action: "erasure",
                trace: None,
                at: self.around.now.timestamp_micros(),
            };
            access::forget_query(link, self.around.chain, &scope, &hashes, self.around.chance)?;
        }
        Ok(())
    }

    /// Tells the journal of erasures which identities are taken away, and says in which cases.
    fn erased(&mut self) -> HashSet<CaseId> {
        let mut cases = HashSet::new();
        for Staged { case, entry, erased, .. } in &self.staged {
            let Some(reason) = erase::reason(&entry.event) else { continue };
            cases.insert(*case);
            self.around.erased.push(Erasure {
                case: case.0,
                person: erased.as_ref().and_then(|id| uuid::Uuid::from_slice(id).ok()),
                reason: reason.to_owned(),
                agency: entry.by.agency.code().to_owned(),
                at: entry.known_from,
            });
        }
        cases
    }

    /// Up to where what is known of a case is more than is kept of it.
    fn erased_at(&self) -> HashMap<CaseId, Position> {
        let erases = self.staged.iter().filter(|staged| erase::reason(&staged.entry.event).is_some());
        erases.map(|staged| (staged.case, staged.entry.position)).collect()
    }

    /// Keeps an answer, and of which cases it tells: it goes with the identity of any of them. Of what this unit has taken
    /// away since, it is gone at once.
    fn keep(&mut self, kept: &mut Kept, job: &Job, outcome: &Outcome, rendered: &Rendered) {
        let Some(idempotency) = job.idempotency.as_ref().filter(|_| !job.dry_run) else { return };
        let done: Vec<&Done> = outcome.results.iter().flatten().collect();
        if done.is_empty() {
            // A refusal is not kept: nothing happened, and the client may mend the request and send it anew.
            return;
        }
        let is_gone = |done: &&Done| kept.erased.get(&done.case_id()).is_some_and(|at| done.position < *at);
        let is_gone = done.iter().any(is_gone);
        let number = |done: &&Done| {
            let here = kept.numbers.get(&done.case_id()).copied();
            let loaded = || self.overlay.slots.get(&done.case_id())?.number;
            here.or_else(loaded).or_else(|| self.around.cache.get(done.case_id(), done.case.version)?.number)
        };
        let numbers: Option<BTreeSet<i64>> = done.iter().map(number).collect();
        let numbers: Option<Vec<i64>> = numbers.map(|numbers| numbers.into_iter().collect());
        let (client, idempotency_key) = (client_of(&job.actor), idempotency.key.clone());
        let case_number = match numbers.as_deref() {
            Some([number]) => Some(*number),
            Some(several) => {
                let cases = serde_json::json!(several).to_string();
                let (client, idempotency_key) = (client.clone(), idempotency_key.clone());
                kept.cases.push(ReceiptCases { client, idempotency_key, cases, created: kept.now });
                Some(SEVERAL)
            }
            None => None,
        };
        kept.receipts.push(Receipt {
            client,
            idempotency_key,
            fingerprint: idempotency.fingerprint.clone(),
            status: i16::try_from(rendered.status).unwrap_or(200),
            headers: serde_json::to_string(&rendered.headers).unwrap_or_default(),
            body: Some(rendered.body.clone()).filter(|_| !is_gone),
            case_number,
            created: kept.now,
        });
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
