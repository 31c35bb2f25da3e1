//! SUS: cross-agency follow-up of the cooperation between Försäkringskassan (FK) and Arbetsförmedlingen (AF).
//!
//! Agencies post *registrations* along one process; every rule is kept; steering groups pull figures that are
//! always fresh and can be pulled again "as known on" any day.
//!
//! # The map, in reading order
//! * [`domain`] – what the agencies have agreed: the process, its owners, dates, consent, questions, corrections.
//!   Pure: facts in; a decision, or all findings, out.
//! * [`organisation`] – the register of offices, handläggare, agreements and definitions as a file.
//! * [`registrations`] – the use cases: register, correct, answer, find. One writer with group commit.
//! * [`storage`] – diesel, and nothing else knows of it. SQLite by default, PostgreSQL by URL.
//! * [`reports`] – polars, and nothing else knows of it. The cases as columns, and every figure.
//! * [`auth`] – who is calling, and the one table of who may do what.
//! * [`http`] – the JSON API, and what stands before it: limits, header fields, the door. [`web`] – pages for people.
//!   [`server`] – listeners, TLS and graceful stop. [`app`] – what is built once. [`metrics`] – what is counted of the
//!   service's own work.
//! * [`cli`] – the commands. [`demo`] – the Gävleborg pilot and a synthetic national history.
//! * [`config`] is alone in reading the environment, [`clock`] alone in asking the time. [`background`] – threads that do
//!   something now and then until they are dropped.
//!
//! # Invariants
//! * Registrations are appended, never rewritten: what was known on an instant can be read for ever.
//! * Positions are dense and in commit order, also with several processes on one PostgreSQL.
//! * Identity, kommun, birth date, answers and references stand in rows of their own, so that they can be erased.
//! * What was read or changed of a person is in the access log before the answer leaves, and its rows are sealed to each
//!   other: what is removed, altered or moved is found (`sus verify-audit`).
//! * No personnummer in a log, URL, error, metric or Debug output.
//! * One heavy dependency, one room; `tests/tidy.rs` reads the `use` lines.

pub mod app;
pub mod auth;
pub mod background;
pub mod chance;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod http;
pub mod metrics;
pub mod organisation;
pub mod registrations;
pub mod reports;
pub mod server;
pub mod storage;
pub mod web;
