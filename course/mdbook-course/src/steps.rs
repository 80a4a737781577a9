//! ```` ```rust,step ````: programs that grow from one block to the next. What was there before is
//! dimmed, or hidden where it is far from what is new; what is new is marked.

mod diff;
mod marks;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::ops::Range;

use crate::directives::{Edit, escape};
use crate::memo::Memo;
use crate::page::{CodeBlock, Page};
use marks::{Mark, marks};

/// The word after the fence.
const WORD: &str = "step";

/// The steps of a book, in the order of its chapters.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// The program of the last one.
    before: Option<String>,
    /// How each is shown.
    shown: Memo<Step, String>,
}

/// All that decides how a step is shown.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Step {
    before: Option<String>,
    code: String,
    name: Option<String>,
}

impl Steps {
    /// What to put in place of the steps of a page.
    pub(crate) fn mark(&mut self, page: &Page) -> Vec<Edit> {
        let mut edits = Vec::new();
        for block in page.code_blocks() {
            if is_step(block) {
                let place = block.range.start..end(page, &block.range);
                edits.push((place, self.show(&block.code, name(page, block).as_deref())));
            }
        }
        edits
    }

    /// As HTML, without which there is no way to mark a part of a block of code.
    fn show(&mut self, code: &str, name: Option<&str>) -> String {
        let step = Step {
            before: self.before.replace(code.to_string()),
            code: code.to_string(),
            name: name.map(str::to_string),
        };
        let Ok(html) = self
            .shown
            .get(step, |step| Ok::<_, Infallible>(step.html()));
        html.to_string()
    }

    /// The book has no more of them: the next one is the first of a new build.
    pub(crate) fn end_build(&mut self) {
        self.before = None;
        self.shown.end_build();
    }
}

impl Step {
    fn html(&self) -> String {
        let lines: Vec<&str> = self.code.lines().collect();
        let (marks, gone) = match &self.before {
            Some(before) => marks(&stripped(before), &lines, &stripped(&self.code)),
            None => (vec![Mark::New; lines.len()], 0),
        };
        let is_first = self.before.is_none();
        let note = note(&marks, gone, is_first, self.name.as_deref());
        let code = if is_first {
            escape(&self.code)
        } else {
            marked(&lines, &marks)
        };
        format!("{note}\n\n<pre><code class=\"language-rust step\">{code}</code></pre>")
    }
}

/// The lines without their indentation.
fn stripped(code: &str) -> Vec<String> {
    code.lines().map(|line| line.trim().to_string()).collect()
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

/// The lines with their marks. `boring` is mdBook's own word for a line that its button shows. Each
/// new line has a mark of its own; those around it need none, and mdBook less time for them as one.
fn marked(lines: &[&str], marks: &[Mark]) -> String {
    let mut html = String::new();
    let mut lines = lines.iter();
    let are_one = |one: &Mark, other: &Mark| one == other && *one != Mark::New;
    for alike in marks.chunk_by(are_one) {
        let class = match alike[0] {
            Mark::New => "new",
            Mark::Kept => "kept",
            Mark::Hidden => "boring",
        };
        if alike[0] == Mark::Hidden {
            let count = alike.len();
            let lines = if count == 1 { "line" } else { "lines" };
            html += &format!("<span class=\"skipped\" data-lines=\"{count} {lines}\"></span>");
        }
        html += &format!("<span class=\"{class}\">");
        for line in lines.by_ref().take(alike.len()) {
            html += &escape(line);
            html.push('\n');
        }
        html += "</span>";
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
