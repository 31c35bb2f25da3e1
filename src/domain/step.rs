//! The steps of a case and the table of allowed transitions with their owners.
//!
//! Lives here: the table, as data. Never here: dates, answers, or who is allowed to log in.

use std::fmt;

/// An agency that registers. The model leaves room for kommun and region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agency {
    /// Försäkringskassan.
    Fk,
    /// Arbetsförmedlingen.
    Af,
}

impl Agency {
    /// Both, FK first.
    pub const ALL: [Self; 2] = [Self::Fk, Self::Af];

    /// `FK` or `AF`, as on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fk => "FK",
            Self::Af => "AF",
        }
    }

    /// Its name, in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fk => "Försäkringskassan",
            Self::Af => "Arbetsförmedlingen",
        }
    }

    /// The agency of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.code() == code)
    }

    /// The one that cooperates with this one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Fk => Self::Af,
            Self::Af => Self::Fk,
        }
    }
}

impl fmt::Display for Agency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What kind of state a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// The person waits for something (i väntan).
    Waiting,
    /// Something is going on (aktuell).
    Activity,
    /// The cooperation has ended.
    Ending,
}

/// A step of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// Begäran om gemensam kartläggning.
    Begaran,
    /// Gemensam kartläggning.
    Gk,
    /// Planerad arbetsförberedande insats.
    PlaneradAfi,
    /// Planerad arbetslivsinriktad insats.
    PlaneradAli,
    /// Arbetsförberedande insats.
    Afi,
    /// Arbetslivsinriktad insats.
    Ali,
    /// Konsultativt stöd till arbetsgivaren.
    KonsultativtStod,
    /// Avslutat samarbete.
    Avslutat,
    /// Avbrutet samarbete.
    Avbrutet,
}

use Agency::{Af, Fk};
use StepKind::{Afi, Ali, Avbrutet, Avslutat, Begaran, Gk, KonsultativtStod, PlaneradAfi, PlaneradAli};

impl StepKind {
    /// All nine, in the order of the process.
    pub const ALL: [Self; 9] = [Begaran, Gk, PlaneradAfi, PlaneradAli, Afi, Ali, KonsultativtStod, Avslutat, Avbrutet];

    /// The code on the wire and in storage.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Begaran => "begaran",
            Gk => "gk",
            PlaneradAfi => "planerad_afi",
            PlaneradAli => "planerad_ali",
            Afi => "afi",
            Ali => "ali",
            KonsultativtStod => "konsultativt_stod",
            Avslutat => "avslutat",
            Avbrutet => "avbrutet",
        }
    }

    /// The step of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// Swedish label.
    #[must_use]
    pub const fn label_sv(self) -> &'static str {
        match self {
            Begaran => "Begäran om gemensam kartläggning",
            Gk => "Gemensam kartläggning",
            PlaneradAfi => "Planerad arbetsförberedande insats",
            PlaneradAli => "Planerad arbetslivsinriktad insats",
            Afi => "Arbetsförberedande insats",
            Ali => "Arbetslivsinriktad insats",
            KonsultativtStod => "Konsultativt stöd till arbetsgivaren",
            Avslutat => "Avslutat samarbete",
            Avbrutet => "Avbrutet samarbete",
        }
    }

    /// English label.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Begaran => "Request for joint mapping",
            Gk => "Joint mapping",
            PlaneradAfi => "Planned work-preparing measure",
            PlaneradAli => "Planned work-oriented measure",
            Afi => "Work-preparing measure",
            Ali => "Work-oriented measure",
            KonsultativtStod => "Advisory support to the employer",
            Avslutat => "Cooperation concluded",
            Avbrutet => "Cooperation broken off",
        }
    }

    /// Waiting, activity or ending.
    #[must_use]
    pub const fn form(self) -> Form {
        match self {
            Begaran | PlaneradAfi | PlaneradAli => Form::Waiting,
            Gk | Afi | Ali => Form::Activity,
            KonsultativtStod | Avslutat | Avbrutet => Form::Ending,
        }
    }

    /// Whether the step ends the case.
    #[must_use]
    pub const fn is_ending(self) -> bool {
        matches!(self.form(), Form::Ending)
    }

    /// Whether it is an insats that has started ("aktiv insats").
    #[must_use]
    pub const fn is_insats(self) -> bool {
        matches!(self, Afi | Ali)
    }

    /// Whether it is a planned insats.
    #[must_use]
    pub const fn is_planned(self) -> bool {
        matches!(self, PlaneradAfi | PlaneradAli)
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One allowed cell of the table: who owns the registration of `to` in a case that stands at `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Where the case stands; `None` before the request.
    pub from: Option<StepKind>,
    /// What is registered.
    pub to: StepKind,
    /// The agency that owns the registration.
    pub owner: Agency,
}

const fn cell(from: StepKind, to: StepKind, owner: Agency) -> Transition {
    Transition { from: Some(from), to, owner }
}

/// The whole table. FK owns everything up to and including the planned insats that follows GK, then AF.
pub const TRANSITIONS: [Transition; 29] = [
    Transition { from: None, to: Begaran, owner: Fk },
    cell(Begaran, Gk, Fk),
    cell(Begaran, Avslutat, Fk),
    cell(Begaran, Avbrutet, Fk),
    cell(Gk, PlaneradAfi, Fk),
    cell(Gk, PlaneradAli, Fk),
    cell(Gk, KonsultativtStod, Fk),
    cell(Gk, Avslutat, Fk),
    cell(Gk, Avbrutet, Fk),
    cell(PlaneradAfi, PlaneradAli, Af),
    cell(PlaneradAfi, Afi, Af),
    cell(PlaneradAfi, Ali, Af),
    cell(PlaneradAfi, Avslutat, Af),
    cell(PlaneradAfi, Avbrutet, Af),
    cell(PlaneradAli, PlaneradAfi, Af),
    cell(PlaneradAli, Afi, Af),
    cell(PlaneradAli, Ali, Af),
    cell(PlaneradAli, Avslutat, Af),
    cell(PlaneradAli, Avbrutet, Af),
    cell(Afi, PlaneradAfi, Af),
    cell(Afi, PlaneradAli, Af),
    cell(Afi, Ali, Af),
    cell(Afi, Avslutat, Af),
    cell(Afi, Avbrutet, Af),
    cell(Ali, PlaneradAfi, Af),
    cell(Ali, PlaneradAli, Af),
    cell(Ali, Afi, Af),
    cell(Ali, Avslutat, Af),
    cell(Ali, Avbrutet, Af),
];

/// The owner of the registration `to` in a case that stands at `from`; `None` when the table forbids it.
#[must_use]
pub fn owner(from: Option<StepKind>, to: StepKind) -> Option<Agency> {
    TRANSITIONS.iter().find(|t| t.from == from && t.to == to).map(|t| t.owner)
}

/// The steps that may follow `from`, with their owner, in the order of the table.
pub fn next(from: Option<StepKind>) -> impl Iterator<Item = Transition> {
    TRANSITIONS.into_iter().filter(move |t| t.from == from)
}
