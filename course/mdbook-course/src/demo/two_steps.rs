//! `demo callbacks`, `demo generators` and `demo async-await`: one program in several styles.

use std::time::Duration;

use clap::Args;
use event_loops::demos::async_await::{layout, sizes};
use event_loops::demos::compare::{Comparison, compare};
use event_loops::demos::two_steps::{Settings, Way};

use super::{Clock, Common, count, time};

/// What all three demos can be told.
#[derive(Args, Clone, Debug, PartialEq)]
struct Program {
    /// How many calls [default: 5]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    tasks: Option<usize>,
    /// How long each of a call's two steps waits [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    wait: Option<Duration>,
    /// The call that is refused at its second step, or 0 for none [default: 3]
    #[arg(long, value_name = "NUMBER", value_parser = count::parse, allow_hyphen_values = true)]
    refused: Option<usize>,
    /// Print what each way of writing it costs, as a table
    #[arg(long, conflicts_with_all = ["format", "runtime", "clock", "tasks", "wait", "refused"])]
    compare: bool,
    /// Jump over the waiting, or really wait
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "virtual")]
    clock: Clock,
    #[command(flatten)]
    common: Common,
}

/// The settings of the callbacks demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Callbacks {
    /// Hold the thread while waiting: one call after the other
    #[arg(long, conflicts_with = "compare")]
    blocking: bool,
    #[command(flatten)]
    program: Program,
}

/// The settings of the generators demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Generators {
    /// With no more than what `Iterator` offers
    #[arg(long, conflicts_with = "compare")]
    iterator: bool,
    /// Resume each call to its end before the next one starts
    #[arg(long, conflicts_with = "compare")]
    sequential: bool,
    #[command(flatten)]
    program: Program,
}

/// The settings of the async-await demo.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct AsyncAwait {
    /// Await each call before the next one is awaited
    #[arg(long, conflicts_with = "compare")]
    sequential: bool,
    /// Print how large the compiler makes the futures of some functions
    #[arg(long, conflicts_with_all = ["compare", "layout", "sequential"])]
    #[arg(conflicts_with_all = ["format", "runtime", "clock", "tasks", "wait", "refused"])]
    sizes: bool,
    /// Print where a future keeps a variable and a reference to it
    #[arg(long, conflicts_with_all = ["compare", "sequential"])]
    #[arg(conflicts_with_all = ["format", "runtime", "clock", "tasks", "wait", "refused"])]
    layout: bool,
    #[command(flatten)]
    program: Program,
}

impl Callbacks {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        self.program.settings(if self.blocking {
            Way::Blocking
        } else {
            Way::Callbacks
        })
    }

    /// The table, if it is asked for.
    pub(super) fn comparison(&self) -> Option<Comparison> {
        self.program.comparison(&Way::ALL[..2])
    }

    pub(super) fn common(&self) -> Common {
        self.program.common
    }
}

impl Generators {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        let way = if self.iterator {
            Way::Iterator
        } else {
            Way::StateMachine
        };
        Settings {
            sequential: self.sequential,
            ..self.program.settings(way)
        }
    }

    /// The table, if it is asked for.
    pub(super) fn comparison(&self) -> Option<Comparison> {
        // The last column is the next chapter's.
        self.program.comparison(&Way::ALL[..4])
    }

    pub(super) fn common(&self) -> Common {
        self.program.common
    }
}

impl AsyncAwait {
    /// What the demo is given.
    pub fn settings(&self) -> Settings {
        Settings {
            sequential: self.sequential,
            ..self.program.settings(Way::Async)
        }
    }

    /// The table, if it is asked for.
    pub(super) fn comparison(&self) -> Option<Comparison> {
        self.program.comparison(&Way::ALL)
    }

    /// What the compiler makes of some functions, if that is asked for.
    pub(super) fn made(&self) -> Option<String> {
        match (self.sizes, self.layout) {
            (true, _) => Some(sizes().to_string()),
            (_, true) => Some(layout().to_string()),
            _ => None,
        }
    }

    pub(super) fn common(&self) -> Common {
        self.program.common
    }
}

impl Program {
    fn settings(&self, way: Way) -> Settings {
        let default = Settings::default();
        Settings {
            tasks: self.tasks.unwrap_or(default.tasks),
            wait: self.wait.unwrap_or(default.wait),
            refused: self.refused.unwrap_or(default.refused),
            way,
            sequential: false,
            clock: self.clock.into(),
        }
    }

    fn comparison(&self, ways: &[Way]) -> Option<Comparison> {
        let count = |work: &mut dyn FnMut()| allocation_counter::measure(work).count_total;
        self.compare.then(|| compare(ways, &count))
    }
}
