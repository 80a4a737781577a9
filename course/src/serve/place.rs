use crate::Problem;
use std::fs;
use std::path::{MAIN_SEPARATOR, Path};

/// What mdBook says, in one line, and where it is.
pub(crate) fn problem(root: &Path, error: &mdbook_driver::errors::Error) -> Problem {
    let causes: Vec<String> = error
        .chain()
        .map(|cause| first_of_several(&cause.to_string()))
        .collect();
    let what = causes.join(": ");
    let line = config(&what)
        .or_else(|| summary(&what))
        .or_else(|| missing_chapter(root, &what))
        .unwrap_or(what);
    let inside = format!("{}{MAIN_SEPARATOR}", root.display());
    Problem::failure(line.replace(&inside, ""))
}

/// `TOML parse error at line 5, column 6 | 5 | [book | ^ unclosed table`
fn config(what: &str) -> Option<String> {
    let (_, error) = what.split_once("TOML parse error at line ")?;
    let (line, _) = error.split_once(',')?;
    let (_, why) = error.rsplit_once("^ ")?;
    Some(format!("book.toml:{line}: {why}"))
}

/// `… failed to parse SUMMARY.md line 5, column 3: Suffix chapters cannot be followed by a list`
fn summary(what: &str) -> Option<String> {
    let (_, error) = what.split_once("failed to parse SUMMARY.md line ")?;
    let (line, _) = error.split_once(',')?;
    let (_, why) = error.split_once(": ")?;
    Some(format!("src/SUMMARY.md:{line}: {why}"))
}

/// ``failed to read chapter `02-waiting.md`: No such file or directory``
fn missing_chapter(root: &Path, what: &str) -> Option<String> {
    let chapter = between(what, "failed to read chapter `", "`")?;
    let summary = fs::read_to_string(root.join("src/SUMMARY.md")).ok()?;
    let index = summary.lines().position(|line| line.contains(chapter))?;
    Some(format!("src/SUMMARY.md:{}: {what}", index + 1))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}

/// The preprocessor says everything that is wrong, a line each; a page's banner has room for one.
fn first_of_several(text: &str) -> String {
    let is_place = |line: &&str| line.starts_with("src/");
    let places: Vec<&str> = text.lines().filter(is_place).collect();
    match places.as_slice() {
        [first, rest @ ..] if !rest.is_empty() && text.starts_with(first) => {
            format!("{} (and {} more)", one_line(first), rest.len())
        }
        _ => one_line(text),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
