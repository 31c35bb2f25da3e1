//! The one test binary, so that the heavy dependencies are linked once. Its modules mirror what they test.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod domain;
mod registrations;
mod support;
