//! Exercise 07-async-await: two futures at once, in one task.
//!
//! Await both calls, and return both answers, in the order of the calls. Both shall be under way at
//! the same time: it shall take as long as the longer one. Spawn nothing, and leave the loop's own
//! `join` aside, which this is about to become.
//!
//! A hint: `std::future::poll_fn` makes a future of a closure. To poll it is to call the closure,
//! with the context `cx`. `first.as_mut().poll(cx)` polls a call; that takes a `mut first`. What is
//! ready must not be polled again.

use event_loops::exercises::async_await::Call;

/// Shall await both at once.
pub async fn both(first: Call, second: Call) -> (u64, u64) {
    (first.await, second.await)
}
