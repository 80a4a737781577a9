//! Exercises of chapter 7: predict what a future does at which poll; await two futures at once.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use super::report::{Check, Ran, Report, call as caught, never_blocks, run};
use crate::trace::elapsed;
use crate::{note, sleep};

/// A call that is not yet done: a future in a box, which can be polled as it is with
/// `call.as_mut().poll(cx)`.
pub type Call = Pin<Box<dyn Future<Output = u64>>>;

/// Notices when it is polled after its end. An `async fn` would panic.
struct Once {
    call: Option<Call>,
    polled_again: Rc<Cell<bool>>,
}

impl Future for Once {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        let Some(call) = &mut self.call else {
            self.polled_again.set(true);
            return Poll::Pending;
        };
        let answer = ready!(call.as_mut().poll(cx));
        self.call = None;
        Poll::Ready(answer)
    }
}

fn call(number: u64, seconds: u64, polled_again: &Rc<Cell<bool>>) -> Call {
    let call = async move {
        note(format_args!("asks for {number}"));
        sleep(Duration::from_secs(seconds)).await;
        number * number
    };
    Box::pin(Once {
        call: Some(Box::pin(call)),
        polled_again: Rc::clone(polled_again),
    })
}

/// Hands two calls to `both`, and checks that they are under way at once, in one task.
///
/// ```
/// use event_loops::exercises::async_await;
///
/// let report = async_await::check(async |first, second| (first.await, second.await));
/// assert!(!report.passed()); // the second starts when the first is back
/// ```
pub fn check<F>(both: impl Fn(Call, Call) -> F) -> Report
where
    F: Future<Output = (u64, u64)>,
{
    let polled_again = Rc::default();
    let two = |first, second| {
        let (first, second) = (
            call(2, first, &polled_again),
            call(3, second, &polled_again),
        );
        run(|| both(first, second))
    };
    let Ran {
        output,
        trace,
        real,
    } = two(3, 2);
    let mut checks = vec![Check::new(
        "comes to an end",
        output.is_ok(),
        || match polled_again.get() {
            true => "a call was polled again after it was ready. An `async fn` panics then; this \
                     one stays pending: keep the answer until the other is there"
                .to_string(),
            false => output.as_ref().err().cloned().unwrap_or_default(),
        },
    )];
    if let Ok(answers) = output {
        checks.push(Check::new(
            "gives both answers, in order",
            answers == (4, 9),
            || format!("it gave {answers:?}, and (4, 9) was asked for"),
        ));
        checks.push(never_blocks(&trace, real));
        checks.push(takes("takes as long as the longer call", trace.total(), 3));
        let tasks = trace.tasks.len();
        checks.push(Check::new("spawns nothing", tasks == 1, || {
            format!("there were {tasks} tasks: `as_mut().poll(cx)` needs none")
        }));
        for (claim, first, second, longer) in [
            ("also when the second is the longer one", 1, 4, 4),
            ("also when both are back at once", 2, 2, 2),
            ("also when one is back at its first poll", 0, 2, 2),
        ] {
            let ran = two(first, second);
            checks.push(match ran.output {
                Ok((4, 9)) => takes(claim, ran.trace.total(), longer),
                Ok(gave) => Check::new(claim, false, || format!("it gave {gave:?}")),
                Err(error) => Check::new(claim, false, || error),
            });
        }
    }
    Report {
        exercise: "07-async-await",
        checks,
        timeline: Some(trace.drawn()),
    }
}

fn takes(claim: &str, total: Duration, seconds: u64) -> Check {
    let right = Duration::from_secs(seconds);
    Check::new(claim, total == right, || {
        let (total, right) = (elapsed(total), elapsed(right));
        let hint = "when is the second call polled for the first time?";
        format!("it took {total} and not {right}: {hint}")
    })
}

/// What the functions of the prediction say.
#[derive(Debug, Default)]
pub struct Log(RefCell<String>);

impl Log {
    fn say(&self, letter: char) {
        self.0.borrow_mut().push(letter);
    }

    fn take(&self) -> String {
        self.0.take()
    }
}

// ANCHOR: polls
/// What is to be predicted: which letters are said when it is called, and at which poll?
pub async fn outer(log: &Log) {
    log.say('a');
    let second = inner(log);
    log.say('b');
    pause().await;
    log.say('c');
    second.await;
    log.say('d');
}

async fn inner(log: &Log) {
    log.say('e');
    pause().await;
    log.say('f');
}
// ANCHOR_END: polls

/// Pending when it is polled first, and ready the second time.
async fn pause() {
    let mut polled = false;
    poll_fn(|_| match std::mem::replace(&mut polled, true) {
        false => Poll::Pending,
        true => Poll::Ready(()),
    })
    .await;
}

/// Calls [`outer`], polls it three times, and compares.
///
/// ```
/// use event_loops::exercises::async_await;
///
/// let report = async_await::check_polls(|| ["abcdef", "", "", ""]);
/// assert!(!report.passed());
/// ```
pub fn check_polls(predict: impl FnOnce() -> [&'static str; 4]) -> Report {
    let right = letters();
    let mut checks = Vec::new();
    match caught(predict) {
        Err(error) => checks.push(Check::new("predicts", false, || error)),
        Ok(said) => {
            for (place, (claim, hint)) in [
                ("when it is called", "what does calling an `async fn` run?"),
                (
                    "at the first poll",
                    "is `second` awaited yet? And where is the first `await` that has to wait?",
                ),
                (
                    "at the second poll",
                    "it goes on behind the first pause; to await a future is to poll it at once",
                ),
                (
                    "at the third poll",
                    "who goes on first: `inner`, or `outer`?",
                ),
            ]
            .into_iter()
            .enumerate()
            {
                checks.push(Check::new(claim, said[place] == right[place], || {
                    format!("not {:?}: {hint}", said[place])
                }));
            }
        }
    }
    Report {
        exercise: "07-async-await-predict",
        checks,
        timeline: None,
    }
}

fn letters() -> [String; 4] {
    let log = Log::default();
    let mut cx = Context::from_waker(Waker::noop());
    let mut future = pin!(outer(&log));
    let called = log.take();
    let polls = [(); 3].map(|()| {
        let _ = future.as_mut().poll(&mut cx);
        log.take()
    });
    let [first, second, third] = polls;
    [called, first, second, third]
}
