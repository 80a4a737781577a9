//! A task: a future that the loop owns, with what is needed to poll it and to report its end.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::join_handle::{HasResult, JoinError, JoinResult};
use crate::ready_queue::{Inbox, Woken};
use crate::trace::{SourceLine, TaskId, Wait};
use crate::wakers::TaskWaker;

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
///
/// It stays on the loop's thread, and several hold it: the loop's list, its
/// [`JoinHandle`](crate::JoinHandle), and what it waits for.
pub(crate) struct Task<W: ?Sized = dyn Work> {
    waker_of_ours: Arc<TaskWaker>,
    /// The same, as futures want it.
    pub(crate) waker: Waker,
    /// Most tasks have none of their own, and theirs is made when somebody asks for it.
    name: Option<Box<str>>,
    pub(crate) spawned_at: SourceLine,
    /// What it said it waits for when it was last suspended, if only another task can end that.
    pub(crate) waits_for: Cell<Option<Wait>>,
    pub(crate) is_being_polled: Cell<bool>,
    /// To be dropped as soon as the poll that is under way returns.
    pub(crate) is_aborted: Cell<bool>,
    /// The future and its result. Who awaits the task knows their types, the loop does not: it
    /// sees any task as a `Task<dyn Work>`.
    pub(crate) work: W,
}

/// What the loop can do with a future, whatever its type.
pub(crate) trait Work {
    /// Polls the future once, and keeps its result.
    ///
    /// # Errors
    ///
    /// The payload of a panic in the future.
    fn poll(&self, cx: &mut Context<'_>) -> Result<Poll<()>, Box<dyn Any + Send>>;

    /// The task is over: drops what is left of the future, then reports `error`, if there is one,
    /// to whoever awaits the task.
    fn end(&self, error: Option<JoinError>);
}

/// The work of a task that the loop owns.
pub(crate) struct Spawned<F: Future> {
    /// Out of its place while it is polled, and gone when it is over.
    future: Cell<Option<Pin<Box<F>>>>,
    result: JoinResult<F::Output>,
}

/// The work of the main task, whose future `run_until_complete` keeps and polls itself: it may
/// borrow, so the loop can't own it.
pub(crate) struct KeptElsewhere;

impl<W> Task<W> {
    pub(crate) fn new(
        id: TaskId,
        slot: usize,
        name: Option<String>,
        spawned_at: SourceLine,
        inbox: &Arc<Inbox>,
        work: W,
    ) -> Rc<Self> {
        let waker_of_ours = TaskWaker::new(id, slot, inbox.clone());
        Rc::new(Task {
            waker: Waker::from(waker_of_ours.clone()),
            waker_of_ours,
            name: name.map(String::into_boxed_str),
            spawned_at,
            waits_for: Cell::default(),
            is_being_polled: Cell::default(),
            is_aborted: Cell::default(),
            work,
        })
    }
}

impl<W: ?Sized> Task<W> {
    pub(crate) fn id(&self) -> TaskId {
        self.waker_of_ours.entry.task
    }

    pub(crate) fn slot(&self) -> usize {
        self.waker_of_ours.entry.slot
    }

    pub(crate) fn name(&self) -> String {
        match &self.name {
            Some(name) => name.to_string(),
            None => format!("task {}", self.id().0),
        }
    }

    /// The task's first way into the queue.
    pub(crate) fn first_entry(&self) -> Woken {
        self.waker_of_ours.first_entry()
    }

    /// From here on a wake counts again.
    pub(crate) fn leave_queue(&self) {
        self.waker_of_ours.leave_queue();
    }

    /// The task is over: no waker brings it into the queue again.
    pub(crate) fn retire(&self) {
        self.waker_of_ours.retire();
    }

    /// How many clones of the waker are in hands that are not ours.
    pub(crate) fn clones(&self) -> usize {
        Arc::strong_count(&self.waker_of_ours) - 2
    }
}

impl Task {
    pub(crate) fn end(&self, error: Option<JoinError>) {
        self.retire();
        self.work.end(error);
    }
}

impl<F: Future> Spawned<F> {
    pub(crate) fn new(future: F) -> Self {
        Spawned {
            future: Cell::new(Some(Box::pin(future))),
            result: JoinResult::default(),
        }
    }
}

impl<F: Future> Work for Spawned<F> {
    fn poll(&self, cx: &mut Context<'_>) -> Result<Poll<()>, Box<dyn Any + Send>> {
        let mut future = self.future.take();
        // After a panic the future is dropped, never polled again, so that nobody sees the state
        // in which the panic left it.
        let polled = panic::catch_unwind(AssertUnwindSafe(|| {
            let running = future.as_mut().expect("a task that is over is not polled");
            let Poll::Ready(output) = running.as_mut().poll(cx) else {
                return Poll::Pending;
            };
            future = None;
            self.result.finish(Ok(output));
            Poll::Ready(())
        }));
        self.future.set(future);
        polled
    }

    fn end(&self, error: Option<JoinError>) {
        if let Some(future) = self.future.take() {
            apart(|| drop(future));
        }
        if let Some(error) = error {
            apart(|| self.result.settle(error));
        }
        self.result.drop_if_unwanted();
    }
}

impl<F: Future> HasResult<F::Output> for Spawned<F> {
    fn result(&self) -> &JoinResult<F::Output> {
        &self.result
    }
}

impl Work for KeptElsewhere {
    fn poll(&self, _: &mut Context<'_>) -> Result<Poll<()>, Box<dyn Any + Send>> {
        Ok(Poll::Pending)
    }

    fn end(&self, _: Option<JoinError>) {}
}

/// Runs destructors of a task that is over. A panic in them has been reported by the panic hook,
/// and must not touch other tasks.
pub(crate) fn apart(destructors: impl FnOnce()) {
    let _reported = panic::catch_unwind(AssertUnwindSafe(destructors));
}
