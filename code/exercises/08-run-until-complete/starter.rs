//! Exercise 08-run-until-complete: a loop that sleeps.
//!
//! This one asks again and again. Let it sleep while there is nothing to do, and be woken by the
//! future's waker: with `thread::park`, or in another way.
//!
//! A hint: what `Waker::from(Arc::new(…))` is given implements `std::task::Wake`. Try it first
//! without looking at step 08-5-park.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a future to its end, and gives its result.
pub fn run_until_complete<F: Future>(main: F) -> F::Output {
    let mut main = pin!(main);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            return output;
        }
    }
}
