//! Runs a program on the event loop, and tells what happened.

mod steps;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Waker;

use event_loops::{EventLoop, JoinHandle, Mutex, Notify, Semaphore, Trace, mpsc, now, oneshot};

use crate::program::{Body, CHANNELS, ONESHOTS, Op, Program, WAKERS};
use crate::story::{End, Line, Outcome, Story, What, line, millis};

/// What a run has left behind.
pub struct Run {
    pub story: Story,
    pub trace: Trace,
    /// How many bodies were made.
    pub bodies: usize,
}

/// More lines than any program should have: a loop that never stops is stopped here.
const LINES_AT_MOST: usize = 20_000;

pub fn run(program: &Program) -> Run {
    let shared = Rc::new(Shared::new(program));
    let listener = {
        let shared = shared.clone();
        move |event: &event_loops::Event| shared.hear(event)
    };
    let event_loop = EventLoop::with_virtual_clock().on_event(listener);
    let ends = program.mains.iter().map(|main| {
        let main = shared.body(main);
        let run = || event_loop.try_run_until_complete(main);
        match panic::catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(number)) => End::Result(number),
            Ok(Err(deadlock)) => End::Deadlock(
                (deadlock.stuck.into_iter())
                    .map(|stuck| (stuck.task.0, stuck.waits_for.map(without_line)))
                    .collect(),
            ),
            Err(payload) if payload.is::<OnPurpose>() => End::Panicked,
            Err(payload) => panic::resume_unwind(payload),
        }
    });
    let ends = ends.collect();
    event_loop.close();
    Run {
        story: Story {
            lines: shared.lines.take(),
            ends,
        },
        trace: event_loop.trace(),
        bodies: shared.bodies.get(),
    }
}

fn without_line(waits_for: String) -> String {
    match waits_for.split_once(", at ") {
        Some((what, _)) => what.to_string(),
        None => waits_for,
    }
}

/// What the panics of a program carry. They don't go through the panic hook, which would print.
struct OnPurpose;

/// A body's number, and which of its steps.
type Place = (usize, usize);

/// What all tasks of a program use.
struct Shared {
    lines: RefCell<Vec<Line>>,
    /// How many bodies have been made.
    bodies: Cell<usize>,
    messages: Cell<usize>,
    /// The task that was polled last.
    current: Cell<usize>,
    handles: RefCell<Vec<Rc<Handle>>>,
    senders: [RefCell<Option<Rc<mpsc::Sender<usize>>>>; CHANNELS],
    receivers: [RefCell<Option<mpsc::Receiver<usize>>>; CHANNELS],
    tellers: [RefCell<Option<oneshot::Sender<usize>>>; ONESHOTS],
    told: [RefCell<Option<oneshot::Receiver<usize>>>; ONESHOTS],
    lock: Mutex<()>,
    permits: Semaphore,
    bell: Notify,
    wakers: [RefCell<Option<Waker>>; WAKERS],
}

/// A handle on the list, until it is detached or has given its result.
struct Handle {
    task: usize,
    handle: RefCell<Option<JoinHandle<usize>>>,
    awaited: Cell<bool>,
}

impl Shared {
    fn new(program: &Program) -> Self {
        let (senders, receivers) = {
            let [(a, b), (c, d)] = program.rooms.map(mpsc::channel);
            ([a, c].map(|end| RefCell::new(Some(Rc::new(end)))), [b, d])
        };
        let [(a, b), (c, d)] = [(); ONESHOTS].map(|()| oneshot::channel());
        Shared {
            lines: RefCell::default(),
            bodies: Cell::new(0),
            messages: Cell::new(0),
            current: Cell::new(0),
            handles: RefCell::default(),
            senders,
            receivers: receivers.map(|end| RefCell::new(Some(end))),
            tellers: [a, c].map(|end| RefCell::new(Some(end))),
            told: [b, d].map(|end| RefCell::new(Some(end))),
            lock: Mutex::new(()),
            permits: Semaphore::new(program.permits),
            bell: Notify::new(),
            wakers: Default::default(),
        }
    }

    /// Writes down an event of the loop. Before the loop would wait for other threads, the wakers
    /// that were left are called, as another thread would: without that it would wait forever.
    fn hear(&self, event: &event_loops::Event) {
        let line = line(event);
        let waits_for_others = line.what == What::Parked(None);
        if let What::Polled(task) = line.what {
            self.current.set(task);
        }
        self.lines.borrow_mut().push(line);
        assert!(
            self.lines.borrow().len() < LINES_AT_MOST,
            "the loop does not come to an end"
        );
        if waits_for_others {
            for place in &self.wakers {
                if let Some(waker) = place.take() {
                    waker.wake();
                }
            }
        }
    }

    fn write(&self, at: u64, what: What) {
        self.lines.borrow_mut().push(Line { at, what });
    }

    /// A future that does what `steps` say, and gives its number.
    fn body(self: &Rc<Self>, steps: &Body) -> Pin<Box<dyn Future<Output = usize>>> {
        let number = self.bodies.replace(self.bodies.get() + 1);
        let shared = self.clone();
        let steps = steps.clone();
        let gone = Gone(shared.clone(), number);
        Box::pin(async move {
            let _gone = gone;
            let mut at_the_end = Vec::new(); // dropped before the line above
            for (place, step) in steps.iter().enumerate() {
                let outcome = match step {
                    Op::OnDrop(step) => {
                        at_the_end.push(OnDrop(|| drop(shared.act(step))));
                        Outcome::Done
                    }
                    step => shared.step(step, (number, place)).await,
                };
                shared.write(millis(now()), What::Did(number, place, outcome));
            }
            number
        })
    }
}

/// Says that a body is gone, at the time of the line before: there may be no loop to ask.
struct Gone(Rc<Shared>, usize);

impl Drop for Gone {
    fn drop(&mut self) {
        let Gone(shared, number) = self;
        let at = shared.lines.borrow().last().map_or(0, |line| line.at);
        shared.write(at, What::Gone(*number));
    }
}

struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
