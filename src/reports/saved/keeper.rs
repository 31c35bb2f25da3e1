//! The thread that has the columns ready before anyone asks, and saves them now and then and at the end.

use std::sync::Arc;
use std::time::Duration;

use crate::background::{Background, give_way};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::reports::follow::Reports;
use crate::storage::Db;

use super::NotSaved;

/// Fewer cases than this are read from their journals within half a second, and leave no file.
pub const FEWEST: usize = 10_000;

/// What the thread works with.
pub struct Parts {
    /// Whose columns.
    pub reports: Arc<Reports>,
    /// Where the journals are.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Keys.
    pub chance: Box<dyn Chance + Send>,
    /// No columns of fewer cases are saved.
    pub fewest: usize,
}

/// Has the columns made, looks `every` so often whether their file is to be written anew, and once more when it is dropped.
///
/// # Errors
/// When the system has no thread left.
pub fn start(mut parts: Parts, every: Duration) -> std::io::Result<Background> {
    Background::start("columns", move |stopped| {
        give_way();
        parts.refresh();
        while !stopped.within(every) {
            parts.refresh();
            parts.save();
        }
        // What changed since can be read at the next start, but for what was taken away: that nobody may find in a file.
        if parts.save() == Outcome::Overtaken {
            parts.refresh();
            parts.save();
        }
    })
}

/// What became of saving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Saved,
    /// It stands there already, or there is too little.
    Nothing,
    /// Something was taken away of a case meanwhile, which the columns still hold.
    Overtaken,
    Failed,
}

impl Parts {
    /// Has the columns made and saves them, once; says whether there was anything to save. What goes wrong is logged.
    #[must_use]
    pub fn save_now(mut self) -> bool {
        self.refresh();
        self.save() == Outcome::Saved
    }

    fn refresh(&self) {
        if let Err(error) = self.reports.fresh(&self.db, 0) {
            log::warn!("reports: the columns could not be made: {error}");
        }
    }

    fn save(&mut self) -> Outcome {
        match self.reports.save(&self.db, self.fewest, &mut *self.chance, self.clock.now()) {
            Ok(None) => Outcome::Nothing,
            Ok(Some(position)) => {
                log::info!("reports: the columns were saved up to position {position}");
                Outcome::Saved
            }
            Err(NotSaved::Overtaken) => {
                log::debug!("reports: the columns are saved the next time");
                Outcome::Overtaken
            }
            Err(error) => {
                log::warn!("reports: the columns could not be saved: {error}");
                Outcome::Failed
            }
        }
    }
}
