//! An event loop, small enough to read in an evening and good enough to use.
//!
//! # The life of a task
//!
//! A function that can stop in the middle and go on later:
//!
//! ```
//! use event_loops::{EventLoop, sleep};
//! use std::time::Duration;
//!
//! async fn call(number: u32) -> u32 {
//!     sleep(Duration::from_secs(3)).await; // here it stops; somebody else may use the thread
//!     number
//! }
//!
//! let event_loop = EventLoop::with_virtual_clock();
//! assert_eq!(event_loop.run_until_complete(call(1)), 1);
//! ```
//!
//! Calling `call(1)` does not run it. It makes a future: a value that remembers how far the
//! function has got. [`EventLoop::run_until_complete`] takes it and
//!
//! 1. **polls** it: the function runs up to its first `await` that has to wait. [`sleep`] puts a
//!    deadline and the task's **waker** on the loop's list of timers and says `Pending`.
//! 2. The task is **suspended**. It holds no thread. With nothing else to do the loop **parks**:
//!    it waits for the deadline, or, on the virtual clock, jumps to it.
//! 3. The time has come: the loop calls the waker, which puts the task into the **ready queue**.
//! 4. The loop polls it again, the function goes on behind the `await`, and **finishes**.
//!
//! With several tasks, the thread that one gives back is what another one runs on:
//!
//! ```
//! use event_loops::{EventLoop, gather, sleep};
//! use std::time::Duration;
//!
//! async fn call(number: u32) -> u32 {
//!     sleep(Duration::from_secs(3)).await;
//!     number
//! }
//!
//! let event_loop = EventLoop::with_virtual_clock().with_trace();
//! let answers = event_loop.run_until_complete(gather((1..=5).map(call)));
//! assert_eq!(answers, [1, 2, 3, 4, 5]);
//!
//! let trace = event_loop.trace();
//! assert_eq!(trace.total(), Duration::from_secs(3));
//! print!("{}", trace.timeline()); // a lane for each task
//! ```
//!
//! # Reading order
//!
//! [`trace`](Trace) (what can happen), `task`, `tasks`, `wakers`, `ready_queue`, `running`,
//! `event_loop`, `executor` and `parking` (the loop, its turns, and how it sleeps), `join_handle`,
//! `clock`, `timers`, `timeout`, `interval`, `yield_now`, `join`, `few`, `scope`, `functions`, `deadlock`,
//! `outstanding`, `budget`, `slow_polls`, `recorder`. What tasks talk by: [`oneshot`], `wait_queue`,
//! `places`, [`mpsc`], `semaphore`, `mutex`, `notify`. The world outside: `blocking`, `reactor`,
//! `net`. Then [`demos`], the programs of the course's chapters, and [`exercises`], the checks of
//! its exercises.
//!
//! # How it is checked
//!
//! Every promise has a test. Beside those, ten thousand random programs have to do what an
//! independent oracle foretells; loom tries every order in which threads can meet; `AddressSanitizer`
//! looks for what is never freed. Miri runs in the repository's workflow only
//! (`.github/workflows/test.yml`), without the sockets, whose system calls it does not know. The
//! crate itself has no `unsafe` code.
//!
//! # Features
//!
//! Without features the crate needs nothing but the standard library. `net` adds sockets, on top of
//! mio; `json` adds `Trace::to_json`; `tokio` adds the demos once more on tokio, to compare.

mod trace;

mod deadlock;
mod ready_queue;
mod task;
mod tasks;
mod wakers;

mod event_loop;
mod executor;
mod outstanding;
mod parking;
mod recorder;
mod running;
mod slow_polls;
mod sync;

mod blocking;
mod budget;
mod clock;
mod few;
mod functions;
mod interval;
mod join;
mod join_handle;
mod scope;
mod timeout;
mod timers;
mod yield_now;

pub mod mpsc;
mod mutex;
mod notify;
pub mod oneshot;
mod places;
mod semaphore;
mod wait_queue;

#[cfg(feature = "net")]
pub mod net;
#[cfg(feature = "net")]
mod reactor;

pub mod demos;
pub mod exercises;

pub use blocking::spawn_blocking;
pub use clock::ClockKind;
pub use deadlock::{Deadlock, Stuck};
pub use event_loop::EventLoop;
pub use few::{join, join3, race, race3};
pub use functions::{block_for, compute_for, note, now, spawn, spawn_named};
pub use interval::{Interval, interval};
pub use join::{Gather, gather};
pub use join_handle::{JoinError, JoinHandle};
pub use mutex::{Mutex, MutexGuard};
pub use notify::Notify;
pub use outstanding::{Outstanding, outstanding};
pub use scope::{Scope, scope};
pub use semaphore::{Semaphore, SemaphorePermit};
pub use timeout::{Elapsed, timeout};
pub use timers::{Sleep, sleep, sleep_until};
pub use trace::{
    Awaited, Event, EventKind, Hold, Interest, Lane, Moment, PollEdge, Segment, SourceLine,
    Standing, State, Status, Subject, TaskId, TaskRecord, Timeline, Trace, Wait, WokenBy, elapsed,
};
pub use yield_now::{YieldNow, yield_now};
