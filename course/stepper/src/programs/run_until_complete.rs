//! Chapter 8.

use event_loops::demos::run_until_complete::{Mode, Settings, run};

use super::{Outcome, Program};
use crate::field::Field;
use crate::listing::{Listing, excerpt};
use crate::settings::{self, Bad};

struct RunUntilComplete(Settings);

const MODES: [(&str, &str, Mode); 3] = [
    ("parked", "parked until it is woken", Mode::Parked),
    ("busy", "polled again and again", Mode::Busy),
    ("napping", "polled between two naps", Mode::Napping),
];

pub(super) fn read(settings: &settings::Settings) -> Result<Box<dyn Program>, Bad> {
    let default = Settings::default();
    let set = Settings {
        wait: settings.time("wait", default.wait)?,
        poll: settings.time("poll", default.poll)?,
        nap: settings.time("nap", default.nap)?,
        mode: settings.choice("mode", &MODES)?,
        ..default
    };
    check(&set)?;
    Ok(Box::new(RunUntilComplete(set)))
}

/// More rounds than this are no use in a page.
const MOST_ROUNDS: u32 = 1_000;

fn check(set: &Settings) -> Result<(), Bad> {
    let (round, field, what) = match set.mode {
        Mode::Parked => return Ok(()),
        Mode::Busy => (set.poll, "poll", "a poll"),
        Mode::Napping => (set.poll + set.nap, "nap", "a nap"),
    };
    if round.is_zero() || round * MOST_ROUNDS < set.wait {
        return Err(Bad::at(
            field,
            format!(
                "{what} is so short that there would be more than {MOST_ROUNDS} polls: choose a longer one"
            ),
        ));
    }
    Ok(())
}

impl Program for RunUntilComplete {
    fn fields(&self) -> Vec<Field> {
        let Settings {
            wait,
            poll,
            nap,
            mode,
            ..
        } = self.0;
        vec![
            Field::time("wait", "the call waits", wait),
            Field::time("poll", "a poll lasts", poll),
            Field::time("nap", "a nap lasts", nap),
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
            Mode::Parked | Mode::Napping => Mode::Busy,
            Mode::Busy => Mode::Parked,
        };
        let other = Settings { mode, ..self.0 };
        check(&other).ok()?;
        Some(Box::new(RunUntilComplete(other)))
    }

    fn listing(&self) -> Listing {
        Listing::of(
            "run_until_complete.rs",
            &[excerpt!("run_until_complete.rs", "call")],
        )
    }
}
