//! The workloads, once for each runtime.
//!
//! Each runtime gets what the workload needs and no more: timers only where something sleeps, and
//! a reactor only where there are sockets.

mod asleep;
mod async_executor;
mod event_loops;
mod local_pool;
mod local_set;
mod tokio_current_thread;

use clap::ValueEnum;
use serde::Serialize;

use crate::workload::{Sizes, Workload};

/// Who runs the tasks, on one thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// Our own loop. The futures that it spawns need not be `Send`.
    EventLoops,
    /// tokio's current-thread runtime. What it spawns must be `Send`.
    Tokio,
    /// `LocalSet` on it, whose futures need not be `Send`: our loop's nearest relative.
    LocalSet,
    /// `async_executor::LocalExecutor`, with async-io where there is something to wait for.
    AsyncExecutor,
    /// `futures::executor::LocalPool`, with async-io's timers, which run in a thread of their own.
    LocalPool,
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// See [`Sizes::result`].
    pub result: u64,
    /// In [`Workload::Sleeps`]: had all fallen asleep before the first woke? Else `true`.
    pub all_at_once: bool,
}

impl Runtime {
    /// All of them.
    pub const ALL: [Runtime; 5] = [
        Runtime::EventLoops,
        Runtime::Tokio,
        Runtime::LocalSet,
        Runtime::AsyncExecutor,
        Runtime::LocalPool,
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Runtime::EventLoops => "event_loops",
            Runtime::Tokio => "tokio current_thread",
            Runtime::LocalSet => "tokio LocalSet",
            Runtime::AsyncExecutor => "async-executor",
            Runtime::LocalPool => "LocalPool",
        }
    }
}

/// Runs a workload to its end, from making the runtime to dropping it. `None` where the runtime
/// has nothing that could do it.
pub fn run(runtime: Runtime, workload: Workload, sizes: &Sizes) -> Option<Outcome> {
    match runtime {
        Runtime::EventLoops => event_loops::run(workload, sizes),
        Runtime::Tokio => tokio_current_thread::run(workload, sizes),
        Runtime::LocalSet => local_set::run(workload, sizes),
        Runtime::AsyncExecutor => async_executor::run(workload, sizes),
        Runtime::LocalPool => local_pool::run(workload, sizes),
    }
}

impl From<u64> for Outcome {
    fn from(result: u64) -> Self {
        Outcome {
            result,
            all_at_once: true,
        }
    }
}
