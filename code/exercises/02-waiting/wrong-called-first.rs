//! All five are called before the first one is awaited, and it still takes fifteen seconds:
//! calling an async function makes a future and runs nothing.

use event_loops::exercises::waiting::ask;

/// Asks for 1, 2, … up to `count`, all at once, and returns the answers in that order.
pub async fn ask_all(count: u64) -> Vec<u64> {
    let calls: Vec<_> = (1..=count).map(ask).collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await);
    }
    answers
}
