//! Doing several things beside each other, by as many threads as there are processors.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use polars::prelude::PolarsError;

/// How many threads there are for it.
pub(super) fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Does `one` with each of some things, whoever is free taking the next; what came out stands in their order.
///
/// # Errors
/// What one of them said.
pub(super) fn each<I: Sync, T: Send, E: From<PolarsError> + Send>(
    things: &[I],
    one: impl Fn(&I) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let others = threads().min(things.len()).saturating_sub(1);
    if others == 0 {
        return things.iter().map(one).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let at = next.fetch_add(1, Ordering::Relaxed);
        things.get(at).map(|thing| (at, thing))
    };
    let work = || {
        let mut done = Vec::new();
        while let Some((at, thing)) = take() {
            done.push((at, one(thing)?));
        }
        Ok::<_, E>(done)
    };
    let mut all = thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        let mut all = work()?;
        for other in others {
            let stopped = |_| PolarsError::ComputeError("a thread stopped".into());
            all.extend(other.join().map_err(stopped)??);
        }
        Ok::<_, E>(all)
    })?;
    all.sort_unstable_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, done)| done).collect())
}

/// The same beside each other only where that pays, else one after the other.
///
/// # Errors
/// What one of them said.
pub(super) fn each_if<I: Sync, T: Send, E: From<PolarsError> + Send>(
    pays: bool,
    things: &[I],
    one: impl Fn(&I) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    if pays { each(things, one) } else { things.iter().map(one).collect() }
}
