//! What a check has found.

use std::fmt;
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use crate::{EventLoop, Hold, JoinError, Subject, Timeline, Trace, elapsed};

/// Everything that was checked of one solution, with the timeline of its run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The exercise, as `02-waiting`.
    pub exercise: &'static str,
    /// What was checked, in order.
    pub checks: Vec<Check>,
    /// How the solution ran, as far as it got; `None` when there is nothing to be drawn, or when
    /// drawing it would give the answer away.
    pub timeline: Option<Timeline>,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What has to hold.
    pub claim: String,
    /// What is wrong, and what to think about; `None` when it holds.
    pub wrong: Option<String>,
}

impl Report {
    /// Did everything hold?
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.wrong.is_none())
    }

    /// Shows the report in a notebook: the timeline as a picture, the checks as text.
    pub fn evcxr_display(&self) {
        if let Some(timeline) = &self.timeline {
            println!(
                "EVCXR_BEGIN_CONTENT image/svg+xml\n{}\nEVCXR_END_CONTENT",
                timeline.to_svg()
            );
        }
        println!("{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Check { claim, wrong } in &self.checks {
            match wrong {
                None => writeln!(f, "  ok     {claim}")?,
                Some(wrong) => writeln!(f, "  wrong  {claim}\n         {wrong}")?,
            }
        }
        writeln!(f)?;
        if let Some(timeline) = &self.timeline {
            let title = match timeline.subject {
                Subject::Loop => "Your solution, as it ran",
                Subject::System => "As it happens",
            };
            writeln!(f, "{title}:\n{timeline}")?;
        }
        let failed = self
            .checks
            .iter()
            .filter(|check| check.wrong.is_some())
            .count();
        match failed {
            0 => write!(f, "{}: solved.", self.exercise),
            _ => write!(
                f,
                "{}: {failed} of {} not yet.",
                self.exercise,
                self.checks.len()
            ),
        }
    }
}

impl Check {
    pub(super) fn new(claim: &str, holds: bool, wrong: impl FnOnce() -> String) -> Self {
        Check {
            claim: claim.to_string(),
            wrong: (!holds).then(wrong),
        }
    }
}

/// Calls a solution that needs no loop: what it returned, or in what way it failed.
pub(super) fn call<T>(solution: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(solution))
        .map_err(|payload| JoinError::panicked(payload).to_string())
}

/// A number of seconds that was predicted, beside the one that comes out. The hint must not give
/// that away.
pub(super) fn predicted(claim: &str, said: u64, right: u64, hint: &str) -> Check {
    Check::new(claim, said == right, || match said {
        0 => "not predicted yet".to_string(),
        said => format!("not {said} s: {hint}"),
    })
}

/// A solution that was run.
pub(super) struct Ran<T> {
    /// What it returned, or in what way it failed.
    pub(super) output: Result<T, String>,
    /// How it ran.
    pub(super) trace: Trace,
    /// How long that took in real time.
    pub(super) real: Duration,
}

/// Runs a solution on a fresh virtual loop.
pub(super) fn run<F: Future>(solution: impl FnOnce() -> F) -> Ran<F::Output> {
    let start = Instant::now();
    let event_loop = EventLoop::with_virtual_clock().with_trace();
    let ran = panic::catch_unwind(AssertUnwindSafe(|| {
        event_loop.try_run_until_complete(async { solution().await })
    }));
    let output = match ran {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(deadlock)) => Err(deadlock.to_string()),
        Err(payload) => Err(JoinError::panicked(payload).to_string()),
    };
    Ran {
        output,
        trace: event_loop.trace(),
        real: start.elapsed(),
    }
}

/// Nobody kept the thread while only waiting.
pub(super) fn never_blocks(trace: &Trace, real: Duration) -> Check {
    let blocked = trace.held_by(Hold::Blocking);
    let holds = blocked.is_zero() && real < FOREVER;
    Check::new("never blocks the loop", holds, || {
        let blocked = elapsed(blocked.max(real));
        format!(
            "it held the thread for {blocked} while it only waited: is there an async way to wait?"
        )
    })
}

/// The virtual clock skips all waiting, so a run takes some milliseconds. One that takes this long
/// waits behind the loop's back, as `std::thread::sleep` does.
const FOREVER: Duration = Duration::from_secs(2);
