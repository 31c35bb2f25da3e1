//! Writing a unit's decisions: all rows of all entries at once, inside the open transaction.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::access::Added;
use super::cases::{CaseRow, OPEN};
use super::dialect::Link;
use super::erase::Forgotten;
use super::error::StorageError;
use super::journal::{ClientReferenceRow, FingerprintRow, ReferenceRow, Rows, encode};
use super::persons::{self, NewPerson};
use super::schema::changes;
use crate::domain::case::Case;
use crate::domain::code::{CaseId, CaseReference, Position};
use crate::domain::journal::Entry;
use crate::domain::step::Agency;
use crate::domain::transition::Settings;

/// One decided entry that waits to be written. Its position is given here.
pub struct Staged {
    /// The case it belongs to.
    pub case: CaseId,
    /// The entry; its position is set by [`append`].
    pub entry: Entry,
    /// Keyed hash of client and client reference, and of what was sent under it.
    pub client_reference: Option<(Vec<u8>, Vec<u8>)>,
    /// Whose identity the entry erases.
    pub erased: Option<Vec<u8>>,
    /// The case reference given, and how many had it before.
    pub reference: Option<(Agency, CaseReference, i64)>,
}

/// The state of a case after the unit.
pub struct Head<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its number; `None` when the unit opened it.
    pub number: Option<i64>,
    /// Whose.
    pub person: Option<Vec<u8>>,
}

/// Writes everything, rows of the access log beside, and returns the number of each case. Afterwards every staged entry has
/// its position.
///
/// # Errors
/// When the database fails, or [`StorageError::Conflict`] when another process wrote something that must be
/// unique.
pub fn append(
    link: &mut Link<'_>,
    new_persons: Vec<NewPerson>,
    staged: &mut [Staged],
    heads: &[Head<'_>],
    settings: &Settings,
    logged: &Added,
) -> Result<(HashMap<CaseId, i64>, Vec<Forgotten>), StorageError> {
    let new: persons::Rows = new_persons.into_iter().collect();
    let count = i64::try_from(staged.len()).unwrap_or(i64::MAX);
    let before = link.take_positions(count)?;
    let mut numbers: HashMap<CaseId, i64> = heads.iter().filter_map(|h| Some((h.case.id, h.number?))).collect();
    let mut rows = Rows::default();
    let mut log = Vec::with_capacity(staged.len());
    for (position, item) in (before + 1..).zip(staged.iter_mut()) {
        item.entry.position = Position(position);
        // A case's number is the position of its request.
        let number = *numbers.entry(item.case).or_insert(position);
        encode(number, &item.entry, &mut rows);
        if let Some((hash, fingerprint)) = item.client_reference.take() {
            let registration = item.entry.id.0.as_bytes().to_vec();
            rows.client_references.push(ClientReferenceRow { hash, case_number: number, position, registration });
            rows.erasable.fingerprints.push(FingerprintRow { case_number: number, position, fingerprint });
        }
        if let Some((agency, reference, turn)) = item.reference.take() {
            let (agency, reference) = (agency.code().to_owned(), reference.to_string());
            rows.erasable.references.push(ReferenceRow { agency, reference, case_number: number, position, turn });
        }
        log.push(ChangeRow { position, case_number: Some(number), subject: item.entry.event.code() });
    }
    let rows_of_heads = heads.iter().filter_map(|head| {
        let number = numbers.get(&head.case.id)?;
        Some((head, CaseRow::of(head.case, *number, head.person.clone(), settings)))
    });
    let (moved, opened): (Vec<_>, Vec<_>) = rows_of_heads.partition(|(head, _)| head.number.is_some());
    let mut opened: Vec<CaseRow> = opened.into_iter().map(|(_, row)| row).collect();
    // A person may leave one case (it ends, or loses the identity) and have another opened in one unit, and never has two open
    // ones in between.
    let holds = |row: &CaseRow| row.state == OPEN && row.person.is_some();
    let holding: HashSet<Vec<u8>> = opened
        .iter()
        .chain(moved.iter().map(|(_, row)| row))
        .filter(|row| holds(row))
        .filter_map(|row| row.person.clone())
        .collect();
    let erased: HashSet<CaseId> =
        staged.iter().filter(|item| super::erase::reason(&item.entry.event).is_some()).map(|item| item.case).collect();
    let leaves = |head: &Head<'_>, row: &CaseRow| {
        let held = head.person.as_ref().is_some_and(|person| holding.contains(person));
        // Whose a case was that lost its identity is not told here any more.
        !holds(row) && (held || erased.contains(&head.case.id))
    };
    let (left, moved): (Vec<_>, Vec<_>) = moved.into_iter().partition(|(head, row)| leaves(head, row));
    let rows_alone = |all: Vec<(&Head<'_>, CaseRow)>| all.into_iter().map(|(_, row)| row).collect::<Vec<_>>();
    link.update_heads(&rows_alone(left))?;
    let moved = rows_alone(moved);
    opened.sort_by_key(holds);
    insert_together!(
        link,
        &moved,
        [
            new.people,
            new.keys,
            new.lookups,
            log,
            opened,
            rows.registrations,
            rows.erasable.subjects,
            rows.erasable.answers,
            rows.meetings,
            rows.erasable.consents,
            rows.offices,
            rows.erasable.handlers,
            rows.erasable.references,
            rows.erasable.texts,
            rows.client_references,
            rows.erasable.fingerprints,
            logged.rows,
            logged.subjects,
            logged.queries,
        ]
    );
    let forgotten = super::erase::erase_staged(link, staged, &numbers)?;
    Ok((numbers, forgotten))
}

#[derive(Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct ChangeRow {
    position: i64,
    case_number: Option<i64>,
    subject: &'static str,
}

columns!(ChangeRow of changes: position, case_number, subject);
