//! `datakvalitet`: how good the registrations are that every other figure rests on – on time, complete, in the right
//! hands, corrected – by agency and office, with the cases behind each figure.
//!
//! **Lives here:** what each part counts. `bits`: what a row of the columns tells of its registration; `parts`: codes
//! and who answers for what; `visit`: the rows that a part counts; `units`: agencies and offices as a dimension;
//! `count`: figures; [`behind`]: the cases behind one. **Never here:** texts (`reports/datakvalitet.toml`), and who may
//! see which case.
//!
//! # What is counted, and why
//! * **Events** – `aktualitet`, `saknade_svar`, `for_annans_rakning` – are registrations whose *event* is dated in the
//!   period, as the chain stands: as in every other report, so that a late month looks late whenever it is pulled.
//!   Steps that were undone or superseded are not there any more, and late answers, corrections, office changes and the
//!   like are no events of this kind, on whosever behalf they were made. Lateness is whole days from the event to the Swedish
//!   day on which its registration became known; a moved step keeps its registration and is measured from its new date,
//!   so an activity may stand as dated ahead. Answers that came late count as answers: `saknade_svar` is what is missing
//!   still, as known.
//! * **Corrections** are counted on the day they became known, under the agency that made them: made is made, whatever
//!   they did to dates. A case that stands as felregistrering is in no figure, nor are its corrections.
//! * **States** – `forsenade`, `vantar`, `tackning` – are cases under way on the last day of the period, or on the day the
//!   report is known where that is earlier: nobody is overdue in the future. The chain is as known, so a step that was
//!   registered late is there from its date; pulled with `asOf` the last day, the report tells what was overdue then to
//!   those who looked. Due days are those of the step that stood then, by today's lead times and by the meetings booked.
//! * **Follow-ups.** A started insats is due for follow-up once, and no registration says that it was made. So an insats that
//!   lasts is overdue from then on, as in the list of cases; `forsenade` tells these apart from registrations that are
//!   late. In `vantar` they are counted alike.
//! * **Whose.** A registration is its agency's, at that agency's office of the event – also when made on the other's
//!   behalf. An overdue next step is its owner's; waiting is the other agency's. What is true of a whole case stands at
//!   both its offices, and once in `samtliga`.
//! * **More than N days** past due is told for N = 0, 7, 30 and 90 at once, rather than by a parameter: such figures can
//!   be compared between reports, and nobody takes a figure with noise apart day by day.
//! * **Share anonymous** is of requests dated in the period: when a consent was to be had. Anonymous cases have no
//!   kommun, so it is not applicable where the geography goes by kommun.
//! * **Coverage** is what these registrations can tell of themselves: cases under way with a kommun, a date of birth, a
//!   responsible handläggare at each agency now, and every answer. How many cooperations were never registered at all
//!   can't be known from here. Offices of the selection's register that registered nothing stand with zero.
//! * **Units.** riket is told by agency, for all its offices would be more rows than anyone reads; its areas are a split, and
//!   every other selection is told by office too.
//! * **Disclosure.** Not among the fixed tables: a case may be counted several times in a cell, so withholding 1–4 would
//!   not protect.

mod behind;
mod bits;
mod count;
mod parts;
mod units;
mod visit;

#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;

#[cfg(test)]
pub(super) use arbitrary::vary;
pub use behind::{Behind, BehindError, Cell, Counted, behind};
pub(super) use bits::{correction, covered, due_on, registration};
pub(super) use count::rows;
pub use parts::{ENHET, ID, PARTS, Part};
pub(super) use units::{Offices, Units};
