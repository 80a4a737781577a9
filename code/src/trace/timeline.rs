//! What a timeline is drawn from, whoever ran there: a loop's tasks, or a system's programs.

use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::{EventKind, Lane, Segment, State, Trace, elapsed};

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
    /// Programs or threads, to which an operating system gives its cores.
    System,
}

impl Trace {
    /// The lanes of this trace, to be drawn.
    pub fn drawn(&self) -> Timeline {
        let lanes = self.lanes();
        // In one pass: there may be ten thousand tasks. The loop has the first lane.
        let mut marks = vec![Vec::new(); lanes.len()];
        for event in &self.events {
            if let (Some(task), EventKind::Polled) = (event.task, &event.kind) {
                marks[task.0 + 1].push(event.at);
            }
        }
        Timeline {
            subject: Subject::Loop,
            marks,
            lanes,
            total: self.total(),
        }
    }
}

/// The same for equal texts, today and tomorrow: pictures are kept in notebooks.
pub(super) fn hash(text: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish() as u32
}

impl Timeline {
    /// What programs did that no loop runs.
    pub(crate) fn of_system(lanes: Vec<Lane>, total: Duration) -> Self {
        Timeline {
            subject: Subject::System,
            marks: vec![Vec::new(); lanes.len()],
            lanes,
            total,
        }
    }

    /// Shows the picture in a notebook: evcxr calls this for a cell's last expression.
    pub fn evcxr_display(&self) {
        println!(
            "EVCXR_BEGIN_CONTENT image/svg+xml\n{}\nEVCXR_END_CONTENT",
            self.to_svg()
        );
        println!("EVCXR_BEGIN_CONTENT text/plain\n{self}\nEVCXR_END_CONTENT");
    }

    /// A sentence for each lane: who was in which state, from when to when.
    pub fn in_words(&self) -> Vec<String> {
        self.lanes
            .iter()
            .map(|lane| self.lane_in_words(lane, usize::MAX))
            .collect()
    }

    /// The sentence for one lane, of which only so many changes are told.
    pub(super) fn lane_in_words(&self, lane: &Lane, most: usize) -> String {
        let segments = lane.segments.iter().filter(|s| s.state != State::Done);
        let mut parts: Vec<_> = segments
            .map(|segment| self.segment_in_words(lane, segment))
            .collect();
        let left = parts.len().saturating_sub(most);
        parts.truncate(most);
        if left > 0 {
            parts.push(format!("and {left} more changes"));
        }
        if parts.is_empty() {
            parts.push("nothing that takes time".to_string());
        }
        format!("{}: {}.", lane.name, parts.join(", "))
    }

    /// `waiting (in the oven) from 15 min to 60 min`.
    pub(super) fn segment_in_words(&self, lane: &Lane, segment: &Segment) -> String {
        let state = match (self.subject, lane.task, segment.state) {
            (Subject::Loop, None, State::Waiting) => "parked",
            (subject, _, state) => subject.word(state),
        };
        let label = segment
            .label
            .as_ref()
            .map_or(String::new(), |label| format!(" ({label})"));
        format!(
            "{state}{label} from {} to {}",
            elapsed(segment.from),
            elapsed(segment.to)
        )
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
    /// cores.
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
