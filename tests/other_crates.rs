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

use event_loops::{EventLoop, now, sleep, timeout};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Runs on the virtual clock, and says how many seconds it took. A wakeup that is lost fails the test,
/// and does not hang it: the clock jumps to the limit.
fn run<T>(main: impl Future<Output = T>) -> (T, u64) {
    let event_loop = EventLoop::with_virtual_clock();
    let limited = event_loop.run_until_complete(timeout(secs(1_000_000), main));
    let output = limited.expect("an end in less than a million seconds");
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
