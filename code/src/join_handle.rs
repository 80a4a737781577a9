//! What `spawn` gives back: a handle to await a task's result, or to abort it.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::ptr;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

use crate::budget;
use crate::executor::Inner;
use crate::running;
use crate::task::{Task, apart};
use crate::trace::{TaskId, Wait};
use crate::wakers::KeptWaker;

/// Awaits a spawned task. Dropping it lets the task go on by itself.
///
/// ```
/// use event_loops::{EventLoop, spawn};
///
/// let event_loop = EventLoop::new();
/// let answer = event_loop.run_until_complete(async {
///     let task = spawn(async { 6 * 7 });
///     task.await.unwrap()
/// });
/// assert_eq!(answer, 42);
/// ```
pub struct JoinHandle<T> {
    task: Rc<Task<dyn HasResult<T>>>,
    event_loop: Weak<Inner>,
}

/// Why a task has no result.
pub struct JoinError {
    reason: Reason,
}

enum Reason {
    Panicked(Box<dyn Any + Send>),
    Aborted,
}

impl<T> JoinHandle<T> {
    pub(crate) fn new(task: Rc<Task<dyn HasResult<T>>>, event_loop: Weak<Inner>) -> Self {
        JoinHandle { task, event_loop }
    }

    /// The task's number on its loop.
    pub fn id(&self) -> TaskId {
        self.task.id()
    }

    /// Its slot in the list of its loop.
    pub(crate) fn slot(&self) -> usize {
        self.task.slot()
    }

    fn result(&self) -> &JoinResult<T> {
        self.task.work.result()
    }

    /// Ends the task where it is suspended: its future is dropped before `abort` returns, and who
    /// awaits the task gets a [`JoinError`]. A task that aborts itself runs to its next `await`.
    /// A task that is over stays as it is.
    ///
    /// ```
    /// use event_loops::{EventLoop, sleep, spawn};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock();
    /// event_loop.run_until_complete(async {
    ///     let task = spawn(sleep(Duration::from_secs(3600)));
    ///     task.abort();
    ///     assert!(task.await.unwrap_err().is_aborted());
    /// });
    /// ```
    pub fn abort(&self) {
        if let Some(event_loop) = self.event_loop.upgrade() {
            event_loop.abort(self.id(), self.slot());
        }
    }

    /// Is the task over: finished, panicked or aborted?
    pub fn is_finished(&self) -> bool {
        !matches!(*self.result().stage.borrow(), Stage::Unfinished { .. })
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    ///
    /// When a task awaits its own handle, or when the handle has given its result already.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.is_finished() {
            self.wait_for_end(cx);
            return Poll::Pending;
        }
        ready!(budget::poll_spend(cx, None));
        Poll::Ready(self.take_result())
    }
}

impl<T> JoinHandle<T> {
    /// The result of a task that is over.
    pub(crate) fn take_result(&self) -> Result<T, JoinError> {
        match self.result().stage.replace(Stage::Given) {
            Stage::Over(result) => result,
            _ => panic!("a JoinHandle was polled after it had given its result"),
        }
    }

    fn wait_for_end(&self, cx: &Context<'_>) {
        running::with(|event_loop| {
            if self.event_loop.as_ptr() == ptr::from_ref(event_loop) {
                assert!(
                    event_loop.polled() != Some(self.id()),
                    "task {} awaits its own JoinHandle: it would wait for itself forever",
                    self.id().0
                );
                event_loop.suspends_on([Wait::Task(self.id())]);
            }
        });
        let waiter = Some(KeptWaker::of(cx));
        // The waker before is dropped when the stage is free again: if it is a foreign one, that
        // runs foreign code.
        let before = self.result().stage.replace(Stage::Unfinished { waiter });
        drop(before);
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        let result = self.result();
        result.is_unwanted.set(true);
        // Nobody is to be woken any more, and nobody's waker or result kept. They are dropped when
        // the stage is free again: a waker may be the last thing that keeps another future alive.
        let left = match &mut *result.stage.borrow_mut() {
            Stage::Given => return,
            Stage::Unfinished { waiter } => Stage::Unfinished {
                waiter: waiter.take(),
            },
            over => mem::replace(over, Stage::Given),
        };
        drop(left);
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finished = self.is_finished();
        f.debug_struct("JoinHandle")
            .field("task", &self.id())
            .field("finished", &finished)
            .finish()
    }
}

/// The work of a task whose result's type is known.
pub(crate) trait HasResult<T> {
    fn result(&self) -> &JoinResult<T>;
}

/// Where a task leaves its result for its handle.
pub(crate) struct JoinResult<T> {
    stage: RefCell<Stage<T>>,
    /// Is the handle gone, so that nobody can take the result?
    is_unwanted: Cell<bool>,
}

enum Stage<T> {
    Unfinished { waiter: Option<KeptWaker> },
    Over(Result<T, JoinError>),
    Given,
}

impl<T> JoinResult<T> {
    pub(crate) fn finish(&self, result: Result<T, JoinError>) {
        let before = self.stage.replace(Stage::Over(result));
        if let Stage::Unfinished {
            waiter: Some(waiter),
        } = before
        {
            waiter.wake();
        }
    }

    /// The task has ended without a result.
    pub(crate) fn settle(&self, error: JoinError) {
        // A destructor that panics after the result was given changes nothing about the result.
        if matches!(*self.stage.borrow(), Stage::Unfinished { .. }) {
            self.finish(Err(error));
        }
    }

    /// The task has ended: what nobody can take any more is dropped.
    pub(crate) fn drop_if_unwanted(&self) {
        if self.is_unwanted.get() {
            let result = self.stage.replace(Stage::Given);
            apart(|| drop(result));
        }
    }
}

impl<T> Default for JoinResult<T> {
    fn default() -> Self {
        JoinResult {
            stage: RefCell::new(Stage::Unfinished { waiter: None }),
            is_unwanted: Cell::default(),
        }
    }
}

impl JoinError {
    pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> Self {
        JoinError {
            reason: Reason::Panicked(payload),
        }
    }

    pub(crate) fn aborted() -> Self {
        JoinError {
            reason: Reason::Aborted,
        }
    }

    /// Did the task panic?
    pub fn is_panic(&self) -> bool {
        matches!(self.reason, Reason::Panicked(_))
    }

    /// Was the task aborted, or left over when its loop was closed?
    pub fn is_aborted(&self) -> bool {
        matches!(self.reason, Reason::Aborted)
    }

    /// What the task panicked with, to hand to [`std::panic::resume_unwind`].
    ///
    /// # Errors
    ///
    /// The error itself when the task did not panic.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, JoinError> {
        match self.reason {
            Reason::Panicked(payload) => Ok(payload),
            Reason::Aborted => Err(self),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Aborted => f.write_str("the task was aborted"),
            Reason::Panicked(payload) => {
                let text = payload.downcast_ref::<&str>().copied();
                let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
                match text {
                    Some(text) => write!(f, "the task panicked: {text}"),
                    None => f.write_str("the task panicked"),
                }
            }
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinError({self})")
    }
}

impl std::error::Error for JoinError {}
