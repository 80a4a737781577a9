//! Spawned, and the error unwrapped: main panics in its turn.

use event_loops::exercises::tasks::ask;
use event_loops::spawn;

/// Asks for 1, 2, … up to `count`, all at once, and returns what came of each, in that order.
pub async fn ask_all(count: u64) -> Vec<Option<u64>> {
    let handles: Vec<_> = (1..=count).map(|number| spawn(ask(number))).collect();
    let mut answers = Vec::new();
    for handle in handles {
        match handle.await {
            Ok(answer) => answers.push(Some(answer)),
            Err(error) => std::panic::resume_unwind(Box::new(error.to_string())),
        }
    }
    answers
}
