//! Again and again: [`interval`].

use std::time::Duration;

use crate::running;
use crate::timers::{Sleep, sleep};

/// Ticks once in every `period`.
///
/// The first tick comes at once, when it is first awaited, as with tokio; the others come whole
/// periods after it. A tick that nobody awaits in time is given when it is next asked for. Those
/// that are over by then as well are skipped, and the next one is again a whole number of periods
/// after the first: the ticks never drift, and never come in a burst to make up for lost time.
/// (tokio calls that `MissedTickBehavior::Skip`; unless told otherwise it makes up for them.)
///
/// # Panics
///
/// When `period` is zero.
///
/// ```
/// use event_loops::{EventLoop, interval, now, sleep};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock();
/// event_loop.run_until_complete(async {
///     let mut every_minute = interval(Duration::from_secs(60));
///     every_minute.tick().await; // at once
///     for work in [5, 10, 20] {
///         sleep(Duration::from_secs(work)).await;
///         every_minute.tick().await; // a minute after the one before, not after the work
///     }
///     assert_eq!(now(), Duration::from_secs(180));
/// });
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    assert!(
        !period.is_zero(),
        "an interval of no time at all would never wait"
    );
    Interval {
        period,
        due: None,
        sleep: sleep(Duration::ZERO),
    }
}

/// A clock that ticks: see [`interval`].
#[derive(Debug)]
#[must_use = "an interval does nothing before its ticks are awaited"]
pub struct Interval {
    period: Duration,
    /// When the next tick comes; unknown before the first is awaited.
    due: Option<Duration>,
    /// Kept from tick to tick, so that a tick that is given up is not lost.
    sleep: Sleep,
}

impl Interval {
    /// Waits for the next tick, and says when it was due on the loop's clock. It may come later
    /// than that, when somebody held the thread, and never earlier.
    ///
    /// Cancel-safe: when it is dropped before its end, the next call waits for the same tick.
    ///
    /// # Panics
    ///
    /// When it is awaited outside a running event loop, or by a second loop after a first.
    ///
    /// ```
    /// use event_loops::{EventLoop, block_for, interval};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock();
    /// event_loop.run_until_complete(async {
    ///     let mut every_second = interval(Duration::from_secs(1));
    ///     assert_eq!(every_second.tick().await, Duration::ZERO);
    ///     block_for(Duration::from_millis(3500));
    ///     assert_eq!(every_second.tick().await, Duration::from_secs(1)); // at 3.5 s
    ///     assert_eq!(every_second.tick().await, Duration::from_secs(4)); // 2 and 3 are skipped
    /// });
    /// ```
    pub async fn tick(&mut self) -> Duration {
        let event_loop = running::event_loop("an interval");
        let due = *self.due.get_or_insert_with(|| event_loop.clock.now());
        (&mut self.sleep).await;
        let next = self.after(due, event_loop.clock.now());
        self.due = Some(next);
        self.sleep.reset(next);
        due
    }

    /// The first tick after `now`, counted from the one at `due`.
    fn after(&self, due: Duration, now: Duration) -> Duration {
        const NANOS: u128 = 1_000_000_000;
        let late = now.saturating_sub(due).as_nanos() % self.period.as_nanos();
        // Less than a period, so that neither number is cut off.
        let late = Duration::new((late / NANOS) as u64, (late % NANOS) as u32);
        now.saturating_add(self.period - late)
    }
}
