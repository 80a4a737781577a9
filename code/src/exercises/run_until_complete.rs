//! Exercises 08-run-until-complete and 08-run-until-complete-predict: the smallest event loop, and
//! how often it polls.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use super::predict::{Question, compare};
use super::report::{Check, Report};
use crate::{EventLoop, TaskId, compute_for, now, sleep, yield_now};

/// A future that is done when its plan says so, and counts how often it is polled.
pub struct Job {
    plan: Plan,
    shared: Arc<Shared>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    AtOnce,
    WakesItself,
    /// Another thread wakes it so many times, and only the last time is it done.
    Woken(usize),
}

#[derive(Default)]
struct Shared {
    polls: AtomicUsize,
    done: AtomicBool,
}

impl Future for Job {
    type Output = u32;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        let polls = self.shared.polls.fetch_add(1, Ordering::AcqRel) + 1;
        match self.plan {
            Plan::AtOnce => return Poll::Ready(ANSWER),
            Plan::WakesItself if polls > 1 => return Poll::Ready(ANSWER),
            Plan::WakesItself => cx.waker().wake_by_ref(),
            Plan::Woken(_) if self.shared.done.load(Ordering::Acquire) => {
                return Poll::Ready(ANSWER);
            }
            Plan::Woken(times) => {
                let wakes_left = times + 1 - polls.min(times);
                let (waker, shared) = (cx.waker().clone(), self.shared.clone());
                thread::spawn(move || {
                    shared.let_busy_loops_poll(polls);
                    shared.done.store(wakes_left == 1, Ordering::Release);
                    waker.wake();
                });
            }
        }
        Poll::Pending
    }
}

const ANSWER: u32 = 42;

impl Shared {
    /// Comes back when the job has been polled many times more, or when a loop that polls without
    /// being woken has had ample time to do so.
    fn let_busy_loops_poll(&self, polls: usize) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(200)
            && self.polls.load(Ordering::Acquire) < polls + MANY
        {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

const MANY: usize = 50;

/// A loop that has not come to an end by then sleeps forever.
const FOREVER: Duration = Duration::from_secs(5);

/// Runs jobs with `run_until_complete`, and checks that each comes to its end and is polled only
/// when it has been woken.
///
/// ```
/// use event_loops::exercises::run_until_complete;
/// use std::pin::pin;
/// use std::task::{Context, Poll, Waker};
///
/// let report = run_until_complete::check(|job| {
///     let mut job = pin!(job);
///     let mut cx = Context::from_waker(Waker::noop());
///     loop {
///         if let Poll::Ready(answer) = job.as_mut().poll(&mut cx) {
///             return answer;
///         }
///     }
/// });
/// assert!(!report.passed()); // it is busy all the time
/// ```
pub fn check(run_until_complete: impl Fn(Job) -> u32 + Clone + Send + 'static) -> Report {
    let mut sleeps_on = false;
    let mut checks = Vec::new();
    for (plan, claim) in CLAIMS {
        // After one that sleeps on nothing more is to be learned, and each takes its time.
        let ran = (!sleeps_on).then(|| Ran::new(plan, run_until_complete.clone()));
        sleeps_on |= ran.as_ref().is_some_and(|ran| ran.output.is_none());
        checks.push(match ran {
            None => Check::new(claim, false, || {
                "first mend what is wrong above".to_string()
            }),
            Some(ran) if claim == FEW_POLLS => ran.polls_when_woken(claim),
            Some(ran) => ran.ends(claim),
        });
    }
    Report {
        exercise: "08-run-until-complete",
        checks,
        timeline: None,
    }
}

const FEW_POLLS: &str = "it is polled to start and when it is woken, and never else";

/// What has to hold, and the job that shows it.
const CLAIMS: [(Plan, &str); 5] = [
    (
        Plan::AtOnce,
        "a future that is done at once gives its result",
    ),
    (
        Plan::WakesItself,
        "a future that wakes itself while it is polled is polled again",
    ),
    (
        Plan::Woken(1),
        "a future that another thread wakes gives its result",
    ),
    (Plan::Woken(1), FEW_POLLS),
    (
        Plan::Woken(3),
        "a future that is woken, and still not done, is waited for again",
    ),
];

/// A job that was run.
struct Ran {
    plan: Plan,
    /// What came out of it, if anything did.
    output: Option<u32>,
    polls: usize,
}

impl Ran {
    fn new(plan: Plan, run_until_complete: impl Fn(Job) -> u32 + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let job = Job {
            plan,
            shared: shared.clone(),
        };
        let (done, end) = mpsc::channel();
        // One that sleeps forever is left where it is: the check goes on without it.
        thread::spawn(move || done.send(run_until_complete(job)));
        Ran {
            plan,
            output: end.recv_timeout(FOREVER).ok(),
            polls: shared.polls.load(Ordering::Acquire),
        }
    }

    fn ends(self, claim: &str) -> Check {
        Check::new(claim, self.output == Some(ANSWER), || match self.output {
            Some(output) => format!("it gave {output}, and the future's result is {ANSWER}"),
            None if self.plan == Plan::WakesItself => {
                "it sleeps on, although it was woken: a wake that comes before the sleep has to be \
                 remembered"
                    .to_string()
            }
            None => format!(
                "it sleeps on, or has panicked, after {} polls: does the waker end the sleep of this thread?",
                self.polls
            ),
        })
    }

    fn polls_when_woken(self, claim: &str) -> Check {
        let Plan::Woken(wakes) = self.plan else {
            return self.ends(claim);
        };
        // `thread::park` may return for no reason: seldom, and not again and again.
        let few = (wakes + 1)..=(wakes + 3);
        let holds = self.output.is_some() && few.contains(&self.polls);
        Check::new(claim, holds, || match self.output {
            None => "it sleeps on".to_string(),
            Some(_) => format!(
                "it was woken once and polled {} times: what does the thread do while there is \
                 nothing to do?",
                self.polls
            ),
        })
    }
}

/// Counts how often four futures are polled, and compares with what `polls` predicts.
///
/// ```
/// use event_loops::exercises::run_until_complete::check_predictions;
///
/// assert!(!check_predictions(|| [0, 0, 0, 0]).passed()); // no future is done without a poll
/// ```
pub fn check_predictions(polls: impl FnOnce() -> [usize; 4]) -> Report {
    let second = Duration::from_secs(1);
    let questions = [
        Question {
            about: "async { 6 * 7 }",
            truth: count(async { 6 * 7 }),
            hint: "what is there to wait for, and what makes it begin?",
        },
        Question {
            about: "a sleep of three seconds, and then one of two",
            truth: count(async {
                sleep(3 * second).await;
                sleep(2 * second).await;
            }),
            hint: "one poll to start it, and one for each time that it goes on behind an await",
        },
        Question {
            about: "three times yield_now().await",
            truth: count(async {
                for _ in 0..3 {
                    yield_now().await;
                }
            }),
            hint: "each of them gives the thread back once, and is woken at once",
        },
        Question {
            about: "a busy loop: a poll takes 100 ms, the call is back after one second",
            truth: count(async {
                while now() < second {
                    compute_for(second / 10);
                    yield_now().await;
                }
            }),
            hint: "how many polls find that it is not back, and how many that it is?",
        },
    ];
    compare("08-run-until-complete-predict", &questions, &polls())
}

/// How often a loop that parks polls it.
fn count(main: impl Future) -> usize {
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(main);
    event_loop.trace().polls(TaskId::MAIN)
}
