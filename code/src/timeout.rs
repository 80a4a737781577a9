//! Not waiting forever: [`timeout`].

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Poll, ready};
use std::time::Duration;

use crate::running;
use crate::timers::sleep;
use crate::trace::elapsed;

/// Awaits `future`, but for no longer than `duration`.
///
/// The time starts when the timeout is first awaited. When it is over, `future` is dropped where
/// it is suspended, before the `await` returns: what it had done stays done, what it had not done
/// never happens. A result that is there when the time is up counts, and so does one that is late
/// because somebody held the thread. Nothing can stop a future that holds the thread itself.
///
/// Dropping the timeout drops `future`, and takes the deadline off the loop's list.
///
/// # Errors
///
/// [`Elapsed`] when the time is over and `future` is not.
///
/// # Panics
///
/// When it has to wait outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, now, sleep, timeout};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     let call = sleep(Duration::from_secs(15));
///     let error = timeout(Duration::from_secs(3), call).await.unwrap_err();
///     assert_eq!(error.to_string(), "timed out after 3.0 s");
///     assert_eq!(now(), Duration::from_secs(3));
/// });
/// ```
#[track_caller]
pub fn timeout<F: Future>(
    duration: Duration,
    future: F,
) -> impl Future<Output = Result<F::Output, Elapsed>> {
    let mut deadline = sleep(duration);
    async move {
        let mut future = pin!(future);
        // What the future does in its first poll counts, too.
        deadline.begin();
        // First the future, then the time: a result that is there is not thrown away.
        poll_fn(|cx| {
            let said = running::said();
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            // A future that uses up its budget in every poll must not outlive its time by that.
            ready!(deadline.poll_deadline(cx));
            said.take_back();
            Poll::Ready(Err(Elapsed { after: duration }))
        })
        .await
    }
}

/// The time of a [`timeout`] was over before its future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    after: Duration,
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out after {}", elapsed(self.after))
    }
}

impl std::error::Error for Elapsed {}
