//! What can be set of keys, erasure and retention.

use std::path::PathBuf;

use super::reader::Reader;

/// Keys, erasure and retention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Privacy {
    /// Files of former master keys, which open and no longer seal.
    pub old_master_keys: Vec<PathBuf>,
    /// The journal of erasures, where it was named.
    pub erasure_journal: Option<PathBuf>,
}

impl Privacy {
    pub(super) fn read(read: &mut Reader) -> Self {
        Self {
            old_master_keys: read.files("SUS_OLD_MASTER_KEY_FILES"),
            erasure_journal: read.text("SUS_ERASURE_JOURNAL").map(PathBuf::from),
        }
    }
}
