//! Exercise 10-tasks: one fails, and the others go on.
//!
//! `ask(number)` waits three seconds for the square of a number. Nobody knows the square of 3: then it
//! panics. Ask for 1, 2, … up to `count`, all at once, and give the answers in order, with `None` for
//! one that has failed.
//!
//! This version passes the panic on to whoever called it, and all answers are lost.

use event_loops::exercises::tasks::ask;
use event_loops::gather;

/// Shall ask for 1, 2, … up to `count`, all at once, and return what came of each, in that order.
pub async fn ask_all(count: u64) -> Vec<Option<u64>> {
    let answers = gather((1..=count).map(ask)).await;
    answers.into_iter().map(Some).collect()
}
