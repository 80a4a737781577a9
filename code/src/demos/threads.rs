//! Chapter 4: the same jobs in four ways: one after the other, on threads, in processes, and as
//! tasks on one thread.
//!
//! The four ways are four functions, which take any job. [`measure`](table::measure) times them
//! with two: one that waits, and one that computes.

pub mod table;

mod plot;

use std::io::{self, BufRead, BufReader, Write};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::processes::{Program, Work};
use super::schedule::{self, Act, Machine, schedule};
use super::settings::{BadSettings, check_count, check_time};
use crate::{EventLoop, Timeline, gather};

/// How some jobs are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Way {
    /// One after the other.
    Sequence,
    /// On a thread each.
    #[default]
    Threads,
    /// In a process each.
    Processes,
    /// As a task each, on an event loop, which has one thread.
    Async,
}

/// What a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    /// It waits for somebody far away.
    #[default]
    Waiting,
    /// It needs a core.
    Computing,
}

/// Whose threads they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// Each thread goes on as soon as it has a core.
    #[default]
    Rust,
    /// Of the threads of a process one at a time: the one that has the lock.
    Python,
}

/// How many jobs of which kind, how they are done, and on what machine they are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number of jobs.
    pub jobs: usize,
    /// How long each of them waits or computes.
    pub work: Duration,
    /// What they do.
    pub kind: Kind,
    /// How they are done.
    pub way: Way,
    /// In which language.
    pub language: Language,
    /// The machine.
    pub machine: Machine,
}

const MOST_JOBS: usize = 64;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            jobs: 4,
            work: Duration::from_secs(3),
            kind: Kind::Waiting,
            way: Way::Threads,
            language: Language::Rust,
            machine: Machine {
                cores: 4,
                slice: Some(Duration::from_millis(500)),
            },
        }
    }
}

impl Settings {
    /// Can the demo run with these?
    ///
    /// # Errors
    ///
    /// When there is no job, when there are more than 64, when one takes longer than a day, or when
    /// the machine is none.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_count("--jobs", self.jobs, MOST_JOBS)?;
        check_time("--work", self.work)?;
        self.machine.check()
    }
}

/// Draws how the jobs are done.
///
/// ```
/// use event_loops::demos::threads::{Kind, Language, Settings, model};
/// use std::time::Duration;
///
/// let computing = Settings { kind: Kind::Computing, ..Settings::default() };
/// let python = Settings { language: Language::Python, ..computing.clone() };
/// assert_eq!(model(&computing).total, Duration::from_secs(3)); // on four cores
/// assert_eq!(model(&python).total, Duration::from_secs(12));
/// ```
///
/// # Panics
///
/// With a machine that [`Settings::check`] refuses.
pub fn model(settings: &Settings) -> Timeline {
    let Settings {
        jobs,
        work,
        kind,
        way,
        language,
        machine,
    } = *settings;
    let act = match kind {
        Kind::Waiting => Act::Wait(work),
        Kind::Computing => Act::Compute(work),
    };
    let job = |place: usize| schedule::Program {
        name: format!("job {}", place + 1),
        acts: vec![act],
        after: (way == Way::Sequence && place > 0).then(|| place - 1),
    };
    let one = Machine {
        cores: 1,
        ..machine
    };
    let machine = match (way, language) {
        (Way::Processes, _) | (Way::Threads, Language::Rust) => machine,
        // Who has the lock is the only one of the process that gets a core.
        (Way::Threads, Language::Python) | (Way::Sequence, _) => one,
        (Way::Async, _) => Machine { slice: None, ..one },
    };
    schedule(&(0..jobs).map(job).collect::<Vec<_>>(), machine)
}

// ANCHOR: ways
/// Does the jobs one after the other.
///
/// ```
/// use event_loops::demos::threads::in_sequence;
/// assert_eq!(in_sequence(3, |number| number * number), [1, 4, 9]);
/// ```
pub fn in_sequence<T>(jobs: usize, job: impl Fn(usize) -> T) -> Vec<T> {
    (1..=jobs).map(job).collect()
}

/// Does each job on a thread of its own, and gives the results in the order of the jobs.
///
/// ```
/// use event_loops::demos::threads::on_threads;
/// assert_eq!(on_threads(3, |number| number * number), [1, 4, 9]);
/// ```
///
/// # Panics
///
/// When a job does, or when the system has no thread left.
pub fn on_threads<T: Send>(jobs: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let job = &job;
    thread::scope(|scope| {
        let threads: Vec<_> = (1..=jobs)
            .map(|number| scope.spawn(move || job(number)))
            .collect();
        let results = threads.into_iter().map(|thread| thread.join());
        results
            .map(|result| result.expect("the job panicked"))
            .collect()
    })
}

/// Does each job as a task, on a loop with the real clock and one thread.
///
/// ```
/// use event_loops::demos::threads::on_one_thread;
/// assert_eq!(on_one_thread(3, async |number| number * number), [1, 4, 9]);
/// ```
///
/// # Panics
///
/// When a job does, and inside a running event loop.
pub fn on_one_thread<T: 'static>(jobs: usize, job: impl AsyncFn(usize) -> T + 'static) -> Vec<T> {
    let job = std::rc::Rc::new(job);
    EventLoop::new().run_until_complete(gather((1..=jobs).map(|number| {
        let job = job.clone();
        async move { job(number).await }
    })))
}
// ANCHOR_END: ways

/// Does each job in a process of its own, and gives what it has computed; 0 when it has waited.
///
/// ```
/// use event_loops::demos::processes::{Program, Work, child::compute};
/// use event_loops::demos::threads::in_processes;
///
/// let results = in_processes(2, Work::Compute(10), &Program::compile()?)?;
/// assert_eq!(results, [compute(10), compute(10)]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When a process can't be started, or fails.
pub fn in_processes(jobs: usize, work: Work, program: &Program) -> io::Result<Vec<u64>> {
    let start = |number| {
        let mut command = program.command(number, work);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(b"go on\n")?;
        Ok(child)
    };
    let children = (1..=jobs).map(start).collect::<io::Result<Vec<_>>>()?;
    let result = |mut child: std::process::Child| {
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let lines = BufReader::new(stdout).lines();
        let last = lines.last().unwrap_or_else(|| Ok(String::new()))?;
        let status = child.wait()?;
        match (status.success(), last.rsplit_once(" gives ")) {
            (true, Some((_, number))) => number.parse().map_err(io::Error::other),
            (true, None) => Ok(0),
            (false, _) => Err(io::Error::other(format!("a process failed ({status})"))),
        }
    };
    children.into_iter().map(result).collect()
}

impl Way {
    /// All four, in the order of the table.
    pub const ALL: [Way; 4] = [Way::Sequence, Way::Threads, Way::Processes, Way::Async];

    /// The word for it: in the table, on the command line, in Python.
    pub fn word(self) -> &'static str {
        match self {
            Way::Sequence => "sequence",
            Way::Threads => "threads",
            Way::Processes => "processes",
            Way::Async => "async",
        }
    }
}

impl Kind {
    /// Both, in the order of the table.
    pub const ALL: [Kind; 2] = [Kind::Waiting, Kind::Computing];

    /// The word for it: in the table, on the command line, in Python.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Waiting => "waiting",
            Kind::Computing => "computing",
        }
    }
}
