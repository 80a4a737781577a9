//! A few threads for work that blocks.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, PoisonError};

use crate::sync::{Condvar, Mutex, MutexGuard, thread};
use crate::task::apart;

/// How many threads a loop has for blocking work, unless it is told otherwise. They wait more than
/// they compute, so the number of processors is no measure; asyncio's is at most 32, too.
const THREADS: usize = 32;

/// A loop's threads for blocking work. They are started as they are needed, and stay until the loop
/// is closed.
pub(crate) struct Pool {
    pub(crate) most: Cell<usize>,
    threads: RefCell<Vec<thread::JoinHandle<()>>>,
    jobs: Arc<Jobs>,
}

/// Work for another thread. It reports its end itself.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// What the threads share with the loop.
struct Jobs {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Default)]
struct State {
    /// First come, first served.
    waiting: VecDeque<Job>,
    /// How many threads have nothing to do.
    idle: usize,
    closed: bool,
}

impl Default for Pool {
    fn default() -> Self {
        Pool {
            most: Cell::new(THREADS),
            threads: RefCell::default(),
            jobs: Arc::new(Jobs {
                state: Mutex::new(State::default()),
                bell: Condvar::new(),
            }),
        }
    }
}

impl Pool {
    /// Has `job` run by the next thread that is free.
    pub(crate) fn run(&self, job: Job) {
        let somebody_is_free = {
            let mut state = self.jobs.lock();
            state.waiting.push_back(job);
            state.waiting.len() <= state.idle
        };
        if somebody_is_free {
            self.jobs.bell.notify_one();
        } else if self.threads.borrow().len() < self.most.get() {
            self.start_thread();
        }
    }

    fn start_thread(&self) {
        let jobs = self.jobs.clone();
        let thread = thread::Builder::new().name("blocking work".to_string());
        match thread.spawn(move || jobs.work()) {
            Ok(thread) => self.threads.borrow_mut().push(thread),
            // Those that there are will come to it.
            Err(_) if !self.threads.borrow().is_empty() => {}
            Err(error) => {
                let job = self.jobs.lock().waiting.pop_back();
                drop(job);
                panic!("the operating system gives no thread for blocking work: {error}");
            }
        }
    }

    /// Drops the jobs that have not begun, and waits for those that have.
    pub(crate) fn shut_down(&self) {
        let waiting = {
            let mut state = self.jobs.lock();
            state.closed = true;
            mem::take(&mut state.waiting)
        };
        self.jobs.bell.notify_all();
        waiting.into_iter().for_each(|job| apart(|| drop(job)));
        for thread in self.threads.take() {
            // Its jobs have reported their own panics.
            let _ended = thread.join();
        }
    }
}

impl Jobs {
    /// What each thread does.
    fn work(&self) {
        while let Some(job) = self.next() {
            apart(job);
        }
    }

    /// Waits for a job; `None` when there will be none.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state.idle += 1;
            let woken = self.bell.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// No job runs while the lock is held, so a panic can't leave the state half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
