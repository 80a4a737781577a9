//! The jobs of chapter 4 timed: what waits and what computes, in four ways.

use std::fmt;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::super::processes::{Program, Work, child::compute};
use super::{Kind, Way, in_processes, in_sequence, on_one_thread, on_threads};
use crate::sleep;

/// How long some jobs took, in each way and language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The number of jobs.
    pub jobs: usize,
    /// How long one of them takes, about.
    pub work: Duration,
    /// The cores that there were.
    pub cores: usize,
    /// For each kind a row a language.
    pub rows: Vec<Row>,
}

/// One kind of job in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What the jobs do.
    pub kind: Kind,
    /// The language, with its version where that matters: `Rust`, `CPython 3.13.1`.
    pub language: String,
    /// How long all jobs took together, in the order of [`Way::ALL`].
    pub times: [Duration; 4],
}

/// Times Rust's two rows. Each time is the best of `repeat` runs: what a machine does beside this
/// makes a run longer, and never shorter.
///
/// ```
/// use event_loops::demos::{processes::Program, threads::table};
/// use std::time::Duration;
///
/// let work = Duration::from_millis(2);
/// println!("{}", table::measure(4, work, 1, &Program::compile()?)?);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When a process can't be started.
///
/// # Panics
///
/// Inside a running event loop, or when the system has no thread left.
pub fn measure(jobs: usize, work: Duration, repeat: usize, program: &Program) -> io::Result<Table> {
    let rounds = rounds_of(work);
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let mut times = [Duration::MAX; 4];
        for _ in 0..repeat.max(1) {
            for (time, way) in times.iter_mut().zip(Way::ALL) {
                *time = timed(way, kind, jobs, work, rounds, program)?.min(*time);
            }
        }
        rows.push(Row {
            kind,
            language: "Rust".to_string(),
            times,
        });
    }
    Ok(Table {
        jobs,
        work,
        cores: thread::available_parallelism().map_or(1, usize::from),
        rows,
    })
}

/// Does the jobs in one way, and says how long that took. `work` is for those that wait, `rounds`
/// for those that compute.
///
/// # Errors
///
/// When a process can't be started.
///
/// # Panics
///
/// As [`measure`].
///
/// ```
/// use event_loops::demos::processes::Program;
/// use event_loops::demos::threads::{Kind, Way, table::timed};
/// use std::time::Duration;
///
/// let work = Duration::from_millis(5);
/// let took = timed(Way::Sequence, Kind::Waiting, 2, work, 0, &Program::compile()?)?;
/// assert!(took >= 2 * work);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn timed(
    way: Way,
    kind: Kind,
    jobs: usize,
    work: Duration,
    rounds: u64,
    program: &Program,
) -> io::Result<Duration> {
    let job = move |_| match kind {
        Kind::Waiting => thread::sleep(work),
        Kind::Computing => drop(compute(rounds)),
    };
    let start = Instant::now();
    match way {
        Way::Sequence => drop(in_sequence(jobs, job)),
        Way::Threads => drop(on_threads(jobs, job)),
        Way::Processes => {
            let work = match kind {
                Kind::Waiting => Work::Wait(u64::try_from(work.as_millis()).unwrap_or(u64::MAX)),
                Kind::Computing => Work::Compute(rounds),
            };
            in_processes(jobs, work, program)?;
        }
        Way::Async => drop(on_one_thread(jobs, async move |_| match kind {
            Kind::Waiting => sleep(work).await,
            Kind::Computing => drop(compute(rounds)),
        })),
    }
    Ok(start.elapsed())
}

/// How many rounds of [`compute`] take about so long, here and now.
///
/// ```
/// use event_loops::demos::threads::table::rounds_of;
/// assert!(rounds_of(std::time::Duration::from_micros(50)) > 0);
/// ```
pub fn rounds_of(work: Duration) -> u64 {
    let mut rounds = 1_000;
    loop {
        // The best of three: one in which others had the core says too little.
        let took = (0..3).map(|_| {
            let start = Instant::now();
            compute(rounds);
            start.elapsed()
        });
        let took = took.min().unwrap_or_default();
        if took * 4 >= work || took >= Duration::from_millis(250) {
            let share = work.as_secs_f64() / took.as_secs_f64().max(1e-9);
            return ((rounds as f64 * share) as u64).max(1);
        }
        rounds *= 2;
    }
}

impl Table {
    /// Adds rows, such as those of another language, each kind's below those that are there.
    pub fn add(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
        self.rows.sort_by_key(|row| row.kind == Kind::Computing);
    }

    /// Shows the plot in a notebook: evcxr calls this for a cell's last expression.
    pub fn evcxr_display(&self) {
        println!(
            "EVCXR_BEGIN_CONTENT image/svg+xml\n{}\nEVCXR_END_CONTENT",
            self.to_svg()
        );
        println!("EVCXR_BEGIN_CONTENT text/plain\n{self}\nEVCXR_END_CONTENT");
    }
}

/// A line a row: what the jobs do, the language, and a time for each way.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cores = match self.cores {
            1 => "1 core".to_string(),
            several => format!("{several} cores"),
        };
        let work = self.work.as_secs_f64();
        let jobs = self.jobs;
        writeln!(f, "{jobs} jobs of about {work:.3} s each, {cores}\n")?;
        let names = self.rows.iter().map(|row| row.language.chars().count());
        let width = names.max().unwrap_or(0);
        let heads = Way::ALL.map(|way| format!("{:>11}", way.word())).concat();
        writeln!(f, "{:width$}{heads}", "", width = width + 11)?;
        let mut before = None;
        for row in &self.rows {
            let kind = match before.replace(row.kind) == Some(row.kind) {
                true => "",
                false => row.kind.word(),
            };
            let seconds = |time: Duration| format!("{:>9.3} s", time.as_secs_f64());
            let times = row.times.map(seconds).concat();
            writeln!(f, "{kind:<9}  {:<width$}{times}", row.language)?;
        }
        Ok(())
    }
}
