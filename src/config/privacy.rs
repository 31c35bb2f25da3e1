//! What can be set of keys, erasure and retention.

use std::path::{Path, PathBuf};

use super::reader::Reader;

/// Keys, erasure and retention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Privacy {
    /// Files of former master keys, which open and no longer seal.
    pub old_master_keys: Vec<PathBuf>,
}

impl Privacy {
    pub(super) fn read(read: &mut Reader, _data_dir: &Path) -> Self {
        Self { old_master_keys: read.files("SUS_OLD_MASTER_KEY_FILES") }
    }
}
