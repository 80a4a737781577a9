//! Each question is a task, and all of them are spawned before the first is awaited. A handle gives a
//! panic as an error.

use event_loops::exercises::tasks::ask;
use event_loops::spawn;

/// Asks for 1, 2, … up to `count`, all at once, and returns what came of each, in that order.
pub async fn ask_all(count: u64) -> Vec<Option<u64>> {
    let handles: Vec<_> = (1..=count).map(|number| spawn(ask(number))).collect();
    let mut answers = Vec::new();
    for handle in handles {
        answers.push(handle.await.ok());
    }
    answers
}
