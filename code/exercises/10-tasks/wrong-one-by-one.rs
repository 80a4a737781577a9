//! A panic is an error here, and each task is awaited before the next one is spawned.

use event_loops::exercises::tasks::ask;
use event_loops::spawn;

/// Asks for 1, 2, … up to `count`, all at once, and returns what came of each, in that order.
pub async fn ask_all(count: u64) -> Vec<Option<u64>> {
    let mut answers = Vec::new();
    for number in 1..=count {
        answers.push(spawn(ask(number)).await.ok());
    }
    answers
}
