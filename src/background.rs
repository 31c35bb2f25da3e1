//! What goes on beside what is served: a thread that does something now and then until it is dropped, and work that gives
//! way to others.
//!
//! Never here: what is done, and how often.

use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, Builder, JoinHandle};
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

    /// Whether the thread has done its work.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

/// How far the rest gives way: where the processors don't suffice, about a third of the time of one that doesn't.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

/// From now on, the calling thread and those that it starts give way to others where the processors don't suffice: who
/// registers isn't held up by who counts. Only where the system knows threads of different priority, which is Linux.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICE) {
        log::debug!("a thread keeps its priority: {error}");
    }
}

/// Does something on a thread of its own, which gives way to others.
pub fn giving_way<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let done = thread::scope(|scope| {
        let work = || {
            give_way();
            work()
        };
        scope.spawn(work).join()
    });
    // As if it had been done on this thread.
    done.unwrap_or_else(|panic| resume_unwind(panic))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_gives_way_does_so_with_its_own_threads_and_nobody_else() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let before = priority();
        let (own, started) = giving_way(|| (priority(), thread::spawn(priority).join().unwrap()));
        let lower = (before + NICE).min(19);
        assert_eq!((own, started, priority()), (lower, lower, before));
    }

    #[test]
    fn what_stops_there_stops_here() {
        let stopped = std::panic::catch_unwind(|| giving_way(|| std::panic::panic_any(17)));
        assert_eq!(stopped.unwrap_err().downcast_ref(), Some(&17));
    }
}
