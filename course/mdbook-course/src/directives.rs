//! `{{#demo …}}`, `{{#stepper …}}`, `{{#recorded …}}`, `{{#plot …}}` and `{{#exercise …}}`, replaced by
//! what they stand for.

mod demos;
mod exercise;
mod figure;
mod recorded;
mod stepper;

use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use crate::apart::Apart;
use crate::page::{Page, fence};
use crate::problem::Problem;

pub(crate) use demos::Demos;
use demos::Shown;
pub(crate) use figure::{attribute, escape};

/// What mdBook itself replaces.
const OF_MDBOOK: [&str; 5] = [
    "include",
    "rustdoc_include",
    "playground",
    "playpen",
    "title",
];

/// A part of a page, and what to put in its place.
pub(crate) type Edit = (Range<usize>, String);

/// What each of a page's directives is replaced by. `src` is the folder of the chapters,
/// `workspace` that of the code.
pub(crate) fn expand(
    page: &Page,
    src: &Path,
    workspace: &Path,
    demos: &mut Demos,
    apart: &mut Apart,
) -> (Vec<Edit>, Vec<Problem>) {
    if !page.text.contains("{{#") {
        return (vec![], vec![]);
    }
    let quoted = page.quoted();
    let mut edits = Vec::new();
    let mut problems = left_over(page);
    let mut figures = 0;
    let mut steppers = 0;
    for (start, _) in page.text.match_indices("{{#") {
        if quoted.iter().any(|range| range.contains(&start)) || page.text[..start].ends_with('\\') {
            continue;
        }
        let word = &page.text[start + 3..];
        let word = &word[..word
            .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
            .unwrap_or(word.len())];
        if OF_MDBOOK.contains(&word) {
            continue;
        }
        let line = page.line_around(start);
        let written = || -> Result<String, String> {
            let words = arguments(&page.text[line.clone()], word)?;
            match word {
                "demo" => demo(words, &page.name, &mut figures, demos, apart),
                "stepper" => {
                    steppers += 1;
                    stepper::show(words, &page.name, steppers, demos, apart)
                }
                "recorded" => recorded::show(words, src),
                "plot" => {
                    figures += 1;
                    recorded::plot(
                        words,
                        src,
                        &figure_id("timeline", &page.name, figures),
                        apart,
                    )
                }
                "exercise" => exercise::show(words, workspace),
                _ => Err(format!(
                    "there is no {{{{#{word}}}}}: the course has {{{{#demo}}}}, {{{{#stepper}}}}, \
                     {{{{#recorded}}}}, {{{{#plot}}}} and {{{{#exercise}}}}"
                )),
            }
        }();
        match written {
            Ok(new) => {
                let indent = &page.text[line.start..start];
                // Empty lines around it: text in the line before or after is not part of it.
                edits.push((line, format!("\n{}\n", indented(&new, indent))));
            }
            Err(what) => problems.push((start, page.place(start).problem(what))),
        }
    }
    problems.sort_by_key(|(start, _)| *start);
    (
        edits,
        problems.into_iter().map(|(_, problem)| problem).collect(),
    )
}

/// mdBook has replaced its own directives before we see the page, in blocks of code too. One that
/// is still there could not be: mdBook says so in its log, and goes on.
fn left_over(page: &Page) -> Vec<(usize, Problem)> {
    let mut problems = Vec::new();
    for (start, _) in page.text.match_indices("{{#") {
        let rest = &page.text[start..];
        let Some(directive) = rest.split_inclusive("}}").next() else {
            continue;
        };
        let word = directive[3..]
            .split(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let reads_a_file = OF_MDBOOK.contains(&word) && word != "title";
        if !reads_a_file || !directive.ends_with("}}") {
            continue;
        }
        let on_disk = page.line_on_disk(start);
        // `\{{#include x}}` is how a page quotes one: mdBook leaves it, without the backslash.
        let meant = on_disk.contains(directive) && !on_disk.contains(&format!("\\{directive}"));
        if meant {
            let what = format!("there is no file for {directive}");
            problems.push((start, page.place(start).problem(what)));
        }
    }
    problems
}

/// What stands between the directive's name and its end.
fn arguments<'a>(line: &'a str, word: &str) -> Result<&'a str, String> {
    let directive = line.trim();
    let inside = directive
        .strip_prefix("{{#")
        .and_then(|rest| rest.strip_suffix("}}"));
    match inside {
        Some(inside) if !inside.contains("}}") => Ok(inside[word.len()..].trim()),
        _ => Err(format!(
            "{{{{#{word} …}}}} must stand alone on its line, and end with }}}}"
        )),
    }
}

/// `waiting --blocking --clock virtual --format svg | A caption`
fn demo(
    arguments: &str,
    page: &str,
    figures: &mut usize,
    demos: &mut Demos,
    apart: &mut Apart,
) -> Result<String, String> {
    let (words, caption) = split_caption(arguments);
    let command = format!("cargo run -- demo {words}");
    match &*demos.show(words)? {
        Shown::Picture(picture) => {
            *figures += 1;
            let id = figure_id("timeline", page, *figures);
            Ok(figure::figure(picture, caption, &command, &id, apart))
        }
        _ if !caption.is_empty() => Err(
            "only a picture has a caption: say --format svg, or leave out what follows |"
                .to_string(),
        ),
        Shown::Table(table) => {
            let command = escape(&command);
            Ok(format!(
                "{table}\n<p class=\"recorded\"><code>{command}</code></p>\n"
            ))
        }
        Shown::Output { language, text } => Ok(terminal(language, &command, text)),
    }
}

/// What stands before `|`, and the caption after it.
fn split_caption(arguments: &str) -> (&str, &str) {
    match arguments.split_once('|') {
        Some((words, caption)) => (words.trim(), caption.trim()),
        None => (arguments, ""),
    }
}

/// `timeline`, `src/02-waiting.md`, 1 → `timeline-02-waiting-1`.
fn figure_id(kind: &str, page: &str, number: usize) -> String {
    let path = page
        .split_once('/')
        .map_or(page, |(_, path)| path)
        .trim_end_matches(".md");
    let word: String = path
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    format!("{kind}-{word}-{number}")
}

/// A command and what it printed, as a block of code.
fn terminal(language: &str, command: &str, output: &str) -> String {
    let fence = fence(output);
    format!(
        "{fence}{language}\n$ {command}\n{}\n{fence}",
        output.trim_end()
    )
}

/// In a list, what replaces a directive must stay in its item.
fn indented(text: &str, indent: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("{indent}{line}")).collect();
    lines.join("\n")
}

/// What a demo prints, kept.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_a_table_with_its_command_below() {
        let page = demo(
            "callbacks --compare",
            "src/05-callbacks.md",
            &mut 0,
            &mut Demos::default(),
            &mut Apart::default(),
        )
        .unwrap();
        assert!(page.starts_with("| "), "{page}");
        let (table, command) = page.split_once("\n\n").expect("an empty line ends a table");
        assert!(table.lines().all(|line| line.starts_with("| ")), "{table}");
        assert!(command.contains("<code>cargo run -- demo callbacks --compare</code>"));
        // Counted here, in the very program that makes the page.
        let row = table.lines().find(|line| line.starts_with("| allocations"));
        assert!(row.is_some_and(|row| row.contains("| 4 ")), "{table}");
    }
}
