//! Giving the thread back without waiting for anything.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::running;
use crate::trace::{SourceLine, Wait};

/// Lets every other task that is ready have a turn, then goes on. What asyncio writes as
/// `await asyncio.sleep(0)`.
///
/// ```
/// use event_loops::{EventLoop, spawn, yield_now};
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// let event_loop = EventLoop::new();
/// event_loop.run_until_complete(async {
///     let done = Rc::new(Cell::new(false));
///     let to_do = done.clone();
///     spawn(async move { to_do.set(true) });
///     assert!(!done.get()); // spawned, and not yet polled
///     yield_now().await;
///     assert!(done.get());
/// });
/// ```
#[track_caller]
pub fn yield_now() -> YieldNow {
    YieldNow {
        yielded: false,
        line: SourceLine::caller(),
    }
}

/// The future of [`yield_now`].
#[derive(Debug)]
#[must_use = "nothing is given back before this is awaited"]
pub struct YieldNow {
    yielded: bool,
    line: SourceLine,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        cx.waker().wake_by_ref();
        let line = self.line;
        running::with(|event_loop| event_loop.suspends_on([Wait::NextTurn { line }]));
        Poll::Pending
    }
}
