//! Who is busy for a loop without being on it, so that it has to be waited for.

use std::fmt;
use std::sync::Arc;

use crate::ready_queue::Inbox;
use crate::running;
use crate::sync::atomic::{AtomicUsize, Ordering};

/// Says that somebody outside the running loop is going to wake one of its tasks: another thread,
/// a callback of the operating system. Until it is dropped, in whatever thread, the loop takes it
/// that there is something to wait for: a virtual clock does not jump, and no
/// [`Deadlock`](crate::Deadlock) is reported.
///
/// Blocking jobs ([`spawn_blocking`](crate::spawn_blocking())) and sockets do that by themselves.
/// A loop that waits for somebody outside waits in real time. On a virtual clock that counts as no
/// time, unless it takes so long that a deadline would have passed meanwhile: then the clock moves
/// to that deadline, and its sleep is over.
///
/// # Panics
///
/// Outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, now, outstanding, sleep};
/// use std::future::poll_fn;
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use std::task::Poll;
/// use std::time::Duration;
/// use std::{sync::Arc, thread};
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.spawn(sleep(Duration::from_secs(3600))); // the clock would jump there at once
/// event_loop.run_until_complete(async {
///     let done = Arc::new(AtomicBool::new(false));
///     let mut started = false;
///     poll_fn(|cx| {
///         if !started {
///             started = true;
///             let (done, waker, busy) = (done.clone(), cx.waker().clone(), outstanding());
///             thread::spawn(move || {
///                 done.store(true, Ordering::Release);
///                 waker.wake();
///                 drop(busy);
///             });
///         }
///         if done.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
///     })
///     .await;
///     assert_eq!(now(), Duration::ZERO);
/// });
/// ```
pub fn outstanding() -> Outstanding {
    running::event_loop("outstanding").outstanding.one_more()
}

/// Somebody outside the loop is busy for it: see [`outstanding`].
#[must_use = "the loop waits for as long as this lives"]
pub struct Outstanding {
    count: Arc<AtomicUsize>,
    inbox: Arc<Inbox>,
}

/// How many are busy for a loop.
pub(crate) struct OutstandingCount {
    count: Arc<AtomicUsize>,
    inbox: Arc<Inbox>,
}

impl OutstandingCount {
    pub(crate) fn new(inbox: &Arc<Inbox>) -> Self {
        OutstandingCount {
            count: Arc::new(AtomicUsize::new(0)),
            inbox: inbox.clone(),
        }
    }

    pub(crate) fn one_more(&self) -> Outstanding {
        self.count.fetch_add(1, Ordering::Relaxed);
        Outstanding {
            count: self.count.clone(),
            inbox: self.inbox.clone(),
        }
    }

    /// To be asked before the ready queue is: whoever is done has woken before.
    pub(crate) fn is_zero(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }
}

impl Drop for Outstanding {
    fn drop(&mut self) {
        if self.count.fetch_sub(1, Ordering::Release) == 1 {
            // What the loop has waited for may have been its last hope.
            self.inbox.call();
        }
    }
}

impl fmt::Debug for Outstanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outstanding").finish_non_exhaustive()
    }
}
