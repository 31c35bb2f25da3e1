//! The thread that has the columns ready before anyone asks, and saves them now and then and at the end.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

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

/// Has the columns made, and keeps their file near what is committed, until dropped; then it is written once more.
pub struct Keeper {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts, and looks `every` so often whether the file is to be written anew.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(mut parts: Parts, every: Duration) -> std::io::Result<Self> {
        let (stop, stopped) = sync_channel::<()>(1);
        let thread = std::thread::Builder::new().name("columns".to_owned()).spawn(move || {
            parts.refresh();
            loop {
                let ended = !matches!(stopped.recv_timeout(every), Err(RecvTimeoutError::Timeout));
                if !ended {
                    parts.refresh();
                }
                parts.save();
                if ended {
                    return;
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic in it lost nothing: without a file the columns are made from the journals.
            let _ = thread.join();
        }
    }
}

impl Parts {
    fn refresh(&self) {
        if let Err(error) = self.reports.fresh(&self.db, 0) {
            log::warn!("reports: the columns could not be made: {error}");
        }
    }

    fn save(&mut self) {
        match self.reports.save(&self.db, self.fewest, &mut *self.chance, self.clock.now()) {
            Ok(None) => {}
            Ok(Some(position)) => log::info!("reports: the columns were saved up to position {position}"),
            Err(NotSaved::Overtaken) => log::debug!("reports: the columns are saved the next time"),
            Err(error) => log::warn!("reports: the columns could not be saved: {error}"),
        }
    }
}
