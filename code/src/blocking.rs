//! Work that blocks, on threads of its own: [`spawn_blocking`].

mod pool;

use std::any::Any;
use std::future::Future;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::join_handle::JoinHandle;
use crate::running;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, MutexGuard};
use crate::trace::{SourceLine, Wait};

pub(crate) use pool::Pool;

/// Runs `job` on another thread, and lets the other tasks run meanwhile: for calls that block, and
/// for long computations. What asyncio calls `to_thread`.
///
/// The job begins as soon as one of the loop's threads for such work is free, whether the handle is
/// awaited or not; there are at most as many as
/// [`EventLoop::with_blocking_threads`](crate::EventLoop::with_blocking_threads) says, and the jobs
/// have their turns in the order in which they came. A job that waits for another job to begin may
/// so wait forever.
///
/// The handle is that of a task which waits for the job. A panic in the job becomes its
/// [`JoinError`](crate::JoinError). Aborting it keeps a job that has not begun from ever beginning;
/// one that has begun goes on to its end, since nothing can stop a thread from outside, and its
/// result is dropped.
///
/// [`EventLoop::close`](crate::EventLoop::close) drops the jobs that have not begun, and waits for
/// those that have.
///
/// # Panics
///
/// Outside a running event loop, and when the operating system gives no thread for a first job.
///
/// ```
/// use event_loops::{EventLoop, spawn_blocking};
///
/// EventLoop::new().run_until_complete(async {
///     let lines = spawn_blocking(|| std::fs::read_to_string("Cargo.toml").unwrap().lines().count());
///     assert!(lines.await.unwrap() > 1); // other tasks could run while the disk was asked
/// });
/// ```
#[track_caller]
pub fn spawn_blocking<T, F>(job: F) -> JoinHandle<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let line = SourceLine::caller();
    let event_loop = running::event_loop("spawn_blocking");
    let shared = Arc::new(Shared {
        wanted: AtomicBool::new(true),
        stage: Mutex::new(Stage::Unfinished(None)),
    });
    let (to, busy) = (shared.clone(), event_loop.outstanding.one_more());
    event_loop.pool.run(Box::new(move || {
        if to.wanted.load(Ordering::Relaxed) {
            to.finish(panic::catch_unwind(AssertUnwindSafe(job)));
        }
        drop(busy); // not before the task is woken
    }));
    let result = JobResult { shared, line };
    event_loop.spawn(None, result, line)
}

/// What the task and the thread share.
struct Shared<T> {
    /// Does anyone still wait for the result?
    wanted: AtomicBool,
    stage: Mutex<Stage<T>>,
}

enum Stage<T> {
    /// With the waker of the task, once it waits.
    Unfinished(Option<Waker>),
    Finished(Result<T, Box<dyn Any + Send>>),
    Taken,
}

impl<T> Shared<T> {
    fn finish(&self, result: Result<T, Box<dyn Any + Send>>) {
        let before = mem::replace(&mut *self.lock(), Stage::Finished(result));
        if let Stage::Unfinished(Some(waker)) = before {
            waker.wake();
        }
    }

    /// The result; as long as there is none, `waker` is kept to be woken by it.
    fn take_or_wait(&self, waker: Waker) -> Option<Result<T, Box<dyn Any + Send>>> {
        let before = {
            let mut stage = self.lock();
            let next = match *stage {
                Stage::Unfinished(_) => Stage::Unfinished(Some(waker)),
                Stage::Finished(_) | Stage::Taken => Stage::Taken,
            };
            mem::replace(&mut *stage, next)
        };
        match before {
            Stage::Unfinished(_) => None,
            Stage::Finished(result) => Some(result),
            Stage::Taken => panic!("the result of a blocking job was awaited a second time"),
        }
    }

    /// No code that is not ours runs while the lock is held, so a panic can't leave it half changed.
    fn lock(&self) -> MutexGuard<'_, Stage<T>> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that waits for a job.
struct JobResult<T> {
    shared: Arc<Shared<T>>,
    line: SourceLine,
}

impl<T> Future for JobResult<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match self.shared.take_or_wait(cx.waker().clone()) {
            Some(Ok(result)) => Poll::Ready(result),
            // It was reported where it happened; here it becomes the panic of the task.
            Some(Err(payload)) => panic::resume_unwind(payload),
            None => {
                let line = self.line;
                running::with(|event_loop| event_loop.suspends_on([Wait::BlockingJob { line }]));
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for JobResult<T> {
    fn drop(&mut self) {
        self.shared.wanted.store(false, Ordering::Relaxed);
    }
}
