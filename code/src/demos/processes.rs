//! Chapter 3: one small program, started many times, and the operating system that gives each of
//! them its turns.
//!
//! [`run`] really starts them. Who overlaps with whom is not read off a clock: each program says
//! that it has started, and none goes on before it is told to. [`model`] draws what happens.

pub mod child;
pub mod cost;

mod program;

use std::fmt;
use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::schedule::{self, Act, Machine, schedule};
use super::settings::{BadSettings, check_count, check_time};
use crate::Timeline;

pub use program::{Program, Work};

/// When the programs are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// All of them, before one is waited for.
    #[default]
    Together,
    /// Each when the one before it has ended.
    Sequential,
}

/// How many programs, and what they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number of programs that wait.
    pub programs: usize,
    /// How long each of them waits.
    pub wait: Duration,
    /// The number of programs that compute until all others are back.
    pub busy: usize,
    /// When they are started.
    pub mode: Mode,
    /// The machine of the [`model`]. The real one is what it is.
    pub machine: Machine,
}

/// Each is a real program, with memory of its own.
const MOST_PROGRAMS: usize = 200;

/// A busy program that nobody stops does so by itself.
const LONGEST_BUSY: u64 = 60;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            programs: 5,
            wait: Duration::from_secs(3),
            busy: 0,
            mode: Mode::Together,
            machine: Machine {
                cores: 1,
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
    /// When there is no program, when there are more than 200, when a wait is longer than a day,
    /// when busy programs are to run one after the other, or when the machine has no core or
    /// a slice that takes no time.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_count("--programs", self.programs, MOST_PROGRAMS)?;
        check_count("--busy", self.busy.max(1), MOST_PROGRAMS)?;
        check_time("--wait", self.wait)?;
        if self.busy > 0 && self.mode == Mode::Sequential {
            return Err(BadSettings::new(
                "a busy program ends when the others are back: leave out --sequential or --busy",
            ));
        }
        self.machine.check()
    }
}

/// What the programs said, in the order in which it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Oldest first.
    pub said: Vec<Said>,
    /// How many busy programs were still at it when the last of the others was back.
    pub still_busy: usize,
}

/// One thing that a program said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When, since the demo began.
    pub at: Duration,
    /// Which program, counted from 1. The busy ones come last.
    pub program: usize,
    /// What.
    pub what: What,
}

/// What a program can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It has started, and waits to be told.
    Starts,
    /// It has waited.
    IsBack,
    /// It is busy from now on.
    Computes,
    /// It was told to stop.
    Stops,
}

/// Starts the programs, tells them to go on, and waits for their end.
///
/// ```
/// use event_loops::demos::processes::{self, Program, Settings, What};
/// use std::time::Duration;
///
/// let settings = Settings { programs: 3, wait: Duration::from_millis(5), ..Settings::default() };
/// let run = processes::run(&settings, &Program::compile()?)?;
/// // Three programs were under way before the first one was back.
/// assert!(run.said[..3].iter().all(|said| said.what == What::Starts));
/// assert!(run.said[3..].iter().all(|said| said.what == What::IsBack));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When a program can't be started, or ends before its time.
pub fn run(settings: &Settings, program: &Program) -> io::Result<Run> {
    run_with(settings, program, |_| {})
}

/// As [`run`], and shows each line to `listener` as it comes.
///
/// # Errors
///
/// As [`run`].
pub fn run_with(
    settings: &Settings,
    program: &Program,
    listener: impl FnMut(&Said),
) -> io::Result<Run> {
    let millis = u64::try_from(settings.wait.as_millis()).unwrap_or(u64::MAX);
    let wait = Work::Wait(millis);
    let numbers: Vec<usize> = (1..=settings.programs).collect();
    let mut terminal = Terminal::new(program, listener)?;
    let mut still_busy = 0;
    match settings.mode {
        Mode::Sequential => {
            for number in numbers {
                terminal.play(&[number], wait)?;
            }
        }
        Mode::Together if settings.busy == 0 => terminal.play(&numbers, wait)?,
        Mode::Together => {
            let busy = settings.programs + 1..=settings.programs + settings.busy;
            let mut busy = terminal.start(&busy.collect::<Vec<_>>(), Work::Busy(LONGEST_BUSY))?;
            terminal.tell(&mut busy, What::Computes)?;
            terminal.play(&numbers, wait)?;
            for child in &mut busy {
                still_busy += usize::from(child.try_wait()?.is_none());
            }
            terminal.tell(&mut busy, What::Stops)?;
            end(busy)?;
        }
    }
    Ok(Run {
        said: terminal.said,
        still_busy,
    })
}

