//! The use cases on both backends: what agency systems rely on when they post, one by one or all at once.

mod again;
mod closing;
mod concurrency;
mod due_days;
mod import;
mod outage;
mod queue;
mod references;
mod reviewed;
mod round;
