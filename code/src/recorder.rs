//! Writes a loop's trace.

use std::cell::RefCell;

use crate::clock::ClockKind;
use crate::trace::{Event, SourceLine, TaskId, TaskRecord, Trace};

/// The trace of a loop while it grows, and who wants to hear of each event as it happens.
pub(crate) struct Recorder {
    trace: RefCell<Trace>,
    listener: Option<RefCell<Listener>>,
}

/// Somebody who is told of each event.
pub(crate) type Listener = Box<dyn FnMut(&Event)>;

impl Recorder {
    pub(crate) fn new(clock: ClockKind, listener: Option<Listener>) -> Self {
        let trace = Trace {
            clock,
            tasks: Vec::new(),
            events: Vec::new(),
        };
        Recorder {
            trace: RefCell::new(trace),
            listener: listener.map(RefCell::new),
        }
    }

    pub(crate) fn trace(&self) -> Trace {
        self.trace.borrow().clone()
    }

    pub(crate) fn add_task(&self, id: TaskId, name: &str, spawned_at: SourceLine) {
        let record = TaskRecord {
            id,
            name: name.to_string(),
            spawned_at,
        };
        self.trace.borrow_mut().tasks.push(record);
    }

    pub(crate) fn record(&self, event: Event) {
        if let Some(listener) = &self.listener {
            listener.borrow_mut()(&event);
        }
        self.trace.borrow_mut().events.push(event);
    }
}
