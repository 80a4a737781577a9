//! Chapter 1: a cake and the groceries, with one cook.
//!
//! Making the dough and shopping take the cook. The oven does not: it only takes time.

use std::time::Duration;

use super::settings::{BadSettings, check_time};
use crate::{ClockKind, Event, EventLoop, Trace, block_for, compute_for, gather, note, sleep};

/// In which order the cook does things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// While the cake is in the oven, the cook goes shopping.
    #[default]
    Concurrent,
    /// The cook stands before the oven until the cake is done, and then goes shopping.
    Sequential,
}

/// How long things take, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The work on the dough.
    pub dough: Duration,
    /// The time in the oven.
    pub oven: Duration,
    /// The way to the shop and back.
    pub shopping: Duration,
    /// The order of things.
    pub mode: Mode,
    /// The clock. On the real one the cake takes a real hour.
    pub clock: ClockKind,
}

impl Default for Settings {
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Settings {
            dough: minutes(15),
            oven: minutes(45),
            shopping: minutes(20),
            mode: Mode::Concurrent,
            clock: ClockKind::Virtual,
        }
    }
}

impl Settings {
    /// Can the demo run with these?
    ///
    /// # Errors
    ///
    /// When a time is longer than a day.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_time("--dough", self.dough)?;
        check_time("--oven", self.oven)?;
        check_time("--shopping", self.shopping)
    }
}

/// Bakes and shops.
///
/// ```
/// use event_loops::demos::cake;
/// use std::time::Duration;
///
/// let trace = cake::run(&cake::Settings::default());
/// assert_eq!(trace.total(), Duration::from_secs(60 * 60));
/// assert_eq!(trace.idle(), Duration::from_secs(25 * 60));
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
/// use event_loops::demos::cake;
///
/// cake::run_with(&cake::Settings::default(), |event| println!("{:?}", event.kind));
/// ```
pub fn run_with(settings: &Settings, listener: impl FnMut(&Event) + 'static) -> Trace {
    let event_loop = EventLoop::with_clock(settings.clock).on_event(listener);
    let Settings {
        dough,
        oven,
        shopping,
        mode,
        ..
    } = *settings;
    match mode {
        Mode::Concurrent => {
            event_loop.run_until_complete(concurrently(dough, oven, shopping));
        }
        Mode::Sequential => {
            event_loop.run_until_complete(one_after_the_other(dough, oven, shopping));
        }
    }
    event_loop.trace()
}

// ANCHOR: sequential
async fn one_after_the_other(dough: Duration, oven: Duration, shopping: Duration) {
    note("dough");
    compute_for(dough);
    note("watches the oven");
    block_for(oven);
    note("cake done");
    note("shopping");
    compute_for(shopping);
    note("groceries home");
}
// ANCHOR_END: sequential

// ANCHOR: concurrent
async fn concurrently(dough: Duration, oven: Duration, shopping: Duration) {
    let errands: [Errand; 2] = [Box::pin(bake(dough, oven)), Box::pin(shop(shopping))];
    gather(errands)
        .named(|place| ["cake", "groceries"][place].to_string())
        .await;
}

async fn bake(dough: Duration, oven: Duration) {
    note("dough");
    compute_for(dough);
    note("in the oven");
    sleep(oven).await;
    note("cake done");
}

async fn shop(shopping: Duration) {
    note("shopping");
    compute_for(shopping);
    note("groceries home");
}
// ANCHOR_END: concurrent

/// `bake` and `shop` are futures of different types; boxed, they fit in one list.
type Errand = std::pin::Pin<Box<dyn Future<Output = ()>>>;
