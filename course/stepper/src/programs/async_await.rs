//! Chapter 7.

use event_loops::demos::async_await::run;
use event_loops::demos::two_steps::{Settings, Way};

use super::{Outcome, Program};
use crate::field::Field;
use crate::listing::{Listing, excerpt};
use crate::settings::{self, Bad};

struct AsyncAwait(Settings);

const MOST_TASKS: usize = 100;

const MODES: [(&str, &str, bool); 2] = [
    ("together", "all at once", false),
    ("sequential", "one awaited after the other", true),
];

pub(super) fn read(settings: &settings::Settings) -> Result<Box<dyn Program>, Bad> {
    let default = Settings::default();
    let set = Settings {
        tasks: settings.count("tasks", default.tasks, 1, MOST_TASKS)?,
        wait: settings.time("wait", default.wait)?,
        refused: settings.count("refused", default.refused, 0, MOST_TASKS)?,
        sequential: settings.choice("mode", &MODES)?,
        way: Way::Async,
        ..default
    };
    Ok(Box::new(AsyncAwait(set)))
}

impl Program for AsyncAwait {
    fn fields(&self) -> Vec<Field> {
        let Settings {
            tasks,
            wait,
            refused,
            sequential,
            ..
        } = self.0;
        vec![
            Field::count("tasks", "calls", 1, MOST_TASKS, tasks),
            Field::time("wait", "each step waits", wait),
            Field::count(
                "refused",
                "the call that is refused",
                0,
                MOST_TASKS,
                refused,
            ),
            Field::choice(&MODES, sequential),
        ]
    }

    fn run(&self) -> Outcome {
        run(&self.0).into()
    }

    fn name(&self) -> &'static str {
        super::label(&MODES, self.0.sequential)
    }

    fn other(&self) -> Option<Box<dyn Program>> {
        let sequential = !self.0.sequential;
        Some(Box::new(AsyncAwait(Settings {
            sequential,
            ..self.0
        })))
    }

    fn listing(&self) -> Listing {
        let way = if self.0.sequential {
            excerpt!("async_await.rs", "sequential")
        } else {
            excerpt!("async_await.rs", "together")
        };
        Listing::of(
            "async_await.rs",
            &[way, excerpt!("async_await.rs", "async")],
        )
    }
}
