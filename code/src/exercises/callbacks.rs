//! Exercises of chapter 5: predict an order of callbacks; collect many answers by callbacks.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::time::Duration;

use super::report::{Check, Report};
use crate::demos::CallbackLoop;
use crate::demos::two_steps::Refused;
use crate::trace::elapsed;
use crate::{ClockKind, JoinError, Trace};

/// What `ask_all` calls when all answers are there, or one has been refused.
pub type Done = Box<dyn FnOnce(&mut CallbackLoop, Result<Vec<u64>, Refused>)>;

/// Asks somebody far away for the square of a number, and calls `done` with the answer: after three
/// seconds for an odd number, after two for an even one. The number 7 is refused.
pub fn ask(
    event_loop: &mut CallbackLoop,
    number: u64,
    done: impl FnOnce(&mut CallbackLoop, Result<u64, Refused>) + 'static,
) {
    let caller = event_loop.this_chain();
    event_loop.start_chain(format_args!("ask {number}"), move |event_loop| {
        event_loop.note(format_args!("asks for {number}"));
        let wait = if number.is_multiple_of(2) { EVEN } else { ODD };
        event_loop.call_later(wait, move |event_loop| {
            let answer = if number == 7 {
                Err(Refused)
            } else {
                Ok(number * number)
            };
            event_loop.call_soon_in(caller, move |event_loop| done(event_loop, answer));
        });
    });
}

const EVEN: Duration = Duration::from_secs(2);
const ODD: Duration = Duration::from_secs(3);

/// Runs `ask_all` for several numbers of questions, and checks that `done` is called with the
/// answers in order, after three seconds, and with the error when there is one.
///
/// ```
/// use event_loops::exercises::callbacks::{self, Done, ask};
/// use event_loops::demos::CallbackLoop;
///
/// fn ask_all(event_loop: &mut CallbackLoop, _: u64, done: Done) {
///     ask(event_loop, 1, |event_loop, answer| done(event_loop, answer.map(|one| vec![one])));
/// }
/// assert!(!callbacks::check(ask_all).passed()); // it asks once, whatever it is told
/// ```
pub fn check(ask_all: impl Fn(&mut CallbackLoop, u64, Done) + Clone + 'static) -> Report {
    let (outcome, trace) = answers(ask_all.clone(), 5);
    let mut checks = vec![Check::new(
        "comes to an end, and calls done",
        outcome.is_ok(),
        || outcome.as_ref().err().cloned().unwrap_or_default(),
    )];
    if let Ok(answers) = outcome {
        let right = Ok(vec![1, 4, 9, 16, 25]);
        checks.push(Check::new(
            "gives the five answers in order",
            answers == right,
            || wrong_answers(&answers),
        ));
        let total = trace.total();
        checks.push(Check::new(
            "takes the time of one question",
            total == ODD,
            || {
                let total = elapsed(total);
                format!(
                    "five questions of at most 3.0 s took {total}: when is the second one asked?"
                )
            },
        ));
        for (claim, count, right, hint) in [
            (
                "calls done with the error when one is refused",
                7,
                Err(Refused),
                "the seventh is refused, and the caller has to hear of it",
            ),
            (
                "calls done when there is nothing to ask",
                0,
                Ok(Vec::new()),
                "nothing is asked, and the list is empty: who calls done then?",
            ),
        ] {
            let (outcome, _) = self::answers(ask_all.clone(), count);
            checks.push(Check::new(claim, outcome == Ok(right), || match outcome {
                Ok(gave) => format!("for {count} it gave {gave:?}: {hint}"),
                Err(error) => format!("for {count}: {error}: {hint}"),
            }));
        }
    }
    Report {
        exercise: "05-callbacks",
        checks,
        timeline: Some(trace.drawn()),
    }
}

fn wrong_answers(answers: &Result<Vec<u64>, Refused>) -> String {
    let mut sorted = answers.clone().unwrap_or_default();
    sorted.sort_unstable();
    let hint = if sorted == [1, 4, 9, 16, 25] {
        "an answer has its place, whenever it comes"
    } else {
        "five answers were asked for"
    };
    format!("it gave {answers:?}: {hint}")
}

