//! What happened on a loop, as data.
//!
//! A loop made with [`EventLoop::with_trace`] writes down everything that it does: which task it
//! spawned, polled, suspended, woke and finished, when, and at which line of the program. Tests
//! assert that list, [`Display`](fmt::Display) prints it, [`Trace::timeline`] draws it as text and
//! [`Trace::to_svg`] as a picture. A loop without a trace writes down nothing.
//!
//! [`EventLoop::with_trace`]: crate::EventLoop::with_trace

mod axis;
mod json;
mod lanes;
mod moment;
mod source_line;
mod svg;
mod text;
mod timeline;
mod why;

use std::fmt;
use std::time::Duration;

use crate::clock::ClockKind;

pub(crate) use axis::ticks;
pub use lanes::{Lane, Segment, State};
pub use moment::{Moment, Standing, Status};
pub use source_line::SourceLine;
pub(crate) use svg::escape;
pub use text::elapsed;
pub use timeline::{Subject, Timeline};

/// Everything that happened on one loop, in the order in which it happened.
///
/// ```
/// use event_loops::{EventLoop, sleep};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock().with_trace();
/// event_loop.run_until_complete(sleep(Duration::from_secs(3)));
///
/// let trace = event_loop.trace();
/// assert_eq!(trace.total(), Duration::from_secs(3));
/// assert_eq!(trace.polls(trace.task("main").unwrap()), 2); // once to start, once to finish
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The clock that the times were read from.
    pub clock: ClockKind,
    /// Every task that the loop has known, in the order in which they were spawned: a task's
    /// number is its place in this list.
    pub tasks: Vec<TaskRecord>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
}

/// Which task of a loop. The number counts up from 0, and no loop uses one twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub usize);

/// What a trace knows about a task from the moment it is spawned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRecord {
    /// Its number.
    pub id: TaskId,
    /// The name it was given, or `task 3` for the task with number 3.
    pub name: String,
    /// The line that spawned it.
    pub spawned_at: SourceLine,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When: the time since the loop was made.
    pub at: Duration,
    /// To which task; `None` where the loop itself is meant.
    pub task: Option<TaskId>,
    /// What happened.
    pub kind: EventKind,
}

/// What can happen on a loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A task was handed to the loop, and will be polled when its turn comes.
    Spawned,
    /// A task that was not in the ready queue was put there.
    Woken {
        /// Who called its waker.
        by: WokenBy,
    },
    /// The loop called the task's `poll`.
    Polled,
    /// `poll` returned `Pending`: the task gave the thread back.
    Suspended {
        /// What it said it waits for. Empty when it awaits a future that is not one of ours.
        on: Vec<Wait>,
    },
    /// From here on the thread is held inside this poll.
    Held {
        /// What holds it.
        by: Hold,
        /// For how long.
        lasts: Duration,
        /// The line that asked for it.
        line: SourceLine,
    },
    /// The thread is no longer held.
    Released,
    /// The task said something with [`note`](crate::note).
    Noted {
        /// What it said.
        text: String,
        /// The line that said it.
        line: SourceLine,
    },
    /// The poll that has returned just now held the thread for longer than the loop was told to let
    /// pass: see [`EventLoop::report_slow_polls`](crate::EventLoop::report_slow_polls).
    SlowPoll {
        /// For how long.
        lasts: Duration,
        /// Where in the task's program it began.
        from: PollEdge,
        /// Where it ended.
        to: PollEdge,
    },
    /// `poll` returned `Ready`.
    Finished,
    /// `poll` panicked. The task is over, the others go on.
    Panicked,
    /// The task's future was dropped before it had finished: aborted, or left over at `close`.
    Dropped,
    /// Nothing is ready: the loop gives the thread to the operating system.
    Parked {
        /// The next deadline, when there is one.
        until: Option<Duration>,
    },
    /// The loop has the thread again.
    Unparked,
}

/// Who called a task's waker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WokenBy {
    /// The loop, because a deadline has passed.
    Timer,
    /// Another task, or the task itself, while it was being polled.
    Task(TaskId),
    /// The loop, because the operating system says that a socket is ready.
    Socket,
    /// Code outside the loop: another thread, or the loop's owner between two runs. The loop writes
    /// it down when it finds out, at the next poll.
    Outside,
}

/// What a suspended task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A time, in a [`sleep`](crate::sleep).
    Until {
        /// The deadline, on the loop's clock.
        deadline: Duration,
        /// The line that made the sleep.
        line: SourceLine,
    },
    /// The end of another task, through its [`JoinHandle`](crate::JoinHandle).
    Task(TaskId),
    /// Something that another task has to do, in one of our channels or locks.
    For {
        /// What.
        what: Awaited,
        /// The line that asked for it; for a [`oneshot`](crate::oneshot), the line that made it.
        line: SourceLine,
    },
    /// A socket.
    Socket {
        /// What is to be possible without waiting.
        interest: Interest,
        /// The line that asked for it.
        line: SourceLine,
    },
    /// The end of a job on another thread, in [`spawn_blocking`](crate::spawn_blocking()).
    BlockingJob {
        /// The line that handed the job over.
        line: SourceLine,
    },
    /// Only its next turn, in [`yield_now`](crate::yield_now()).
    NextTurn {
        /// The line that made it.
        line: SourceLine,
    },
    /// Only its next turn: it has done as many operations in one turn as a task may, and could do
    /// more.
    Budget {
        /// The line of the first one that it may not do, if that one knows its line.
        line: Option<SourceLine>,
    },
}

