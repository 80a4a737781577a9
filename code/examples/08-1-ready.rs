//! A loop for a future that does not have to wait.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn run_until_complete<F: Future>(main: F) -> F::Output {
    let mut main = pin!(main);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            return output;
        }
    }
}

fn main() {
    let answer = run_until_complete(async { 6 * 7 });
    println!("the answer is {answer}");
}
