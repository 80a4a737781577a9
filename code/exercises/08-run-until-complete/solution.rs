//! The waker unparks the thread. An `unpark` that comes before `park` is remembered by the thread, so
//! a future may wake itself while it is polled.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

struct LoopWaker(Thread);

impl Wake for LoopWaker {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future to its end, and gives its result.
pub fn run_until_complete<F: Future>(main: F) -> F::Output {
    let mut main = pin!(main);
    let waker = Waker::from(Arc::new(LoopWaker(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            return output;
        }
        thread::park();
    }
}
