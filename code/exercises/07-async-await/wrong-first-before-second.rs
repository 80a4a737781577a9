//! While the first is pending, it returns before it comes to the second: one after the other again.

use event_loops::exercises::async_await::Call;
use std::future::poll_fn;
use std::task::{Poll, ready};

/// Awaits both at once.
pub async fn both(mut first: Call, mut second: Call) -> (u64, u64) {
    let mut one = None;
    poll_fn(|cx| {
        if one.is_none() {
            one = Some(ready!(first.as_mut().poll(cx)));
        }
        let two = ready!(second.as_mut().poll(cx));
        Poll::Ready((one.unwrap_or(0), two))
    })
    .await
}
