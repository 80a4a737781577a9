//! A waker can end the nap.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

const NAP: Duration = Duration::from_millis(10);

struct LoopWaker(Thread);

impl Wake for LoopWaker {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn run_until_complete<F: Future>(main: F) -> F::Output {
    let mut main = pin!(main);
    let waker = Waker::from(Arc::new(LoopWaker(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            return output;
        }
        thread::park_timeout(NAP);
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
