//! It parks, and the waker that the future gets wakes nobody.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

/// Runs a future to its end, and gives its result.
pub fn run_until_complete<F: Future>(main: F) -> F::Output {
    let mut main = pin!(main);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            return output;
        }
        thread::park();
    }
}
