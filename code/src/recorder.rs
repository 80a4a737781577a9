//! Writes a loop's trace.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

use crate::clock::ClockKind;
use crate::executor::Inner;
use crate::task::Task;
use crate::trace::{Event, EventKind, TaskId, TaskRecord, Trace, WokenBy};

/// The trace of a loop while it grows, and who wants to hear of each event as it happens.
pub(crate) struct Recorder {
    trace: RefCell<Trace>,
    /// Out of its place while it is called.
    listener: Cell<Option<Listener>>,
    /// The panic of a listener, to be passed on when the loop is in a fit state to be left.
    panic: Cell<Option<Box<dyn Any + Send>>>,
}

/// Somebody who is told of each event.
pub(crate) type Listener = Box<dyn FnMut(&Event)>;

impl Recorder {
    fn new(clock: ClockKind, listener: Option<Listener>) -> Self {
        Recorder {
            trace: RefCell::new(empty(clock)),
            listener: Cell::new(listener),
            panic: Cell::default(),
        }
    }

    fn add_task(&self, task: &Task) {
        let record = TaskRecord {
            id: task.id(),
            name: task.name(),
            spawned_at: task.spawned_at,
        };
        self.trace.borrow_mut().tasks.push(record);
    }

    fn record(&self, event: Event) {
        let listener = self.listener.take();
        let heard = listener.map(|listener| (listener, event.clone()));
        self.trace.borrow_mut().events.push(event);
        if let Some((mut listener, event)) = heard {
            match panic::catch_unwind(AssertUnwindSafe(|| listener(&event))) {
                Ok(()) => self.listener.set(Some(listener)),
                Err(payload) => self.panic.set(Some(payload)),
            }
        }
    }
}

impl Inner {
    pub(crate) fn start_recorder(&self, listener: Option<Listener>) {
        assert!(
            self.knows_no_task(),
            "a trace must be asked for before the first task is spawned"
        );
        let recorder = Recorder::new(self.clock.kind(), listener);
        let fresh = self.recorder.set(recorder).is_ok();
        assert!(fresh, "this event loop writes a trace already");
    }

    /// What has happened so far.
    pub(crate) fn trace(&self) -> Trace {
        match self.recorder.get() {
            Some(recorder) => recorder.trace.borrow().clone(),
            None => empty(self.clock.kind()),
        }
    }

    /// Writes down an event, if anyone wants to know. The event is only made then.
    pub(crate) fn record(&self, task: Option<TaskId>, kind: impl FnOnce() -> EventKind) {
        if let Some(recorder) = self.recorder.get() {
            // First the event, then the time: to put a note into words may take some.
            let kind = kind();
            let at = self.clock.now();
            recorder.record(Event { at, task, kind });
        }
    }

    pub(crate) fn record_new(&self, task: &Task) {
        if let Some(recorder) = self.recorder.get() {
            recorder.add_task(task);
            self.record(Some(task.id()), || EventKind::Spawned);
        }
    }

    /// Whoever has the thread now is the one who wakes.
    pub(crate) fn record_wake(&self, task: TaskId) {
        let by = match self.polled() {
            Some(waker) => WokenBy::Task(waker),
            None => self.ringing.get().unwrap_or(WokenBy::Outside),
        };
        self.record(Some(task), || EventKind::Woken { by });
    }

    /// Passes on the panic of a listener.
    pub(crate) fn check_listener(&self) {
        let recorder = self.recorder.get();
        if let Some(payload) = recorder.and_then(|recorder| recorder.panic.take()) {
            panic::resume_unwind(payload);
        }
    }
}

fn empty(clock: ClockKind) -> Trace {
    Trace {
        clock,
        tasks: Vec::new(),
        events: Vec::new(),
    }
}
