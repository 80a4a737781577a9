//! The loop itself: it polls what is ready, sleeps, and wakes what is due. How it sleeps is in
//! `parking`.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::thread;

use crate::blocking::Pool;
use crate::budget;
use crate::clock::{Clock, ClockKind};
use crate::deadlock::Deadlock;
use crate::join_handle::{JoinError, JoinHandle};
use crate::outstanding::OutstandingCount;
#[cfg(feature = "net")]
use crate::reactor::Reactor;
use crate::ready_queue::{ReadyQueue, Woken};
use crate::recorder::Recorder;
use crate::running;
use crate::slow_polls::SlowPolls;
use crate::task::{KeptElsewhere, Spawned, Task, apart};
use crate::tasks::Tasks;
use crate::timers::Timers;
use crate::trace::{EventKind, SourceLine, TaskId, Wait, WokenBy};

/// What the loop shares with the futures that run on it. All of it stays on one thread; only the
/// inbox of the ready queue can be reached from others.
pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) ready: ReadyQueue,
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
    pub(crate) polling: RefCell<Option<Rc<Task>>>,
    /// What that task has said it waits for.
    pub(crate) waits: RefCell<Vec<Wait>>,
    pub(crate) tasks: RefCell<Tasks>,
    pub(crate) recorder: OnceCell<Recorder>,
    pub(crate) slow_polls: OnceCell<SlowPolls>,
    closed: Cell<bool>,
}

/// The future of `run_until_complete`: unlike a task it may borrow, so the loop can't own it.
struct Main<'a> {
    event_loop: &'a Inner,
    /// Empty when it is over.
    work: Option<Pin<&'a mut dyn MainWork>>,
    task: Rc<Task>,
    /// How it ended. A panic is kept until the round is over, so that the round's other tasks
    /// have their turn.
    end: Option<thread::Result<()>>,
}

/// A future, whatever its output: the loop is compiled once, and not for each.
trait MainWork {
    /// Polls it, and keeps what it returns.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
    /// Drops it, where it is.
    fn drop_future(self: Pin<&mut Self>);
}

struct MainFuture<'a, F: Future> {
    future: Pin<&'a mut Option<F>>,
    output: &'a mut Option<F::Output>,
}

/// The slot in the ready queue's entries that stands for the future of `run_until_complete`.
const MAIN_SLOT: usize = usize::MAX;

