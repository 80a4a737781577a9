//! What chapters 3 and 4 compare, measured on the reader's machine.

mod python;

use crate::{Problem, stdout};
use clap::{Subcommand, ValueEnum};
use event_loops::demos::processes::Program;
use event_loops::demos::processes::cost::{self, Cost, Costs, Counts};
use event_loops::demos::threads::table::{self, Table};
use event_loops::elapsed;
use std::process::ExitCode;
use std::time::Duration;

/// What there is to be measured.
#[derive(Subcommand)]
pub(crate) enum Measure {
    /// What a process costs, beside a thread and a task: time to start and end it, and memory
    Processes {
        /// Few of each: done at once, and less exact
        #[arg(long)]
        quick: bool,
    },
    /// The same jobs in four ways, in Rust and in Python: waiting and computing
    Threads {
        /// Short jobs, once each: done at once, and less exact
        #[arg(long)]
        quick: bool,
        /// A table, the plot of it, or its numbers for a program to read
        #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
}

/// In which form a table is printed.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Svg,
    Json,
}

pub(crate) fn measure(what: &Measure) -> Result<ExitCode, Problem> {
    let program = Program::compile().map_err(failed)?;
    match *what {
        Measure::Processes { quick } => {
            let counts = if quick { FEW } else { MANY };
            let costs = cost::measure(counts, &program).map_err(failed)?;
            stdout::print(told(&costs))
        }
        Measure::Threads { quick, format } => {
            let (work, repeat) = if quick { QUICK } else { LONG };
            let mut table = table::measure(JOBS, work, repeat, &program).map_err(failed)?;
            match python::rows(JOBS, work, repeat) {
                Ok(rows) => table.add(rows),
                Err(problem) => eprintln!("without Python: {problem}"),
            }
            stdout::print(match format {
                Format::Text => as_text(&table),
                Format::Svg => format!("{}\n", table.to_svg()),
                Format::Json => format!("{:#}\n", mdbook_course::table::to_json(&table)),
            })
        }
    }
}

/// The table as it is printed.
pub(crate) fn as_text(table: &Table) -> String {
    format!("{table}\n{}\n", build())
}

const MANY: Counts = Counts {
    processes: 200,
    threads: 1_000,
    tasks: 100_000,
};
const FEW: Counts = Counts {
    processes: 3,
    threads: 10,
    tasks: 100,
};

const JOBS: usize = 4;
const LONG: (Duration, usize) = (Duration::from_millis(500), 5);
const QUICK: (Duration, usize) = (Duration::from_millis(5), 1);

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn failed(error: std::io::Error) -> Problem {
    Problem::failure(error.to_string())
}

fn told(costs: &Costs) -> String {
    let row = |name: &str, Cost { time, memory }: Cost| {
        let memory = memory.map_or("not said here".to_string(), size);
        format!("{name:<11}{:>16}{memory:>17}\n", rounded(time))
    };
    let head = format!("{:<11}{:>16}{:>17}\n", "", "start and end", "memory");
    let rows = [
        row("a process", costs.process),
        row("a thread", costs.thread),
        row("a task", costs.task),
    ];
    format!("{head}{}\n{}\n", rows.concat(), build())
}

/// Two digits are as many as can be believed.
fn rounded(time: Duration) -> String {
    let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let magnitude = 10_u64.pow(nanos.max(1).ilog10().saturating_sub(1));
    elapsed(Duration::from_nanos(nanos / magnitude * magnitude))
}

fn size(bytes: u64) -> String {
    if bytes < 10 * 1024 {
        return format!("{bytes} bytes");
    }
    format!("{} KiB", bytes / 1024)
}

/// What was measured is this very program.
fn build() -> &'static str {
    if cfg!(debug_assertions) {
        "built without optimisation, as `cargo run` does"
    } else {
        "built with optimisation"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_no_more_exact_than_they_were_measured() {
        assert_eq!(rounded(Duration::from_nanos(1_234_567)), "1.2 ms");
        assert_eq!(rounded(Duration::from_nanos(45_678)), "45 µs");
        assert_eq!(rounded(Duration::from_nanos(789)), "780 ns");
        assert_eq!(rounded(Duration::from_nanos(7)), "7 ns");
        assert_eq!(
            (size(345), size(170_000)),
            ("345 bytes".into(), "166 KiB".into())
        );
    }
}
