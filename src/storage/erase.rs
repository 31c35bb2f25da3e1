//! Taking identity away, in the transaction in which that is registered: first a row in the table of erasures, then what
//! it names.
//!
//! Never here: whether it may be done, and the journal outside the database ([`super::erasures`]).

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::append::Staged;
use super::cases::{FELREGISTRERING, day_number};
use super::dialect::Link;
use super::error::StorageError;
use super::journal::{AnswerRow, HandlerRow, Loaded, Selection, SubjectRow, load, micros};
use super::persons;
use super::schema::{
    answers, case_handlers, case_references, case_subjects, cases, client_references, consents, erasures, fingerprints,
    reason_texts, registrations,
};
use crate::domain::age;
use crate::domain::answers::{QUESTIONS, Question, REMOVED_EMPLOYER};
use crate::domain::code::{CaseId, REMOVED_HANDLER};
use crate::domain::command::Registrar;
use crate::domain::journal::Event;

/// Protection: the case is anonymous from then on.
pub const PROTECTION: &str = "protection";
/// Withdrawal or retention: the case counts as before.
pub const REMOVAL: &str = "removal";

/// Retention: what no figure needs is gone.
pub const COARSENING: &str = "coarsening";
/// Retention: the whole case is gone.
pub const DELETION: &str = "deletion";

#[derive(Insertable)]
#[diesel(table_name = erasures, treat_none_as_default_value = false)]
struct ErasureRow {
    position: i64,
    case_number: i64,
    person: Option<Vec<u8>>,
    reason: &'static str,
    erased_at: i64,
}

/// A person who was erased.
pub struct Forgotten {
    /// By whom.
    pub by: Registrar,
    /// Under which hashes searches for the person were logged.
    pub hashes: Vec<Vec<u8>>,
}

/// Why an event takes identity away, if it does.
#[must_use]
pub const fn reason(event: &Event) -> Option<&'static str> {
    match event {
        Event::Protection { .. } => Some(PROTECTION),
        Event::Removal { .. } => Some(REMOVAL),
        Event::Coarsening { .. } => Some(COARSENING),
        _ => None,
    }
}

/// Erases what the staged entries take away.
///
/// # Errors
/// When the database fails.
pub(super) fn erase_staged(
    link: &mut Link<'_>,
    staged: &mut [Staged],
    numbers: &HashMap<CaseId, i64>,
) -> Result<Vec<Forgotten>, StorageError> {
    let (mut forgotten, mut gone) = (Vec::new(), Vec::new());
    for item in staged.iter_mut() {
        let (Some(reason), Some(number)) = (reason(&item.entry.event), numbers.get(&item.case).copied()) else {
            continue;
        };
        if let Some(person) = &item.erased
            && has_cases(link, person)?
        {
            // Of somebody who is there still, nothing may tell whose the case was.
            item.erased = None;
        }
        let row = ErasureRow {
            position: item.entry.position.0,
            case_number: number,
            person: item.erased.clone(),
            reason,
            erased_at: micros(item.entry.known_from),
        };
        let rows = [row];
        insert_rows!(link, erasures::table, &rows);
        match reason {
            PROTECTION => anonymise(link, number)?,
            COARSENING => coarsen(link, number)?,
            _ => remove_identity(link, number)?,
        }
        gone.push(number);
        if let Some(person) = &item.erased {
            let hashes = erase_traces(link, person)?;
            forgotten.push(Forgotten { by: item.entry.by.clone(), hashes });
        }
    }
    if !gone.is_empty() {
        super::receipts::empty_for(link, &gone)?;
        super::slack::erased(link)?;
    }
    Ok(forgotten)
}

/// Takes the case's references from those registered in error that had them before: else they would lead from there to the
/// case.
fn erase_references_in_error(link: &mut Link<'_>, number: i64) -> Result<(), StorageError> {
    let own: Vec<(String, String)> = each!(link, c => case_references::table
        .filter(case_references::case_number.eq(number))
        .select((case_references::agency, case_references::reference))
        .load(c))?;
    for (agency, reference) in own {
        let others: Vec<i64> = each!(link, c => case_references::table
            .filter(case_references::agency.eq(&agency).and(case_references::reference.eq(&reference)))
            .filter(case_references::case_number.ne(number))
            .select(case_references::case_number)
            .load(c))?;
        let in_error: Vec<i64> = each!(link, c => cases::table
            .filter(cases::number.eq_any(&others).and(cases::state.eq(FELREGISTRERING)))
            .select(cases::number)
            .load(c))?;
        each!(link, c => diesel::delete(case_references::table
            .filter(case_references::agency.eq(&agency).and(case_references::reference.eq(&reference)))
            .filter(case_references::case_number.eq_any(&in_error)))
            .execute(c))?;
    }
    Ok(())
}

