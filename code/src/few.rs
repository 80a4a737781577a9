//! A few futures inside one task: [`join`] waits for all of them, [`race`] for the first.
//!
//! Unlike [`gather`](crate::gather()) these spawn nothing. The futures are polled one after the
//! other, in the order given, whenever the task is; so they may borrow, and need not be boxed.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use crate::running;

/// Awaits two futures at once, inside the task that calls, and gives both results.
///
/// A future that has finished is dropped at once, and never polled again. A panic in one of them
/// goes to whoever awaits the `join`, and drops the other. Dropping the `join` drops what has not
/// finished, and the results that nobody has got yet with it: what must not be lost belongs into
/// a task of its own ([`spawn`](crate::spawn())).
///
/// ```
/// use event_loops::{EventLoop, join, now, sleep};
/// use std::time::Duration;
///
/// async fn call(seconds: u64) -> u64 {
///     sleep(Duration::from_secs(seconds)).await;
///     seconds
/// }
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     assert_eq!(join(call(2), call(3)).await, (2, 3));
///     assert_eq!(now(), Duration::from_secs(3)); // and not five
/// });
/// ```
pub async fn join<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(Some(a)), pin!(Some(b)));
    let (mut from_a, mut from_b) = (None, None);
    poll_fn(|cx| {
        poll_into(&mut from_a, &mut a, cx);
        poll_into(&mut from_b, &mut b, cx);
        match (from_a.take(), from_b.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            so_far => {
                (from_a, from_b) = so_far;
                Poll::Pending
            }
        }
    })
    .await
}

/// As [`join`], for three.
///
/// ```
/// use event_loops::{EventLoop, join3};
///
/// let event_loop = EventLoop::new();
/// let all = event_loop.run_until_complete(join3(async { 1 }, async { "two" }, async { 3.0 }));
/// assert_eq!(all, (1, "two", 3.0));
/// ```
pub async fn join3<A: Future, B: Future, C: Future>(
    a: A,
    b: B,
    c: C,
) -> (A::Output, B::Output, C::Output) {
    let ((a, b), c) = join(join(a, b), c).await;
    (a, b, c)
}

/// Awaits two futures at once, inside the task that calls, and gives the result of the first that
/// finishes. The other one is dropped where it is suspended, before the `await` returns.
///
/// When both could finish, `a` wins: it is polled first, and `b` is then not polled at all.
///
/// What the loser has done stays done. When it had taken something out of a channel or a socket,
/// and not yet passed it on, that is lost with it: race only what is cancel-safe, as each of our
/// futures says of itself, or [`spawn`](crate::spawn()) the work and race its handle.
/// Dropping the `race` drops both.
///
/// ```
/// use event_loops::{EventLoop, now, race, sleep};
/// use std::time::Duration;
///
/// async fn mirror(name: &str, seconds: u64) -> &str {
///     sleep(Duration::from_secs(seconds)).await;
///     name
/// }
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     assert_eq!(race(mirror("far", 3), mirror("near", 1)).await, "near");
///     assert_eq!(now(), Duration::from_secs(1));
/// });
/// ```
pub async fn race<A: Future, B: Future<Output = A::Output>>(a: A, b: B) -> A::Output {
    let (mut a, mut b) = (pin!(a), pin!(b));
    poll_fn(|cx| {
        let said = running::said();
        if let Poll::Ready(first) = a.as_mut().poll(cx) {
            return Poll::Ready(first);
        }
        let first = ready!(b.as_mut().poll(cx));
        said.take_back();
        Poll::Ready(first)
    })
    .await
}

/// As [`race`], for three: when several could finish, `a` wins before `b`, and `b` before `c`.
///
/// ```
/// use event_loops::{EventLoop, race3};
/// use std::future::{pending, ready};
///
/// let event_loop = EventLoop::new();
/// let first = event_loop.run_until_complete(race3(pending(), ready("b"), ready("c")));
/// assert_eq!(first, "b");
/// ```
pub async fn race3<A: Future, B: Future<Output = A::Output>, C: Future<Output = A::Output>>(
    a: A,
    b: B,
    c: C,
) -> A::Output {
    race(race(a, b), c).await
}

/// Polls `future` unless it is over, and drops it when it is.
fn poll_into<F: Future>(
    result: &mut Option<F::Output>,
    future: &mut Pin<&mut Option<F>>,
    cx: &mut Context<'_>,
) {
    let Some(unfinished) = future.as_mut().as_pin_mut() else {
        return;
    };
    if let Poll::Ready(output) = unfinished.poll(cx) {
        *result = Some(output);
        future.set(None);
    }
}
