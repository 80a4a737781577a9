//! The demos as a command: `course demo waiting --blocking` in a terminal and
//! `{{#demo waiting --blocking}}` in a chapter are the same words, parsed and run here. So the
//! command under a picture is what computed the picture.

mod cake;
mod count;
mod options;
mod processes;
mod program;
mod run_until_complete;
mod show;
mod stepper;
mod tasks;
#[cfg(test)]
mod tests;
mod threads;
mod time;
mod two_steps;
mod waiting;
mod wakers;

use std::io::Write;

use clap::{CommandFactory, Parser, Subcommand};
use event_loops::demos::compare::Comparison;
use event_loops::{ClockKind, Event, Timeline, Trace};

use crate::problem::Problem;
use crate::usage;

pub use cake::Cake;
pub use options::{Clock, Common, Format, Runtime};
pub use processes::Processes;
pub use program::Program;
pub use run_until_complete::RunUntilComplete;
pub use show::{show, told};
pub use tasks::Tasks;
pub use threads::Threads;
pub use two_steps::{AsyncAwait, Callbacks, Generators};
pub use waiting::Waiting;
pub use wakers::Wakers;

/// One demo and its settings.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Demo {
    /// Bake a cake and shop for groceries: 80 minutes in sequence, 60 concurrently
    Cake(Cake),
    /// Five calls that each wait three seconds: 15 seconds, or 3
    Waiting(Waiting),
    /// One program started five times: the operating system overlaps them
    Processes(Processes),
    /// Four jobs on threads, in processes, as tasks: who overlaps, and what the GIL changes
    Threads(Threads),
    /// The five calls with a second step and an error in it, by callbacks
    Callbacks(Callbacks),
    /// The same once more, as functions that remember where they stopped
    Generators(Generators),
    /// And once more with async and await; or what the compiler makes of it
    AsyncAwait(AsyncAwait),
    /// One call that waits, and a loop that waits with it: busy, napping, or parked
    RunUntilComplete(RunUntilComplete),
    /// A letter that is waited for, and three ways to be told of it, of which two fail
    Wakers(Wakers),
    /// Calls as tasks: awaited or forgotten, one that panics, and the list that the loop keeps
    Tasks(Tasks),
    /// A program of your own: tasks, and what each of them does
    Program(Program),
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
            Demo::Processes(it) => it.settings().check().map_err(|bad| bad.to_string())?,
            Demo::Threads(it) => it.settings().check().map_err(|bad| bad.to_string())?,
            Demo::Callbacks(it) => it.settings().check().map_err(|bad| bad.to_string())?,
            Demo::Generators(it) => it.settings().check().map_err(|bad| bad.to_string())?,
            Demo::AsyncAwait(it) => it.settings().check().map_err(|bad| bad.to_string())?,
            Demo::RunUntilComplete(it) => it.settings().check().map_err(|bad| bad.to_string())?,
            Demo::Wakers(it) => it.settings().check().map_err(|bad| bad.to_string())?,
            Demo::Tasks(it) => it.settings().check().map_err(|bad| bad.to_string())?,
            Demo::Program(it) => it.settings().check().map_err(|bad| bad.to_string())?,
        }
        if let (Runtime::Tokio, Some(why)) = (self.runtime(), self.is_not_on_tokio()) {
            return Err(format!("{why}: leave out --runtime tokio"));
        }
        if self.shows_calls() && !matches!(self.format(), Format::Text | Format::Svg) {
            return Err("calls are printed or drawn: choose --format text or svg".to_string());
        }
        if self.drawn().is_some() {
            return self.check_system();
        }
        if let (Runtime::Asyncio, Demo::Program(_)) = (self.runtime(), self) {
            return Err("it is not written in Python: leave out --runtime asyncio".to_string());
        }
        match (self.runtime(), self.format(), self.clock()) {
            (Runtime::EventLoops, ..) => Ok(()),
            (_, Format::Svg | Format::Summary | Format::Events, _) => Err(
                "only our own loop's runs are traces: choose --format text or json"
                    .to_string(),
            ),
            (Runtime::Asyncio, _, ClockKind::Virtual) => Err(
                "asyncio has no virtual clock: choose --clock real, and times that you can wait for"
                    .to_string(),
            ),
            _ => Ok(()),
        }
    }

    /// What no event loop runs is drawn from a model, or run by the system.
    fn check_system(&self) -> Result<(), String> {
        let refused = match (self, self.runtime(), self.clock(), self.format()) {
            (_, Runtime::Tokio, ..) => "no event loop runs it: leave out --runtime tokio",
            (_, Runtime::Asyncio, ClockKind::Virtual, _) => {
                "Python runs on the real clock: choose --clock real, or leave out --runtime"
            }
            (.., Format::Events) => {
                "no loop runs it, so that there are no events: choose --format text"
            }
            (_, _, ClockKind::Real, Format::Svg) => {
                "what the system does is not drawn, a model of it is: add --clock virtual"
            }
            (Demo::Processes(_), _, ClockKind::Virtual, Format::Json)
            | (Demo::Threads(_), .., Format::Json) => {
                "only what real programs say is told as JSON: choose --format text"
            }
            (Demo::Threads(threads), Runtime::EventLoops, ClockKind::Real, _)
                if threads.is_python() =>
            {
                "Rust has no GIL: add --clock virtual to draw Python's threads, or --runtime asyncio to run Python"
            }
            _ => return Ok(()),
        };
        Err(refused.to_string())
    }

    /// Runs it on our own loop, and tells `listener` each event as it happens; `None` for what no
    /// loop runs.
    pub fn run(&self, listener: impl FnMut(&Event) + 'static) -> Option<Trace> {
        Some(self.outcome(listener)?.0)
    }

    /// As [`Demo::run`], and in a line why it did not come to its end, if it did not.
    fn outcome(&self, listener: impl FnMut(&Event) + 'static) -> Option<(Trace, Option<String>)> {
        use event_loops::demos::{cake, run_until_complete, tasks, two_steps, waiting, wakers};
        let trace = match self {
            Demo::Cake(it) => cake::run_with(&it.settings(), listener),
            Demo::Waiting(it) => waiting::run_with(&it.settings(), listener),
            Demo::Callbacks(it) => two_steps::run_with(&it.settings(), listener),
            Demo::Generators(it) => two_steps::run_with(&it.settings(), listener),
            Demo::AsyncAwait(it) => two_steps::run_with(&it.settings(), listener),
            Demo::RunUntilComplete(it) => run_until_complete::run_with(&it.settings(), listener),
            Demo::Wakers(it) => wakers::run_with(&it.settings(), listener),
            Demo::Tasks(it) => tasks::run_with(&it.settings(), listener),
            Demo::Program(it) => {
                let outcome = it.run(listener);
                return Some((outcome.trace, outcome.stuck));
            }
            Demo::Processes(_) | Demo::Threads(_) => return None,
        };
        Some((trace, None))
    }

    /// The model of what no loop runs.
    pub fn drawn(&self) -> Option<Timeline> {
        match self {
            Demo::Processes(it) => Some(it.drawn()),
            Demo::Threads(it) => Some(it.drawn()),
            _ => None,
        }
    }

    /// Its picture, and the same in words.
    pub fn picture(&self) -> (String, String) {
        if self.shows_calls() {
            let calls = event_loops::demos::wakers::calls();
            return (calls.to_svg(), calls.to_string());
        }
        match (self.drawn(), self.run(|_| {})) {
            (Some(drawn), _) => (drawn.to_svg(), drawn.in_words().join("\n")),
            (None, Some(trace)) => (trace.to_svg(), trace.to_string()),
            (None, None) => Default::default(),
        }
    }

    /// Runs it and prints it to `out` in the format that was asked for.
    ///
    /// # Errors
    ///
    /// When `out` can't be written to. A reader that has gone away, as in `demo waiting | head`,
    /// is no error.
    pub fn print(&self, out: impl Write + 'static) -> Result<(), Problem> {
        show(self, out)
    }

    /// The clock it goes by.
    pub fn clock(&self) -> ClockKind {
        match self {
            Demo::Cake(cake) => cake.settings().clock,
            Demo::Waiting(waiting) => waiting.settings().clock,
            Demo::Processes(processes) => processes.clock(),
            Demo::Threads(threads) => threads.clock(),
            Demo::Callbacks(it) => it.settings().clock,
            Demo::Generators(it) => it.settings().clock,
            Demo::AsyncAwait(it) => it.settings().clock,
            Demo::RunUntilComplete(demo) => demo.settings().clock,
            Demo::Wakers(demo) => demo.settings().clock,
            Demo::Tasks(demo) => demo.settings().clock,
            Demo::Program(demo) => demo.settings().clock,
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

    /// The table of what each way of writing it costs, where that is asked for in place of a run.
    pub fn comparison(&self) -> Option<Comparison> {
        match self {
            Demo::Callbacks(it) => it.comparison(),
            Demo::Generators(it) => it.comparison(),
            Demo::AsyncAwait(it) => it.comparison(),
            _ => None,
        }
    }

    /// What the compiler makes of its functions, where that is asked for in place of a run.
    fn made(&self) -> Option<String> {
        match self {
            Demo::AsyncAwait(it) => it.made(),
            _ => None,
        }
    }

    /// Whether it shows who calls whom, in place of a run.
    fn shows_calls(&self) -> bool {
        matches!(self, Demo::Wakers(wakers) if wakers.calls)
    }

    /// Why tokio can't run it. What no loop runs is told apart elsewhere.
    fn is_not_on_tokio(&self) -> Option<&'static str> {
        match self {
            Demo::Callbacks(_) | Demo::Generators(_) => {
                Some("it has no future that tokio could run")
            }
            Demo::RunUntilComplete(_) | Demo::Wakers(_) | Demo::Tasks(_) => {
                Some("it is about the inside of our own loop")
            }
            Demo::Program(_) => Some("it is made of our own loop's parts"),
            _ => None,
        }
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

    fn common(&self) -> Common {
        match self {
            Demo::Cake(it) => it.common,
            Demo::Waiting(it) => it.common,
            Demo::Processes(it) => it.common,
            Demo::Threads(it) => it.common,
            Demo::Callbacks(it) => it.common(),
            Demo::Generators(it) => it.common(),
            Demo::AsyncAwait(it) => it.common(),
            Demo::RunUntilComplete(demo) => demo.common,
            Demo::Wakers(demo) => demo.common,
            Demo::Tasks(demo) => demo.common,
            Demo::Program(demo) => demo.common,
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
