//! Keeps the issuers' keys fresh beside what is served: a thread that looks every few seconds whether it is time.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::tokens::Verifier;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(5);

/// The thread; it ends when this is dropped, after the question that is under way.
pub struct Keeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Fetches all keys at once, and then whenever it is time.
    ///
    /// # Errors
    /// When the thread can't be started.
    pub fn start(verifier: Verifier, now: impl Fn() -> DateTime<Utc> + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
            loop {
                verifier.refresh_when_due(now());
                if stopped.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
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
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("the thread that fetches keys ended abnormally");
        }
    }
}
