//! Chapter 2.

use event_loops::demos::waiting::{Mode, Settings, run};

use super::{Outcome, Program};
use crate::field::Field;
use crate::listing::{Listing, excerpt};
use crate::settings::{self, Bad};

struct Waiting(Settings);

const MOST_TASKS: usize = 200;

const MODES: [(&str, &str, Mode); 3] = [
    ("together", "async, all at once", Mode::Together),
    (
        "sequential",
        "async, one awaited after the other",
        Mode::Sequential,
    ),
    ("blocking", "blocking", Mode::Blocking),
];

pub(super) fn read(settings: &settings::Settings) -> Result<Box<dyn Program>, Bad> {
    let default = Settings::default();
    Ok(Box::new(Waiting(Settings {
        tasks: settings.count("tasks", default.tasks, 1, MOST_TASKS)?,
        wait: settings.time("wait", default.wait)?,
        mode: settings.choice("mode", &MODES)?,
        ..default
    })))
}

impl Program for Waiting {
    fn fields(&self) -> Vec<Field> {
        let Settings {
            tasks, wait, mode, ..
        } = self.0;
        vec![
            Field::count("tasks", "calls", 1, MOST_TASKS, tasks),
            Field::time("wait", "each waits", wait),
            Field::choice(&MODES, mode),
        ]
    }

    fn run(&self) -> Outcome {
        run(&self.0).into()
    }

    fn name(&self) -> &'static str {
        super::label(&MODES, self.0.mode)
    }

    fn other(&self) -> Option<Box<dyn Program>> {
        let mode = match self.0.mode {
            Mode::Together | Mode::Sequential => Mode::Blocking,
            Mode::Blocking => Mode::Together,
        };
        Some(Box::new(Waiting(Settings { mode, ..self.0 })))
    }

    fn listing(&self) -> Listing {
        Listing::of(
            "waiting.rs",
            &[match self.0.mode {
                Mode::Together => excerpt!("waiting.rs", "together"),
                Mode::Sequential => excerpt!("waiting.rs", "sequential"),
                Mode::Blocking => excerpt!("waiting.rs", "blocking"),
            }],
        )
    }
}
