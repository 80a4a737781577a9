//! Exercise 05-callbacks: five questions in three seconds, by callbacks.
//!
//! `ask(event_loop, number, callback)` asks somebody far away, and calls `callback` with the answer:
//! after three seconds for an odd number, after two for an even one. The number 7 is refused.
//!
//! Ask for 1, 2, … up to `count`, all at once. When all answers are there, call `done` with them, in
//! the order of the numbers. When one is refused, call `done` with that error. Call it exactly once,
//! whatever `count` is. A callback is called when this function has long returned: what several
//! of them share, as the list of answers, can live in an `Rc<RefCell<…>>`.

use event_loops::demos::CallbackLoop;
use event_loops::exercises::callbacks::{Done, ask};

/// Shall ask for 1, 2, … up to `count`, all at once, and call `done` with the answers.
pub fn ask_all(event_loop: &mut CallbackLoop, count: u64, done: Done) {
    ask(event_loop, count, move |event_loop, answer| {
        done(event_loop, answer.map(|answer| vec![answer]));
    });
}
