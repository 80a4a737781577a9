//! The loop itself: it polls what is ready, sleeps, and wakes what is due. How it sleeps is in
//! `parking`.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

use crate::blocking::Pool;
use crate::budget;
use crate::clock::{Clock, ClockKind};
use crate::deadlock::Deadlock;
use crate::join_handle::{JoinError, JoinHandle, JoinResult};
use crate::outstanding::OutstandingCount;
#[cfg(feature = "net")]
use crate::reactor::Reactor;
use crate::recorder::Recorder;
use crate::running;
use crate::slow_polls::SlowPolls;
use crate::task::{Body, Task, apart};
use crate::tasks::Tasks;
use crate::timers::Timers;
use crate::trace::{EventKind, SourceLine, TaskId, Wait, WokenBy};
use crate::wakers::{ReadyQueue, TaskHandle, Woken};

/// What the loop shares with the futures that run on it. All of it stays on one thread; only the
/// ready queue can be reached from others.
pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) ready: Arc<ReadyQueue>,
    pub(crate) timers: RefCell<Timers>,
    /// On whose behalf the loop itself calls wakers, while it does.
    pub(crate) ringing: Cell<Option<WokenBy>>,
    /// Who is busy for this loop without being on it.
    pub(crate) outstanding: OutstandingCount,
    pub(crate) pool: Pool,
    #[cfg(feature = "net")]
    pub(crate) reactor: OnceCell<Reactor>,
    pub(crate) polls_since_look: Cell<u32>,
    /// How many operations the task that is being polled may still do without waiting.
    pub(crate) budget: Cell<u32>,
    /// The task that is being polled, or whose future is dropped after its last poll.
    pub(crate) polling: RefCell<Option<Rc<TaskHandle>>>,
    /// What that task has said it waits for.
    pub(crate) waits: RefCell<Vec<Wait>>,
    pub(crate) tasks: RefCell<Tasks>,
    pub(crate) recorder: OnceCell<Recorder>,
    pub(crate) slow_polls: OnceCell<SlowPolls>,
    closed: Cell<bool>,
}

/// The future of `run_until_complete`: unlike a task it may borrow, so the loop can't own it.
struct Main<'a, F: Future> {
    event_loop: &'a Inner,
    /// Empty when it is over.
    future: Pin<&'a mut Option<F>>,
    task: MainTask,
    /// How it ended. A panic is kept until the round is over, so that the round's other tasks
    /// have their turn.
    end: Option<thread::Result<F::Output>>,
}

/// What a deadlock's report needs to know of it.
pub(crate) struct MainTask {
    pub(crate) handle: Rc<TaskHandle>,
    pub(crate) line: SourceLine,
    pub(crate) waits_for: Option<Wait>,
}

/// The slot in the ready queue's entries that stands for the future of `run_until_complete`.
const MAIN_SLOT: usize = usize::MAX;

