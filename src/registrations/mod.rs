//! The use cases: register, correct, answer, withdraw, find.
//!
//! **Lives here:** reading what was sent ([`wire`]), the one writer with its group commit ([`writer`], [`mod@unit`]),
//! finding cases ([`find`]), and telling who has read what ([`accesses`], [`spot_checks`]). Each use case is one function inside one transaction. **Never here:** HTTP, SQL, or
//! a rule: whether something may happen is decided in [`domain::transition`](crate::domain::transition).

pub mod accesses;
pub mod answers_wire;
pub mod assigning;
pub mod cache;
mod desk;
pub mod due_days;
pub mod erasing;
pub mod fields;
pub mod find;
pub mod import;
pub mod job;
pub mod json;
pub mod load;
pub mod retention;
pub mod rotation;
pub mod service;
pub mod spot_checks;
pub mod successors;
pub mod unit;
pub mod view;
pub mod wire;
pub mod worklist;
pub mod writer;

pub use crate::organisation::registers;
pub use job::{Actor, Answered, Done, Idempotency, Job, Outcome, Refusal, Rendered};
pub use service::Service;
