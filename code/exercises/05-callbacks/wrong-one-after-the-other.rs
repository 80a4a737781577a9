//! Each question is asked in the callback of the one before. Order and errors are easy that way, and
//! five questions take thirteen seconds.

use event_loops::demos::CallbackLoop;
use event_loops::exercises::callbacks::{Done, ask};

/// Asks for 1, 2, … up to `count`, and calls `done` with the answers.
pub fn ask_all(event_loop: &mut CallbackLoop, count: u64, done: Done) {
    ask_from(event_loop, Vec::new(), count, done);
}

fn ask_from(event_loop: &mut CallbackLoop, mut answers: Vec<u64>, count: u64, done: Done) {
    let number = answers.len() as u64 + 1;
    if number > count {
        return done(event_loop, Ok(answers));
    }
    ask(event_loop, number, move |event_loop, answer| match answer {
        Err(error) => done(event_loop, Err(error)),
        Ok(answer) => {
            answers.push(answer);
            ask_from(event_loop, answers, count, done);
        }
    });
}
