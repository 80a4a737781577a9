//! Each poll polls both, as far as they are not ready, and it is pending until both are.

use event_loops::exercises::async_await::Call;
use std::future::poll_fn;
use std::task::Poll;

/// Awaits both at once.
pub async fn both(mut first: Call, mut second: Call) -> (u64, u64) {
    let (mut one, mut two) = (None, None);
    poll_fn(|cx| {
        if one.is_none()
            && let Poll::Ready(answer) = first.as_mut().poll(cx)
        {
            one = Some(answer);
        }
        if two.is_none()
            && let Poll::Ready(answer) = second.as_mut().poll(cx)
        {
            two = Some(answer);
        }
        match (one, two) {
            (Some(one), Some(two)) => Poll::Ready((one, two)),
            _ => Poll::Pending,
        }
    })
    .await
}
