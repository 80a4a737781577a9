//! Exercises 10-tasks and 10-tasks-predict: many tasks of which one fails, and who has which turn.

use std::future::Future;
use std::time::Duration;

use super::predict::{Question, compare};
use super::report::{Check, Ran, Report, never_blocks, run};
use crate::{EventLoop, elapsed, note, sleep, spawn, yield_now};

/// Asks somebody far away for the square of a number. The answer takes three seconds. Nobody knows
/// the square of 3: asked for it, this panics.
///
/// # Panics
///
/// When it is asked for 3.
pub async fn ask(number: u64) -> u64 {
    note(format_args!("asks for {number}"));
    sleep(ONE_CALL).await;
    if number == UNKNOWN {
        // As `panic!`, without the report on stderr: this one is on purpose.
        std::panic::resume_unwind(Box::new("nobody knows the square of 3"));
    }
    note(format_args!("knows {number}"));
    number * number
}

const ONE_CALL: Duration = Duration::from_secs(3);
const UNKNOWN: u64 = 3;

/// Runs `ask_all` for several numbers of questions, and checks that one that fails costs nothing but
/// its own answer.
///
/// ```
/// use event_loops::exercises::tasks::{self, ask};
/// use event_loops::gather;
///
/// let report = tasks::check(async |count| {
///     let answers = gather((1..=count).map(ask)).await; // passes the panic on
///     answers.into_iter().map(Some).collect()
/// });
/// assert!(!report.passed());
/// ```
pub fn check<F>(ask_all: impl Fn(u64) -> F) -> Report
where
    F: Future<Output = Vec<Option<u64>>>,
{
    let Ran {
        output,
        trace,
        real,
    } = run(|| ask_all(5));
    let mut checks = vec![Check::new("comes to an end", output.is_ok(), || {
        let what = output.as_ref().err().cloned().unwrap_or_default();
        format!("{what}: who passes a panic on, and who gives it as an error?")
    })];
    if let Ok(answers) = output {
        checks.push(Check::new(
            "gives the answers in order, and None for the one that nobody knows",
            answers == right(5),
            || format!("it gave {answers:?}, and {:?} was asked for", right(5)),
        ));
        let said = |what: &str| {
            trace
                .notes()
                .filter(|note| note.2.starts_with(what))
                .count()
        };
        checks.push(Check::new(
            "asks five times, and lets the four others come to their end",
            (said("asks"), said("knows")) == (5, 4),
            || {
                let (asks, knows) = (said("asks"), said("knows"));
                format!("it asked {asks} times, and {knows} came to their end")
            },
        ));
        checks.push(never_blocks(&trace, real));
        checks.push(Check::new(
            "takes the time of one call",
            trace.total() == ONE_CALL,
            || {
                let took = elapsed(trace.total());
                format!("five calls of 3.0 s took {took}: when is the second one spawned?")
            },
        ));
        let is_wrong = |count: &u64| run(|| ask_all(*count)).output != Ok(right(*count));
        let wrong = [0, 1, 2, 1000].into_iter().find(is_wrong);
        checks.push(Check::new(
            "asks none, one, two, or a thousand",
            wrong.is_none(),
            || match wrong {
                Some(count) if answers == right(5) => format!(
                    "it is right for five, and for {count} it is not: `count` says how many"
                ),
                _ => "first mend what is wrong for five".to_string(),
            },
        ));
    }
    Report {
        exercise: "10-tasks",
        checks,
        timeline: Some(trace.drawn()),
    }
}

fn right(count: u64) -> Vec<Option<u64>> {
    let answer = |number| (number != UNKNOWN).then_some(number * number);
    (1..=count).map(answer).collect()
}

/// Runs a program of four tasks, and compares what they say with what `order` predicts.
///
/// ```
/// use event_loops::exercises::tasks::check_predictions;
///
/// assert!(!check_predictions(|| [""; 7]).passed());
/// ```
pub fn check_predictions(order: impl FnOnce() -> [&'static str; 7]) -> Report {
    let lines = said();
    let hints = [
        "who is polled first of all?",
        "main gives the thread back only when it has to wait: who is then first in the queue?",
        "a has given the thread back: who has waited for the longest time?",
        "what was put into the queue while this round was polled, and in which order?",
        "whoever yields goes to the end of the queue",
        "the end of a wakes main, which then has to queue, too",
        "what is left?",
    ];
    let abouts = [
        "the 1st line",
        "the 2nd line",
        "the 3rd line",
        "the 4th line",
        "the 5th line",
        "the 6th line",
        "the 7th line",
    ];
    let questions: Vec<_> = abouts
        .into_iter()
        .zip(&lines)
        .zip(hints)
        .map(|((about, truth), hint)| Question {
            about,
            truth: truth.as_str(),
            hint,
        })
        .collect();
    compare("10-tasks-predict", &questions, &order())
}

/// What the program of the exercise says, in order.
fn said() -> Vec<String> {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let a = spawn(async {
            note("a 1");
            spawn(async { note("c") });
            yield_now().await;
            note("a 2");
        });
        spawn(async {
            note("b 1");
            yield_now().await;
            note("b 2");
        });
        note("main 1");
        let _is_over = a.await.is_ok();
        note("main 2");
    });
    let trace = event_loop.trace();
    trace.notes().map(|note| note.2.to_string()).collect()
}