impl Inner {
    pub(crate) fn new(kind: ClockKind) -> Self {
        let ready = ReadyQueue::new();
        Inner {
            clock: Clock::new(kind),
            outstanding: OutstandingCount::new(&ready.inbox),
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
        let name = Some("main".to_string());
        let mut output = None;
        let work = pin!(MainFuture {
            future: pin!(Some(future)),
            output: &mut output,
        });
        let mut main = Main {
            event_loop: self,
            work: Some(work),
            task: Task::new(id, MAIN_SLOT, name, line, &self.ready.inbox, KeptElsewhere),
            end: None,
        };
        self.run(&mut main)?;
        drop(main);
        Ok(output.expect("a future that is ready has given its output"))
    }

    /// Turns until the future of `run_until_complete` is over.
    fn run(self: &Rc<Self>, main: &mut Main<'_>) -> Result<(), Deadlock> {
        self.record_new(&main.task);
        self.ready.push(main.task.first_entry());

        let mut round = Vec::new();
        loop {
            self.turn(main, &mut round)?;
            match main.end.take() {
                None => {}
                Some(Ok(())) => return Ok(()),
                Some(Err(payload)) => panic::resume_unwind(payload),
            }
        }
    }

    /// One turn of the loop.
    fn turn(self: &Rc<Self>, main: &mut Main<'_>, round: &mut Vec<Woken>) -> Result<(), Deadlock> {
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
    fn poll_round(self: &Rc<Self>, main: &mut Main<'_>, round: &mut Vec<Woken>) {
        self.ready.take(round);
        for woken in round.drain(..) {
            if woken.slot == MAIN_SLOT {
                if woken.task == main.task.id() && main.end.is_none() {
                    self.poll_main(main, &woken);
                }
            } else {
                self.poll_task(&woken);
            }
            self.count_poll();
        }
    }

    fn poll_main(&self, main: &mut Main<'_>, woken: &Woken) {
        let Some(work) = main.work.as_mut() else {
            return;
        };
        self.before_poll(&main.task, woken);
        let mut cx = Context::from_waker(&main.task.waker);
        let polled = panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut cx)));
        self.report_slow_poll(woken.task, matches!(polled, Ok(Poll::Pending)));
        match polled {
            Ok(Poll::Pending) => self.after_suspension(&main.task),
            Ok(Poll::Ready(())) => {
                main.is_over(EventKind::Finished);
                main.end = Some(Ok(()));
            }
            Err(payload) => {
                main.is_over(EventKind::Panicked);
                main.end = Some(Err(payload));
            }
        }
        self.polling.take();
    }

    fn poll_task(&self, woken: &Woken) {
        let task = self.tasks.borrow().get(woken.task, woken.slot).cloned();
        let Some(task) = task else {
            return;
        };
        task.is_being_polled.set(true);
        self.before_poll(&task, woken);
        let polled = task.work.poll(&mut Context::from_waker(&task.waker));
        self.report_slow_poll(woken.task, matches!(polled, Ok(Poll::Pending)));
        match polled {
            Ok(Poll::Pending) => {
                self.after_suspension(&task);
                task.is_being_polled.set(false);
                if task.is_aborted.get() {
                    self.end_early(&task);
                }
            }
            Ok(Poll::Ready(())) => {
                self.record(Some(woken.task), || EventKind::Finished);
                self.end(&task, None);
            }
            Err(payload) => {
                self.record(Some(woken.task), || EventKind::Panicked);
                self.end(&task, Some(JoinError::panicked(payload)));
            }
        }
        self.polling.take();
    }

    fn before_poll(&self, task: &Rc<Task>, woken: &Woken) {
        if woken.from_outside {
            self.record_wake(woken.task);
        }
        self.record(Some(woken.task), || EventKind::Polled);
        self.polling.replace(Some(task.clone()));
        self.waits.borrow_mut().clear();
        self.budget.set(budget::OPERATIONS);
        self.begin_to_watch();
        task.leave_queue();
    }

    /// Says what the task waits for, if nothing but another task can end its wait.
    fn after_suspension(&self, task: &Task) {
        let on = || self.waits.borrow().clone();
        self.record(Some(task.id()), || EventKind::Suspended { on: on() });
        let waits_for = self.waits.borrow().iter().copied().find(is_up_to_a_task);
        task.waits_for.set(waits_for);
    }

    /// A future of ours says what the task that is being polled waits for.
    pub(crate) fn suspends_on(&self, waits: impl IntoIterator<Item = Wait>) {
        let mut waits = waits.into_iter();
        let mut list = self.waits.borrow_mut();
        // The report of a deadlock needs one. At the others only a reader of the trace looks.
        if self.recorder.get().is_some() {
            list.extend(waits);
        } else {
            list.extend(waits.find(is_up_to_a_task));
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
        self.polling.borrow().as_ref().map(|task| task.id())
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
        let work = Spawned::new(future);
        let inbox = &self.ready.inbox;
        let task = |id, slot| Task::new(id, slot, name, line, inbox, work);
        let task = self.tasks.borrow_mut().add(task);
        self.record_new(&*task);
        self.ready.push(task.first_entry());
        JoinHandle::new(task, Rc::downgrade(self))
    }

    pub(crate) fn abort(&self, task: TaskId, slot: usize) {
        let task = self.tasks.borrow().get(task, slot).cloned();
        match task {
            Some(task) if task.is_being_polled.get() => task.is_aborted.set(true),
            Some(task) => self.end_early(&task),
            None => {}
        }
    }

    fn end(&self, task: &Task, error: Option<JoinError>) {
        self.tasks.borrow_mut().remove(task);
        task.end(error);
    }

    fn end_early(&self, task: &Task) {
        self.tasks.borrow_mut().remove(task);
        self.record(Some(task.id()), || EventKind::Dropped);
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
        for task in tasks {
            // One after the other: a destructor may abort another task.
            self.abort(task.id(), task.slot());
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

impl<F: Future> MainWork for MainFuture<'_, F> {
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(future) = self.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        future.poll(cx).map(|output| *self.output = Some(output))
    }

    fn drop_future(mut self: Pin<&mut Self>) {
        self.future.set(None);
    }
}

impl Main<'_> {
    fn is_over(&mut self, how: EventKind) {
        if let Some(work) = self.work.take() {
            self.event_loop.record(Some(self.task.id()), || how);
            self.task.retire();
            apart(|| work.drop_future());
        }
    }
}

/// Without an end of its own it is stuck in a deadlock, or the run ends by a listener's panic.
impl Drop for Main<'_> {
    fn drop(&mut self) {
        self.is_over(EventKind::Dropped);
    }
}

/// Can only another task end that wait?
fn is_up_to_a_task(wait: &Wait) -> bool {
    matches!(wait, Wait::Task(_) | Wait::For { .. })
}
