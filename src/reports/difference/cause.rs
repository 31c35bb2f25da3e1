//! Why a figure changed: the causes, their words from `reports/difference.toml`, and which cause an entry of a journal
//! is.

use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::domain::answers::Question;
use crate::domain::command::CorrectionKind;
use crate::domain::journal::{Entry, Event};
use crate::domain::step::StepKind;
use crate::reports::catalogue::Text;

macro_rules! causes {
    ($($(#[$doc:meta])* $variant:ident $code:literal;)*) => {
        /// Why a figure changed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Cause { $($(#[$doc])* $variant),* }

        impl Cause {
            /// All causes, in the order in which they are told.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code on the wire.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }
        }
    };
}

causes! {
    /// A step that happened after the earlier instant.
    New "ny_registrering";
    /// A step that had happened by then, but was registered later.
    Late "sen_registrering";
    /// A question answered late.
    LateAnswer "sent_svar";
    /// A correction.
    Correction "rattelse";
    /// Marked as registered in error, or no longer so.
    Felregistrering "felregistrering";
    /// The consent was withdrawn.
    Withdrawal "atertaget_samtycke";
    /// The identity was taken away.
    Anonymised "anonymiserad";
    /// The case changed offices.
    Offices "kontorsbyte";
    /// The same cases on a later day.
    Time "tid_gatt";
    /// The same cases by another register.
    Register "register_andrat";
}

impl Cause {
    /// The cause that an entry is; `day` is the Swedish day of the earlier instant.
    #[must_use]
    pub fn of(entry: &Entry, day: NaiveDate) -> Self {
        match &entry.event {
            Event::Step { kind: StepKind::Avbrutet, answers, .. }
                if answers.code(Question::Orsak) == Some("atertaget_samtycke") =>
            {
                Self::Withdrawal
            }
            Event::Step { date, .. } if *date > day => Self::New,
            Event::Step { .. } => Self::Late,
            // A reference counts in no figure, and what retention leaves as before.
            Event::Answers { .. } | Event::Reference { .. } | Event::Removal { .. } | Event::Coarsening { .. } => {
                Self::LateAnswer
            }
            Event::Withdrawal { .. } => Self::Withdrawal,
            Event::Protection { .. } => Self::Anonymised,
            // Nor does a handläggare.
            Event::Offices { .. } | Event::Handlers { .. } => Self::Offices,
            Event::Correction(correction) => match correction.kind {
                CorrectionKind::Felregistrering { .. } | CorrectionKind::UndoFelregistrering => Self::Felregistrering,
                _ => Self::Correction,
            },
        }
    }
}

/// A cause in words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Its code.
    pub code: String,
    /// Its label.
    pub label: Text,
    /// What it means.
    pub definition: Text,
}

/// All the words of a difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// The causes, in the order of [`Cause::ALL`].
    pub causes: Vec<Words>,
    /// What to bear in mind.
    pub footnotes: Vec<Text>,
    /// And where figures have noise.
    pub with_noise: Vec<Text>,
}

/// The embedded words. A test demands that they can be read and name every cause.
pub fn texts() -> &'static Texts {
    static TEXTS: OnceLock<Texts> = OnceLock::new();
    TEXTS.get_or_init(|| toml::from_str(include_str!("../../../reports/difference.toml")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_words() {
        assert!(texts().causes.iter().map(|c| c.code.as_str()).eq(Cause::ALL.iter().map(|c| c.code())));
    }
}
