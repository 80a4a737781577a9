//! It polls both each time, the one that was ready, too, and has not kept its answer.

use event_loops::exercises::async_await::Call;
use std::future::poll_fn;
use std::task::Poll;

/// Awaits both at once.
pub async fn both(mut first: Call, mut second: Call) -> (u64, u64) {
    poll_fn(
        |cx| match (first.as_mut().poll(cx), second.as_mut().poll(cx)) {
            (Poll::Ready(one), Poll::Ready(two)) => Poll::Ready((one, two)),
            _ => Poll::Pending,
        },
    )
    .await
}
