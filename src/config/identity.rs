//! Where it is said who may call.

use std::path::PathBuf;

use super::reader::Reader;

/// Issuers and logins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The file that pins issuers; none are accepted without it.
    pub auth_file: Option<PathBuf>,
}

impl Identity {
    pub(super) fn read(read: &Reader) -> Self {
        Self { auth_file: read.text("SUS_AUTH_FILE").map(PathBuf::from) }
    }
}
