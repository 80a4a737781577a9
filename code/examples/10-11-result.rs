//! Spawn makes a mailbox for the result.

use std::cell::RefCell;
use std::future::poll_fn;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

const MAIN: usize = usize::MAX;

struct ReadyQueue {
    woken: Mutex<Vec<usize>>,
    thread: Thread,
}

struct TaskWaker {
    task: usize,
    queued: AtomicBool,
    queue: Arc<ReadyQueue>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.queue.woken.lock().unwrap().push(self.task);
            self.queue.thread.unpark();
        }
    }
}

impl ReadyQueue {
    fn next_round(&self) -> Vec<usize> {
        loop {
            let round = mem::take(&mut *self.woken.lock().unwrap());
            if !round.is_empty() {
                return round;
            }
            thread::park();
        }
    }
}

impl TaskWaker {
    fn new(task: usize, queue: &Arc<ReadyQueue>) -> Arc<TaskWaker> {
        let (queued, queue) = (AtomicBool::new(false), queue.clone());
        let handle = Arc::new(TaskWaker {
            task,
            queued,
            queue,
        });
        handle.wake_by_ref(); // the first poll needs no other reason
        handle
    }

    fn poll<F: Future + ?Sized>(self: &Arc<Self>, future: Pin<&mut F>) -> Poll<F::Output> {
        self.queued.swap(false, Ordering::AcqRel);
        let waker = Waker::from(self.clone());
        future.poll(&mut Context::from_waker(&waker))
    }
}

struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    handle: Arc<TaskWaker>,
}

impl Task {
    fn poll(&mut self) -> Poll<()> {
        self.handle.poll(self.future.as_mut())
    }
}

struct EventLoop {
    ready: Arc<ReadyQueue>,
    tasks: RefCell<Vec<Option<Task>>>,
}

impl EventLoop {
    fn new() -> EventLoop {
        let (woken, thread) = (Mutex::default(), thread::current());
        let ready = Arc::new(ReadyQueue { woken, thread });
        let tasks = RefCell::default();
        EventLoop { ready, tasks }
    }

    fn run_until_complete<F: Future>(&self, main: F) -> F::Output {
        let mut main = pin!(main);
        let handle = TaskWaker::new(MAIN, &self.ready);
        let mut output = None;
        while output.is_none() {
            for task in self.ready.next_round() {
                if task != MAIN {
                    self.poll_task(task);
                } else if let Poll::Ready(done) = handle.poll(main.as_mut()) {
                    output = Some(done); // this round is finished first
                }
            }
        }
        output.unwrap()
    }

    fn spawn<F: Future + 'static>(&self, future: F) -> Arc<Mutex<Mailbox<F::Output>>> {
        let result = Arc::new(Mutex::new(Mailbox {
            letter: None,
            waker: None,
        }));
        let to = result.clone();
        let future = Box::pin(async move { deliver(&to, future.await) });
        let mut tasks = self.tasks.borrow_mut();
        let handle = TaskWaker::new(tasks.len(), &self.ready);
        tasks.push(Some(Task { future, handle }));
        result
    }

    fn poll_task(&self, number: usize) {
        let task = self.tasks.borrow_mut()[number].take();
        let Some(mut task) = task else { return };
        if task.poll().is_pending() {
            self.tasks.borrow_mut()[number] = Some(task);
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

async fn call(number: u32) -> u32 {
    println!("call {number} starts");
    sleep(Duration::from_secs(1)).await;
    println!("call {number} is back");
    number * number
}

fn main() {
    let event_loop = EventLoop::new();
    let main = async {
        let result = event_loop.spawn(call(3));
        poll_fn(|cx| poll_letter(&result, cx)).await
    };
    println!("the answer is {:?}", event_loop.run_until_complete(main));
}
