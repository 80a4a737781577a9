//! Chapter 10.

use event_loops::demos::tasks::{Mode, Settings, run};

use super::{Outcome, Program};
use crate::field::Field;
use crate::listing::{Listing, excerpt};
use crate::settings::{self, Bad};

struct Tasks(Settings);

const MOST_TASKS: usize = 100;

const MODES: [(&str, &str, Mode); 2] = [
    ("joined", "main awaits them", Mode::Joined),
    ("forgotten", "nobody awaits them", Mode::Forgotten),
];

pub(super) fn read(settings: &settings::Settings) -> Result<Box<dyn Program>, Bad> {
    let default = Settings::default();
    let set = Settings {
        tasks: settings.count("tasks", default.tasks, 1, MOST_TASKS)?,
        wait: settings.time("wait", default.wait)?,
        // A panic would end the module, and with it the page's loop.
        panics: 0,
        mode: settings.choice("mode", &MODES)?,
        ..default
    };
    Ok(Box::new(Tasks(set)))
}

impl Program for Tasks {
    fn fields(&self) -> Vec<Field> {
        let Settings {
            tasks, wait, mode, ..
        } = self.0;
        vec![
            Field::count("tasks", "calls", 1, MOST_TASKS, tasks),
            Field::time("wait", "the first waits", wait),
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
            Mode::Joined => Mode::Forgotten,
            Mode::Forgotten => Mode::Joined,
        };
        Some(Box::new(Tasks(Settings { mode, ..self.0 })))
    }

    fn listing(&self) -> Listing {
        Listing::of("tasks.rs", &[excerpt!("tasks.rs", "calls")])
    }
}
