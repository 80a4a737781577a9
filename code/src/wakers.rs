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
use std::sync::{Arc, OnceLock, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use crate::running;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Condvar, Mutex, MutexGuard};
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
    state: Mutex<QueueState>,
    /// Rung for a loop that is parked here.
    bell: Condvar,
    /// Rung in its place for a loop that is parked where the operating system tells it of sockets.
    other_bell: OnceLock<Bell>,
    /// Does anyone write down who woke whom?
    pub(crate) traced: AtomicBool,
}

/// Ends the wait of a loop that is parked, from any thread.
pub(crate) type Bell = Box<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct QueueState {
    woken: Vec<Woken>,
    /// Is the loop parked, or about to be, and has nobody rung yet? A bell costs a system call, so
    /// it is rung for a sleeper only, and once.
    parked: bool,
    /// Is the loop to look around, although no task is woken?
    called: bool,
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
        Arc::new(ReadyQueue {
            state: Mutex::new(QueueState::default()),
            bell: Condvar::new(),
            other_bell: OnceLock::new(),
            traced: AtomicBool::new(false),
        })
    }

    /// Moves everything that is ready now into `round`, which must be empty.
    pub(crate) fn take(&self, round: &mut Vec<Woken>) {
        mem::swap(round, &mut self.lock().woken);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().woken.is_empty()
    }

    /// Gives the thread to the operating system until a task is woken, somebody calls, or
    /// `timeout` has passed.
    pub(crate) fn park(&self, timeout: Option<Duration>) {
        let Some(state) = self.lie_down() else { return };
        let mut state = match timeout {
            Some(timeout) => match self.bell.wait_timeout(state, timeout) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            },
            None => self
                .bell
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner),
        };
        state.stand_up();
    }

    /// As [`park`](ReadyQueue::park), but it is `wait` that gives the thread away, and the other
    /// bell that ends it.
    #[cfg(feature = "net")]
    pub(crate) fn park_in<T>(&self, wait: impl FnOnce() -> T) -> Option<T> {
        // Whoever rings after this line and before the wait ends it all the same: that bell is
        // remembered until somebody has heard it.
        drop(self.lie_down()?);
        let heard = wait();
        self.lock().stand_up();
        Some(heard)
    }

    /// From now on a loop that is parked hears this bell. To be called by the loop's thread.
    #[cfg(feature = "net")]
    pub(crate) fn set_other_bell(&self, bell: Bell) {
        let fresh = self.other_bell.set(bell).is_ok();
        debug_assert!(fresh, "a loop has one place to wait for sockets");
    }

    /// Makes the loop look around, if it is parked or about to be.
    pub(crate) fn call(&self) {
        let mut state = self.lock();
        state.called = true;
        self.ring(state);
    }

    fn push(&self, entry: Woken) {
        let mut state = self.lock();
        state.woken.push(entry);
        self.ring(state);
    }

    fn ring(&self, mut state: MutexGuard<'_, QueueState>) {
        if !mem::take(&mut state.parked) {
            return;
        }
        drop(state);
        match self.other_bell.get() {
            Some(ring) => ring(),
            None => self.bell.notify_one(),
        }
    }

    /// `None` when there is something to do.
    fn lie_down(&self) -> Option<MutexGuard<'_, QueueState>> {
        let mut state = self.lock();
        let called = mem::take(&mut state.called);
        state.parked = state.woken.is_empty() && !called;
        state.parked.then_some(state)
    }

    /// No code of ours or of a task runs while the lock is held, so a panic can't leave the queue
    /// half changed.
    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueueState {
    fn stand_up(&mut self) {
        self.parked = false;
        self.called = false;
    }
}