/// The same on a machine that can be drawn. A busy program computes as long as it takes until all
/// others are back.
///
/// ```
/// use event_loops::demos::processes::{self, Settings};
/// use std::time::Duration;
///
/// assert_eq!(processes::model(&Settings::default()).total, Duration::from_secs(3));
/// ```
///
/// # Panics
///
/// With a machine that [`Settings::check`] refuses.
pub fn model(settings: &Settings) -> Timeline {
    let wait = |number: usize| schedule::Program {
        name: format!("program {number}"),
        acts: vec![Act::Wait(settings.wait)],
        after: (settings.mode == Mode::Sequential && number > 1).then(|| number - 2),
    };
    let busy = |number: usize| schedule::Program {
        name: format!("program {number}"),
        acts: vec![Act::Compute(busy_share(settings))],
        after: None,
    };
    let waiting = (1..=settings.programs).map(wait);
    let computing = (settings.programs + 1..=settings.programs + settings.busy).map(busy);
    schedule(
        &waiting.chain(computing).collect::<Vec<_>>(),
        settings.machine,
    )
}

/// What each of the busy programs gets of the cores while the others wait.
fn busy_share(settings: &Settings) -> Duration {
    let cores = settings.machine.cores.min(settings.busy) as f64;
    settings.wait.mul_f64(cores / settings.busy as f64)
}

/// Where the programs' lines come in: one pipe for all of them, read by one thread.
struct Terminal<'a, F> {
    program: &'a Program,
    reader: BufReader<PipeReader>,
    writer: PipeWriter,
    start: Instant,
    said: Vec<Said>,
    listener: F,
}

impl<'a, F: FnMut(&Said)> Terminal<'a, F> {
    fn new(program: &'a Program, listener: F) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Terminal {
            program,
            reader: BufReader::new(reader),
            writer,
            start: Instant::now(),
            said: Vec::new(),
            listener,
        })
    }

    /// Starts them, tells them to go on when all have started, and waits for their end.
    fn play(&mut self, numbers: &[usize], work: Work) -> io::Result<()> {
        let mut children = self.start(numbers, work)?;
        self.tell(&mut children, What::IsBack)?;
        end(children)
    }

    /// Returns when each of them has said that it has started.
    fn start(&mut self, numbers: &[usize], work: Work) -> io::Result<Vec<Child>> {
        let start = |number: &usize| {
            let mut command = self.program.command(*number, work);
            let stdout = self.writer.try_clone()?;
            command.stdin(Stdio::piped()).stdout(stdout).spawn()
        };
        let children = numbers.iter().map(start).collect::<io::Result<Vec<_>>>()?;
        self.hear(children.len(), What::Starts)?;
        Ok(children)
    }

    /// Tells all of them to go on, and returns when each has answered.
    fn tell(&mut self, children: &mut [Child], answer: What) -> io::Result<()> {
        for child in &mut *children {
            let stdin = child.stdin.as_mut().expect("it was started with a pipe");
            stdin.write_all(b"go on\n")?;
        }
        self.hear(children.len(), answer)
    }

    fn hear(&mut self, count: usize, expected: What) -> io::Result<()> {
        for _ in 0..count {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            let at = self.start.elapsed();
            let heard = Said::parse(&line, at).filter(|said| said.what == expected);
            let said = heard.ok_or_else(|| {
                let what = format!("a program said {:?}, which was not its turn", line.trim());
                io::Error::new(io::ErrorKind::InvalidData, what)
            })?;
            (self.listener)(&said);
            self.said.push(said);
        }
        Ok(())
    }
}

/// Waits until they have ended.
fn end(children: Vec<Child>) -> io::Result<()> {
    for mut child in children {
        let status = child.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("a program failed ({status})")));
        }
    }
    Ok(())
}

impl Run {
    /// The time of the last line.
    pub fn total(&self) -> Duration {
        self.said.last().map_or(Duration::ZERO, |said| said.at)
    }
}

impl Said {
    fn parse(line: &str, at: Duration) -> Option<Said> {
        let (number, words) = line.trim_end().split_once(' ')?;
        let all = [What::Starts, What::IsBack, What::Computes, What::Stops];
        Some(Said {
            at,
            program: number.parse().ok()?,
            what: all.into_iter().find(|what| what.to_string() == words)?,
        })
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "program {} {}", self.program, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            What::Starts => "starts",
            What::IsBack => "is back",
            What::Computes => "computes",
            What::Stops => "stops",
        })
    }
}
