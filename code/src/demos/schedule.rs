//! A model of an operating system that shares out its cores: small enough to be drawn.
//!
//! A system has a number of cores and a queue of programs that could go on. A program that
//! waits needs no core. One that computes keeps its core until it waits or ends, or,
//! where there is a *slice*, until that much time is over and another program is ready: then the
//! system takes the core away. Chapters 3 and 4 draw their pictures with it:
//!
//! | who takes turns | cores | slice |
//! | --- | --- | --- |
//! | programs, or threads in Rust | those of the machine | some milliseconds |
//! | threads in Python, which share one lock | one, however many there are | 5 ms |
//! | tasks on an event loop | one | none: nobody is interrupted |
//!
//! It leaves out what takes the real system time: starting a program, and changing from one to
//! another.

use std::collections::VecDeque;
use std::time::Duration;

use super::settings::{BadSettings, check_count, check_time};
use crate::{Lane, Segment, State, Timeline};

/// Somebody who takes turns: a program, a thread, a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The name of its lane.
    pub name: String,
    /// What it does, in order.
    pub acts: Vec<Act>,
    /// The place, in the list, of the program whose end it starts after; `None`: at once.
    pub after: Option<usize>,
}

/// A stretch of what a program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It needs a core for so long.
    Compute(Duration),
    /// It needs none: it waits for somebody far away.
    Wait(Duration),
}

/// What there is to be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// How many programs can compute at the same instant.
    pub cores: usize,
    /// How long one may compute while others are ready; `None`: as long as it likes.
    pub slice: Option<Duration>,
}

/// Runs the programs on the machine, and says who was in which state from when to when.
///
/// ```
/// use event_loops::demos::schedule::{Act, Machine, Program, schedule};
/// use std::time::Duration;
///
/// let second = Duration::from_secs(1);
/// let programs: Vec<_> = ["one", "two"].map(|name| Program {
///     name: name.to_string(),
///     acts: vec![Act::Compute(second), Act::Wait(second)],
///     after: None,
/// }).into();
/// let machine = Machine { cores: 1, slice: None };
/// // The second computes while the first waits.
/// assert_eq!(schedule(&programs, machine).total, 3 * second);
/// ```
///
/// # Panics
///
/// When there is no core, when a slice takes no time, or when a program starts after one that
/// does not stand before it.
pub fn schedule(programs: &[Program], machine: Machine) -> Timeline {
    assert!(machine.cores > 0, "a machine has a core");
    assert!(machine.slice != Some(Duration::ZERO), "a slice takes time");
    let before = |(place, program): (usize, &Program)| program.after.is_none_or(|it| it < place);
    assert!(
        programs.iter().enumerate().all(before),
        "a program starts after one that stands before it"
    );
    let mut system = System {
        machine,
        now: Duration::ZERO,
        ready: VecDeque::new(),
        runs: programs.iter().map(Run::new).collect(),
    };
    system.begin(None);
    system.fill();
    while let Some(next) = system.next() {
        system.move_to(next);
        system.fill();
    }
    let total = system.now;
    let lanes = system.runs.into_iter().map(|run| run.lane_until(total));
    Timeline::of_system(lanes.collect(), total)
}

impl Machine {
    /// Can this be a machine?
    ///
    /// # Errors
    ///
    /// When it has no core or more than 64, or when a slice takes less than a millisecond or
    /// more than a day.
    pub fn check(&self) -> Result<(), BadSettings> {
        check_count("--cores", self.cores, MOST_CORES)?;
        let Some(slice) = self.slice else {
            return Ok(());
        };
        if slice < Duration::from_millis(1) {
            return Err(BadSettings::new(
                "--slice is shorter than 1ms: choose one that can be seen, such as 500ms",
            ));
        }
        check_time("--slice", slice)
    }
}

const MOST_CORES: usize = 64;

struct System {
    machine: Machine,
    now: Duration,
    /// First come, first served.
    ready: VecDeque<usize>,
    runs: Vec<Run>,
}

struct Run {
    acts: VecDeque<Act>,
    after: Option<usize>,
    now: Now,
    lane: Lane,
}

/// What a program is at. The times are those at which that ends.
#[derive(Clone, Copy)]
enum Now {
    NotStarted,
    Ready,
    /// Its first act is what is left to compute.
    Running {
        since: Duration,
    },
    Waiting {
        until: Duration,
    },
    Done,
}

