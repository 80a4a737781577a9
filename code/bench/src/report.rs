//! What was measured, as tables and as JSON.

use std::fmt;

use serde::Serialize;

use crate::once::Run;
use crate::{Runtime, Sizes, Workload};

/// What was measured, where and when.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The processor, its cores, the system.
    pub machine: String,
    /// The day, in UTC.
    pub date: String,
    /// The compiler's version.
    pub rust: String,
    /// How much of everything.
    pub sizes: Sizes,
    /// How often each runtime did each workload.
    pub runs: u32,
    /// Workload by workload, runtime by runtime.
    pub cells: Vec<Cell>,
}

/// One runtime with one workload.
#[derive(Debug, Serialize)]
pub struct Cell {
    /// What was done.
    pub workload: Workload,
    /// By whom.
    pub runtime: Runtime,
    /// Each time that it was; none where the runtime can't.
    pub runs: Vec<Run>,
}

/// A column of [`Run`], for each operation.
struct Table {
    title: &'static str,
    of: fn(&Run) -> u64,
    /// Does it mean something for this workload?
    has: fn(Workload) -> bool,
}

const TABLES: [Table; 3] = [
    Table {
        title: "CPU time per operation, in ns",
        of: |run| run.cpu_ns,
        has: |_| true,
    },
    // Most of the time of W3 and W5 is spent asleep.
    Table {
        title: "Time per operation, in ns",
        of: |run| run.wall_ns,
        has: |workload| workload != Workload::Sleeps,
    },
    Table {
        title: "Memory per task at the peak, in bytes",
        of: |run| run.peak_bytes,
        has: Workload::fills_memory,
    },
];

impl Report {
    pub(crate) fn new(sizes: Sizes, runs: u32, cells: Vec<Cell>) -> Result<Self, String> {
        let machine::Facts {
            machine,
            date,
            rust,
        } = machine::facts()?;
        Ok(Report {
            machine,
            date,
            rust,
            sizes,
            runs,
            cells,
        })
    }

    fn cell(&self, workload: Workload, runtime: Runtime) -> Option<&Cell> {
        self.cells
            .iter()
            .find(|cell| cell.workload == workload && cell.runtime == runtime)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, table: &Table) -> fmt::Result {
        let is_there = |runtime: &Runtime| self.cells.iter().any(|cell| cell.runtime == *runtime);
        let runtimes: Vec<_> = Runtime::ALL.into_iter().filter(is_there).collect();
        write!(f, "| {} |", table.title)?;
        for runtime in &runtimes {
            write!(f, " {} |", runtime.name())?;
        }
        write!(f, "\n| --- |{}", " --: |".repeat(runtimes.len()))?;
        let mut workloads = Workload::ALL.into_iter();
        while let Some(workload) = workloads.find(|workload| (table.has)(*workload)) {
            let operations = self.sizes.operations(workload);
            let median = |runtime| self.cell(workload, runtime)?.median(table.of);
            let Some(tokio) = median(Runtime::Tokio) else {
                continue;
            };
            write!(f, "\n| {} |", self.sizes.describe(workload))?;
            for &runtime in &runtimes {
                match median(runtime) {
                    Some(sum) => {
                        let each = sum as f64 / operations as f64;
                        write!(f, " {each:.0} ({:.2}) |", sum as f64 / tokio as f64)?;
                    }
                    None => write!(f, " – |")?,
                }
            }
        }
        writeln!(f)
    }
}

impl Cell {
    pub(crate) fn new(workload: Workload, runtime: Runtime) -> Self {
        Cell {
            workload,
            runtime,
            runs: Vec::new(),
        }
    }

    fn median(&self, of: fn(&Run) -> u64) -> Option<u64> {
        let mut values: Vec<_> = self.runs.iter().map(of).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied()
    }
}

/// Tables in Markdown, with the ratio to tokio's current-thread runtime.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &TABLES {
            self.write(f, table)?;
            writeln!(f)?;
        }
        writeln!(
            f,
            "In brackets the ratio to tokio current_thread. The median of {} runs, each in a \
             process of its own, not pinned to a core.",
            self.runs
        )?;
        if cfg!(debug_assertions) {
            writeln!(
                f,
                "NOT OPTIMISED: these figures mean nothing. Run it with --release."
            )?;
        }
        writeln!(f, "{}, Rust {}, {}", self.machine, self.rust, self.date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(cpu_ns: u64) -> Run {
        Run {
            cpu_ns,
            wall_ns: 2 * cpu_ns,
            peak_bytes: 3 * cpu_ns,
        }
    }

    fn report() -> Report {
        let mut ours = Cell::new(Workload::SpawnThenJoin, Runtime::EventLoops);
        ours.runs = [7_000, 500, 1_000].map(run).into();
        let mut tokio = Cell::new(Workload::SpawnThenJoin, Runtime::Tokio);
        tokio.runs = [2_000, 2_000, 9_000].map(run).into();
        let mut sizes = Sizes::quick();
        sizes.tasks = 10;
        Report {
            machine: "a machine".into(),
            date: "2026-11-25".into(),
            rust: "1.95.0".into(),
            sizes,
            runs: 3,
            cells: vec![ours, tokio],
        }
    }

    #[test]
    fn a_table_shows_medians_per_operation_and_the_ratio_to_tokio() {
        let text = report().to_string();
        let cpu = "| W1a spawn 10, then join | 100 (0.50) | 200 (1.00) |";
        let wall = "| W1a spawn 10, then join | 200 (0.50) | 400 (1.00) |";
        let memory = "| W1a spawn 10, then join | 300 (0.50) | 600 (1.00) |";
        let rows: Vec<_> = text.lines().filter(|line| line.contains("W1a")).collect();
        assert_eq!(rows, [cpu, wall, memory]);
        assert!(
            text.contains("a machine, Rust 1.95.0, 2026-11-25"),
            "{text}"
        );
    }

    #[test]
    fn what_was_not_measured_has_no_row_and_no_column() {
        let text = report().to_string();
        assert!(!text.contains("W2"), "{text}");
        assert!(!text.contains("LocalPool"), "{text}");
    }
}
