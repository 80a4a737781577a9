//! A future that waits for a letter, and tells nobody that it waits.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
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
    let (woken, thread) = (AtomicBool::new(true), thread::current());
    let handle = Arc::new(LoopWaker { woken, thread });
    let waker = Waker::from(handle.clone());
    let mut cx = Context::from_waker(&waker);
    loop {
        while !handle.woken.swap(false, Ordering::AcqRel) {
            thread::park();
        }
        if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
            return output;
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

#[derive(Default)]
struct Mailbox<T> {
    letter: Option<T>,
}

fn deliver<T>(mailbox: &Mutex<Mailbox<T>>, letter: T) {
    mailbox.lock().unwrap().letter = Some(letter);
}

fn poll_letter<T>(mailbox: &Mutex<Mailbox<T>>) -> Poll<T> {
    match mailbox.lock().unwrap().letter.take() {
        Some(letter) => Poll::Ready(letter),
        None => Poll::Pending,
    }
}

fn main() {
    run_until_complete(sleep(Duration::from_secs(1)));
    let mailbox = Arc::new(Mutex::new(Mailbox::default()));
    let to = mailbox.clone();
    thread::spawn(move || deliver(&to, 42)).join().unwrap();
    let (done, end) = mpsc::channel();
    let main = poll_fn(move |_cx| poll_letter(&mailbox));
    thread::spawn(move || done.send(run_until_complete(main)));
    match end.recv_timeout(Duration::from_secs(3)) {
        Ok(output) => println!("it is over: {output:?}"),
        Err(_) => println!("it sleeps on: its wakeup is lost"),
    }
}
