//! What a timeline is drawn from, whoever ran there: a loop's tasks, or a system's programs.

use std::fmt;
use std::time::Duration;

use super::{EventKind, Lane, State, Trace};

/// Lanes beside each other over one stretch of time: drawn as a picture or as text.
///
/// A loop's [`Trace`] is drawn through one; so are programs that no loop runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Whose lanes these are, which decides the words.
    pub subject: Subject,
    /// The lanes, from the top.
    pub lanes: Vec<Lane>,
    /// The moments that are marked in each lane: a task's polls.
    pub marks: Vec<Vec<Duration>>,
    /// How long it is.
    pub total: Duration,
}

/// Who takes turns in a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Tasks on an event loop, which has the first lane.
    Loop,
    /// Programs or threads, to which an operating system gives its processors.
    System,
}

impl Trace {
    /// The lanes of this trace, to be drawn.
    pub fn drawn(&self) -> Timeline {
        let lanes = self.lanes();
        let polls = |lane: &Lane| {
            let events = lane.task.into_iter().flat_map(|task| self.of(task));
            let polled = events.filter(|event| event.kind == EventKind::Polled);
            polled.map(|event| event.at).collect()
        };
        Timeline {
            subject: Subject::Loop,
            marks: lanes.iter().map(polls).collect(),
            lanes,
            total: self.total(),
        }
    }
}

impl Timeline {
    /// Shows the picture in a notebook: evcxr calls this for a cell's last expression.
    pub fn evcxr_display(&self) {
        println!(
            "EVCXR_BEGIN_CONTENT image/svg+xml\n{}\nEVCXR_END_CONTENT",
            self.to_svg()
        );
        println!("EVCXR_BEGIN_CONTENT text/plain\n{self}\nEVCXR_END_CONTENT");
    }

    /// How many take turns, beside the loop itself.
    pub(super) fn turn_takers(&self) -> usize {
        match self.subject {
            Subject::Loop => self.lanes.len().saturating_sub(1),
            Subject::System => self.lanes.len(),
        }
    }
}

impl Subject {
    /// The word for one who takes turns.
    pub(super) fn one(self) -> &'static str {
        match self {
            Subject::Loop => "task",
            Subject::System => "program",
        }
    }

    /// The word that stands for a state: in a loop it is a matter of polls, in a system of
    /// processors.
    pub fn word(self, state: State) -> &'static str {
        match (self, state) {
            (Subject::System, State::Ready) => "ready, no turn",
            (_, state) => state.word(),
        }
    }
}

/// The lanes as text: one line a lane, time to the right, a legend below.
impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::text::timeline(self))
    }
}
