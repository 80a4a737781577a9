//! The look and the leaving of the waker are under one lock.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
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
    waker: Option<Waker>,
}

fn deliver<T>(mailbox: &Mutex<Mailbox<T>>, letter: T) {
    let waker = {
        let mut mailbox = mailbox.lock().unwrap();
        mailbox.letter = Some(letter);
        mailbox.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

fn poll_letter<T>(mailbox: &Mutex<Mailbox<T>>, cx: &Context<'_>) -> Poll<T> {
    let mut mailbox = mailbox.lock().unwrap();
    if let Some(letter) = mailbox.letter.take() {
        return Poll::Ready(letter);
    }
    mailbox.waker = Some(cx.waker().clone());
    Poll::Pending
}

fn main() {
    run_until_complete(sleep(Duration::from_secs(1)));
    let mailbox = Arc::new(Mutex::new(Mailbox::default()));
    let to = mailbox.clone();
    thread::spawn(move || deliver(&to, 42));
    let main = poll_fn(move |cx| poll_letter(&mailbox, cx));
    println!("it is over: {:?}", run_until_complete(main));
}
