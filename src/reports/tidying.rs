//! The newest columns, and making them whole again beside what is served: the more cases have changed since that was done,
//! the longer it takes to fold in the next, so it is done before anyone would notice, and nobody waits for it.
//!
//! Never here: reading the log, and what columns hold.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::facts::Facts;
use crate::background::{Background, give_way};

/// The newest columns of one process.
#[derive(Default)]
pub(super) struct Newest {
    facts: RwLock<Option<Arc<Facts>>>,
    /// One at a time makes newer ones; the others wait and find it done.
    refreshing: Mutex<()>,
}

impl Newest {
    pub(super) fn get(&self) -> Option<Arc<Facts>> {
        self.facts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Only who holds this may set them.
    pub(super) fn refreshing(&self) -> Refreshing<'_> {
        Refreshing { newest: self, _one: self.refreshing.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

/// The right to set the newest columns.
pub(super) struct Refreshing<'a> {
    newest: &'a Newest,
    _one: MutexGuard<'a, ()>,
}

impl Refreshing<'_> {
    pub(super) fn set(&self, facts: Arc<Facts>) {
        *self.newest.facts.write().unwrap_or_else(PoisonError::into_inner) = Some(facts);
    }

    /// Sets what `grown` was made into, which may be older than the newest by now: whoever asks next folds in again what
    /// came meanwhile. Not where another has done the same already.
    fn set_tidied(&self, grown: &Facts, tidied: Facts) {
        if self.newest.get().is_some_and(|newest| Arc::ptr_eq(&newest.base, &grown.base)) {
            self.set(Arc::new(tidied));
        }
    }
}

/// The thread that does it, one at a time.
#[derive(Default)]
pub(super) struct Tidying(Mutex<Option<Background>>);

impl Tidying {
    /// Begins to make columns whole where that is worth it and isn't under way.
    pub(super) fn begin(&self, newest: &Arc<Newest>, grown: &Arc<Facts>) {
        if !grown.is_worth_tidying() {
            return;
        }
        let mut thread = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.as_ref().is_some_and(|thread| !thread.is_done()) {
            return;
        }
        let (newest, grown) = (Arc::clone(newest), Arc::clone(grown));
        let started = Background::start("tidying", move |_| {
            give_way();
            match grown.tidied() {
                Ok(tidied) => newest.refreshing().set_tidied(&grown, tidied),
                Err(error) => log::error!("reports: the columns stay as they have grown: {error}"),
            }
        });
        // Where there is no thread, the next who asks tries again.
        *thread = started.inspect_err(|error| log::warn!("reports: {error}")).ok();
    }
}

#[cfg(test)]
mod tests {
    use proptest::strategy::{Strategy as _, ValueTree as _};
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::domain::case::Case;
    use crate::domain::code::Position;
    use crate::reports::arbitrary::any_case;

    fn cases(count: usize) -> Vec<(i64, Case)> {
        let mut runner = TestRunner::deterministic();
        (0..count as i64).map(|key| (key, any_case().new_tree(&mut runner).unwrap().current())).collect()
    }

    /// Columns that are whole, and the same with some cases that changed since.
    fn grown() -> Arc<Facts> {
        let all = cases(200);
        Arc::new(Facts::build(all.clone(), Position(1)).unwrap().apply(&all[..6], Position(2)).unwrap())
    }

    #[test]
    fn grown_columns_become_whole_beside_and_once() {
        let (newest, tidying, grown) = (Arc::new(Newest::default()), Tidying::default(), grown());
        newest.refreshing().set(Arc::clone(&grown));
        assert!(grown.is_worth_tidying());
        tidying.begin(&newest, &grown);
        // Waited for when it is dropped.
        drop(tidying);
        let tidied = newest.get().unwrap();
        assert!(!tidied.is_worth_tidying());
        assert_eq!((tidied.changed.count, tidied.counted_to(), tidied.cases()), (0, Position(2), 200));
        let tidying = Tidying::default();
        tidying.begin(&newest, &tidied);
        assert!(tidying.0.lock().unwrap().is_none(), "what is whole is left alone");
    }

    #[test]
    fn what_came_meanwhile_is_folded_in_again_and_what_another_made_whole_stays() {
        let (newest, grown) = (Newest::default(), grown());
        let tidied = grown.compacted().unwrap();
        let more = Arc::new(grown.apply(&cases(10)[8..], Position(3)).unwrap());
        newest.refreshing().set(Arc::clone(&more));
        newest.refreshing().set_tidied(&grown, tidied);
        assert_eq!(newest.get().unwrap().counted_to(), Position(2), "the next who asks reads on from here");
        let other = Arc::new(more.compacted().unwrap());
        newest.refreshing().set(Arc::clone(&other));
        newest.refreshing().set_tidied(&grown, grown.compacted().unwrap());
        assert!(Arc::ptr_eq(&newest.get().unwrap(), &other));
    }
}