impl System {
    /// Starts the programs that come after this one, or those that come after none.
    fn begin(&mut self, after: Option<usize>) {
        for place in 0..self.runs.len() {
            let run = &self.runs[place];
            if run.after == after && matches!(run.now, Now::NotStarted) {
                self.go_on(place);
            }
        }
    }

    /// Has a program that has finished an act, or none yet, begin with the next one.
    fn go_on(&mut self, place: usize) {
        let run = &mut self.runs[place];
        let (now, state) = match run.acts.front() {
            Some(Act::Compute(_)) => (Now::Ready, State::Ready),
            Some(Act::Wait(lasts)) => {
                let until = self.now + *lasts;
                (Now::Waiting { until }, State::Waiting)
            }
            None => (Now::Done, State::Done),
        };
        run.now = now;
        run.enter(self.now, state);
        match now {
            Now::Ready => self.ready.push_back(place),
            Now::Done => self.begin(Some(place)),
            _ => {}
        }
    }

    /// Gives the free cores to those who are ready.
    fn fill(&mut self) {
        while self.running().count() < self.machine.cores {
            let Some(place) = self.ready.pop_front() else {
                return;
            };
            let run = &mut self.runs[place];
            run.now = Now::Running { since: self.now };
            run.enter(self.now, State::Running);
        }
    }

    /// When something changes next.
    fn next(&self) -> Option<Duration> {
        let changes = self.runs.iter().filter_map(|run| match run.now {
            Now::Running { since } => {
                let slice = self.machine.slice.filter(|_| !self.ready.is_empty());
                let ends = since + run.to_compute();
                // A slice that is over already is over when the next one becomes ready.
                Some(slice.map_or(ends, |slice| ends.min((since + slice).max(self.now))))
            }
            Now::Waiting { until } => Some(until),
            _ => None,
        });
        changes.min()
    }

    fn move_to(&mut self, next: Duration) {
        self.now = next;
        for place in 0..self.runs.len() {
            let run = &mut self.runs[place];
            let over = match run.now {
                Now::Running { since } => since + run.to_compute() == next,
                Now::Waiting { until } => until == next,
                _ => false,
            };
            if over {
                run.acts.pop_front();
                self.go_on(place);
            }
        }
        // Who has just become ready was there before who is now sent back.
        for place in self.running().collect::<Vec<_>>() {
            let Now::Running { since } = self.runs[place].now else {
                continue;
            };
            let slice = self.machine.slice.unwrap_or(Duration::MAX);
            if !self.ready.is_empty() && next - since >= slice {
                let run = &mut self.runs[place];
                let left = run.to_compute() - (next - since);
                run.acts[0] = Act::Compute(left);
                self.go_on(place);
                self.fill();
            }
        }
    }

    fn running(&self) -> impl Iterator<Item = usize> {
        let running = |place: &usize| matches!(self.runs[*place].now, Now::Running { .. });
        (0..self.runs.len()).filter(running)
    }
}

impl Run {
    fn new(program: &Program) -> Self {
        // What takes no time is not done.
        let takes_time = |act: &&Act| !matches!(act, Act::Compute(t) | Act::Wait(t) if t.is_zero());
        Run {
            acts: program.acts.iter().filter(takes_time).copied().collect(),
            after: program.after,
            now: Now::NotStarted,
            lane: Lane {
                task: None,
                name: program.name.clone(),
                segments: Vec::new(),
            },
        }
    }

    /// Everybody is done by then.
    fn lane_until(mut self, total: Duration) -> Lane {
        self.enter(total, State::Done);
        self.lane
            .segments
            .retain(|segment| segment.from < segment.to);
        self.lane
    }

    fn to_compute(&self) -> Duration {
        match self.acts.front() {
            Some(Act::Compute(left)) => *left,
            _ => Duration::ZERO,
        }
    }

    /// Ends the segment that is under way, and begins another one.
    fn enter(&mut self, at: Duration, state: State) {
        if let Some(last) = self.lane.segments.last_mut() {
            last.to = at;
            if last.from == at {
                self.lane.segments.pop();
            }
        }
        if self
            .lane
            .segments
            .last()
            .is_some_and(|last| last.state == state)
        {
            return;
        }
        self.lane.segments.push(Segment {
            state,
            from: at,
            to: at,
            label: None,
        });
    }
}
