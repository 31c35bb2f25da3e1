//! What a row tells of its registration, packed above the parts of its key, so that it costs no memory: how late, by
//! whom, on whose behalf, what is unanswered, and when the next registration was due.
//!
//! Never here: which of it a part counts.

use crate::domain::answers::expects_any;
use crate::domain::case::{Case, Made};
use crate::domain::command::CorrectionKind;
use crate::domain::dates::swedish_day;
use crate::domain::step::Agency;

/// Bits 12–14: how late, as the place in [`bands`](super::parts::DROJSMAL).
const BAND: u32 = 12;
/// Bit 15: registered by AF.
const BY_AF: u32 = 15;
/// Bit 16: registered on the other agency's behalf.
const ON_BEHALF: u32 = 16;
/// Bits 17–18: nothing asked, all answered, something missing.
const ANSWERS: u32 = 17;
/// Bits 20–31: days from the row's day to the due day, and [`BEFORE`] more.
const DUE: u32 = 20;
/// An office may change when the next step is overdue already. Further back than this says the same: more than 90 days.
const BEFORE: i32 = 128;
/// Lead times are 3 660 days at most, and booked meetings lie no further ahead; beyond this nothing is overdue.
const LONGEST: i32 = (1 << (32 - DUE)) - 1;

/// The band of a registration made this many days after its event.
pub(super) const fn band(days: i64) -> u32 {
    match days {
        ..0 => 0,
        0 => 1,
        1..=3 => 2,
        4..=6 => 3,
        7..=10 => 4,
        11.. => 5,
    }
}

/// What a step's registration is like, as bits of a key.
pub(in crate::reports) fn registration(case: &Case, index: usize) -> u32 {
    let step = &case.steps[index];
    let from = case.before(index).map(|s| s.kind);
    let days = (swedish_day(step.known_from) - step.date).num_days();
    let answers = match expects_any(from, step.kind) {
        false => 0,
        true if step.answers.missing(from, step.kind).next().is_none() => 1,
        true => 2,
    };
    band(days) << BAND
        | u32::from(step.agency == Agency::Af) << BY_AF
        | u32::from(step.agreement.is_some()) << ON_BEHALF
        | answers << ANSWERS
}

/// When the next registration was due, as bits of the key of a row of `day`; `None` after an ending.
pub(in crate::reports) fn due_on(due: Option<i32>, day: i32) -> u32 {
    let after = due.map_or(LONGEST, |due| due.saturating_sub(day).saturating_add(BEFORE).clamp(0, LONGEST));
    (after as u32) << DUE
}

/// A correction's kind, as the place of its code.
pub(in crate::reports) fn correction(made: &Made) -> usize {
    CorrectionKind::CODES.iter().position(|code| *code == made.kind).unwrap_or_default()
}

/// What is known of a case, a bit each: date of birth, handläggare at FK, at AF, every answer.
pub(in crate::reports) fn covered(case: &Case) -> u64 {
    let handlers = Agency::ALL.map(|agency| case.present_handler(agency).is_some());
    let all = [case.birth.is_some(), handlers[0], handlers[1], case.is_answered()];
    (0..).zip(all).map(|(bit, known)| u64::from(known) << bit).sum()
}

/// The place of a registration's band.
pub(super) const fn band_of(key: u32) -> usize {
    (key >> BAND & 7) as usize
}

/// Which agency registered: 0 FK, 1 AF.
pub(super) const fn registered_by(key: u32) -> usize {
    (key >> BY_AF & 1) as usize
}

/// Whether on the other agency's behalf.
pub(super) const fn on_behalf(key: u32) -> bool {
    key >> ON_BEHALF & 1 == 1
}

/// Whether an answer is missing; `None` where nothing was asked.
pub(super) const fn answer_missing(key: u32) -> Option<bool> {
    match key >> ANSWERS & 3 {
        0 => None,
        answers => Some(answers == 2),
    }
}

/// How many days past due it is on `measured`, by a row of `day`; none or fewer when it isn't.
pub(super) const fn days_past(key: u32, day: i32, measured: i32) -> i32 {
    let after = (key >> DUE) as i32;
    if after == LONGEST { 0 } else { measured - (day + after - BEFORE) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_begin_and_end_on_the_day_they_say() {
        let days = [-31, -1, 0, 1, 3, 4, 6, 7, 10, 11, 4000];
        assert_eq!(days.map(band), [0, 0, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn days_past_due_are_told_as_far_as_it_matters() {
        let past = |due: Option<i32>, day, measured| days_past(due_on(due, day), day, measured);
        assert_eq!((past(Some(128), 100, 128), past(Some(128), 100, 129)), (0, 1));
        // The office changed long after the due day: still more than 90 days.
        assert!(past(Some(0), 1000, 1000) > 90);
        assert_eq!(past(Some(900), 1000, 1001), 101);
        assert_eq!(past(Some(1000 + 3660), 1000, 1000 + 3661), 1);
        assert!(past(None, 1000, 90_000) <= 0);
    }
}
