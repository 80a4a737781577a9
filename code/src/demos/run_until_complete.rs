//! Chapter 8: one call that waits, and three ways for a loop to wait with it.

use std::time::Duration;

use super::settings::{BadSettings, check_time};
use crate::{
    ClockKind, Event, EventLoop, Trace, block_for, compute_for, note, now, sleep, yield_now,
};

/// What is done while the call is not back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// The loop gives the thread away, and whoever knows that the call is back wakes it.
    #[default]
    Parked,
    /// It is polled again and again.
    Busy,
    /// It is polled, the thread sleeps for a while, and it is polled again.
    Napping,
}

/// How long the call waits, how it is waited for, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long the call takes to be back.
    pub wait: Duration,
    /// How long one poll computes before it finds that the call is not back. A real one takes some
    /// nanoseconds; a long one can be seen in a picture.
    pub poll: Duration,
    /// How long a nap is.
    pub nap: Duration,
    /// What is done meanwhile.
    pub mode: Mode,
    /// The clock.
    pub clock: ClockKind,
}

/// More polls than this are slow to list, and show nothing that these do not.
const MOST_POLLS: u32 = 10_000;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            wait: Duration::from_secs(3),
            poll: Duration::from_millis(100),
            nap: Duration::from_millis(700),
            mode: Mode::Parked,
            clock: ClockKind::Virtual,
        }
    }
}

impl Settings {
    /// Can the demo run with these?
    ///
    /// # Errors
    ///
    /// When a time is longer than a day, and when the call would be polled more than 10,000 times.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_time("--wait", self.wait)?;
        check_time("--poll", self.poll)?;
        check_time("--nap", self.nap)?;
        let (round, what) = match self.mode {
            Mode::Parked => return Ok(()),
            Mode::Busy => (self.poll, "--poll"),
            Mode::Napping => (self.poll + self.nap, "--nap"),
        };
        if round * MOST_POLLS < self.wait || round.is_zero() {
            return Err(BadSettings::new(format!(
                "{what} is so short that there would be more than {MOST_POLLS} polls: choose a \
                 longer one, such as 100ms"
            )));
        }
        Ok(())
    }
}

/// Makes the call.
///
/// ```
/// use event_loops::TaskId;
/// use event_loops::demos::run_until_complete::{self, Mode, Settings};
///
/// let polls = |mode| {
///     let trace = run_until_complete::run(&Settings { mode, ..Settings::default() });
///     trace.polls(TaskId::MAIN)
/// };
/// assert_eq!(polls(Mode::Parked), 2); // to start, and when it is back
/// assert_eq!(polls(Mode::Busy), 31); // every 100 ms of 3 s
/// ```
///
/// # Panics
///
/// Inside a running event loop: the demo runs one of its own.
pub fn run(settings: &Settings) -> Trace {
    run_with(settings, |_| {})
}

/// As [`run`], and shows each event to `listener` as it happens.
///
/// # Panics
///
/// As [`run`], and with the panic of `listener`.
///
/// ```
/// use event_loops::demos::run_until_complete;
///
/// let settings = run_until_complete::Settings::default();
/// run_until_complete::run_with(&settings, |event| println!("{:?}", event.kind));
/// ```
pub fn run_with(settings: &Settings, listener: impl FnMut(&Event) + 'static) -> Trace {
    let event_loop = EventLoop::with_clock(settings.clock).on_event(listener);
    event_loop.run_until_complete(call(settings));
    event_loop.trace()
}

// ANCHOR: call
async fn call(settings: &Settings) {
    let Settings {
        wait, poll, nap, ..
    } = *settings;
    note("the call starts");
    match settings.mode {
        Mode::Parked => sleep(wait).await,
        Mode::Busy => ask_again(wait, poll, Duration::ZERO).await,
        Mode::Napping => ask_again(wait, poll, nap).await,
    }
    note("the call is back");
}

/// A task that wakes itself at each of its polls: the loop never parks.
async fn ask_again(wait: Duration, poll: Duration, nap: Duration) {
    let deadline = now() + wait;
    while now() < deadline {
        compute_for(poll);
        if !nap.is_zero() {
            block_for(nap);
        }
        yield_now().await;
    }
}
// ANCHOR_END: call
