//! Made-up data that looks like the real thing: the pilot in Gävleborg, and a national history of any size.
//!
//! Lives here: organisation files and import lines, as an import would read them, and the published figures they are
//! compared with. Never here: a number that somebody has (only birth numbers 980–999), writing to the database, the
//! clock, or chance that is not given by a seed.

#[cfg(test)]
mod follow;
pub mod national;
pub mod pilot;
#[cfg(test)]
mod replay;
pub mod targets;
mod wording;