impl Inner {
    pub(crate) fn new(kind: ClockKind) -> Self {
        let ready = ReadyQueue::new();
        Inner {
            clock: Clock::new(kind),
            outstanding: OutstandingCount::new(&ready),
            ready,
            timers: RefCell::default(),
            ringing: Cell::default(),
            pool: Pool::default(),
            #[cfg(feature = "net")]
            reactor: OnceCell::new(),
            polls_since_look: Cell::default(),
            budget: Cell::default(),
            polling: RefCell::default(),
            waits: RefCell::default(),
            tasks: RefCell::default(),
            recorder: OnceCell::new(),
            slow_polls: OnceCell::new(),
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
        let mut main = Main {
            event_loop: self,
            future: pin!(Some(future)),
            task: MainTask {
                handle: TaskHandle::new(id, MAIN_SLOT, &self.ready),
                line,
                waits_for: None,
            },
            end: None,
        };
        self.record_new(id, "main", line);
        main.task.handle.enqueue_new();

        let mut round = Vec::new();
        loop {
            self.turn(&mut main, &mut round)?;
            if let Some(end) = main.end.take() {
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
        self.check_listener();
        if main.end.is_none() {
            self.sleep_until_ready(&main.task)?;
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
                if woken.task == main.task.handle.task() && main.end.is_none() {
                    self.poll_main(main, &woken);
                }
            } else {
                self.poll_task(&woken);
            }
            self.count_poll();
        }
    }

    fn poll_main<F: Future>(&self, main: &mut Main<'_, F>, woken: &Woken) {
        let Some(future) = main.future.as_mut().as_pin_mut() else {
            return;
        };
        self.before_poll(&main.task.handle, woken);
        let mut cx = Context::from_waker(&main.task.handle.waker);
        let polled = panic::catch_unwind(AssertUnwindSafe(|| future.poll(&mut cx)));
        self.report_slow_poll(woken.task, matches!(polled, Ok(Poll::Pending)));
        match polled {
            Ok(Poll::Pending) => main.task.waits_for = self.after_suspension(woken.task),
            Ok(Poll::Ready(output)) => {
                main.is_over(EventKind::Finished);
                main.end = Some(Ok(output));
            }
            Err(payload) => {
                main.is_over(EventKind::Panicked);
                main.end = Some(Err(payload));
            }
        }
        self.polling.take();
    }

    fn poll_task(&self, woken: &Woken) {
        // The body leaves the list for the time of the poll: the task may spawn and abort.
        let Some(mut body) = self.tasks.borrow_mut().take_body(woken) else {
            return;
        };
        self.before_poll(&body.handle, woken);
        let polled = body.poll();
        self.report_slow_poll(woken.task, matches!(polled, Ok(Poll::Pending)));
        match polled {
            Ok(Poll::Pending) => {
                let waits_for = self.after_suspension(woken.task);
                let aborted = self.tasks.borrow_mut().put_back(woken, body, waits_for);
                if let Some(task) = aborted {
                    self.end_early(task);
                }
            }
            Ok(Poll::Ready(())) => {
                self.record(Some(woken.task), || EventKind::Finished);
                self.end(woken, body, None);
            }
            Err(payload) => {
                self.record(Some(woken.task), || EventKind::Panicked);
                self.end(woken, body, Some(JoinError::panicked(payload)));
            }
        }
        self.polling.take();
    }

    fn before_poll(&self, handle: &Rc<TaskHandle>, woken: &Woken) {
        if woken.from_outside {
            self.record_wake(woken.task);
        }
        self.record(Some(woken.task), || EventKind::Polled);
        self.polling.replace(Some(handle.clone()));
        self.waits.borrow_mut().clear();
        self.budget.set(budget::OPERATIONS);
        self.begin_to_watch();
        handle.leave_queue();
    }

    /// Says what the task waits for, if nothing but another task can end its wait.
    fn after_suspension(&self, task: TaskId) -> Option<Wait> {
        let on = || self.waits.borrow().clone();
        self.record(Some(task), || EventKind::Suspended { on: on() });
        let waits = self.waits.borrow();
        let mut waits = waits.iter().copied();
        waits.find(|wait| matches!(wait, Wait::Task(_) | Wait::For { .. }))
    }

    /// A future of ours says what the task that is being polled waits for.
    pub(crate) fn suspends_on(&self, waits: impl IntoIterator<Item = Wait>) {
        let mut waits = waits.into_iter();
        let mut list = self.waits.borrow_mut();
        list.extend(waits.next());
        // Nobody looks at the others but a reader of the trace.
        if self.recorder.get().is_some() {
            list.extend(waits);
        }
    }

    /// How much has been said so far in this poll.
    pub(crate) fn said(&self) -> usize {
        self.waits.borrow().len()
    }

    /// Forgets what was said since.
    pub(crate) fn take_back(&self, said: usize) {
        self.waits.borrow_mut().truncate(said);
    }

    /// The task that is being polled.
    pub(crate) fn polled(&self) -> Option<TaskId> {
        self.polling.borrow().as_ref().map(|handle| handle.task())
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
        let (id, slot) = {
            let mut tasks = self.tasks.borrow_mut();
            (tasks.next_id(), tasks.free_slot())
        };
        let name: Rc<str> = name.unwrap_or_else(|| format!("task {}", id.0)).into();
        let result = JoinResult::new();
        let to = result.clone();
        let future = Box::pin(async move { to.finish(Ok(future.await)) });
        let handle = TaskHandle::new(id, slot, &self.ready);
        self.record_new(id, &name, line);
        handle.enqueue_new();
        let task = Task {
            id,
            name,
            spawned_at: line,
            body: Some(Body { future, handle }),
            aborted: false,
            join: result.clone(),
            waits_for: None,
        };
        self.tasks.borrow_mut().fill(slot, task);
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
        self.shut_down();
    }

    /// Drops all tasks, then waits for the blocking jobs that have begun.
    pub(crate) fn shut_down(&self) {
        self.closed.set(true);
        let tasks = self.tasks.borrow().oldest_first();
        for (task, slot) in tasks {
            // One after the other: a destructor may abort another task.
            self.abort(task, slot);
        }
        let timers = self.timers.borrow_mut().take_all();
        apart(|| drop(timers));
        self.pool.shut_down();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    pub(crate) fn knows_no_task(&self) -> bool {
        self.tasks.borrow().is_untouched()
    }
}

impl<F: Future> Main<'_, F> {
    fn is_over(&mut self, how: EventKind) {
        if self.future.is_some() {
            self.event_loop
                .record(Some(self.task.handle.task()), || how);
            self.task.handle.retire();
            apart(|| self.future.set(None));
        }
    }
}

/// Without an end of its own it is stuck in a deadlock, or the run ends by a listener's panic.
impl<F: Future> Drop for Main<'_, F> {
    fn drop(&mut self) {
        self.is_over(EventKind::Dropped);
    }
}
