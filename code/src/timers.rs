//! Waiting for time: [`sleep`], and the list of deadlines that the loop keeps.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::budget;
use crate::executor::Inner;
use crate::running;
use crate::trace::{SourceLine, Wait};
use crate::wakers::KeptWaker;

/// Waits for `duration`, and lets other tasks run meanwhile.
///
/// The time starts when the sleep is first awaited, as with every `async fn`: two sleeps awaited
/// one after the other add up. (tokio's `sleep` counts from the moment it is made.) It never ends
/// early; how late it ends depends on the other tasks, which have to give the thread back first.
/// `sleep(Duration::ZERO)` is over at once, without another task's turn in between: that is
/// [`yield_now`](crate::yield_now()).
///
/// Dropping it takes its deadline off the loop's list.
///
/// # Panics
///
/// When it is awaited outside a running event loop, or by a second loop after a first.
///
/// ```
/// use event_loops::{EventLoop, now, sleep};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     sleep(Duration::from_secs(3)).await;
///     assert_eq!(now(), Duration::from_secs(3));
/// });
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    Sleep {
        when: When::In(duration),
        line: SourceLine::caller(),
        timer: None,
    }
}

/// Waits until the loop's clock, [`now`](crate::now), shows `deadline`.
///
/// # Panics
///
/// As [`sleep`].
///
/// ```
/// use event_loops::{EventLoop, now, sleep_until};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     sleep_until(Duration::from_secs(10)).await;
///     sleep_until(Duration::from_secs(5)).await; // long past
///     assert_eq!(now(), Duration::from_secs(10));
/// });
/// ```
#[track_caller]
pub fn sleep_until(deadline: Duration) -> Sleep {
    Sleep {
        when: When::At(deadline),
        line: SourceLine::caller(),
        timer: None,
    }
}

/// The future of [`sleep`] and [`sleep_until`].
#[must_use = "a sleep that nobody awaits does not wait"]
pub struct Sleep {
    when: When,
    line: SourceLine,
    /// Its place in a loop's list, from the first poll that had to wait to its end.
    timer: Option<(Rc<Inner>, TimerKey)>,
}

#[derive(Clone, Copy, Debug)]
enum When {
    /// Not polled yet.
    In(Duration),
    At(Duration),
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let has_waited = self.timer.is_some();
        ready!(self.poll_deadline(cx));
        if !has_waited {
            ready!(budget::poll_spend(cx, Some(self.line)));
        }
        Poll::Ready(())
    }
}

impl Sleep {
    /// From here on the time counts, if there is a loop to count it.
    pub(crate) fn begin(&mut self) {
        if let When::In(duration) = self.when
            && let Some(now) = running::with(|event_loop| event_loop.clock.now())
        {
            self.when = When::At(now.saturating_add(duration));
        }
    }

    /// Whether the time has come, whatever else the task has done in this poll.
    pub(crate) fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let event_loop = running::event_loop("sleep");
        if let Some((owner, _)) = &self.timer {
            assert!(
                Rc::ptr_eq(owner, &event_loop),
                "the sleep made at {} waits on another event loop already",
                self.line
            );
        }
        let now = event_loop.clock.now();
        let deadline = match self.when {
            When::In(duration) => now.saturating_add(duration),
            When::At(deadline) => deadline,
        };
        self.when = When::At(deadline);
        if deadline <= now {
            self.leave();
            return Poll::Ready(());
        }
        let waker = KeptWaker::of(cx);
        let key = self.timer.as_ref().map(|(_, key)| *key);
        let (key, before) = event_loop.timers.borrow_mut().set(key, deadline, waker);
        drop(before);
        let line = self.line;
        event_loop.suspends_on([Wait::Until { deadline, line }]);
        self.timer = Some((event_loop, key));
        Poll::Pending
    }

    /// Makes it end when the loop's clock, [`now`](crate::now), shows `deadline`, whether it has
    /// been awaited already or not, or is over.
    ///
    /// Whoever waits for it is woken by the new deadline, and no longer by the one before. Unlike
    /// that one it stands among equal ones as if it had begun only now.
    ///
    /// ```
    /// use event_loops::{EventLoop, now, sleep};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock();
    /// event_loop.run_until_complete(async {
    ///     let mut idle = sleep(Duration::from_secs(30));
    ///     idle.reset(now() + Duration::from_secs(60)); // a sign of life
    ///     idle.await;
    ///     assert_eq!(now(), Duration::from_secs(60));
    /// });
    /// ```
    pub fn reset(&mut self, deadline: Duration) {
        self.when = When::At(deadline);
        if let Some((event_loop, key)) = &mut self.timer {
            let mut timers = event_loop.timers.borrow_mut();
            // Without a waker its time has come, and the next poll puts it on the list anew.
            match timers.remove(*key) {
                Some(waker) => (*key, _) = timers.set(None, deadline, waker),
                None => {
                    drop(timers);
                    self.timer = None;
                }
            }
        }
    }

    fn leave(&mut self) {
        if let Some((event_loop, key)) = self.timer.take() {
            // The waker is dropped after the list is free again: it may be the last thing that
            // keeps a whole task alive, whose own sleeps want to leave the list too.
            let waker = event_loop.timers.borrow_mut().remove(key);
            drop(waker);
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.leave();
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("when", &self.when)
            .field("line", &self.line)
            .finish()
    }
}

/// The deadlines of a loop, soonest first; equal ones in the order in which they came.
#[derive(Default)]
pub(crate) struct Timers {
    list: BTreeMap<TimerKey, KeptWaker>,
    count: u64,
}

/// A deadline and a number that no other deadline of this loop has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerKey {
    deadline: Duration,
    number: u64,
}

impl Timers {
    /// Puts a deadline on the list, or gives the one at `key` another waker: the sleep may have
    /// moved to another task since it was first polled. The waker before is handed back, to be
    /// dropped when the list is free again: to drop a foreign one runs foreign code.
    fn set(
        &mut self,
        key: Option<TimerKey>,
        deadline: Duration,
        waker: KeptWaker,
    ) -> (TimerKey, Option<KeptWaker>) {
        let key = key.unwrap_or_else(|| {
            self.count += 1;
            let number = self.count;
            TimerKey { deadline, number }
        });
        (key, self.list.insert(key, waker))
    }

    fn remove(&mut self, key: TimerKey) -> Option<KeptWaker> {
        self.list.remove(&key)
    }

    /// The soonest deadline.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.list.first_key_value().map(|(key, _)| key.deadline)
    }

    /// Takes the first deadline off the list if it has passed.
    pub(crate) fn pop_due(&mut self, now: Duration) -> Option<KeptWaker> {
        let first = self.list.first_entry()?;
        (first.key().deadline <= now).then(|| first.remove())
    }

    pub(crate) fn take_all(&mut self) -> BTreeMap<TimerKey, KeptWaker> {
        std::mem::take(&mut self.list)
    }
}
