//! The answers stand in the order in which they came: those to even numbers first.

use event_loops::demos::CallbackLoop;
use event_loops::exercises::callbacks::{Done, ask};
use std::cell::RefCell;
use std::rc::Rc;

/// Asks for 1, 2, … up to `count`, all at once, and calls `done` with the answers.
pub fn ask_all(event_loop: &mut CallbackLoop, count: u64, done: Done) {
    if count == 0 {
        return done(event_loop, Ok(Vec::new()));
    }
    let shared = Rc::new(RefCell::new((Vec::new(), Some(done))));
    for number in 1..=count {
        let shared = Rc::clone(&shared);
        ask(event_loop, number, move |event_loop, answer| {
            let (answers, done) = &mut *shared.borrow_mut();
            let outcome = answer.map(|answer| {
                answers.push(answer);
                answers.clone()
            });
            let over = !matches!(&outcome, Ok(answers) if answers.len() < count as usize);
            if over && let Some(done) = done.take() {
                done(event_loop, outcome);
            }
        });
    }
}