/// What both take away: references, fingerprints of what was sent, and free text.
fn erase_common(link: &mut Link<'_>, number: i64) -> Result<(), StorageError> {
    erase_references_in_error(link, number)?;
    each!(link, c => diesel::delete(case_references::table.filter(case_references::case_number.eq(number))).execute(c))?;
    each!(link, c => diesel::delete(fingerprints::table.filter(fingerprints::case_number.eq(number))).execute(c))?;
    each!(link, c => diesel::delete(reason_texts::table.filter(reason_texts::case_number.eq(number))).execute(c))?;
    Ok(())
}

fn anonymise(link: &mut Link<'_>, number: i64) -> Result<(), StorageError> {
    let kept: Vec<&str> =
        QUESTIONS.iter().map(|q| q.question).filter(|q| q.allowed_when_anonymous()).map(Question::code).collect();
    each!(link, c => diesel::delete(case_subjects::table.filter(case_subjects::case_number.eq(number))).execute(c))?;
    each!(link, c => diesel::delete(answers::table
        .filter(answers::case_number.eq(number))
        .filter(answers::question.ne_all(&kept)))
        .execute(c))?;
    each!(link, c => diesel::delete(consents::table.filter(consents::case_number.eq(number))).execute(c))?;
    erase_common(link, number)
}

/// The birth date becomes one that says no more than the age bands that any figure counted the case in; stadsdel goes.
fn remove_identity(link: &mut Link<'_>, number: i64) -> Result<(), StorageError> {
    let loaded = load(link, Selection::Numbers(&[number]))?;
    let begun = loaded.first().map(days_begun).transpose()?.unwrap_or_default();
    let mut subjects: Vec<SubjectRow> = each!(link, c => case_subjects::table
        .filter(case_subjects::case_number.eq(number))
        .select(SubjectRow::as_select())
        .load(c))?;
    each!(link, c => diesel::delete(case_subjects::table.filter(case_subjects::case_number.eq(number))).execute(c))?;
    for row in &mut subjects {
        let birth = row.birth.map(super::cases::day_of);
        row.birth = birth.and_then(|birth| age::coarse(birth, &begun)).map(day_number);
        row.district = None;
    }
    insert_rows!(link, case_subjects::table, &subjects);
    remove_handlers(link, number)?;
    erase_common(link, number)
}

/// Of a handläggare it stays that there was one.
fn remove_handlers(link: &mut Link<'_>, number: i64) -> Result<(), StorageError> {
    let mut handlers: Vec<HandlerRow> = each!(link, c => case_handlers::table
        .filter(case_handlers::case_number.eq(number))
        .select(HandlerRow::as_select())
        .load(c))?;
    each!(link, c => diesel::delete(case_handlers::table.filter(case_handlers::case_number.eq(number))).execute(c))?;
    for row in &mut handlers {
        row.handler = row.handler.take().map(|_| REMOVED_HANDLER.to_owned());
    }
    insert_rows!(link, case_handlers::table, &handlers);
    Ok(())
}

/// What no figure needs: the employer but not that one was given, the local definition of an insats, under which reference of a
/// client's something was sent, and who registered it.
fn coarsen(link: &mut Link<'_>, number: i64) -> Result<(), StorageError> {
    let employer = Question::Arbetsgivare.code();
    let mut given: Vec<AnswerRow> = each!(link, c => answers::table
        .filter(answers::case_number.eq(number))
        .filter(answers::question.eq(employer))
        .select(AnswerRow::as_select())
        .load(c))?;
    each!(link, c => diesel::delete(answers::table
        .filter(answers::case_number.eq(number))
        .filter(answers::question.eq_any([employer, Question::Insats.code()])))
        .execute(c))?;
    given.iter_mut().for_each(|row| REMOVED_EMPLOYER.clone_into(&mut row.value));
    insert_rows!(link, answers::table, &given);
    each!(link, c => diesel::delete(client_references::table.filter(client_references::case_number.eq(number)))
        .execute(c))?;
    each!(link, c => diesel::update(registrations::table
        .filter(registrations::case_number.eq(number))
        .filter(registrations::handler.is_not_null()))
        .set(registrations::handler.eq(REMOVED_HANDLER))
        .execute(c))?;
    remove_handlers(link, number)?;
    erase_common(link, number)
}

/// On which days the case began, by any state of it that was ever known.
fn days_begun(loaded: &Loaded) -> Result<Vec<NaiveDate>, StorageError> {
    let mut days = Vec::new();
    for count in 1..=loaded.entries.len() {
        days.push(loaded.case_after(count)?.begun());
    }
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

/// Whether a case stands under a person's identity.
pub(super) fn has_cases(link: &mut Link<'_>, person: &[u8]) -> Result<bool, StorageError> {
    let cases: i64 = each!(link, c => cases::table.filter(cases::person.eq(person)).count().get_result(c))?;
    Ok(cases > 0)
}

/// Everything that leads to a person goes too, unless another case of the same person still stands under that identity.
/// Returns the hashes that searches for the person were logged under.
pub(super) fn erase_traces(link: &mut Link<'_>, person: &[u8]) -> Result<Vec<Vec<u8>>, StorageError> {
    if has_cases(link, person)? {
        return Ok(Vec::new());
    }
    let hashes = persons::hashes_of(link, person)?;
    persons::erase(link, person)?;
    Ok(hashes)
}
