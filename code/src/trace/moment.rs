//! The state of the loop at one event: who is polled, who is ready, who sleeps until when.
//!
//! All of it is worked out from the trace. A loop that is stepped through, forwards or back, is not
//! run again.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Event, EventKind, Hold, SourceLine, State, TaskId, Trace, Wait, WokenBy};

/// A loop as it is right after one of its trace's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The clock.
    pub at: Duration,
    /// The task whose `poll` has the thread.
    pub polled: Option<TaskId>,
    /// The tasks that wait for their turn, the next one first.
    pub ready: Vec<TaskId>,
    /// What the loop has to wake whom for, the next time first.
    pub timers: Vec<(Duration, TaskId)>,
    /// What each task does: a task's number is its place in this list.
    pub tasks: Vec<Standing>,
    /// Has the loop given the thread away? Until when, if it knows.
    pub parked: Option<Option<Duration>>,
}

/// What a task does at a [`Moment`], and where in its program it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it does.
    pub status: Status,
    /// The last line of its program that the trace has seen; before its first poll, the line that
    /// spawned it.
    pub line: Option<SourceLine>,
    /// Has it been polled?
    pub has_begun: bool,
}

/// What a task does. As [`State`], and more exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has spawned it yet.
    NotSpawned,
    /// It is in the ready queue.
    Ready,
    /// Its `poll` has the thread.
    Running,
    /// Its `poll` has the thread, and computes for some time.
    Computing,
    /// Its `poll` has the thread, and only waits.
    Blocking,
    /// It is suspended. What it waits for, as far as it has said.
    Waiting(Vec<Wait>),
    /// It has come to its end.
    Finished,
    /// It has panicked.
    Panicked,
    /// Its future was dropped before its end.
    Dropped,
}

impl Trace {
    /// The loop right after the event at that place in [`Trace::events`].
    ///
    /// ```
    /// use event_loops::demos::waiting;
    /// use event_loops::{EventKind, TaskId};
    ///
    /// let trace = waiting::run(&waiting::Settings::default());
    /// let starts = |event: &event_loops::Event| event.kind == EventKind::Polled && event.task == Some(TaskId(2));
    /// let moment = trace.moment(trace.events.iter().position(starts).unwrap());
    /// assert_eq!(moment.polled, Some(TaskId(2)));
    /// assert_eq!(moment.ready, [TaskId(3), TaskId(4), TaskId(5)]); // they have to wait for it
    /// assert_eq!(moment.timers.len(), 1); // call 1 sleeps already
    /// ```
    ///
    /// # Panics
    ///
    /// When the trace has no such event.
    pub fn moment(&self, event: usize) -> Moment {
        let mut replay = Replay::new(self.tasks.len());
        for event in &self.events[..=event] {
            replay.happens(event, self);
        }
        replay.at(self.events[event].at)
    }
}

impl Status {
    /// Which of the course's five states that is; none before it is spawned.
    pub fn state(&self) -> Option<State> {
        match self {
            Status::NotSpawned => None,
            Status::Ready => Some(State::Ready),
            Status::Running | Status::Computing => Some(State::Running),
            Status::Blocking => Some(State::Blocking),
            Status::Waiting(_) => Some(State::Waiting),
            Status::Finished | Status::Panicked | Status::Dropped => Some(State::Done),
        }
    }
}

/// The loop while its events are gone through.
struct Replay {
    polled: Option<TaskId>,
    ready: VecDeque<TaskId>,
    timers: Vec<(Duration, TaskId)>,
    tasks: Vec<Standing>,
    parked: Option<Option<Duration>>,
}

impl Replay {
    fn new(tasks: usize) -> Self {
        let standing = Standing {
            status: Status::NotSpawned,
            line: None,
            has_begun: false,
        };
        Replay {
            polled: None,
            ready: VecDeque::new(),
            timers: Vec::new(),
            tasks: vec![standing; tasks],
            parked: None,
        }
    }

