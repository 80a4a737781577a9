//! Chapter 1.

use event_loops::demos::cake::{Mode, Settings, run};

use super::{Outcome, Program};
use crate::field::Field;
use crate::listing::{Listing, excerpt};
use crate::settings::{self, Bad};

struct Cake(Settings);

const MODES: [(&str, &str, Mode); 2] = [
    (
        "concurrent",
        "shop while the cake is in the oven",
        Mode::Concurrent,
    ),
    ("sequential", "one thing after the other", Mode::Sequential),
];

pub(super) fn read(settings: &settings::Settings) -> Result<Box<dyn Program>, Bad> {
    let default = Settings::default();
    Ok(Box::new(Cake(Settings {
        dough: settings.time("dough", default.dough)?,
        oven: settings.time("oven", default.oven)?,
        shopping: settings.time("shopping", default.shopping)?,
        mode: settings.choice("mode", &MODES)?,
        ..default
    })))
}

impl Program for Cake {
    fn fields(&self) -> Vec<Field> {
        let Settings {
            dough,
            oven,
            shopping,
            mode,
            ..
        } = self.0;
        vec![
            Field::time("dough", "dough", dough),
            Field::time("oven", "oven", oven),
            Field::time("shopping", "shopping", shopping),
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
            Mode::Concurrent => Mode::Sequential,
            Mode::Sequential => Mode::Concurrent,
        };
        Some(Box::new(Cake(Settings { mode, ..self.0 })))
    }

    fn listing(&self) -> Listing {
        Listing::of(
            "cake.rs",
            &[match self.0.mode {
                Mode::Concurrent => excerpt!("cake.rs", "concurrent"),
                Mode::Sequential => excerpt!("cake.rs", "sequential"),
            }],
        )
    }
}
