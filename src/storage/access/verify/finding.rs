//! What the proof finds wrong: one code and one sentence each.

use std::fmt;

macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident $code:literal;)*) => {
        /// What is wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault { $($(#[$doc])* $variant),* }

        impl Fault {
            /// All faults.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }
        }
    };
}

faults! {
    /// Rows between others are gone.
    Removed "removed";
    /// A row is not as it was sealed, or was put in.
    Altered "altered";
    /// Rows stand at other places than they were sealed at.
    Moved "moved";
    /// The end of a chain is gone.
    CutOff "cut_off";
    /// A chain is gone, or rows stand in one that there is not.
    MissingChain "missing_chain";
    /// What a row signed was changed, or is not what is there.
    WrongSignature "wrong_signature";
    /// A field was taken away in another way than forgetting.
    Forgotten "forgotten_wrongly";
    /// Rows from before there were chains are not as they were sealed.
    Unchained "unchained_altered";
    /// The look-up tables don't agree with the log: extracts may lack rows.
    Lookup "lookup_differs";
    /// The key of a chain isn't here, so that it can't be verified.
    KeyMissing "key_missing";
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// In which chain.
    pub chain: Option<i64>,
    /// At which row of it.
    pub sequence: Option<i64>,
    /// In words.
    pub text: String,
}

impl Finding {
    /// Of the log as a whole.
    pub(super) fn log(fault: Fault, text: impl Into<String>) -> Self {
        Self { fault, chain: None, sequence: None, text: text.into() }
    }

    /// Of a chain.
    pub(super) fn chain(fault: Fault, chain: i64, text: impl Into<String>) -> Self {
        Self { fault, chain: Some(chain), sequence: None, text: text.into() }
    }

    /// Of a row.
    pub(super) fn row(fault: Fault, chain: i64, sequence: i64, text: impl Into<String>) -> Self {
        Self { fault, chain: Some(chain), sequence: Some(sequence), text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18}", self.fault.code())?;
        match (self.chain, self.sequence) {
            (Some(chain), Some(sequence)) => write!(f, "chain {chain} row {sequence}: ")?,
            (Some(chain), None) => write!(f, "chain {chain}: ")?,
            _ => {}
        }
        f.write_str(&self.text)
    }
}
