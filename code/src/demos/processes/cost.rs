//! What a process costs, beside a thread and a task: time to start and end one, and memory while it
//! waits.

use std::fs;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader};
use std::process::Stdio;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use super::{Program, Work};
use crate::{EventLoop, sleep, spawn};

/// How many of each are measured. More take longer, and say it more exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Processes.
    pub processes: usize,
    /// Threads.
    pub threads: usize,
    /// Tasks.
    pub tasks: usize,
}

/// What one of them costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// To start it, and to wait for its end: the mean of the fifth in which that went best. What a
    /// machine does beside this makes it longer, and never shorter.
    pub time: Duration,
    /// Bytes that it has for itself while it waits; `None` where the system does not say.
    pub memory: Option<u64>,
}

/// A process, a thread and a task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// A process that runs the small program.
    pub process: Cost,
    /// A thread of this process.
    pub thread: Cost,
    /// A task on an event loop.
    pub task: Cost,
}

/// Measures them, one kind after the other.
///
/// Memory is what Linux counts as resident and as nobody else's. It grows in pages of 4 KiB or
/// more, so it is exact only for many.
///
/// ```
/// use event_loops::demos::processes::cost::{Counts, measure};
/// use event_loops::demos::processes::Program;
///
/// let few = Counts { processes: 1, threads: 1, tasks: 1 };
/// let costs = measure(few, &Program::compile()?)?;
/// println!("a process takes {:?}", costs.process.time);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When a process or a thread can't be started.
///
/// # Panics
///
/// When one of the counts is 0, and inside a running event loop.
pub fn measure(counts: Counts, program: &Program) -> io::Result<Costs> {
    // From the smallest to the largest: what one kind leaves behind in our memory would hide
    // what a smaller kind needs.
    let task = task(counts.tasks)?;
    let thread = thread(counts.threads)?;
    let process = process(counts.processes, program)?;
    Ok(Costs {
        process,
        thread,
        task,
    })
}

fn task(count: usize) -> io::Result<Cost> {
    let event_loop = EventLoop::new();
    let memory = event_loop.run_until_complete(async move {
        let before = own_memory("self");
        // They wait for an hour, which nobody waits for: they are aborted.
        let wait = || spawn(sleep(Duration::from_secs(3600)));
        let tasks: Vec<_> = (0..count).map(|_| wait()).collect();
        sleep(Duration::from_millis(1)).await; // now each of them has begun
        let memory = grown(before, own_memory("self"), count);
        tasks.iter().for_each(crate::JoinHandle::abort);
        memory
    });
    let time = best(count, |count| {
        event_loop.run_until_complete(async move {
            for _ in 0..count {
                spawn(async {}).await.expect("it does nothing");
            }
        });
        Ok(())
    })?;
    Ok(Cost { time, memory })
}

fn thread(count: usize) -> io::Result<Cost> {
    let before = own_memory("self");
    let (begun, over) = (Barrier::new(count + 1), Barrier::new(count + 1));
    let memory = thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                begun.wait();
                over.wait();
            });
        }
        begun.wait();
        let memory = grown(before, own_memory("self"), count);
        over.wait();
        memory
    });
    let time = best(count, |count| {
        for _ in 0..count {
            let thread = thread::Builder::new().spawn(|| black_box(()))?;
            thread.join().expect("it does nothing");
        }
        Ok(())
    })?;
    Ok(Cost { time, memory })
}

fn process(count: usize, program: &Program) -> io::Result<Cost> {
    let mut waiting = program
        .command(1, Work::Wait(0))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let stdout = waiting.stdout.take().expect("it was started with a pipe");
    let mut stdout = BufReader::new(stdout);
    stdout.read_line(&mut line)?;
    let memory = own_memory(&waiting.id().to_string());
    drop(waiting.stdin.take());
    waiting.wait()?;

    let time = best(count, |count| {
        for _ in 0..count {
            // Nobody will ever tell it to go on: it ends at once.
            program
                .command(1, Work::Wait(0))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .status()?;
        }
        Ok(())
    })?;
    Ok(Cost { time, memory })
}

fn best(count: usize, mut run: impl FnMut(usize) -> io::Result<()>) -> io::Result<Duration> {
    let part = count.div_ceil(5);
    let divisor = u32::try_from(part).unwrap_or(u32::MAX);
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        run(part)?;
        best = best.min(start.elapsed() / divisor);
    }
    Ok(best)
}

fn grown(before: Option<u64>, after: Option<u64>, count: usize) -> Option<u64> {
    let grown = after?.saturating_sub(before?);
    Some(grown / u64::try_from(count).ok()?)
}

/// Bytes of memory that a process shares with no other: `Private_Clean` and `Private_Dirty`.
fn own_memory(process: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let kilobytes = |line: &str| line.split_whitespace().nth(1)?.parse::<u64>().ok();
    let private = text.lines().filter(|line| line.starts_with("Private_"));
    Some(private.filter_map(kilobytes).sum::<u64>() * 1024)
}
