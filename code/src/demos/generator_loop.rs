//! A loop that resumes generators: a queue of tasks, and a heap of deadlines.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use super::notes::Notes;
use crate::ClockKind;
use crate::trace::{Event, EventKind, SourceLine, TaskId, Trace, Wait, WokenBy};

/// A function that can stop in the middle and go on later, as a value.
///
/// What Rust's unstable `Coroutine` is, without the help of the compiler: whoever implements it
/// keeps in `self` how far the function has got.
///
/// ```
/// use event_loops::ClockKind;
/// use event_loops::demos::{Generator, GeneratorLoop, Resumed, Until};
/// use std::time::Duration;
///
/// enum Call { Start, Waiting, Over }
///
/// impl Generator for Call {
///     type Return = &'static str;
///
///     fn resume(&mut self, _: &mut GeneratorLoop) -> Resumed<Self::Return> {
///         match self {
///             Call::Start => {
///                 *self = Call::Waiting;
///                 Resumed::Yielded(Until::Elapsed(Duration::from_secs(3)))
///             }
///             Call::Waiting => {
///                 *self = Call::Over;
///                 Resumed::Complete("back")
///             }
///             Call::Over => panic!("resumed after its end"),
///         }
///     }
/// }
///
/// let mut event_loop = GeneratorLoop::new(ClockKind::Virtual);
/// let call = event_loop.spawn("call", Call::Start);
/// event_loop.run();
/// assert_eq!(event_loop.now(), Duration::from_secs(3));
/// assert_eq!(call.take(), Some("back"));
/// ```
pub trait Generator {
    /// What it returns in the end.
    type Return;

    /// Runs it to its next stop, or to its end. The loop does not call it again after that.
    fn resume(&mut self, event_loop: &mut GeneratorLoop) -> Resumed<Self::Return>;
}

/// What came of resuming a generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resumed<T> {
    /// It has stopped, and says when to resume it.
    Yielded(Until),
    /// It is over.
    Complete(T),
}

/// When a generator wants to be resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// When this time has passed.
    Elapsed(Duration),
    /// When all of these, tasks of the same loop, are over.
    Ended(Vec<TaskId>),
}

/// What a spawned generator will have returned, and which task it is.
pub struct Handle<T> {
    task: TaskId,
    result: Rc<Cell<Option<T>>>,
}

/// An event loop that keeps generators, and resumes them.
pub struct GeneratorLoop {
    tasks: Vec<Task>,
    ready: VecDeque<TaskId>,
    /// The soonest first, and equal ones in the order in which they came.
    timers: BinaryHeap<Reverse<(Duration, u64, TaskId)>>,
    count: u64,
    notes: Notes,
}

struct Task {
    /// Out of its place while it is resumed, and gone when it is over.
    generator: Option<Resume>,
    spawned_at: SourceLine,
    /// Who waits for its end.
    awaited_by: Vec<TaskId>,
    /// How many others it waits for.
    awaits: usize,
}

/// A generator's `resume`, which has left its result where the handle finds it.
type Resume = Box<dyn FnMut(&mut GeneratorLoop) -> Resumed<()>>;

impl GeneratorLoop {
    /// A loop with nothing to do.
    pub fn new(clock: ClockKind) -> Self {
        GeneratorLoop {
            tasks: Vec::new(),
            ready: VecDeque::new(),
            timers: BinaryHeap::new(),
            count: 0,
            notes: Notes::new(clock),
        }
    }

    /// Has it write a trace, and show each event to `listener` as it happens.
    #[must_use]
    pub fn on_event(self, listener: impl FnMut(&Event) + 'static) -> Self {
        self.notes.tell(listener);
        self
    }

    /// Hands a generator to the loop. Its first turn comes when those are through that are ready
    /// already.
    #[track_caller]
    pub fn spawn<G>(&mut self, name: impl Display, mut generator: G) -> Handle<G::Return>
    where
        G: Generator + 'static,
        G::Return: 'static,
    {
        let spawned_at = SourceLine::caller();
        let task = self.notes.add(name, spawned_at);
        let result = Rc::new(Cell::new(None));
        let to = Rc::clone(&result);
        let generator = move |event_loop: &mut GeneratorLoop| match generator.resume(event_loop) {
            Resumed::Yielded(until) => Resumed::Yielded(until),
            Resumed::Complete(value) => {
                to.set(Some(value));
                Resumed::Complete(())
            }
        };
        self.tasks.push(Task {
            generator: Some(Box::new(generator)),
            spawned_at,
            awaited_by: Vec::new(),
            awaits: 0,
        });
        self.ready.push_back(task);
        Handle { task, result }
    }

