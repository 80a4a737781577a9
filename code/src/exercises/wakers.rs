//! Exercises 09-wakers and 09-wakers-predict: a future that is told of a letter, and how often tasks
//! are polled.

use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::predict::{Question, compare};
use super::report::{Check, Report};
use crate::{EventKind, EventLoop, gather, sleep, spawn_named};

/// Where a letter is left for somebody. [`lock`](Mailbox::lock) it to look into it.
///
/// The check's postman waits beside it: as soon as nobody holds the lock, the mailbox may be his.
#[derive(Default)]
pub struct Mailbox {
    content: Mutex<Content>,
    /// Does the postman wait for the lock?
    postman_waits: AtomicBool,
}

/// What is in a [`Mailbox`].
#[derive(Default)]
pub struct Content {
    /// The letter, when it has come.
    pub letter: Option<u32>,
    /// Whom the postman wakes when he has brought it.
    pub waker: Option<Waker>,
}

impl Mailbox {
    /// Looks into the mailbox, until what is returned is dropped. Meanwhile the postman can't.
    ///
    /// ```
    /// use event_loops::exercises::wakers::Mailbox;
    ///
    /// let mailbox = Mailbox::default();
    /// assert_eq!(mailbox.lock().letter, None);
    /// ```
    pub fn lock(&self) -> Locked<'_> {
        Locked {
            mailbox: self,
            content: Some(self.content.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn deliver(&self) {
        let waker = {
            let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
            content.letter = Some(LETTER);
            content.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

const LETTER: u32 = 42;

/// A [`Mailbox`] that nobody else can look into.
pub struct Locked<'a> {
    mailbox: &'a Mailbox,
    content: Option<MutexGuard<'a, Content>>,
}

impl Deref for Locked<'_> {
    type Target = Content;

    fn deref(&self) -> &Content {
        self.content.as_ref().expect("held until it is dropped")
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Content {
        self.content.as_mut().expect("held until it is dropped")
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.content = None;
        if self.mailbox.postman_waits.swap(false, Ordering::AcqRel) {
            self.mailbox.deliver();
        }
    }
}

/// Polls a mailbox with `poll_letter` in every order in which a postman can come, and checks that no
/// wakeup is lost.
///
/// ```
/// use event_loops::exercises::wakers;
/// use std::task::Poll;
///
/// let report = wakers::check(|mailbox, cx| {
///     if let Some(letter) = mailbox.lock().letter.take() {
///         return Poll::Ready(letter);
///     }
///     mailbox.lock().waker = Some(cx.waker().clone());
///     Poll::Pending
/// });
/// assert!(!report.passed()); // there is a gap between the two locks
/// ```
pub fn check(poll_letter: impl Fn(&Mailbox, &mut Context<'_>) -> Poll<u32>) -> Report {
    let run = |scene: Play| {
        let poll = |mailbox: &Mailbox, cx: &mut Context<'_>| poll_letter(mailbox, cx);
        let scene_of = Scene {
            poll: &poll,
            mailbox: Mailbox::default(),
        };
        panic::catch_unwind(AssertUnwindSafe(|| scene(&scene_of)))
            .unwrap_or_else(|_| Err("it panicked: what it said is above".to_string()))
    };
    let claims: [(&str, Play); 5] = [
        ("a letter that is there is read at once", letter_is_there),
        ("without a letter it waits, and wakes nobody", no_letter),
        ("a letter that comes later wakes the reader", comes_later),
        (
            "a letter that comes as soon as the mailbox is free is not lost",
            comes_when_free,
        ),
        (
            "after a second look with another waker, that one is woken",
            another_waker,
        ),
    ];
    let check = |(claim, scene)| {
        let wrong = run(scene).err();
        Check::new(claim, wrong.is_none(), || wrong.unwrap_or_default())
    };
    Report {
        exercise: "09-wakers",
        checks: claims.into_iter().map(check).collect(),
        timeline: None,
    }
}

/// What happens in a scene, and what is wrong with how it ends.
type Play = fn(&Scene<'_>) -> Result<(), String>;

/// A mailbox and whoever looks into it.
struct Scene<'a> {
    poll: &'a dyn Fn(&Mailbox, &mut Context<'_>) -> Poll<u32>,
    mailbox: Mailbox,
}

/// A waker that counts how often it is called.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl Counting {
    fn wakes(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

impl Scene<'_> {
    fn look(&self, waker: &Arc<Counting>) -> Poll<u32> {
        let waker = Waker::from(waker.clone());
        (self.poll)(&self.mailbox, &mut Context::from_waker(&waker))
    }

    fn reads(&self, waker: &Arc<Counting>) -> Result<(), String> {
        match self.look(waker) {
            Poll::Ready(LETTER) => Ok(()),
            Poll::Ready(other) => Err(format!("it reads {other}, and the letter says {LETTER}")),
            Poll::Pending => Err("it says Pending, and the letter is there".to_string()),
        }
    }

    fn waits(&self, waker: &Arc<Counting>) -> Result<(), String> {
        match self.look(waker) {
            Poll::Pending => Ok(()),
            Poll::Ready(letter) => Err(format!("it reads {letter}, and there is no letter yet")),
        }
    }
}

fn letter_is_there(scene: &Scene<'_>) -> Result<(), String> {
    scene.mailbox.deliver();
    scene.reads(&Arc::default())
}

fn no_letter(scene: &Scene<'_>) -> Result<(), String> {
    let reader = Arc::default();
    scene.waits(&reader)?;
    match reader.wakes() {
        0 => Ok(()),
        _ => Err(
            "it wakes itself, and will be asked again and again: who else could do it?".to_string(),
        ),
    }
}

fn comes_later(scene: &Scene<'_>) -> Result<(), String> {
    let reader = Arc::default();
    scene.waits(&reader)?;
    scene.mailbox.deliver();
    if reader.wakes() == 0 {
        return Err("nobody wakes it: how can the postman know whom to wake?".to_string());
    }
    scene.reads(&reader)
}

fn comes_when_free(scene: &Scene<'_>) -> Result<(), String> {
    let reader = Arc::default();
    scene.mailbox.postman_waits.store(true, Ordering::Release);
    if let Poll::Ready(letter) = scene.look(&reader) {
        return match letter {
            LETTER => Ok(()),
            other => Err(format!("it reads {other}, and the letter says {LETTER}")),
        };
    }
    if reader.wakes() == 0 {
        return Err(
            "the letter came after the look and before the waker was left: it is there, and the \
             reader sleeps. What must the postman not come between?"
                .to_string(),
        );
    }
    scene.reads(&reader)
}

fn another_waker(scene: &Scene<'_>) -> Result<(), String> {
    let (first, second) = (Arc::default(), Arc::default());
    scene.waits(&first)?;
    scene.waits(&second)?;
    scene.mailbox.deliver();
    match second.wakes() {
        0 => Err(
            "the first waker is woken, or none: whoever polled last is the one who waits"
                .to_string(),
        ),
        _ => scene.reads(&second),
    }
}

/// Counts how often tasks are polled, and compares with what `polls` predicts.
///
/// ```
/// use event_loops::exercises::wakers::check_predictions;
///
/// assert!(!check_predictions(|| [1, 1, 1, 1]).passed());
/// ```
pub fn check_predictions(polls: impl FnOnce() -> [usize; 4]) -> Report {
    let questions = [
        Question {
            about: "100 tasks sleep for a day: polls between the first moment and the last",
            truth: polls_of_sleepers(),
            hint: "who would ask them, and what for?",
        },
        Question {
            about: "a task whose waker is called three times during its first poll, all in all",
            truth: polls_when_woken(3),
            hint: "a task that is in the ready queue is not put there again",
        },
        Question {
            about: "a task that says Pending, whose letter comes, and whose waker nobody kept",
            truth: polls_of_forgotten(),
            hint: "the loop does not know of any letter: what does it know?",
        },
        Question {
            about: "a task that waits for one that sleeps twice, each time for a second",
            truth: polls_of_waiter(),
            hint: "what wakes it: each step of the other, or its end?",
        },
    ];
    compare("09-wakers-predict", &questions, &polls())
}

fn polls_of_sleepers() -> usize {
    let day = Duration::from_secs(24 * 60 * 60);
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(gather((0..100).map(|_| sleep(day))));
    let meanwhile = |at: Duration| at > Duration::ZERO && at < day;
    let trace = event_loop.trace();
    let polled = trace
        .events
        .iter()
        .filter(|event| event.kind == EventKind::Polled);
    polled.filter(|event| meanwhile(event.at)).count()
}

fn polls_when_woken(times: usize) -> usize {
    let mut polls = 0;
    EventLoop::new().run_until_complete(poll_fn(|cx| {
        polls += 1;
        if polls > 1 {
            return Poll::Ready(());
        }
        (0..times).for_each(|_| cx.waker().wake_by_ref());
        Poll::Pending
    }));
    polls
}

fn polls_of_forgotten() -> usize {
    let mut polls = 0;
    let event_loop = EventLoop::new();
    let never_done = event_loop.try_run_until_complete(poll_fn(|_| {
        polls += 1;
        Poll::<()>::Pending
    }));
    debug_assert!(never_done.is_err(), "nobody wakes it");
    polls
}

fn polls_of_waiter() -> usize {
    let second = Duration::from_secs(1);
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    event_loop.run_until_complete(async {
        let sleeper = spawn_named("sleeper", async move {
            sleep(second).await;
            sleep(second).await;
        });
        let waiter = spawn_named("waiter", async move { sleeper.await.is_ok() });
        waiter.await.is_ok()
    });
    let trace = event_loop.trace();
    trace.task("waiter").map_or(0, |waiter| trace.polls(waiter))
}
