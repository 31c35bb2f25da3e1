//! The one door that every report passes before it is rendered in any form.
//!
//! Lives here: what may be shown to whom, once for all formats. Never here: how figures are counted.

mod record_keys;

pub use record_keys::RecordKeys;

use super::report::Report;

/// How figures are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// As counted.
    #[default]
    Exact,
}

impl Policy {
    /// The name in the answer.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
        }
    }
}

/// The report as the policy lets it be shown, with the policy's name in it.
#[must_use]
pub fn disclose(mut report: Report, policy: Policy) -> Report {
    match policy {
        Policy::Exact => report.disclosure = policy.code(),
    }
    report
}
