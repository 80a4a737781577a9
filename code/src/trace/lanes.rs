//! From events to lanes: which state each task was in, from when to when.

use std::fmt;
use std::time::Duration;

use super::{EventKind, Hold, TaskId, Trace};

/// The five states of the course. Text, pictures and the page's stepper use the same five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Its `poll` has the thread, and computes.
    Running,
    /// It could go on, but another task has the thread.
    Ready,
    /// It is suspended: it needs no thread until it is woken.
    Waiting,
    /// Its `poll` has the thread and only waits. No other task gets a turn.
    Blocking,
    /// It has finished, panicked or been dropped.
    Done,
}

/// A stretch of time in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The state.
    pub state: State,
    /// Its first moment.
    pub from: Duration,
    /// The first moment after it.
    pub to: Duration,
    /// The last thing that the task said before or at its start, if it said something since the
    /// segment before.
    pub label: Option<String>,
}

/// All segments of one task, or of the loop itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The task; `None` for the loop's own lane.
    pub task: Option<TaskId>,
    /// The task's name, or `loop`.
    pub name: String,
    /// What it did, without gaps, from its spawning to its end. The loop's lane knows two states:
    /// busy with a task (running or blocking), and parked (waiting).
    pub segments: Vec<Segment>,
}

impl Trace {
    /// The loop's lane, then a lane for every task in the order of spawning.
    pub fn lanes(&self) -> Vec<Lane> {
        let mut builders = vec![Builder::new(None, "loop".to_string())];
        builders.extend(
            self.tasks
                .iter()
                .map(|t| Builder::new(Some(t.id), t.name.clone())),
        );
        let lane_of = |task: TaskId| task.0 + 1;

        for event in &self.events {
            let at = event.at;
            let Some(task) = event.task else {
                match event.kind {
                    EventKind::Parked { .. } => builders[0].enter(at, State::Waiting),
                    EventKind::Unparked => builders[0].enter(at, State::Running),
                    // A destructor that runs in nobody's poll.
                    _ => {}
                }
                continue;
            };
            let lane = lane_of(task);
            match &event.kind {
                EventKind::Spawned | EventKind::Woken { .. } => builders[lane].wake(at),
                EventKind::Polled => {
                    builders[lane].enter(at, State::Running);
                    builders[0].enter(at, State::Running);
                }
                EventKind::Held { by, .. } => {
                    let state = match by {
                        Hold::Computing => State::Running,
                        Hold::Blocking => State::Blocking,
                    };
                    builders[lane].enter(at, state);
                    builders[0].enter(at, state);
                }
                EventKind::Released => {
                    builders[lane].enter(at, State::Running);
                    builders[0].enter(at, State::Running);
                }
                EventKind::Noted { text, .. } => builders[lane].label(at, text),
                EventKind::Suspended { .. } => builders[lane].suspend(at),
                EventKind::Finished | EventKind::Panicked | EventKind::Dropped => {
                    builders[lane].enter(at, State::Done);
                }
                EventKind::SlowPoll { .. } | EventKind::Parked { .. } | EventKind::Unparked => {}
            }
        }
        let end = self.total();
        builders
            .into_iter()
            .map(|builder| builder.finish(end))
            .collect()
    }
}

/// A lane while its events come in.
struct Builder {
    lane: Lane,
    open: Option<(State, Duration)>,
    label: Option<String>,
    /// Woken in the middle of its own poll: it is ready again as soon as that poll returns.
    woken_while_running: bool,
}

impl Builder {
    fn new(task: Option<TaskId>, name: String) -> Self {
        let lane = Lane {
            task,
            name,
            segments: Vec::new(),
        };
        Builder {
            lane,
            open: None,
            label: None,
            woken_while_running: false,
        }
    }

    fn wake(&mut self, at: Duration) {
        match self.open {
            Some((State::Running | State::Blocking, _)) => self.woken_while_running = true,
            _ => self.enter(at, State::Ready),
        }
    }

    fn suspend(&mut self, at: Duration) {
        let woken = std::mem::take(&mut self.woken_while_running);
        self.enter(at, if woken { State::Ready } else { State::Waiting });
    }

    /// A new label starts a new segment, so that each thing said is seen where it was said.
    fn label(&mut self, at: Duration, text: &str) {
        if let Some((state, _)) = self.open {
            self.close(at);
            self.open = Some((state, at));
        }
        self.label = Some(text.to_string());
    }

    fn enter(&mut self, at: Duration, state: State) {
        if self.open.is_some_and(|(open, _)| open == state) {
            return;
        }
        self.close(at);
        self.open = Some((state, at));
    }

    /// Segments without length are no segments; their label goes to the next one.
    fn close(&mut self, at: Duration) {
        if let Some((state, from)) = self.open.take()
            && from < at
        {
            let label = self.label.take();
            self.lane.segments.push(Segment {
                state,
                from,
                to: at,
                label,
            });
        }
    }

    fn finish(mut self, end: Duration) -> Lane {
        self.close(end);
        self.lane
    }
}

impl State {
    /// All five, in the order of the legend.
    pub const ALL: [State; 5] = [
        State::Running,
        State::Ready,
        State::Waiting,
        State::Blocking,
        State::Done,
    ];

    /// The word that stands for it everywhere.
    pub fn word(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Ready => "ready, not polled",
            State::Waiting => "waiting",
            State::Blocking => "blocking the loop",
            State::Done => "done",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
