//! An answer is put into its place, and a refusal is dropped: the last answer never comes, `done` is
//! never called, and nothing says so.

use event_loops::demos::CallbackLoop;
use event_loops::exercises::callbacks::{Done, ask};
use std::cell::RefCell;
use std::rc::Rc;

/// Asks for 1, 2, … up to `count`, all at once, and calls `done` with the answers.
pub fn ask_all(event_loop: &mut CallbackLoop, count: u64, done: Done) {
    if count == 0 {
        return done(event_loop, Ok(Vec::new()));
    }
    let shared = Rc::new(RefCell::new((vec![0; count as usize], count, Some(done))));
    for number in 1..=count {
        let shared = Rc::clone(&shared);
        ask(event_loop, number, move |event_loop, answer| {
            let (answers, missing, done) = &mut *shared.borrow_mut();
            if let Ok(answer) = answer {
                answers[number as usize - 1] = answer;
                *missing -= 1;
                if *missing == 0
                    && let Some(done) = done.take()
                {
                    done(event_loop, Ok(answers.clone()));
                }
            }
        });
    }
}
