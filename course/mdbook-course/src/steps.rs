//! ```` ```rust,step ````: programs that grow from one block to the next. What was there before is
//! dimmed, or hidden where it is far from what is new; what is new is marked.

mod diff;
mod marks;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::directives::{Edit, escape};
use crate::page::{CodeBlock, Page};
use marks::{Mark, marks};

/// The word after the fence.
const WORD: &str = "step";

/// The steps of a book, in the order of its chapters.
#[derive(Default)]
pub(crate) struct Steps {
    /// The program of the last one, its lines without their indentation.
    before: Option<Vec<String>>,
}

impl Steps {
    /// What to put in place of the steps of a page.
    pub(crate) fn mark(&mut self, page: &Page) -> Vec<Edit> {
        let mut edits = Vec::new();
        for block in page.code_blocks() {
            if is_step(&block) {
                let place = block.range.start..end(page, &block.range);
                edits.push((place, self.show(&block.code, name(page, &block).as_deref())));
            }
        }
        edits
    }

    /// HTML, without which there is no way to mark a part of a block of code.
    fn show(&mut self, code: &str, name: Option<&str>) -> String {
        let lines: Vec<&str> = code.lines().collect();
        let stripped: Vec<String> = lines.iter().map(|line| line.trim().to_string()).collect();
        let before = self.before.replace(stripped.clone());
        let (marks, gone) = match &before {
            Some(before) => marks(before, &lines, &stripped),
            None => (vec![Mark::New; lines.len()], 0),
        };
        let is_first = before.is_none();
        let note = note(&marks, gone, is_first, name);
        let code = if is_first {
            escape(code)
        } else {
            marked(&lines, &marks)
        };
        format!("{note}\n\n<pre><code class=\"language-rust step\">{code}</code></pre>")
    }
}

fn is_step(block: &CodeBlock) -> bool {
    let info = block.info.as_deref().unwrap_or_default();
    let mut words = info.split([',', ' ']).map(str::trim);
    words.next() == Some("rust") && words.any(|word| word == WORD)
}

/// Without the line's end, so that what others put below the block can follow.
fn end(page: &Page, block: &Range<usize>) -> usize {
    block.start + page.text[block.clone()].trim_end().len()
}

/// `08-1-busy`, of the file that the block includes.
fn name(page: &Page, block: &CodeBlock) -> Option<String> {
    let fence = page.line_around(block.range.start);
    let line = page.line_on_disk(fence.end + 1);
    let path = line
        .trim()
        .strip_prefix("{{#include ")?
        .strip_suffix("}}")?;
    let file = path.rsplit('/').next()?;
    Some(file.strip_suffix(".rs")?.to_string())
}

/// The lines, each with its mark. `boring` is mdBook's own word for a line that its button shows.
fn marked(lines: &[&str], marks: &[Mark]) -> String {
    let mut html = String::new();
    for (index, (line, mark)) in lines.iter().zip(marks).enumerate() {
        let begins = index == 0 || marks[index - 1] != Mark::Hidden;
        if *mark == Mark::Hidden && begins {
            let rest = marks[index..].iter();
            let count = rest.take_while(|mark| **mark == Mark::Hidden).count();
            let lines = if count == 1 { "line" } else { "lines" };
            html += &format!("<span class=\"skipped\" data-lines=\"{count} {lines}\"></span>");
        }
        let class = match mark {
            Mark::New => "new",
            Mark::Kept => "kept",
            Mark::Hidden => "boring",
        };
        html += &format!("<span class=\"{class}\">{}\n</span>", escape(line));
    }
    html
}

/// What a reader is told before the block, and a screen reader's user above all.
fn note(marks: &[Mark], gone: usize, is_first: bool, name: Option<&str>) -> String {
    let count = |wanted| marks.iter().filter(|mark| **mark == wanted).count();
    let (new, kept, hidden) = (count(Mark::New), count(Mark::Kept), count(Mark::Hidden));
    let lines = |count: usize| match count {
        1 => "1 line".to_string(),
        _ => format!("{count} lines"),
    };
    let what = if is_first {
        "The whole program.".to_string()
    } else {
        let mut what = format!("New: {}, marked with +.", lines(new));
        if gone > 0 {
            what += &format!(" Gone: {}.", lines(gone));
        }
        what += &format!(" As before: {}, dimmed", lines(kept + hidden));
        if hidden > 0 {
            what += &format!("; {hidden} of them are hidden until you press the eye");
        }
        what + "."
    };
    let (name, command) = match name {
        Some(name) => (
            format!("<strong>Step {}.</strong> ", escape(name)),
            format!(" <code>cargo run -- step {}</code>", escape(name)),
        ),
        None => Default::default(),
    };
    format!("<p class=\"step-note\">{name}{what}{command}</p>")
}
