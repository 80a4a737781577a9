//! `gather` starts them all, waits for the last, and keeps the order.

use event_loops::exercises::waiting::ask;
use event_loops::gather;

/// Asks for 1, 2, … up to `count`, all at once, and returns the answers in that order.
pub async fn ask_all(count: u64) -> Vec<u64> {
    gather((1..=count).map(ask)).await
}
