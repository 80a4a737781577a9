//! `{{#exercise 02-waiting}}`: an exercise's starter, to be changed and tested in the page.

use std::fs;
use std::path::Path;

use super::figure::attribute;
use crate::page::fence;

/// The starter as a block of code, and the program around it that tests it.
pub(super) fn show(stem: &str, workspace: &Path) -> Result<String, String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let name = stem.split_once('-').map(|(_, name)| name.replace('-', "_"));
    let Some(module) = name.filter(|_| stem.chars().all(valid)) else {
        return Err("{{#exercise}} needs its name, like {{#exercise 02-waiting}}".to_string());
    };
    let shown = format!("code/exercises/{stem}/starter.rs");
    let starter = fs::read_to_string(workspace.join(&shown))
        .map_err(|error| format!("there is no exercise {stem}: {shown}: {error}"))?;
    let function = function(&starter)
        .ok_or_else(|| format!("{shown} has no `pub fn`, so there is nothing to test"))?;
    // `ignore`, since it is no program, and not for mdBook to test: the course's tests see to it.
    let fence = fence(&starter);
    Ok(format!(
        "{fence}rust,ignore,exercise\n{}\n{fence}\n\n\
         <div class=\"snippet\" data-exercise=\"{stem}\" data-tests=\"{}\"></div>",
        starter.trim_end(),
        attribute(&tests(&module, function)),
    ))
}

/// The rest of a program that begins with a solution: it says what is right and what is not yet,
/// and ends with 0 when all is right. One line, below the reader's own.
fn tests(module: &str, function: &str) -> String {
    format!(
        "fn main() -> std::process::ExitCode {{ \
         let report = event_loops::exercises::{module}::check({function}); \
         println!(\"{{report}}\"); \
         std::process::ExitCode::from(u8::from(!report.passed())) }}"
    )
}

/// The name of the function that a reader is to write: the first public one.
fn function(starter: &str) -> Option<&str> {
    let heads = ["pub async fn ", "pub fn "];
    let line = |line: &'_ str| {
        heads
            .iter()
            .find_map(|head| line.strip_prefix(head).map(str::len))
    };
    let found = starter.lines().find_map(|text| Some((text, line(text)?)));
    let (text, length) = found?;
    text[text.len() - length..].split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::function;

    #[test]
    fn the_function_to_write_is_the_public_one() {
        assert_eq!(
            function("//! pub fn x()\nfn a() {}\npub async fn b() -> T {\n"),
            Some("b")
        );
        assert_eq!(function("pub fn c<T>(t: T) {}\n"), Some("c"));
        assert_eq!(function("fn main() {}\n"), None);
    }
}
