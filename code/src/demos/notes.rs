//! What the small loops of chapters 5 and 6 share: a clock, and the trace that they write.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use crate::clock::{Clock, ClockKind};
use crate::trace::{Event, EventKind, Hold, SourceLine, TaskId, TaskRecord, Trace};

/// Where the programs on a small loop say what they do. A clone writes into the same trace.
#[derive(Clone)]
pub struct Notes(Rc<Shared>);

struct Shared {
    clock: Clock,
    /// How many chains or tasks there have been.
    count: Cell<usize>,
    /// Who has the thread.
    running: Cell<Option<TaskId>>,
    book: RefCell<Option<Book>>,
}

struct Book {
    trace: Trace,
    listener: Box<dyn FnMut(&Event)>,
}

impl Notes {
    /// Says something in the trace, under the name of whoever has the thread. Without a trace the
    /// text is not even made.
    ///
    /// ```
    /// use event_loops::ClockKind;
    /// use event_loops::demos::CallbackLoop;
    ///
    /// let mut event_loop = CallbackLoop::new(ClockKind::Virtual).on_event(|_| {});
    /// let notes = event_loop.notes();
    /// event_loop.start_chain("one", move |_| notes.note("off we go"));
    /// event_loop.run();
    /// assert_eq!(event_loop.trace().notes().next().unwrap().2, "off we go");
    /// ```
    #[track_caller]
    pub fn note(&self, text: impl Display) {
        let line = SourceLine::caller();
        self.record(self.0.running.get(), || EventKind::Noted {
            text: text.to_string(),
            line,
        });
    }

    pub(super) fn new(clock: ClockKind) -> Self {
        Notes(Rc::new(Shared {
            clock: Clock::new(clock),
            count: Cell::new(0),
            running: Cell::new(None),
            book: RefCell::new(None),
        }))
    }

    /// Begins the trace.
    pub(super) fn tell(&self, listener: impl FnMut(&Event) + 'static) {
        self.0.book.replace(Some(Book {
            trace: empty(self.clock().kind()),
            listener: Box::new(listener),
        }));
    }

    pub(super) fn trace(&self) -> Trace {
        let book = self.0.book.borrow();
        book.as_ref()
            .map_or_else(|| empty(self.clock().kind()), |book| book.trace.clone())
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Whoever has the thread from here on; nobody when it is the loop itself.
    pub(super) fn run_as(&self, task: Option<TaskId>) {
        self.0.running.set(task);
    }

    pub(super) fn running(&self) -> Option<TaskId> {
        self.0.running.get()
    }

    pub(super) fn add(&self, name: impl Display, spawned_at: SourceLine) -> TaskId {
        let id = TaskId(self.0.count.replace(self.0.count.get() + 1));
        if let Some(book) = &mut *self.0.book.borrow_mut() {
            let name = name.to_string();
            book.trace.tasks.push(TaskRecord {
                id,
                name,
                spawned_at,
            });
        }
        self.record(Some(id), || EventKind::Spawned);
        id
    }

    pub(super) fn record(&self, task: Option<TaskId>, kind: impl FnOnce() -> EventKind) {
        if let Some(Book { trace, listener }) = &mut *self.0.book.borrow_mut() {
            let kind = kind();
            let at = self.0.clock.now();
            let event = Event { at, task, kind };
            listener(&event);
            trace.events.push(event);
        }
    }

    /// Holds the thread while it only waits.
    pub(super) fn block_for(&self, lasts: Duration, line: SourceLine) {
        let by = Hold::Blocking;
        let running = self.running();
        self.record(running, || EventKind::Held { by, lasts, line });
        self.clock().block(lasts);
        self.record(running, || EventKind::Released);
    }

    /// Nothing is ready: waits for `deadline`, or, on the virtual clock, jumps to it.
    pub(super) fn park_until(&self, deadline: Duration) {
        let now = self.clock().now();
        if deadline <= now {
            return;
        }
        let until = Some(deadline);
        self.record(None, || EventKind::Parked { until });
        match self.clock().kind() {
            ClockKind::Virtual => self.clock().jump_to(deadline),
            ClockKind::Real => std::thread::sleep(deadline - now),
        }
        self.record(None, || EventKind::Unparked);
    }
}

fn empty(clock: ClockKind) -> Trace {
    Trace {
        clock,
        tasks: Vec::new(),
        events: Vec::new(),
    }
}
