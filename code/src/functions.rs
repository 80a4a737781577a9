//! What a task can ask of the loop that runs it.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use crate::join_handle::JoinHandle;
use crate::running;
use crate::trace::{EventKind, Hold, SourceLine};

/// Hands a task to the running loop. See [`EventLoop::spawn`](crate::EventLoop::spawn).
///
/// # Panics
///
/// Outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, spawn};
///
/// EventLoop::new().run_until_complete(async {
///     assert_eq!(spawn(async { "done" }).await.unwrap(), "done");
/// });
/// ```
#[track_caller]
pub fn spawn<F: Future + 'static>(future: F) -> JoinHandle<F::Output> {
    running::event_loop("spawn").spawn(None, future, SourceLine::caller())
}

/// As [`spawn`], with a name for traces and messages.
///
/// # Panics
///
/// Outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, spawn_named};
///
/// let event_loop = EventLoop::new().with_trace();
/// event_loop.run_until_complete(async {
///     spawn_named("oven", async {}).await.unwrap();
/// });
/// assert!(event_loop.trace().task("oven").is_some());
/// ```
#[track_caller]
pub fn spawn_named<F: Future + 'static>(
    name: impl Into<String>,
    future: F,
) -> JoinHandle<F::Output> {
    running::event_loop("spawn_named").spawn(Some(name.into()), future, SourceLine::caller())
}

/// The running loop's clock: the time since the loop was made. asyncio's `loop.time()`.
///
/// # Panics
///
/// Outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, now, sleep};
/// use std::time::Duration;
///
/// EventLoop::with_virtual_clock().run_until_complete(async {
///     sleep(Duration::from_secs(3)).await;
///     assert_eq!(now(), Duration::from_secs(3));
/// });
/// ```
pub fn now() -> Duration {
    running::event_loop("now").clock.now()
}

/// Says something in the trace, under the name of the task that is being polled. On a loop
/// without a trace it does nothing, and the text is not even made.
///
/// # Panics
///
/// Outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, note};
///
/// let event_loop = EventLoop::new().with_trace();
/// event_loop.run_until_complete(async { note("off we go") });
/// assert_eq!(event_loop.trace().notes().next().unwrap().2, "off we go");
/// ```
#[track_caller]
pub fn note(text: impl Display) {
    let line = SourceLine::caller();
    let event_loop = running::event_loop("note");
    let kind = || EventKind::Noted {
        text: text.to_string(),
        line,
    };
    event_loop.record(event_loop.polled(), kind);
}

/// Holds the thread for `duration` without using it, as a blocking call does
/// ([`std::thread::sleep`], a read from a file, a database driver that is not async). No other task
/// gets a turn. On the virtual clock the time passes at once.
///
/// # Panics
///
/// Outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, block_for, now};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     block_for(Duration::from_secs(3));
///     assert_eq!(now(), Duration::from_secs(3));
/// });
/// ```
#[track_caller]
pub fn block_for(duration: Duration) {
    hold(Hold::Blocking, duration, SourceLine::caller());
}

/// Holds the thread for `duration` and uses it, as a long computation does. No other task gets a
/// turn. On the virtual clock the time passes at once.
///
/// # Panics
///
/// Outside a running event loop.
///
/// ```
/// use event_loops::{EventLoop, compute_for, now};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     compute_for(Duration::from_millis(20));
///     assert_eq!(now(), Duration::from_millis(20));
/// });
/// ```
#[track_caller]
pub fn compute_for(duration: Duration) {
    hold(Hold::Computing, duration, SourceLine::caller());
}

fn hold(by: Hold, lasts: Duration, line: SourceLine) {
    let event_loop = running::event_loop(match by {
        Hold::Blocking => "block_for",
        Hold::Computing => "compute_for",
    });
    let task = event_loop.polled();
    event_loop.record(task, || EventKind::Held { by, lasts, line });
    match by {
        Hold::Blocking => event_loop.clock.block(lasts),
        Hold::Computing => event_loop.clock.compute(lasts),
    }
    event_loop.record(task, || EventKind::Released);
}
