//! The event loop as its users see it. What it does in a turn is in `executor`.

use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use crate::clock::ClockKind;
use crate::deadlock::Deadlock;
use crate::executor::Inner;
use crate::join_handle::JoinHandle;
use crate::trace::{Event, SourceLine, Trace};

/// An event loop: many tasks take turns on the one thread that runs it.
///
/// ```
/// use event_loops::{EventLoop, gather, sleep};
/// use std::time::Duration;
///
/// async fn call(number: u32) -> u32 {
///     sleep(Duration::from_secs(3)).await;
///     number
/// }
///
/// let event_loop = EventLoop::with_virtual_clock().with_trace();
/// let answers = event_loop.run_until_complete(gather((1..=5).map(call)));
/// assert_eq!(answers, [1, 2, 3, 4, 5]);
/// assert_eq!(event_loop.trace().total(), Duration::from_secs(3)); // and not fifteen
/// ```
pub struct EventLoop {
    inner: Rc<Inner>,
}

impl EventLoop {
    /// A loop on the machine's own clock.
    ///
    /// ```
    /// use event_loops::EventLoop;
    ///
    /// assert_eq!(EventLoop::new().run_until_complete(async { 6 * 7 }), 42);
    /// ```
    pub fn new() -> Self {
        EventLoop::with_clock(ClockKind::Real)
    }

    /// A loop whose clock jumps to the next deadline instead of waiting for it.
    ///
    /// It jumps as soon as no task is ready, also when another thread is about to wake one: what
    /// other threads do takes no virtual time. With no deadline left it waits for them.
    ///
    /// ```
    /// use event_loops::{EventLoop, now, sleep};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock();
    /// event_loop.run_until_complete(async {
    ///     sleep(Duration::from_secs(3600)).await; // over at once
    ///     assert_eq!(now(), Duration::from_secs(3600));
    /// });
    /// ```
    pub fn with_virtual_clock() -> Self {
        EventLoop::with_clock(ClockKind::Virtual)
    }

    /// A loop on a clock of this kind, for programs that let their user choose.
    ///
    /// ```
    /// use event_loops::{ClockKind, EventLoop};
    ///
    /// let event_loop = EventLoop::with_clock(ClockKind::Virtual).with_trace();
    /// assert_eq!(event_loop.trace().clock, ClockKind::Virtual);
    /// ```
    pub fn with_clock(kind: ClockKind) -> Self {
        EventLoop {
            inner: Rc::new(Inner::new(kind)),
        }
    }

    /// Writes down what happens from now on; [`trace`](EventLoop::trace) reads it.
    ///
    /// # Panics
    ///
    /// When a task has been spawned already: a trace knows all tasks or none. When this loop
    /// writes a trace already.
    ///
    /// ```
    /// use event_loops::EventLoop;
    ///
    /// let event_loop = EventLoop::new().with_trace();
    /// event_loop.run_until_complete(async {});
    /// println!("{}", event_loop.trace()); // spawned, polled, finished
    /// # assert_eq!(event_loop.trace().events.len(), 3);
    /// ```
    pub fn with_trace(self) -> Self {
        self.inner.start_recorder(None);
        self
    }

    /// As [`with_trace`](EventLoop::with_trace), and shows every event to `listener` as it
    /// happens. What the listener itself causes on the loop is written down, and not shown to it.
    ///
    /// A listener that panics hears no more, and its panic comes out of
    /// [`run_until_complete`](EventLoop::run_until_complete) when the tasks that are ready have
    /// had their turns.
    ///
    /// # Panics
    ///
    /// As [`with_trace`](EventLoop::with_trace).
    ///
    /// ```
    /// use event_loops::{EventLoop, note};
    ///
    /// let event_loop = EventLoop::new().on_event(|event| println!("{:?}", event.kind));
    /// event_loop.run_until_complete(async { note("off we go") });
    /// ```
    pub fn on_event(self, listener: impl FnMut(&Event) + 'static) -> Self {
        self.inner.start_recorder(Some(Box::new(listener)));
        self
    }

    /// Writes down each poll that holds the thread for longer than `limit`, with the place in the
    /// program where it began and the place where it ended, as
    /// [`EventKind::SlowPoll`](crate::EventKind::SlowPoll). asyncio has that as
    /// `loop.slow_callback_duration`, in its debug mode.
    ///
    /// A limit of [`Duration::ZERO`] lets no poll pass that takes any time at all.
    ///
    /// # Panics
    ///
    /// On a loop without a trace, and when a limit has been set already.
    ///
    /// ```
    /// use event_loops::{EventLoop, block_for, sleep};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock().with_trace();
    /// let event_loop = event_loop.report_slow_polls(Duration::from_millis(100));
    /// event_loop.run_until_complete(async {
    ///     sleep(Duration::from_secs(1)).await;
    ///     block_for(Duration::from_secs(3)); // a driver that is not async
    /// });
    /// let trace = event_loop.trace().to_string();
    /// assert!(trace.contains("main  has held the loop for 3.0 s, from the sleep at"));
    /// ```
    pub fn report_slow_polls(self, limit: Duration) -> Self {
        self.inner.watch_for_slow_polls(limit);
        self
    }

