//! What a program does, told in a way that every runtime can tell: start, suspend, resume, finish.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::trace::{EventKind, Trace};

/// One step of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When, since the program began.
    pub at: Duration,
    /// The task's name.
    pub task: String,
    /// What it did.
    pub kind: StepKind,
}

/// What a task can do, as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// It is polled for the first time.
    Start,
    /// It gives the thread back, unfinished.
    Suspend,
    /// It is polled again.
    Resume,
    /// It is done.
    Finish,
}

/// The steps of all tasks of a trace, in order.
///
/// ```
/// use event_loops::demos::{StepKind, steps, waiting};
///
/// let trace = waiting::run(&waiting::Settings { tasks: 1, ..Default::default() });
/// let call: Vec<_> = steps(&trace).into_iter().filter(|step| step.task == "call 1").collect();
/// let kinds = [StepKind::Start, StepKind::Suspend, StepKind::Resume, StepKind::Finish];
/// assert!(call.iter().map(|step| step.kind).eq(kinds));
/// ```
pub fn steps(trace: &Trace) -> Vec<Step> {
    let mut started = BTreeSet::new();
    let step = |event: &crate::Event| {
        let task = event.task?;
        let kind = match event.kind {
            EventKind::Polled if !started.insert(task) => StepKind::Resume,
            EventKind::Polled => StepKind::Start,
            EventKind::Suspended { .. } => StepKind::Suspend,
            EventKind::Finished => StepKind::Finish,
            _ => return None,
        };
        Some(Step {
            at: event.at,
            task: trace.name(task).to_string(),
            kind,
        })
    };
    trace.events.iter().filter_map(step).collect()
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StepKind::Start => "start",
            StepKind::Suspend => "suspend",
            StepKind::Resume => "resume",
            StepKind::Finish => "finish",
        })
    }
}
