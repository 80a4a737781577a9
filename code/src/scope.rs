//! Tasks that don't outlive the function that spawned them: [`scope`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::executor::Inner;
use crate::join_handle::JoinHandle;
use crate::running;
use crate::trace::{SourceLine, TaskId, Wait};
use crate::wakers::KeptWaker;

/// Runs `body`, which may spawn tasks into the scope, then waits for those tasks, and gives the
/// body's result: when the scope is over, so are its tasks. The field calls that structured
/// concurrency; asyncio has `TaskGroup`, Trio a nursery.
///
/// When the scope ends early, because it is dropped (by a [`timeout`](crate::timeout()), a
/// [`race`](crate::race()), an abort) or because `body` panics, the tasks that are not finished
/// are aborted, in the order in which they were spawned: their futures are dropped before the
/// drop of the scope returns. (A task that does this to its own scope runs to its next `await`.)
/// A panic in one of the tasks goes to that task's [`JoinHandle`], as everywhere, and ends neither
/// the scope nor the others.
///
/// # Why its tasks can't borrow
///
/// A thread's scope ([`std::thread::scope`]) lends its threads what the function owns, since it
/// does not return before they have ended. A future can't promise that: it may be dropped at any
/// `await`, and also forgotten ([`std::mem::forget`], a cycle of [`Rc`]s), so that its destructor
/// never runs. Its tasks would go on, with references to what is long gone. No safe function can
/// exclude that, so the tasks here own what they use, as with [`spawn`](crate::spawn()): share by
/// `Rc`, or borrow inside one task, with [`join`](crate::join()).
///
/// # Panics
///
/// When it is awaited outside a running event loop, and with the panic of `body`.
///
/// ```
/// use event_loops::{EventLoop, now, scope, sleep};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     let answer = scope(async |scope| {
///         scope.spawn(sleep(Duration::from_secs(3)));
///         let call = scope.spawn(async { 6 * 7 });
///         call.await.unwrap()
///     });
///     assert_eq!(answer.await, 42);
///     assert_eq!(now(), Duration::from_secs(3)); // the sleep was waited for
/// });
/// ```
pub async fn scope<T>(body: impl AsyncFnOnce(&Scope) -> T) -> T {
    let scope = Scope {
        event_loop: running::event_loop("scope"),
        children: Rc::default(),
    };
    let result = body(&scope).await;
    poll_fn(|cx| scope.poll_over(cx)).await;
    result
}

/// Takes tasks that are over when its [`scope`] is.
pub struct Scope {
    event_loop: Rc<Inner>,
    children: Rc<RefCell<Children>>,
}

/// The tasks of a scope that are not over.
#[derive(Default)]
struct Children {
    /// Each with its slot in the loop's list.
    unfinished: BTreeMap<TaskId, usize>,
    /// Of the scope, which waits for the last of them.
    waiter: Option<KeptWaker>,
}

impl Scope {
    /// Hands a task to the loop. Dropping its handle lets it go on, until the scope ends.
    ///
    /// ```
    /// use event_loops::{EventLoop, scope};
    ///
    /// EventLoop::new().run_until_complete(scope(async |scope| {
    ///     let call = scope.spawn(async { "done" });
    ///     assert_eq!(call.await.unwrap(), "done");
    /// }));
    /// ```
    #[track_caller]
    pub fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        self.spawn_as(None, future, SourceLine::caller())
    }

    /// As [`spawn`](Scope::spawn), with a name for traces and messages.
    ///
    /// ```
    /// use event_loops::{EventLoop, scope};
    ///
    /// let event_loop = EventLoop::new().with_trace();
    /// event_loop.run_until_complete(scope(async |scope| {
    ///     scope.spawn_named("oven", async {});
    /// }));
    /// assert!(event_loop.trace().task("oven").is_some());
    /// ```
    #[track_caller]
    pub fn spawn_named<F: Future + 'static>(
        &self,
        name: impl Into<String>,
        future: F,
    ) -> JoinHandle<F::Output> {
        self.spawn_as(Some(name.into()), future, SourceLine::caller())
    }

    fn spawn_as<F: Future + 'static>(
        &self,
        name: Option<String>,
        future: F,
        line: SourceLine,
    ) -> JoinHandle<F::Output> {
        let watch = Watch {
            task: Rc::default(),
            children: self.children.clone(),
        };
        let task = watch.task.clone();
        let child = async move {
            let result = future.await;
            drop(watch); // after the future, however that ends
            result
        };
        let handle = self.event_loop.spawn(name, child, line);
        task.replace(Some(handle.id()));
        let mut children = self.children.borrow_mut();
        children.unfinished.insert(handle.id(), handle.slot());
        handle
    }

    fn poll_over(&self, cx: &Context<'_>) -> Poll<()> {
        if self.children.borrow().unfinished.is_empty() {
            return Poll::Ready(());
        }
        let waiter = KeptWaker::of(cx);
        let before = self.children.borrow_mut().waiter.replace(waiter);
        drop(before);
        let children = self.children.borrow();
        let waits = children.unfinished.keys().map(|task| Wait::Task(*task));
        self.event_loop.suspends_on(waits);
        Poll::Pending
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let Children { unfinished, waiter } = self.children.take();
        drop(waiter);
        for (task, slot) in unfinished {
            self.event_loop.abort(task, slot);
        }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = self.children.borrow().unfinished.len();
        f.debug_struct("Scope").field("unfinished", &tasks).finish()
    }
}

/// Lives in a child task, and is dropped with it however the child ends.
struct Watch {
    /// Known when the task has been spawned, which is before it can end.
    task: Rc<RefCell<Option<TaskId>>>,
    children: Rc<RefCell<Children>>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let waiter = {
            let mut children = self.children.borrow_mut();
            if let Some(task) = self.task.take() {
                children.unfinished.remove(&task);
            }
            if !children.unfinished.is_empty() {
                return;
            }
            children.waiter.take()
        };
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}
