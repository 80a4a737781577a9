//! `demo program`.

use std::str::FromStr;

use clap::Args;
use event_loops::Event;
use event_loops::demos::program::{Mode, Outcome, Settings, Step, run_with};

use super::{Clock, Common, time};

/// The reader's own program.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Program {
    /// A task, and what it does: wait 3s, compute 1s, block 2s, send 2, receive, yield, print hello,
    /// fail; once for each task
    #[arg(long = "task", value_name = "STEPS", allow_hyphen_values = true)]
    tasks: Vec<Steps>,
    /// As functions that hold the thread while they wait, one after the other
    #[arg(long)]
    blocking: bool,
    /// Jump over the waiting, or really wait
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "virtual")]
    clock: Clock,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Program {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        let tasks = self.tasks.iter().map(|steps| steps.0.clone());
        Settings {
            tasks: if self.tasks.is_empty() {
                default.tasks
            } else {
                tasks.collect()
            },
            mode: if self.blocking {
                Mode::Blocking
            } else {
                Mode::Together
            },
            clock: self.clock.into(),
        }
    }

    /// Runs it.
    pub(super) fn run(&self, listener: impl FnMut(&Event) + 'static) -> Outcome {
        run_with(&self.settings(), listener)
    }
}

/// What one task does.
#[derive(Clone, Debug, PartialEq)]
struct Steps(Vec<Step>);

impl FromStr for Steps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let steps = text.split(',').filter(|step| !step.trim().is_empty());
        let steps = steps.map(|step| Step::parse(step, time::parse));
        steps.collect::<Result<_, _>>().map(Steps)
    }
}
