//! A program of the reader's own: tasks, and what each of them does, step by step.
//!
//! [`run`] acts it out on the event loop; [`source`] is the Rust for it.

mod act;
mod source;
mod step;

use std::time::Duration;

use super::settings::{BadSettings, check_count, check_time};
use crate::{ClockKind, Event, Trace};

pub use source::{Source, source};
pub use step::Step;

/// What the tasks do, how, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// For each task its steps.
    pub tasks: Vec<Vec<Step>>,
    /// How they run.
    pub mode: Mode,
    /// The clock.
    pub clock: ClockKind,
}

/// How the tasks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// As tasks of an event loop, all of them under way at once.
    #[default]
    Together,
    /// As functions that keep the thread while they wait, one after the other.
    Blocking,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What happened.
    pub trace: Trace,
    /// Who came to which line of [`source`], and when: from the event at that place on, the task with
    /// that number stands at that line.
    pub places: Vec<Place>,
    /// Why it did not come to its end, in one line.
    pub stuck: Option<String>,
}

/// From an event on, a task stands at a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first event, by its place in the trace.
    pub event: usize,
    /// The task.
    pub task: crate::TaskId,
    /// The line, counted from 1.
    pub line: usize,
}

/// More tasks than this nobody writes by hand.
pub const MOST_TASKS: usize = 8;
/// More steps of one task than this nobody writes by hand.
pub const MOST_STEPS: usize = 12;

impl Default for Settings {
    fn default() -> Self {
        let second = Duration::from_secs;
        Settings {
            tasks: vec![
                vec![
                    Step::Wait(second(3)),
                    Step::Send(2),
                    Step::Print("sent".to_string()),
                ],
                vec![
                    Step::Receive,
                    Step::Compute(second(1)),
                    Step::Print("done".to_string()),
                ],
                vec![
                    Step::Wait(second(2)),
                    Step::Block(second(2)),
                    Step::Wait(second(1)),
                ],
            ],
            mode: Mode::Together,
            clock: ClockKind::Virtual,
        }
    }
}

impl Settings {
    /// Can the demo run with these?
    ///
    /// # Errors
    ///
    /// When there is no task or more than [`MOST_TASKS`], when a task has more than [`MOST_STEPS`]
    /// steps, when a time is longer than a day, and when a message goes to a task that is not there.
    pub fn check(&self) -> Result<(), BadSettings> {
        let count = self.tasks.len();
        check_count("the number of tasks", count, MOST_TASKS)?;
        for (number, steps) in (1..).zip(&self.tasks) {
            if steps.len() > MOST_STEPS {
                return Err(BadSettings::new(format!(
                    "task {number} has {} steps: leave it at {MOST_STEPS}",
                    steps.len()
                )));
            }
            for step in steps {
                match step {
                    Step::Wait(time) | Step::Compute(time) | Step::Block(time) => {
                        check_time(&format!("a time of task {number}"), *time)?;
                    }
                    Step::Send(to) if !(1..=count).contains(to) => {
                        return Err(BadSettings::new(format!(
                            "task {number} sends to task {to}, which is not there: choose one from 1 to {count}"
                        )));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Runs the program.
///
/// ```
/// use event_loops::demos::program::{self, Mode, Settings};
/// use std::time::Duration;
///
/// let together = program::run(&Settings::default());
/// assert_eq!(together.trace.total(), Duration::from_secs(5));
/// // One function after the other: nobody could receive what task 1 sends to task 2.
/// let blocking = program::run(&Settings { mode: Mode::Blocking, ..Settings::default() });
/// assert_eq!(blocking.stuck, None);
/// assert_eq!(blocking.trace.total(), Duration::from_secs(9));
/// ```
///
/// # Panics
///
/// Inside a running event loop: the demo runs one of its own.
pub fn run(settings: &Settings) -> Outcome {
    run_with(settings, |_| {})
}

/// As [`run`], and shows each event to `listener` as it happens.
///
/// # Panics
///
/// As [`run`], and with the panic of `listener`.
///
/// ```
/// use event_loops::demos::program;
///
/// program::run_with(&program::Settings::default(), |event| println!("{:?}", event.kind));
/// ```
pub fn run_with(settings: &Settings, listener: impl FnMut(&Event) + 'static) -> Outcome {
    act::run(settings, listener)
}
