//! The use cases on both backends: what agency systems rely on when they post, one by one or all at once.

mod concurrency;
mod import;
