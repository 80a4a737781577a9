//! `demo tasks`.

use std::time::Duration;

use clap::Args;
use event_loops::demos::tasks::{Mode, Settings, moments};
use event_loops::{Trace, elapsed};

use super::{Clock, Common, count, time};

/// The settings of the tasks demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Tasks {
    /// Nobody awaits the calls: main is at its end when they are spawned
    #[arg(long)]
    forgotten: bool,
    /// How many calls [default: 3]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    tasks: Option<usize>,
    /// How long the first call waits; each of the others a third longer [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    wait: Option<Duration>,
    /// The call that panics when it is back, or 0 for none [default: 0]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    panics: Option<usize>,
    /// Print the list of tasks that the loop keeps, each time that it changes
    #[arg(long, conflicts_with_all = ["format", "runtime"])]
    pub(super) list: bool,
    /// Jump over the waiting, or really wait
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "virtual")]
    clock: Clock,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Tasks {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            tasks: self.tasks.unwrap_or(default.tasks),
            wait: self.wait.unwrap_or(default.wait),
            panics: self.panics.unwrap_or(default.panics),
            mode: if self.forgotten {
                Mode::Forgotten
            } else {
                Mode::Joined
            },
            clock: self.clock.into(),
        }
    }

    /// The list of tasks at each of its changes.
    pub(super) fn list(&self, trace: &Trace) -> String {
        let moment = |(at, list): (Duration, Vec<_>)| {
            let lines = list.iter().map(|line| format!("  {line}\n"));
            let lines: String = lines.collect();
            let none = if lines.is_empty() { "  no task\n" } else { "" };
            format!("after {}\n{lines}{none}", elapsed(at))
        };
        moments(trace).into_iter().map(moment).collect()
    }
}
