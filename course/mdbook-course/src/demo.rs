//! The demos as a command: `course demo waiting --blocking` in a terminal and
//! `{{#demo waiting --blocking}}` in a chapter are the same words, parsed and run here. So the
//! command under a picture is what computed the picture.

mod cake;
mod run_until_complete;
mod show;
mod tasks;
mod time;
mod waiting;
mod wakers;

use std::io::Write;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use event_loops::{ClockKind, Event, Trace};

use crate::problem::Problem;
use crate::usage;

pub use cake::Cake;
pub use run_until_complete::RunUntilComplete;
pub use show::{show, told};
pub use tasks::Tasks;
pub use waiting::Waiting;
pub use wakers::Wakers;

/// One demo and its settings.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Demo {
    /// Bake a cake and shop for groceries: 80 minutes in sequence, 60 concurrently
    Cake(Cake),
    /// Five calls that each wait three seconds: 15 seconds, or 3
    Waiting(Waiting),
    /// One call that waits, and a loop that waits with it: busy, napping, or parked
    RunUntilComplete(RunUntilComplete),
    /// A letter that is waited for, and three ways to be told of it, of which two fail
    Wakers(Wakers),
    /// Calls as tasks: awaited or forgotten, one that panics, and the list that the loop keeps
    Tasks(Tasks),
}

/// What every demo can be told.
#[derive(Args, Clone, Copy, Debug, PartialEq)]
pub struct Common {
    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Whose event loop runs it
    #[arg(
        long,
        value_enum,
        value_name = "RUNTIME",
        default_value = "event-loops"
    )]
    runtime: Runtime,
}

/// Whose event loop runs a demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Runtime {
    /// The course's own
    EventLoops,
    /// tokio, on one thread
    Tokio,
    /// Python's
    Asyncio,
}

/// The loop's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Clock {
    /// The clock jumps to the next deadline
    Virtual,
    /// The machine's clock
    Real,
}

/// What to print of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What the tasks say, as they say it, then the total and the timeline
    Text,
    /// The total, and how long the loop had nothing to do
    Summary,
    /// Every event, for a program to read
    Json,
    /// The timeline as a picture
    Svg,
}

/// Run a demo, or list them
#[derive(Debug, Parser)]
#[command(name = "demo", bin_name = COMMAND, disable_help_subcommand = true)]
struct Words {
    #[command(subcommand)]
    demo: Option<Demo>,
}

/// What a learner types before the demo's name.
const COMMAND: &str = "cargo run -- demo";

/// What some words ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Run this demo.
    Run(Demo),
    /// Print this text: the list of demos, or the help that was asked for.
    Print(String),
}

impl Request {
    /// Reads the words after `course demo`.
    ///
    /// ```
    /// use mdbook_course::demo::Request;
    /// let problem = Request::parse(["waiting", "--wait", "abc"]).unwrap_err();
    /// assert_eq!(
    ///     problem.to_string(),
    ///     "--wait: \"abc\" is not a time: say a number and its unit, like 250ms, 3s or 15m. \
    ///      try: cargo run -- demo waiting --help",
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// When the words name no demo, or settings that it doesn't have or can't take.
    pub fn parse<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Result<Request, Problem> {
        let words: Vec<String> = words
            .into_iter()
            .map(|word| word.as_ref().to_string())
            .collect();
        let command = match words.first() {
            Some(name) if Demo::names().contains(name) => format!("{COMMAND} {name}"),
            _ => COMMAND.to_string(),
        };
        let line = std::iter::once("demo".to_string()).chain(words);
        match Words::try_parse_from(line) {
            Ok(Words { demo: Some(demo) }) => {
                demo.check().map_err(|reason| {
                    Problem::usage(format!(
                        "{}. try: {command} --help",
                        reason.trim_end_matches('.')
                    ))
                })?;
                Ok(Request::Run(demo))
            }
            Ok(Words { demo: None }) => Ok(Request::Print(list())),
            Err(error) => usage::explain(&error, &command).map(Request::Print),
        }
    }
}

