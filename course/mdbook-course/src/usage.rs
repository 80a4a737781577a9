//! clap's errors, which are four to ten lines, told in one.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::problem::Problem;

/// What to do about an error of clap's: `Ok` is help or a version that was asked for, to be
/// printed; the error is one line that says what is wrong and ends with `try: <command> --help`.
///
/// ```
/// use clap::{Arg, Command};
/// let error = Command::new("x").arg(Arg::new("w").long("wait")).try_get_matches_from(["x", "--wiat"]);
/// let problem = mdbook_course::usage::explain(&error.unwrap_err(), "course x").unwrap_err();
/// assert_eq!(problem.to_string(), "there is no --wiat; did you mean --wait? try: course x --help");
/// assert_eq!(problem.exit_code(), 2);
/// ```
///
/// # Errors
///
/// Unless help or the version was asked for.
pub fn explain(error: &Error, command: &str) -> Result<String, Problem> {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion => Ok(error.to_string()),
        _ => Err(Problem::usage(format!(
            "{} try: {command} --help",
            sentence(error)
        ))),
    }
}

/// Ends with a full stop, a question mark, or the like.
fn sentence(error: &Error) -> String {
    let said = |kind| error.get(kind).map(words).unwrap_or_default();
    let argument = name(&said(ContextKind::InvalidArg));
    let value = said(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let hint = suggestion(&said(ContextKind::SuggestedArg));
            format!("there is no {argument}{hint}")
        }
        ErrorKind::InvalidSubcommand => {
            let hint = suggestion(&said(ContextKind::SuggestedSubcommand));
            format!("there is no {}{hint}", said(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} needs a value."),
        ErrorKind::InvalidValue => {
            let valid = said(ContextKind::ValidValue);
            format!("{argument} can't be \"{value}\": it is one of {valid}.")
        }
        ErrorKind::ValueValidation => match error.source() {
            Some(reason) => format!("{argument}: {reason}."),
            None => format!("{argument} can't be \"{value}\"."),
        },
        ErrorKind::ArgumentConflict => {
            let other = name(&said(ContextKind::PriorArg));
            if other == argument {
                format!("{argument} is given twice.")
            } else {
                format!("{argument} and {other} can't be combined: choose one.")
            }
        }
        ErrorKind::MissingRequiredArgument => format!("{argument} is missing."),
        ErrorKind::MissingSubcommand => {
            format!("say which one: {}.", said(ContextKind::ValidSubcommand))
        }
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8.".to_string(),
        // The others say in their first line what is wrong.
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or("the arguments are wrong");
            format!(
                "{}.",
                first.trim_start_matches("error: ").trim_end_matches('.')
            )
        }
    }
}

fn suggestion(word: &str) -> String {
    if word.is_empty() {
        ".".to_string()
    } else {
        format!("; did you mean {word}?")
    }
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(word) => word.clone(),
        ContextValue::Strings(words) => words.join(", "),
        other => other.to_string(),
    }
}

/// `--wait <TIME>` without the placeholder.
fn name(argument: &str) -> String {
    let names: Vec<_> = argument
        .split(' ')
        .filter(|word| !word.starts_with(['<', '[']))
        .collect();
    if names.is_empty() {
        argument.to_string()
    } else {
        names.join(" ")
    }
}
