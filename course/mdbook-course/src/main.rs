//! The preprocessor as a program: mdBook writes the book to its stdin and reads it back.

use std::env;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use mdbook_course::{Course, Problem};
use mdbook_preprocessor::{Preprocessor, parse_input};

fn main() -> ExitCode {
    let args: Vec<String> = env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        [] => preprocess(),
        ["supports", renderer] => {
            let supported = Course::default()
                .supports_renderer(renderer)
                .unwrap_or(false);
            return if supported {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
        _ => Err(Problem::usage(
            "mdbook-course takes no arguments: mdbook runs it. try: mdbook build",
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(problem.exit_code())
        }
    }
}

fn preprocess() -> Result<(), Problem> {
    if io::stdin().is_terminal() {
        return Err(Problem::usage(
            "mdbook-course is run by mdbook, not by hand. try: mdbook build",
        ));
    }
    let (ctx, book) = parse_input(io::stdin().lock()).map_err(|error| {
        let cause = error.root_cause();
        Problem::failure(format!(
            "what mdbook sent can't be read ({cause}): is it mdBook 0.5?"
        ))
    })?;
    let book = Course::default()
        .run(&ctx, book)
        .map_err(|error| Problem::failure(error.to_string()))?;
    serde_json::to_writer(io::stdout().lock(), &book)
        .map_err(|error| Problem::failure(format!("mdbook has stopped reading: {error}")))
}
