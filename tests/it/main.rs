//! One test binary, so that polars is linked once. The tree mirrors the rooms and the URLs.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod cli;
mod domain;
mod http;
mod identity;
mod privacy;
mod registrations;
mod reports;
mod storage;
mod support;
mod web;
