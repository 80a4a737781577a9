//! What happens when a program runs, line by line: told by the loop, and foretold by the oracle.

use std::time::Duration;

use event_loops::{Awaited, Event, EventKind, Wait, WokenBy};

/// A whole run of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// What the loop and the program did, in order.
    pub lines: Vec<Line>,
    /// How each main future ended.
    pub ends: Vec<End>,
}

/// One thing that happened, and when, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: u64,
    pub what: What,
}

/// Tasks go by the loop's number, bodies by the order in which they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Spawned(usize),
    Woken(usize, By),
    Polled(usize),
    Suspended(usize, Vec<On>),
    Held(usize, u64),
    Released(usize),
    Finished(usize),
    Panicked(usize),
    Dropped(usize),
    Parked(Option<u64>),
    Unparked,
    /// A body's step has ended.
    Did(usize, usize, Outcome),
    /// A body holds the lock or a permit.
    Holds(usize, usize),
    /// A body has been dropped, at its end or before.
    Gone(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Timer,
    Task(usize),
    Outside,
}

/// What a suspended task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Until(u64),
    Task(usize),
    For(Awaited),
    NextTurn,
}

/// What a step gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// The step had nothing to work on: no such handle, an end that is gone or in use.
    Nothing,
    /// The sleep that began then is over.
    Slept {
        from: u64,
        lasts: u64,
    },
    Spawned(usize),
    Joined(usize, Joined),
    InTime(usize),
    Elapsed,
    First(usize),
    All(Vec<usize>),
    Sent(usize),
    Refused(usize),
    Received(Option<usize>),
}

/// What a handle gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    Result(usize),
    Panicked,
    Aborted,
}

/// How a main future ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Result(usize),
    Panicked,
    /// Which tasks are stuck, and what each waits for, without the line.
    Deadlock(Vec<(usize, Option<String>)>),
}

/// An event without what a foreteller can't know: the lines of the interpreter.
pub fn line(event: &Event) -> Line {
    let task = event.task.map_or(usize::MAX, |task| task.0);
    let what = match &event.kind {
        EventKind::Spawned => What::Spawned(task),
        EventKind::Woken { by } => What::Woken(
            task,
            match by {
                WokenBy::Timer => By::Timer,
                WokenBy::Task(task) => By::Task(task.0),
                WokenBy::Outside => By::Outside,
                WokenBy::Socket => unreachable!("no program has a socket"),
            },
        ),
        EventKind::Polled => What::Polled(task),
        EventKind::Suspended { on } => What::Suspended(task, on.iter().map(wait).collect()),
        EventKind::Held { lasts, .. } => What::Held(task, millis(*lasts)),
        EventKind::Released => What::Released(task),
        EventKind::Finished => What::Finished(task),
        EventKind::Panicked => What::Panicked(task),
        EventKind::Dropped => What::Dropped(task),
        EventKind::Parked { until } => What::Parked(until.map(millis)),
        EventKind::Unparked => What::Unparked,
        EventKind::Noted { .. } | EventKind::SlowPoll { .. } => {
            unreachable!("no program says anything, or asks for slow polls: {event:?}")
        }
    };
    Line {
        at: millis(event.at),
        what,
    }
}

fn wait(wait: &Wait) -> On {
    match wait {
        Wait::Until { deadline, .. } => On::Until(millis(*deadline)),
        Wait::Task(task) => On::Task(task.0),
        Wait::For { what, .. } => On::For(*what),
        Wait::NextTurn { .. } => On::NextTurn,
        Wait::Socket { .. } | Wait::BlockingJob { .. } | Wait::Budget { .. } => {
            unreachable!("no program waits for that: {wait:?}")
        }
    }
}

/// All times of a program are whole milliseconds.
pub fn millis(time: Duration) -> u64 {
    let millis = u64::try_from(time.as_millis()).expect("a short time");
    assert_eq!(time, Duration::from_millis(millis));
    millis
}
