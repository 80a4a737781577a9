//! Other people's code on our loop: the combinators of futures, the channels and locks of tokio,
//! async-channel and async-lock. They know nothing of our loop, only of `Future` and `Waker`.

#[path = "other_crates/async_crates.rs"]
mod async_crates;
#[path = "other_crates/combinators.rs"]
mod combinators;
#[path = "other_crates/tokio_sync.rs"]
mod tokio_sync;

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use event_loops::{EventLoop, now, sleep};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Runs on the virtual clock, and says how many seconds it took.
fn run<T>(main: impl Future<Output = T>) -> (T, u64) {
    let event_loop = EventLoop::with_virtual_clock();
    let output = event_loop.run_until_complete(main);
    let end = event_loop.run_until_complete(async { now() });
    assert_eq!(end.subsec_nanos(), 0);
    (output, end.as_secs())
}

/// A call that takes so many seconds and answers with its number.
async fn call(seconds: u64) -> u64 {
    sleep(secs(seconds)).await;
    seconds
}

/// Who did what, in what order.
type Log<T> = Rc<RefCell<Vec<T>>>;
