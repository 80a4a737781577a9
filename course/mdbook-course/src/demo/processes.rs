//! `demo processes`.

use std::io;
use std::time::Duration;

use clap::Args;
use event_loops::demos::processes::{Mode, Program, Run, Said, Settings, model, run_with};
use event_loops::demos::schedule::Machine;
use event_loops::{ClockKind, Timeline};

use super::{Clock, Common, count, time};

/// The settings of the processes demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Processes {
    /// How many programs that wait [default: 5]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    programs: Option<usize>,
    /// How long each waits [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    wait: Option<Duration>,
    /// How many that compute until all others are back [default: 0]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    busy: Option<usize>,
    /// Start each when the one before it has ended
    #[arg(long)]
    sequential: bool,
    /// Draw programs on a machine made up for it, or start real ones
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "real")]
    clock: Clock,
    /// The cores of the machine that is drawn [default: 1]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    cores: Option<usize>,
    /// How long the drawn machine lets one compute while others are ready [default: 500ms]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    slice: Option<Duration>,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Processes {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            programs: self.programs.unwrap_or(default.programs),
            wait: self.wait.unwrap_or(default.wait),
            busy: self.busy.unwrap_or(default.busy),
            mode: if self.sequential {
                Mode::Sequential
            } else {
                Mode::Together
            },
            machine: Machine {
                cores: self.cores.unwrap_or(default.machine.cores),
                slice: self.slice.or(default.machine.slice),
            },
        }
    }

    /// Whether real programs are started.
    pub fn clock(&self) -> ClockKind {
        self.clock.into()
    }

    /// The programs on the machine that is drawn.
    pub fn drawn(&self) -> Timeline {
        model(&self.settings())
    }

    /// Starts real programs, and tells `listener` what they say, as they say it.
    ///
    /// # Errors
    ///
    /// When a program can't be started.
    pub fn run(&self, listener: impl FnMut(&Said)) -> io::Result<Run> {
        run_with(&self.settings(), &Program::compile()?, listener)
    }
}
