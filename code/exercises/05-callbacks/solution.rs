//! Each answer has its place, the last one brings `done`, and an error brings it at once.

use event_loops::demos::CallbackLoop;
use event_loops::exercises::callbacks::{Done, ask};
use std::cell::RefCell;
use std::rc::Rc;

struct Answers {
    list: Vec<u64>,
    missing: u64,
    /// Gone when it has been called.
    done: Option<Done>,
}

/// Asks for 1, 2, … up to `count`, all at once, and calls `done` with the answers.
pub fn ask_all(event_loop: &mut CallbackLoop, count: u64, done: Done) {
    if count == 0 {
        return done(event_loop, Ok(Vec::new()));
    }
    let answers = Rc::new(RefCell::new(Answers {
        list: vec![0; count as usize],
        missing: count,
        done: Some(done),
    }));
    for number in 1..=count {
        let answers = Rc::clone(&answers);
        ask(event_loop, number, move |event_loop, answer| {
            let mut answers = answers.borrow_mut();
            answers.missing -= 1;
            let outcome = match answer {
                Err(error) => Err(error),
                Ok(answer) => {
                    answers.list[number as usize - 1] = answer;
                    Ok(answers.list.clone())
                }
            };
            if (outcome.is_err() || answers.missing == 0)
                && let Some(done) = answers.done.take()
            {
                done(event_loop, outcome);
            }
        });
    }
}
