//! What can be set of keys, erasure and retention.

use std::path::PathBuf;

use chrono::NaiveTime;

use super::reader::Reader;

/// Keys, erasure and retention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Privacy {
    /// Files of former master keys, which open and no longer seal.
    pub old_master_keys: Vec<PathBuf>,
    /// The journal of erasures, where it was named.
    pub erasure_journal: Option<PathBuf>,
    /// The rules of retention; without them nothing is taken away.
    pub retention_file: Option<PathBuf>,
    /// At which Swedish time of the day they run in the service.
    pub retention_at: Option<NaiveTime>,
}

impl Privacy {
    pub(super) fn read(read: &mut Reader) -> Self {
        Self {
            old_master_keys: read.files("SUS_OLD_MASTER_KEY_FILES"),
            retention_file: read.text("SUS_RETENTION_FILE").map(PathBuf::from),
            retention_at: read.time("SUS_RETENTION_AT"),
            erasure_journal: read.text("SUS_ERASURE_JOURNAL").map(PathBuf::from),
        }
    }
}
