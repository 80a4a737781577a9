//! The programs once more on tokio, so that one can see what is the same, and what is not.
//!
//! Each runs on one thread, on a [`LocalRuntime`](tokio::runtime::LocalRuntime), whose tasks need
//! not be `Send`, like ours. On [`ClockKind::Virtual`] tokio's clock is paused, which makes of it
//! what our virtual clock is: when no task is ready, it jumps to the next deadline. What comes
//! back is a [`Record`] of what each task did and said, to be laid beside a
//! [`Trace`](crate::Trace):
//!
//! ```
//! use event_loops::demos::{on_tokio, steps, waiting};
//!
//! let settings = waiting::Settings::default();
//! let (ours, theirs) = (waiting::run(&settings), on_tokio::waiting::run(&settings));
//! assert_eq!(steps(&ours), theirs.steps());
//! ```
//!
//! # Why they agree
//!
//! Both loops keep ready tasks in a first-in, first-out queue, and both fire timers of one time
//! in the order in which the sleeps began (in tokio's `runtime/time/wheel`, a slot's list is
//! filled at one end and emptied at the other). The slot for the task woken last, which lets it
//! jump the queue, is a matter of the runtime with many threads only.
//!
//! # Where they don't
//!
//! - **The main future.** Ours waits in the queue with the tasks. tokio polls it, if it was woken,
//!   at the start of a round, and a round is 61 tasks (`event_interval`; see `CoreGuard::block_on`
//!   in `runtime/scheduler/current_thread`). A [`JoinSet`](tokio::task::JoinSet) wakes its owner
//!   for every task that ends, our [`gather`](crate::gather) for the last one only. Up to 61
//!   calls end in one round, so main resumes once all the same; with more it resumes in between,
//!   finds some calls unfinished, and is suspended again.
//! - **Milliseconds.** A tokio timer rings at a whole millisecond, rounded up
//!   (`TimeSource::deadline_to_tick`); ours at its nanosecond.
//! - **No time at all.** Our `sleep(Duration::ZERO)` is over at once. tokio's is too while its
//!   timers know what time it is; they learn that only between two rounds, so that after a
//!   computation it waits for the next one. (After 128 such sleeps in one turn both have the task
//!   pause, to be fair to the others; tokio's count is in `task/coop`.)

pub mod async_await;
pub mod cake;
pub mod waiting;

mod hold;
mod record;

pub use record::{Entry, Record, What};

use crate::ClockKind;
use hold::{block_for, compute_for};
use record::{Recorder, note, watched};

/// Runs `main` to its end on a tokio runtime of one thread, and writes down what happens.
fn run_to_end(
    clock: ClockKind,
    listener: impl FnMut(&Entry) + 'static,
    main: impl Future<Output = ()> + 'static,
) -> Record {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(clock == ClockKind::Virtual)
        .build_local(tokio::runtime::LocalOptions::default())
        .expect("timers need nothing of the operating system");
    runtime.block_on(async {
        let recorder = Recorder::new(clock, listener);
        recorder.watch("main", main).await;
        recorder.finish()
    })
}
