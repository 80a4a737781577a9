//! What `spawn` gives back: a handle to await a task's result, or to abort it.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

use crate::budget;
use crate::executor::Inner;
use crate::running;
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
    task: TaskId,
    slot: usize,
    result: Rc<JoinResult<T>>,
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
    pub(crate) fn new(
        task: TaskId,
        slot: usize,
        result: Rc<JoinResult<T>>,
        event_loop: Weak<Inner>,
    ) -> Self {
        JoinHandle {
            task,
            slot,
            result,
            event_loop,
        }
    }

    /// The task's number on its loop.
    pub fn id(&self) -> TaskId {
        self.task
    }

    /// Its slot in the list of its loop.
    pub(crate) fn slot(&self) -> usize {
        self.slot
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
            event_loop.abort(self.task, self.slot);
        }
    }

    /// Is the task over: finished, panicked or aborted?
    pub fn is_finished(&self) -> bool {
        !matches!(*self.result.stage.borrow(), Stage::Unfinished { .. })
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
        ready!(budget::poll_left(cx, None));
        budget::spend();
        Poll::Ready(self.take_result())
    }
}

impl<T> JoinHandle<T> {
    /// The result of a task that is over.
    pub(crate) fn take_result(&self) -> Result<T, JoinError> {
        match self.result.stage.replace(Stage::Given) {
            Stage::Over(result) => result,
            _ => panic!("a JoinHandle was polled after it had given its result"),
        }
    }

    fn wait_for_end(&self, cx: &Context<'_>) {
        let running = running::try_event_loop();
        let its_own = |event_loop: &Rc<Inner>| self.event_loop.as_ptr() == Rc::as_ptr(event_loop);
        if let Some(event_loop) = running.filter(its_own) {
            assert!(
                event_loop.polled() != Some(self.task),
                "task {} awaits its own JoinHandle: it would wait for itself forever",
                self.task.0
            );
            event_loop.suspends_on([Wait::Task(self.task)]);
        }
        let waiter = Some(KeptWaker::of(cx));
        // The waker before is dropped when the stage is free again: if it is a foreign one, that
        // runs foreign code.
        let before = self.result.stage.replace(Stage::Unfinished { waiter });
        drop(before);
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        // Nobody is to be woken any more, and nobody's waker kept. It is dropped when the stage is
        // free again: it may be the last thing that keeps another future alive.
        let waiter = match &mut *self.result.stage.borrow_mut() {
            Stage::Unfinished { waiter } => waiter.take(),
            _ => None,
        };
        drop(waiter);
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finished = self.is_finished();
        f.debug_struct("JoinHandle")
            .field("task", &self.task)
            .field("finished", &finished)
            .finish()
    }
}

/// Where a task leaves its result for its handle.
pub(crate) struct JoinResult<T> {
    stage: RefCell<Stage<T>>,
}

enum Stage<T> {
    Unfinished { waiter: Option<KeptWaker> },
    Over(Result<T, JoinError>),
    Given,
}

impl<T> JoinResult<T> {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(JoinResult {
            stage: RefCell::new(Stage::Unfinished { waiter: None }),
        })
    }

    pub(crate) fn finish(&self, result: Result<T, JoinError>) {
        let before = self.stage.replace(Stage::Over(result));
        if let Stage::Unfinished {
            waiter: Some(waiter),
        } = before
        {
            waiter.wake();
        }
    }
}

/// A [`JoinResult`] of whatever type, as the loop sees it.
pub(crate) trait Settle {
    /// The task has ended without a result.
    fn settle(&self, error: JoinError);
}

impl<T> Settle for JoinResult<T> {
    fn settle(&self, error: JoinError) {
        // A destructor that panics after the result was given changes nothing about the result.
        if matches!(*self.stage.borrow(), Stage::Unfinished { .. }) {
            self.finish(Err(error));
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
