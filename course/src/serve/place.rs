use crate::Problem;
use std::fs;
use std::path::{Path, PathBuf};

/// What mdBook says, in one line, and where it is.
pub(crate) fn problem(root: &Path, error: &mdbook_driver::errors::Error) -> Problem {
    let mut causes: Vec<String> = Vec::new();
    for cause in error.chain() {
        let cause = one_line(&cause.to_string());
        // A wrapper often repeats what it wraps.
        if !causes.iter().any(|said| said.contains(&cause)) {
            causes.push(cause);
        }
    }
    causes.retain(|cause| cause != "Rendering failed");
    let what = causes.join(": ");
    let chapter = between(&what, "failed to read chapter `", "`");
    match chapter.and_then(|chapter| find(root, &[root.join("src/SUMMARY.md")], chapter)) {
        Some(place) => Problem::failure(format!("{place}: {what}")),
        None => Problem::failure(what),
    }
}

/// The first `{{#include …}}` that mdBook left in a page because it could not be followed.
pub(crate) fn hole(root: &Path, warnings: &[String]) -> Option<Problem> {
    let broken = |said: &&String| said.starts_with("Error updating \"");
    let at = warnings.iter().position(|said| broken(&said))?;
    let what = between(&warnings[at], "Error updating \"", "\", ")?;
    // The causes follow, the outermost first: the last one says it best.
    let causes = warnings[at + 1..]
        .iter()
        .map_while(|said| said.strip_prefix("Caused By: "));
    let cause = causes
        .last()
        .or_else(|| warnings[at].split_once("\", ").map(|(_, why)| why))?;
    let line = format!("{what} cannot be followed: {}", one_line(cause));
    Some(Problem::failure(
        match find(root, &chapters(&root.join("src")), what) {
            Some(place) => format!("{place}: {line}"),
            None => line,
        },
    ))
}

/// `src/02-waiting.md:14`: the first line that holds this text.
fn find(root: &Path, files: &[PathBuf], text: &str) -> Option<String> {
    files.iter().find_map(|file| {
        let content = fs::read_to_string(file).ok()?;
        let index = content.lines().position(|line| line.contains(text))?;
        let name = file.strip_prefix(root).unwrap_or(file);
        Some(format!("{}:{}", name.display(), index + 1))
    })
}

fn chapters(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                chapters(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
