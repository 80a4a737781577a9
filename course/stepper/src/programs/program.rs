//! The reader's own program.

use event_loops::ClockKind;
use event_loops::demos::program::{MOST_STEPS, MOST_TASKS, Mode, Settings, Step, run, source};

use super::{Outcome, Program};
use crate::field::{Field, Kind};
use crate::json::Json;
use crate::listing::Listing;
use crate::settings::{self, Bad, decoded, encoded, not_a_time, time, time_in_words};

struct Own(Settings);

const MODES: [(&str, &str, Mode); 2] = [
    ("together", "async, all at once", Mode::Together),
    ("blocking", "blocking, one after the other", Mode::Blocking),
];

pub(super) fn read(settings: &settings::Settings) -> Result<Box<dyn Program>, Bad> {
    let bad = |line| Bad::at("task", line);
    let default = Settings::default();
    let mut tasks = Vec::new();
    for steps in settings.values("task") {
        let steps = steps.split(',').filter(|step| !step.trim().is_empty());
        let step = |step| {
            let step = decoded(step)?;
            let time = |text: &str| time(text).ok_or_else(|| not_a_time(text));
            Step::parse(&step, time).map_err(bad)
        };
        tasks.push(steps.map(step).collect::<Result<Vec<_>, _>>()?);
    }
    let own = Settings {
        tasks: if tasks.is_empty() {
            default.tasks
        } else {
            tasks
        },
        mode: settings.choice("mode", &MODES)?,
        clock: ClockKind::Virtual,
    };
    own.check().map_err(|wrong| bad(wrong.to_string()))?;
    Ok(Box::new(Own(own)))
}

impl Program for Own {
    fn fields(&self) -> Vec<Field> {
        let steps = self.0.tasks.iter().map(|steps| {
            let steps = steps
                .iter()
                .map(|step| encoded(&step.in_words(time_in_words)));
            steps.collect::<Vec<_>>().join(",")
        });
        vec![
            Field::choice(&MODES, self.0.mode),
            Field {
                name: "task",
                label: "tasks",
                kind: Kind::Steps(steps.collect()),
            },
        ]
    }

    fn run(&self) -> Outcome {
        let outcome = run(&self.0);
        let places = outcome.places.iter();
        Outcome {
            trace: outcome.trace,
            places: places
                .map(|place| (place.event, place.task.0, place.line))
                .collect(),
            deadlock: outcome.stuck,
        }
    }

    fn name(&self) -> &'static str {
        super::label(&MODES, self.0.mode)
    }

    fn other(&self) -> Option<Box<dyn Program>> {
        let mode = match self.0.mode {
            Mode::Together => Mode::Blocking,
            Mode::Blocking => Mode::Together,
        };
        Some(Box::new(Own(Settings {
            mode,
            ..self.0.clone()
        })))
    }

    fn listing(&self) -> Listing {
        Listing {
            file: "program.rs".to_string(),
            lines: (1..).zip(source(&self.0).lines).collect(),
        }
    }
}

/// What a step is called, what it needs, and what that is by itself.
const STEPS: [(&str, &str, &str); 8] = [
    ("wait", "time", "1s"),
    ("compute", "time", "1s"),
    ("block", "time", "1s"),
    ("send", "task", "1"),
    ("receive", "", ""),
    ("yield", "", ""),
    ("print", "text", "hello"),
    ("fail", "", ""),
];

const LABELS: [&str; 8] = [
    "wait",
    "compute",
    "block the loop",
    "send to task",
    "receive a message",
    "yield",
    "print",
    "return an error",
];

/// The form's half of [`Kind::Steps`].
pub(crate) fn write_steps(json: &mut Json, tasks: &[String]) {
    json.number_member("max", Some(MOST_TASKS));
    json.number_member("maxsteps", Some(MOST_STEPS));
    json.member("value", |json| {
        json.list(tasks, |json, steps| json.text(steps));
    });
    json.member("steps", |json| {
        json.list(
            STEPS.iter().zip(LABELS),
            |json, ((word, argument, default), label)| {
                json.object(|json| {
                    json.text_member("word", word);
                    json.text_member("label", label);
                    if !argument.is_empty() {
                        json.text_member("argument", argument);
                        json.text_member("default", default);
                    }
                });
            },
        );
    });
}