    fn happens(&mut self, event: &Event, trace: &Trace) {
        let Event { at, task, kind } = event;
        match kind {
            EventKind::Parked { until } => self.parked = Some(*until),
            EventKind::Unparked => self.parked = None,
            _ => {}
        }
        let Some(task) = *task else { return };
        match kind {
            EventKind::Spawned => {
                self.ready.push_back(task);
                self.tasks[task.0].line = trace.tasks.get(task.0).map(|task| task.spawned_at);
                self.becomes(task, Status::Ready);
            }
            EventKind::Woken { by } => {
                if *by == WokenBy::Timer {
                    self.rings(task, at);
                }
                self.ready.push_back(task);
                // One that wakes itself runs on until its poll returns.
                if self.polled != Some(task) {
                    self.becomes(task, Status::Ready);
                }
            }
            EventKind::Polled => {
                self.ready.retain(|other| *other != task);
                self.polled = Some(task);
                let standing = &mut self.tasks[task.0];
                if !standing.has_begun {
                    standing.has_begun = true;
                    standing.line = None;
                }
                self.becomes(task, Status::Running);
            }
            EventKind::Held { by, line, .. } => {
                self.tasks[task.0].line = Some(*line);
                self.becomes(
                    task,
                    match by {
                        Hold::Computing => Status::Computing,
                        Hold::Blocking => Status::Blocking,
                    },
                );
            }
            EventKind::Released => self.becomes(task, Status::Running),
            EventKind::Noted { line, .. } => self.tasks[task.0].line = Some(*line),
            EventKind::Suspended { on } => self.is_suspended(task, on),
            EventKind::Finished => self.is_over(task, Status::Finished),
            EventKind::Panicked => self.is_over(task, Status::Panicked),
            EventKind::Dropped => self.is_over(task, Status::Dropped),
            EventKind::SlowPoll { .. } | EventKind::Parked { .. } | EventKind::Unparked => {}
        }
    }

    /// Its timers that are due are no more.
    fn rings(&mut self, task: TaskId, at: &Duration) {
        self.timers
            .retain(|(deadline, other)| *other != task || deadline > at);
    }

    fn becomes(&mut self, task: TaskId, status: Status) {
        self.tasks[task.0].status = status;
    }

    fn is_suspended(&mut self, task: TaskId, on: &[Wait]) {
        self.polled = None;
        self.timers.retain(|(_, other)| *other != task);
        for wait in on {
            if let Wait::Until { deadline, .. } = wait {
                self.timers.push((*deadline, task));
            }
        }
        // Of several lines it is the last one that it has come to.
        if let Some(line) = on.iter().rev().find_map(Wait::line) {
            self.tasks[task.0].line = Some(line);
        }
        let is_ready = self.ready.contains(&task);
        self.becomes(
            task,
            if is_ready {
                Status::Ready
            } else {
                Status::Waiting(on.to_vec())
            },
        );
    }

    fn is_over(&mut self, task: TaskId, how: Status) {
        if self.polled == Some(task) {
            self.polled = None;
        }
        self.ready.retain(|other| *other != task);
        self.timers.retain(|(_, other)| *other != task);
        self.becomes(task, how);
    }

    fn at(mut self, at: Duration) -> Moment {
        // Equal deadlines ring in the order in which they were set.
        self.timers.sort_by_key(|(deadline, _)| *deadline);
        Moment {
            at,
            polled: self.polled,
            ready: self.ready.into(),
            timers: self.timers,
            tasks: self.tasks,
            parked: self.parked,
        }
    }
}

impl Wait {
    /// The line that asked for it, where that is known.
    pub fn line(&self) -> Option<SourceLine> {
        match *self {
            Wait::Until { line, .. }
            | Wait::For { line, .. }
            | Wait::Socket { line, .. }
            | Wait::BlockingJob { line }
            | Wait::NextTurn { line } => Some(line),
            Wait::Budget { line } => line,
            Wait::Task(_) => None,
        }
    }
}
