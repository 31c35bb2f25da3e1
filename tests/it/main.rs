//! The one test binary, so that the heavy dependencies are linked once. Its modules mirror what they test.

mod domain;
mod registrations;
mod support;
