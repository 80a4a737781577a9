//! `demo run-until-complete`.

use std::time::Duration;

use clap::Args;
use event_loops::demos::run_until_complete::{Mode, Settings};

use super::{Clock, Common, time};

/// The settings of the run-until-complete demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct RunUntilComplete {
    /// Poll again and again until the call is back
    #[arg(long, conflicts_with = "napping")]
    busy: bool,
    /// Poll, sleep for a nap, and poll again
    #[arg(long)]
    napping: bool,
    /// How long the call takes [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    wait: Option<Duration>,
    /// How long a poll takes that finds nothing, so that it can be seen [default: 100ms]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    poll: Option<Duration>,
    /// How long a nap is [default: 700ms]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    nap: Option<Duration>,
    /// Jump over the waiting, or really wait
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "virtual")]
    clock: Clock,
    #[command(flatten)]
    pub(super) common: Common,
}

impl RunUntilComplete {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            wait: self.wait.unwrap_or(default.wait),
            poll: self.poll.unwrap_or(default.poll),
            nap: self.nap.unwrap_or(default.nap),
            mode: match (self.busy, self.napping) {
                (true, _) => Mode::Busy,
                (_, true) => Mode::Napping,
                _ => Mode::Parked,
            },
            clock: self.clock.into(),
        }
    }
}
