//! Chapter 5: the program of [`two_steps`](super::two_steps) with callbacks, and, to compare, with
//! calls that block.

use std::cell::RefCell;
use std::rc::Rc;

use super::callback_loop::{CallbackLoop, Chain};
use super::two_steps::{Refused, Request, Settings, Summary, Way};
use crate::Trace;

type Answer = Result<u64, Refused>;

/// Runs the program of that [`Way`]: blocking or with callbacks.
pub(super) fn run_on(mut event_loop: CallbackLoop, settings: &Settings) -> Trace {
    start_on(&mut event_loop, settings);
    event_loop.run();
    event_loop.trace()
}

pub(super) fn start_on(event_loop: &mut CallbackLoop, settings: &Settings) {
    let of_main = settings.clone();
    event_loop.start_chain("main", move |event_loop| match of_main.way {
        Way::Blocking => one_after_the_other(event_loop, &of_main),
        _ => together(event_loop, &of_main),
    });
}

fn one_after_the_other(event_loop: &CallbackLoop, settings: &Settings) {
    let answers: Vec<Answer> = settings
        .requests()
        .map(|request| blocking::call(event_loop, request))
        .collect();
    event_loop.note(Summary(&answers));
}

pub(super) mod blocking {
    use super::{CallbackLoop, Refused, Request};

    // ANCHOR: blocking
    pub fn call(event_loop: &CallbackLoop, request: Request) -> Result<u64, Refused> {
        event_loop.note(format_args!("{request} asks"));
        event_loop.block_for(request.wait);
        let answer = fetch(event_loop, request)?;
        event_loop.note(format_args!("{request} is back"));
        Ok(answer)
    }

    pub fn fetch(event_loop: &CallbackLoop, request: Request) -> Result<u64, Refused> {
        event_loop.note(format_args!("{request} fetches"));
        event_loop.block_for(request.wait);
        request.answer()
    }
    // ANCHOR_END: blocking
}

/// Starts all calls, and is called again when the last answer is there.
fn together(event_loop: &mut CallbackLoop, settings: &Settings) {
    let answers = Rc::new(RefCell::new(Answers {
        missing: settings.tasks,
        list: vec![Err(Refused); settings.tasks],
    }));
    let main = event_loop.this_chain();
    for (place, request) in settings.requests().enumerate() {
        let (answers, main) = (Rc::clone(&answers), main.clone());
        event_loop.start_chain(request, move |event_loop| {
            call(event_loop, request, move |event_loop, answer| {
                Answers::put(&answers, place, answer, event_loop, main);
            });
        });
    }
}

/// What a caller would have on its stack, if it could stay there.
struct Answers {
    missing: usize,
    list: Vec<Answer>,
}

impl Answers {
    fn put(
        this: &Rc<RefCell<Self>>,
        place: usize,
        answer: Answer,
        event_loop: &mut CallbackLoop,
        main: Chain,
    ) {
        let answers = &mut *this.borrow_mut();
        answers.list[place] = answer;
        answers.missing -= 1;
        if answers.missing == 0 {
            let list = std::mem::take(&mut answers.list);
            event_loop.call_soon_in(main, move |event_loop| event_loop.note(Summary(&list)));
        }
    }
}

// ANCHOR: callbacks
pub(super) fn call<D>(event_loop: &mut CallbackLoop, request: Request, done: D)
where
    D: FnOnce(&mut CallbackLoop, Result<u64, Refused>) + 'static,
{
    event_loop.note(format_args!("{request} asks"));
    event_loop.call_later(request.wait, move |event_loop| {
        fetch(
            event_loop,
            request,
            move |event_loop, answer| match answer {
                Err(error) => done(event_loop, Err(error)),
                Ok(answer) => {
                    event_loop.note(format_args!("{request} is back"));
                    done(event_loop, Ok(answer));
                }
            },
        );
    });
}

pub(super) fn fetch<D>(event_loop: &mut CallbackLoop, request: Request, done: D)
where
    D: FnOnce(&mut CallbackLoop, Result<u64, Refused>) + 'static,
{
    event_loop.note(format_args!("{request} fetches"));
    event_loop.call_later(request.wait, move |event_loop| {
        done(event_loop, request.answer());
    });
}
// ANCHOR_END: callbacks
