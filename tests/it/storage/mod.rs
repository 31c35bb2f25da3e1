//! What the databases hold, and how they come to their present form.

mod lists;
mod migrations;
