//! How a suspended task gets back into the ready queue.
//!
//! ```text
//! whoever knows that the task can go on          the loop
//! (a timer, another task, another thread)
//!            |                                      |
//!            |  wake()                              |
//!            +-----> ready queue  ------------------+--> poll the task
//!                    (and the loop is unparked)
//! ```

use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use crate::ready_queue::{Inbox, Woken};
use crate::running;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::task::Task;
use crate::trace::TaskId;

/// A task's waker: it knows which task it wakes, and on which loop.
///
/// It is the only part of a task that other threads may hold, so it is the only part that has to
/// be `Send`.
pub(crate) struct TaskWaker {
    /// What is put into the queue when it is called.
    pub(crate) entry: Woken,
    /// Is the task in the queue already? Then waking it once more changes nothing.
    queued: AtomicBool,
    inbox: Arc<Inbox>,
}

/// A task's waker as our own futures keep it until they wake the task.
///
/// They keep the task itself in place of a clone of the waker. So every clone that there is
/// is in somebody else's hands, and a loop with nothing to do can tell whether anyone is left who
/// could still wake a task.
pub(crate) enum KeptWaker {
    Ours(Rc<Task>),
    /// Of a combinator that polls its futures with wakers of its own, or of another runtime.
    Foreign(Waker),
}

impl TaskWaker {
    pub(crate) fn new(task: TaskId, slot: usize, inbox: Arc<Inbox>) -> Arc<Self> {
        let from_outside = false;
        Arc::new(TaskWaker {
            entry: Woken {
                task,
                slot,
                from_outside,
            },
            queued: AtomicBool::new(false),
            inbox,
        })
    }

    /// The task's first way into the queue.
    pub(crate) fn first_entry(&self) -> Woken {
        self.queued.store(true, Ordering::Relaxed);
        self.entry
    }

    /// From here on a wake counts again. To be called before the poll, not after it: what
    /// happens during the poll may be exactly what the task waits for.
    ///
    /// A plain store would not do. Another thread that finds the flag still set wakes nobody, so
    /// the poll must see what that thread did before; only a read that is part of the write
    /// makes sure of it.
    pub(crate) fn leave_queue(&self) {
        self.queued.swap(false, Ordering::AcqRel);
    }

    /// The task is over: no waker brings it into the queue again.
    pub(crate) fn retire(&self) {
        self.queued.store(true, Ordering::Relaxed);
    }
}

impl KeptWaker {
    /// To be called while nothing is borrowed: to clone or drop a foreign waker runs foreign code.
    pub(crate) fn of(cx: &Context<'_>) -> Self {
        match running::polled_task() {
            Some(task) if task.waker.will_wake(cx.waker()) => KeptWaker::Ours(task),
            _ => KeptWaker::Foreign(cx.waker().clone()),
        }
    }

    /// To be called while nothing is borrowed, as [`of`](KeptWaker::of).
    pub(crate) fn wake(self) {
        match self {
            KeptWaker::Ours(task) => task.waker.wake_by_ref(),
            KeptWaker::Foreign(waker) => waker.wake(),
        }
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        if !running::wake_here(&self.inbox, &self.entry) {
            self.inbox.push(self.entry);
        }
    }
}
