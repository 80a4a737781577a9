//! What several of these tests need: time in words, a trace as a story, futures that are not ours.

#![allow(dead_code)] // each test file needs another part of it

#[cfg(feature = "net")]
pub mod sockets;

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use event_loops::{EventLoop, Trace, block_for, compute_for, note, sleep, spawn_named, yield_now};

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A trace as lines such as `3.0 s main finishes`, without the columns of its `Display`.
pub fn story(trace: &Trace) -> Vec<String> {
    let text = trace.to_string();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(words).collect()
}

/// The lines of a story about the tasks themselves, without those in which the loop parks.
pub fn story_of_tasks(trace: &Trace) -> Vec<String> {
    let about_loop = |line: &String| line.contains(" loop ");
    let lines = story(trace).into_iter();
    lines.filter(|line| !about_loop(line)).collect()
}

/// Polls `future` once, with the waker of the task that calls.
pub async fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}

/// The waker of the task that calls.
pub async fn my_waker() -> Waker {
    poll_fn(|cx| Poll::Ready(cx.waker().clone())).await
}

/// Runs something that has to panic, and says with which words.
pub fn panic_text(what: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(what)).expect_err("this should panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast::<&str>().map_or_else(
            |_| "a panic that is not a text".to_string(),
            |text| (*text).to_string(),
        ),
    }
}

/// A list of words that tasks and destructors write into.
#[derive(Clone, Default)]
pub struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    pub fn push(&self, word: impl Into<String>) {
        self.0.borrow_mut().push(word.into());
    }

    pub fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

/// Does something when it is dropped.
pub struct OnDrop<F: FnMut()>(pub F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A gate that any thread can open: a future that is not one of ours.
#[derive(Clone, Default)]
pub struct Gate(Arc<Mutex<GateState>>);

#[derive(Default)]
struct GateState {
    open: bool,
    waiting: Vec<Waker>,
}

impl Gate {
    pub fn open(&self) {
        let waiting = {
            let mut state = self.0.lock().unwrap();
            state.open = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    pub fn shut(&self) {
        self.0.lock().unwrap().open = false;
    }

    /// Waits until the gate is open.
    pub async fn wait(&self) {
        poll_fn(|cx| {
            let mut state = self.0.lock().unwrap();
            if state.open {
                return Poll::Ready(());
            }
            state.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// A waker of another kind than ours, as a combinator would make it: it runs `on_wake` when it is
/// called, and `on_drop` when its last clone is gone.
pub fn foreign_waker(
    on_wake: impl FnMut() + Send + 'static,
    on_drop: impl FnMut() + Send + 'static,
) -> Waker {
    Waker::from(Arc::new(ForeignWaker {
        on_wake: Mutex::new(Box::new(on_wake)),
        on_drop: Mutex::new(Box::new(on_drop)),
    }))
}

struct ForeignWaker {
    on_wake: Mutex<Job>,
    on_drop: Mutex<Job>,
}

type Job = Box<dyn FnMut() + Send>;

impl Wake for ForeignWaker {
    fn wake(self: Arc<Self>) {
        self.on_wake.lock().unwrap()();
    }
}

impl Drop for ForeignWaker {
    fn drop(&mut self) {
        self.on_drop.get_mut().unwrap()();
    }
}

/// Polls `future` once with another waker than the task's.
pub fn poll_with<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// A bit of everything.
pub fn busy_trace() -> Trace {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let sleeper = spawn_named("sleeper", async {
            note("sleeps");
            sleep(secs(2)).await;
            note("is up");
            compute_for(secs(1));
        });
        let blocker = spawn_named("blocker", async {
            compute_for(secs(1));
            block_for(secs(3));
            yield_now().await;
        });
        let victim = spawn_named("victim", pending::<()>());
        blocker.await.unwrap();
        victim.abort();
        sleeper.await.unwrap();
        sleep(secs(1)).await;
    });
    event_loop.spawn_named("left", async {});
    event_loop.close();
    event_loop.trace()
}
