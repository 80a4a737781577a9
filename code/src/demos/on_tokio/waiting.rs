//! Chapter 2 on tokio: five calls that each wait three seconds.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Entry, Record, block_for, note, run_to_end, watched};
use crate::demos::waiting::{Mode, Settings};

/// Makes the calls: [`waiting`](crate::demos::waiting) on tokio.
///
/// ```
/// use event_loops::demos::{on_tokio, waiting::Settings};
/// use std::time::Duration;
///
/// let record = on_tokio::waiting::run(&Settings::default());
/// assert_eq!(record.total(), Duration::from_secs(3));
/// ```
pub fn run(settings: &Settings) -> Record {
    run_with(settings, |_| {})
}

/// As [`run`], and shows each entry to `listener` as it is made.
pub fn run_with(settings: &Settings, listener: impl FnMut(&Entry) + 'static) -> Record {
    let Settings {
        tasks,
        wait,
        mode,
        clock,
    } = *settings;
    match mode {
        Mode::Together => run_to_end(clock, listener, together(tasks, wait)),
        Mode::Sequential => run_to_end(clock, listener, sequential(tasks, wait)),
        Mode::Blocking => run_to_end(clock, listener, blocking(tasks, wait)),
    }
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

// ANCHOR: sequential
async fn sequential(tasks: usize, wait: Duration) {
    for number in 1..=tasks {
        call(number, wait).await;
    }
}
// ANCHOR_END: sequential

// ANCHOR: together
async fn together(tasks: usize, wait: Duration) {
    let mut calls = JoinSet::new();
    for number in 1..=tasks {
        calls.spawn_local(watched(format!("call {number}"), call(number, wait)));
    }
    calls.join_all().await;
}

async fn call(number: usize, wait: Duration) {
    note(format_args!("call {number} starts"));
    sleep(wait).await;
    note(format_args!("call {number} is back"));
}
// ANCHOR_END: together
