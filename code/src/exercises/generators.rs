//! Exercises of chapter 6: predict when two generators are resumed; write one that tries again.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::time::Duration;

use super::report::{Check, Report};
use crate::demos::two_steps::Refused;
use crate::demos::{Generator, GeneratorLoop, Resumed, Until};
use crate::trace::elapsed;
use crate::{ClockKind, JoinError, Trace};

/// Somebody who refuses some attempts before he answers.
#[derive(Clone)]
pub struct Server {
    refusals: u32,
    attempts: Rc<Cell<u32>>,
}

impl Server {
    /// Asks once. The answer, or the refusal, is there at once.
    ///
    /// # Errors
    ///
    /// When it is refused.
    pub fn attempt(&self, event_loop: &GeneratorLoop) -> Result<u64, Refused> {
        let number = self.attempts.get() + 1;
        self.attempts.set(number);
        event_loop.note(format_args!("attempt {number}"));
        if number <= self.refusals {
            Err(Refused)
        } else {
            Ok(42)
        }
    }
}

/// Runs the generator that `retry` makes, with servers of different patience.
///
/// ```
/// use event_loops::demos::{Generator, GeneratorLoop, Resumed, two_steps::Refused};
/// use event_loops::exercises::generators::{self, Server};
///
/// struct Once(Server);
/// impl Generator for Once {
///     type Return = Result<u64, Refused>;
///     fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Self::Return> {
///         Resumed::Complete(self.0.attempt(event_loop))
///     }
/// }
/// assert!(!generators::check(Once).passed()); // it gives up after the first attempt
/// ```
pub fn check<G>(retry: impl Fn(Server) -> G) -> Report
where
    G: Generator<Return = Result<u64, Refused>> + 'static,
{
    let mut checks = Vec::new();
    let mut shown = None;
    for (claim, refusals, right, times) in [
        ("asks once when it is answered at once", 0, Ok(42), &[0][..]),
        ("tries again after 1 s", 1, Ok(42), &[0, 1]),
        ("and after 2 s more", 2, Ok(42), &[0, 1, 3]),
        ("and after 4 s more", 3, Ok(42), &[0, 1, 3, 7]),
        ("and then gives up", 4, Err(Refused), &[0, 1, 3, 7]),
    ] {
        let (outcome, trace) = run(retry(Server {
            refusals,
            attempts: Rc::default(),
        }));
        let attempts: Vec<_> = trace.notes().map(|(at, ..)| at).collect();
        let times = times.iter().copied().map(Duration::from_secs);
        let last = attempts.last().copied().unwrap_or_default();
        let right =
            outcome == Ok(right) && attempts.iter().copied().eq(times) && trace.total() == last;
        checks.push(Check::new(claim, right, || {
            wrong(&outcome, &attempts, &trace)
        }));
        if shown.is_none() && !right {
            shown = Some(trace.clone());
        }
        if refusals == 4 {
            shown.get_or_insert(trace);
        }
    }
    Report {
        exercise: "06-generators",
        checks,
        timeline: shown.map(|trace| trace.drawn()),
    }
}

fn wrong(
    outcome: &Result<Result<u64, Refused>, String>,
    attempts: &[Duration],
    trace: &Trace,
) -> String {
    let outcome = match outcome {
        Ok(outcome) => format!("{outcome:?}"),
        Err(error) => return error.clone(),
    };
    let times: Vec<_> = attempts.iter().map(|at| elapsed(*at)).collect();
    let last = attempts.last().copied().unwrap_or_default();
    let total = elapsed(trace.total());
    let hint = if attempts.is_empty() {
        "it never asked".to_string()
    } else if trace.total() > last {
        format!("and it was over at {total}: what does it wait for, after the last attempt?")
    } else if attempts.len() > 1 && attempts.iter().all(|at| at.is_zero()) {
        "a generator that does not yield does not wait".to_string()
    } else if attempts.len() == 1 {
        "what does `self` have to remember, so that it can go on after a refusal?".to_string()
    } else if attempts.len() > 4 {
        "four attempts are the most".to_string()
    } else {
        "each pause is twice the one before: where is it remembered?".to_string()
    };
    format!(
        "it asked at {} and returned {outcome}: {hint}",
        times.join(", ")
    )
}

fn run<G>(generator: G) -> (Result<G::Return, String>, Trace)
where
    G: Generator + 'static,
    G::Return: 'static,
{
    let mut event_loop = GeneratorLoop::new(ClockKind::Virtual).on_event(|_| {});
    let main = event_loop.spawn("main", generator);
    let ran = panic::catch_unwind(AssertUnwindSafe(|| event_loop.run()));
    let ran = ran.map_err(|payload| JoinError::panicked(payload).to_string());
    let unfinished = || "it never came to its end".to_string();
    let outcome = ran.and_then(|()| main.take().ok_or_else(unfinished));
    (outcome, event_loop.trace())
}

// ANCHOR: resumes
/// What is to be predicted: when is which of the two resumed?
pub fn two(event_loop: &mut GeneratorLoop) {
    event_loop.spawn("a", Waits(vec![1, 2, 1].into_iter()));
    event_loop.spawn("b", Waits(vec![2, 2].into_iter()));
}

/// Waits for so many seconds, once for each number.
struct Waits(std::vec::IntoIter<u64>);

impl Generator for Waits {
    type Return = ();

    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<()> {
        event_loop.note("resumed");
        match self.0.next() {
            Some(seconds) => Resumed::Yielded(Until::Elapsed(Duration::from_secs(seconds))),
            None => Resumed::Complete(()),
        }
    }
}
// ANCHOR_END: resumes

/// Runs [`two`], and compares.
///
/// ```
/// use event_loops::exercises::generators;
///
/// let report = generators::check_resumes(|| vec![(0, 'a'), (1, 'a')]);
/// assert!(!report.passed());
/// ```
pub fn check_resumes(predict: impl Fn() -> Vec<(u64, char)>) -> Report {
    let mut event_loop = GeneratorLoop::new(ClockKind::Virtual).on_event(|_| {});
    two(&mut event_loop);
    event_loop.run();
    let trace = event_loop.trace();
    let real: Vec<_> = trace
        .notes()
        .map(|(at, task, _)| (at.as_secs(), task.chars().next().unwrap_or(' ')))
        .collect();
    let mine = predict();
    let right = mine
        .iter()
        .zip(&real)
        .take_while(|(mine, real)| mine == real)
        .count();
    let of = |turns: &[(u64, char)], name| turns.iter().filter(|turn| turn.1 == name).count();
    let checks = vec![
        Check::new(
            "says how often each is resumed",
            ['a', 'b']
                .iter()
                .all(|name| of(&mine, *name) == of(&real, *name)),
            || {
                format!(
                    "of your turns {} are for a and {} for b: how many does a generator with three waits take?",
                    of(&mine, 'a'),
                    of(&mine, 'b')
                )
            },
        ),
        Check::new("and when, and in which order", mine == real, || {
            let hint = match real.get(right) {
                Some((4, _)) => "two deadlines are equal: which of them was set first?",
                Some((0, _)) => "a spawned generator has its first turn at once",
                Some(_) => "a wait begins when the one before is over",
                None => "then both are over",
            };
            format!(
                "right for {right} of {} turns, and then: {hint}",
                real.len()
            )
        }),
    ];
    Report {
        exercise: "06-generators-predict",
        checks,
        timeline: None,
    }
}
