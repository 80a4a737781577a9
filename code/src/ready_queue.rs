//! The tasks that have been woken since the loop last looked, first come, first served.
//!
//! ```text
//! on the loop's thread   -----------------> ReadyQueue ----> the loop's next round
//!                                               ^
//! from anywhere else     ----> Inbox -----------+
//!                              (a lock, and the loop is unparked)
//! ```
//!
//! Nearly all wakes come from the loop's own thread: a timer, another task. They need neither a
//! lock nor a bell. asyncio makes the same distinction, with `call_soon` and
//! `call_soon_threadsafe`.

use std::cell::RefCell;
use std::mem;
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Duration;

use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::trace::TaskId;

/// The queue as the loop's own thread sees it.
pub(crate) struct ReadyQueue {
    woken: RefCell<Vec<Woken>>,
    pub(crate) inbox: Arc<Inbox>,
}

/// Where those are put who are woken by other threads, or while the loop does not run.
pub(crate) struct Inbox {
    state: Mutex<InboxState>,
    /// Is anybody in there? So that the loop need not take the lock to see that nobody is.
    filled: AtomicBool,
    /// Rung for a loop that is parked here.
    bell: Condvar,
    /// Rung in its place for a loop that is parked where the operating system tells it of sockets.
    other_bell: OnceLock<Bell>,
}

/// Ends the wait of a loop that is parked, from any thread.
pub(crate) type Bell = Box<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct InboxState {
    woken: Vec<Woken>,
    /// Is the loop parked, or about to be, and has nobody rung yet? A bell costs a system call, so
    /// it is rung for a sleeper only, and once.
    parked: bool,
    /// Is the loop to look around, although no task is woken?
    called: bool,
}

/// An entry of the ready queue.
#[derive(Clone, Copy)]
pub(crate) struct Woken {
    pub(crate) task: TaskId,
    /// Where the loop keeps the task. The number may be another task's by now.
    pub(crate) slot: usize,
    /// The loop was not there when it happened, and has yet to write it down.
    pub(crate) from_outside: bool,
}

impl ReadyQueue {
    pub(crate) fn new() -> Self {
        ReadyQueue {
            woken: RefCell::default(),
            inbox: Arc::new(Inbox {
                state: Mutex::new(InboxState::default()),
                filled: AtomicBool::new(false),
                bell: Condvar::new(),
                other_bell: OnceLock::new(),
            }),
        }
    }

    #[inline]
    pub(crate) fn push(&self, entry: Woken) {
        let mut woken = self.woken.borrow_mut();
        // Whoever was woken from elsewhere before this has come first.
        self.inbox.empty_into(&mut woken);
        woken.push(entry);
    }

    /// Moves everything that is ready now into `round`, which must be empty.
    pub(crate) fn take(&self, round: &mut Vec<Woken>) {
        let mut woken = self.woken.borrow_mut();
        self.inbox.empty_into(&mut woken);
        mem::swap(round, &mut woken);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.woken.borrow().is_empty() && self.inbox.lock().woken.is_empty()
    }
}

impl Inbox {
    /// Puts a task in, from another thread or while the loop does not run.
    pub(crate) fn push(&self, entry: Woken) {
        let mut state = self.lock();
        state.woken.push(Woken {
            from_outside: true,
            ..entry
        });
        self.filled.store(true, Ordering::Relaxed);
        self.ring(state);
    }

    /// Makes the loop look around, if it is parked or about to be.
    pub(crate) fn call(&self) {
        let mut state = self.lock();
        state.called = true;
        self.ring(state);
    }

    /// The flag may be seen late, and then a task waits for the next round. It can't be forgotten:
    /// before it parks the loop looks under the lock.
    #[inline]
    fn empty_into(&self, queue: &mut Vec<Woken>) {
        if self.filled.load(Ordering::Relaxed) {
            let mut state = self.lock();
            self.filled.store(false, Ordering::Relaxed);
            queue.append(&mut state.woken);
        }
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

    /// As [`park`](Inbox::park), but it is `wait` that gives the thread away, and the other bell
    /// that ends it.
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

    fn ring(&self, mut state: MutexGuard<'_, InboxState>) {
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
    fn lie_down(&self) -> Option<MutexGuard<'_, InboxState>> {
        let mut state = self.lock();
        let called = mem::take(&mut state.called);
        state.parked = state.woken.is_empty() && !called;
        state.parked.then_some(state)
    }

    /// No code of ours or of a task runs while the lock is held, so a panic can't leave the inbox
    /// half changed.
    fn lock(&self) -> MutexGuard<'_, InboxState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InboxState {
    fn stand_up(&mut self) {
        self.parked = false;
        self.called = false;
    }
}
