//! A future wakes its own task while it is polled.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

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
    let mut polls = 0;
    loop {
        polls += 1;
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            println!("{polls} polls");
            return output;
        }
        thread::park();
    }
}

async fn sleep(time: Duration) {
    let deadline = Instant::now() + time;
    poll_fn(|cx| match Instant::now() < deadline {
        true => wake_at(deadline, cx.waker()),
        false => Poll::Ready(()),
    })
    .await;
}

fn wake_at(deadline: Instant, waker: &Waker) -> Poll<()> {
    let waker = waker.clone();
    thread::spawn(move || {
        thread::sleep(deadline.saturating_duration_since(Instant::now()));
        waker.wake();
    });
    Poll::Pending
}

async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| match yielded {
        true => Poll::Ready(()),
        false => {
            yielded = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

fn main() {
    run_until_complete(sleep(Duration::from_secs(1)));
    run_until_complete(yield_now());
}
