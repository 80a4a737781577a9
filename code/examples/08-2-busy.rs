//! The loop asks again and again whether the time has come.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

fn run_until_complete<F: Future>(main: F) -> F::Output {
    let mut main = pin!(main);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            return output;
        }
    }
}

async fn sleep(time: Duration) {
    let deadline = Instant::now() + time;
    poll_fn(|_cx| match Instant::now() < deadline {
        true => Poll::Pending,
        false => Poll::Ready(()),
    })
    .await;
}

fn main() {
    run_until_complete(sleep(Duration::from_secs(3)));
    println!("the call is back");
}
