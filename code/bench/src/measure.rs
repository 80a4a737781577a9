//! Measures all runtimes beside each other.
//!
//! Each runtime does each workload several times, each time in a process of its own, so that no
//! run finds memory or caches that another has warmed. The runs of the runtimes take turns, so
//! that whatever else the machine does meets them all alike. What counts is the median, and CPU
//! time more than time: a thread that others push aside needs longer, but hardly more CPU time.

use std::io::{self, IsTerminal};
use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};

use crate::once::{Options as Once, Run};
use crate::report::{Cell, Report};
use crate::{Runtime, Sizes, Workload};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Small sizes and three runs: a first look, in some seconds
    #[arg(long, conflicts_with_all = [
        "runs", "tasks", "yielding_tasks", "yields", "sleeps", "messages", "connections", "echoes",
    ])]
    pub quick: bool,
    /// How often each runtime does each workload; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// Only these workloads, as in --workload w1a,w2
    #[arg(long, value_delimiter = ',')]
    pub workload: Vec<Workload>,
    /// Only these runtimes; tokio is always one of them, since the others are compared to it
    #[arg(long, value_delimiter = ',')]
    pub runtime: Vec<Runtime>,
    /// As JSON, with every single run, in place of tables
    #[arg(long)]
    pub json: bool,
    /// How much of everything
    #[command(flatten)]
    pub sizes: Sizes,
}

/// Measures, and says on standard error how far it has come.
///
/// # Errors
///
/// When a run fails: one line for the reader.
pub fn measure(options: &Options) -> Result<Report, String> {
    let (sizes, runs) = if options.quick {
        (Sizes::quick(), 3)
    } else {
        (options.sizes.clone(), options.runs)
    };
    let workloads = Workload::ALL
        .into_iter()
        .filter(|workload| options.workload.is_empty() || options.workload.contains(workload));
    let workloads: Vec<_> = workloads.collect();
    let is_wanted = |runtime: &Runtime| {
        *runtime == Runtime::Tokio
            || options.runtime.is_empty()
            || options.runtime.contains(runtime)
    };
    let runtimes: Vec<_> = Runtime::ALL.into_iter().filter(is_wanted).collect();

    let progress = Progress::new();
    let mut cells: Vec<Cell> = Vec::new();
    for workload in workloads {
        let place = cells.len();
        cells.extend(runtimes.iter().map(|&runtime| Cell::new(workload, runtime)));
        for round in 1..=runs {
            for cell in &mut cells[place..] {
                progress.says(&format!(
                    "run {round} of {runs}: {}, on {}",
                    sizes.describe(workload),
                    cell.runtime.name()
                ));
                cell.runs.extend(in_a_fresh_process(&Once {
                    runtime: cell.runtime,
                    workload,
                    sizes: sizes.clone(),
                })?);
            }
        }
    }
    progress.ends();
    Report::new(sizes, runs, cells)
}

/// Runs this very program again.
fn in_a_fresh_process(once: &Once) -> Result<Option<Run>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args(arguments(once))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("this program does not start again: {error}"))?;
    if !output.status.success() {
        return Err("a run failed: the reason is above".to_string());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("a run said nonsense: {error}"))
}

/// How the run is typed, without the program's name.
pub(crate) fn arguments(once: &Once) -> Vec<String> {
    let mut arguments = vec![
        "once".to_string(),
        format!("--runtime={}", typed(&once.runtime)),
        format!("--workload={}", typed(&once.workload)),
    ];
    arguments.extend(once.sizes.arguments());
    arguments
}

fn typed(value: &impl ValueEnum) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_string())
}

/// How far the measurement has come, in one line that the next one overwrites. Nothing where
/// standard error is no terminal: there it would only be noise.
struct Progress {
    is_seen: bool,
}

impl Progress {
    fn new() -> Self {
        let is_seen = io::stderr().is_terminal();
        Progress { is_seen }
    }

    fn says(&self, line: &str) {
        if self.is_seen {
            eprint!("\r\x1b[K{line}");
        }
    }

    fn ends(&self) {
        self.says("");
    }
}
