//! Chapter 9.

use event_loops::demos::wakers::{Mode, Settings, run};

use super::{Outcome, Program};
use crate::field::Field;
use crate::listing::{Listing, excerpt};
use crate::settings::{self, Bad};

struct Wakers(Settings);

const MODES: [(&str, &str, Mode); 3] = [
    ("kept", "the reader leaves its waker", Mode::Kept),
    ("forgotten", "it leaves none", Mode::Forgotten),
    ("gap", "the letter comes in between", Mode::Gap),
];

pub(super) fn read(settings: &settings::Settings) -> Result<Box<dyn Program>, Bad> {
    let default = Settings::default();
    let set = Settings {
        wait: settings.time("wait", default.wait)?,
        patience: settings.time("patience", default.patience)?,
        mode: settings.choice("mode", &MODES)?,
        ..default
    };
    Ok(Box::new(Wakers(set)))
}

impl Program for Wakers {
    fn fields(&self) -> Vec<Field> {
        let Settings {
            wait,
            patience,
            mode,
            ..
        } = self.0;
        vec![
            Field::time("wait", "the letter comes after", wait),
            Field::time("patience", "the reader gives up after", patience),
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
            Mode::Kept => Mode::Forgotten,
            Mode::Forgotten | Mode::Gap => Mode::Kept,
        };
        Some(Box::new(Wakers(Settings { mode, ..self.0 })))
    }

    fn listing(&self) -> Listing {
        Listing::of(
            "wakers.rs",
            &[
                excerpt!("wakers.rs", "letter"),
                excerpt!("wakers.rs", "mailbox"),
            ],
        )
    }
}
