//! Runs a program on the event loop, and tells what happened.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use event_loops::{
    EventLoop, JoinError, JoinHandle, Mutex, Notify, Semaphore, Trace, compute_for, gather, join,
    mpsc, now, oneshot, race, scope, sleep, spawn, timeout, yield_now,
};

use crate::program::{Body, CHANNELS, ONESHOTS, Op, Program, WAKERS};
use crate::story::{End, Joined, Line, Outcome, Story, What, line, millis};

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

    async fn step(self: &Rc<Self>, step: &Op, place: Place) -> Outcome {
        match step {
            Op::Yield => yield_now().await,
            Op::Sleep(time) => {
                let from = millis(now());
                sleep(time_of(*time)).await;
                return Outcome::Slept { from, lasts: *time };
            }
            Op::Compute(time) => compute_for(time_of(*time)),
            Op::Panic => panic::resume_unwind(Box::new(OnPurpose)),
            Op::Forever => pending().await,

            Op::Spawn(body) => return self.keep(spawn(self.body(body))),
            Op::Call(body) => {
                let handle = spawn(self.body(body));
                return Outcome::Joined(handle.id().0, joined(handle.await));
            }
            Op::Join(number) => return self.join(*number).await,

            Op::Timeout(time, body) => {
                return match timeout(time_of(*time), self.body(body)).await {
                    Ok(number) => Outcome::InTime(number),
                    Err(_) => Outcome::Elapsed,
                };
            }
            Op::Race([a, b]) => return Outcome::First(race(self.body(a), self.body(b)).await),
            Op::JoinTwo([a, b]) => {
                let (a, b) = join(self.body(a), self.body(b)).await;
                return Outcome::All(vec![a, b]);
            }
            Op::Gather(bodies) => {
                let bodies: Vec<_> = bodies.iter().map(|body| self.body(body)).collect();
                return Outcome::All(gather(bodies).await);
            }
            Op::Scope(tasks, body) => {
                let body = async |scope: &event_loops::Scope| {
                    for task in tasks {
                        self.keep(scope.spawn(self.body(task)));
                    }
                    self.body(body).await
                };
                return Outcome::All(vec![scope(body).await]);
            }

            Op::Send(channel) => return self.send(*channel).await,
            Op::Reserve(channel, body) => return self.reserve(*channel, body, place).await,
            Op::Receive(channel) => {
                let Some(mut receiver) = Borrowed::of(&self.receivers[*channel]) else {
                    return Outcome::Nothing;
                };
                return Outcome::Received(receiver.get().recv().await);
            }
            Op::AwaitTold(number) => {
                let Some(mut told) = Borrowed::of(&self.told[*number]) else {
                    return Outcome::Nothing;
                };
                let message = told.get().await;
                told.0 = None; // it has only one message to give
                return Outcome::Received(message.ok());
            }

            Op::Lock(body) => {
                let _guard = self.lock.lock().await;
                self.write(millis(now()), What::Holds(place.0, place.1));
                self.body(body).await;
            }
            Op::Permit(body) => {
                let _permit = self.permits.acquire().await;
                self.write(millis(now()), What::Holds(place.0, place.1));
                self.body(body).await;
            }
            Op::Notified => self.bell.notified().await,
            Op::LeaveWaker(number) => {
                let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
                *self.wakers[*number].borrow_mut() = Some(waker);
            }
            at_once => return self.act(at_once),
        }
        Outcome::Done
    }

    /// A step that waits for nothing, and needs no loop that runs.
    fn act(&self, step: &Op) -> Outcome {
        match step {
            Op::Abort(number) => match self.handle(*number) {
                Some(handle) => match &*handle.handle.borrow() {
                    Some(handle) => handle.abort(),
                    None => return Outcome::Nothing,
                },
                None => return Outcome::Nothing,
            },
            Op::Detach(number) => match self.handle(*number) {
                Some(handle) if !handle.awaited.get() => return drop_end(&handle.handle),
                _ => return Outcome::Nothing,
            },
            Op::DropSender(channel) => return drop_end(&self.senders[*channel]),
            Op::DropReceiver(channel) => return drop_end(&self.receivers[*channel]),
            Op::DropTeller(number) => return drop_end(&self.tellers[*number]),
            Op::DropTold(number) => return drop_end(&self.told[*number]),
            Op::Tell(number) => {
                let Some(teller) = self.tellers[*number].take() else {
                    return Outcome::Nothing;
                };
                let message = self.message();
                return match teller.send(message) {
                    Ok(()) => Outcome::Sent(message),
                    Err(message) => Outcome::Refused(message),
                };
            }
            Op::NotifyOne => self.bell.notify_one(),
            Op::NotifyWaiters => self.bell.notify_waiters(),
            Op::CallWaker(number) => match self.wakers[*number].take() {
                Some(waker) => waker.wake(),
                None => return Outcome::Nothing,
            },
            other => unreachable!("{other:?} may have to wait"),
        }
        Outcome::Done
    }

    fn keep(&self, handle: JoinHandle<usize>) -> Outcome {
        let task = handle.id().0;
        self.handles.borrow_mut().push(Rc::new(Handle {
            task,
            handle: RefCell::new(Some(handle)),
            awaited: Cell::new(false),
        }));
        Outcome::Spawned(task)
    }

    fn handle(&self, number: usize) -> Option<Rc<Handle>> {
        let handles = self.handles.borrow();
        let place = number.checked_rem(handles.len())?;
        Some(handles[place].clone())
    }

    async fn join(&self, number: usize) -> Outcome {
        let Some(handle) = self.handle(number) else {
            return Outcome::Nothing;
        };
        let own = handle.task == self.current.get();
        if own || handle.awaited.get() || handle.handle.borrow().is_none() {
            return Outcome::Nothing;
        }
        handle.awaited.set(true);
        let _again_free = OnDrop(|| handle.awaited.set(false));
        let result = poll_fn(|context| match handle.handle.borrow_mut().as_mut() {
            Some(handle) => Pin::new(handle).poll(context),
            None => unreachable!("nobody takes a handle that is awaited"),
        })
        .await;
        handle.handle.take();
        Outcome::Joined(handle.task, joined(result))
    }

    async fn send(&self, channel: usize) -> Outcome {
        let Some(sender) = self.senders[channel].borrow().clone() else {
            return Outcome::Nothing;
        };
        let message = self.message();
        sent(message, sender.send(message).await)
    }

    async fn reserve(self: &Rc<Self>, channel: usize, body: &Body, place: Place) -> Outcome {
        let Some(sender) = self.senders[channel].borrow().clone() else {
            return Outcome::Nothing;
        };
        let message = self.message();
        let Ok(permit) = sender.reserve().await else {
            return Outcome::Refused(message);
        };
        self.write(millis(now()), What::Holds(place.0, place.1));
        self.body(body).await;
        sent(message, permit.send(message))
    }

    /// The next message: no two are alike.
    fn message(&self) -> usize {
        self.messages.replace(self.messages.get() + 1)
    }
}

