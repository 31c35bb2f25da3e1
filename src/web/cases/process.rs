//! The process picture: where in the process a case stands, and who registers at each place.

use super::words::{Words, filled};
use crate::domain::case::Case;
use crate::domain::due;
use crate::domain::step::{Agency, StepKind};

/// A place of the process, wider than a step: both kinds of insats are one place, and all endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Request,
    Mapping,
    Planned,
    Insats,
    Ending,
}

const PLACES: [Place; 5] = [Place::Request, Place::Mapping, Place::Planned, Place::Insats, Place::Ending];

const fn place_of(kind: StepKind) -> Place {
    match kind {
        StepKind::Begaran => Place::Request,
        StepKind::Gk => Place::Mapping,
        StepKind::PlaneradAfi | StepKind::PlaneradAli => Place::Planned,
        StepKind::Afi | StepKind::Ali => Place::Insats,
        StepKind::KonsultativtStod | StepKind::Avslutat | StepKind::Avbrutet => Place::Ending,
    }
}

/// A place as the picture shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub name: &'static str,
    /// `done`, `here`, `ahead` or `skipped`: the class it is drawn by.
    pub class: &'static str,
    /// The same in a word.
    pub state: &'static str,
    /// Who registers it, or whose turn it is where the case stands.
    pub who: String,
    pub is_here: bool,
}

/// The picture of a case.
pub(super) fn picture(case: &Case, words: &Words<'_>) -> Vec<Shown> {
    let here = place_of(case.current().kind);
    let been = |place: Place| case.steps.iter().any(|step| place_of(step.kind) == place);
    PLACES
        .into_iter()
        .map(|place| {
            let is_here = place == here;
            let (class, state) = match place {
                _ if is_here => ("here", words.t.place_here),
                _ if been(place) => ("done", words.t.place_done),
                _ if place < here => ("skipped", words.t.place_skipped),
                _ => ("ahead", words.t.place_ahead),
            };
            Shown { name: name(place, words), class, state, who: who(place, case, words), is_here }
        })
        .collect()
}

fn name(place: Place, words: &Words<'_>) -> &'static str {
    match place {
        Place::Request => words.t.place_request,
        Place::Mapping => words.t.place_mapping,
        Place::Planned => words.t.place_planned,
        Place::Insats => words.t.place_insats,
        Place::Ending => words.t.place_ending,
    }
}

/// Försäkringskassan registers up to and including the planned insats, then Arbetsförmedlingen; the ending is registered by
/// whoever owns the case by then.
fn who(place: Place, case: &Case, words: &Words<'_>) -> String {
    let owner = match place {
        Place::Request | Place::Mapping => Agency::Fk,
        Place::Planned => case.steps.iter().find(|s| s.kind.is_planned()).map_or(Agency::Fk, |s| s.agency),
        Place::Insats => Agency::Af,
        Place::Ending => match case.ending() {
            Some(ending) => ending.agency,
            None => due::owner_after(case.current().kind).unwrap_or(Agency::Fk),
        },
    };
    filled(words.t.place_by, &[("agency", owner.name())])
}
