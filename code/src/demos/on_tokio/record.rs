//! What happened on a tokio runtime, as seen from the outside of each task: from its polls.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use crate::ClockKind;
use crate::demos::{Step, StepKind};

/// What the tasks of one run did and said, in the order in which it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Oldest first.
    pub entries: Vec<Entry>,
}

/// One thing that a task did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, since the program began.
    pub at: Duration,
    /// The task's name.
    pub task: String,
    /// What it did.
    pub what: What,
}

/// What a task can do, as seen from outside, and what it can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It started, was suspended, resumed or finished.
    Step(StepKind),
    /// It said something.
    Note(String),
}

impl Record {
    /// What the tasks did: the same as [`steps`](crate::demos::steps) of a trace.
    pub fn steps(&self) -> Vec<Step> {
        let step = |entry: &Entry| match entry.what {
            What::Step(kind) => Some(Step {
                at: entry.at,
                task: entry.task.clone(),
                kind,
            }),
            What::Note(_) => None,
        };
        self.entries.iter().filter_map(step).collect()
    }

    /// What the tasks said: the same as [`Trace::notes`](crate::Trace::notes).
    pub fn notes(&self) -> impl Iterator<Item = (Duration, &str, &str)> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Note(text) => Some((entry.at, entry.task.as_str(), text.as_str())),
            What::Step(_) => None,
        })
    }

    /// The time of the last entry.
    pub fn total(&self) -> Duration {
        self.entries.last().map_or(Duration::ZERO, |entry| entry.at)
    }
}

/// Where the tasks of one run write.
#[derive(Clone)]
pub(super) struct Recorder(Rc<Shared>);

struct Shared {
    clock: ClockKind,
    start: Instant,
    book: RefCell<Book>,
}

struct Book {
    entries: Vec<Entry>,
    listener: Box<dyn FnMut(&Entry)>,
}

impl Recorder {
    /// Time counts from here, so this is to be called on the runtime, whose clock it reads.
    pub(super) fn new(clock: ClockKind, listener: impl FnMut(&Entry) + 'static) -> Self {
        Recorder(Rc::new(Shared {
            clock,
            start: Instant::now(),
            book: RefCell::new(Book {
                entries: Vec::new(),
                listener: Box::new(listener),
            }),
        }))
    }

    pub(super) fn watch<F: Future>(&self, name: impl Into<Rc<str>>, future: F) -> Watched<F> {
        Watched {
            future: Box::pin(future),
            polled: false,
            task: Task {
                name: name.into(),
                recorder: self.clone(),
            },
        }
    }

    pub(super) fn clock(&self) -> ClockKind {
        self.0.clock
    }

    pub(super) fn finish(&self) -> Record {
        Record {
            entries: std::mem::take(&mut self.0.book.borrow_mut().entries),
        }
    }

    fn write(&self, task: &str, what: What) {
        let entry = Entry {
            at: self.0.start.elapsed(),
            task: task.to_string(),
            what,
        };
        let book = &mut *self.0.book.borrow_mut();
        (book.listener)(&entry);
        book.entries.push(entry);
    }
}

tokio::task_local! {
    /// The task that is being polled, and where it writes.
    static TASK: Task;
}

#[derive(Clone)]
struct Task {
    name: Rc<str>,
    recorder: Recorder,
}

impl Task {
    fn did(&self, kind: StepKind) {
        self.recorder.write(&self.name, What::Step(kind));
    }
}

/// Has `future`, as a task of that name, watched by the recorder that watches the current task.
pub(super) fn watched<F: Future>(name: impl Into<Rc<str>>, future: F) -> Watched<F> {
    recorder().watch(name, future)
}

/// Says something under the name of the task that is being polled.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the demos call it as they call event_loops::note"
)]
pub(super) fn note(text: impl ToString) {
    TASK.with(|task| {
        task.recorder
            .write(&task.name, What::Note(text.to_string()));
    });
}

/// The recorder that watches the task that is being polled.
pub(super) fn recorder() -> Recorder {
    TASK.with(|task| task.recorder.clone())
}

/// A future that is polled as if nobody watched it, with each poll written down.
pub(super) struct Watched<F> {
    future: Pin<Box<F>>,
    polled: bool,
    task: Task,
}

impl<F: Future> Future for Watched<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Watched {
            future,
            polled,
            task,
        } = &mut *self;
        let first = !std::mem::replace(polled, true);
        task.did(if first {
            StepKind::Start
        } else {
            StepKind::Resume
        });
        let result = TASK.sync_scope(task.clone(), || future.as_mut().poll(cx));
        task.did(match result {
            Poll::Pending => StepKind::Suspend,
            Poll::Ready(_) => StepKind::Finish,
        });
        result
    }
}
