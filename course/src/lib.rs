//! The one command of the course.
//!
//! `cargo run` serves the book. The other subcommands run what the book talks about: a demo, an
//! exercise, the notebooks. Each subcommand is a module; [`run()`] reads the command line and picks
//! one. What can go wrong is a [`Problem`]: one line that says what is wrong, where, and what to do.

mod args;
mod demo;
mod exercise;
mod files;
mod measure;
mod record;
mod root;
pub mod run;
mod serve;
mod stdout;
mod step;

pub mod stepper;
pub mod tools;

pub use mdbook_course::Problem;

use args::{Args, COMMAND, Command};
use clap::Parser;
use std::process::ExitCode;

/// Does what the command line asks for and says how it went: 0 when all is well, 2 when the
/// command line makes no sense, 1 for everything else.
pub fn run() -> ExitCode {
    let outcome = match Args::try_parse() {
        Ok(args) => obey(args.command.unwrap_or_default()),
        Err(error) => mdbook_course::usage::explain(&error, COMMAND).and_then(stdout::print),
    };
    outcome.unwrap_or_else(|problem| {
        eprintln!("error: {problem}");
        ExitCode::from(problem.exit_code())
    })
}

fn obey(command: Command) -> Result<ExitCode, Problem> {
    match command {
        Command::Serve(options) => serve::serve(&options),
        Command::Demo { words } => demo::demo(&words),
        Command::Exercise(options) => exercise::exercise(&options),
        Command::Notebooks(options) => tools::open_notebooks(&options),
        Command::Setup => tools::set_up(),
        Command::Measure(what) => measure::measure(&what),
        Command::Step { name } => step::step(name.as_deref()),
        Command::Record(options) => record::record(&options),
        Command::Stepper => stepper::stepper(),
        Command::ExecLimited(args) => Ok(run::limited::run(&args)),
    }
}
