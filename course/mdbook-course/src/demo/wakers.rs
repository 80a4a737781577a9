//! `demo wakers`.

use std::time::Duration;

use clap::Args;
use event_loops::demos::wakers::{Mode, Settings};

use super::{Clock, Common, time};

/// The settings of the wakers demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Wakers {
    /// The reader leaves no waker
    #[arg(long, conflicts_with = "gap")]
    forgotten: bool,
    /// The letter comes between the reader's look and its leaving a waker
    #[arg(long)]
    gap: bool,
    /// When the letter comes [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    wait: Option<Duration>,
    /// When the reader looks for the last time, woken or not [default: 12s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    patience: Option<Duration>,
    /// Print who calls whom in one wait, or draw it with --format svg
    #[arg(long, conflicts_with_all = ["forgotten", "gap", "wait", "patience", "clock", "runtime"])]
    pub(super) calls: bool,
    /// Jump over the waiting, or really wait
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "virtual")]
    clock: Clock,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Wakers {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            wait: self.wait.unwrap_or(default.wait),
            patience: self.patience.unwrap_or(default.patience),
            mode: match (self.forgotten, self.gap) {
                (true, _) => Mode::Forgotten,
                (_, true) => Mode::Gap,
                _ => Mode::Kept,
            },
            clock: self.clock.into(),
        }
    }
}
