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

use std::mem;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use crate::running;
use crate::trace::TaskId;

/// A task's waker: it knows which task it wakes, and in which loop's queue.
///
/// It is the only part of a task that other threads may hold, so it is the only part that has to
/// be `Send`.
pub(crate) struct TaskWaker {
    pub(crate) task: TaskId,
    slot: usize,
    /// Is the task in the queue already? Then waking it once more changes nothing.
    queued: AtomicBool,
    queue: Arc<ReadyQueue>,
}

/// A task's waker in the two forms in which the loop needs it.
pub(crate) struct TaskHandle {
    own: Arc<TaskWaker>,
    /// The same, as futures want it.
    pub(crate) waker: Waker,
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

/// The tasks that have been woken since the loop last looked, first come, first served.
pub(crate) struct ReadyQueue {
    woken: Mutex<Vec<Woken>>,
    /// Rung when the queue gets its first task, for a loop that is parked.
    bell: Condvar,
    /// Does anyone write down who woke whom?
    pub(crate) traced: AtomicBool,
}

/// An entry of the ready queue.
pub(crate) struct Woken {
    pub(crate) task: TaskId,
    /// Where the loop keeps the task. The number may be another task's by now.
    pub(crate) slot: usize,
    /// The loop was not there when it happened, and has yet to write it down.
    pub(crate) from_outside: bool,
}

impl TaskWaker {
    pub(crate) fn new(task: TaskId, slot: usize, queue: Arc<ReadyQueue>) -> Arc<Self> {
        Arc::new(TaskWaker {
            task,
            slot,
            queued: AtomicBool::new(false),
            queue,
        })
    }
}

impl TaskHandle {
    pub(crate) fn new(task: TaskId, slot: usize, queue: &Arc<ReadyQueue>) -> Rc<Self> {
        let own = TaskWaker::new(task, slot, queue.clone());
        let waker = Waker::from(own.clone());
        Rc::new(TaskHandle { own, waker })
    }

    pub(crate) fn task(&self) -> TaskId {
        self.own.task
    }

    /// The task's first way into the queue.
    pub(crate) fn enqueue_new(&self) {
        self.own.queued.store(true, Ordering::Relaxed);
        self.own.queue.push(Woken {
            task: self.own.task,
            slot: self.own.slot,
            from_outside: false,
        });
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
        let traced = self.queue.traced.load(Ordering::Relaxed);
        let from_outside = traced && !running::record_wake(&self.queue, self.task);
        self.queue.push(Woken {
            task: self.task,
            slot: self.slot,
            from_outside,
        });
    }
}

impl ReadyQueue {
    pub(crate) fn new() -> Arc<Self> {
        let woken = Mutex::new(Vec::new());
        Arc::new(ReadyQueue {
            woken,
            bell: Condvar::new(),
            traced: AtomicBool::new(false),
        })
    }

    /// Moves everything that is ready now into `round`, which must be empty.
    pub(crate) fn take(&self, round: &mut Vec<Woken>) {
        mem::swap(round, &mut self.lock());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Gives the thread to the operating system until a task is woken, or `timeout` has passed.
    pub(crate) fn park(&self, timeout: Option<Duration>) {
        let woken = self.lock();
        if !woken.is_empty() {
            return;
        }
        match timeout {
            Some(timeout) => drop(self.bell.wait_timeout(woken, timeout)),
            None => drop(self.bell.wait(woken)),
        }
    }

    fn push(&self, entry: Woken) {
        let mut woken = self.lock();
        woken.push(entry);
        if woken.len() == 1 {
            self.bell.notify_one();
        }
    }

    /// No code of ours or of a task runs while the lock is held, so a panic can't leave the queue
    /// half changed.
    fn lock(&self) -> MutexGuard<'_, Vec<Woken>> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
