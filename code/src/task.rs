//! A task: a future that the loop owns, with what is needed to poll it and to report its end.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::join_handle::{JoinError, Settle};
use crate::trace::TaskId;
use crate::wakers::TaskHandle;

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
    /// The future, and what is needed to poll it. `None` while it is being polled, so that the
    /// list of tasks is free for what the task itself does with it: spawn, abort, look.
    pub(crate) body: Option<Body>,
    /// To be dropped as soon as the poll that is under way returns.
    pub(crate) aborted: bool,
    /// Where the result goes.
    pub(crate) join: Rc<dyn Settle>,
}

/// A future, and what the others know of it.
pub(crate) struct Body {
    pub(crate) future: Pin<Box<dyn Future<Output = ()>>>,
    pub(crate) handle: Rc<TaskHandle>,
}

impl Body {
    /// Polls the future once.
    ///
    /// # Errors
    ///
    /// The payload of a panic in the future.
    pub(crate) fn poll(&mut self) -> Result<Poll<()>, Box<dyn Any + Send>> {
        let mut cx = Context::from_waker(&self.handle.waker);
        // After a panic the future is dropped, never polled again, so that nobody sees the state
        // in which the panic left it.
        panic::catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(&mut cx)))
    }
}

impl Task {
    /// Drops what is left of the future, then reports `error` to whoever awaits the task.
    pub(crate) fn end(self, error: Option<JoinError>) {
        let Task { body, join, .. } = self;
        if let Some(body) = body {
            body.handle.retire();
            apart(|| drop(body.future));
        }
        apart(move || {
            if let Some(error) = error {
                join.settle(error);
            }
            // Nobody may be left to take the result, whose destructor then runs here.
            drop(join);
        });
    }
}

/// Runs destructors of a task that is over. A panic in them has been reported by the panic hook,
/// and must not touch other tasks.
pub(crate) fn apart(destructors: impl FnOnce()) {
    let _reported = panic::catch_unwind(AssertUnwindSafe(destructors));
}