impl Demo {
    /// The names of all demos.
    pub fn names() -> Vec<String> {
        Words::command()
            .get_subcommands()
            .map(|demo| demo.get_name().to_string())
            .collect()
    }

    /// Whether the settings make sense, before anything is run.
    fn check(&self) -> Result<(), String> {
        match self {
            Demo::Cake(cake) => cake.settings().check().map_err(|bad| bad.to_string())?,
            Demo::Waiting(waiting) => waiting.settings().check().map_err(|bad| bad.to_string())?,
            Demo::RunUntilComplete(demo) => {
                demo.settings().check().map_err(|bad| bad.to_string())?;
            }
            Demo::Wakers(demo) => demo.settings().check().map_err(|bad| bad.to_string())?,
            Demo::Tasks(demo) => demo.settings().check().map_err(|bad| bad.to_string())?,
        }
        if self.runtime() == Runtime::Tokio && !self.is_on_tokio() {
            return Err(
                "this demo looks into the loop itself, and tokio's is closed: choose --runtime \
                 event-loops or asyncio"
                    .to_string(),
            );
        }
        match (self.runtime(), self.format(), self.clock()) {
            (Runtime::EventLoops, ..) => Ok(()),
            (_, Format::Svg | Format::Summary, _) => Err(
                "only our own loop's runs are traces to be drawn: choose --format text or json"
                    .to_string(),
            ),
            (Runtime::Asyncio, _, ClockKind::Virtual) => Err(
                "asyncio has no virtual clock: choose --clock real, and times that you can wait for"
                    .to_string(),
            ),
            _ => Ok(()),
        }
    }

    /// Runs it, and tells `listener` each event as it happens.
    pub fn run(&self, listener: impl FnMut(&Event) + 'static) -> Trace {
        match self {
            Demo::Cake(cake) => event_loops::demos::cake::run_with(&cake.settings(), listener),
            Demo::Waiting(waiting) => {
                event_loops::demos::waiting::run_with(&waiting.settings(), listener)
            }
            Demo::RunUntilComplete(demo) => {
                event_loops::demos::run_until_complete::run_with(&demo.settings(), listener)
            }
            Demo::Wakers(demo) => event_loops::demos::wakers::run_with(&demo.settings(), listener),
            Demo::Tasks(demo) => event_loops::demos::tasks::run_with(&demo.settings(), listener),
        }
    }

    /// Runs it and prints it to `out` in the format that was asked for.
    ///
    /// # Errors
    ///
    /// When `out` can't be written to. A reader that has gone away, as in `demo waiting | head`,
    /// is no error.
    pub fn print(&self, out: impl Write + 'static) -> Result<Trace, Problem> {
        show(self, out)
    }

    /// The clock it goes by.
    pub fn clock(&self) -> ClockKind {
        match self {
            Demo::Cake(cake) => cake.settings().clock,
            Demo::Waiting(waiting) => waiting.settings().clock,
            Demo::RunUntilComplete(demo) => demo.settings().clock,
            Demo::Wakers(demo) => demo.settings().clock,
            Demo::Tasks(demo) => demo.settings().clock,
        }
    }

    /// Whose event loop runs it. [`run`](Demo::run) and [`print`](Demo::print) are for our own.
    pub fn runtime(&self) -> Runtime {
        self.common().runtime
    }

    /// What it prints.
    pub fn format(&self) -> Format {
        self.common().format
    }

    /// What it prints in place of a run, if that is asked for.
    fn list(&self, trace: &Trace) -> String {
        match self {
            Demo::Tasks(tasks) => tasks.list(trace),
            _ => String::new(),
        }
    }

    fn lists(&self) -> bool {
        matches!(self, Demo::Tasks(tasks) if tasks.list)
    }