/// What a task wants to do with a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Read from it, or accept a connection.
    Read,
    /// Write to it, or have it connected.
    Write,
}

/// Where in a task's program a poll begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollEdge {
    /// At the beginning of the task.
    Start,
    /// At the `await` of one of our own futures.
    Await(Wait),
    /// At the `await` of a future that is not ours.
    OtherAwait,
    /// At the end of the task.
    End,
}

/// What another task has to do for one that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// Send a message.
    Message,
    /// Receive one, so that there is room for another.
    Room,
    /// Give back a permit of a [`Semaphore`](crate::Semaphore).
    Permit,
    /// Give back the lock of a [`Mutex`](crate::Mutex).
    Lock,
    /// Call a [`Notify`](crate::Notify).
    Notification,
}

/// Why a thread is held in the middle of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It computes: [`compute_for`](crate::compute_for).
    Computing,
    /// It waits without giving the thread back: [`block_for`](crate::block_for).
    Blocking,
}

impl Trace {
    /// The time of the last event.
    pub fn total(&self) -> Duration {
        self.events.last().map_or(Duration::ZERO, |event| event.at)
    }

    /// The first task of that name.
    pub fn task(&self, name: &str) -> Option<TaskId> {
        self.tasks
            .iter()
            .find(|task| task.name == name)
            .map(|task| task.id)
    }

    /// A task's name.
    pub fn name(&self, task: TaskId) -> &str {
        self.tasks
            .get(task.0)
            .map_or("?", |record| record.name.as_str())
    }

    /// How often a task was polled.
    pub fn polls(&self, task: TaskId) -> usize {
        self.of(task)
            .filter(|event| event.kind == EventKind::Polled)
            .count()
    }

    /// When a task finished, if it did.
    pub fn finished_at(&self, task: TaskId) -> Option<Duration> {
        self.of(task)
            .find(|event| event.kind == EventKind::Finished)
            .map(|event| event.at)
    }

    /// How long the loop had nothing to do: the time that it was parked.
    pub fn idle(&self) -> Duration {
        let mut parked_at = None;
        let mut idle = Duration::ZERO;
        for event in &self.events {
            match event.kind {
                EventKind::Parked { .. } => parked_at = Some(event.at),
                EventKind::Unparked => {
                    idle += parked_at
                        .take()
                        .map_or(Duration::ZERO, |from| event.at - from);
                }
                _ => {}
            }
        }
        idle
    }

    /// How long the thread was held in this way, by all tasks together.
    pub fn held_by(&self, hold: Hold) -> Duration {
        let lasts = |event: &Event| match event.kind {
            EventKind::Held { by, lasts, .. } if by == hold => Some(lasts),
            _ => None,
        };
        self.events.iter().filter_map(lasts).sum()
    }

    /// What the tasks said: when, who, and what.
    pub fn notes(&self) -> impl Iterator<Item = (Duration, &str, &str)> {
        self.events
            .iter()
            .filter_map(|event| match (&event.kind, event.task) {
                (EventKind::Noted { text, .. }, Some(task)) => {
                    Some((event.at, self.name(task), text.as_str()))
                }
                _ => None,
            })
    }

    /// The events of one task.
    pub fn of(&self, task: TaskId) -> impl Iterator<Item = &Event> {
        self.events
            .iter()
            .filter(move |event| event.task == Some(task))
    }

    /// Shows the picture in a notebook: evcxr calls this for a cell's last expression.
    pub fn evcxr_display(&self) {
        println!(
            "EVCXR_BEGIN_CONTENT image/svg+xml\n{}\nEVCXR_END_CONTENT",
            self.to_svg()
        );
        println!(
            "EVCXR_BEGIN_CONTENT text/plain\n{}\nEVCXR_END_CONTENT",
            self.timeline()
        );
    }
}

impl TaskId {
    /// The future of the first [`run_until_complete`](crate::EventLoop::run_until_complete), on a
    /// loop that no task was spawned on before.
    pub const MAIN: TaskId = TaskId(0);
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Awaited::Message => "a message",
            Awaited::Room => "room in a channel",
            Awaited::Permit => "a permit",
            Awaited::Lock => "a lock",
            Awaited::Notification => "a notification",
        })
    }
}

impl fmt::Display for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Interest::Read => "something to read from a socket",
            Interest::Write => "room to write to a socket",
        })
    }
}
