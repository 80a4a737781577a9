//! Chapter 1 on tokio: a cake and the groceries.

use std::time::Duration;

use tokio::task::spawn_local;
use tokio::time::sleep;

use super::{Entry, Record, block_for, compute_for, note, run_to_end, watched};
use crate::demos::cake::{Mode, Settings};

/// Bakes and shops: [`cake`](crate::demos::cake) on tokio.
///
/// ```
/// use event_loops::demos::{cake::Settings, on_tokio};
/// use std::time::Duration;
///
/// let record = on_tokio::cake::run(&Settings::default());
/// assert_eq!(record.total(), Duration::from_secs(60 * 60));
/// ```
pub fn run(settings: &Settings) -> Record {
    run_with(settings, |_| {})
}

/// As [`run`], and shows each entry to `listener` as it is made.
pub fn run_with(settings: &Settings, listener: impl FnMut(&Entry) + 'static) -> Record {
    let Settings {
        dough,
        oven,
        shopping,
        mode,
        clock,
    } = *settings;
    match mode {
        Mode::Concurrent => run_to_end(clock, listener, concurrently(dough, oven, shopping)),
        Mode::Sequential => run_to_end(clock, listener, one_after_the_other(dough, oven, shopping)),
    }
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
/// One handle after the other: by the time that the cake is done, the groceries are long home,
/// and their handle is ready at once. A `JoinSet` would have main resume for the groceries too.
async fn concurrently(dough: Duration, oven: Duration, shopping: Duration) {
    let cake = spawn_local(watched("cake", bake(dough, oven)));
    let groceries = spawn_local(watched("groceries", shop(shopping)));
    cake.await.expect("baking does not fail");
    groceries.await.expect("shopping does not fail");
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
