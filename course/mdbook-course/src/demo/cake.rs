//! `demo cake`.

use std::time::Duration;

use clap::Args;
use event_loops::demos::cake::{Mode, Settings};

use super::{Clock, Common, time};

/// The settings of the cake demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Cake {
    /// One thing at a time: shop only when the cake is done
    #[arg(long)]
    sequential: bool,
    /// How long the dough takes [default: 15m]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    dough: Option<Duration>,
    /// How long the cake is in the oven [default: 45m]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    oven: Option<Duration>,
    /// How long shopping takes [default: 20m]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    shopping: Option<Duration>,
    /// Jump over the waiting, or really wait
    // Nobody wants to sit through an hour of baking.
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "virtual")]
    clock: Clock,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Cake {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            dough: self.dough.unwrap_or(default.dough),
            oven: self.oven.unwrap_or(default.oven),
            shopping: self.shopping.unwrap_or(default.shopping),
            mode: if self.sequential {
                Mode::Sequential
            } else {
                Mode::Concurrent
            },
            clock: self.clock.into(),
        }
    }
}
