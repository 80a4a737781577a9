//! A loop's clock: the real one, or one that only the loop moves.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

/// Which clock a loop goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ClockKind {
    /// Time moves only when it is told to: by [`compute_for`](crate::compute_for) and
    /// [`block_for`](crate::block_for), and to the next deadline when no task is ready. What the
    /// program itself needs counts as no time. While somebody outside the loop is busy for it (a
    /// socket, a blocking job, an [`Outstanding`](crate::Outstanding)), it does not jump.
    #[default]
    Virtual,
    /// The machine's monotonic clock.
    Real,
}

/// The time since the loop was made.
pub(crate) enum Clock {
    Virtual {
        now: Cell<Duration>,
        /// How long the loop has waited for somebody outside since the clock last moved.
        waited: Cell<Duration>,
    },
    Real {
        start: Instant,
    },
}

impl Clock {
    pub(crate) fn new(kind: ClockKind) -> Self {
        match kind {
            ClockKind::Virtual => Clock::Virtual {
                now: Cell::default(),
                waited: Cell::default(),
            },
            ClockKind::Real => Clock::Real {
                start: Instant::now(),
            },
        }
    }

    pub(crate) fn kind(&self) -> ClockKind {
        match self {
            Clock::Virtual { .. } => ClockKind::Virtual,
            Clock::Real { .. } => ClockKind::Real,
        }
    }

    pub(crate) fn now(&self) -> Duration {
        match self {
            Clock::Virtual { now, .. } => now.get(),
            Clock::Real { start } => start.elapsed(),
        }
    }

    /// Moves a virtual clock forward to `deadline`; never back. A real clock moves by itself.
    pub(crate) fn jump_to(&self, deadline: Duration) {
        if let Clock::Virtual { now, waited } = self {
            now.set(now.get().max(deadline));
            waited.take();
        }
    }

    /// Waits for `deadline` in real time, since somebody outside may do something before it:
    /// `wait` is told how long at the most.
    ///
    /// What is done outside takes no virtual time. But the loop must not wait for it forever when
    /// there is something else to do: when it has waited, in all, for as long as the deadline was
    /// away, the virtual clock moves there.
    pub(crate) fn wait_for(&self, deadline: Duration, wait: impl FnOnce(Duration)) {
        let left = deadline.saturating_sub(self.now());
        let Clock::Virtual { waited, .. } = self else {
            return wait(left);
        };
        let start = Instant::now();
        wait(left.saturating_sub(waited.get()));
        waited.set(waited.get().saturating_add(start.elapsed()));
        if waited.get() >= left {
            self.jump_to(deadline);
        }
    }

    /// Lets `duration` pass while the thread does nothing else.
    pub(crate) fn block(&self, duration: Duration) {
        match self {
            Clock::Virtual { now, .. } => self.jump_to(now.get().saturating_add(duration)),
            Clock::Real { .. } => thread::sleep(duration),
        }
    }

    /// Lets `duration` pass while the thread computes.
    pub(crate) fn compute(&self, duration: Duration) {
        match self {
            Clock::Virtual { now, .. } => self.jump_to(now.get().saturating_add(duration)),
            Clock::Real { .. } => {
                let start = Instant::now();
                while start.elapsed() < duration {
                    std::hint::spin_loop();
                }
            }
        }
    }
}
