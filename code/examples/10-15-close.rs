//! What is left over is dropped.

use std::cell::RefCell;
use std::future::poll_fn;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
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

    fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        let result = Arc::new(Mutex::new(Mailbox {
            letter: None,
            waker: None,
        }));
        let to = result.clone();
        let mut future = Box::pin(future);
        let caught = poll_fn(move |cx| {
            let poll = AssertUnwindSafe(|| future.as_mut().poll(cx));
            match panic::catch_unwind(poll) {
                Ok(polled) => polled.map(Ok),
                Err(_) => Poll::Ready(Err(JoinError)),
            }
        });
        let future = Box::pin(async move { deliver(&to, caught.await) });
        let mut tasks = self.tasks.borrow_mut();
        let handle = TaskWaker::new(tasks.len(), &self.ready);
        tasks.push(Some(Task { future, handle }));
        JoinHandle { result }
    }

    fn close(self) {
        for task in self.tasks.into_inner().into_iter().flatten() {
            println!("task {} was not finished", task.handle.task);
        }
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

#[derive(Debug)]
struct JoinError;

struct JoinHandle<T> {
    result: Arc<Mutex<Mailbox<Result<T, JoinError>>>>,
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        poll_letter(&self.result, cx)
    }
}

async fn call(number: u32) -> u32 {
    println!("call {number} starts");
    sleep(Duration::from_secs(1)).await;
    assert_ne!(number, 2, "nobody answers number 2");
    println!("call {number} is back");
    number * number
}

async fn gather<F>(event_loop: &EventLoop, futures: Vec<F>) -> Vec<F::Output>
where
    F: Future + 'static,
{
    let spawn = |future| event_loop.spawn(future);
    let handles: Vec<_> = futures.into_iter().map(spawn).collect();
    let mut outputs = Vec::new();
    for handle in handles {
        outputs.push(handle.await.unwrap());
    }
    outputs
}

fn main() {
    let event_loop = EventLoop::new();
    event_loop.spawn(sleep(Duration::from_secs(60)));
    let calls = (3..=5).map(call).collect();
    let answers = event_loop.run_until_complete(gather(&event_loop, calls));
    println!("the answers are {answers:?}");
    event_loop.close();
}
