//! One test binary, so that polars is linked once. The tree mirrors the rooms and the URLs.

mod domain;
mod http;
mod registrations;
mod support;
