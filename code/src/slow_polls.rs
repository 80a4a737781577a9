//! Polls that held the loop for too long: who, and where in the program.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use crate::executor::Inner;
use crate::trace::{EventKind, PollEdge, TaskId};

/// What the loop needs to know to report a slow poll. Only a loop that was asked to keeps it.
pub(crate) struct SlowPolls {
    limit: Duration,
    /// When the poll that is under way began.
    begun: Cell<Duration>,
    /// Where the next poll of each task that is suspended begins.
    next: RefCell<HashMap<TaskId, PollEdge>>,
}

impl SlowPolls {
    pub(crate) fn new(limit: Duration) -> Self {
        SlowPolls {
            limit,
            begun: Cell::default(),
            next: RefCell::default(),
        }
    }
}

impl Inner {
    pub(crate) fn watch_for_slow_polls(&self, limit: Duration) {
        assert!(
            self.recorder.get().is_some(),
            "slow polls are written into the trace, and this event loop writes none: ask for it \
             with with_trace or on_event first"
        );
        let fresh = self.slow_polls.set(SlowPolls::new(limit)).is_ok();
        assert!(fresh, "this event loop has a limit for slow polls already");
    }

    #[inline]
    pub(crate) fn begin_to_watch(&self) {
        if let Some(slow_polls) = self.slow_polls.get() {
            slow_polls.begun.set(self.clock.now());
        }
    }

    /// To be called when a poll has returned, before anything else is written down about it.
    #[inline]
    pub(crate) fn report_slow_poll(&self, task: TaskId, suspended: bool) {
        if let Some(slow_polls) = self.slow_polls.get() {
            self.report_if_slow(slow_polls, task, suspended);
        }
    }

    fn report_if_slow(&self, slow_polls: &SlowPolls, task: TaskId, suspended: bool) {
        let lasts = self.clock.now() - slow_polls.begun.get();
        let mut next = slow_polls.next.borrow_mut();
        let from = next.remove(&task).unwrap_or(PollEdge::Start);
        let to = match self.waits.borrow().first() {
            _ if !suspended => PollEdge::End,
            Some(wait) => PollEdge::Await(*wait),
            None => PollEdge::OtherAwait,
        };
        if suspended {
            next.insert(task, to);
        }
        drop(next);
        if lasts > slow_polls.limit {
            self.record(Some(task), || EventKind::SlowPoll { lasts, from, to });
        }
    }
}
