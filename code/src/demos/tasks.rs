//! Chapter 10: calls that are tasks, who waits for them, and what the loop knows of each.

use std::fmt;
use std::time::Duration;

use super::settings::{BadSettings, check_count, check_time};
use crate::trace::{EventKind, TaskId, Wait, elapsed};
use crate::{ClockKind, Event, EventLoop, State, Trace, note, sleep, spawn_named};

/// Who waits for the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// `main` keeps their handles and awaits each.
    #[default]
    Joined,
    /// Nobody: `main` hands them to the loop, and is at its end after a third of their wait.
    Forgotten,
}

/// How many calls, how long they wait, which one panics, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number of calls.
    pub tasks: usize,
    /// How long the first of them waits; each of the others waits a third of that longer.
    pub wait: Duration,
    /// The call that panics when it is back, counted from 1; 0 for none.
    pub panics: usize,
    /// Who waits for them.
    pub mode: Mode,
    /// The clock.
    pub clock: ClockKind,
}

/// More calls than this are slow to list, and show nothing that these do not.
const MOST_TASKS: usize = 1_000;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            tasks: 3,
            wait: Duration::from_secs(3),
            panics: 0,
            mode: Mode::Joined,
            clock: ClockKind::Virtual,
        }
    }
}

impl Settings {
    /// Can the demo run with these?
    ///
    /// # Errors
    ///
    /// When there is no call, when there are more than 1,000, or when a wait is longer than a day.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_count("--tasks", self.tasks, MOST_TASKS)?;
        check_time("--wait", self.wait)
    }
}

/// Makes the calls, and closes the loop.
///
/// ```
/// use event_loops::demos::tasks::{self, Settings};
///
/// let trace = tasks::run(&Settings { panics: 2, ..Settings::default() });
/// let said: Vec<_> = trace.notes().filter(|note| note.1 == "main").map(|note| note.2).collect();
/// assert_eq!(said, ["call 1: 1", "call 2: the task panicked: nobody answers", "call 3: 9"]);
/// ```
///
/// # Panics
///
/// Inside a running event loop: the demo runs one of its own.
pub fn run(settings: &Settings) -> Trace {
    run_with(settings, |_| {})
}

/// As [`run`], and shows each event to `listener` as it happens.
///
/// # Panics
///
/// As [`run`], and with the panic of `listener`.
///
/// ```
/// use event_loops::demos::tasks;
///
/// tasks::run_with(&tasks::Settings::default(), |event| println!("{:?}", event.kind));
/// ```
pub fn run_with(settings: &Settings, listener: impl FnMut(&Event) + 'static) -> Trace {
    let event_loop = EventLoop::with_clock(settings.clock).on_event(listener);
    event_loop.run_until_complete(calls(settings));
    event_loop.close();
    event_loop.trace()
}

// ANCHOR: calls
async fn calls(settings: &Settings) {
    let Settings {
        tasks,
        wait,
        panics,
        mode,
        ..
    } = *settings;
    let spawn = |number| {
        // 3 s, 4 s, 5 s: each is back at a moment of its own.
        let wait = wait + wait / 3 * (number as u32 - 1);
        spawn_named(
            format!("call {number}"),
            call(number, wait, number == panics),
        )
    };
    let handles: Vec<_> = (1..=tasks).map(spawn).collect();
    if mode == Mode::Forgotten {
        sleep(wait / 3).await;
        return note("main is at its end");
    }
    for (number, handle) in (1..).zip(handles) {
        match handle.await {
            Ok(answer) => note(format_args!("call {number}: {answer}")),
            Err(error) => note(format_args!("call {number}: {error}")),
        }
    }
}

async fn call(number: usize, wait: Duration, panics: bool) -> usize {
    note(format_args!("call {number} starts"));
    sleep(wait).await;
    if panics {
        // As `panic!`, without the report on stderr: this one is on purpose.
        std::panic::resume_unwind(Box::new("nobody answers"));
    }
    note(format_args!("call {number} is back"));
    number * number
}
// ANCHOR_END: calls

/// A line of the list of tasks that a loop keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The task.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: State,
    /// What it waits for, as far as it has said.
    pub waits_for: Option<String>,
}

/// The tasks that a loop had at a moment, as its trace tells it: those that were spawned by then,
/// and have not ended. Of what happens in that very moment, all has happened.
///
/// ```
/// use event_loops::demos::tasks::{self, Settings, listed};
/// use std::time::Duration;
///
/// let trace = tasks::run(&Settings::default());
/// let list = listed(&trace, Duration::from_millis(3500));
/// let lines: Vec<_> = list.iter().map(ToString::to_string).collect();
/// assert_eq!(lines[0], "main: waiting for the end of call 2");
/// assert_eq!(lines[1], "call 2: waiting until 4.0 s");
/// assert_eq!(lines[2], "call 3: waiting until 5.0 s");
/// ```
pub fn listed(trace: &Trace, at: Duration) -> Vec<Listed> {
    let mut list: Vec<Listed> = Vec::new();
    for event in trace.events.iter().take_while(|event| event.at <= at) {
        let Some(task) = event.task else { continue };
        let place = list.iter().position(|line| line.task == task);
        let (state, waits_for) = match &event.kind {
            EventKind::Spawned | EventKind::Woken { .. } => (State::Ready, None),
            EventKind::Polled | EventKind::Released => (State::Running, None),
            EventKind::Held { by, .. } => match by {
                crate::Hold::Computing => (State::Running, None),
                crate::Hold::Blocking => (State::Blocking, None),
            },
            EventKind::Suspended { on } if on.iter().any(is_ready) => (State::Ready, None),
            EventKind::Suspended { on } => (State::Waiting, on.first().map(|on| said(trace, on))),
            EventKind::Finished | EventKind::Panicked | EventKind::Dropped => {
                place.map(|place| list.remove(place));
                continue;
            }
            _ => continue,
        };
        let line = Listed {
            task,
            name: trace.name(task).to_string(),
            state,
            waits_for,
        };
        match place {
            Some(place) => list[place] = line,
            None => list.push(line),
        }
    }
    list
}

/// The list at each moment at which something has happened: how it came and went.
///
/// ```
/// use event_loops::demos::tasks::{self, Settings, moments};
///
/// let trace = tasks::run(&Settings::default());
/// let sizes: Vec<_> = moments(&trace).iter().map(|(_, list)| list.len()).collect();
/// assert_eq!(sizes, [4, 3, 2, 0]); // main and three calls, then one fewer each second
/// ```
pub fn moments(trace: &Trace) -> Vec<(Duration, Vec<Listed>)> {
    let mut times: Vec<_> = trace.events.iter().map(|event| event.at).collect();
    times.dedup();
    times
        .into_iter()
        .map(|at| (at, listed(trace, at)))
        .collect()
}

/// It waits for nothing but its turn.
fn is_ready(wait: &Wait) -> bool {
    matches!(wait, Wait::NextTurn { .. } | Wait::Budget { .. })
}

fn said(trace: &Trace, on: &Wait) -> String {
    match on {
        Wait::Until { deadline, .. } => format!("until {}", elapsed(*deadline)),
        Wait::Task(task) => format!("for the end of {}", trace.name(*task)),
        Wait::For { what, .. } => format!("for {what}"),
        Wait::Socket { interest, .. } => format!("for {interest}"),
        Wait::BlockingJob { .. } => "for a blocking job".to_string(),
        Wait::NextTurn { .. } | Wait::Budget { .. } => "for its next turn".to_string(),
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.state)?;
        match &self.waits_for {
            Some(what) => write!(f, " {what}"),
            None => Ok(()),
        }
    }
}
