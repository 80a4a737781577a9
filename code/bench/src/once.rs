//! One run of one workload, in this process: what [`measure`](crate::measure) and
//! [`gate`](crate::gate) start again and again.

use std::time::Instant;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::descriptors;
use crate::usage::Usage;
use crate::{Runtime, Sizes, Workload, run};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Who runs the tasks
    #[arg(long)]
    pub runtime: Runtime,
    /// What they do
    #[arg(long)]
    pub workload: Workload,
    /// How much of it
    #[command(flatten)]
    pub sizes: Sizes,
}

/// What a run has used, from making the runtime to dropping it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Of all threads, in the program and in the kernel.
    pub cpu_ns: u64,
    /// On the clock on the wall.
    pub wall_ns: u64,
    /// By how much the most memory that was ever in use has grown.
    pub peak_bytes: u64,
}

/// Runs it once. `None` where the runtime has nothing that could do it.
///
/// # Errors
///
/// When the result is wrong, when the sleeps did not overlap as they should, when there are too
/// few file descriptors, and where the CPU time can't be read: one line for the reader.
pub fn once(options: &Options) -> Result<Option<Run>, String> {
    let Options {
        runtime,
        workload,
        sizes,
    } = options;
    descriptors::make_room(*workload, sizes)?;
    let before = Usage::now()?;
    let begun = Instant::now();
    let Some(outcome) = run(*runtime, *workload, sizes) else {
        return Ok(None);
    };
    let wall = begun.elapsed();
    let after = Usage::now()?;
    let (what, who) = (sizes.describe(*workload), runtime.name());
    let wanted = sizes.result(*workload);
    if outcome.result != wanted {
        let got = outcome.result;
        return Err(format!(
            "{what}, on {who}: came to {got} in place of {wanted}"
        ));
    }
    if !outcome.all_at_once {
        return Err(format!(
            "{what}, on {who}: some woke before the last had fallen asleep: this machine is too \
             busy now, or --sleeps too many for it"
        ));
    }
    let ns = |duration: std::time::Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    Ok(Some(Run {
        cpu_ns: ns(after.cpu - before.cpu),
        wall_ns: ns(wall),
        peak_bytes: after.peak_bytes - before.peak_bytes,
    }))
}
