//! `{{#exercise 02-waiting}}`: an exercise's starter, to be changed and tested in the page.

use std::fs;
use std::path::Path;

use super::figure::attribute;
use crate::page::fence;

/// The exercises, as the command `exercise` knows them: one list, so that the page's Test and the
/// command check the same.
#[allow(
    dead_code,
    reason = "the command says more about an exercise than the page"
)]
#[path = "../../../src/exercise/table.rs"]
mod table;

use table::{EXERCISES, Exercise};

/// The starter as a block of code, and the program around it that tests it.
pub(super) fn show(stem: &str, workspace: &Path) -> Result<String, String> {
    let exercise = EXERCISES.iter().find(|exercise| exercise.stem == stem);
    let exercise = exercise.ok_or_else(|| {
        let known: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.stem).collect();
        format!(
            "there is no exercise {stem:?}: there are {}",
            known.join(", ")
        )
    })?;
    let shown = format!("code/exercises/{stem}/starter.rs");
    let starter = fs::read_to_string(workspace.join(&shown))
        .map_err(|error| format!("{shown} can't be read: {error}"))?;
    // `ignore`, since it is no program, and not for mdBook to test: the course's tests see to it.
    let fence = fence(&starter);
    Ok(format!(
        "{fence}rust,ignore,exercise\n{}\n{fence}\n\n\
         <div class=\"snippet\" data-exercise=\"{stem}\" data-tests=\"{}\"></div>",
        starter.trim_end(),
        attribute(&tests(exercise)),
    ))
}

/// The rest of a program that begins with a solution: it says what is right and what is not yet,
/// and ends with 0 when all is right. One line, below the reader's own.
fn tests(
    Exercise {
        check, function, ..
    }: &Exercise,
) -> String {
    format!(
        "fn main() -> std::process::ExitCode {{ \
         let report = event_loops::exercises::{check}({function}); \
         println!(\"{{report}}\"); \
         std::process::ExitCode::from(u8::from(!report.passed())) }}"
    )
}
