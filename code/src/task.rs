//! A task: a future that the loop owns, with what is needed to poll it and to report its end.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::join_handle::{JoinError, Settle};
use crate::trace::{SourceLine, TaskId, Wait};
use crate::wakers::{ReadyQueue, TaskWaker};

/// A spawned future on its way through the loop.
///
/// ```text
///           spawn                 poll: Ready, or a panic
///   (new) --------> ready ------> polled ------------------> done
///                     ^             |                         ^
///                wake |             | poll: Pending           | abort, close
///                     +-- waiting <-+                         |
///                            +--------------------------------+
/// ```
pub(crate) struct Task {
    pub(crate) id: TaskId,
    pub(crate) name: Rc<str>,
    pub(crate) spawned_at: SourceLine,
    /// The future, and what is needed to poll it. `None` while it is being polled, so that the
    /// list of tasks is free for what the task itself does with it: spawn, abort, look.
    pub(crate) body: Option<Body>,
    /// To be dropped as soon as the poll that is under way returns.
    pub(crate) aborted: bool,
    /// Where the result goes.
    pub(crate) join: Rc<dyn Settle>,
    /// What it waited for when it was last suspended.
    pub(crate) suspended: Suspended,
}

/// What a task said when it was suspended.
#[derive(Clone, Copy, Default)]
pub(crate) struct Suspended {
    /// The first thing that it waits for, if that is one of ours.
    pub(crate) on: Option<Wait>,
    /// How many clones of the task's waker our own futures keep.
    pub(crate) wakers_of_ours: usize,
}

/// A future and its waker.
pub(crate) struct Body {
    pub(crate) future: Pin<Box<dyn Future<Output = ()>>>,
    pub(crate) waker: TaskHandle,
}

/// The two forms in which the loop needs a task's waker.
pub(crate) struct TaskHandle {
    pub(crate) own: Arc<TaskWaker>,
    /// The same, as futures want it.
    pub(crate) waker: Waker,
}

impl TaskHandle {
    pub(crate) fn new(task: TaskId, slot: usize, queue: &Arc<ReadyQueue>) -> Self {
        let own = TaskWaker::new(task, slot, queue.clone());
        TaskHandle {
            waker: Waker::from(own.clone()),
            own,
        }
    }

    /// How many clones of the waker there are beside the loop's own.
    pub(crate) fn clones(&self) -> usize {
        Arc::strong_count(&self.own) - 2
    }
}

impl Body {
    /// Polls the future once.
    ///
    /// # Errors
    ///
    /// The payload of a panic in the future.
    pub(crate) fn poll(&mut self) -> Result<Poll<()>, Box<dyn Any + Send>> {
        self.waker.own.leave_queue();
        let mut cx = Context::from_waker(&self.waker.waker);
        // After a panic the future is dropped, never polled again, so that nobody sees the state
        // in which the panic left it.
        panic::catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(&mut cx)))
    }
}

impl Task {
    /// Drops what is left of the future, then reports `error` to whoever awaits the task.
    pub(crate) fn end(self, error: Option<JoinError>) {
        let Task { body, join, .. } = self;
        drop_apart(body);
        if let Some(error) = error {
            join.settle(error);
        }
    }
}

/// Drops a future. A panic in its destructor has been reported by the panic hook, and must not
/// touch other tasks.
fn drop_apart(body: Option<Body>) {
    let _reported = panic::catch_unwind(AssertUnwindSafe(|| drop(body)));
}