    /// Resumes what there is to resume, until nothing is left: no task in the queue, and no
    /// deadline in the heap.
    ///
    /// # Panics
    ///
    /// With the panic of a generator. The others stay where they are, and a second `run` resumes
    /// them.
    pub fn run(&mut self) {
        while !(self.ready.is_empty() && self.timers.is_empty()) {
            self.turn();
        }
    }

    /// The loop's clock: the time since it was made.
    pub fn now(&self) -> Duration {
        self.notes.clock().now()
    }

    /// Says something in the trace, under the name of the task that is running.
    #[track_caller]
    pub fn note(&self, text: impl Display) {
        self.notes.note(text);
    }

    /// What says the same without the loop at hand.
    pub fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// What has happened so far; nothing without [`on_event`](Self::on_event).
    pub fn trace(&self) -> Trace {
        self.notes.trace()
    }

    /// The tasks that are not over. When [`run`](Self::run) has returned, these wait for each other.
    pub fn unfinished(&self) -> Vec<TaskId> {
        let tasks = self.tasks.iter().enumerate();
        tasks
            .filter(|(_, task)| task.generator.is_some())
            .map(|(number, _)| TaskId(number))
            .collect()
    }

    /// One round: sleep if there is nothing to do, see whose time has come, resume what is ready.
    fn turn(&mut self) {
        if self.ready.is_empty()
            && let Some(Reverse((deadline, ..))) = self.timers.peek()
        {
            self.notes.park_until(*deadline);
        }
        self.wake_due();
        // Those that become ready meanwhile have their turn in the next round, after the timers.
        for _ in 0..self.ready.len() {
            if let Some(task) = self.ready.pop_front() {
                self.resume(task);
            }
        }
    }

    fn wake_due(&mut self) {
        let now = self.now();
        while let Some(Reverse((deadline, _, task))) = self.timers.peek().copied() {
            if deadline > now {
                break;
            }
            self.timers.pop();
            self.wake(task, WokenBy::Timer);
        }
    }

    fn wake(&mut self, task: TaskId, by: WokenBy) {
        self.notes.record(Some(task), || EventKind::Woken { by });
        self.ready.push_back(task);
    }

    fn resume(&mut self, task: TaskId) {
        let Some(mut generator) = self.tasks[task.0].generator.take() else {
            return;
        };
        self.notes.record(Some(task), || EventKind::Polled);
        self.notes.run_as(Some(task));
        let resumed = generator(self);
        self.notes.run_as(None);
        match resumed {
            Resumed::Yielded(until) => {
                self.tasks[task.0].generator = Some(generator);
                self.suspend(task, until);
            }
            Resumed::Complete(()) => self.finish(task),
        }
    }

    fn suspend(&mut self, task: TaskId, until: Until) {
        match until {
            Until::Elapsed(time) => {
                let deadline = self.now().saturating_add(time);
                self.count += 1;
                self.timers.push(Reverse((deadline, self.count, task)));
                let line = self.tasks[task.0].spawned_at;
                let on = || vec![Wait::Until { deadline, line }];
                self.notes
                    .record(Some(task), || EventKind::Suspended { on: on() });
            }
            Until::Ended(others) => {
                let on = || others.iter().copied().map(Wait::Task).collect();
                self.notes
                    .record(Some(task), || EventKind::Suspended { on: on() });
                for other in others {
                    let other = &mut self.tasks[other.0];
                    if other.generator.is_some() {
                        other.awaited_by.push(task);
                        self.tasks[task.0].awaits += 1;
                    }
                }
                if self.tasks[task.0].awaits == 0 {
                    self.wake(task, WokenBy::Task(task));
                }
            }
        }
    }

    fn finish(&mut self, task: TaskId) {
        for waiter in std::mem::take(&mut self.tasks[task.0].awaited_by) {
            self.tasks[waiter.0].awaits -= 1;
            if self.tasks[waiter.0].awaits == 0 {
                self.wake(waiter, WokenBy::Task(task));
            }
        }
        self.notes.record(Some(task), || EventKind::Finished);
    }
}

impl<T> Handle<T> {
    /// Which task it is, to wait for.
    pub fn task(&self) -> TaskId {
        self.task
    }

    /// What it has returned, once.
    pub fn take(&self) -> Option<T> {
        self.result.take()
    }
}
