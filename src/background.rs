//! A thread beside what is served, which does something now and then until it is dropped.
//!
//! Never here: what it does, and how often.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// The thread. When this is dropped it is told to end, and waited for until what is under way is done.
#[derive(Debug)]
pub struct Background {
    name: &'static str,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread waits by.
#[derive(Debug)]
pub struct Stopped(Receiver<()>);

impl Stopped {
    /// Waits for so long at most; says whether it was told to end.
    #[must_use]
    pub fn within(&self, pause: Duration) -> bool {
        self.0.recv_timeout(pause) != Err(RecvTimeoutError::Timeout)
    }
}

impl Background {
    /// Starts a thread of this name.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(name: &'static str, work: impl FnOnce(Stopped) + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = Builder::new().name(name.to_owned()).spawn(move || work(Stopped(stopped)))?;
        Ok(Self { name, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            // Nothing that was committed or answered hangs on it.
            log::error!("the thread {} ended abnormally", self.name);
        }
    }
}
