use crate::{exercise, measure, record, run, serve, tools};
use clap::{Parser, Subcommand};

/// What a learner types before the name of a command.
pub(crate) const COMMAND: &str = "cargo run --";

/// Event loops, from await to the operating system: the course in your browser and your terminal.
///
/// Without a command it serves the course.
#[derive(Parser)]
#[command(name = "course", bin_name = COMMAND, version, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the course to your browser, and reload its pages when a file changes
    Serve(serve::Options),
    /// Run a demo in the terminal; without a name, list them
    #[command(disable_help_flag = true)]
    Demo {
        /// The demo and its settings: `waiting --tasks 5 --wait 3s`
        #[arg(
            value_name = "DEMO",
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        words: Vec<String>,
    },
    /// Run a step of the loop that chapters 8 to 10 build, and see what it costs; without a name,
    /// list them
    Step {
        /// The step: `08-1-busy`
        #[arg(value_name = "STEP")]
        name: Option<String>,
    },
    /// Check your solution of an exercise; without a name, list them
    Exercise(exercise::Options),
    /// Open the notebooks in JupyterLab, with the Rust kernel; the first time it is installed
    Notebooks(tools::Options),
    /// Fetch, build and install everything, so that all of it works without a network
    Setup,
    /// Measure on this machine what the chapters compare
    #[command(subcommand, disable_help_subcommand = true)]
    Measure(measure::Measure),
    /// Run again what the chapters show of real runs, on this machine, and keep what it prints
    Record(record::Options),
    /// Compile anew the event loop that the pages run, as WebAssembly
    Stepper,

    /// Start a program within limits: how snippets are run, not for the keyboard
    #[command(hide = true)]
    ExecLimited(run::limited::Args),
}

impl Default for Command {
    fn default() -> Self {
        Command::Serve(serve::Options::default())
    }
}

/// A port, or what to say instead.
pub(crate) fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a port: say a number up to 65535, like 3001"))
}

/// A number of seconds, or what to say instead.
pub(crate) fn seconds(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err(format!(
            "{text:?} is not a time: say whole seconds, like 20"
        )),
        Ok(seconds) => Ok(seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::{Args, COMMAND};
    use clap::{CommandFactory, Parser};
    use mdbook_course::usage;

    fn complaint(words: &[&str]) -> String {
        match Args::try_parse_from([&["course"], words].concat()) {
            Ok(_) => panic!("{words:?} is accepted"),
            Err(error) => usage::explain(&error, COMMAND)
                .expect_err("no help")
                .to_string(),
        }
    }

    #[test]
    fn the_definitions_hold_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_mistyped_command_names_the_nearest() {
        let line = complaint(&["sevre"]);
        assert!(
            line.starts_with("there is no sevre; did you mean serve?"),
            "{line}"
        );
    }

    #[test]
    fn a_mistyped_flag_names_the_nearest() {
        let line = complaint(&["serve", "--prot", "3001"]);
        assert!(
            line.starts_with("there is no --prot; did you mean --port?"),
            "{line}"
        );
    }

    #[test]
    fn a_bad_value_says_which() {
        let line = complaint(&["serve", "--port", "many"]);
        assert!(line.starts_with("--port: "), "{line}");
    }
}
