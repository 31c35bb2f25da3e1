//! The small words that identify things: ids and codes, each parsed once at the door.
//!
//! Never here: what the things are.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use super::shape::{self, Shape};

/// Why a text is no code of the wanted kind. Says what would be right, never what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACode {
    /// What the text should look like.
    pub expected: Shape,
}

/// Stands where a handläggare stood whose name went with the identity of a case.
pub const REMOVED_HANDLER: &str = "borttagen";

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $max:literal, $expected:expr, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// What a valid value looks like.
            pub const EXPECTED: Shape = $expected;

            /// The only way to have the value.
            ///
            /// # Errors
            /// [`NotACode`] when the text is empty, too long or holds other characters than allowed.
            pub fn parse(text: &str) -> Result<Self, NotACode> {
                let valid: fn(&str) -> bool = $valid;
                if text.is_empty() || text.chars().count() > $max || !valid(text) {
                    return Err(NotACode { expected: $expected });
                }
                Ok(Self(Arc::from(text)))
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn printable(text: &str) -> bool {
    text.trim() == text && text.chars().all(|c| !c.is_control())
}

fn digits(text: &str, n: usize) -> bool {
    text.len() == n && text.bytes().all(|b| b.is_ascii_digit())
}

code!(
    /// An office of one agency, such as `FK-GAVLE`.
    OfficeCode, 40, shape::PLAIN_40, plain
);
code!(
    /// An area of one agency (FK: verksamhetsområde, AF: marknadsområde).
    AreaCode, 40, shape::PLAIN_40, plain
);
code!(
    /// A steering group (styrgrupp).
    SteeringGroupCode, 40, shape::PLAIN_40, plain
);
code!(
    /// A handläggare or arbetsförmedlare, by the agency's own user id – never a personnummer.
    HandlerId, 40, shape::PLAIN_40, plain
);
code!(
    /// A local agreement (lokal överenskommelse).
    AgreementId, 40, shape::PLAIN_40, plain
);
code!(
    /// A defined insats in the register of definitions.
    InsatsCode, 40, shape::PLAIN_40, plain
);
code!(
    /// A machine or person that posts, as the token names it.
    ClientId, 80, shape::PLAIN_80, plain
);
code!(
    /// The client's own reference of one registration; unique per client for ever.
    ClientReference, 100, shape::PRINTABLE_100, printable
);
code!(
    /// An agency's own number of a case.
    CaseReference, 100, shape::PRINTABLE_100, printable
);
code!(
    /// A version of the consent form.
    ConsentForm, 40, shape::PLAIN_40, plain
);
code!(
    /// Why something is corrected, in a code of the client's choice such as `fel_datum`: no free text.
    ReasonCode, 60, shape::PLAIN_60, plain
);
code!(
    /// A part of a kommun (stadsdel).
    District, 40, shape::PRINTABLE_40, printable
);
code!(
    /// A kommun by SCB's four digits; always a string, as `0114` begins with a zero.
    MunicipalityCode, 4, shape::FOUR_DIGITS, |t| digits(t, 4)
);
code!(
    /// A län by SCB's two digits; `00` is Riket.
    CountyCode, 2, shape::TWO_DIGITS, |t| digits(t, 2)
);

impl MunicipalityCode {
    /// The län that the kommun lies in: its first two digits.
    #[must_use]
    pub fn county(&self) -> CountyCode {
        CountyCode(Arc::from(&self.0[..2]))
    }
}

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

public_id!(
    /// A case's public id (UUIDv7).
    CaseId
);
public_id!(
    /// A registration's public id (UUIDv7).
    RegistrationId
);

/// A place in the one order of everything that was committed: dense, from 1, in commit order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub i64);