/// What `done` was called with, or in what way it was not.
fn answers(
    ask_all: impl FnOnce(&mut CallbackLoop, u64, Done) + 'static,
    count: u64,
) -> (Result<Result<Vec<u64>, Refused>, String>, Trace) {
    let heard = Rc::new(RefCell::new(None));
    let to = Rc::clone(&heard);
    let done: Done = Box::new(move |event_loop, answers| {
        event_loop.note("done");
        to.replace(Some(answers));
    });
    let (ran, trace) = run(move |event_loop| ask_all(event_loop, count, done));
    let forgotten = || "done was never called: main waits for it forever".to_string();
    let outcome = ran.and_then(|()| heard.take().ok_or_else(forgotten));
    (outcome, trace)
}

fn run(main: impl FnOnce(&mut CallbackLoop) + 'static) -> (Result<(), String>, Trace) {
    let mut event_loop = CallbackLoop::new(ClockKind::Virtual).on_event(|_| {});
    event_loop.start_chain("main", main);
    let ran = panic::catch_unwind(AssertUnwindSafe(|| event_loop.run()));
    let ran = ran.map_err(|payload| JoinError::panicked(payload).to_string());
    (ran, event_loop.trace())
}

// ANCHOR: order
/// What is to be predicted: in which order does this say its letters?
pub fn letters(event_loop: &mut CallbackLoop) {
    let second = Duration::from_secs(1);
    event_loop.note("a");
    event_loop.call_later(2 * second, |event_loop| event_loop.note("b"));
    event_loop.call_soon(|event_loop| {
        event_loop.note("c");
        event_loop.call_soon(|event_loop| event_loop.note("d"));
    });
    event_loop.call_later(second, move |event_loop| {
        event_loop.note("e");
        event_loop.call_later(second, |event_loop| event_loop.note("f"));
    });
    event_loop.call_soon(|event_loop| event_loop.note("g"));
    event_loop.note("h");
}
// ANCHOR_END: order

/// Runs [`letters`], and compares.
///
/// ```
/// use event_loops::exercises::callbacks;
///
/// let report = callbacks::check_order(|| "abcdefgh");
/// assert!(!report.passed());
/// ```
pub fn check_order(predict: impl Fn() -> &'static str) -> Report {
    let (_, trace) = run(letters);
    let said: String = trace.notes().map(|(_, _, letter)| letter).collect();
    let predicted: String = predict().split_whitespace().collect();
    let mut letters: Vec<char> = predicted.chars().collect();
    letters.sort_unstable();
    let mut checks = vec![Check::new(
        "names each of the eight letters once",
        letters.iter().copied().eq('a'..='h'),
        || {
            format!(
                "it is {predicted:?}: write the letters from a to h in one text, like \"abcdefgh\""
            )
        },
    )];
    let right = predicted.chars().zip(said.chars());
    let right = right.take_while(|(mine, real)| mine == real).count();
    if letters.iter().copied().eq('a'..='h') {
        checks.push(Check::new(
            "in the order in which they are said",
            right == 8,
            || {
                let real = said.chars().nth(right).unwrap_or(' ');
                let so_far: String = said.chars().take(right).collect();
                format!("right so far: {so_far:?}. What comes next: {}", hint(real))
            },
        ));
    }
    Report {
        exercise: "05-callbacks-predict",
        checks,
        timeline: None,
    }
}

/// Why this letter comes next.
fn hint(letter: char) -> &'static str {
    match letter {
        'a' | 'h' => {
            "nothing has been called yet: `call_soon` and `call_later` call nothing, they only put the \
             callback where the loop finds it"
        }
        'c' | 'g' => "it is the turn of what was in the queue first",
        'd' => "what is in the queue comes before what has to wait for its time",
        'e' => "one second is over before two are",
        _ => "two deadlines are equal, and it counts which was set first",
    }
}
