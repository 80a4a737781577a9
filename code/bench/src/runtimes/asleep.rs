use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Outcome;

/// Counts the sleepers of W3, the same for all runtimes.
#[derive(Clone)]
pub(super) struct Asleep {
    counts: Arc<Counts>,
    sleeps: u64,
}

#[derive(Default)]
struct Counts {
    begun: AtomicU64,
    /// Sleeps that were over before the last had begun.
    too_early: AtomicU64,
}

impl Asleep {
    pub(super) fn new(sleeps: u64) -> Self {
        Asleep {
            counts: Arc::default(),
            sleeps,
        }
    }

    pub(super) fn begins(&self) {
        self.counts.begun.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn wakes(&self) {
        if self.counts.begun.load(Ordering::Relaxed) < self.sleeps {
            self.counts.too_early.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn outcome(&self, result: u64) -> Outcome {
        Outcome {
            result,
            all_at_once: self.counts.too_early.load(Ordering::Relaxed) == 0,
        }
    }
}
