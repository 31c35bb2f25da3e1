//! A report in the forms it may take.
//!
//! Lives here: one file a form. Never here: figures, and which form is wanted.

pub mod csv;
pub mod json;
pub mod table;
