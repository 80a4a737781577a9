//! What can be run: the programs of the chapters, and the reader's own.

mod async_await;
mod cake;
pub(crate) mod program;
mod run_until_complete;
mod tasks;
mod waiting;
mod wakers;

use event_loops::Trace;

use crate::field::Field;
use crate::listing::Listing;
use crate::settings::{Bad, Settings};

/// A program, set.
pub(crate) trait Program {
    /// What can be set, as it is set now. All settings are written from these.
    fn fields(&self) -> Vec<Field>;

    /// Runs it, on the virtual clock.
    fn run(&self) -> Outcome;

    /// How this way of running it is called.
    fn name(&self) -> &'static str;

    /// The same program the other way: blocking where this is async, async where this is not.
    fn other(&self) -> Option<Box<dyn Program>>;

    /// Its source.
    fn listing(&self) -> Listing;
}

/// What came of a run.
pub(crate) struct Outcome {
    pub(crate) trace: Trace,
    /// Where a program's source is made from its settings: from which event on which task stands at
    /// which of its lines.
    pub(crate) places: Vec<(usize, usize, usize)>,
    /// What it ended with, if not well.
    pub(crate) deadlock: Option<String>,
}

impl From<Trace> for Outcome {
    fn from(trace: Trace) -> Self {
        Outcome {
            trace,
            places: Vec::new(),
            deadlock: None,
        }
    }
}

/// A program's name, what it is, what reads its settings, and how the terminal has to be told that
/// nobody wants to wait.
struct Known {
    name: &'static str,
    label: &'static str,
    read: fn(&Settings) -> Result<Box<dyn Program>, Bad>,
    clock: &'static str,
}

const KNOWN: [Known; 7] = [
    Known {
        name: "cake",
        label: "A cake and the groceries (chapter 1)",
        read: cake::read,
        clock: "",
    },
    Known {
        name: "waiting",
        label: "Five calls that wait (chapter 2)",
        read: waiting::read,
        clock: " --clock virtual",
    },
    Known {
        name: "async-await",
        label: "Calls with a second step and an error (chapter 7)",
        read: async_await::read,
        clock: "",
    },
    Known {
        name: "run-until-complete",
        label: "One call, and a loop that waits with it (chapter 8)",
        read: run_until_complete::read,
        clock: "",
    },
    Known {
        name: "wakers",
        label: "A letter that is waited for (chapter 9)",
        read: wakers::read,
        clock: "",
    },
    Known {
        name: "tasks",
        label: "Calls as tasks (chapter 10)",
        read: tasks::read,
        clock: "",
    },
    Known {
        name: "program",
        label: "A program of your own",
        read: program::read,
        clock: "",
    },
];

/// Reads a line of settings.
pub(crate) fn read(line: &str) -> Result<Chosen, Bad> {
    let settings = Settings::parse(line)?;
    let Some(known) = KNOWN.iter().find(|known| known.name == settings.program) else {
        let names: Vec<_> = KNOWN.iter().map(|known| known.name).collect();
        return Err(Bad::new(format!(
            "there is no program {:?}: choose one of {}",
            settings.program,
            names.join(", ")
        )));
    };
    let program = (known.read)(&settings)?;
    let names: Vec<_> = program.fields().iter().map(|field| field.name).collect();
    settings.knows_only(&names)?;
    Ok(Chosen { known, program })
}

/// All programs: their settings when nobody has changed them, and what they are.
pub(crate) fn all() -> impl Iterator<Item = (String, &'static str)> {
    KNOWN.iter().filter_map(|known| {
        let chosen = read(known.name).ok()?;
        Some((chosen.settings(), known.label))
    })
}

/// A program that was found, and set.
pub(crate) struct Chosen {
    known: &'static Known,
    pub(crate) program: Box<dyn Program>,
}

impl Chosen {
    /// Its settings in one line, all of them.
    pub(crate) fn settings(&self) -> String {
        line_of(self.known.name, &self.program.fields())
    }

    /// The settings of the same program the other way.
    pub(crate) fn other(&self) -> Option<String> {
        let other = self.program.other()?;
        Some(line_of(self.known.name, &other.fields()))
    }

    /// What to type into a terminal for the same run.
    pub(crate) fn command(&self) -> String {
        let Known { name, clock, .. } = self.known;
        let otherwise = read(name)
            .map(|chosen| chosen.program.fields())
            .unwrap_or_default();
        let fields = self.program.fields();
        let flags: String = fields
            .iter()
            .zip(&otherwise)
            .map(|(field, otherwise)| field.flags(otherwise))
            .collect();
        format!("cargo run -- demo {name}{flags}{clock}")
    }
}

fn line_of(name: &str, fields: &[Field]) -> String {
    let mut line = name.to_string();
    for (field, value) in fields
        .iter()
        .flat_map(|field| field.values().into_iter().map(move |value| (field, value)))
    {
        line.push(if line.contains('?') { '&' } else { '?' });
        line.push_str(field.name);
        line.push('=');
        line.push_str(&value);
    }
    line
}

/// What the page calls a choice.
fn label<T: Copy + PartialEq>(words: &[(&'static str, &'static str, T)], value: T) -> &'static str {
    let found = words.iter().find(|(.., other)| *other == value);
    found.map_or("", |(_, label, _)| label)
}
