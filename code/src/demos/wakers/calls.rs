//! Who calls whom in one wait: the loop of chapter 9, which writes down each call as it is made.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// One of those between whom there are calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Polls.
    Executor,
    /// Waits for a letter.
    Future,
    /// Has the letter when it comes: the mailbox, and the thread that delivers.
    Reactor,
    /// Makes the task ready, and ends the executor's sleep.
    Waker,
}

/// What kind of a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// One part calls another, or does something itself.
    Call,
    /// What a call returns.
    Return,
    /// The executor gives its thread away until it is called.
    Park,
}

/// A call, or what one returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who calls, or returns.
    pub from: Part,
    /// Who is called, or gets what is returned.
    pub to: Part,
    /// Which of them it is.
    pub kind: CallKind,
    /// In words.
    pub what: &'static str,
    /// The place in the list of the last call that was made from within this one; its own, if there
    /// was none.
    pub until: usize,
}

/// All calls of one wait, in order. [`Display`](fmt::Display) prints them, numbered from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls(pub Vec<Call>);

/// Waits for a letter which another thread delivers when the loop has parked, and gives the calls.
///
/// ```
/// use event_loops::demos::wakers::{Part, calls};
///
/// let calls = calls();
/// // All that holds the three together is the waker.
/// let called = |from, to| calls.0.iter().any(|call| (call.from, call.to) == (from, to));
/// assert!(called(Part::Reactor, Part::Waker) && called(Part::Waker, Part::Executor));
/// assert!(!called(Part::Reactor, Part::Future) && !called(Part::Reactor, Part::Executor));
/// ```
pub fn calls() -> Calls {
    let log = Log::default();
    let mailbox = Mailbox {
        log: log.clone(),
        content: Mutex::default(),
    };
    let (parked, is_parked) = mpsc::channel();
    let future = poll_fn(|cx| {
        log.call(Part::Future, CallKind::Call, "poll, with a waker", || {
            mailbox.poll(cx)
        })
    });
    thread::scope(|threads| {
        let deliver = || mailbox.deliver();
        threads.spawn(move || is_parked.recv().map(|()| deliver()));
        run_until_complete(future, &log, &parked);
    });
    Calls(mem::take(&mut *log.lock()))
}

/// Step 09-9's loop. It says through `parked` when it is about to park.
fn run_until_complete(main: impl Future, log: &Log, parked: &mpsc::Sender<()>) {
    let mut main = pin!(main);
    let handle = Arc::new(TaskWaker {
        log: log.clone(),
        woken: AtomicBool::new(true),
        thread: thread::current(),
    });
    let waker = Waker::from(handle.clone());
    let mut cx = Context::from_waker(&waker);
    loop {
        if !handle.woken.swap(false, Ordering::AcqRel) {
            log.call(Part::Executor, CallKind::Park, "park", || {
                // A postman who has delivered already does not listen.
                let _ = parked.send(());
                while !handle.woken.swap(false, Ordering::AcqRel) {
                    thread::park();
                }
            });
        }
        let polled = main.as_mut().poll(&mut cx);
        let what = if polled.is_ready() {
            "Ready"
        } else {
            "Pending"
        };
        log.write(Part::Future, Part::Executor, CallKind::Return, what);
        if polled.is_ready() {
            return;
        }
    }
}

struct TaskWaker {
    log: Log,
    woken: AtomicBool,
    thread: Thread,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.log.call(Part::Waker, CallKind::Call, "wake", || {
            let log = &self.log;
            log.call(Part::Executor, CallKind::Call, "ready, unpark", || {
                self.woken.store(true, Ordering::Release);
                self.thread.unpark();
            });
        });
    }
}

struct Mailbox {
    log: Log,
    content: Mutex<(Option<&'static str>, Option<Waker>)>,
}

impl Mailbox {
    fn poll(&self, cx: &Context<'_>) -> Poll<&'static str> {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        let what = match content.0 {
            Some(_) => "takes the letter",
            None => "leaves the waker",
        };
        self.log.call(Part::Reactor, CallKind::Call, what, || {
            let letter = content.0.take();
            if letter.is_none() {
                content.1 = Some(cx.waker().clone());
            }
            letter.map_or(Poll::Pending, Poll::Ready)
        })
    }

    fn deliver(&self) {
        let what = "a letter comes";
        on_behalf_of(Part::Reactor, || {
            self.log.call(Part::Reactor, CallKind::Call, what, || {
                let waker = {
                    let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
                    content.0 = Some("come home");
                    content.1.take()
                };
                if let Some(waker) = waker {
                    waker.wake();
                }
            });
        });
    }
}

thread_local! {
    /// Which calls this thread is in, from the outside in: who is called, and the call's place in the
    /// list. A waker is called without an argument, and finds here who calls it.
    static WITHIN: RefCell<Vec<(Part, Option<usize>)>> = const { RefCell::new(Vec::new()) };
}

/// The calls that were made so far, on all threads.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Call>>>);

impl Log {
    /// Writes down that whoever runs on this thread calls `to`, and does what that does.
    fn call<T>(&self, to: Part, kind: CallKind, what: &'static str, does: impl FnOnce() -> T) -> T {
        let place = self.write(within(), to, kind, what);
        WITHIN.with_borrow_mut(|within| within.push((to, Some(place))));
        let result = does();
        WITHIN.with_borrow_mut(Vec::pop);
        result
    }

    fn write(&self, from: Part, to: Part, kind: CallKind, what: &'static str) -> usize {
        let mut calls = self.lock();
        let place = calls.len();
        calls.push(Call {
            from,
            to,
            kind,
            what,
            until: place,
        });
        WITHIN.with_borrow(|within| {
            for outer in within.iter().filter_map(|(_, place)| *place) {
                calls[outer].until = place;
            }
        });
        place
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who runs on this thread: the executor, until it calls somebody.
fn within() -> Part {
    WITHIN.with_borrow(|within| within.last().map_or(Part::Executor, |(part, _)| *part))
}

/// What a thread does that is not the executor's.
fn on_behalf_of(part: Part, does: impl FnOnce()) {
    WITHIN.with_borrow_mut(|within| within.push((part, None)));
    does();
    WITHIN.with_borrow_mut(Vec::pop);
}

impl Part {
    /// All of them, in the order in which they are drawn.
    pub const ALL: [Part; 4] = [Part::Executor, Part::Future, Part::Reactor, Part::Waker];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Part::Executor => "executor",
            Part::Future => "future",
            Part::Reactor => "reactor",
            Part::Waker => "waker",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to, what) = (self.from.name(), self.to.name(), self.what);
        match self.kind {
            CallKind::Return => write!(f, "{from} returns to {to}: {what}"),
            _ if from == to => write!(f, "{from}: {what}"),
            _ => write!(f, "{from} calls {to}: {what}"),
        }
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, call) in self.0.iter().enumerate() {
            writeln!(f, "{:>2}  {call}", place + 1)?;
        }
        Ok(())
    }
}
