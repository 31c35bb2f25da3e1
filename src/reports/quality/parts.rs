//! The parts of `datakvalitet`: their codes and measures.
//!
//! Never here: what falls under a code (`visit`), and texts.

use crate::domain::command::CorrectionKind;
use crate::reports::baspaket::{Form, Measures};
use crate::reports::cube::Axis;

/// The id of the report.
pub const ID: &str = "datakvalitet";
/// The dimension of agencies and offices. Every part has it, second; which offices follows from the selection.
pub const ENHET: &str = "enhet";

/// A part. In the order of [`PARTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Days from event to registration.
    Aktualitet,
    /// Registrations with unanswered questions.
    SaknadeSvar,
    /// Cases whose next registration is overdue.
    Forsenade,
    /// Cases waiting for the other agency.
    Vantar,
    /// Registrations on the other agency's behalf.
    ForAnnansRakning,
    /// Corrections made.
    Rattelser,
    /// Requests without identity.
    AndelAnonyma,
    /// What is known of cases under way.
    Tackning,
}

const fn summed(name: &'static str, codes: &'static [&'static str]) -> Axis {
    Axis { name, codes, summed: true }
}

const fn own(name: &'static str, codes: &'static [&'static str]) -> Axis {
    Axis { name, codes, summed: false }
}

const UNITS: Axis = own(ENHET, &["FK", "AF", "samtliga"]);
const KON: Axis = summed("kon", &["kvinna", "man"]);

/// Days from event to registration.
pub(super) const DROJSMAL: &[&str] = &["i_forvag", "0", "1_3", "4_6", "7_10", "11_"];
/// More than so many days past due.
pub(super) const PAST_DUE: [i32; 4] = [0, 7, 30, 90];

const fn form(id: &'static str, axes: &'static [Axis]) -> Form {
    Form { id, axes, measures: Measures::Share(axes[0].name), months: 0, known: false }
}

/// A part of states: what a case is like on a day.
const fn state(id: &'static str, axes: &'static [Axis]) -> Form {
    Form { known: true, ..form(id, axes) }
}

/// The forms of the parts: the own dimension first, of which the share is.
pub const PARTS: [Form; 8] = [
    form("aktualitet", &[summed("drojsmal", DROJSMAL), UNITS, KON]),
    form("saknade_svar", &[summed("svar", &["fullstandiga", "saknas"]), UNITS, KON]),
    state("forsenade", &[own("forsenad", &["ja", "registrering", "uppfoljning", "nej", "samtliga"]), UNITS, KON]),
    state("vantar", &[own("forfallet", &["over_0", "over_7", "over_30", "over_90", "samtliga"]), UNITS, KON]),
    form("for_annans_rakning", &[summed("rakning", &["egen", "annans"]), UNITS, KON]),
    form("rattelser", &[summed("rattelse", &CorrectionKind::CODES), UNITS, KON]),
    form("andel_anonyma", &[summed("identitet", &["ej_anonymt", "anonymt"]), UNITS, KON]),
    state(
        "tackning",
        &[
            own("uppgift", &["kommun", "fodelsedatum", "handlaggare_fk", "handlaggare_af", "alla_svar", "samtliga"]),
            UNITS,
            KON,
        ],
    ),
];

impl Part {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Aktualitet,
        Self::SaknadeSvar,
        Self::Forsenade,
        Self::Vantar,
        Self::ForAnnansRakning,
        Self::Rattelser,
        Self::AndelAnonyma,
        Self::Tackning,
    ];

    /// Its form.
    #[must_use]
    pub const fn form(self) -> &'static Form {
        &PARTS[self as usize]
    }

    /// Its own dimension.
    #[must_use]
    pub const fn axis(self) -> Axis {
        self.form().axes[0]
    }

    /// The part of an id, or of a number from 1.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.form().id == name || (*part as usize + 1).to_string() == name)
    }
}
