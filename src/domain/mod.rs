//! The domain: what the two agencies have agreed that a follow-up is.
//!
//! **Lives here:** the process and its owners, dates, consent, questions, corrections, who is due to register
//! what, and every rule with its texts. Facts go in; a [`Decision`](transition::Decision) with notices, or *all*
//! [`Findings`](finding::Findings), come out.
//!
//! **Never here:** input and output, the clock, randomness, configuration, a panic, or a `use` of any other room.
//!
//! Reading order: [`step`] (the table), [`case`] (a chain of steps and the journal it is read from),
//! [`transition`] (the one door), then the rules: [`dates`], [`ownership`], [`consent`], [`answers`], [`correction`].

pub mod age;
pub mod answers;
pub mod assignments;
pub mod case;
pub mod code;
pub mod command;
pub mod consent;
pub mod correction;
pub mod dates;
pub mod due;
pub mod finding;
pub mod geography;
pub mod journal;
pub mod offices;
pub mod organisation;
pub mod ownership;
pub mod person;
pub mod questions;
pub mod rule;
pub mod shape;
pub mod step;
pub mod transition;
pub mod window;
