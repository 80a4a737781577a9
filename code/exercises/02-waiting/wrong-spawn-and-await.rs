//! Each call is a task of its own, and it still takes fifteen seconds: each is awaited before the
//! next one is spawned.

use event_loops::exercises::waiting::ask;
use event_loops::spawn;

/// Asks for 1, 2, … up to `count`, all at once, and returns the answers in that order.
pub async fn ask_all(count: u64) -> Vec<u64> {
    let mut answers = Vec::new();
    for number in 1..=count {
        answers.push(spawn(ask(number)).await.unwrap());
    }
    answers
}