    fn is_on_tokio(&self) -> bool {
        matches!(self, Demo::Cake(_) | Demo::Waiting(_))
    }

    fn common(&self) -> Common {
        match self {
            Demo::Cake(cake) => cake.common,
            Demo::Waiting(waiting) => waiting.common,
            Demo::RunUntilComplete(demo) => demo.common,
            Demo::Wakers(demo) => demo.common,
            Demo::Tasks(demo) => demo.common,
        }
    }
}

impl From<Clock> for ClockKind {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Virtual => ClockKind::Virtual,
            Clock::Real => ClockKind::Real,
        }
    }
}

/// The demos there are: name and one line each.
pub fn list() -> String {
    let command = Words::command();
    let width = Demo::names().iter().map(String::len).max().unwrap_or(0);
    let mut lines = String::new();
    for demo in command.get_subcommands() {
        let about = demo
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        lines += &format!("{:width$}  {about}\n", demo.get_name());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(words: &str) -> Problem {
        let parsed = Request::parse(words.split(' '));
        parsed
            .map(|request| panic!("{words}: {request:?}"))
            .unwrap_err()
    }

    #[test]
    fn wrong_words_are_one_line_that_says_what_to_do() {
        for (words, said) in [
            ("tea", "there is no tea"),
            ("caek", "did you mean cake?"),
            ("waiting --tasks 0", "--tasks is 0"),
            (
                "waiting --tasks many",
                "--tasks: \"many\" is not a whole number",
            ),
            (
                "waiting --tasks -1",
                "--tasks: \"-1\" is not a whole number",
            ),
            ("waiting --tasks 99999999", "--tasks is 99999999"),
            ("waiting --wait abc", "--wait: \"abc\" is not a time"),
            ("waiting --wait -1", "--wait: \"-1\" is less than no time"),
            ("waiting --wait 3", "--wait: \"3\" needs a unit"),
            ("waiting --wait", "--wait needs a value"),
            ("waiting --wait 1000000h", "--wait is"),
            (
                "waiting --blocking --sequential",
                "--blocking and --sequential can't be combined",
            ),
            ("waiting --blokcing", "did you mean --blocking?"),
            (
                "waiting --clock sundial",
                "--clock can't be \"sundial\": it is one of virtual, real",
            ),
            ("waiting --wait 3s --wait 2s", "--wait is given twice"),
            ("cake and more", "there is no and"),
        ] {
            let problem = wrong(words);
            let line = problem.to_string();
            assert!(line.contains(said), "{words}: {line}");
            assert_eq!(
                (line.lines().count(), problem.exit_code()),
                (1, 2),
                "{words}: {line}"
            );
            let name = words
                .split(' ')
                .next()
                .filter(|name| ["cake", "waiting"].contains(name));
            let command = name.map_or(COMMAND.to_string(), |name| format!("{COMMAND} {name}"));
            assert!(
                line.ends_with(&format!(" try: {command} --help")),
                "{words}: {line}"
            );
        }
    }

    #[test]
    fn no_words_are_a_list_with_a_line_for_each_demo() {
        let Ok(Request::Print(list)) = Request::parse([] as [&str; 0]) else {
            panic!("no list")
        };
        let names: Vec<_> = list
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert_eq!(names, Demo::names());
        assert!(list.lines().all(|line| {
            line.split_once("  ")
                .is_some_and(|(_, about)| about.len() > 20)
        }));
    }

    #[test]
    fn the_clocks_are_virtual_for_an_hour_and_real_for_three_seconds() {
        for (words, clock) in [
            ("cake", ClockKind::Virtual),
            ("cake --clock real", ClockKind::Real),
            ("waiting", ClockKind::Real),
            ("waiting --clock virtual", ClockKind::Virtual),
        ] {
            let Ok(Request::Run(demo)) = Request::parse(words.split(' ')) else {
                panic!("{words}")
            };
            assert_eq!(demo.clock(), clock, "{words}");
        }
    }
}
