//! A wake is remembered in a flag, which is cleared too late.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

struct LoopWaker {
    woken: AtomicBool,
    thread: Thread,
}

impl Wake for LoopWaker {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

fn run_until_complete<F: Future>(main: F) -> F::Output {
    let mut main = pin!(main);
    let (woken, thread) = (AtomicBool::new(false), thread::current());
    let handle = Arc::new(LoopWaker { woken, thread });
    let waker = Waker::from(handle.clone());
    let mut cx = Context::from_waker(&waker);
    let mut polls = 0;
    loop {
        polls += 1;
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            println!("{polls} polls");
            return output;
        }
        handle.woken.store(false, Ordering::Release);
        while !handle.woken.load(Ordering::Acquire) {
            thread::park();
        }
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
    let (done, end) = mpsc::channel();
    let main = async {
        yield_now().await;
        "back"
    };
    thread::spawn(move || done.send(run_until_complete(main)));
    match end.recv_timeout(Duration::from_secs(3)) {
        Ok(output) => println!("it is over: {output:?}"),
        Err(_) => println!("it sleeps on: its wakeup is lost"),
    }
}
