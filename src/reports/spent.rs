//! What the days of a step left or of a wait that ended were spent in, as the baspaket tells it in two parts: an activity
//! (gk, afi, ali), or a wait (in begaran, planerad_afi, planerad_ali; after which the case went on, or ended).

use std::ops::Range;

use crate::domain::step::StepKind;

/// The waits, after the three activities in the order of their part's codes: for each step in which one can end, that the
/// case went on and that it ended.
pub(super) const WAITS: Range<usize> = 3..ALL;
/// How many there are of both.
pub(super) const ALL: usize = 9;

/// Which of them a row of `Left` or `Wait` is, by its key; [`ALL`] where it is none of its own.
#[inline]
pub(super) fn of(key: u32) -> usize {
    usize::from(BY_KEY[(key >> 4 & 0xFFF) as usize])
}

/// By the three parts of a key after sex: the step left, the step to, and whether the wait has a row of its own.
static BY_KEY: [u8; 1 << 12] = {
    let waits = [StepKind::Begaran as usize, StepKind::PlaneradAfi as usize, StepKind::PlaneradAli as usize];
    let activities = [StepKind::Gk as usize, StepKind::Afi as usize, StepKind::Ali as usize];
    let mut all = [ALL as u8; 1 << 12];
    let mut to = 0;
    while to < 16 {
        let goes_on_waiting = to == waits[0] || to == waits[1] || to == waits[2];
        let ends = to >= StepKind::KonsultativtStod as usize;
        let mut which = 0;
        while which < 3 {
            all[activities[which] | to << 4] = which as u8;
            if !goes_on_waiting {
                all[waits[which] | to << 4] = (WAITS.start + which * 2 + ends as usize) as u8;
            }
            which += 1;
        }
        to += 1;
    }
    all
};
