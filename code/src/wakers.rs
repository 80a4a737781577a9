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
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
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

    /// The task's first way into the queue.
    pub(crate) fn enqueue_new(&self) {
        self.queued.store(true, Ordering::Release);
        self.queue.push(Woken {
            task: self.task,
            slot: self.slot,
            from_outside: false,
        });
    }

    /// From here on a wake counts again. To be called before the poll, not after it: what
    /// happens during the poll may be exactly what the task waits for.
    pub(crate) fn leave_queue(&self) {
        self.queued.store(false, Ordering::Release);
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
