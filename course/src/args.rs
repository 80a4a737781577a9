use crate::{Problem, run, serve};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Event loops, from await to the operating system: the course in your browser and your terminal.
///
/// Without a command it serves the course, as `cargo run -- serve` does.
#[derive(Parser)]
#[command(name = "course", bin_name = "cargo run --", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the course at http://localhost:3000, and reload its pages when a file changes
    Serve(serve::Options),

    /// Start a program within limits: how snippets are run, not for the keyboard
    #[command(hide = true)]
    ExecLimited(run::limited::Args),
}

impl Default for Command {
    fn default() -> Self {
        Command::Serve(serve::Options::default())
    }
}

/// Prints a help text that was asked for; what is wrong becomes one line.
pub(crate) fn explain(error: &clap::Error) -> Result<ExitCode, Problem> {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        // Nobody may be reading any more, as in `--help | head -1`.
        let _ = error.print();
        return Ok(ExitCode::SUCCESS);
    }
    Err(problem(error))
}

fn problem(error: &clap::Error) -> Problem {
    let said = |kind| error.get(kind).map(ContextValue::to_string);
    let text = error.render().to_string();
    let what = match (error.kind(), said(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(name)) => format!("there is no command `{name}`"),
        _ => first_paragraph(&text),
    };
    let nearest = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .find_map(|kind| match error.get(kind)? {
        ContextValue::String(one) => Some(one.clone()),
        ContextValue::Strings(many) => many.first().cloned(),
        _ => None,
    });
    Problem::usage(match nearest {
        Some(nearest) => format!("{what}: did you mean `{nearest}`?"),
        None => format!("{what}: `cargo run -- --help` shows what there is"),
    })
}

/// The error itself, without its `error:` and without tips and usage, which come after an empty
/// line.
fn first_paragraph(text: &str) -> String {
    let first = text.split("\n\n").next().unwrap_or_default();
    first.trim_start_matches("error:").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Args, problem};
    use clap::{CommandFactory, Parser};

    fn complaint(words: &[&str]) -> String {
        match Args::try_parse_from([&["course"], words].concat()) {
            Ok(_) => panic!("{words:?} is accepted"),
            Err(error) => problem(&error).to_string(),
        }
    }

    #[test]
    fn the_definitions_hold_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_mistyped_command_names_the_nearest() {
        assert_eq!(
            complaint(&["sevre"]),
            "there is no command `sevre`: did you mean `serve`?"
        );
    }

    #[test]
    fn a_mistyped_flag_names_the_nearest() {
        let line = complaint(&["serve", "--prot", "3001"]);
        assert_eq!(
            line,
            "unexpected argument '--prot' found: did you mean `--port`?"
        );
    }

    #[test]
    fn a_bad_value_says_which_and_why() {
        let line = complaint(&["serve", "--port", "many"]);
        assert!(
            line.starts_with("invalid value 'many' for '--port <PORT>'"),
            "{line}"
        );
    }
}
