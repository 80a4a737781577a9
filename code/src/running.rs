//! Which loop runs on this thread: the one thing that functions like [`sleep`](crate::sleep) and
//! [`spawn`](crate::spawn) find without being told. asyncio calls it the running loop.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::executor::Inner;
use crate::ready_queue::{Inbox, Woken};
use crate::task::Task;

#[cfg(not(loom))]
thread_local! {
    /// Set while `run_until_complete` runs, empty before and after.
    static RUNNING: RefCell<Option<Rc<Inner>>> = const { RefCell::new(None) };
}

#[cfg(loom)]
loom::thread_local! {
    static RUNNING: RefCell<Option<Rc<Inner>>> = RefCell::new(None);
}

/// The loop that runs on this thread.
///
/// # Panics
///
/// When none does: `what` is then told as what is in need of one.
pub(crate) fn event_loop(what: &str) -> Rc<Inner> {
    try_event_loop().unwrap_or_else(|| {
        panic!(
            "{what} needs a running event loop, and none runs on this thread: call it inside a \
             future that EventLoop::run_until_complete drives"
        )
    })
}

pub(crate) fn try_event_loop() -> Option<Rc<Inner>> {
    RUNNING.with(|running| running.borrow().clone())
}

/// Asks something of the loop that runs on this thread; `None` when none does. `question` must run
/// no code that is not ours.
pub(crate) fn with<T>(question: impl FnOnce(&Inner) -> T) -> Option<T> {
    RUNNING.with(|running| running.borrow().as_deref().map(question))
}

/// The task that is being polled on this thread.
pub(crate) fn polled_task() -> Option<Rc<Task>> {
    with(|event_loop| event_loop.polling.borrow().clone()).flatten()
}

/// How much the task that is being polled has said by now about what it waits for.
pub(crate) fn said() -> Said {
    let event_loop = try_event_loop();
    let length = event_loop.as_ref().map_or(0, |running| running.said());
    Said { event_loop, length }
}

/// A mark, to go back to when a future that was polled since is given up in the same poll: it
/// waits for nothing any more.
pub(crate) struct Said {
    event_loop: Option<Rc<Inner>>,
    length: usize,
}

impl Said {
    pub(crate) fn take_back(self) {
        if let Some(event_loop) = self.event_loop {
            event_loop.take_back(self.length);
        }
    }
}

/// Makes `event_loop` the running one until the guard is dropped.
///
/// # Panics
///
/// When a loop runs on this thread already.
pub(crate) fn enter(event_loop: &Rc<Inner>) -> Entered {
    RUNNING.with(|running| {
        assert!(
            running.borrow().is_none(),
            "an event loop already runs on this thread, and one inside another would stop it: \
             use `.await`, or `spawn`, in place of `run_until_complete`"
        );
        running.replace(Some(event_loop.clone()));
    });
    Entered(())
}

/// The running loop is no longer running when this is dropped, also by a panic.
pub(crate) struct Entered(());

impl Drop for Entered {
    fn drop(&mut self) {
        drop(RUNNING.with(RefCell::take));
    }
}

/// Puts a task into its loop's queue, if that loop runs on this thread. Says `false` if not.
pub(crate) fn wake_here(inbox: &Arc<Inbox>, entry: &Woken) -> bool {
    let push = |running: &RefCell<Option<Rc<Inner>>>| {
        let running = running.borrow();
        let its_own = |event_loop: &&Rc<Inner>| Arc::ptr_eq(inbox, &event_loop.ready.inbox);
        let event_loop = running.as_ref().filter(its_own)?;
        event_loop.ready.push(*entry);
        Some(event_loop.recorder.get().map(|_| event_loop.clone()))
    };
    // A waker may be called while its thread ends, when there is no such variable any more.
    let Ok(Some(traced)) = RUNNING.try_with(push) else {
        return false;
    };
    if let Some(event_loop) = traced {
        // Whoever listens to the trace is foreign code, so nothing may be borrowed.
        event_loop.record_wake(entry.task);
    }
    true
}
