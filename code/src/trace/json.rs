//! A trace as JSON, for programs that are not written in Rust.

#![cfg(feature = "json")]

use serde::Serialize;

use super::axis::nanos;
use super::{Event, EventKind, Hold, Interest, SourceLine, Trace, Wait, WokenBy};
use crate::clock::ClockKind;

#[derive(Serialize)]
struct JsonTrace<'a> {
    clock: &'static str,
    total_ns: u64,
    tasks: Vec<JsonTask<'a>>,
    events: Vec<JsonEvent<'a>>,
}

#[derive(Serialize)]
struct JsonTask<'a> {
    id: usize,
    name: &'a str,
    spawned_at: String,
}

#[derive(Serialize)]
struct JsonEvent<'a> {
    at_ns: u64,
    task: Option<usize>,
    #[serde(flatten)]
    kind: JsonKind<'a>,
    sentence: String,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum JsonKind<'a> {
    Spawned,
    Woken {
        by: String,
    },
    Polled,
    Suspended {
        on: Vec<JsonWait>,
    },
    Held {
        by: &'static str,
        lasts_ns: u64,
        line: String,
    },
    Released,
    Noted {
        text: &'a str,
        line: String,
    },
    SlowPoll {
        lasts_ns: u64,
    },
    Finished,
    Panicked,
    Dropped,
    Parked {
        until_ns: Option<u64>,
    },
    Unparked,
}

#[derive(Serialize)]
#[serde(tag = "wait", rename_all = "snake_case")]
enum JsonWait {
    Until { deadline_ns: u64, line: String },
    Task { task: usize },
    For { what: String, line: String },
    Socket { wants: &'static str, line: String },
    BlockingJob { line: String },
    NextTurn { line: String },
    Budget { line: Option<String> },
}

impl Trace {
    /// The trace as one JSON object: `clock`, `total_ns`, `tasks` and `events`. All times are
    /// whole nanoseconds since the loop was made.
    ///
    /// # Panics
    ///
    /// Never in practice: everything in a trace can be written as JSON.
    pub fn to_json(&self) -> String {
        let trace = JsonTrace {
            clock: match self.clock {
                ClockKind::Virtual => "virtual",
                ClockKind::Real => "real",
            },
            total_ns: nanos(self.total()),
            tasks: self
                .tasks
                .iter()
                .map(|task| JsonTask {
                    id: task.id.0,
                    name: &task.name,
                    spawned_at: task.spawned_at.to_string(),
                })
                .collect(),
            events: self
                .events
                .iter()
                .map(|event| self.json_event(event))
                .collect(),
        };
        serde_json::to_string_pretty(&trace).expect("a trace holds nothing that JSON can't say")
    }

    fn json_event<'a>(&self, event: &'a Event) -> JsonEvent<'a> {
        let kind = match &event.kind {
            EventKind::Spawned => JsonKind::Spawned,
            EventKind::Woken { by } => JsonKind::Woken {
                by: match by {
                    WokenBy::Timer => "timer".to_string(),
                    WokenBy::Task(task) => format!("task {}", task.0),
                    WokenBy::Socket => "socket".to_string(),
                    WokenBy::Outside => "outside".to_string(),
                },
            },
            EventKind::Polled => JsonKind::Polled,
            EventKind::Suspended { on } => JsonKind::Suspended {
                on: on.iter().map(json_wait).collect(),
            },
            EventKind::Held { by, lasts, line } => JsonKind::Held {
                by: match by {
                    Hold::Computing => "computing",
                    Hold::Blocking => "blocking",
                },
                lasts_ns: nanos(*lasts),
                line: line.to_string(),
            },
            EventKind::Released => JsonKind::Released,
            EventKind::Noted { text, line } => JsonKind::Noted {
                text,
                line: line.to_string(),
            },
            EventKind::SlowPoll { lasts, .. } => JsonKind::SlowPoll {
                lasts_ns: nanos(*lasts),
            },
            EventKind::Finished => JsonKind::Finished,
            EventKind::Panicked => JsonKind::Panicked,
            EventKind::Dropped => JsonKind::Dropped,
            EventKind::Parked { until } => JsonKind::Parked {
                until_ns: until.map(nanos),
            },
            EventKind::Unparked => JsonKind::Unparked,
        };
        JsonEvent {
            at_ns: nanos(event.at),
            task: event.task.map(|task| task.0),
            kind,
            sentence: self.sentence(event),
        }
    }
}

fn json_wait(wait: &Wait) -> JsonWait {
    let text = |line: &SourceLine| line.to_string();
    match wait {
        Wait::Until { deadline, line } => JsonWait::Until {
            deadline_ns: nanos(*deadline),
            line: text(line),
        },
        Wait::Task(task) => JsonWait::Task { task: task.0 },
        Wait::For { what, line } => JsonWait::For {
            what: what.to_string(),
            line: text(line),
        },
        Wait::Socket { interest, line } => JsonWait::Socket {
            wants: match interest {
                Interest::Read => "read",
                Interest::Write => "write",
            },
            line: text(line),
        },
        Wait::BlockingJob { line } => JsonWait::BlockingJob { line: text(line) },
        Wait::NextTurn { line } => JsonWait::NextTurn { line: text(line) },
        Wait::Budget { line } => JsonWait::Budget {
            line: line.as_ref().map(text),
        },
    }
}
