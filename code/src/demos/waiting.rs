//! Chapter 2: five calls that each wait three seconds.

use std::time::Duration;

use super::settings::{BadSettings, check_count, check_time};
use crate::{ClockKind, Event, EventLoop, Trace, block_for, gather, note, sleep};

/// How the calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// Async calls, all of them under way at once.
    #[default]
    Together,
    /// Async calls, each awaited before the next one is made.
    Sequential,
    /// Calls that keep the thread while they wait.
    Blocking,
}

/// How many calls, how long each waits, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number of calls.
    pub tasks: usize,
    /// How long each of them waits.
    pub wait: Duration,
    /// How they are made.
    pub mode: Mode,
    /// The clock.
    pub clock: ClockKind,
}

/// More calls than this are slow to list, and show nothing that these do not.
const MOST_TASKS: usize = 10_000;

impl Default for Settings {
    fn default() -> Self {
        let wait = Duration::from_secs(3);
        Settings {
            tasks: 5,
            wait,
            mode: Mode::Together,
            clock: ClockKind::Virtual,
        }
    }
}

impl Settings {
    /// Can the demo run with these?
    ///
    /// # Errors
    ///
    /// When there is no call, when there are more than 10,000, or when a wait is longer than a day.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_count("--tasks", self.tasks, MOST_TASKS)?;
        check_time("--wait", self.wait)
    }
}

/// Makes the calls.
///
/// ```
/// use event_loops::demos::waiting::{self, Mode, Settings};
/// use std::time::Duration;
///
/// let together = waiting::run(&Settings::default());
/// let blocking = waiting::run(&Settings { mode: Mode::Blocking, ..Settings::default() });
/// assert_eq!(together.total(), Duration::from_secs(3));
/// assert_eq!(blocking.total(), Duration::from_secs(15));
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
/// use event_loops::demos::waiting;
///
/// waiting::run_with(&waiting::Settings::default(), |event| println!("{:?}", event.kind));
/// ```
pub fn run_with(settings: &Settings, listener: impl FnMut(&Event) + 'static) -> Trace {
    let event_loop = EventLoop::with_clock(settings.clock).on_event(listener);
    let Settings {
        tasks, wait, mode, ..
    } = *settings;
    match mode {
        Mode::Together => event_loop.run_until_complete(together(tasks, wait)),
        Mode::Sequential => event_loop.run_until_complete(sequential(tasks, wait)),
        Mode::Blocking => event_loop.run_until_complete(blocking(tasks, wait)),
    }
    event_loop.trace()
}

// ANCHOR: blocking
async fn blocking(tasks: usize, wait: Duration) {
    for number in 1..=tasks {
        note(format_args!("call {number} starts"));
        block_for(wait);
        note(format_args!("call {number} is back"));
    }
}
// ANCHOR_END: blocking

// ANCHOR: together
async fn together(tasks: usize, wait: Duration) {
    let calls = (1..=tasks).map(|number| call(number, wait));
    gather(calls)
        .named(|place| format!("call {}", place + 1))
        .await;
}

// ANCHOR: sequential
async fn call(number: usize, wait: Duration) {
    note(format_args!("call {number} starts"));
    sleep(wait).await;
    note(format_args!("call {number} is back"));
}
// ANCHOR_END: together

async fn sequential(tasks: usize, wait: Duration) {
    for number in 1..=tasks {
        call(number, wait).await;
    }
}
// ANCHOR_END: sequential
