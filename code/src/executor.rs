//! The loop itself: it polls what is ready, sleeps, and wakes what is due.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use crate::clock::{Clock, ClockKind};
use crate::deadlock::Deadlock;
use crate::join_handle::{JoinError, JoinHandle, JoinResult};
use crate::recorder::{Listener, Recorder};
use crate::running;
use crate::task::{Body, Suspended, Task, TaskHandle};
use crate::tasks::Tasks;
use crate::timers::Timers;
use crate::trace::{Event, EventKind, SourceLine, TaskId, Trace, Wait, WokenBy};
use crate::wakers::{ReadyQueue, Woken};

/// What the loop shares with the futures that run on it. All of it stays on one thread; only the
/// ready queue can be reached from others.
pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) ready: Arc<ReadyQueue>,
    pub(crate) timers: RefCell<Timers>,
    /// The task that is being polled.
    pub(crate) polling: Cell<Option<TaskId>>,
    /// The waker of that task, as an address to compare with, and what the task has said of its
    /// reasons to wait.
    polling_waker: Cell<usize>,
    suspended: Cell<Suspended>,
    waits: RefCell<Vec<Wait>>,
    tasks: RefCell<Tasks>,
    recorder: OnceCell<Recorder>,
    closed: Cell<bool>,
}

/// The future of `run_until_complete`: unlike a task it may borrow, so the loop can't own it.
struct Main<'a, F: Future> {
    future: Pin<&'a mut F>,
    id: TaskId,
    handle: TaskHandle,
    suspended: Suspended,
    /// How it ended. A panic is kept until the round is over, so that the round's other tasks
    /// have their turn.
    end: Option<thread::Result<F::Output>>,
    line: SourceLine,
}

/// The slot in the ready queue's entries that stands for the future of `run_until_complete`.
const MAIN_SLOT: usize = usize::MAX;

impl Inner {
    pub(crate) fn new(kind: ClockKind) -> Self {
        Inner {
            clock: Clock::new(kind),
            ready: ReadyQueue::new(),
            timers: RefCell::default(),
            polling: Cell::new(None),
            polling_waker: Cell::new(0),
            suspended: Cell::default(),
            waits: RefCell::default(),
            tasks: RefCell::default(),
            recorder: OnceCell::new(),
            closed: Cell::new(false),
        }
    }

    pub(crate) fn run_until_complete<F: Future>(
        self: &Rc<Self>,
        future: F,
        line: SourceLine,
    ) -> Result<F::Output, Deadlock> {
        assert!(
            !self.closed.get(),
            "this event loop is closed: it runs no more futures"
        );
        let _entered = running::enter(self);
        let id = self.tasks.borrow_mut().next_id();
        let handle = TaskHandle::new(id, MAIN_SLOT, &self.ready);
        let future = pin!(future);
        let suspended = Suspended::default();
        let mut main = Main {
            future,
            id,
            handle,
            suspended,
            end: None,
            line,
        };
        self.record_new(id, "main", line);
        main.handle.own.enqueue_new();

        let mut round = Vec::new();
        loop {
            if let Err(deadlock) = self.turn(&mut main, &mut round) {
                self.record(Some(id), || EventKind::Dropped);
                return Err(deadlock);
            }
            if let Some(end) = main.end {
                return Ok(end.unwrap_or_else(|payload| panic::resume_unwind(payload)));
            }
        }
    }

    /// One turn of the loop.
    fn turn<F: Future>(
        self: &Rc<Self>,
        main: &mut Main<'_, F>,
        round: &mut Vec<Woken>,
    ) -> Result<(), Deadlock> {
        self.poll_round(main, round);
        if main.end.is_none() {
            self.sleep_until_ready(main)?;
        }
        self.wake_due();
        Ok(())
    }

    /// Polls the tasks that are ready now. Those that become ready meanwhile have their turn in
    /// the next round, so that one that wakes itself starves nobody.
    fn poll_round<F: Future>(self: &Rc<Self>, main: &mut Main<'_, F>, round: &mut Vec<Woken>) {
        self.ready.take(round);
        for woken in round.drain(..) {
            if woken.slot == MAIN_SLOT {
                if woken.task == main.id && main.end.is_none() {
                    self.poll_main(main, &woken);
                }
            } else {
                self.poll_task(&woken);
            }
        }
    }

