//! What a job leaves in the access log: which cases it changed, and what it told of cases and persons without changing
//! anything – a dry run or a refusal is no way to look somebody up.

use std::collections::BTreeSet;

use super::{Decided, Pending, Unit};
use crate::domain::code::{CaseId, CaseReference};
use crate::domain::step::Agency;
use crate::registrations::job::{Job, Post};
use crate::registrations::wire::Target;
use crate::storage::access::{Entry, Kind};

/// This many cases at most are named in one row.
const CASES: usize = 500;

impl Unit<'_, '_> {
    /// The rows of one job. A request that gets a kept answer again has its row already; it is not read anew.
    pub(super) fn logged(&self, job: &Job, decided: &Decided) -> Vec<Entry> {
        // Refused before anything was looked up, or answered by what was kept.
        let Ok(results) = &decided.outcome else { return Vec::new() };
        let (mut changed, mut shown, mut touched) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut asked = Vec::new();
        for (post, result) in job.posts.iter().zip(results) {
            match result {
                Ok(Pending::New { place, done }) if !done.repeated => {
                    changed.insert(done.case.id);
                    changed.extend(self.protected_with(*place));
                }
                Ok(Pending::New { done, .. } | Pending::Old(done)) if done.repeated => {
                    shown.insert(done.case.id);
                }
                Ok(_) | Err(_) => {
                    asked.extend(post.marks.person.clone());
                    touched.extend(self.known_case(job, post));
                }
            }
        }
        let without = if job.dry_run { Kind::Trial } else { Kind::Refused };
        let mut rows = Vec::new();
        for (kind, cases) in [(Kind::Change, changed), (Kind::Read, shown), (without, touched)] {
            let cases: Vec<CaseId> = cases.into_iter().collect();
            rows.extend(cases.chunks(CASES).map(|some| Entry::of(&job.scope, kind, some)));
        }
        rows.extend(asked.into_iter().map(|hash| Entry::of(&job.scope, without, &[]).asked(Some(hash))));
        if job.dry_run && rows.is_empty() {
            rows.push(Entry::of(&job.scope, Kind::Trial, &[]));
        }
        rows
    }

    /// The other cases of the person whose identity was protected here.
    fn protected_with(&self, place: usize) -> impl Iterator<Item = CaseId> {
        let erased = self.staged.get(place).and_then(|staged| staged.erased.as_ref());
        let others = self.staged.iter().skip(place + 1);
        others.filter(move |staged| erased.is_some() && staged.erased.as_ref() == erased).map(|staged| staged.case)
    }

    /// The case that a post was about, where there is one that the caller may know of.
    fn known_case(&self, job: &Job, post: &Post) -> Option<CaseId> {
        let item = post.item.as_ref().ok()?;
        let of = |reference: &CaseReference| {
            let owned = |agency: Agency| self.overlay.references.get(&(agency, reference.clone()))?.case;
            Agency::ALL.into_iter().find_map(owned)
        };
        let id = match &item.target {
            Target::Id(id) => Some(*id),
            Target::New => None,
            Target::Of(_) => self.overlay.client_references.get(post.marks.of.as_ref()?).map(|earlier| earlier.case),
            Target::Reference(reference) => of(reference),
        }?;
        self.knows_of(job, id).then_some(id)
    }
}
