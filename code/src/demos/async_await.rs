//! Chapter 7: the program of [`two_steps`](super::two_steps) with `async` and `await`, and what the
//! compiler makes of such functions.
//!
//! `sizes` measures their futures, `layout` looks into one.

mod layout;
mod sizes;

use super::two_steps::{Refused, Request, Settings, Summary};
use crate::{EventLoop, Trace, gather, note, sleep};

pub use layout::{Layout, layout};
pub use sizes::{Size, Sizes, sizes};

/// Runs the program of [`Way::Async`](super::two_steps::Way::Async), whatever way the settings name.
///
/// ```
/// use event_loops::demos::{async_await, two_steps::Settings};
/// use std::time::Duration;
///
/// assert_eq!(async_await::run(&Settings::default()).total(), Duration::from_secs(6));
/// ```
///
/// # Panics
///
/// Inside a running event loop: the demo runs one of its own.
pub fn run(settings: &Settings) -> Trace {
    run_on(
        &EventLoop::with_clock(settings.clock).with_trace(),
        settings,
    )
}

pub(super) fn run_on(event_loop: &EventLoop, settings: &Settings) -> Trace {
    event_loop.run_until_complete(async {
        if settings.sequential {
            one_after_the_other(settings).await;
        } else {
            together(settings).await;
        }
    });
    event_loop.trace()
}

// ANCHOR: together
async fn together(settings: &Settings) {
    let answers = gather(settings.requests().map(call))
        .named(|place| format!("call {}", place + 1))
        .await;
    note(Summary(&answers));
}
// ANCHOR_END: together

// ANCHOR: sequential
/// All calls are made before the first is awaited. That starts none of them.
async fn one_after_the_other(settings: &Settings) {
    let calls: Vec<_> = settings.requests().map(call).collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await);
    }
    note(Summary(&answers));
}
// ANCHOR_END: sequential

// ANCHOR: async
pub(super) async fn call(request: Request) -> Result<u64, Refused> {
    note(format_args!("{request} asks"));
    sleep(request.wait).await;
    let answer = fetch(request).await?;
    note(format_args!("{request} is back"));
    Ok(answer)
}

pub(super) async fn fetch(request: Request) -> Result<u64, Refused> {
    note(format_args!("{request} fetches"));
    sleep(request.wait).await;
    request.answer()
}
// ANCHOR_END: async