    fn poll_main<F: Future>(&self, main: &mut Main<'_, F>, woken: &Woken) {
        self.before_poll(&main.handle, woken);
        main.handle.own.leave_queue();
        let mut cx = Context::from_waker(&main.handle.waker);
        let polled = panic::catch_unwind(AssertUnwindSafe(|| main.future.as_mut().poll(&mut cx)));
        match polled {
            Ok(Poll::Pending) => main.suspended = self.after_suspension(main.id),
            Ok(Poll::Ready(output)) => {
                self.after_end(main.id, EventKind::Finished);
                main.end = Some(Ok(output));
            }
            Err(payload) => {
                self.after_end(main.id, EventKind::Panicked);
                main.end = Some(Err(payload));
            }
        }
    }

    fn poll_task(&self, woken: &Woken) {
        // The body leaves the list for the time of the poll: the task may spawn and abort.
        let Some(mut body) = self.tasks.borrow_mut().take_body(woken) else {
            return;
        };
        self.before_poll(&body.waker, woken);
        match body.poll() {
            Ok(Poll::Pending) => {
                let suspended = self.after_suspension(woken.task);
                let aborted = self.tasks.borrow_mut().put_back(woken, body, suspended);
                if let Some(task) = aborted {
                    self.end_early(task);
                }
            }
            Ok(Poll::Ready(())) => {
                self.after_end(woken.task, EventKind::Finished);
                self.end(woken, body, None);
            }
            Err(payload) => {
                self.after_end(woken.task, EventKind::Panicked);
                self.end(woken, body, Some(JoinError::panicked(payload)));
            }
        }
    }

    fn before_poll(&self, handle: &TaskHandle, woken: &Woken) {
        let task = handle.own.task;
        if woken.from_outside {
            let by = WokenBy::Outside;
            self.record(Some(task), || EventKind::Woken { by });
        }
        self.record(Some(task), || EventKind::Polled);
        self.polling.set(Some(task));
        self.polling_waker.set(handle.waker.data().addr());
        self.suspended.set(Suspended::default());
        self.waits.borrow_mut().clear();
    }

    fn after_suspension(&self, task: TaskId) -> Suspended {
        self.polling.set(None);
        self.record(Some(task), || EventKind::Suspended {
            on: self.waits.borrow().clone(),
        });
        self.suspended.get()
    }

    fn after_end(&self, task: TaskId, how: EventKind) {
        self.polling.set(None);
        self.record(Some(task), || how);
    }

    /// A future of ours says what the task that is being polled waits for. To be called once for
    /// each clone of `cx`'s waker that the future keeps.
    pub(crate) fn suspends_on(&self, cx: &Context<'_>, waits: impl IntoIterator<Item = Wait>) {
        let mut waits = waits.into_iter();
        let mut suspended = self.suspended.get();
        // Another waker is somebody else's, who may wake the task for reasons of their own.
        if cx.waker().data().addr() == self.polling_waker.get() {
            suspended.wakers_of_ours += 1;
        }
        if let Some(first) = waits.next() {
            suspended.on = suspended.on.or(Some(first));
            if self.recorder.get().is_some() {
                let mut list = self.waits.borrow_mut();
                list.push(first);
                list.extend(waits);
            }
        }
        self.suspended.set(suspended);
    }

    /// Sleeps until something is ready or the next deadline.
    fn sleep_until_ready<F: Future>(&self, main: &Main<'_, F>) -> Result<(), Deadlock> {
        if !self.ready.is_empty() {
            return Ok(());
        }
        let until = self.timers.borrow().next();
        if until.is_some_and(|deadline| deadline <= self.clock.now()) {
            return Ok(());
        }
        if until.is_none() {
            self.check_for_deadlock(main)?;
        }
        self.record(None, || EventKind::Parked { until });
        match (until, self.clock.kind()) {
            (Some(deadline), ClockKind::Virtual) => self.clock.jump_to(deadline),
            (Some(deadline), ClockKind::Real) => {
                self.ready
                    .park(Some(deadline.saturating_sub(self.clock.now())));
            }
            (None, _) => self.ready.park(None),
        }
        self.record(None, || EventKind::Unparked);
        Ok(())
    }

    /// Wakes the tasks whose time has come.
    fn wake_due(&self) {
        let now = self.clock.now();
        loop {
            // One at a time: a waker of another kind than ours may reach for the timers itself.
            let due = self.timers.borrow_mut().pop_due(now);
            let Some(waker) = due else { return };
            waker.wake();
        }
    }