    /// Sets how many threads run blocking jobs ([`spawn_blocking`](crate::spawn_blocking())) at the
    /// most. Without this it is 32. They are started as they are needed.
    ///
    /// # Panics
    ///
    /// When it is none.
    ///
    /// ```
    /// use event_loops::{EventLoop, spawn_blocking};
    ///
    /// let event_loop = EventLoop::new().with_blocking_threads(1); // one job after the other
    /// event_loop.run_until_complete(async { spawn_blocking(|| ()).await.unwrap() });
    /// ```
    pub fn with_blocking_threads(self, most: usize) -> Self {
        assert!(most > 0, "blocking work needs at least one thread");
        self.inner.pool.most.set(most);
        self
    }

    /// What has happened so far; empty on a loop without a trace.
    ///
    /// ```
    /// use event_loops::EventLoop;
    ///
    /// let event_loop = EventLoop::new();
    /// event_loop.run_until_complete(async {});
    /// assert!(event_loop.trace().events.is_empty());
    /// ```
    pub fn trace(&self) -> Trace {
        self.inner.trace()
    }

    /// Runs until `main` is complete, and returns its result. Tasks that are not finished by then
    /// stay where they are: they go on when the loop runs again, and are dropped by
    /// [`close`](EventLoop::close).
    ///
    /// # Panics
    ///
    /// With the panic of `main`, if it panics, when the tasks that are ready have had their
    /// turns; when the loop is closed;
    /// when a loop runs on this thread already; and in a [`Deadlock`].
    ///
    /// ```
    /// use event_loops::{EventLoop, yield_now};
    ///
    /// let event_loop = EventLoop::new();
    /// let mut turns = 0; // unlike a spawned task, the main one may borrow
    /// event_loop.run_until_complete(async {
    ///     turns += 1;
    ///     yield_now().await;
    ///     turns += 1;
    /// });
    /// assert_eq!(turns, 2);
    /// ```
    #[track_caller]
    pub fn run_until_complete<F: Future>(&self, main: F) -> F::Output {
        let line = SourceLine::caller();
        self.inner
            .run_until_complete(main, line)
            .unwrap_or_else(|deadlock| panic!("{deadlock}"))
    }

    /// As [`run_until_complete`](EventLoop::run_until_complete), with a deadlock as an error.
    ///
    /// # Errors
    ///
    /// When nothing is left that could wake any task. `main` is dropped; the other tasks stay.
    /// As long as code that is not the loop's own keeps a waker, in another thread or in a future,
    /// the loop takes it that the waker will be used, and waits.
    ///
    /// # Panics
    ///
    /// As [`run_until_complete`](EventLoop::run_until_complete), but for the deadlock.
    ///
    /// ```
    /// use event_loops::EventLoop;
    ///
    /// let event_loop = EventLoop::new();
    /// let deadlock = event_loop.try_run_until_complete(std::future::pending::<()>()).unwrap_err();
    /// assert_eq!(deadlock.stuck[0].name, "main");
    /// ```
    #[track_caller]
    pub fn try_run_until_complete<F: Future>(&self, main: F) -> Result<F::Output, Deadlock> {
        self.inner.run_until_complete(main, SourceLine::caller())
    }

    /// Hands a task to the loop. It gets its first turn when the loop runs, after the tasks that
    /// are ready before it. It need not be `Send`: it never leaves the loop's thread.
    ///
    /// # Panics
    ///
    /// When the loop is closed.
    ///
    /// ```
    /// use event_loops::EventLoop;
    ///
    /// let event_loop = EventLoop::new();
    /// let task = event_loop.spawn(async { "done" });
    /// assert!(!task.is_finished()); // nothing runs before the loop does
    /// assert_eq!(event_loop.run_until_complete(task).unwrap(), "done");
    /// ```
    #[track_caller]
    pub fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        self.inner.spawn(None, future, SourceLine::caller())
    }

    /// As [`spawn`](EventLoop::spawn), with a name for traces and messages.
    ///
    /// # Panics
    ///
    /// When the loop is closed.
    ///
    /// ```
    /// use event_loops::EventLoop;
    ///
    /// let event_loop = EventLoop::new().with_trace();
    /// let oven = event_loop.spawn_named("oven", async {});
    /// assert_eq!(event_loop.trace().name(oven.id()), "oven");
    /// ```
    #[track_caller]
    pub fn spawn_named<F: Future + 'static>(
        &self,
        name: impl Into<String>,
        future: F,
    ) -> JoinHandle<F::Output> {
        self.inner
            .spawn(Some(name.into()), future, SourceLine::caller())
    }

    /// Drops every task that is not finished, in the order in which they were spawned. A closed
    /// loop neither spawns nor runs. Dropping the loop closes it, and closing it again changes
    /// nothing.
    ///
    /// # Panics
    ///
    /// When the loop is running: `close` is for afterwards.
    ///
    /// ```
    /// use event_loops::{EventLoop, sleep};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock();
    /// let task = event_loop.spawn(sleep(Duration::from_secs(3)));
    /// event_loop.close();
    /// assert!(task.is_finished()); // dropped, and a JoinError left for who awaits it
    /// ```
    pub fn close(&self) {
        self.inner.close();
    }

    /// Has [`close`](EventLoop::close) been called?
    ///
    /// ```
    /// use event_loops::EventLoop;
    ///
    /// let event_loop = EventLoop::new();
    /// assert!(!event_loop.is_closed());
    /// event_loop.close();
    /// assert!(event_loop.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }
}

impl Default for EventLoop {
    fn default() -> Self {
        EventLoop::new()
    }
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        self.inner.shut_down();
    }
}