fn sent(message: usize, result: Result<(), mpsc::SendError<usize>>) -> Outcome {
    match result {
        Ok(()) => Outcome::Sent(message),
        Err(mpsc::SendError(message)) => Outcome::Refused(message),
    }
}

fn joined(result: Result<usize, JoinError>) -> Joined {
    match result {
        Ok(number) => Joined::Result(number),
        Err(error) if error.is_panic() => Joined::Panicked,
        Err(_) => Joined::Aborted,
    }
}

fn time_of(millis: u64) -> std::time::Duration {
    std::time::Duration::from_millis(millis)
}

fn drop_end<T>(end: &RefCell<Option<T>>) -> Outcome {
    match end.take() {
        Some(end) => {
            drop(end);
            Outcome::Done
        }
        None => Outcome::Nothing,
    }
}

/// The end of a channel that one task at a time may use, and gives back when it stops waiting.
struct Borrowed<'a, T>(Option<T>, &'a RefCell<Option<T>>);

impl<'a, T> Borrowed<'a, T> {
    fn of(place: &'a RefCell<Option<T>>) -> Option<Self> {
        let end = place.take()?;
        Some(Borrowed(Some(end), place))
    }

    fn get(&mut self) -> &mut T {
        self.0.as_mut().expect("it is here until it is dropped")
    }
}

impl<T> Drop for Borrowed<'_, T> {
    fn drop(&mut self) {
        *self.1.borrow_mut() = self.0.take();
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
