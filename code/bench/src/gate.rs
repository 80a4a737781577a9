//! Counts instructions, ours beside tokio's, and says whether ours are more.
//!
//! What valgrind's callgrind counts is the same today and tomorrow, whatever else the machine
//! does. So a loop that has become slower than it may be is noticed, and a busy machine is not
//! taken for a slow loop. What it can't see is what an instruction costs, and what the kernel
//! does: that is what [`measure`](crate::measure) is for.

use std::fmt;
use std::process::{Command, Stdio};

use crate::measure::arguments;
use crate::once::Options as Once;
use crate::{Runtime, Sizes, Workload};

/// What is counted. W3 and W5 wait for real time and for the kernel.
pub const WORKLOADS: [Workload; 5] = [
    Workload::SpawnThenJoin,
    Workload::SpawnAndAwait,
    Workload::Yields,
    Workload::Messages,
    Workload::OwnMessages,
];

/// The most instructions that we may need for each that tokio needs.
pub const LIMIT: f64 = 1.0;

/// How many instructions an operation takes.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// Of what.
    pub workload: Workload,
    /// On our own loop.
    pub ours: f64,
    /// On tokio's current-thread runtime.
    pub tokio: f64,
}

/// Counts the instructions of all [`WORKLOADS`].
///
/// # Errors
///
/// When there is no valgrind, and when a run fails: one line for the reader.
pub fn count() -> Result<Vec<Count>, String> {
    let count = |workload| {
        Ok(Count {
            workload,
            ours: per_operation(Runtime::EventLoops, workload)?,
            tokio: per_operation(Runtime::Tokio, workload)?,
        })
    };
    WORKLOADS.into_iter().map(count).collect()
}

/// What twice as much work takes more, so that starting and ending the program counts for nothing.
fn per_operation(runtime: Runtime, workload: Workload) -> Result<f64, String> {
    let sizes = |factor: u64| Sizes {
        tasks: factor * 10_000,
        yielding_tasks: 100,
        yields: factor * 100,
        messages: factor * 10_000,
        ..Sizes::quick()
    };
    let instructions = |factor: u64| {
        let once = Once {
            runtime,
            workload,
            sizes: sizes(factor),
        };
        instructions(&arguments(&once))
    };
    let more = instructions(2)?.saturating_sub(instructions(1)?);
    let operations = sizes(2).operations(workload) - sizes(1).operations(workload);
    Ok(more as f64 / operations as f64)
}

/// All instructions of this very program, run once more under callgrind.
fn instructions(arguments: &[String]) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            format!("valgrind, which counts the instructions, does not start: {error}. On Debian: apt-get install valgrind")
        })?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("a run under valgrind failed: {}", said.trim_end()));
    }
    collected(&said).ok_or_else(|| format!("valgrind has counted nothing: {}", said.trim_end()))
}

/// `123` of `==7== Collected : 123`.
fn collected(said: &str) -> Option<u64> {
    let line = said.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(' ').next()?.parse().ok()
}

impl Count {
    /// Our instructions for each of tokio's.
    pub fn ratio(&self) -> f64 {
        self.ours / self.tokio
    }

    /// Do we need no more than we may?
    pub fn is_within_limit(&self) -> bool {
        self.ratio() <= LIMIT
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count {
            workload,
            ours,
            tokio,
        } = self;
        let verdict = if self.is_within_limit() {
            ""
        } else {
            "   TOO MANY"
        };
        let (name, ratio) = (workload.name(), self.ratio());
        write!(f, "{name:8} {ours:6.0} {tokio:6.0}   {ratio:.2}{verdict}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found_in_what_valgrind_says() {
        let said = "==7== Events    : Ir\n==7== Collected : 218041\n==7== \n";
        assert_eq!(collected(said), Some(218_041));
        assert_eq!(collected("==7== Events    : Ir\n"), None);
    }

    #[test]
    fn as_many_instructions_as_tokio_are_allowed_and_no_more() {
        let count = |ours| Count {
            workload: Workload::Yields,
            ours,
            tokio: 100.0,
        };
        assert!(count(100.0).is_within_limit());
        assert!(!count(100.1).is_within_limit());
        assert!(count(100.1).to_string().contains("TOO MANY"));
    }
}
