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

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use crate::ready_queue::{Inbox, ReadyQueue, Woken};
use crate::running;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::trace::{SourceLine, TaskId, Wait};

/// A task's waker: it knows which task it wakes, and on which loop.
///
/// It is the only part of a task that other threads may hold, so it is the only part that has to
/// be `Send`.
pub(crate) struct TaskWaker {
    pub(crate) task: TaskId,
    slot: usize,
    /// Is the task in the queue already? Then waking it once more changes nothing.
    queued: AtomicBool,
    inbox: Arc<Inbox>,
}

/// A task as everybody on the loop's thread knows it: how to wake it, and what to call it.
pub(crate) struct TaskHandle {
    own: Arc<TaskWaker>,
    /// The same, as futures want it.
    pub(crate) waker: Waker,
    /// Most tasks have none of their own, and theirs is made when somebody asks for it.
    name: Option<Box<str>>,
    pub(crate) spawned_at: SourceLine,
    /// What it said it waits for when it was last suspended, if only another task can end that.
    pub(crate) waits_for: Cell<Option<Wait>>,
}

/// A task's waker as our own futures keep it until they wake the task.
///
/// They keep the loop's own handle in place of a clone of the waker. So every clone that there is
/// is in somebody else's hands, and a loop with nothing to do can tell whether anyone is left who
/// could still wake a task.
pub(crate) enum KeptWaker {
    Ours(Rc<TaskHandle>),
    /// Of a combinator that polls its futures with wakers of its own, or of another runtime.
    Foreign(Waker),
}

impl TaskHandle {
    pub(crate) fn new(
        task: TaskId,
        slot: usize,
        name: Option<String>,
        spawned_at: SourceLine,
        inbox: &Arc<Inbox>,
    ) -> Rc<Self> {
        let own = Arc::new(TaskWaker {
            task,
            slot,
            queued: AtomicBool::new(false),
            inbox: inbox.clone(),
        });
        let waker = Waker::from(own.clone());
        Rc::new(TaskHandle {
            own,
            waker,
            name: name.map(String::into_boxed_str),
            spawned_at,
            waits_for: Cell::default(),
        })
    }

    pub(crate) fn task(&self) -> TaskId {
        self.own.task
    }

    pub(crate) fn name(&self) -> String {
        match &self.name {
            Some(name) => name.to_string(),
            None => format!("task {}", self.task().0),
        }
    }

    /// The task's first way into the queue.
    pub(crate) fn enqueue_new(&self, queue: &ReadyQueue) {
        self.own.queued.store(true, Ordering::Relaxed);
        queue.push(self.own.entry());
    }

    /// From here on a wake counts again. To be called before the poll, not after it: what
    /// happens during the poll may be exactly what the task waits for.
    ///
    /// A plain store would not do. Another thread that finds the flag still set wakes nobody, so
    /// the poll must see what that thread did before; only a read that is part of the write
    /// makes sure of it.
    pub(crate) fn leave_queue(&self) {
        self.own.queued.swap(false, Ordering::AcqRel);
    }

    /// The task is over: no waker brings it into the queue again.
    pub(crate) fn retire(&self) {
        self.own.queued.store(true, Ordering::Relaxed);
    }

    /// How many clones of the waker are in hands that are not ours.
    pub(crate) fn clones(&self) -> usize {
        Arc::strong_count(&self.own) - 2
    }
}

impl KeptWaker {
    /// To be called while nothing is borrowed: to clone or drop a foreign waker runs foreign code.
    pub(crate) fn of(cx: &Context<'_>) -> Self {
        match running::polled_task() {
            Some(handle) if handle.waker.will_wake(cx.waker()) => KeptWaker::Ours(handle),
            _ => KeptWaker::Foreign(cx.waker().clone()),
        }
    }

    /// To be called while nothing is borrowed, as [`of`](KeptWaker::of).
    pub(crate) fn wake(self) {
        match self {
            KeptWaker::Ours(handle) => handle.waker.wake_by_ref(),
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
        let entry = self.entry();
        if !running::wake_here(&self.inbox, &entry) {
            self.inbox.push(entry);
        }
    }
}

impl TaskWaker {
    fn entry(&self) -> Woken {
        Woken {
            task: self.task,
            slot: self.slot,
            from_outside: false,
        }
    }
}