    /// With no deadline to wait for, only a waker that somebody outside holds could go on. If
    /// nobody holds one, the loop would wait forever.
    fn check_for_deadlock<F: Future>(&self, main: &Main<'_, F>) -> Result<(), Deadlock> {
        let tasks = self.tasks.borrow();
        let stuck = |handle: &TaskHandle, suspended: &Suspended| {
            handle.clones() <= suspended.wakers_of_ours
        };
        let all_stuck = stuck(&main.handle, &main.suspended)
            && tasks.iter().all(|task| {
                task.body
                    .as_ref()
                    .is_none_or(|body| stuck(&body.waker, &task.suspended))
            });
        // Between the look at the queue and the look at the clones somebody may have woken a
        // task and let go of its waker.
        if !all_stuck || !self.ready.is_empty() {
            return Ok(());
        }
        Err(Deadlock::of(
            (main.id, main.line, main.suspended.on),
            &tasks,
        ))
    }

    pub(crate) fn spawn<F: Future + 'static>(
        self: &Rc<Self>,
        name: Option<String>,
        future: F,
        line: SourceLine,
    ) -> JoinHandle<F::Output> {
        assert!(
            !self.closed.get(),
            "this event loop is closed: it takes no more tasks"
        );
        let mut tasks = self.tasks.borrow_mut();
        let id = tasks.next_id();
        let slot = tasks.free_slot();
        let name: Rc<str> = name.unwrap_or_else(|| format!("task {}", id.0)).into();
        let result = JoinResult::new();
        let to = result.clone();
        let future = Box::pin(async move { to.finish(Ok(future.await)) });
        let handle = TaskHandle::new(id, slot, &self.ready);
        self.record_new(id, &name, line);
        handle.own.enqueue_new();
        tasks.fill(
            slot,
            Task {
                id,
                name,
                spawned_at: line,
                body: Some(Body {
                    future,
                    waker: handle,
                }),
                aborted: false,
                join: result.clone(),
                suspended: Suspended::default(),
            },
        );
        JoinHandle::new(id, slot, result, Rc::downgrade(self))
    }

    pub(crate) fn abort(&self, task: TaskId, slot: usize) {
        let task = self.tasks.borrow_mut().take_to_abort(task, slot);
        if let Some(task) = task {
            self.end_early(task);
        }
    }

    fn end(&self, woken: &Woken, body: Body, error: Option<JoinError>) {
        let task = self.tasks.borrow_mut().remove(woken);
        if let Some(mut task) = task {
            task.body = Some(body);
            task.end(error);
        }
    }

    fn end_early(&self, task: Task) {
        self.record(Some(task.id), || EventKind::Dropped);
        task.end(Some(JoinError::aborted()));
    }

    pub(crate) fn close(self: &Rc<Self>) {
        let runs = running::try_event_loop().is_some_and(|other| Rc::ptr_eq(&other, self));
        assert!(
            !runs,
            "this event loop is running: close it after run_until_complete has returned"
        );
        self.drop_tasks();
    }

    pub(crate) fn drop_tasks(&self) {
        self.closed.set(true);
        loop {
            // One after the other: a destructor may abort another task.
            let next = self.tasks.borrow_mut().take_oldest();
            let Some(task) = next else { break };
            self.end_early(task);
        }
        let left = self.timers.borrow_mut().take_all();
        drop(left);
    }

    pub(crate) fn start_recorder(&self, listener: Option<Listener>) {
        assert!(
            self.tasks.borrow().is_untouched(),
            "a trace must be asked for before the first task is spawned"
        );
        let fresh = self
            .recorder
            .set(Recorder::new(self.clock.kind(), listener))
            .is_ok();
        assert!(fresh, "this event loop writes a trace already");
        self.ready.traced.store(true, Ordering::Relaxed);
    }

    /// What has happened so far.
    pub(crate) fn trace(&self) -> Trace {
        match self.recorder.get() {
            Some(recorder) => recorder.trace(),
            None => Trace {
                clock: self.clock.kind(),
                tasks: Vec::new(),
                events: Vec::new(),
            },
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Writes down an event, if anyone wants to know. The event is only made then.
    pub(crate) fn record(&self, task: Option<TaskId>, kind: impl FnOnce() -> EventKind) {
        if let Some(recorder) = self.recorder.get() {
            recorder.record(Event {
                at: self.clock.now(),
                task,
                kind: kind(),
            });
        }
    }

    fn record_new(&self, task: TaskId, name: &str, line: SourceLine) {
        if let Some(recorder) = self.recorder.get() {
            recorder.add_task(task, name, line);
            self.record(Some(task), || EventKind::Spawned);
        }
    }

    /// The time since the loop was made.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }
}
