//! Exercise 02-waiting: five questions in three seconds.
//!
//! `ask(number)` waits three seconds for its answer. Asked one after the other, five questions
//! take fifteen seconds. Ask them so that they take three, and give the answers in order.

use event_loops::exercises::waiting::ask;

/// Shall ask for 1, 2, … up to `count`, all at once, and return the answers in that order.
pub async fn ask_all(count: u64) -> Vec<u64> {
    let mut answers = Vec::new();
    for number in 1..=count {
        answers.push(ask(number).await);
    }
    answers
}
