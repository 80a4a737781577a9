mod check;
mod compile;
mod table;

use crate::{Problem, root, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use table::{EXERCISES, Exercise};

/// What `exercise` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The exercise, as its chapter is called: 02-waiting
    #[arg(value_name = "EXERCISE")]
    stem: Option<String>,

    /// Your solution [default: mine/EXERCISE.rs, which begins as a copy of the starter]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// How many seconds your program may take
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = crate::args::seconds)]
    limit: u64,
}

/// Checks a reader's solution: 0 when it is one, 1 when it is not yet, 2 when there is nothing to
/// check.
pub(crate) fn exercise(options: &Options) -> Result<ExitCode, Problem> {
    let Some(stem) = &options.stem else {
        return stdout::print(list());
    };
    let exercise = find(stem)?;
    let root = root::find()?;
    let file = match &options.file {
        Some(file) => file.clone(),
        None => own_copy(&root, exercise)?,
    };
    if !file.is_file() {
        let what = format!("there is no file {}", file.display());
        return Err(Problem::usage(format!(
            "{what}: name the file with your solution"
        )));
    }
    let program = compile::compile(&root, exercise, &file)?;
    check::check(&program, &file, Duration::from_secs(options.limit))
}

fn list() -> String {
    let width = EXERCISES
        .iter()
        .map(|exercise| exercise.stem.len())
        .max()
        .unwrap_or(0);
    EXERCISES
        .iter()
        .map(|exercise| format!("{:width$}  {}\n", exercise.stem, exercise.about))
        .collect()
}

fn find(stem: &str) -> Result<&'static Exercise, Problem> {
    let found = EXERCISES.iter().find(|exercise| exercise.stem == stem);
    found.ok_or_else(|| {
        Problem::usage(match nearest(stem) {
            Some(nearest) => format!("there is no exercise {stem}: did you mean {nearest}?"),
            None => format!("there is no exercise {stem}: cargo run -- exercise lists them"),
        })
    })
}

/// `waiting`, `2`, `02` and `02-wating` all mean `02-waiting`.
fn nearest(stem: &str) -> Option<&'static str> {
    let likeness = |known: &str| {
        let (number, name) = known.split_once('-').unwrap_or((known, known));
        if stem.trim_start_matches('0') == number.trim_start_matches('0') {
            return 1.0;
        }
        strsim::jaro_winkler(stem, known).max(strsim::jaro_winkler(stem, name))
    };
    // Of equals `max_by` takes the last: backwards, `3` means the chapter's first exercise.
    let scored = EXERCISES
        .iter()
        .rev()
        .map(|exercise| (likeness(exercise.stem), exercise.stem));
    let (score, stem) = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (score > 0.8).then_some(stem)
}

/// The reader's own file in the current folder. The starter stays as it is, for the next reader and
/// for the tests.
fn own_copy(root: &Path, exercise: &Exercise) -> Result<PathBuf, Problem> {
    let own = Path::new("mine").join(format!("{}.rs", exercise.stem));
    if own.exists() {
        return Ok(own);
    }
    let starter = root.join(format!("code/exercises/{}/starter.rs", exercise.stem));
    std::fs::create_dir_all("mine")
        .and_then(|()| std::fs::copy(&starter, &own))
        .map_err(|error| {
            let what = format!("{} can't be written: {error}", own.display());
            Problem::failure(format!(
                "{what}. Copy the starter yourself, and name your file"
            ))
        })?;
    eprintln!(
        "{} is your copy of the starter: change it, then run this again\n",
        own.display()
    );
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn an_exercise_that_is_nearly_right_is_named() {
        for nearly in ["waiting", "2", "02", "2-waiting", "02-wating"] {
            let line = find(nearly)
                .err()
                .expect("only the stem itself will do")
                .to_string();
            assert!(line.ends_with("did you mean 02-waiting?"), "{line}");
        }
        let line = find("nothing-like-it")
            .err()
            .expect("there is none")
            .to_string();
        assert!(line.ends_with("lists them"), "{line}");
    }
}
