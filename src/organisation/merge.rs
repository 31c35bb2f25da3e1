//! The register as it was and a file, together: what is replaced, what is new, what is the same.
//!
//! Never here: whether the result is right ([`super::checks`]).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::code::HandlerId;
use crate::domain::organisation::{Assignment, Confirmed, Handler, InsatsDefinition, Organisation};

/// What a file changed, for one kind of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Codes that were not there.
    pub added: usize,
    /// Codes that were there with other content.
    pub changed: usize,
    /// Codes that were there just so.
    pub unchanged: usize,
}

/// What a file changed, per kind of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// Areas.
    pub areas: Counts,
    /// Offices.
    pub offices: Counts,
    /// Steering groups.
    pub steering_groups: Counts,
    /// Handläggare.
    pub handlers: Counts,
    /// Local agreements.
    pub local_agreements: Counts,
    /// Definitions of insatser, by code.
    pub insats_definitions: Counts,
}

impl Changes {
    /// Whether the register stays as it was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [self.areas, self.offices, self.steering_groups, self.handlers, self.local_agreements, self.insats_definitions]
            .iter()
            .all(|c| c.added == 0 && c.changed == 0)
    }
}

/// Entries of `file` replace those with the same code in `current`; others are added; none is removed.
///
/// Of a handläggare, what those have done since whose task it is stays: an assignment that was ended is not given back by the
/// file that it came with, and one that was given or confirmed doesn't go because the file doesn't have it.
///
/// A definition whose content changed becomes a new version and the older ones are kept, since a registration keeps
/// the version that was shown. Of a code that is known already only the file's newest version counts; when only its
/// days changed, the newest version gets those days.
#[must_use]
pub fn merge(current: &Organisation, file: &Organisation) -> (Organisation, Changes) {
    let mut merged = current.clone();
    let changes = Changes {
        areas: replace(&mut merged.areas, &file.areas),
        offices: replace(&mut merged.offices, &file.offices),
        steering_groups: replace(&mut merged.steering_groups, &file.steering_groups),
        handlers: replace(&mut merged.handlers, &handlers(current, file)),
        local_agreements: replace(&mut merged.agreements, &file.agreements),
        insats_definitions: insatser(&mut merged, file),
    };
    (merged, changes)
}

/// The handläggare of a file, with what has been done with their assignments since.
fn handlers(current: &Organisation, file: &Organisation) -> BTreeMap<HandlerId, Handler> {
    let since = |(id, given): (&HandlerId, &Handler)| {
        let mut handler = given.clone();
        if let Some(known) = current.handlers.get(id) {
            handler.assignments.iter_mut().for_each(|assignment| keep(&known.assignments, assignment));
            let missing = |a: &&Assignment| a.confirmed.is_some() && !given.assignments.iter().any(|b| same(a, b));
            handler.assignments.extend(known.assignments.iter().filter(missing).cloned());
        }
        (id.clone(), handler)
    };
    file.handlers.iter().map(since).collect()
}

/// Whether it is the same assignment, however long it lasts.
fn same(a: &Assignment, b: &Assignment) -> bool {
    (&a.office, a.role, a.validity.from) == (&b.office, b.role, b.validity.from)
}

/// An assignment of a file lasts no longer than it was known to, and was confirmed when it was last.
fn keep(known: &[Assignment], assignment: &mut Assignment) {
    let Some(known) = known.iter().find(|known| same(known, assignment)) else { return };
    assignment.validity.to = [known.validity.to, assignment.validity.to].into_iter().flatten().min();
    let last = |confirmed: &Option<Confirmed>| confirmed.as_ref().map(|confirmed| confirmed.on);
    if last(&known.confirmed) > last(&assignment.confirmed) {
        assignment.confirmed.clone_from(&known.confirmed);
    }
}

fn replace<K: Ord + Clone, V: PartialEq + Clone>(into: &mut BTreeMap<K, V>, from: &BTreeMap<K, V>) -> Counts {
    let mut counts = Counts::default();
    for (key, value) in from {
        match into.get(key) {
            Some(old) if old == value => counts.unchanged += 1,
            Some(_) => counts.changed += 1,
            None => counts.added += 1,
        }
        into.insert(key.clone(), value.clone());
    }
    counts
}

fn insatser(into: &mut Organisation, file: &Organisation) -> Counts {
    let mut counts = Counts::default();
    for (code, versions) in &file.insatser {
        let known = into.insatser.entry(code.clone()).or_default();
        match (known.last_mut(), versions.last()) {
            (None, _) => {
                known.clone_from(versions);
                counts.added += 1;
            }
            (Some(old), Some(new)) if same_content(old, new) => {
                if old.validity == new.validity {
                    counts.unchanged += 1;
                } else {
                    old.validity = new.validity;
                    counts.changed += 1;
                }
            }
            (Some(old), Some(new)) => {
                let version = old.version + 1;
                known.push(InsatsDefinition { version, ..new.clone() });
                counts.changed += 1;
            }
            (Some(_), None) => {}
        }
    }
    counts
}

/// Whether people would see the same definition.
fn same_content(a: &InsatsDefinition, b: &InsatsDefinition) -> bool {
    (a.kind, &a.county, &a.municipality, &a.text, &a.examples)
        == (b.kind, &b.county, &b.municipality, &b.text, &b.examples)
}
