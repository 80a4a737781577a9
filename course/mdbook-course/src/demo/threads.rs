//! `demo threads`.

use std::io;
use std::time::Duration;

use clap::{Args, ValueEnum};
use event_loops::demos::processes::Program;
use event_loops::demos::schedule::Machine;
use event_loops::demos::threads::table::{rounds_of, timed};
use event_loops::demos::threads::{Kind, Language, Settings, Way, model};
use event_loops::{ClockKind, Timeline};

use super::{Clock, Common, count, time};

/// The settings of the threads demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Threads {
    /// How many jobs [default: 4]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    jobs: Option<usize>,
    /// How long each takes [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    work: Option<Duration>,
    /// The jobs compute; without it, they wait
    #[arg(long)]
    computing: bool,
    /// How the jobs are done
    #[arg(long, value_enum, value_name = "WAY", default_value = "threads")]
    way: Words,
    /// Draw threads of Python, which share a lock; to run Python, --runtime asyncio
    #[arg(long)]
    python: bool,
    /// Draw the jobs on a machine made up for it, or really do them
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "real")]
    clock: Clock,
    /// The cores of the machine that is drawn [default: 4]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    cores: Option<usize>,
    /// How long the drawn machine lets one compute while others are ready [default: 500ms]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    slice: Option<Duration>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The four ways, as they are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Words {
    /// One after the other
    Sequence,
    /// On a thread each
    Threads,
    /// In a process each
    Processes,
    /// As a task each, on an event loop
    Async,
}

impl Threads {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            jobs: self.jobs.unwrap_or(default.jobs),
            work: self.work.unwrap_or(default.work),
            kind: if self.computing {
                Kind::Computing
            } else {
                Kind::Waiting
            },
            way: match self.way {
                Words::Sequence => Way::Sequence,
                Words::Threads => Way::Threads,
                Words::Processes => Way::Processes,
                Words::Async => Way::Async,
            },
            language: if self.python {
                Language::Python
            } else {
                Language::Rust
            },
            machine: Machine {
                cores: self.cores.unwrap_or(default.machine.cores),
                slice: self.slice.or(default.machine.slice),
            },
        }
    }

    /// Whether the threads are Python's.
    pub(super) fn is_python(&self) -> bool {
        self.python
    }

    /// Whether the jobs are really done.
    pub fn clock(&self) -> ClockKind {
        self.clock.into()
    }

    /// The jobs on the machine that is drawn.
    pub fn drawn(&self) -> Timeline {
        model(&self.settings())
    }

    /// Really does the jobs, and says how long all of them took.
    ///
    /// # Errors
    ///
    /// When a process can't be started.
    pub fn run(&self) -> io::Result<Duration> {
        let Settings {
            jobs,
            work,
            kind,
            way,
            ..
        } = self.settings();
        let rounds = match kind {
            Kind::Waiting => 0,
            Kind::Computing => rounds_of(work),
        };
        timed(way, kind, jobs, work, rounds, &Program::compile()?)
    }
}
