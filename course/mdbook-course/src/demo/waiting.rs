//! `demo waiting`.

use std::time::Duration;

use clap::Args;
use event_loops::demos::waiting::{Mode, Settings};

use super::{Clock, Common, count, time};

/// The settings of the waiting demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Waiting {
    /// How many calls [default: 5]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    tasks: Option<usize>,
    /// How long each waits [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    wait: Option<Duration>,
    /// Hold the thread while waiting: no other call gets a turn
    #[arg(long, conflicts_with = "sequential")]
    blocking: bool,
    /// Await each call before the next one starts
    #[arg(long)]
    sequential: bool,
    /// Jump over the waiting, or really wait
    // The point is to feel the difference.
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "real")]
    clock: Clock,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Waiting {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            tasks: self.tasks.unwrap_or(default.tasks),
            wait: self.wait.unwrap_or(default.wait),
            mode: match (self.blocking, self.sequential) {
                (true, _) => Mode::Blocking,
                (_, true) => Mode::Sequential,
                _ => Mode::Together,
            },
            clock: self.clock.into(),
        }
    }
}
