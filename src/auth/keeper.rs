//! Keeps the issuers' keys fresh beside what is served: a thread that looks every few seconds whether it is time.

use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::tokens::Verifier;
use crate::background::Background;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(5);

/// Fetches all keys at once, and then whenever it is time, until dropped.
///
/// # Errors
/// When the thread can't be started.
pub fn start(verifier: Verifier, now: impl Fn() -> DateTime<Utc> + Send + 'static) -> io::Result<Background> {
    Background::start("keys", move |stopped| {
        loop {
            verifier.refresh_when_due(now());
            if stopped.within(LOOK) {
                return;
            }
        }
    })
}
