//! Both futures are there before the first is awaited. But to make a future is to start nothing.

use event_loops::exercises::async_await::Call;

/// Awaits both at once.
pub async fn both(first: Call, second: Call) -> (u64, u64) {
    let one = async { first.await };
    let two = async { second.await };
    (one.await, two.await)
}
