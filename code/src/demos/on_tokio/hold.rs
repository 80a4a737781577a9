//! Code that keeps the thread, on either of tokio's clocks.

use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use super::record;
use crate::ClockKind;

/// Holds the thread for `duration` without using it.
pub(super) fn block_for(duration: Duration) {
    match record::recorder().clock() {
        ClockKind::Virtual => move_clock(duration),
        ClockKind::Real => thread::sleep(duration),
    }
}

/// Holds the thread for `duration` and uses it.
pub(super) fn compute_for(duration: Duration) {
    match record::recorder().clock() {
        ClockKind::Virtual => move_clock(duration),
        ClockKind::Real => {
            let start = Instant::now();
            while start.elapsed() < duration {
                std::hint::spin_loop();
            }
        }
    }
}

/// Moves the paused clock and keeps the thread.
///
/// tokio's `advance` is meant to be awaited, and then other tasks get a turn: it moves the clock
/// when it is polled for the first time, and then yields (`advance` in tokio's `time/clock.rs`).
/// One who blocks does not yield, so it is polled once, by hand, and dropped.
fn move_clock(duration: Duration) {
    let mut cx = Context::from_waker(Waker::noop());
    let advance = pin!(tokio::time::advance(duration));
    // It is pending in any case: what is left of it is the yield.
    let _ = advance.poll(&mut cx);
}
