//! Exercise 02-waiting: many questions, answered in the time of one.

use std::future::Future;
use std::time::Duration;

use super::report::{Check, Ran, Report, never_blocks, run};
use crate::trace::elapsed;
use crate::{note, sleep};

/// Asks somebody far away for the square of a number. The answer takes three seconds.
pub async fn ask(number: u64) -> u64 {
    note(format_args!("asks for {number}"));
    sleep(ONE_CALL).await;
    number * number
}

const ONE_CALL: Duration = Duration::from_secs(3);

/// Runs `ask_all` for several numbers of questions, and checks that the answers are right, in order,
/// and take the time of one.
///
/// ```
/// use event_loops::exercises::waiting::{self, ask};
///
/// let report = waiting::check(async |count| {
///     let mut answers = Vec::new();
///     for number in 1..=count {
///         answers.push(ask(number).await);
///     }
///     answers
/// });
/// assert!(!report.passed()); // fifteen seconds: one question after the other
/// ```
pub fn check<F>(ask_all: impl Fn(u64) -> F) -> Report
where
    F: Future<Output = Vec<u64>>,
{
    let Ran {
        output,
        trace,
        real,
    } = run(|| ask_all(5));
    let mut checks = vec![Check::new("comes to an end", output.is_ok(), || {
        output.as_ref().err().cloned().unwrap_or_default()
    })];
    if let Ok(answers) = output {
        let right = [1, 4, 9, 16, 25];
        checks.push(Check::new(
            "gives the five answers in order",
            answers == right,
            || format!("it gave {answers:?}, and {right:?} was asked for"),
        ));
        let asked = trace.notes().count();
        checks.push(Check::new("asks five times", asked == 5, || {
            format!("it asked {asked} times: `ask(number).await` asks once")
        }));
        checks.push(never_blocks(&trace, real));
        checks.push(Check::new(
            "takes the time of one call",
            trace.total() == ONE_CALL,
            || {
                let took = elapsed(trace.total());
                let question = if trace.total() > ONE_CALL {
                    "when does the second one start?"
                } else {
                    "was nobody asked, or nobody waited for?"
                };
                format!("five calls of 3.0 s took {took}: {question}")
            },
        ));
        let wrong = if answers == right {
            wrong_for_others(&ask_all)
        } else {
            None
        };
        checks.push(Check::new(
            "asks one question, or none, or a thousand",
            wrong.is_none() && answers == right,
            || wrong.unwrap_or_else(|| "first mend what is wrong for five".to_string()),
        ));
    }
    Report {
        exercise: "02-waiting",
        checks,
        timeline: Some(trace.drawn()),
    }
}

fn wrong_for_others<F>(ask_all: &impl Fn(u64) -> F) -> Option<String>
where
    F: Future<Output = Vec<u64>>,
{
    let (count, gave) = [0, 1, 1000].into_iter().find_map(|count| {
        let right: Vec<_> = (1..=count).map(|number| number * number).collect();
        let output = run(|| ask_all(count)).output;
        (output.as_ref() != Ok(&right)).then_some((count, output))
    })?;
    Some(match gave {
        Ok(gave) => format!(
            "it is right for five, and for {count} it gave {} answers: `count` says how many",
            gave.len()
        ),
        Err(error) => format!("it is right for five, and for {count} it came to no end: {error}"),
    })
}
