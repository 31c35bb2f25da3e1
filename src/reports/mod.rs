//! The reports room: the cases as columns in memory, and every figure.
//!
//! **Lives here:** what each report says ([`catalogue`], from `reports/*.toml`), what was asked for ([`request`]), the
//! columns ([`facts`], [`refresh`]), the figures ([`baspaket`]), the one door that every answer passes
//! ([`disclosure`]) and the forms it may take ([`render`]). Beside them, the cases themselves without identity
//! ([`export`]). polars is known here and nowhere else.
//!
//! **Never here:** SQL, HTTP, the clock, the environment, or a rule about what may be registered.
//!
//! Reading order: [`request`] and [`selection`] (who is counted), [`plain`] (the definitions as a plain loop, easiest
//! to read and the oracle of the rest), `observations` (the same definitions as rows), [`facts`], `tally`, `kept`, [`pull()`].
//! The other reports: [`forms`] (their parts), [`variables`] (what is selected and split by), `oracle` (their definitions
//! as a plain loop), `classes` (who is in which cell of the splits) and `counting` (the same in columns). [`quality`]: how good
//! the registrations are, and the cases behind.
//!
//! # Where the definitions left something open
//! * **Levels.** Every answer has the levels `urval` and `riket`, also for riket itself, where they are alike. `lan:NN`
//!   stands between them when all kommuner that the selection serves lie in one län, and counts everyone
//!   folkbokförd there.
//! * **Totals.** Every dimension has `samtliga`, also where the codes are alternatives (then the share is 1), but not
//!   `fran`, whose two codes measure the same case twice.
//! * **Areas, offices and steering groups** are those of the register as known with the report: up to the position it
//!   counts to, on its instant. So a report is the same for ever, and a group that changes its members changes later
//!   reports only. Before any were loaded each entry counts as it was when it was loaded first, also where they came piece
//!   by piece. A steering group also counts what happened before it was formed.
//! * **Anonymous** cases are counted in a footnote: those with at least a day in the period, or an ending in it, at
//!   offices of the selection. They have no kommun, so none is counted for a kommun or a län.
//! * **Removed** identities count as before. A case without kommun counts in riket and at its offices.
//! * **Disclosure.** Noise follows from the record keys of the cases counted ([`Facts::record_key`]), so every cell is a
//!   [`cube::Tally`] or has one; a person with two cases has two keys.
//! * **Arbete eller studier** is not known where one of the two questions is unanswered. **Ökat** needs both shares.
//! * **Förmåner**: asked and answered with nothing counts as `ingen`.
//! * **Deltagarrapport, baspaket as a type**: the baspaket itself, which selects and splits by the variables of open cases.
//! * **Flaskhalsar**: waiting is the time in the request, joint mapping and a planned insats, from the day each was entered,
//!   whatever office it was at then; the months beside each other end with that of the period's last day. Who waits is told on that day, or on the
//!   day the figures are known on where it comes first: nobody has waited longer (version 1 counted on).
//! * **Tider**: every ended case is one, however it ended; percentiles by nearest rank.
//! * **Utfall av GK**: `gk → avslutat` with an answer that belongs to another step counts as `uppgift_saknas`.

mod abreast;
pub mod baspaket;
pub mod catalogue;
mod classes;
mod counting;
pub mod cube;
mod definition;
mod deleted;
pub mod difference;
pub mod disclosure;
pub mod export;
pub mod facts;
pub mod follow;
pub mod forms;
mod frame;
pub mod geography;
mod grid;
mod kept;
mod observations;
mod places;
pub mod plain;
mod profiles;
mod pull;
pub mod quality;
mod reading;
pub mod refresh;
pub mod render;
pub mod report;
pub mod request;
pub mod request_error;
pub mod saved;
pub mod selection;
mod spent;
mod split;
pub mod stored;
mod tally;
mod tidying;
pub mod times;
pub mod variables;

#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod properties;

pub use facts::{CaseKey, Facts, FactsBuilder};
pub use pull::{PullError, pull};
pub use report::Report;
pub use request::{Geography, Lang, Period, Request};
