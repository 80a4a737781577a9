//! "Look again!": [`Notify`].

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::budget;
use crate::running;
use crate::trace::{Awaited, SourceLine, Wait};
use crate::wait_queue::{Ticket, WaitQueue};
use crate::wakers::KeptWaker;

/// Tells tasks that something has changed, and leaves it to them to see what.
///
/// It carries no value: keep that beside it, change it, then notify. It stays on the loop's
/// thread; tasks share it by [`Rc`](std::rc::Rc).
///
/// ```
/// use event_loops::{EventLoop, Notify, now, sleep, spawn};
/// use std::rc::Rc;
/// use std::time::Duration;
///
/// EventLoop::with_virtual_clock().run_until_complete(async {
///     let bell = Rc::new(Notify::new());
///     let oven = bell.clone();
///     spawn(async move {
///         sleep(Duration::from_secs(45)).await;
///         oven.notify_one();
///     });
///     bell.notified().await;
///     assert_eq!(now(), Duration::from_secs(45));
/// });
/// ```
#[derive(Default)]
pub struct Notify {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// Has somebody notified while nobody waited?
    kept: bool,
    waiting: WaitQueue,
    /// Those whom `notify_one` has called and who have not had their turn since.
    called: BTreeSet<Ticket>,
}

impl Notify {
    /// Nobody has notified yet, and nobody waits.
    pub fn new() -> Self {
        Notify::default()
    }

    /// Wakes the one who has waited longest. With nobody there the next to wait goes on at once;
    /// only one does, however often this was called.
    ///
    /// ```
    /// use event_loops::{EventLoop, Notify};
    ///
    /// let bell = Notify::new();
    /// bell.notify_one();
    /// EventLoop::new().run_until_complete(bell.notified()); // no wait
    /// ```
    pub fn notify_one(&self) {
        let first = {
            let mut state = self.state.borrow_mut();
            let first = state.waiting.call_first();
            match &first {
                Some((ticket, _)) => drop(state.called.insert(*ticket)),
                None => state.kept = true,
            }
            first
        };
        if let Some((_, waker)) = first {
            waker.wake();
        }
    }

    /// Wakes all who wait now, in the order in which they came. It is not kept for those who come
    /// later, and to wait begins with the first poll.
    ///
    /// ```
    /// use event_loops::{EventLoop, Notify, spawn, yield_now};
    /// use std::rc::Rc;
    ///
    /// EventLoop::new().run_until_complete(async {
    ///     let start = Rc::new(Notify::new());
    ///     let runners = [1, 2, 3].map(|_| {
    ///         let start = start.clone();
    ///         spawn(async move { start.notified().await })
    ///     });
    ///     yield_now().await; // on your marks
    ///     start.notify_waiters();
    ///     for runner in runners {
    ///         runner.await.unwrap();
    ///     }
    /// });
    /// ```
    pub fn notify_waiters(&self) {
        let all = self.state.borrow_mut().waiting.call_all();
        all.for_each(KeptWaker::wake);
    }

    /// Waits until somebody notifies.
    ///
    /// Cancel-safe: dropped before its end it leaves the line at once, and when
    /// [`notify_one`](Self::notify_one) had called it by then, the next is called in its place.
    #[track_caller]
    pub fn notified(&self) -> impl Future<Output = ()> {
        Notified {
            notify: self,
            line: SourceLine::caller(),
            ticket: None,
        }
    }
}

struct Notified<'a> {
    notify: &'a Notify,
    line: SourceLine,
    ticket: Option<Ticket>,
}

impl Future for Notified<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        {
            let mut state = self.notify.state.borrow_mut();
            match self.ticket {
                Some(ticket) if !state.waiting.is_waiting(ticket) => {
                    state.called.remove(&ticket);
                    self.ticket = None;
                    return Poll::Ready(());
                }
                None if state.kept => {
                    drop(state);
                    ready!(budget::poll_spend(cx, Some(self.line)));
                    self.notify.state.borrow_mut().kept = false;
                    return Poll::Ready(());
                }
                _ => {}
            }
        }
        let waker = KeptWaker::of(cx);
        let mut state = self.notify.state.borrow_mut();
        let (ticket, before) = state.waiting.wait(self.ticket, waker);
        drop(state);
        drop(before);
        self.ticket = Some(ticket);
        let (what, line) = (Awaited::Notification, self.line);
        running::with(|event_loop| event_loop.suspends_on([Wait::For { what, line }]));
        Poll::Pending
    }
}

impl Drop for Notified<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let (waker, was_called) = {
            let mut state = self.notify.state.borrow_mut();
            (state.waiting.leave(ticket), state.called.remove(&ticket))
        };
        drop(waker);
        if was_called {
            self.notify.notify_one();
        }
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.borrow();
        f.debug_struct("Notify")
            .field("kept", &state.kept)
            .field("called", &state.called.len())
            .finish_non_exhaustive()
    }
}
